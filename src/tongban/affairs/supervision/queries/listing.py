"""The cases behind a figure: those running, by light, step and item; and those something happened to in a period.

Lights are those the minute's sweep has set; a page says how many cases still wait for it, so a missed job hides nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from tongban.affairs.supervision.models import LiveFigure
from tongban.affairs.supervision.permissions import VIEW
from tongban.affairs.supervision.queries.centre import LIGHTS, Place, Seen, first_due, watches_whole_regions
from tongban.engines.cases.loading import HEAVY
from tongban.engines.cases.models import Case, CaseClock, Correction, SpecialProcedure, Task
from tongban.engines.cases.queries import InboxRow, InboxTabs, inbox_rows
from tongban.foundation.accounts.fields import digest
from tongban.foundation.clock.now import CHINA
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Level, Unit
from tongban.foundation.organizations.permissions import visible
from tongban.foundation.text import mask

DAY = dt.timedelta(days=1)
NUMBER = 18
MOST_COUNTED = 1000
"""Longer lists are not counted: among a million the count would cost more than the list."""
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
MOST_HELPED = 2000
WIDE = 20
"""How many clocks of the whole province are read for each case wanted: some belong to cases under another light."""
LATE = Exists(
    CaseClock.objects.filter(
        case=OuterRef("pk"), late=True, kind__in=(CaseClock.Kind.STATUTORY, CaseClock.Kind.PROMISED)
    )
)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to list; empty values do not narrow. ``item`` is the code of an item, national or of a unit."""

    light: str = ""
    item: str = ""
    steps: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A running case as supervision lists it. Persons' names are masked: the case is watched, not the applicant."""

    number: str
    title: str
    applicant: str
    unit: Unit
    step: str
    light: str
    text: str
    due_on: dt.date | None
    helps: bool = False


def helped(actor: Actor, place: Place) -> list[int]:
    """Return the running cases led by others in which a head's own unit has an open task (joint approval, opinions).

    Whoever watches a whole region finds them under the units that lead them; a head has only this list for them. The
    policy of cases lets a head see exactly these of others' cases.
    """
    unit = actor.unit
    if unit is None or watches_whole_regions(actor):
        return []
    if place.unit is not None and place.unit.pk != unit.pk:
        return []
    if place.unit is None and not unit.region_path.startswith(place.region.path):
        return []
    tasks = Task.objects.filter(unit=unit.pk, closed_at__isnull=True).exclude(case__unit__path__startswith=unit.path)
    return list(tasks.order_by("case").values_list("case", flat=True).distinct()[:MOST_HELPED])


def inside(actor: Actor, place: Place, *, helping: Sequence[int] = ()) -> QuerySet[Case]:
    """Return the cases of a place that the actor watches.

    :param helping: others' cases to be listed too, see :func:`helped`
    """
    rows = visible(actor, VIEW.code, Case.objects.all())
    seen = Seen(actor, place)
    if place.unit is None and seen.whole:
        return rows.filter(region_path__startswith=place.region.path)
    return rows.filter(Q(unit__in=seen.units()) | Q(pk__in=helping) if helping else Q(unit__in=seen.units()))


def running(actor: Actor, place: Place, wanted: CaseFilter) -> QuerySet[Case]:
    """Return the running cases behind a figure: those with a light on by their first date, others by what comes next.

    A head's list also holds the cases in which the unit helps another.
    """
    rows = _narrowed(inside(actor, place, helping=helped(actor, place)).filter(closed_at__isnull=True), wanted)
    if wanted.light in LIGHTS:
        rows = rows.filter(light__in=("green", "none") if wanted.light == "green" else (wanted.light,))
    rows = rows.select_related("unit", "implementation", "definition").defer(*HEAVY)
    if wanted.light in ("red", "amber"):
        clocks = CaseClock.objects.filter(case=OuterRef("pk"), ended_on__isnull=True, due_on__isnull=False)
        first = clocks.exclude(kind=CaseClock.Kind.CORRECTION).order_by("due_on").values("due_on")[:1]
        return rows.annotate(first_due_on=Subquery(first)).order_by("first_due_on", "pk")
    return rows.order_by(F("next_check_on").asc(nulls_last=True), "pk")


