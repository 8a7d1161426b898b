"""Figures counted ahead say what a fresh count says, whatever happened between two refreshes."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum

from tongban.affairs.supervision.actions import rollups as actions
from tongban.affairs.supervision.models import (
    DayFigure,
    LiveFigure,
    PlaceDayFigure,
    PlaceLiveFigure,
    PlaceStepDayFigure,
    RollupState,
    StepDayFigure,
    Touched,
)
from tongban.affairs.supervision.queries import rollups as queries
from tongban.affairs.supervision.tests.test_count import play
from tongban.engines.cases.actions import sweep
from tongban.engines.cases.models import Case, Correction, SpecialProcedure, Task
from tongban.engines.cases.tests.factories import World
from tongban.foundation.clock.now import CHINA, local_date

SINCE = dt.date(2026, 3, 1)
TABLES = (DayFigure, LiveFigure, PlaceDayFigure, PlaceLiveFigure, PlaceStepDayFigure, StepDayFigure)


def moment(day: dt.date, hour: int = 20) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), tzinfo=CHINA)


def rows(table: Any) -> set[tuple[object, ...]]:
    names = [field.attname for field in table._meta.concrete_fields if not field.primary_key]
    return set(table.objects.values_list(*names))


def stir(world: World, rng: random.Random, *, cases: int) -> dt.date:
    """Play with cases, refresh at random moments, and return the last day."""
    items = [world.item("licensing-survey", promised=6), world.item("licensing-review", unit_=world.units["next"])]
    day = dt.date(2026, 3, 2)
    for number in range(cases):
        day += dt.timedelta(days=rng.randrange(4))
        play(world, world.submit(items[number % 2], when=day.isoformat()), day, rng)
        if rng.random() < 0.4:
            sweep(at=moment(day))
        if rng.random() < 0.6:
            actions.refresh(at=moment(day))
    return day + dt.timedelta(days=20)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_refreshing_step_by_step_gives_what_counting_from_scratch_gives(world: World, seed: int) -> None:
    last = stir(world, random.Random(seed), cases=14)  # noqa: S311
    sweep(at=moment(last))
    actions.refresh(at=moment(last))
    kept = {table: rows(table) for table in TABLES}
    for table in TABLES:
        table.objects.all().delete()
    actions.rebuild(at=moment(last), since=SINCE)
    for table in TABLES:
        assert kept[table] == rows(table), table
    assert actions.check(at=moment(last), since=SINCE, repair=False).differing == []


def test_the_figures_are_those_of_a_plain_loop(world: World) -> None:
    last = stir(world, random.Random(4), cases=16)  # noqa: S311
    sweep(at=moment(last))
    actions.refresh(at=moment(last))
    cases = list(Case.objects.prefetch_related("clocks"))
    closed = [case for case in cases if case.closed_at is not None]
    late = [case for case in closed if any(c.late and c.kind in ("promised", "statutory") for c in case.clocks.all())]
    told = DayFigure.objects.aggregate(*(Sum(name) for name in actions.sql.MEASURES))
    assert told["arrivals__sum"] == len(cases)
    assert told["completions__sum"] == told["judged__sum"] == len(closed)
    assert told["late__sum"] == len(late)
    assert told["corrections__sum"] == Correction.objects.count()
    assert told["specials__sum"] == SpecialProcedure.objects.filter(ended_at__isnull=False).count()
    assert told["refusals__sum"] == sum(case.result in ("refused", "not_accepted") for case in closed)
    assert PlaceDayFigure.objects.filter(region_path="/420000/").aggregate(n=Sum("arrivals"))["n"] == len(cases)
    lights = Counter("green" if case.light == "none" else case.light for case in cases if case.closed_at is None)
    assert dict(LiveFigure.objects.values_list("light").annotate(Sum("running"))) == dict(lights)
    finished = Task.objects.filter(closed_at__isnull=False, kind__in=("main", "special")).exclude(
        outcome__in=("transferred", "void")
    )
    assert StepDayFigure.objects.aggregate(n=Sum("finished"))["n"] == finished.count()


def test_the_on_time_rate_counts_open_overdue_cases_and_leaves_suspended_ones_out(world: World) -> None:
    item = world.item("licensing-review", promised=3)
    done, waiting, stopped = (world.submit(item, when="2026-03-02") for _each in range(3))
    for case in (done, waiting):
        world.do(case, "accept", "2026-03-02")
    world.do(stopped, "request_correction", "2026-03-02")
    for action in ("pass", "grant", "issue", "deliver"):
        world.do(done, action, "2026-03-03")
    day = dt.date(2026, 3, 9)
    sweep(at=moment(day))
    actions.refresh(at=moment(day))
    found = queries.on_time(region_path="/420000/", since=SINCE, until=dt.date(2026, 3, 31))
    assert found == queries.OnTime(closed=1, on_time=1, open_overdue=1, suspended=1)
    assert found.rate == 50.0
    unit = world.units["lead"].pk
    assert queries.on_time_by_unit(unit_ids=[unit], since=SINCE, until=dt.date(2026, 3, 31)) == {unit: found}


def test_what_stood_open_at_the_end_of_a_past_period_is_counted_as_of_its_last_day(world: World) -> None:
    item = world.item("licensing-review", promised=3)
    case = world.do(world.submit(item, when="2026-03-02"), "accept", "2026-03-02")
    for action in ("pass", "grant", "issue", "deliver"):
        world.do(case, action, "2026-03-16")
    actions.refresh(at=moment(dt.date(2026, 4, 20)))

    def open_on(day: int) -> int:
        return queries.on_time(region_path="/420000/", since=SINCE, until=dt.date(2026, 3, day)).open_overdue

    due = case.promised_due_on
    assert due is not None
    assert [open_on(due.day), open_on(due.day + 1), open_on(15), open_on(16)] == [0, 1, 1, 0]
    assert queries.on_time(region_path="/420000/", since=SINCE, until=dt.date(2026, 3, 31)).on_time == 0


def test_parts_of_joint_cases_enter_no_rate(world: World) -> None:
    item = world.item("licensing-review", promised=3)
    root = world.do(world.submit(item, when="2026-03-02"), "accept", "2026-03-02")
    part = world.do(world.submit(item, when="2026-03-02"), "accept", "2026-03-02")
    Case.objects.filter(pk=part.pk).update(parent=root)
    day = dt.date(2026, 3, 20)
    sweep(at=moment(day))
    actions.refresh(at=moment(day))
    assert LiveFigure.objects.aggregate(n=Sum("running"), roots=Sum("roots")) == {"n": 2, "roots": 1}
    assert queries.on_time(region_path="/420000/", since=SINCE, until=day).open_overdue == 1


def test_only_touched_units_are_counted_again(world: World) -> None:
    day = dt.date(2026, 3, 2)
    actions.refresh(at=moment(day, 8))
    world.submit(world.item("licensing-review"), when="2026-03-02")
    assert actions.refresh(at=moment(day)).units == 1
    assert actions.refresh(at=moment(day)).units == 0
    assert not Touched.objects.exists()
    assert actions.refresh(at=moment(day + dt.timedelta(days=1))).units == len(world.units)


def test_a_check_finds_what_drifted_and_puts_it_right(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    last = stir(world, random.Random(6), cases=6)  # noqa: S311
    actions.refresh(at=moment(last))
    spoiled = DayFigure.objects.earliest("pk")
    DayFigure.objects.filter(pk=spoiled.pk).update(arrivals=99)
    LiveFigure.objects.all().delete()
    found = actions.check(at=moment(last), since=SINCE, repair=True)
    assert ("day", spoiled.unit_id, spoiled.day) in found.differing
    assert any(table == "live" for table, _unit, _day in found.differing)
    state = RollupState.objects.get()
    assert state.differing == len(found.differing)
    assert local_date(state.checked_at) == last if state.checked_at else False
    assert actions.check(at=moment(last), since=SINCE, repair=False).differing == []


def test_the_command_says_what_it_compared(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.submit(world.item("licensing-review"), when="2026-03-02")
    call_command("check_rollups", "--since", "2026-03-01")
    assert "0 differ" in capsys.readouterr().out
