"""Issues documents: their content at once, their PDF when it is first needed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Literal

from django.db import transaction
from procrastinate.contrib.django import app

from tongban.foundation.clock.now import local_date
from tongban.foundation.documents import seals
from tongban.foundation.documents.models import DocumentTemplate, IssuedDocument
from tongban.foundation.documents.queries import current_template
from tongban.foundation.documents.rules import arrange, check_data, fingerprint, official_date
from tongban.foundation.documents.schema import DocumentSpec
from tongban.foundation.documents.typesetting import typeset
from tongban.foundation.files.actions import store_generated
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Unit
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.statements import insert_once

JOB = "documents.render"
PDF = "application/pdf"

_specs: dict[tuple[int, str], DocumentSpec] = {}


def issue(
    *,
    template: str | DocumentTemplate,
    data: Mapping[str, Any],
    number: str,
    about: str,
    unit: Unit | None,
    sign: bool,
    at: dt.datetime,
    language: str = "zh-hans",
    render: Literal["later", "job", "now"] = "later",
) -> IssuedDocument:
    """Issue a document inside the transaction of the act it documents; again with the same code, number and subject
    it returns the first one.

    :param template: the template's code, or the template just read with ``current_template``; the newest is used and kept
    :param data: exactly the declared fields (dates as ``YYYY-MM-DD``, lists of texts, tables as lists of maps)
    :param about: the subject, such as ``case:420102261121000001``
    :param sign: seal it for ``unit``, which must then be given
    :param render: ``later`` leaves the PDF to the first download, ``job`` to a background job, ``now`` makes it here
    :raises DocumentDataError: if the data do not fit the template
    :raises DocumentTemplate.DoesNotExist: if no pack declares the template
    """
    if sign and unit is None:
        msg = "a document can only be sealed for a unit"
        raise ValueError(msg)
    chosen = current_template(template) if isinstance(template, str) else template
    plain = json.loads(json.dumps(data, ensure_ascii=False, default=str))
    check_data(_spec(chosen), plain)
    draft = IssuedDocument(
        template=chosen,
        code=chosen.code,
        number=number,
        about=about,
        language=language,
        content=json.dumps(plain, ensure_ascii=False, sort_keys=True),
        content_sha256=fingerprint(chosen.sha256, number, plain, issued_at=at, language=language),
        unit=unit,
        signed=sign,
        issued_at=at,
    )
    with transaction.atomic(savepoint=False):
        fresh = insert_once(draft)
        document = draft if fresh else IssuedDocument.objects.get(code=chosen.code, number=number, about=about)
        if fresh and render == "job":
            app.configure_task(JOB, queue="documents").defer(document_id=str(document.pk))
    if render == "now":
        ensure_file(document=document, at=at)
    return document


def _spec(template: DocumentTemplate) -> DocumentSpec:
    """Return a template's content; a published one never changes, so it is read once in a process."""
    key = (template.pk, template.sha256)
    found = _specs.get(key)
    if found is None:
        found = _specs[key] = DocumentSpec.model_validate(template.spec)
    return found


def ensure_file(*, document: IssuedDocument, at: dt.datetime) -> StoredFile:
    """Return the document's PDF, typesetting and sealing it once if that was not done yet.

    The PDF states the moment of issue, whenever it is made.

    :raises SealError: if the seal cannot be had now
    """
    if document.file is not None:
        return document.file
    with transaction.atomic():
        locked = (
            IssuedDocument.objects.select_for_update(of=("self",))
            .select_related("template", "unit", "file")
            .get(pk=document.pk)
        )
        if locked.file is None:
            _render(locked, at=at)
    document.file, document.sha256, document.state = locked.file, locked.sha256, locked.state
    document.rendered_at, document.seal = locked.rendered_at, locked.seal
    stored = locked.file
    if stored is None:  # pragma: no cover - _render always sets it
        msg = "the document has no file"
        raise RuntimeError(msg)
    return stored


def preview(
    *, spec: DocumentSpec, data: Mapping[str, Any], number: str, unit_name: str, at: dt.datetime, language: str
) -> bytes:
    """Return an unsealed PDF of a template with sample data, for editors."""
    check_data(spec, data)
    automatic = _automatic(number, unit_name, label="", at=at, language=language)
    return typeset(arrange(spec, data, automatic=automatic, language=language), at=at).pdf


def _render(document: IssuedDocument, *, at: dt.datetime) -> None:
    spec = _spec(document.template)
    unit = document.unit
    seal = seals.provider() if document.signed else None
    automatic = _automatic(
        document.number,
        unit.name if unit else "",
        label=seal.label(document.language) if seal else "",
        at=document.issued_at,
        language=document.language,
    )
    arranged = arrange(spec, document.data, automatic=automatic, language=document.language)
    arranged["keywords"] = [document.about, document.number, f"sha256:{document.content_sha256}"]
    page = typeset(arranged, at=document.issued_at)
    pdf = page.pdf
    title = localized(document.template.title, language=document.language)
    if seal is not None and unit is not None:
        pdf = seal.sign(
            pdf, unit=unit, reason=title, at=document.issued_at, spot=page.seal_spot, language=document.language
        )
        document.seal = seal.name
    name = f"{title}-{document.number}".replace("/", "-")
    document.file = store_generated(content=pdf, name=f"{name}.pdf", content_type=PDF, at=at)
    document.sha256 = document.file.sha256
    document.state = IssuedDocument.State.READY
    document.rendered_at = at
    document.save(update_fields=["file", "sha256", "state", "rendered_at", "seal"])


def _automatic(number: str, unit: str, *, label: str, at: dt.datetime, language: str) -> dict[str, str]:
    return {
        "number": number, "unit": unit, "seal_label": label, "issued_on": official_date(local_date(at), language),
    }  # fmt: skip
