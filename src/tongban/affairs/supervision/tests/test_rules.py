"""Each rule finds the wrong it is for, and a blameless case gives nothing. The wrongful files are written by hand: the
engine would refuse most of these acts, but a record may come from another system, or from a fault."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.affairs.supervision.rules.casefile import CaseFile, CorrectionLine, Found, ItemLine, LedgerLine
from tongban.affairs.supervision.rules.findings import demands_money
from tongban.affairs.supervision.rules.paths import must_pass
from tongban.affairs.supervision.rules.registry import all_rules, judge, rule
from tongban.affairs.supervision.tests.casefiles import (
    APPROVER,
    BELOW,
    CALENDAR,
    CLERK,
    LEAD,
    PARAMS,
    PROCESS,
    STOPPED,
    clock,
    codes,
    day,
    event,
    good,
    swapped,
    task,
)

GOOD = good()


def found(code: str, file: CaseFile) -> list[Found]:
    return list(all_rules()[code].judge(file, PARAMS))


def test_a_case_in_which_everything_was_right_gives_no_finding() -> None:
    assert codes(GOOD) == set()


def test_every_rule_has_a_test_here_by_its_code() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [code for code in all_rules() if f'"{code}"' not in source] == []


def test_a_code_is_given_out_once() -> None:
    with pytest.raises(ValueError, match="SUP-11"):
        rule("SUP-11")(lambda _file, _params: ())


# -- limits ------------------------------------------------------------------------------------------------------------


def live(**changes: Any) -> CaseFile:
    """Return the case while it is still being reviewed, on the eleventh."""
    tasks = (task(1, "acceptance", "2", "3", CLERK), task(2, "review", "3", person=12))
    clocks = (
        clock(2, "statutory", "3", "31"),
        clock(3, "promised", "3", "24", figure=15),
        clock(4, "step", "3", "16", figure=6, task=2),
    )
    base = good(
        on=day("11"), result="", decided_on=None, closed_on=None, tasks=tasks, clocks=clocks, events=GOOD.events[:2],
        specials=(),
    )  # fmt: skip
    return replace(base, **changes)


def test_a_step_with_one_working_day_left_gives_a_reminder_but_not_before() -> None:
    assert not found("SUP-11", live(on=day("12")))
    (one,) = found("SUP-11", live(on=day("13")))  # Friday; due on Monday the sixteenth
    assert (one.on, one.task, one.step, one.account) == (day("13"), 2, "review", 12)
    assert found("SUP-11", live(on=day("16")))
    assert not found("SUP-11", live(on=day("17")))


def test_the_reminder_keeps_the_first_day_on_which_it_was_due() -> None:
    assert {one.on for on in ("13", "14", "15", "16") for one in found("SUP-11", live(on=day(on)))} == {day("13")}


def test_a_promised_period_near_its_end_gives_a_reminder_to_whoever_has_the_case() -> None:
    (one,) = found("SUP-12", live(on=day("23")))
    assert one.account == 12


def test_a_limit_of_one_day_and_a_stopped_one_give_no_reminder() -> None:
    short = (clock(4, "step", "10", "11", figure=1, task=2), clock(3, "promised", "10", "11", running=False))
    assert not found("SUP-11", live(clocks=short))
    assert not found("SUP-12", live(clocks=short))


def test_a_late_step_is_yellow_while_the_whole_is_not_late() -> None:
    (one,) = found("SUP-21", live(on=day("18")))
    assert one.on == day("17")
    assert one.words["days"] == 2


def test_a_late_step_of_a_case_that_was_late_already_gives_no_second_card() -> None:
    clocks = (clock(2, "statutory", "3", "10"), clock(4, "step", "3", "16", figure=6, task=2))
    file = live(on=day("18"), clocks=clocks)
    assert not found("SUP-21", file)
    assert found("SUP-31", file)


def test_a_step_finished_late_is_found_afterwards_too() -> None:
    file = replace(GOOD, clocks=swapped(GOOD.clocks, 4, due_on=day("9"), late=True))
    assert codes(file) == {"SUP-21"}


def test_a_broken_promise_is_yellow_only_while_the_law_is_kept() -> None:
    promise = replace(GOOD, clocks=swapped(GOOD.clocks, 3, due_on=day("10"), late=True))
    assert codes(promise) == {"SUP-22"}
    both = replace(promise, clocks=swapped(promise.clocks, 2, due_on=day("10"), late=True))
    assert codes(both) == {"SUP-31"}


def test_whoever_had_the_work_when_the_limit_ran_out_answers_for_it() -> None:
    (one,) = found("SUP-31", replace(GOOD, clocks=swapped(GOOD.clocks, 2, due_on=day("10"), late=True)))
    assert (one.unit, one.step, one.account) == (LEAD, "review", 12)


def test_an_application_accepted_by_law_because_nobody_answered_is_found() -> None:
    ended = (LedgerLine("start", day("2")), LedgerLine("end", day("9"), "deemed_accepted", 2))
    clocks = swapped(GOOD.clocks, 1, ended_on=day("9"), entries=ended)
    events = (GOOD.events[0], event(2, "deemed_accept", "10", system=True, effective_on=day("2")), *GOOD.events[2:])
    file = replace(GOOD, clocks=clocks, events=events)
    assert codes(file) == {"SUP-23"}
    (one,) = found("SUP-23", file)
    assert (one.on, one.event_seq) == (day("10"), 2)


def test_a_result_entered_long_after_the_day_arranged_is_found() -> None:
    late = swapped(GOOD.specials, 1, data={"held_on": "2026-03-02", "members": ["a", "b", "c"]})
    assert "SUP-24" in codes(replace(GOOD, specials=late))
    strange = swapped(GOOD.specials, 1, data={"held_on": "soon", "members": ["a", "b", "c"]})
    assert codes(replace(GOOD, specials=strange)) == set()


def test_a_licence_handed_over_late_is_found() -> None:
    assert codes(replace(GOOD, clocks=swapped(GOOD.clocks, 6, ended_on=day("30"), late=True))) == {"SUP-32"}


@given(st.dates(dt.date(2026, 1, 5), dt.date(2026, 6, 1)), st.integers(0, 80))
def test_near_and_late_never_meet_and_late_stays_late(due: dt.date, later: int) -> None:
    """On no day is a limit near and late; once late it stays so, with the same first day."""
    on = due + dt.timedelta(days=later - 40)
    running = clock(4, "step", "2026-01-01", due.isoformat(), figure=6, task=2)
    near, late = (found(code, live(on=on, clocks=(running,))) for code in ("SUP-11", "SUP-21"))
    assert not (near and late)
    assert bool(late) == (on > due)
    assert bool(near) == (on <= due and CALENDAR.working_days_between(on, due) <= 1)
    assert all(one.on == due + dt.timedelta(days=1) for one in late)


# -- the procedure -----------------------------------------------------------------------------------------------------


def test_every_way_to_the_decision_passes_acceptance_and_review() -> None:
    assert must_pass(PROCESS, "decision") == {"acceptance", "review"}
    assert must_pass(PROCESS, "acceptance") == frozenset()


def test_a_decision_without_review_skips_a_step() -> None:
    file = replace(GOOD, tasks=tuple(t for t in GOOD.tasks if t.step != "review"), clocks=GOOD.clocks[:3])
    (one,) = found("RUL-01", file)
    assert one.words["missing"] == PROCESS.title_of("review")
    assert one.event_seq == 7


def test_a_review_passed_without_the_expert_review_it_requires_skips_it() -> None:
    file = replace(GOOD, specials=())
    (one,) = found("RUL-01", file)
    assert one.event_seq == 6


def test_a_decision_begun_before_the_review_was_over_reverses_the_steps() -> None:
    file = replace(GOOD, tasks=swapped(GOOD.tasks, 4, opened_at=dt.datetime(2026, 3, 10, 9), opened_on=day("10")))  # noqa: DTZ001
    assert codes(file) == {"RUL-02"}


def test_going_back_to_review_after_a_decision_was_opened_reverses_nothing() -> None:
    again = (task(6, "review", "12", "12", 12), task(7, "decision", "12", "12", APPROVER))
    assert not found("RUL-02", replace(GOOD, tasks=(*GOOD.tasks, *again)))


def test_a_second_notice_of_corrections_is_found_and_the_first_is_not() -> None:
    notice = CorrectionLine(1, day("2"), ({"text": "请补交平面图"},), day("3"))
    assert codes(replace(GOOD, corrections=(notice,))) == set()
    file = replace(GOOD, corrections=(notice, CorrectionLine(2, day("4"), ({"text": "请补交证明"},), day("5"))))
    assert codes(file) == {"RUL-03"}


def test_material_that_the_guide_does_not_publish_is_found_once() -> None:
    extra = (*GOOD.materials, ("stamp", "村委会证明", day("4")), ("stamp", "村委会证明", day("6")))
    (one,) = found("RUL-04", replace(GOOD, materials=extra))
    assert one.words["material"] == "村委会证明"
    asked = CorrectionLine(1, day("2"), ({"text": "请补交无犯罪证明", "material": "police"},), day("3"))
    assert codes(replace(GOOD, corrections=(asked,))) == {"RUL-04"}
    assert not found("RUL-04", replace(GOOD, materials=extra, item=None))


def test_money_that_the_guide_does_not_publish_is_found() -> None:
    charged = event(9, "charge", "4", "review", 12, data={"fee": "材料费", "amount": "50"})
    assert codes(replace(GOOD, events=(*GOOD.events, charged))) == {"RUL-05"}
    item = replace(GOOD.item or ItemLine(), charges=True, fees=frozenset({"材料费"}))
    assert codes(replace(GOOD, events=(*GOOD.events, charged), item=item)) == set()
    asked = CorrectionLine(1, day("2"), ({"text": "请先缴纳资料审核费 200 元"},), day("3"))
    assert codes(replace(GOOD, corrections=(asked,))) == {"RUL-05"}
    rated = replace(item, rates={"材料费": [{"above": 0, "fen": 1000}]})
    by_list = {"fee": "材料费", "amount": "50.00", "fen": 5000, "quantity": 5}
    for data, expected in ((by_list, set()), ({**by_list, "fen": 6000, "amount": "60.00"}, {"RUL-05"})):
        event_ = event(9, "charge", "4", "review", 12, data=data)
        assert codes(replace(GOOD, events=(*GOOD.events, event_), item=rated)) == expected


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("请到窗口缴费后领取", True),
        ("请支付制证工本费", True),
        ("请补交加盖公章的授权委托书。", False),
        ("本事项不收费，请补交平面图", False),
        ("请注明经营费用之外的场所面积", False),
        ("平面布局图缺少各功能区面积标注，请重新绘制后提交。", False),
    ],
)
def test_texts_that_ask_for_money_are_told_from_others(text: str, money: bool) -> None:  # noqa: FBT001 - a table
    assert demands_money(text) is money


def test_work_nobody_took_since_acceptance_is_found_after_the_threshold() -> None:
    tasks = (task(1, "acceptance", "2", "3", CLERK), task(2, "review", "3"))
    assert not found("RUL-06", live(tasks=tasks, on=day("10")))
    (one,) = found("RUL-06", live(tasks=tasks, on=day("12")))
    assert one.on == day("11")
    assert not found("RUL-06", live(tasks=tasks, on=day("12"), accepted_on=None))


def test_a_decision_by_someone_without_the_post_is_found() -> None:
    file = replace(GOOD, events=swapped(GOOD.events, 7, held=frozenset({"reviewer"})))
    assert codes(file) == {"RUL-07"}
    nobody = replace(GOOD, events=swapped(GOOD.events, 7, account=None, held=frozenset()))
    assert codes(nobody) == {"RUL-07"}


def test_what_the_law_itself_does_needs_no_post() -> None:
    file = replace(GOOD, events=swapped(GOOD.events, 2, held=frozenset(), system=True))
    assert not found("RUL-07", file)


def test_a_limit_other_than_the_published_one_is_found() -> None:
    file = replace(GOOD, item=replace(GOOD.item or ItemLine(), promised=(10, "working_day")))
    assert codes(file) == {"RUL-08"}
    assert codes(replace(file, item=replace(file.item or ItemLine(), since=day("20")))) == set()


def test_a_clock_stopped_without_a_paper_is_found_once_for_both_limits() -> None:
    file = replace(GOOD, papers=GOOD.papers - {4})
    assert codes(file) == {"RUL-09"}
    assert len(found("RUL-09", file)) == 1


def test_the_same_person_accepting_and_deciding_is_found() -> None:
    file = replace(GOOD, tasks=swapped(GOOD.tasks, 4, closed_by=CLERK))
    assert codes(file) == {"RUL-10"}
    (one,) = found("RUL-10", file)
    assert (one.event_seq, one.account) == (7, CLERK)


def test_a_lower_review_sent_up_late_is_found() -> None:
    lower = task(9, "review", "3", "20", 12, unit=BELOW)
    file = replace(GOOD, tasks=(*GOOD.tasks, lower), below=frozenset({BELOW}))
    assert "RUL-11" in codes(file)
    declared = replace(GOOD, clocks=(*GOOD.clocks, clock(9, "review", "3", "10", "12", figure=5)))
    assert codes(declared) == {"RUL-11"}


def test_a_refusal_must_state_reason_basis_and_remedy() -> None:
    said = {"reason": "不符合条件", "basis": "第三十八条", "remedies": "可以申请行政复议"}
    refused = event(7, "refuse", "12", "decision", APPROVER, "approver", task=4, data=said)
    assert codes(replace(GOOD, events=swapped((*GOOD.events[:5], refused, GOOD.events[6]), 0))) == set()
    for name in said:
        silent = replace(refused, data={**said, name: "  "})
        assert codes(replace(GOOD, events=(*GOOD.events[:5], silent, GOOD.events[6]))) == {"SUP-34"}


def test_turning_an_application_away_must_state_ground_reason_and_remedy() -> None:
    said = {"ground": "not_our_authority", "reason": "不属于本机关职权", "remedies": "可以申请行政复议"}
    turned = event(2, "refuse_acceptance", "3", "acceptance", CLERK, "window_clerk", task=1, data=said)
    short = replace(GOOD, events=(GOOD.events[0], turned), tasks=GOOD.tasks[:1], clocks=GOOD.clocks[:1], specials=())
    assert codes(short) == set()
    assert codes(replace(short, events=(GOOD.events[0], replace(turned, data={**said, "reason": ""})))) == {"SUP-33"}


# -- off the hall ------------------------------------------------------------------------------------------------------


def test_an_off_hall_step_beyond_its_own_maximum_is_found_though_the_clock_stood() -> None:
    file = replace(GOOD, clocks=swapped(GOOD.clocks, 5, due_on=day("6"), late=True))
    assert codes(file) == {"OFF-01"}


@pytest.mark.parametrize(
    "changes",
    [
        {"opinion": "", "data": {"held_on": "2026-03-10", "members": ["a", "b", "c"]}},
        {"data": {"held_on": "2026-03-10", "members": ["a", "b"]}},
    ],
)
def test_an_off_hall_step_without_record_or_people_is_found(changes: dict[str, Any]) -> None:
    assert codes(replace(GOOD, specials=swapped(GOOD.specials, 1, **changes))) == {"OFF-02"}


def hidden(on: str, held: str = "") -> CaseFile:
    """Return a case whose clock stands for an expert review since the fifth, in which nothing is done any more."""
    stopped = (*STOPPED[:2],)
    clocks = tuple(
        replace(each, due_on=None, running=False, ended_on=None, late=False, entries=stopped)
        for each in GOOD.clocks[1:3]
    )  # fmt: skip
    special = replace(GOOD.specials[0], ended_on=None, expected_days=None, data={"held_on": held} if held else {})
    tasks = (
        GOOD.tasks[0],
        task(
            2,
            "review",
            "3",
            person=12,
        ),
        task(3, "expert_review", "5", person=14, kind="special"),
    )
    return replace(
        GOOD, on=day(on), closed_on=None, decided_on=None, result="", clocks=clocks, specials=(special,), tasks=tasks,
        events=GOOD.events[:3],
    )  # fmt: skip


def test_a_clock_that_stands_while_nothing_happens_is_found() -> None:
    assert not found("OFF-03", hidden("12"))
    (one,) = found("OFF-03", hidden("13"))  # the sixth working day after the fifth
    assert (one.on, one.step, one.account) == (day("13"), "expert_review", 14)
    assert [one.on for one in found("OFF-03", hidden("31"))] == [day("13")]


def test_quiet_is_counted_from_the_day_arranged_and_notes_are_no_progress() -> None:
    assert not found("OFF-03", hidden("19", held="2026-03-12"))
    busy = hidden("19", held="2026-03-12")
    noted = (*busy.events, event(9, "note", "16"), event(10, "supervision_issued", "17"))
    assert found("OFF-03", replace(busy, on=day("20"), events=noted))
    worked = (*busy.events, event(9, "assign", "16"))
    assert not found("OFF-03", replace(busy, on=day("20"), events=worked))


def test_a_clock_left_standing_after_its_cause_is_over_is_found() -> None:
    over = hidden("13")
    ended = replace(over, specials=swapped(over.specials, 1, ended_on=day("10")))
    (one,) = found("OFF-03", ended)
    assert one.on == day("11")
    waiting = replace(ended, corrections=(CorrectionLine(1, day("5")),))
    assert not found("OFF-03", waiting)


def test_a_step_that_took_longer_than_the_applicant_was_told_is_found() -> None:
    assert codes(replace(GOOD, specials=swapped(GOOD.specials, 1, expected_days=2))) == {"OFF-04"}


# -- the whole ---------------------------------------------------------------------------------------------------------


def test_the_same_file_always_gives_the_same_findings_and_no_key_twice() -> None:
    worst = replace(
        GOOD, clocks=tuple(replace(each, due_on=day("4"), late=True, ended_on=day("13")) for each in GOOD.clocks),
        papers=frozenset(), specials=swapped(GOOD.specials, 1, opinion="", data={}, expected_days=1),
        events=swapped(GOOD.events, 7, held=frozenset()), tasks=swapped(GOOD.tasks, 4, closed_by=CLERK),
    )  # fmt: skip
    settings = dict.fromkeys(all_rules(), PARAMS)
    first = judge(worst, settings)
    assert first == judge(worst, settings)
    keys = [(code, one.key) for code, one in first]
    assert len(keys) == len(set(keys)) > 7
    assert judge(worst, {"RUL-09": {}}) == [(code, one) for code, one in first if code == "RUL-09"]
