"""What a decision brings about in the hall: the license is issued, or one handed back is cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tongban.engines.cases.actions.places import speaking_for
from tongban.engines.cases.loading import compiled_of
from tongban.engines.cases.models import Case, CaseForm, CaseMaterial
from tongban.engines.cases.registers import EffectContext
from tongban.engines.cases.renewal import new_term
from tongban.engines.licenses.actions.changing import cancel
from tongban.engines.licenses.actions.issuing import Holder, issue_license
from tongban.engines.licenses.queries import by_identifier, type_spec
from tongban.engines.licenses.rules import may
from tongban.foundation.accounts.queries import identity_by_account
from tongban.foundation.forms.answers import flatten
from tongban.foundation.forms.queries import region_name, version
from tongban.foundation.forms.sealing import unseal
from tongban.foundation.rows.statements import load


def issue_case_license(context: EffectContext) -> None:
    """Issue the licence that the case's item names; items without one (a mere filing) get none.

    The licence's fields are filled from the answers with the same field id, then from what is known of the applicant.
    """
    case = context.case
    code = case.implementation.license_type_code if case.implementation else ""
    if not code:
        return
    spec = type_spec(code)
    if spec is None:
        msg = f"no pack declares the license type {code}"
        raise LookupError(msg)
    (form,) = load(CaseForm, "case_id = %s", case.pk)
    known = _known(case, form)
    license_ = issue_license(
        type_code=code,
        unit=speaking_for(case, compiled_of(case), context.task),
        holder=Holder(
            case.applicant_name,
            form.applicant_number,
            "organization" if case.applicant_kind == "organization" else "person",
        ),
        data={shown.name: known[shown.name] for shown in spec.fields if known.get(shown.name)},
        case_number=case.number,
        by=context.by,
        at=context.at,
        valid_from=_day(context.data.get("valid_from")) or (new_term(case) if case.renews_id is not None else None),
        replaces=case.renews,
        valid_to=_day(context.data.get("valid_to")),
        language=form.language,
    )
    context.extra["license_identifier"] = license_.identifier
    context.extra["license_number"] = license_.number


def cancel_licenses_returned(context: EffectContext) -> None:
    """Cancel the licenses that were handed back with the application (a firm that is deregistered loses its license)."""
    case = context.case
    returned = CaseMaterial.objects.filter(case=case, source=CaseMaterial.Source.LICENSE, current=True)
    for identifier in returned.exclude(license_identifier="").values_list("license_identifier", flat=True):
        held = by_identifier(identifier)
        if held is None or held.holder_digest != case.applicant_digest or not may("cancel", held.status):
            continue
        cancel(license_=held, reason=f"{case.title}：{case.number}", by=context.by, at=context.at)


def _known(case: Case, form: CaseForm) -> Mapping[str, Any]:
    answers: dict[str, str] = {}
    if form.form_version_id is not None:
        spec = version(form.form_version_id).definition
        answers = flatten(spec, unseal(spec, form.answers), region_name=region_name)
    identity = identity_by_account(case.applicant_id) if case.applicant_id else None
    held = (
        {
            "representative": identity.legal_representative,
            "legal_representative": identity.legal_representative,
            "address": identity.address,
            "name": identity.name,
        }
        if identity
        else {"name": case.applicant_name}
    )
    return {**held, **{key: text for key, text in answers.items() if text}}


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
