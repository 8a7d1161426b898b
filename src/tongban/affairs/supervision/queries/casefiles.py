"""Reads cases in batches into the plain values that the rules judge; some fifteen queries a batch, however many cases."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model

from tongban.affairs.supervision.rules.casefile import (
    DECISIONS,
    CaseFile,
    ClockLine,
    CorrectionLine,
    EventLine,
    ItemLine,
    LedgerLine,
    SpecialLine,
    TaskLine,
)
from tongban.engines.cases.loading import HEAVY, compiled_of
from tongban.engines.cases.models import (
    Case,
    CaseClock,
    CaseDocument,
    CaseEvent,
    CaseMaterial,
    ClockEntry,
    Correction,
    SpecialProcedure,
    Task,
)
from tongban.engines.catalog.models import Fee, Implementation, ItemRevision, Material
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.models import Posting, Unit

BATCH = 200
POSTS = (*DECISIONS, "accept", "refuse_acceptance")
"""Acts of which the post of whoever did them is checked."""
M = TypeVar("M", bound=Model)


def _day(at: dt.datetime | None) -> dt.date | None:
    return None if at is None else local_date(at)


def _grouped(rows: Iterable[M], key: str = "case_id") -> dict[int, list[M]]:
    found: dict[int, list[M]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


@dataclass(slots=True)
class _Around:
    """The rows around a batch of cases, by case or by clock."""

    tasks: Mapping[int, list[Task]]
    clocks: Mapping[int, list[CaseClock]]
    entries: Mapping[int, list[ClockEntry]]
    events: Mapping[int, list[CaseEvent]]
    specials: Mapping[int, list[SpecialProcedure]]
    corrections: Mapping[int, list[Correction]]
    materials: Mapping[int, list[CaseMaterial]]
    papers: Mapping[int, list[CaseDocument]]
    posts: Mapping[tuple[int, int], list[Posting]]
    items: Mapping[int, ItemLine]
    units: Mapping[int, Unit]


def case_files(keys: Sequence[int], *, on: dt.date) -> Iterator[tuple[Case, CaseFile]]:
    """Yield cases with their plain values, as they stand on a day, in the order of their keys."""
    for start in range(0, len(keys), BATCH):
        cases = list(
            Case.objects.filter(pk__in=keys[start : start + BATCH])
            .select_related("definition", "unit", "implementation")
            .defer(*HEAVY)
            .order_by("pk")
        )
        around = _around(cases)
        for case in cases:
            yield case, _file(case, around, on)


def _around(cases: Sequence[Case]) -> _Around:
    clocks = list(CaseClock.objects.filter(case__in=cases).order_by("pk"))
    tasks = list(Task.objects.filter(case__in=cases).order_by("pk"))
    events = list(CaseEvent.objects.filter(case__in=cases).order_by("case_id", "seq"))
    return _Around(
        tasks=_grouped(tasks),
        clocks=_grouped(clocks),
        entries=_grouped(ClockEntry.objects.filter(clock__in=clocks).order_by("pk"), "clock_id"),
        events=_grouped(events),
        specials=_grouped(SpecialProcedure.objects.filter(case__in=cases).order_by("pk")),
        corrections=_grouped(Correction.objects.filter(case__in=cases).order_by("pk")),
        materials=_grouped(CaseMaterial.objects.filter(case__in=cases).order_by("pk")),
        papers=_grouped(CaseDocument.objects.filter(case__in=cases).only("case_id", "event_seq")),
        posts=_posts(events),
        items=_items([case.implementation for case in cases if case.implementation is not None]),
        units=Unit.objects.in_bulk({task.unit_id for task in tasks}),
    )


def _posts(events: Iterable[CaseEvent]) -> dict[tuple[int, int], list[Posting]]:
    """Return the postings of those who decided, by person and unit; proposals never confirmed do not count."""
    people = {event.account_id for event in events if event.kind in POSTS and event.account_id is not None}
    found: dict[tuple[int, int], list[Posting]] = defaultdict(list)
    for row in Posting.objects.filter(account__in=people):
        if row.proposed_by_id is None or row.confirmed_by_id is not None:
            found[row.account_id, row.unit_id].append(row)
    return found


def _items(places: Sequence[Implementation]) -> dict[int, ItemLine]:
    """Return what is published of each place where an item is handled.

    Materials that an earlier version of the guide named stay lawful for cases of that time, so they are not held
    against anyone; figures count from the day they were last changed.
    """
    standards = {place.standard_item_id for place in places}
    materials: dict[int, set[str]] = defaultdict(set)
    for item, code in Material.objects.filter(item__in=standards).values_list("item_id", "code"):
        materials[item].add(code)
    since: dict[int, dt.date] = {}
    for revision in ItemRevision.objects.filter(item__in=standards, version__gt=1).order_by("version"):
        materials[revision.item_id] |= {str(each.get("code", "")) for each in revision.content.get("materials", [])}
        if {"statutory", "promised", "implementations"} & set(revision.changed):
            since[revision.item_id] = local_date(revision.published_at)
    for revision in ItemRevision.objects.filter(item__in=list(since), version=1):
        materials[revision.item_id] |= {str(each.get("code", "")) for each in revision.content.get("materials", [])}
    fees: dict[int, set[str]] = defaultdict(set)
    rates: dict[int, dict[str, Any]] = defaultdict(dict)
    for item, name, rate in Fee.objects.filter(item__in=standards).values_list("item_id", "name", "rate"):
        fees[item] |= {str(text) for text in name.values()}
        rates[item] |= {str(text): rate for text in name.values() if rate}
    return {
        place.pk: ItemLine(
            statutory=_figure(place.statutory_figure, place.statutory_unit),
            promised=_figure(place.promised_figure, place.promised_unit or "working_day"),
            materials=frozenset(materials[place.standard_item_id]),
            charges=place.charges,
            fees=frozenset(fees[place.standard_item_id]),
            rates=rates[place.standard_item_id],
            since=since.get(place.standard_item_id),
        )
        for place in places
    }


def _figure(figure: int | None, unit: str) -> tuple[int, str] | None:
    return (figure, unit) if figure is not None and unit else None


def _file(case: Case, around: _Around, on: dt.date) -> CaseFile:
    key = case.pk
    return CaseFile(
        number=case.number,
        on=on,
        calendar=calendar_for(case.unit.region_code),
        compiled=compiled_of(case),
        unit=case.unit_id,
        result=case.result,
        received_on=local_date(case.submitted_at),
        accepted_on=_day(case.accepted_at),
        decided_on=_day(case.decided_at),
        closed_on=_day(case.closed_at),
        tasks=tuple(map(_task, around.tasks.get(key, []))),
        clocks=tuple(_clock(row, around.entries.get(row.pk, [])) for row in around.clocks.get(key, [])),
        events=tuple(_event(row, around.posts) for row in around.events.get(key, [])),
        specials=tuple(map(_special, around.specials.get(key, []))),
        corrections=tuple(map(_correction, around.corrections.get(key, []))),
        materials=tuple((row.code, row.name, local_date(row.added_at)) for row in around.materials.get(key, [])),
        papers=frozenset(row.event_seq for row in around.papers.get(key, [])),
        item=around.items.get(case.implementation_id or 0),
        below=frozenset(
            unit.pk
            for unit in around.units.values()
            if unit.pk != case.unit_id and unit.path.startswith(case.unit.path)
        ),
    )


def _task(row: Task) -> TaskLine:
    return TaskLine(
        ref=row.pk,
        kind=row.kind,
        step=row.step,
        unit=row.unit_id,
        role=row.role,
        assignee=row.assignee_id,
        closed_by=row.closed_by_id,
        opened_on=local_date(row.opened_at),
        opened_at=row.opened_at,
        closed_on=_day(row.closed_at),
        closed_at=row.closed_at,
        state=row.state,
        outcome=row.outcome,
    )


def _clock(row: CaseClock, entries: Sequence[ClockEntry]) -> ClockLine:
    return ClockLine(
        ref=row.pk,
        kind=row.kind,
        figure=row.figure,
        unit=row.unit,
        started_on=row.started_on,
        due_on=row.due_on,
        running=row.running,
        ended_on=row.ended_on,
        late=row.late,
        task=row.task_id,
        entries=tuple(LedgerLine(line.kind, line.on, line.cause, line.event_seq) for line in entries),
    )


def _event(row: CaseEvent, posts: Mapping[tuple[int, int], list[Posting]]) -> EventLine:
    day = local_date(row.at)
    held: frozenset[str] = frozenset()
    if row.kind in POSTS and row.account_id is not None and row.unit_id is not None:
        found = posts.get((row.account_id, row.unit_id), [])
        held = frozenset(post.role for post in found if _in_force(post, row.at, day))
    return EventLine(
        seq=row.seq,
        kind=row.kind,
        act=row.act,
        on=day,
        step=row.step,
        account=row.account_id,
        unit=row.unit_id,
        system=row.actor_key.startswith("system:"),
        held=held,
        data=row.data,
        effective_on=row.effective_on,
        task=row.task_id,
    )


def _in_force(post: Posting, at: dt.datetime, day: dt.date) -> bool:
    ended = post.ended_at is not None and post.ended_at <= at
    return post.valid_from <= day and (post.valid_to is None or post.valid_to >= day) and not ended


def _special(row: SpecialProcedure) -> SpecialLine:
    data: dict[str, Any] = row.data if isinstance(row.data, dict) else {}
    return SpecialLine(
        ref=row.pk,
        code=row.code,
        kind=row.kind,
        task=row.task_id,
        stops=row.stops_clock,
        started_on=local_date(row.started_at),
        ended_on=_day(row.ended_at),
        expected_days=row.expected_days,
        opinion=row.opinion,
        report=row.report_id is not None,
        data=data,
    )


def _correction(row: Correction) -> CorrectionLine:
    items = tuple(each for each in row.items if isinstance(each, dict))
    return CorrectionLine(row.pk, local_date(row.asked_at), items, row.lapsed_on or _day(row.answered_at))
