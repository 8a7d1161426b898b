"""Hands an application in: answers and materials are checked once more, then one transaction makes the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from tongban.affairs.hall.materials import Given, Plan, Slot, lacks, plan
from tongban.affairs.hall.queries import renewable
from tongban.engines.cases.actions import ActionRefused, Applicant, SubmittedMaterial, submit
from tongban.engines.cases.models import Case
from tongban.engines.catalog.actions import count_application
from tongban.engines.catalog.models import Implementation
from tongban.engines.catalog.queries import by_code, process_on
from tongban.engines.licenses.models import License
from tongban.foundation.accounts.models import Account, Identity
from tongban.foundation.accounts.queries import identity_of
from tongban.foundation.clock.now import local_date
from tongban.foundation.files.models import StoredFile
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.actions import close_draft
from tongban.foundation.forms.models import Draft, FormVersion
from tongban.foundation.forms.prefill import fixed
from tongban.foundation.forms.rules import FieldError, FormSpec, clean
from tongban.foundation.forms.schema import EmailField, PhoneField
from tongban.foundation.forms.sealing import seal
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.running import ask
from tongban.foundation.rows.stamps import once

PURPOSE = "apply:"


class ApplicationError(Exception):
    """An application cannot be handed in yet; ``problems`` says for each field or material what to do."""

    def __init__(self, message: str, problems: Sequence[FieldError] = ()) -> None:
        """Keep the sentence and the open points."""
        self.problems = list(problems)
        super().__init__(message)


def submit_application(*, draft: Draft, by: Actor, at: dt.datetime, channel: str = "online") -> Case:
    """Hand in what a draft holds. Handing in the same draft again gives the same case.

    :raises ApplicationError: if an answer or a material is wrong or missing, or the item cannot be applied for
    :raises NotAllowedError: if the draft is someone else's, or one may not act for the applicant
    """
    with transaction.atomic():
        locked = Draft.objects.select_for_update(of=("self",)).select_related("form_version").get(pk=draft.pk)
        if by.account is None or locked.account_id != by.account.pk:
            raise NotAllowedError("declared_forms.draft")
        if locked.submitted_at is not None:
            return Case.objects.get(submission_key=locked.submission_key)
        implementation = by_code(locked.purpose.removeprefix(PURPOSE))
        if implementation is None:
            raise ApplicationError(_("这个事项已经停止办理，不能申请。"))
        applicant = _principal(locked, by)
        answers = {**forms.answers_of(locked), **fixed(locked.form_version.definition, forms.known_of(locked))}
        case = submit_answers(
            implementation=implementation,
            applicant=applicant,
            form_version=locked.form_version,
            answers=answers,
            materials=locked.extra.get("materials", {}),
            channel=channel,
            key=locked.submission_key,
            owner=locked.account,
            renews=str(locked.extra.get("renews", "")),
            by=by,
            at=at,
        )
        close_draft(draft=locked, by=by, at=at)
    return case


def submit_answers(
    *,
    implementation: Implementation,
    applicant: Account,
    form_version: FormVersion,
    answers: Mapping[str, Any],
    materials: Mapping[str, Mapping[str, Any]],
    channel: str,
    key: UUID,
    owner: Account | None = None,
    renews: str = "",
    by: Actor,
    at: dt.datetime,
) -> Case:
    """Check an application and hand it in, without a draft: for machines, windows and the demonstration.

    :param materials: per material code ``{"way": …, "files": [ids], "license": identifier}`` (see ``materials.plan``)
    :param owner: whose uploads count; the applicant's if not given
    :param renews: the identifier of the license to be renewed, for items that renew one
    :raises ApplicationError: if an answer or a material is wrong or missing
    """
    identity = identity_of(applicant)
    if identity is None:
        raise ApplicationError(_("请先在账户里填写实名信息，再提交申请。"))
    return hand_in(
        implementation=implementation,
        applicant=_applicant(applicant, identity),
        form_version=form_version,
        answers=answers,
        materials=materials,
        channel=channel,
        key=key,
        owner=owner or applicant,
        renews=renews,
        by=by,
        at=at,
    )


@once()
def hand_in(
    *,
    implementation: Implementation,
    applicant: Applicant,
    form_version: FormVersion,
    answers: Mapping[str, Any],
    materials: Mapping[str, Mapping[str, Any]],
    channel: str,
    key: UUID,
    owner: Account,
    seen: str = "",
    renews: str = "",
    by: Actor,
    at: dt.datetime,
) -> Case:
    """Check answers and materials once more and make the case; the engine decides whether ``by`` may submit for this applicant.

    :param applicant: who applies; messages go to the form's first telephone number and mail address, else to these
    :param owner: whose uploads count
    :param seen: digest of the certificate number that a clerk has seen (see ``materials.plan``)
    :param renews: the identifier of the license to be renewed; an item that renews one takes the only one there is
    :raises ApplicationError: if an answer or a material is wrong or missing
    """
    on = local_date(at)
    spec = form_version.definition
    files = _files(materials, answers, owner)
    cleaned = clean(spec, answers, today=on, files=set(files), region_known=forms.region_known)
    situation = {**_scenarios(implementation, answers), **cleaned.values}
    planned = plan(implementation, answers=situation, applicant=applicant.account, chosen=materials, on=on, seen=seen)
    problems = [*cleaned.errors, *(FieldError(lack.code, lack.message) for lack in lacks(planned))]
    if problems:
        raise ApplicationError(_("申请还不完整，请补上所列的内容。"), problems)
    license_ = _renewed(implementation, applicant.digest, renews)
    process = process_on(implementation, on)
    known = bool(ask("SELECT 1 FROM cases_case WHERE submission_key = %s", key))
    try:
        with transaction.atomic():
            case = submit(
                implementation=implementation,
                applicant=_reached(applicant, spec, cleaned.values),
                form_version=form_version,
                answers={**_scenarios(implementation, answers), **seal(spec, cleaned.values)},
                materials=_submitted(planned, files),
                channel=channel,
                key=key,
                by=by,
                at=at,
                definition_code=process.process_code if process else None,
                renews=license_,
            )
            if not known:
                count_application(implementation.standard_item_id)
    except ActionRefused as refused:
        raise ApplicationError(str(refused)) from refused
    return case


def _renewed(implementation: Implementation, digest: str, identifier: str) -> License | None:
    """Return the license an item renews.

    :raises ApplicationError: if the applicant holds none that this unit issued, or several and named none
    """
    if not implementation.standard_item.renewal:
        return None
    held = list(renewable(implementation, digest))
    chosen = [each for each in held if each.identifier == identifier] if identifier else held
    if len(chosen) != 1:
        message = _("请选择要延续的证照。") if held else _("申请人没有本单位颁发的、可以延续的这种证照。")
        raise ApplicationError(message, [FieldError("renews", message)])
    return chosen[0]


def _principal(draft: Draft, by: Actor) -> Account:
    chosen = draft.extra.get("applicant", draft.account_id)
    if chosen == draft.account_id:
        return draft.account
    if chosen not in by.principals:
        raise ApplicationError(_("委托已经到期或者撤销，不能再为对方申请。"))
    return Account.objects.get(pk=chosen)


def _scenarios(implementation: Implementation, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return the answers to the item's own questions, as far as they are among the choices."""
    found: dict[str, str] = {}
    for scenario in implementation.standard_item.scenarios:
        given = answers.get(scenario["code"])
        if given in {choice["code"] for choice in scenario["choices"]}:
            found[scenario["code"]] = str(given)
    return found


