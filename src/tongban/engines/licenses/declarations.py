"""What this slice tells the slices below: permissions and the pack section ``license_types``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from tongban.engines.catalog.codes import register_codes
from tongban.engines.licenses import permissions
from tongban.engines.licenses.models import LicenseType
from tongban.engines.licenses.schema import LicenseTypeSpec
from tongban.foundation.documents.models import DocumentTemplate
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome, Section, register_section


def load(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Create and change license types. Licenses keep what they were issued with, so a type may change.

    :raises PackError: for wrong files, a type code used twice, or a document template nobody declares
    """
    specs: list[tuple[Document, LicenseTypeSpec]] = []
    problems = []
    templates = set(DocumentTemplate.objects.values_list("code", flat=True))
    for document in documents:
        try:
            spec = parse(LicenseTypeSpec, document)
        except PackError as wrong:
            problems.extend(wrong.problems)
            continue
        if spec.document not in templates:
            problems.append(document.problem(("document",), f"没有这个文书模板：{spec.document}"))
        if any(spec.type_code == other.type_code for _document, other in specs):
            problems.append(document.problem(("type_code",), "另一种证照已经用了这个类型代码"))
        specs.append((document, spec))
    if problems:
        raise PackError(problems)
    outcome = Outcome()
    known = {row.code: row for row in LicenseType.objects.all()}
    for _document, spec in specs:
        _keep(spec, known.get(spec.code), outcome)
    return outcome


def _keep(spec: LicenseTypeSpec, there: LicenseType | None, outcome: Outcome) -> None:
    plain = spec.model_dump(mode="json")
    sha256 = hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    changed = there is not None and there.sha256 != sha256
    if there is None or changed:
        LicenseType.objects.update_or_create(
            code=spec.code,
            defaults={
                "type_code": spec.type_code,
                "name": spec.name.model_dump(),
                "spec": plain,
                "sha256": sha256,
            },
        )
    outcome.count(created=there is None, changed=changed)


def declare() -> None:
    """Register everything."""
    permissions.declare()
    register_codes("license_type", lambda: frozenset(LicenseType.objects.values_list("code", flat=True)))
    register_section(Section(name="license_types", pattern="license_types/*.yaml", order=50, load=load))
