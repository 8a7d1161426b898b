"""Alarms that stand and finished cases become points; what is withdrawn or objected to rightly gives them back."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tongban.affairs.supervision.actions import bulletins, examine, rollups, scoring, withdraw_alarm
from tongban.affairs.supervision.models import Alarm
from tongban.affairs.supervision.queries import scores
from tongban.engines.cases.models import Case
from tongban.engines.cases.tests.factories import World, at
from tongban.engines.indicators.actions import decide_objection, file_objection
from tongban.engines.indicators.loading import load_schemes
from tongban.engines.indicators.models import Bulletin, Objection, PointEntry, Standing
from tongban.engines.indicators.rules import read_period
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections

JOB = system_actor("test")
MARCH, APRIL = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
LATER = at("2026-05-06")


@pytest.fixture
def scored(watched: World) -> World:
    """Rules of supervision and the scheme, and two cases: one decided early in March, one that nobody finishes."""
    root = settings.PROJECT_ROOT / "packs" / "law"
    section = next(each for each in sections() if each.name == "scores")
    load_schemes(read_section(section, root=root), Loading(root, "law", at("2026-01-01")))
    item = watched.item("licensing-review")
    done, left = watched.submit(item), watched.submit(item)
    for case in (done, left):
        watched.do(case, "accept", "2026-03-03")
    finish(watched, done, "2026-03-09")
    return watched


def finish(world: World, case: Case, when: str) -> None:
    """Decide a case and close it."""
    for action in ("pass", "grant", "issue", "deliver"):
        case.refresh_from_db()
        if case.closed_at is None:
            world.do(case, action, when)


def watch(world: World) -> list[Alarm]:
    return examine(list(Case.objects.values_list("pk", flat=True)), at=LATER, tell=False).raised


def total(world: World, month: dt.date = MARCH) -> str:
    return str(Standing.objects.get(unit=world.units["lead"], account=None, month=month).total)


def test_every_standing_alarm_is_entered_once_with_its_case_and_event(scored: World) -> None:
    raised = watch(scored)
    assert {alarm.color for alarm in raised} >= {"yellow", "red"}
    scoring.enter_and_settle(by=JOB, at=LATER)
    assert scoring.enter_and_settle(by=JOB, at=LATER).entered == ()
    entries = {entry.about: entry for entry in PointEntry.objects.all()}
    for alarm in raised:
        entry = entries[f"alarm:{alarm.number}"]
        assert (entry.matter, entry.day, entry.unit, entry.event_seq, entry.account) == (
            alarm.about, alarm.entered_on, alarm.unit, alarm.event_seq, alarm.account,
        )  # fmt: skip
        assert int(entry.points) == {"red": -10, "yellow": -5, "blue": 0}[alarm.color]


def test_a_withdrawn_alarm_gives_its_points_back_in_the_same_act(scored: World) -> None:
    red = next(alarm for alarm in watch(scored) if alarm.color == "red")
    scoring.enter_and_settle(by=JOB, at=LATER)
    month = red.entered_on.replace(day=1)
    before = total(scored, month)
    withdraw_alarm(alarm=red, reason="系统停机，不是单位的责任", by=scored.supervisor, at=LATER)
    entry = PointEntry.objects.get(about=f"alarm:{red.number}", reverses=None)
    assert entry.reversed_by.note == "系统停机，不是单位的责任"
    assert float(total(scored, month)) > float(before)
    assert scoring.enter_and_settle(by=JOB, at=LATER).entered == ()


def test_an_upheld_objection_withdraws_the_alarm_and_a_rejected_one_confirms_it(scored: World) -> None:
    first, second = [alarm for alarm in watch(scored) if alarm.color != "blue"][:2]
    scoring.enter_and_settle(by=JOB, at=LATER)
    for alarm, upheld in ((first, True), (second, False)):
        entry = PointEntry.objects.get(about=f"alarm:{alarm.number}")
        objection = file_objection(entry=entry, grounds="有证据", files=[], by=scored.head, at=LATER)
        decide_objection(objection=objection, upheld=upheld, decision="经核实", by=scored.supervisor, at=LATER)
        alarm.refresh_from_db()
    assert (first.state, first.withdrawn_reason) == (Alarm.State.WITHDRAWN, "经核实")
    assert second.state == Alarm.State.UPHELD
    assert Objection.objects.count() == 2
    assert scoring.check([]) == []


def test_finished_cases_are_counted_once_by_their_root_with_their_shares(scored: World) -> None:
    lead = scored.units["lead"]
    case = Case.objects.filter(closed_at__isnull=False).get()
    row = scores.units_in_month(MARCH)[lead.pk]
    assert row.closed == 1
    early, shorter = row.shares[scores.EARLY], row.shares[scores.SHORTER]
    assert (early.count, early.base, int(early.share)) == (1, 1, 100)
    assert int(shorter.share) == 25  # 15 working days promised, 20 by law
    assert row.shares[scores.INCOMPLETE].count == 0
    child = scored.submit(scored.item("licensing-review"))
    Case.objects.filter(pk=child.pk).update(parent=case, closed_at=case.closed_at, open_steps="", next_check_on=None)
    assert scores.units_in_month(MARCH)[lead.pk].closed == 1
    people = scores.people_in_month(MARCH)
    assert people[lead.pk, scored.clerk.account.pk] >= 1  # type: ignore[union-attr]
    assert all(account != scored.citizen.account.pk for _unit, account in people)  # type: ignore[union-attr]


def test_settling_again_changes_nothing_and_the_check_agrees(scored: World) -> None:
    watch(scored)
    scoring.enter_alarms(by=JOB, at=LATER)
    scoring.settle_since(first=MARCH, last=APRIL, by=JOB, at=LATER)
    kept = list(Standing.objects.order_by("pk").values_list("month", "unit", "account", "total"))
    done = scoring.settle_since(first=MARCH, last=APRIL, by=JOB, at=LATER)
    assert all(each.entered == each.taken_back == 0 for each in done.values())
    assert list(Standing.objects.order_by("pk").values_list("month", "unit", "account", "total")) == kept
    call_command("check_scores")


def test_the_check_finds_what_was_altered_or_forgotten(scored: World) -> None:
    watch(scored)
    with pytest.raises(CommandError):
        call_command("check_scores")
    scoring.enter_alarms(by=JOB, at=LATER)
    scoring.settle_since(first=MARCH, last=dt.date(2026, 5, 1), by=JOB, at=LATER)
    call_command("check_scores")
    Standing.objects.filter(unit=scored.units["lead"], account=None, month=MARCH).update(volume=7)
    with pytest.raises(CommandError):
        call_command("check_scores", month="2026-03")


def test_settling_by_hand_also_mends_months_long_past(scored: World) -> None:
    scoring.settle_since(first=MARCH, last=APRIL, by=JOB, at=LATER)
    watch(scored)
    call_command("settle_scores", since="2026-05")
    call_command("check_scores")
    Standing.objects.filter(unit=scored.units["lead"], account=None, month=MARCH).update(total=7)
    call_command("settle_scores", since="2026-05")
    call_command("check_scores")


def test_months_that_are_over_are_published_once(scored: World) -> None:
    watch(scored)
    rollups.refresh(at=LATER)
    scoring.enter_alarms(by=JOB, at=LATER)
    scoring.settle_since(first=MARCH, last=APRIL, by=JOB, at=LATER)
    made = bulletins.publish_due(by=JOB, at=LATER)
    assert [bulletin.period for bulletin in made] == ["2026-04"]
    assert bulletins.publish_due(by=JOB, at=LATER) == []
    assert bulletins.publish_due(by=JOB, at=at("2026-05-02")) == []


def test_a_bulletin_states_on_time_rates_that_count_open_overdue_cases(scored: World) -> None:
    watch(scored)
    rollups.refresh(at=LATER)
    scoring.enter_alarms(by=JOB, at=LATER)
    scoring.settle_since(first=MARCH, last=APRIL, by=JOB, at=LATER)
    unit = scored.supervisor.unit
    assert unit is not None
    made = bulletins.publish_bulletin(period=read_period("2026-03"), unit=unit, by=scored.supervisor, at=LATER)
    rows = {row["code"]: row for level in made.data["levels"] for row in level["rows"]}
    extra = rows[scored.units["lead"].code]["extra"]
    # One case closed on time in March; the other was promised for 24 March and stands open and overdue.
    assert (extra["closed"], extra["late"], extra["open_overdue"], extra["on_time"]) == (1, 0, 1, "50.0")
    assert extra["red"] + extra["yellow"] + extra["blue"] == sum(
        alarm.entered_on.month == 3 and alarm.unit_id == scored.units["lead"].pk for alarm in Alarm.objects.all()
    )
    book = openpyxl.load_workbook(io.BytesIO(read_bytes(made.workbook)))
    head = [cell.value for cell in book["得分表"][1]]
    line = next(row for row in book["得分表"].iter_rows(values_only=True) if row[3] == scored.units["lead"].code)
    assert line[head.index("按时率（%）")] == 50
    assert Bulletin.objects.count() == 1
