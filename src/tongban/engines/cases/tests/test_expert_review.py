"""Expert reviews: the main clock stands still by Art. 45, told in writing, while the review's own clock runs."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import ActionRefused, act, sweep
from tongban.engines.cases.models import CaseClock, ClockEntry
from tongban.engines.cases.queries import case_file, case_for, day_strip, inbox, inbox_rows
from tongban.engines.cases.tests.factories import at


def reviewing(world):
    return world.do(world.submit(when="2026-01-29"), "accept", "2026-01-29")


def test_the_time_of_the_review_is_not_counted(world):
    case = world.do(reviewing(world), "start_expert_review", "2026-02-02", expected_days=10)
    assert case.paused
    assert case.light == "paused"
    assert case.statutory_due_on is None
    case = world.do(case, "finish_expert_review", "2026-02-13")
    assert not case.paused
    assert case.statutory_due_on == dt.date(2026, 3, 18)


def test_the_needed_time_must_be_told_and_is_told_in_writing(world):
    case = reviewing(world)
    with pytest.raises(ActionRefused) as refused:
        act(
            case=case, action="start_expert_review", by=world.reviewer, at=at("2026-02-02"), data={"reason": "需要评审"}
        )
    assert "expected_days" in refused.value.field_errors
    case = world.do(case, "start_expert_review", "2026-02-02", expected_days=10)
    notice = case.documents.get(kind="special-procedure-notice").document
    assert notice.data["limit"] == "10 个工作日"
    assert notice.data["special"] == "专家评审"


def test_the_stop_names_its_legal_basis(world):
    case = world.do(reviewing(world), "start_expert_review", "2026-02-02", expected_days=10)
    stops = ClockEntry.objects.filter(clock__case=case, kind="stop", clock__kind="statutory")
    assert [(stop.cause, stop.basis) for stop in stops] == [("expert_review", "《中华人民共和国行政许可法》第四十五条")]


def test_stopping_the_main_clock_hides_no_delay_of_the_review(world):
    case = world.do(reviewing(world), "start_expert_review", "2026-02-02", expected_days=10)
    own = CaseClock.objects.get(case=case, kind="special")
    assert own.running
    sweep(at=at("2026-04-30"))
    case.refresh_from_db()
    assert case.light == "red"


def test_the_strip_shows_every_stopped_day_with_its_reason(world):
    case = world.do(reviewing(world), "start_expert_review", "2026-02-02", expected_days=10)
    case = world.do(case, "finish_expert_review", "2026-02-13")
    strip = day_strip(case, at("2026-02-24"))
    stopped = [day.day for day in strip.days if "stop" in day.css]
    assert (stopped[0], stopped[-1]) == (dt.date(2026, 2, 2), dt.date(2026, 2, 13))
    assert [(stop.title, stop.last) for stop in strip.stops] == [("专家评审", dt.date(2026, 2, 13))]
    assert len(strip.days) % 7 == 0


def test_the_inbox_says_paused_and_why(world):
    case = world.do(reviewing(world), "start_expert_review", "2026-02-02", expected_days=10)
    today = dt.date(2026, 2, 3)
    row = inbox_rows(inbox(world.expert, today=today), today=today)[0]
    assert (row.number, row.light, row.light_text) == (case.number, "paused", "停计 专家评审")


def test_the_case_page_counts_the_stopped_days(world):
    case = world.do(reviewing(world), "start_expert_review", "2026-02-02", expected_days=10)
    case = world.do(case, "finish_expert_review", "2026-02-13")
    meter = case_file(case_for(world.reviewer, case.number), world.reviewer, at=at("2026-02-24")).clock
    assert meter.stopped_days == 10
    assert meter.stopped_for == ("专家评审",)
