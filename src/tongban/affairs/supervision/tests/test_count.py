"""What supervision counts is what a plain loop over all cases counts."""

from __future__ import annotations

import copy
import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tongban.affairs.supervision.actions import rollups
from tongban.affairs.supervision.queries import centre as queries
from tongban.affairs.supervision.queries import listing
from tongban.affairs.supervision.queries.centre import Centre, Figures
from tongban.affairs.supervision.queries.listing import CaseFilter
from tongban.engines.cases.actions import ActionRefused, settle, sweep
from tongban.engines.cases.loading import load_case
from tongban.engines.cases.models import Case, Task
from tongban.engines.cases.rules.lights import Dates, light_of_case
from tongban.engines.cases.tests.factories import World, world
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Region
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official, region, unit

SINCE = dt.date(2026, 3, 1)
ACTIONS = ("accept", "request_correction", "supplement", "refuse_acceptance", "finish_survey", "pass", "grant", "issue",
           "deliver", "withdraw", "start_expert_review", "finish_expert_review")  # fmt: skip


@pytest.fixture(scope="module")
def played(law: None, django_db_blocker: Any) -> Iterator[World]:
    """Cases in three units and a town, each played for a while by the real actions; made once for all tests here."""
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole._from_testcase = True  # type: ignore[attr-defined]  # as Django's own test cases: durable blocks nest in it
        whole.__enter__()
        made = play_cases(world())
    yield made
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)
        connection.close()


@pytest.fixture
def busy(played: World, db: None) -> World:
    """The played cases, for a test that may change them."""
    return copy.deepcopy(played)


def play_cases(world: World) -> World:
    """Play thirty cases."""
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
    told: Counter[str] = Counter()
    for case in cases:
        if case.closed_at is None:
            told["running"] += 1
            told[light(case, on)] += 1
        elif SINCE <= local_date(case.closed_at) <= on:
            told["closed"] += 1
            late = case.clocks.filter(late=True, kind__in=("statutory", "promised")).exists()
            told["closed_late"] += late
    return told


def light(case: Case, on: dt.date) -> str:
    """Return the light of a case from its clocks."""
    row = Case.objects.select_related("definition", "unit", "unit__region", "implementation").get(pk=case.pk)
    clocks = [clock for clock in load_case(row).clocks if clock.ended_on is None]
    shown, _paused = light_of_case([Dates(c.kind, c.due_on, c.warn_on, c.running) for c in clocks], on)
    return "green" if shown == "none" else shown


def same(figures: Figures, told: Counter[str]) -> bool:
    names = ("running", "red", "amber", "green", "paused", "closed", "closed_late")
    return {name: getattr(figures, name) for name in names} == {name: told[name] for name in names}


def counted(on: dt.date) -> None:
    """Turn the lights of a day and count anew, as the minute's jobs do."""
    moment = dt.datetime.combine(on, dt.time(20), tzinfo=CHINA)
    sweep(at=moment)
    rollups.refresh(at=moment)


def screen(actor: Actor, code: str, on: dt.date) -> Centre:
    place = queries.place_for(actor, region=code)
    assert place is not None
    return queries.centre(actor, place, on=on, since=SINCE)


@pytest.mark.parametrize("on", [dt.date(2026, 3, 20), dt.date(2026, 4, 3), dt.date(2026, 4, 20)])
def test_the_figures_of_every_place_are_those_of_a_plain_loop(busy: World, on: dt.date) -> None:
    counted(on)
    for code in ("420100", "420102", "420103"):
        place = Region.objects.get(code=code)
        found = screen(busy.supervisor, code, on)
        mine = [case for case in Case.objects.all() if case.region_path.startswith(place.path)]
        assert same(found.total, brute(mine, on)), (code, found.total, brute(mine, on))
        for row in found.rows:
            below = [case for case in mine if f"/{row.code}/" in case.region_path]
            assert same(row.figures, brute(below, on)), row
        for row in found.units:
            assert same(row.figures, brute([case for case in mine if case.unit.code == row.code], on)), row


def test_a_head_sees_the_own_units_counted_the_same_way(busy: World) -> None:
    on = dt.date(2026, 4, 3)
    counted(on)
    found = screen(busy.head, "", on)
    own = busy.units["lead"]
    mine = [case for case in Case.objects.select_related("unit") if case.unit.path.startswith(own.path)]
    assert same(found.total, brute(mine, on))
    assert {row.code for row in found.units} <= {own.code, busy.units["town"].code}
    assert queries.place_for(busy.head, unit=busy.units["next"].code) is None


def test_the_parts_add_up_to_the_whole(busy: World) -> None:
    on = dt.date(2026, 4, 3)
    counted(on)
    found = screen(busy.supervisor, "420100", on)
    total = found.total
    assert total.running == total.red + total.amber + total.green + total.paused
    assert total.running == sum(step.figures.running for step in found.steps)
    assert total.running == sum(item.figures.running for item in found.items)
    assert total.running == Case.objects.filter(closed_at__isnull=True).count()
    assert sum(day.arrivals for day in screen(busy.supervisor, "420100", dt.date(2026, 3, 25)).days) == 30
    place = queries.place_for(busy.supervisor, region="420102")
    assert place is not None
    tabs = listing.tabs(busy.supervisor, place, CaseFilter())
    assert place.name == "江岸区"
    assert tabs.all == next(row.figures.running for row in found.rows if row.code == "420102")


