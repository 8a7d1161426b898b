"""Filing at the counter (窗口代录): a clerk takes down an application for whoever stands there with a certificate.

The law lets people file on paper and in person (Administrative Licensing Law Art. 29); the counter then enters what they
say into the same form. The case belongs to the applicant, not to the clerk, and the record says who filed for whom.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from tongban.affairs.hall.actions.apply import ApplicationError, hand_in
from tongban.affairs.hall.models import CounterFiling
from tongban.engines.cases.actions import Applicant, add_note
from tongban.engines.cases.models import Case
from tongban.engines.catalog.models import Implementation
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Identity
from tongban.foundation.accounts.rules import is_mobile
from tongban.foundation.audit.actions import record
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.actions import close_draft, correct_known, discard_draft, start_draft
from tongban.foundation.forms.models import Draft, FormVersion
from tongban.foundation.forms.prefill import fixed
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import NotAllowedError, Permission, require
from tongban.foundation.organizations.roles import Role, Scope
from tongban.foundation.text import mask
from tongban.foundation.text.identifiers import IdentifierError, citizen_number, credit_code

FILE = Permission("hall.file_at_counter", lazy("窗口代录申请"), {Role.WINDOW_CLERK: Scope.UNIT}, system=False)
PURPOSE = "counter:"


class VisitorError(Exception):
    """What was entered about the applicant is wrong; ``fields`` says it at each field."""

    def __init__(self, fields: dict[str, str]) -> None:
        """Keep the sentences."""
        self.fields = fields
        super().__init__("；".join(fields.values()))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who applies, from the certificate the clerk has seen; ``bearer_*`` is who came in person for someone else.

    ``kind`` is one of ``Identity.Kind``; numbers are kept in their canonical form once checked.
    """

    kind: str
    name: str
    number: str
    phone: str
    bearer_name: str = ""
    bearer_number: str = ""


def begin_filing(
    *, implementation: Implementation, form_version: FormVersion, visitor: Visitor, by: Actor, at: dt.datetime
) -> CounterFiling:
    """Open a draft for an item of the clerk's own unit, with what stands on the certificate filled in.

    :raises NotAllowedError: if the item is another unit's, or the actor is no window clerk
    :raises VisitorError: if a number's check digit is wrong, or the number is verified under another name
    """
    require(by, FILE.code, implementation.unit)
    checked = _checked(visitor)
    with transaction.atomic():
        draft = start_draft(
            purpose=f"{PURPOSE}{uuid.uuid4().hex}", form_version=form_version, facts=_facts(checked), by=by, at=at
        )
        return CounterFiling.objects.create(
            draft=draft,
            implementation=implementation,
            unit=implementation.unit,
            begun_at=at,
            **_columns(checked),
        )


def change_visitor(*, filing: CounterFiling, visitor: Visitor, by: Actor, at: dt.datetime) -> CounterFiling:
    """Correct what was entered about the applicant; everything typed into the form stays.

    :raises VisitorError: as for :func:`begin_filing`
    :raises NotAllowedError: if the filing is another clerk's, or handed in already
    """
    require(by, FILE.code, filing.unit)
    columns = _columns(checked := _checked(visitor))
    with transaction.atomic():
        filing.draft = correct_known(draft=filing.draft, facts=_facts(checked), by=by, at=at)
        for name, value in columns.items():
            setattr(filing, name, value)
        filing.save(update_fields=list(columns))
    return filing


def submit_filing(*, filing: CounterFiling, by: Actor, at: dt.datetime) -> Case:
    """Hand in what the clerk took down. Handing in the same filing again gives the same case.

    :raises ApplicationError: if an answer or a material is wrong or missing, or the item was withdrawn meanwhile
    :raises NotAllowedError: if the filing is another clerk's
    """
    require(by, FILE.code, filing.unit)
    with transaction.atomic():
        draft = Draft.objects.select_for_update(of=("self",)).select_related("form_version").get(pk=filing.draft_id)
        if by.account is None or draft.account_id != by.account.pk:
            raise NotAllowedError(FILE.code)
        if draft.submitted_at is not None:
            return Case.objects.get(submission_key=draft.submission_key)
        if filing.implementation.status != Implementation.Status.IN_FORCE:
            raise ApplicationError(_("这个事项已经停止办理，不能申请。"))
        case = hand_in(
            implementation=filing.implementation,
            applicant=_applicant(filing),
            form_version=draft.form_version,
            answers={**forms.answers_of(draft), **fixed(draft.form_version.definition, forms.known_of(draft))},
            materials=draft.extra.get("materials", {}),
            channel=Case.Channel.WINDOW,
            key=draft.submission_key,
            owner=draft.account,
            seen=filing.number_digest,
            by=by,
            at=at,
        )
        _note_who(case, filing, by=by, at=at)
        close_draft(draft=draft, by=by, at=at)
    return case


