"""What supervision counts is what a plain loop over all cases counts."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.affairs.supervision.queries import overview as queries
from tongban.affairs.supervision.queries.overview import CaseFilter, Figures
from tongban.engines.cases.actions import ActionRefused, settle
from tongban.engines.cases.loading import load_case
from tongban.engines.cases.models import Case, Task
from tongban.engines.cases.rules.lights import Dates, light_of_case
from tongban.engines.cases.tests.factories import World
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.organizations.models import Region, Unit
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official, region, unit

SINCE = dt.date(2026, 3, 1)
ACTIONS = ("accept", "request_correction", "supplement", "refuse_acceptance", "finish_survey", "pass", "grant", "issue",
           "deliver", "withdraw", "start_expert_review", "finish_expert_review")  # fmt: skip


@pytest.fixture
def busy(world: World) -> World:
    """Cases in three units and a town, each played for a while by the real actions."""
    rng = random.Random(5)  # noqa: S311
    town = region("420102001", 5, Region.objects.get(code="420102"), "大智街道")
    lead = world.units["lead"]
    world.units["town"] = unit(town, "market_supervision", lead)
    for place in ("next", "town"):
        for role in (Role.WINDOW_CLERK, Role.REVIEWER, Role.SURVEYOR, Role.EXPERT_COORDINATOR, Role.APPROVER):
            world.people[f"{place}-{role}"] = official(f"{place}-{role}", (world.units[place], role), on=SINCE)
    items = [world.item("licensing-survey"), world.item("licensing-review", unit_=world.units["next"])]
    items.append(world.item("licensing-review", unit_=world.units["town"]))
    for number in range(30):
        day = dt.date(2026, 3, 2) + dt.timedelta(days=rng.randrange(21))
        case = world.submit(items[number % 3], when=day.isoformat())
        play(world, case, day, rng)
    return world


def play(world: World, case: Case, day: dt.date, rng: random.Random) -> None:
    """Do a few random things with a case, as far as they are possible on that day."""
    for _turn in range(rng.randrange(7)):
        day += dt.timedelta(days=rng.choice((0, 1, 2, 5, 9)))
        settle(case=case, at=dt.datetime.combine(day, dt.time(9), tzinfo=CHINA))
        for action in rng.sample(ACTIONS, len(ACTIONS)):
            case.refresh_from_db()
            try:
                world.do(case, action, day.isoformat())
            except (ActionRefused, NotAllowedError):
                continue
            break


def brute(cases: list[Case], on: dt.date) -> Counter[str]:
    """Count cases one by one with the engine's own rule of lights."""
    counted: Counter[str] = Counter()
    for case in cases:
        if case.closed_at is None:
            counted["running"] += 1
            counted[light(case, on)] += 1
        elif local_date(case.closed_at) >= SINCE:
            counted["closed"] += 1
            late = case.clocks.filter(late=True, kind__in=("statutory", "promised")).exists()
            counted["closed_late"] += late
    return counted


def light(case: Case, on: dt.date) -> str:
    """Return the light of a case from its clocks."""
    row = Case.objects.select_related("definition", "unit", "unit__region", "implementation").get(pk=case.pk)
    clocks = [clock for clock in load_case(row).clocks if clock.ended_on is None]
    shown, _paused = light_of_case([Dates(c.kind, c.due_on, c.warn_on, c.running) for c in clocks], on)
    return "green" if shown == "none" else shown


def same(figures: Figures, counted: Counter[str]) -> bool:
    names = ("running", "red", "amber", "green", "paused", "closed", "closed_late")
    return {name: getattr(figures, name) for name in names} == {name: counted[name] for name in names}