def test_each_figure_leads_to_just_its_cases(busy: World) -> None:
    on = dt.date(2026, 4, 3)
    counted(on)
    place = queries.place_for(busy.supervisor)
    assert place is not None
    live = Case.objects.filter(closed_at__isnull=True)
    for name in ("red", "amber", "green", "paused"):
        wanted = CaseFilter(light=name)
        rows = listing.case_rows(listing.running(busy.supervisor, place, wanted), on=on)
        assert {row.number for row in rows} == {case.number for case in live if light(case, on) == name}
        assert getattr(listing.tabs(busy.supervisor, place, wanted), name) == len(rows)
    for row in screen(busy.supervisor, "", on).steps:
        wanted = CaseFilter(steps=row.codes)
        assert listing.running(busy.supervisor, place, wanted).count() == row.figures.running
        assert listing.tabs(busy.supervisor, place, wanted).red == row.figures.red
    for item in screen(busy.supervisor, "", on).items:
        assert listing.running(busy.supervisor, place, CaseFilter(item=item.code)).count() == item.figures.running


@pytest.mark.parametrize(
    ("what", "measure"),
    [
        ("arrived", "arrivals"),
        ("closed", "completions"),
        ("late", "late"),
        ("refused", "refusals"),
    ],
)
def test_what_happened_in_a_period_leads_to_just_its_cases(busy: World, what: str, measure: str) -> None:
    on = dt.date(2026, 4, 3)
    counted(on)
    place = queries.place_for(busy.supervisor)
    assert place is not None
    found = listing.happened(busy.supervisor, place, what, CaseFilter(), since=SINCE, until=on)
    assert found.count() == screen(busy.supervisor, "", on).total.done[measure]


def test_the_most_urgent_cases_come_first(busy: World) -> None:
    on = dt.date(2026, 4, 3)
    counted(on)
    place = queries.place_for(busy.supervisor)
    assert place is not None
    whole = [case.number for case in listing.running(busy.supervisor, place, CaseFilter(light="red"))]
    first = [case.number for case in listing.urgent(busy.supervisor, place, "red", on=on, limit=3)]
    assert len(first) == min(3, len(whole))
    assert set(first) <= set(whole)


def test_a_missed_sweep_is_told(busy: World) -> None:
    on = dt.date(2026, 4, 3)
    counted(on)
    assert screen(busy.supervisor, "", on).unchecked == 0
    late = on + dt.timedelta(days=30)
    waiting = Case.objects.filter(closed_at__isnull=True, next_check_on__lte=late).count()
    assert screen(busy.supervisor, "", late).unchecked == waiting > 0


def test_late_steps_are_counted_on_the_day_they_were_finished(busy: World) -> None:
    on = dt.date(2026, 4, 3)
    counted(on)
    found = screen(busy.supervisor, "420100", on)
    first = found.heat_days[0]
    late = [t for t in Task.objects.filter(late_days__gt=0, closed_at__isnull=False) if t.closed_at is not None]
    expected = sum(first <= local_date(task.closed_at) <= on for task in late if task.closed_at)
    assert sum(line.total for line in found.heat if line.total) >= expected > 0
    assert len(found.heat_days) == 14


def test_a_supervisor_of_a_county_sees_no_other_county(busy: World) -> None:
    assert queries.region_for(busy.supervisor, "420000") is None
    assert queries.region_for(busy.head, "420103") is None
    assert queries.place_for(busy.head, region="420103") is None
    assert queries.place_for(busy.head, unit=busy.units["next"].code) is None
    assert queries.place_for(busy.clerk, unit=busy.units["lead"].code) is None
    own = queries.place_for(busy.head)
    assert own is not None
    assert not listing.inside(busy.clerk, own).exists()


def test_the_first_screen_costs_at_most_thirty_queries(busy: World) -> None:
    on = dt.date(2026, 4, 3)
    counted(on)
    screen(busy.supervisor, "420100", on)
    with CaptureQueriesContext(connection) as asked:
        screen(busy.supervisor, "420100", on)
    assert len(asked) <= 30


def closed(judged: int, *, late: int = 0, overdue: int = 0) -> Figures:
    figures = Figures(overdue=overdue)
    figures.done |= {"judged": judged, "late": late}
    return figures


@pytest.mark.parametrize(
    ("figures", "rate"),
    [
        (closed(0), None),
        (closed(4), 100.0),
        (closed(4, late=1), 75.0),
        (closed(4, overdue=1), 80.0),
        (closed(0, overdue=2), 0.0),
    ],
)
def test_the_on_time_rate_counts_open_overdue_cases_against_the_unit(figures: Figures, rate: float | None) -> None:
    assert figures.on_time == rate
