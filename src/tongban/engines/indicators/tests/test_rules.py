"""Arithmetic of points, on plain values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tongban.engines.indicators import rules
from tongban.engines.indicators.rules import Line, Period, PeriodKind, Standing
from tongban.engines.indicators.schema import Run, ScoreSpec
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document, parse, read_yaml

ROOT = settings.PROJECT_ROOT / "packs" / "law"
SPEC = parse(ScoreSpec, read_yaml(ROOT / "scores" / "efficiency.yaml", root=ROOT))
TAKING = [rule for rule in SPEC.rules if not rule.is_bonus]
GIVING = [rule for rule in SPEC.rules if rule.is_bonus]


def line(code: str, part: str = "", points: str = "") -> Line:
    rule = SPEC.rule(code)
    return Line(code, part or rule.part, Decimal(points) if points else rule.points)


@st.composite
def ledgers(draw: st.DrawFn) -> list[Line]:
    """Random entries, some of them followed by their counter-entries."""
    found: list[Line] = []
    for _number in range(draw(st.integers(0, 30))):
        rule = draw(st.sampled_from(SPEC.rules))
        part = draw(st.sampled_from([part.code for part in SPEC.parts]))
        entry = Line(rule.code, part, rule.points)
        found.append(entry)
        if draw(st.booleans()):
            found.append(Line(entry.rule, entry.part, -entry.points))
    return found


# -- what the standards file says --------------------------------------------------------------------------------------


def test_the_nine_weights_of_the_default_sum_to_a_hundred() -> None:
    assert [int(part.weight) for part in SPEC.parts] == [10, 14, 14, 8, 10, 10, 14, 10, 10]
    assert SPEC.base == 100


def test_a_unit_without_entries_has_the_base_times_its_volume() -> None:
    assert rules.score(SPEC, [], volume=0).total == Decimal("100.00")
    assert rules.score(SPEC, [], volume=100).total == Decimal("102.00")
    assert rules.score(SPEC, [], volume=500).total == Decimal("105.00")
    assert rules.score(SPEC, [], volume=None).total == Decimal("100.00")


def test_a_yellow_card_takes_five_and_a_red_one_ten() -> None:
    assert rules.score(SPEC, [line("yellow-card")], volume=20).total == Decimal("95.00")
    assert rules.score(SPEC, [line("red-card")], volume=20).total == Decimal("90.00")
    assert rules.score(SPEC, [line("reminder")], volume=20).total == Decimal("100.00")


def test_a_part_is_emptied_and_goes_no_further() -> None:
    found = rules.score(SPEC, [line("red-card"), line("red-card")], volume=20)
    assert found.parts["period"] == 0
    assert found.deducted == 20
    assert found.total == Decimal("86.00")


def test_a_bonus_heals_no_deduction() -> None:
    found = rules.score(SPEC, [line("red-card"), line("red-card"), line("early-completion", points="2")], volume=20)
    assert found.parts["period"] == 0
    assert found.total == Decimal("88.00")


def test_disciplinary_measures_take_ten_to_fifty() -> None:
    taken = [int(-rule.points) for rule in SPEC.rules if rule.code.startswith("discipline")]
    assert taken == [10, 15, 20, 30, 40, 50]
    assert all(SPEC.rule(rule.code).once_a_year for rule in SPEC.rules if rule.code.startswith("discipline"))


@pytest.mark.parametrize(
    ("code", "share", "points"),
    [
        ("early-completion", "9.99", 0), ("early-completion", "10", 1), ("early-completion", "19.9", 1),
        ("early-completion", "20", 2), ("early-completion", "100", 10), ("shorter-promise", "29", 0),
        ("shorter-promise", "30", 3), ("shorter-promise", "45", 4), ("shorter-promise", "60", 6),
        ("incomplete-data", "0.5", 0), ("incomplete-data", "1", -1), ("incomplete-data", "3.7", -3),
        ("incomplete-data", "40", -5),
    ],
)  # fmt: skip
def test_shares_give_or_take_points_by_whole_steps(code: str, share: str, points: int) -> None:
    rule = SPEC.rule(code)
    assert rule.measured is not None
    assert rules.measured_points(rule, rule.measured, Decimal(share), base=20) == points


def test_a_share_of_a_few_cases_says_nothing() -> None:
    rule = SPEC.rule("early-completion")
    assert rule.measured is not None
    assert rules.measured_points(rule, rule.measured, Decimal(100), base=4) == 0
    assert rules.measured_points(rule, rule.measured, Decimal(100), base=5) == 10


@pytest.mark.parametrize(
    ("total", "grade"), [("103", "excellent"), ("97.99", "good"), ("80", "qualified"), ("0", "unqualified")]
)
def test_a_score_has_a_grade(total: str, grade: str) -> None:
    assert rules.grade(SPEC, Decimal(total)).code == grade


def test_the_cause_of_a_card_decides_its_part() -> None:
    red = SPEC.rule("red-card")
    assert rules.part_for(red, "SUP-31") == "period"
    assert rules.part_for(red, "RUL-05") == "fees"
    assert rules.part_for(red, "RUL-07") == "procedure"
    assert rules.part_for(SPEC.rule("yellow-card"), "RUL-04") == "openness"


# -- properties --------------------------------------------------------------------------------------------------------


@given(ledgers(), st.integers(0, 2000))
def test_no_part_is_below_nothing_or_above_its_weight(lines: list[Line], volume: int) -> None:
    found = rules.score(SPEC, lines, volume=volume)
    assert all(0 <= found.parts[part.code] <= part.weight for part in SPEC.parts)
    assert found.total >= 0


@given(ledgers(), st.randoms(use_true_random=False))
def test_the_order_of_entering_changes_nothing(lines: list[Line], chance: object) -> None:
    other = list(lines)
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert rules.score(SPEC, lines, volume=30) == rules.score(SPEC, other, volume=30)


@given(ledgers())
def test_an_entry_and_its_counter_entry_leave_no_trace(lines: list[Line]) -> None:
    more = [*lines, line("red-card"), line("red-card", points="10")]
    assert rules.score(SPEC, lines, volume=30) == rules.score(SPEC, more, volume=30)


@given(ledgers(), st.sampled_from([rule.code for rule in TAKING if rule.points]))
def test_a_deduction_never_raises_a_score_and_a_bonus_never_lowers_it(lines: list[Line], code: str) -> None:
    before = rules.score(SPEC, lines, volume=30).total
    assert rules.score(SPEC, [*lines, line(code)], volume=30).total <= before
    for rule in GIVING:
        assert rules.score(SPEC, [*lines, line(rule.code)], volume=30).total >= before


@given(st.lists(st.decimals(0, 130, places=2), min_size=1, max_size=80))
def test_equals_share_a_place_and_the_next_counts_on(totals: list[Decimal]) -> None:
    found = rules.places(totals)
    assert min(found) == 1
    for total, place in zip(totals, found, strict=True):
        assert place == 1 + sum(other > total for other in totals)


# -- runs --------------------------------------------------------------------------------------------------------------


def standing(number: int, day: int, matter: str = "case:1", rule: str = "reminder") -> Standing:
    return Standing(f"e{number:03d}", rule, matter, dt.date(2026, 10, day))


RUN = Run(of="reminder", length=3)


def test_three_reminders_about_one_matter_are_a_run_and_the_fourth_begins_anew() -> None:
    entries = [standing(number, day) for number, day in enumerate((5, 1, 9, 12), start=1)]
    (found,) = rules.runs(RUN, entries)
    assert [each.day.day for each in found.entries] == [1, 5, 9]
    assert found.last.day.day == 9


def test_reminders_about_different_matters_are_no_run() -> None:
    assert not list(rules.runs(RUN, [standing(1, 1, "case:1"), standing(2, 2, "case:2"), standing(3, 3, "case:3")]))
    assert not list(rules.runs(RUN, [standing(1, 1), standing(2, 2), standing(3, 3, rule="yellow-card")]))


def test_a_run_by_subject_is_broken_by_quiet_days() -> None:
    run = Run(of="reminder", length=3, per="subject", within_days=7)
    near = [standing(1, 1, "a"), standing(2, 8, "b"), standing(3, 15, "c")]
    assert len(list(rules.runs(run, near))) == 1
    assert not list(rules.runs(run, [near[0], near[1], standing(3, 16, "c")]))


@given(st.lists(st.integers(1, 31), max_size=12), st.randoms(use_true_random=False))
def test_runs_do_not_depend_on_the_order_of_entering(days: list[int], chance: object) -> None:
    entries = [standing(number, day) for number, day in enumerate(days)]
    other = list(entries)
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert list(rules.runs(RUN, entries)) == list(rules.runs(RUN, other))
    assert len(list(rules.runs(RUN, entries))) == len(days) // 3


# -- periods -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "first", "last", "months"),
    [
        ("2026-02", "2026-02-01", "2026-02-28", 1), ("2026-Q4", "2026-10-01", "2026-12-31", 3),
        ("2026-H2", "2026-07-01", "2026-12-31", 6), ("2026", "2026-01-01", "2026-12-31", 12),
    ],
)  # fmt: skip
def test_a_period_is_read_from_its_short_name(code: str, first: str, last: str, months: int) -> None:
    period = rules.read_period(code)
    assert (period.start.isoformat(), period.end.isoformat(), len(period.months)) == (first, last, months)
    assert period.code == code
    assert period.before.after == period
    assert rules.period_of(period.end, period.kind) == period


@pytest.mark.parametrize("code", ["", "2026-13", "2026-Q5", "1999-01", "2026-1", "26", "2026-10-01"])
def test_other_texts_name_no_period(code: str) -> None:
    with pytest.raises(rules.PeriodError):
        rules.read_period(code)


def test_a_longer_period_is_the_mean_of_its_months() -> None:
    assert rules.mean([Decimal(100), Decimal("95.01"), Decimal(90)]) == Decimal("95.00")
    assert rules.mean([]) is None
    assert Period(dt.date(2026, 1, 1), PeriodKind.QUARTER).months[-1] == dt.date(2026, 3, 1)


# -- schemes -----------------------------------------------------------------------------------------------------------


def broken(**changes: object) -> str:
    plain = SPEC.model_dump(mode="json", by_alias=True, exclude_none=True) | changes
    with pytest.raises(PackError) as refused:
        parse(ScoreSpec, Document("scores/x.yaml", plain, {(): 1}))
    return str(refused.value)


def test_a_scheme_that_contradicts_itself_is_refused() -> None:
    assert "基础分" in broken(base=99)
    assert "第一天" in broken(effective_from="2026-01-02")
    assert "volume" in broken(volume=[{"from": 5, "coefficient": 1}])
    assert "grades" in broken(grades=[{"code": "good", "title": {"zh": "好", "en": "Good"}, "from": 50}])


def test_a_rule_has_exactly_one_trigger() -> None:
    rules_ = SPEC.model_dump(mode="json", by_alias=True, exclude_none=True)["rules"]
    assert "只写一种" in broken(rules=[*rules_[:3], {**rules_[3], "by_hand": True}])
    assert "没有的分项" in broken(rules=[{**rules_[0], "part": "nowhere"}])
