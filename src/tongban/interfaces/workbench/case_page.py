"""What the pages of one case share: the case through the door, the head, and who may do what beside the process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.affairs.hall.actions.charging import CHARGE, REFUND
from tongban.affairs.hall.queries import charges_of, fees_of
from tongban.affairs.supervision.permissions import ALARMS, ORDER, REMIND
from tongban.affairs.supervision.queries.alarms import alarms_of
from tongban.affairs.supervision.queries.orders import orders_of
from tongban.engines.cases import wording
from tongban.engines.cases.models import Case
from tongban.engines.cases.permissions import ANSWER_RATING, JUDGE, NOTE
from tongban.engines.cases.queries import CaseFile, TimelineEntry, case_file, case_for, cases_for
from tongban.engines.licenses.queries import issued_in_case
from tongban.foundation.forms.rules import SummarySection
from tongban.foundation.organizations.permissions import allows, allows_row, scopes
from tongban.foundation.packs.localized import localized
from tongban.foundation.text import mask
from tongban.interfaces.workbench.permissions import CASE, REVEAL

if TYPE_CHECKING:
    from tongban.foundation.organizations.actor import Actor

ORGANIZATION = "organization"
RELATED = 6
JUDGED = "judge_material"


def found(actor: Actor, number: str) -> Case:
    """Return a case as the desk may see it.

    :raises Http404: if there is none, or it is none of this official's business
    """
    try:
        return case_for(actor, number, permission=CASE.code)
    except Case.DoesNotExist as missing:
        raise Http404 from missing


def masked_number(case: Case, number: str) -> str:
    """Return the applicant's number: a firm's code in full, a person's with its middle hidden."""
    return number if case.applicant_kind == ORGANIZATION else mask.citizen_number(number)


def shown_name(actor: Actor, case: Case) -> str:
    """Return the applicant's name: supervision needs to know the case, not the person, so persons' names are masked."""
    handles = bool(scopes(actor, REVEAL.code)) or "unit_head" in actor.roles
    return case.applicant_name if handles or case.applicant_kind == ORGANIZATION else mask.name(case.applicant_name)


def veiled(actor: Actor, case: Case) -> Callable[[str], str]:
    """Return what hides the applicant's name in a text from those who may not read it."""
    shown = shown_name(actor, case)
    name = case.applicant_name
    if shown == name or not name:
        return str
    return lambda text: text.replace(name, shown)


def veiled_sections(actor: Actor, case: Case, file: CaseFile) -> list[SummarySection]:
    """Return the answers in sections as this official may read them."""
    hide = veiled(actor, case)
    return [replace(each, rows=[(label, hide(text)) for label, text in each.rows]) for each in file.key_points]


def head(case: Case, file: CaseFile, actor: Actor) -> dict[str, Any]:
    """Return what stands on top of every page of a case."""
    lead = actor.unit is not None and actor.unit.pk == case.unit_id
    may_note = any(role in NOTE.roles for role in actor.roles) and (lead or allows_row(actor, NOTE.code, case))
    return {
        "case": case,
        "file": file,
        "ended_light": ended_light(file),
        "applicant": shown_name(actor, case),
        "number": masked_number(case, file.applicant_number),
        "phone": mask.phone(file.phone),
        "may_note": may_note,
        "read_only": not file.actions and not may_note,
    }


def ended_light(file: CaseFile) -> str:
    """Return the light of a clock that has ended: whether it ended in time."""
    return "red" if file.clock is not None and file.clock.text == wording.ended(late=True) else "green"


def bundle(case: Case, actor: Actor, *, at: dt.datetime) -> dict[str, Any]:
    """Return everything the main page of a case shows."""
    file = case_file(case, actor, at=at)
    live = case.closed_at is None
    return {
        **head(case, file, actor),
        "may_judge": live and allows(actor, JUDGE.code),
        "may_answer": allows(actor, ANSWER_RATING.code),
        "licenses": list(issued_in_case(case.number).prefetch_related(None)) if case.decided_at else [],
        "points": points(veiled_sections(actor, case, file)),
        "history": list(history(file, veiled(actor, case))),
        "watch": watch(case, actor),
        **money(case, actor),
        "at": at,
    }


def money(case: Case, actor: Actor) -> dict[str, Any]:
    """Return what was charged in a case, and what this official may do about it."""
    handles = allows_row(actor, CHARGE.code, case)
    fees = fees_of(case).exists()
    return {
        "charges": list(charges_of(case)),
        "fees": fees,
        "may_charge": handles and fees and case.closed_at is None,
        "may_take": handles,
        "may_refund": allows_row(actor, REFUND.code, case),
    }


def watch(case: Case, actor: Actor) -> dict[str, Any]:
    """Return what supervision has to do with a case: its alarms and orders, and whether this official may send one."""
    if not allows(actor, ALARMS.code):
        return {}
    orders = orders_of(case)
    return {
        "alarms": alarms_of(case, orders),
        "orders": orders,
        "may_remind": case.closed_at is None and allows_row(actor, REMIND.code, case),
        "may_order": allows_row(actor, ORDER.code, case),
    }


def history(file: CaseFile, hide: Callable[[str], str]) -> Iterator[TimelineEntry]:
    """Return the timeline with materials checked in a row told in one line; each stands in the table of materials."""
    for judged, entries in groupby(file.timeline, key=lambda entry: entry.act == JUDGED and entry.actor):
        held = list(entries)
        if judged and len(held) > 1:
            text = ngettext("%(count)s 份材料", "%(count)s 份材料", len(held)) % {"count": len(held)}
            yield replace(held[0], title=_("已核验材料"), text=text)
        else:
            yield from (replace(entry, actor=hide(entry.actor), text=hide(entry.text)) for entry in held)


def points(sections: Sequence[SummarySection]) -> list[tuple[str, str]]:
    """Return the first answers that say what the application is about; empty ones are left out."""
    blank = _("（未填）")
    rows = [row for section in sections for row in section.rows]
    return [(label, text) for label, text in rows if text and text != blank][:8]


def related(case: Case, actor: Actor) -> list[tuple[Case, str]]:
    """Return other cases of the same applicant that this official may see, newest first."""
    if not case.applicant_digest:
        return []
    rows = (
        cases_for(actor, permission=CASE.code)
        .filter(applicant_digest=case.applicant_digest)
        .exclude(pk=case.pk)
        .select_related("implementation", "unit")
        .order_by("-submitted_at")[:RELATED]
    )
    return [(row, localized(row.implementation.name) if row.implementation else row.title) for row in rows]