def _files(
    materials: Mapping[str, Mapping[str, Any]], answers: Mapping[str, Any], owner: Account
) -> dict[str, StoredFile]:
    """Return the files named by materials and answers that this person uploaded."""
    ids = {str(one) for kept in materials.values() for one in kept.get("files", ())} | set(_ids(answers))
    rows = StoredFile.objects.filter(pk__in=ids, uploaded_by=owner) if ids else StoredFile.objects.none()
    return {str(row.pk): row for row in rows}


def _ids(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [one for part in value.values() for one in _ids(part)]
    if isinstance(value, list):
        return [one for part in value for one in _ids(part)]
    try:
        return [str(UUID(value))] if isinstance(value, str) and len(value) == 36 else []
    except ValueError:
        return []


def _applicant(account: Account, identity: Identity) -> Applicant:
    """Return who applies with an account."""
    return Applicant(
        account=account,
        name=identity.name or account.display_name,
        digest=identity.number_digest,
        kind="organization" if identity.kind == Identity.Kind.ORGANIZATION else "person",
        phone=identity.phone,
        email=account.email,
        number=identity.number,
        language=account.language,
    )


def _reached(applicant: Applicant, spec: FormSpec, values: Mapping[str, Any]) -> Applicant:
    """Let messages go to the first telephone number and mail address of the form, if it has any."""
    phone, email = _first(spec, values, PhoneField), _first(spec, values, EmailField)
    return replace(applicant, phone=phone or applicant.phone, email=email or applicant.email)


def _first(spec: FormSpec, values: Mapping[str, Any], kind: type) -> str:
    for _page, item in spec.top_fields():
        if isinstance(item, kind) and values.get(item.id):
            return str(values[item.id])
    return ""


def _submitted(planned: Plan, files: Mapping[str, StoredFile]) -> list[SubmittedMaterial]:
    """Return the rows that officials read, so named in Chinese whatever the applicant's language."""
    slots = {slot.code: slot for slot in planned.slots}
    with override("zh-hans"):
        return [row for given in planned.complete for row in _rows(slots[given.code], given, files)]


def _rows(slot: Slot, given: Given, files: Mapping[str, StoredFile]) -> list[SubmittedMaterial]:
    name = localized(slot.title, language="zh-hans")
    if given.way == "upload":
        found = [files[one] for one in given.files if one in files]
        return [SubmittedMaterial(slot.code, name, "upload", file=one) for one in found]
    return [
        SubmittedMaterial(
            slot.code,
            name,
            given.way,
            license_identifier=given.license if given.way == "license" else "",
            note=_("申请人已作出书面承诺") if given.way == "commitment" else "",
        )
    ]
