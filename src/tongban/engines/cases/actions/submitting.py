"""Takes an application in: one transaction holds the key, the case, the form, the first task, clocks, event and messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.engines.cases.actions.acting import write
from tongban.engines.cases.actions.numbering import next_number
from tongban.engines.cases.errors import ActionRefused
from tongban.engines.cases.loading import Loaded, compiled_of, published
from tongban.engines.cases.models import Case, CaseForm, CaseMaterial, ProcessDefinition
from tongban.engines.cases.permissions import SUBMIT
from tongban.engines.cases.queries.codes import hash_secret, secret_for
from tongban.engines.cases.renewal import timely_until
from tongban.engines.cases.rules import turns
from tongban.engines.catalog.models import Implementation
from tongban.engines.licenses.models import License
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.files.models import StoredFile
from tongban.foundation.forms.models import FormVersion
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import NotAllowedError, require
from tongban.foundation.organizations.roles import Role
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.running import ask, streaming
from tongban.foundation.rows.stamps import once
from tongban.foundation.rows.statements import insert, load
from tongban.foundation.rows.statements import write as write_rows

_CURRENT = (
    "SELECT id FROM cases_processdefinition WHERE code = %s AND status = %s AND effective_from <= %s "
    "ORDER BY version DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies. ``digest`` is the keyed digest of the number; ``number``, ``phone`` and ``email`` are kept encrypted."""

    account: Account | None
    name: str
    digest: str
    kind: str
    phone: str = ""
    email: str = ""
    number: str = ""
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class SubmittedMaterial:
    """A material as handed in; ``source`` is one of ``CaseMaterial.Source``."""

    code: str
    name: str
    source: str
    file: StoredFile | None = None
    license_identifier: str = ""
    note: str = ""


def submit(
    *,
    implementation: Implementation | None,
    applicant: Applicant,
    form_version: FormVersion | None,
    answers: Mapping[str, Any],
    materials: Sequence[SubmittedMaterial],
    channel: str,
    key: UUID,
    by: Actor,
    at: dt.datetime,
    definition_code: str | None = None,
    unit: Unit | None = None,
    title: str | None = None,
    parent: Case | None = None,
    renews: License | None = None,
) -> Case:
    """Submit an application. The same key always gives the same case, also for two submissions at the same moment.

    :param implementation: the item applied for; without one, ``unit``, ``title`` and ``definition_code`` must be given
    :param channel: ``online``, ``window`` or ``api``
    :param key: the key given out with the form
    :param renews: the license to be renewed; applied for in time and undecided when it expires, it counts as renewed
    :raises NotAllowedError: if the actor may not submit for this applicant
    :raises ActionRefused: if the item cannot be applied for now, or the key belongs to someone else's application
    """
    require(by, SUBMIT.code)
    _check_principal(by, applicant, unit or (implementation.unit if implementation else None))
    with transaction.atomic(), once(), streaming():
        ask("SELECT pg_advisory_xact_lock(%s::bigint)", _lock_number(key))
        for known in load(Case, "submission_key = %s", key):
            return _same(known, applicant)
        return _create(
            implementation, applicant, form_version, answers, materials, channel, key, by, at,
            definition_code=definition_code, unit=unit, title=title, parent=parent, renews=renews,
        )  # fmt: skip


def _lock_number(key: UUID) -> int:
    return int.from_bytes(key.bytes[:8], "big", signed=True)


def _check_principal(by: Actor, applicant: Applicant, lead: Unit | None) -> None:
    """Let people submit for themselves and those they act for, and clerks for anyone, to offices of their region."""
    if by.system or (applicant.account is not None and applicant.account.pk in by.principals):
        return
    near = by.unit is not None and lead is not None and lead.region_path.startswith(by.unit.region_path)
    if not (near and Role.WINDOW_CLERK in by.roles):
        raise NotAllowedError(SUBMIT.code)