@pytest.mark.parametrize("on", [dt.date(2026, 3, 20), dt.date(2026, 4, 3), dt.date(2026, 4, 20)])
def test_the_figures_of_every_place_are_those_of_a_plain_loop(busy: World, on: dt.date) -> None:
    for code in ("420100", "420102", "420103"):
        place = Region.objects.get(code=code)
        found = queries.overview(busy.supervisor, place, on=on, since=SINCE)
        mine = [case for case in Case.objects.all() if case.region_path.startswith(place.path)]
        assert same(found.total, brute(mine, on)), (code, found.total, brute(mine, on))
        for row in found.rows:
            below = [case for case in mine if f"/{row.code}/" in case.region_path]
            assert same(row.figures, brute(below, on)), row
        for row in found.units:
            assert same(row.figures, brute([case for case in mine if case.unit.code == row.code], on)), row


def test_the_parts_add_up_to_the_whole(busy: World) -> None:
    on = dt.date(2026, 4, 3)
    found = queries.overview(busy.supervisor, Region.objects.get(code="420100"), on=on, since=SINCE)
    total = found.total
    assert total.running == total.red + total.amber + total.green + total.paused == sum(s.running for s in found.steps)
    assert total.running == Case.objects.filter(closed_at__isnull=True).count()
    inside, name = queries.place_of(busy.supervisor, CaseFilter(region="420102"))
    tabs = queries.tabs(busy.supervisor, inside, CaseFilter(), on=on)
    assert name == "江岸区"
    assert tabs.all == next(row.figures.running for row in found.rows if row.code == "420102")


def test_each_figure_leads_to_just_its_cases(busy: World) -> None:
    on = dt.date(2026, 4, 3)
    inside, _name = queries.place_of(busy.supervisor, CaseFilter())
    for name in ("red", "amber", "green", "paused"):
        rows = queries.case_rows(queries.running(busy.supervisor, inside, CaseFilter(light=name), on=on), on=on)
        live = Case.objects.filter(closed_at__isnull=True)
        assert {row.number for row in rows} == {case.number for case in live if light(case, on) == name}


def test_late_steps_are_counted_on_the_day_they_were_finished(busy: World) -> None:
    on = dt.date(2026, 4, 3)
    found = queries.overview(busy.supervisor, Region.objects.get(code="420100"), on=on, since=SINCE)
    first = found.heat_days[0]
    late = [t for t in Task.objects.filter(late_days__gt=0, closed_at__isnull=False) if t.closed_at is not None]
    expected = sum(first <= local_date(task.closed_at) <= on for task in late if task.closed_at)
    assert sum(line.total for line in found.heat if line.total) >= expected > 0
    assert len(found.heat_days) == 14


def test_a_supervisor_of_a_county_sees_no_other_county(busy: World) -> None:
    assert queries.region_for(busy.supervisor, "420000") is None
    assert queries.region_for(busy.head, "420103") is None
    inside, _name = queries.place_of(busy.head, CaseFilter(region="420103"))
    assert not inside.exists()
    other = Unit.objects.get(pk=busy.units["next"].pk)
    inside, _name = queries.place_of(busy.head, CaseFilter(unit=other.code))
    assert not inside.exists()
    assert not queries.scope(busy.clerk).exists()


def test_the_first_screen_costs_at_most_twenty_queries(busy: World) -> None:
    place = Region.objects.get(code="420100")
    queries.overview(busy.supervisor, place, on=dt.date(2026, 4, 3), since=SINCE)
    with CaptureQueriesContext(connection) as asked:
        queries.overview(busy.supervisor, place, on=dt.date(2026, 4, 3), since=SINCE)
    assert len(asked) <= 20


@pytest.mark.parametrize(
    ("figures", "rate"),
    [
        (Figures(), None),
        (Figures(closed=4), 100.0),
        (Figures(closed=4, closed_late=1), 75.0),
        (Figures(closed=4, red=1), 80.0),
        (Figures(red=2), 0.0),
    ],
)
def test_the_on_time_rate_counts_open_overdue_cases_against_the_unit(figures: Figures, rate: float | None) -> None:
    assert figures.on_time == rate
