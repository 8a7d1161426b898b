"""The ledger: once, never changed, taken back by counter-entries; standings follow from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from tongban.engines.indicators.actions import Facts, Measure, enter_by_hand, resettle, settle_month, take_back
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import PointEntry, Standing
from tongban.engines.indicators.queries import differences, league, shown, unit_standings, with_words
from tongban.engines.indicators.rules import PeriodKind, period_of
from tongban.engines.indicators.tests.world import AT, CODE, JOB, OCTOBER, Small
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.organizations.permissions import NotAllowedError


def test_the_same_alarm_is_entered_once(world: Small) -> None:
    assert len(world.enter(world.signal("A1"))) == 1
    assert world.enter(world.signal("A1")) == []
    assert PointEntry.objects.count() == 1
    assert AuditEvent.objects.filter(stream=f"scores:{world.here.code}").count() == 1


def test_an_entry_says_why_in_both_languages(world: Small) -> None:
    world.enter(world.signal("A1"))
    (row,) = shown(with_words(PointEntry.objects.all()))
    assert (row.rule, row.part, row.reason) == ("红牌", "时限", "超过法定时限")


def test_the_database_refuses_to_change_or_delete_an_entry(world: Small) -> None:
    world.enter(world.signal("A1"))
    for change in (lambda rows: rows.update(points=0), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(PointEntry.objects.all())


def test_a_counter_entry_restores_the_month_of_the_entry(world: Small) -> None:
    (entry,) = world.enter(world.signal("A1"))
    world.settle({(world.here.pk, None): Facts(30)})
    assert world.total() == "90.00"
    back = take_back(entry=entry, note="信号有误", by=JOB, at=AT)
    assert take_back(entry=entry, note="又一次", by=JOB, at=AT) == back
    resettle(entry=entry, by=JOB, at=AT)
    assert world.total() == "100.00"
    assert (back.points, back.day) == (Decimal(10), entry.day)
    assert differences(CODE, OCTOBER) == []


def test_a_persons_entry_counts_for_the_unit_too(world: Small) -> None:
    world.enter(world.signal("A1", "yellow", who=world.reviewer))
    world.settle({(world.here.pk, None): Facts(30), (world.here.pk, world.clerk.account.pk): Facts(4)})  # type: ignore[union-attr]
    assert world.total() == "95.00"
    assert world.total(who=world.reviewer) == "95.00"
    assert world.total(who=world.clerk) == "100.00"


def test_three_reminders_of_one_matter_take_three_points_and_a_withdrawn_one_gives_them_back(world: Small) -> None:
    entries = world.enter(*(world.signal(f"B{number}", "blue", day=number) for number in (1, 2, 3)))
    done = world.settle({(world.here.pk, None): Facts(30)})
    assert (done.entered, world.total()) == (1, "97.00")
    take_back(entry=entries[1], note="误报", by=JOB, at=AT)
    resettle(entry=entries[1], by=JOB, at=AT)
    assert world.total() == "100.00"
    world.enter(world.signal("B9", "blue", day=9))
    world.settle({(world.here.pk, None): Facts(30)})
    assert world.total() == "97.00"


def test_shares_become_entries_and_follow_the_facts(world: Small) -> None:
    def facts(share: str) -> dict[tuple[int, int | None], Facts]:
        return {(world.here.pk, None): Facts(20, {"early-share": Measure(Decimal(share), 7, 20)})}

    assert world.settle(facts("35")).entered == 1
    assert world.total() == "103.00"
    again = world.settle(facts("35"))
    assert (again.entered, again.taken_back) == (0, 0)
    changed = world.settle(facts("41"))
    assert (changed.entered, changed.taken_back) == (1, 1)
    assert world.total() == "104.00"
    world.settle({})
    assert world.total() == "100.00"
    assert PointEntry.objects.count() == 4
    assert differences(CODE, OCTOBER) == []


def test_shares_count_once_the_month_is_over(world: Small) -> None:
    november = dt.date(2026, 11, 1)
    facts: dict[tuple[int, int | None], Facts] = {
        (world.here.pk, None): Facts(20, {"early-share": Measure(Decimal(35), 7, 20)})
    }
    assert world.settle(facts, month=november).entered == 0
    done = settle_month(code=CODE, month=november, facts=facts, by=JOB, at=AT + dt.timedelta(days=12))
    assert done.entered == 1


def test_settling_again_changes_nothing(world: Small) -> None:
    world.enter(world.signal("A1"), world.signal("A2", "yellow", unit=world.there))
    world.settle({(world.here.pk, None): Facts(120)})
    before = list(Standing.objects.values_list("unit", "account", "total", "parts"))
    entries = PointEntry.objects.count()
    world.settle({(world.here.pk, None): Facts(120)})
    assert list(Standing.objects.values_list("unit", "account", "total", "parts")) == before
    assert PointEntry.objects.count() == entries


def test_a_standing_that_differs_from_the_ledger_is_found(world: Small) -> None:
    world.enter(world.signal("A1"))
    world.settle()
    Standing.objects.filter(unit=world.here).update(total=Decimal(99))
    assert len(differences(CODE, OCTOBER)) == 1
    Standing.objects.all().delete()
    assert len(differences(CODE, OCTOBER)) == 1


def test_months_before_the_scheme_have_no_points(world: Small) -> None:
    assert world.enter(replace(world.signal("A1"), day=dt.date(2025, 12, 31))) == []


def test_a_quarter_is_the_mean_of_its_months(world: Small) -> None:
    world.enter(world.signal("A1"))
    world.settle({(world.here.pk, None): Facts(30), (world.there.pk, None): Facts(30)})
    world.settle({(world.here.pk, None): Facts(30)}, month=dt.date(2026, 11, 1))
    rows = unit_standings(world.supervisor, CODE)
    table = league(rows, period_of(OCTOBER, PeriodKind.QUARTER), code=CODE)
    assert [(row.unit, row.place, str(row.total), row.months) for row in table] == [
        (world.there, 1, "100.00", 1),
        (world.here, 2, "95.00", 2),
    ]
    assert league(rows, period_of(dt.date(2026, 11, 1), PeriodKind.MONTH), code=CODE)[0].change == Decimal("10.00")


# -- by hand -----------------------------------------------------------------------------------------------------------


def hand(world: Small, rule: str = "discipline-warning", **more: object) -> PointEntry:
    values: dict[str, object] = {
        "unit": world.here, "account": world.reviewer.account, "day": dt.date(2026, 10, 20), "note": "纪〔2026〕3 号",
        "by": world.supervisor,
    }  # fmt: skip
    return enter_by_hand(code=CODE, rule_code=rule, at=AT, **{**values, **more})  # type: ignore[arg-type]


def test_a_disciplinary_measure_is_entered_once_a_year(world: Small) -> None:
    hand(world)
    with pytest.raises(ScoreError, match="一年只计一次"):
        hand(world, day=dt.date(2026, 11, 2))
    hand(world, "discipline-demerit")
    assert PointEntry.objects.filter(account=world.reviewer.account).count() == 2


def test_what_the_system_enters_itself_is_not_entered_by_hand(world: Small) -> None:
    for changes in ({"rule": "red-card"}, {"rule": "none"}, {"note": " "}, {"day": dt.date(2026, 12, 1)},
                    {"account": world.other_head.account}):  # fmt: skip
        with pytest.raises(ScoreError):
            hand(world, **changes)  # type: ignore[arg-type]
    for who in (world.head, world.reviewer, world.admin):
        with pytest.raises(NotAllowedError):
            hand(world, by=who)
    with pytest.raises(ScoreError, match="监察范围"):
        hand(world, by=world.local_supervisor, unit=world.there, account=None)