def tabs(actor: Actor, place: Place, wanted: CaseFilter) -> InboxTabs:
    """Count the running cases of a place by light; from the figures counted ahead unless a text is searched for."""
    counts: dict[str, int] = {}
    helping = helped(actor, place)
    if wanted.text or helping:
        rows = inside(actor, place, helping=helping) if wanted.text else Case.objects.filter(pk__in=helping)
        rows = _narrowed(rows.filter(closed_at__isnull=True), wanted)
        counts = dict(rows.order_by().values_list("light").annotate(Count("pk")))
    if not wanted.text:
        figures = _of_steps(Seen(actor, place).narrow(LiveFigure.objects.all()), wanted)
        for light, running in figures.values_list("light").annotate(Sum("running")):
            counts[light] = counts.get(light, 0) + running
    counts["green"] = counts.pop("none", 0) + counts.get("green", 0)
    return InboxTabs(all=sum(counts.values()), **{light: counts.get(light, 0) for light in LIGHTS})


def urgent(actor: Actor, place: Place, light: str, *, on: dt.date, limit: int) -> list[Case]:
    """Return the cases whose date is the earliest among those red or amber, without sorting all of them."""
    near = Q(due_on__lt=on) if light == "red" else Q(warn_on__lte=on, due_on__gte=on)
    clocks = CaseClock.objects.filter(near, ended_on__isnull=True).exclude(kind=CaseClock.Kind.CORRECTION)
    rows = Case.objects.filter(closed_at__isnull=True, light=light)
    rows = rows.select_related("unit", "implementation", "definition").defer(*HEAVY)
    seen = Seen(actor, place)
    if seen.whole and place.region.level == Level.PROVINCE:
        first = _first_cases(rows, clocks, limit * WIDE, limit)
        if len(first) == limit:
            return first
    inside_clocks = clocks.filter(case__light=light, case__closed_at__isnull=True)
    if seen.whole:
        inside_clocks = inside_clocks.filter(case__region_path__startswith=place.region.path)
    else:
        inside_clocks = inside_clocks.filter(case__unit__in=seen.units())
    return _first_cases(rows, inside_clocks, limit * len(CaseClock.Kind), limit)


def _first_cases(rows: QuerySet[Case], clocks: QuerySet[CaseClock], most: int, limit: int) -> list[Case]:
    """Return the cases of the clocks that are due first, looking at no more than ``most`` clocks."""
    keys = list(dict.fromkeys(clocks.order_by("due_on").values_list("case", flat=True)[:most]))
    wanted = set(rows.filter(pk__in=keys).values_list("pk", flat=True))
    first = [key for key in keys if key in wanted][:limit]
    found = rows.in_bulk(first)
    return [found[key] for key in first if key in found]


def case_rows(cases: Iterable[Case], *, on: dt.date, helper: Unit | None = None) -> list[CaseRow]:
    """Return lines to show, with light and step in words.

    :param helper: a head's own unit; cases led outside it are marked and stand at the unit's own task
    """
    held = list(cases)
    helping = {case.pk for case in held if helper and not case.unit.path.startswith(helper.path)}
    tasks = first_due(case.pk for case in held if case.pk not in helping)
    if helping and helper is not None:
        tasks |= first_due(helping, unit=helper)
    shown: list[Task] = []
    for case in held:
        if case.pk in tasks:
            task = tasks[case.pk]
            task.case = case
            task.light_now = "green" if case.light == "none" else case.light  # type: ignore[attr-defined]
            shown.append(task)
    _state_the_clock(shown, on)
    return [_row(row, helps=row.task.case_id in helping) for row in inbox_rows(shown, today=on)]


def _state_the_clock(tasks: Iterable[Task], on: dt.date) -> None:
    """Let a line of a red or amber case speak of the clock that turned it, where that is not the clock of the step."""
    held = {each.case_id: each for each in tasks if each.case.light == "red" and (each.due_on or on) >= on}
    held |= {each.case_id: each for each in tasks if each.case.light == "amber" and each.due_on is None}
    clocks = CaseClock.objects.filter(case__in=list(held), ended_on__isnull=True, due_on__isnull=False)
    first = clocks.exclude(kind=CaseClock.Kind.CORRECTION).order_by("case", "due_on").distinct("case")
    for case, due in first.values_list("case", "due_on") if held else ():
        held[case].due_on = due


def _row(row: InboxRow, *, helps: bool) -> CaseRow:
    case = row.task.case
    return CaseRow(
        row.number, row.title, shown_name(case), case.unit, row.step, row.light, row.light_text, row.due_on, helps
    )  # fmt: skip


