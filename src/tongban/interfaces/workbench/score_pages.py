"""What the pages of scores share: periods to choose, links from an entry to what it is about, whose names may be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from tongban.affairs.supervision.permissions import ALARMS
from tongban.affairs.supervision.queries.scores import PREFIX, SCHEME
from tongban.engines.indicators.actions import period_name
from tongban.engines.indicators.models import PointEntry
from tongban.engines.indicators.permissions import PERSON, VIEW
from tongban.engines.indicators.queries import EntryRow, periods_held, shown, with_words
from tongban.engines.indicators.rules import Period, PeriodError, PeriodKind, period_of, read_period
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import allows, visible
from tongban.interfaces.workbench.permissions import CASE

if TYPE_CHECKING:
    from tongban.foundation.organizations.actor import Actor

KINDS = tuple(PeriodKind)


@dataclass(frozen=True, slots=True)
class Choice:
    """A period one may choose."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a page shows it: in words, with the addresses behind it."""

    row: EntryRow
    who: str
    source: str
    case: str
    cases: str

    @property
    def entry(self) -> PointEntry:
        """Return the entry."""
        return self.row.entry


def kind_titles() -> dict[str, str]:
    """Return the kinds of periods in words."""
    return {"month": _("月"), "quarter": _("季"), "half": _("半年"), "year": _("年")}


def chosen(text: str, *, on: dt.date) -> Period:
    """Return the period an address names; without one the latest month with scores, else the present one.

    :raises Http404: if it names none
    """
    if not text:
        held = periods_held(SCHEME, PeriodKind.MONTH)
        return held[0] if held else period_of(on, PeriodKind.MONTH)
    try:
        return read_period(text)
    except PeriodError:
        raise Http404 from None


def choices(period: Period) -> list[tuple[str, list[Choice]]]:
    """Return all periods that have scores, and the one shown, by kind."""
    found = []
    for kind in KINDS:
        held = periods_held(SCHEME, kind)
        if period.kind is kind and period not in held:
            held = [period, *held]
        found.append((kind_titles()[kind.value], [Choice(each.code, period_name(each)) for each in held]))
    return found


def unit_of(actor: Actor, code: str) -> Unit:
    """Return a unit whose points the actor may see.

    :raises Http404: if there is none
    """
    found = visible(actor, VIEW.code, Unit.objects.filter(code=code)).select_related("region").first()
    if found is None:
        raise Http404
    return found


def entries_for(actor: Actor) -> QuerySet[PointEntry]:
    """Return the entries an actor may see: those of units in scope, and the own."""
    return visible(actor, VIEW.code, PointEntry.objects.all()) | visible(actor, PERSON.code, PointEntry.objects.all())


def lines(actor: Actor, rows: Sequence[PointEntry]) -> list[Line]:
    """Return entries to show; a person is named only to those who may see the person's points."""
    keys = [row.pk for row in rows if row.account_id is not None]
    named = set(
        visible(actor, PERSON.code, PointEntry.objects.filter(pk__in=keys)).values_list("pk", flat=True) if keys else ()
    )
    may_case, may_alarm = allows(actor, CASE.code), allows(actor, ALARMS.code)
    return [_line(row, named, may_case=may_case, may_alarm=may_alarm) for row in shown(rows)]


def _line(row: EntryRow, named: Iterable[int], *, may_case: bool, may_alarm: bool) -> Line:
    entry = row.entry
    case = source = cases = ""
    if may_case and entry.matter.startswith("case:"):
        case = reverse("workbench:case", args=[entry.matter.removeprefix("case:")])
        case += f"#event-{entry.event_seq}" if entry.event_seq else ""
    if may_alarm and entry.about.startswith(PREFIX):
        source = address("workbench:alarm", entry.about.removeprefix(PREFIX))
    if entry.about.startswith("month:"):
        month, measure = entry.about.removeprefix("month:").split(":", 1)
        cases = f"{reverse('workbench:score_cases', args=[entry.unit.code])}?period={month}&what={measure}"
    who = entry.account.display_name if entry.account is not None and entry.pk in named else ""
    return Line(row, who, source, case, cases)


def address(name: str, *args: str) -> str:
    """Return an address, empty if there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def read(rows: QuerySet[PointEntry]) -> QuerySet[PointEntry]:
    """Return entries as lists show them: the latest day first."""
    return with_words(rows).order_by("-day", "-pk")
