"""Drafts that begin with what was said before: a returned registration filed anew, a license renewed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tongban.affairs.hall.actions.apply import PURPOSE, ApplicationError
from tongban.affairs.hall.filling import form_for
from tongban.engines.cases.models import Case, CaseForm, CaseMaterial
from tongban.engines.catalog.models import Implementation
from tongban.engines.licenses.models import License
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import local_date
from tongban.foundation.forms.actions import save_draft, start_draft
from tongban.foundation.forms.models import Draft, FormVersion
from tongban.foundation.forms.queries import draft_of
from tongban.foundation.forms.schema import BooleanField, InfoField
from tongban.foundation.forms.sealing import unseal
from tongban.foundation.organizations.actor import Actor, actor_of
from tongban.foundation.organizations.permissions import NotAllowedError


def file_anew(*, case: Case, by: Actor, at: dt.datetime) -> Draft:
    """Begin a new application with the answers and files of one that was returned (登记实施细则 Art. 18).

    An application for the same item that is already being filled in goes on instead.

    :raises NotAllowedError: if the case is someone else's
    :raises ApplicationError: if it was not returned, or the item is no longer open
    """
    account = by.account
    if account is None or (case.applicant_id not in by.principals and case.agent_id != account.pk):
        raise NotAllowedError("cases.submit")
    item = case.implementation
    if case.result != Case.Result.RETURNED or item is None or item.status != Implementation.Status.IN_FORCE:
        raise ApplicationError(_("这个办件不能重新申报，请从办事指南重新申请。"))
    found = draft_of(by, f"{PURPOSE}{item.code}")
    if found is not None:
        return found
    draft = _begin(item, by, at, {"applicant": case.applicant_id or account.pk, "again": case.number})
    kept: dict[str, dict[str, Any]] = {}
    rows = CaseMaterial.objects.filter(case=case, current=True, file__isnull=False, file__uploaded_by=account)
    for row in rows.order_by("pk"):
        given = kept.setdefault(row.code, {"way": "upload", "files": [], "license": ""})
        given["files"].append(str(row.file_id))
    return save_draft(draft=draft, answers=_answers(draft.form_version, case), extra={"materials": kept}, by=by, at=at)


def begin_renewal(
    *, implementation: Implementation, license_: License, applicant: int, by: Actor, at: dt.datetime
) -> Draft:
    """Begin the renewal of a license with what was said when it was applied for, or what stands on its face.

    :param applicant: the key of the account that holds the license
    """
    draft = _begin(implementation, by, at, {"applicant": applicant, "renews": license_.identifier})
    before = Case.objects.filter(number=license_.case_number).first() if license_.case_number else None
    answers = _answers(draft.form_version, before) if before is not None else {}
    ids = {item.id for _page, item in draft.form_version.definition.top_fields()}
    plain = {name: text for name, text in license_.data.items() if name in ids}
    return save_draft(draft=draft, answers=answers or plain, extra={"renews": license_.identifier}, by=by, at=at)


def _begin(item: Implementation, by: Actor, at: dt.datetime, extra: Mapping[str, Any]) -> Draft:
    principal = next((one for one in _accounts(extra["applicant"], by)), by.account)
    return start_draft(
        purpose=f"{PURPOSE}{item.code}",
        form_version=form_for(item, local_date(at)),
        extra=extra,
        about=actor_of(principal, on=local_date(at)) if principal is not None else by,
        by=by,
        at=at,
    )


def _accounts(key: int, by: Actor) -> list[Account]:
    return list(Account.objects.filter(pk=key, pk__in=by.principals))


def _answers(version: FormVersion, case: Case) -> dict[str, Any]:
    """Return the answers of a case as far as the form still asks the question; declarations are made anew."""
    form = CaseForm.objects.filter(case=case).select_related("form_version").first()
    if form is None or form.form_version is None or form.form_version.code != version.code:
        return {}
    asked = {
        item.id
        for _page, item in version.definition.top_fields()
        if not isinstance(item, InfoField) and not (isinstance(item, BooleanField) and item.must)
    }
    held = unseal(form.form_version.definition, form.answers)
    return {name: value for name, value in held.items() if name in asked}
