"""What a decision brings about in the hall: the license is issued, or one handed back is cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tongban.affairs.hall.materials import IDENTITY_TYPES
from tongban.engines.cases.actions.places import speaking_for
from tongban.engines.cases.loading import compiled_of
from tongban.engines.cases.models import Case, CaseForm
from tongban.engines.cases.registers import EffectContext
from tongban.engines.cases.renewal import new_term
from tongban.engines.catalog.models import Material
from tongban.engines.licenses.actions.changing import cancel
from tongban.engines.licenses.actions.issuing import Holder, issue_license
from tongban.engines.licenses.queries import reusable, type_spec
from tongban.foundation.accounts.queries import identity_by_account
from tongban.foundation.clock.now import local_date
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
    """Cancel the licenses that the applicant had to hand back (a firm that is deregistered loses its license).

    Which they are the item's materials say; whether they came as electronic licenses or on paper makes no difference.
    """
    case = context.case
    if case.implementation is None:
        return
    asked = Material.objects.filter(item=case.implementation.standard_item_id).values_list("reuse", flat=True)
    types = sorted({code for codes in asked for code in codes} - IDENTITY_TYPES)
    for held in reusable(case.applicant_digest, types, local_date(context.at)) if types else ():
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