def _same(known: Case, applicant: Applicant) -> Case:
    account = applicant.account.pk if applicant.account else None
    if known.applicant_id != account or known.applicant_digest != applicant.digest:
        raise ActionRefused(_("这份申请的提交标识已经用过。请刷新页面，重新提交。"), code="key_taken")
    return known


def current_definition(code: str, *, on: dt.date) -> ProcessDefinition:
    """Return the version of a process that new cases take on a day.

    :raises ActionRefused: if none is published
    """
    for (newest,) in ask(_CURRENT, code, ProcessDefinition.Status.PUBLISHED.value, on):
        return published(newest)
    raise ActionRefused(_("这个事项的办理流程还没有发布，暂时不能申请。请与办理单位联系。"), code="no_process")


def _create(
    item: Implementation | None,
    applicant: Applicant,
    form_version: FormVersion | None,
    answers: Mapping[str, Any],
    materials: Sequence[SubmittedMaterial],
    channel: str,
    key: UUID,
    by: Actor,
    at: dt.datetime,
    *,
    definition_code: str | None,
    unit: Unit | None,
    title: str | None,
    parent: Case | None,
    renews: License | None,
) -> Case:
    if item is not None and item.status != Implementation.Status.IN_FORCE:
        raise ActionRefused(_("这个事项暂停办理，不能申请。"), code="item_suspended")
    on = local_date(at)
    code = definition_code or (item.process_code if item else "")
    definition = current_definition(code, on=on)
    lead = unit or (item.unit if item else None)
    if lead is None:
        msg = "a case needs an item or a unit"
        raise ValueError(msg)
    expires_on = (
        None
        if renews is None
        else timely_until(renews, applicant.digest, on=on, jurisdiction=lead.region_code, item=item)
    )
    number = next_number(region=lead.region_code, day=on)
    case = Case(
        number=number,
        secret_hash=hash_secret(secret_for(number=number, key=key)),
        definition=definition,
        implementation=item,
        title=title or (localized(item.name, language="zh-hans") if item else code),
        parent=parent,
        renews=renews,
        applicant=applicant.account,
        agent=by.account if by.account is not None and by.account != applicant.account and not by.is_official else None,
        applicant_name=applicant.name,
        applicant_digest=applicant.digest,
        applicant_kind=applicant.kind,
        unit=lead,
        region_path=lead.region_path,
        channel=channel,
        submission_key=key,
        submitted_at=at,
    )
    insert([case])
    form = CaseForm(
        case=case,
        form_version=form_version,
        answers=dict(answers),
        applicant_number=applicant.number,
        phone=applicant.phone,
        email=applicant.email,
        language=applicant.language,
    )
    write_rows([form])
    add_materials(case, materials, round_=1, at=at)
    loaded = Loaded(case, compiled_of(case))
    calendar = calendar_for(lead.region_code)
    change = turns.begin(
        loaded.compiled,
        on=on,
        starts_on=calendar.next_workday(on),
        lead_unit=lead.pk,
        by=by.account.pk if by.account else None,
        expires_on=expires_on,
    )
    write(loaded, change, None, by=by, at=at)
    return case


def add_materials(case: Case, materials: Sequence[SubmittedMaterial], *, round_: int, at: dt.datetime) -> None:
    """Add materials of a round; earlier ones of the same code stay on record and are no longer current."""
    if round_ > 1:
        codes = [each.code for each in materials]
        CaseMaterial.objects.filter(case=case, code__in=codes, current=True).update(current=False)
    write_rows(
        [
            CaseMaterial(
                case=case,
                code=each.code,
                name=each.name,
                source=each.source,
                file=each.file,
                license_identifier=each.license_identifier,
                note=each.note,
                round=round_,
                state=_first_state(each.source),
                added_at=at,
            )
            for each in materials
        ]
    )


def _first_state(source: str) -> str:
    """Return how a material begins: what the government holds needs no check by a person."""
    held = (CaseMaterial.Source.LICENSE, CaseMaterial.Source.HELD)
    return CaseMaterial.State.ACCEPTED if source in held else CaseMaterial.State.PENDING