def happened(
    actor: Actor, place: Place, what: str, wanted: CaseFilter, *, since: dt.date, until: dt.date
) -> QuerySet[Case]:
    """Return the cases something happened to between two days, both counted, the latest first (see :func:`sorted_by`).

    :param what: ``arrived``, ``closed``, ``late`` (closed after the limit), ``refused``, ``corrected``, ``special`` (a
        special procedure ended), ``step`` (a step finished) or ``late_step`` (finished after its limit)
    :raises KeyError: for anything else
    """
    start = dt.datetime.combine(since, dt.time(), tzinfo=CHINA)
    end = dt.datetime.combine(until + DAY, dt.time(), tzinfo=CHINA)
    tasks = Task.objects.filter(case=OuterRef("pk"), closed_at__gte=start, closed_at__lt=end)
    if wanted.steps:
        tasks = tasks.filter(step__in=wanted.steps)
    closed = Q(closed_at__gte=start, closed_at__lt=end)
    condition = {
        "arrived": Q(submitted_at__gte=start, submitted_at__lt=end),
        "closed": closed,
        "late": closed & Q(parent__isnull=True) & Q(LATE),
        "refused": closed & Q(result__in=(Case.Result.REFUSED, Case.Result.NOT_ACCEPTED)),
        "corrected": Q(Exists(Correction.objects.filter(case=OuterRef("pk"), asked_at__gte=start, asked_at__lt=end))),
        "special": Q(
            Exists(SpecialProcedure.objects.filter(case=OuterRef("pk"), ended_at__gte=start, ended_at__lt=end))
        ),
        "step": Q(Exists(tasks)),
        "late_step": Q(Exists(tasks.filter(late_days__gt=0))),
    }[what]
    rows = _of_item(inside(actor, place), wanted).filter(condition)
    rows = rows.select_related("unit", "implementation", "definition").defer(*HEAVY)
    return rows.order_by(f"-{sorted_by(what)}", "-pk")


def sorted_by(what: str) -> str:
    """Return the column by which a list of what happened is sorted; an index holds each for the whole province."""
    return "closed_at" if what in ("closed", "late", "refused") else "submitted_at"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a long list: no page is reached by skipping those before it, so the last is as fast as the first.

    ``total`` counts up to :data:`MOST_COUNTED` and is ``None`` beyond; ``older`` is the mark the next stretch begins after.
    """

    cases: list[Case]
    total: int | None
    older: str


def stretch(rows: QuerySet[Case], column: str, mark: str, *, size: int) -> Stretch:
    """Return the cases after a mark (from the beginning if it is empty or none of ours) in the order of a column.

    :param rows: sorted by the column and the key, both descending
    """
    total = rows.order_by()[: MOST_COUNTED + 1].count()
    at, _dot, key = mark.rpartition(".")
    if at.isascii() and at.isdigit() and key.isascii() and key.isdigit() and len(at) < 18 and len(key) < 19:
        moment = EPOCH + dt.timedelta(microseconds=int(at))
        after = Q(**{f"{column}__lt": moment}) | Q(pk__lt=int(key))
        rows = rows.filter(**{f"{column}__lte": moment}).filter(after)
    held = list(rows[: size + 1])
    last = held[size - 1] if len(held) > size else None
    older = f"{(getattr(last, column) - EPOCH) // MICROSECOND}.{last.pk}" if last is not None else ""
    return Stretch(held[:size], total if total <= MOST_COUNTED else None, older)


def shown_name(case: Case) -> str:
    """Return the applicant's name as supervision may see it: firms in full, persons masked."""
    return case.applicant_name if case.applicant_kind == "organization" else mask.name(case.applicant_name)


def _of_item(rows: QuerySet[Case], wanted: CaseFilter) -> QuerySet[Case]:
    if not wanted.item:
        return rows
    return rows.filter(Q(implementation__code=wanted.item) | Q(implementation__standard_item__code=wanted.item))


def _of_steps(rows: QuerySet[LiveFigure], wanted: CaseFilter) -> QuerySet[LiveFigure]:
    if wanted.item:
        rows = rows.filter(Q(implementation__code=wanted.item) | Q(implementation__standard_item__code=wanted.item))
    return rows.filter(step__in=wanted.steps) if wanted.steps else rows


def _narrowed(rows: QuerySet[Case], wanted: CaseFilter) -> QuerySet[Case]:
    rows = _of_item(rows, wanted)
    if wanted.steps:
        at = Q(pk__in=[])
        for step in wanted.steps:
            at |= Q(open_steps=step) | Q(open_steps__startswith=f"{step} ")
        waits = Q(status=Case.Status.CORRECTION)
        rows = rows.filter((at & ~waits) | waits if "correction" in wanted.steps else at & ~waits)
    text = wanted.text.strip()
    if not text:
        return rows
    if text.isdigit() and len(text) == NUMBER:
        return rows.filter(Q(number=text) | Q(applicant_digest=digest(text)))
    if text.isdigit():
        return rows.filter(number__contains=text)
    return rows.filter(Q(applicant_name__icontains=text) | Q(title__icontains=text) | Q(applicant_digest=digest(text)))