def discard_filing(*, filing: CounterFiling, by: Actor) -> None:
    """Throw away a filing that was not handed in, with all that was entered.

    :raises NotAllowedError: if it is another clerk's, or handed in already
    """
    require(by, FILE.code, filing.unit)
    discard_draft(draft=filing.draft, by=by)


def _note_who(case: Case, filing: CounterFiling, *, by: Actor, at: dt.datetime) -> None:
    """Say in the audit record who filed for whom, and in the case who came in person."""
    record(
        stream=f"case:{case.number}",
        kind="case.filed_at_counter",
        actor=by.key,
        at=at,
        data={
            "unit": filing.unit.code,
            "applicant": filing.number_digest,
            "account": filing.account_id,
            "by_another_person": bool(filing.bearer_name),
        },
    )
    if filing.bearer_name:
        with override("zh-hans"):
            text = _("窗口代录。来办理的人：%(name)s，居民身份证 %(number)s，已核对原件。") % {
                "name": filing.bearer_name,
                "number": mask.citizen_number(filing.bearer_number),
            }
        add_note(case=case, text=text, by=by, at=at)


def _applicant(filing: CounterFiling) -> Applicant:
    return Applicant(
        account=filing.account,
        name=filing.name,
        digest=filing.number_digest,
        kind="organization" if filing.kind == Identity.Kind.ORGANIZATION else "person",
        phone=filing.phone,
        email=filing.account.email if filing.account else "",
        number=filing.number,
        language=filing.account.language if filing.account else "zh-hans",
    )


def _facts(visitor: Visitor) -> dict[str, str]:
    """Return what the certificate tells, by the name of the prefill source it stands for."""
    return {"identity.name": visitor.name, "identity.number": visitor.number, "identity.phone": visitor.phone}


def _columns(visitor: Visitor) -> dict[str, object]:
    known = _holder(visitor)
    return {
        "account": known.account if known else None,
        "kind": visitor.kind,
        "name": visitor.name,
        "number": visitor.number,
        "number_digest": digest(visitor.number),
        "phone": visitor.phone,
        "bearer_name": visitor.bearer_name,
        "bearer_number": visitor.bearer_number,
    }


def _holder(visitor: Visitor) -> Identity | None:
    """Return the verified account with the number on the certificate."""
    rows = Identity.objects.filter(number_digest=digest(visitor.number), verified_at__isnull=False)
    return rows.select_related("account").first()


def _checked(visitor: Visitor) -> Visitor:
    """Return the visitor with numbers in canonical form.

    :raises VisitorError: naming every field that is wrong
    """
    wrong: dict[str, str] = {}
    firm = visitor.kind == Identity.Kind.ORGANIZATION
    clean = replace(
        visitor,
        name=visitor.name.strip(),
        phone=visitor.phone.strip(),
        number=_number(visitor.number, "number", wrong, firm=firm),
        bearer_name=visitor.bearer_name.strip(),
        bearer_number="",
    )
    if visitor.kind not in Identity.Kind.values:
        wrong["kind"] = _("请选择申请人是个人还是单位。")
    if not clean.name:
        wrong["name"] = _("请填写证件上的姓名或名称。")
    if not is_mobile(clean.phone):
        wrong["phone"] = _("请填写 11 位手机号码。")
    if clean.bearer_name or visitor.bearer_number.strip():
        clean = replace(clean, bearer_number=_number(visitor.bearer_number, "bearer_number", wrong, firm=False))
    if not clean.bearer_name and (firm or visitor.bearer_number.strip()):
        wrong["bearer_name"] = _("请填写来办理的人的姓名。")
    if firm and not visitor.bearer_number.strip():
        wrong["bearer_number"] = _("请填写来办理的人的居民身份证号码。")
    if "number" not in wrong and "name" not in wrong:
        known = _holder(clean)
        if known is not None and known.name != clean.name:
            wrong["name"] = _("这个证件号码已用另一个姓名或名称实名核验，请与证件核对后填写。")
    if wrong:
        raise VisitorError(wrong)
    return clean


def _number(text: str, field: str, wrong: dict[str, str], *, firm: bool) -> str:
    try:
        return credit_code.check(text) if firm else citizen_number.check(text)
    except IdentifierError as refused:
        wrong[field] = str(refused)
        return text.strip()
