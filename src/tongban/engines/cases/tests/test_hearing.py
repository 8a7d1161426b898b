"""Hearings: announced at least seven working days before, held within twenty, not counted in the main period."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import ActionRefused
from tongban.engines.cases.models import CaseClock
from tongban.engines.cases.tests.factories import open_steps


def surveyed(world):
    case = world.do(world.submit(world.item("licensing-hearing")), "accept", "2026-03-02")
    return world.do(case, "finish_survey", "2026-03-06")


def test_a_hearing_called_too_soon_is_refused_with_the_earliest_day(world):
    case = surveyed(world)
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "start_hearing", "2026-03-09", held_on="2026-03-17")
    assert refused.value.code == "hearing_announced_in_time"
    assert "2026-03-18" in refused.value.message


def test_a_hearing_called_in_time_stops_the_clock_and_is_announced(world):
    case = world.do(surveyed(world), "start_hearing", "2026-03-09", held_on="2026-03-18", place="二楼会议室")
    assert case.paused
    assert case.documents.get(kind="hearing-notice").document.data["held_on"] == "2026-03-18"
    assert CaseClock.objects.get(case=case, kind="special", task__step="hearing").rule_id == "LIC-10"


def test_without_hearing_or_waiver_the_review_cannot_end(world):
    case = surveyed(world)
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "pass", "2026-03-10")
    assert "听证" in refused.value.message
    case = world.do(case, "start_hearing", "2026-03-10", held_on="2026-03-25")
    case = world.do(case, "finish_hearing", "2026-03-11", conclusion="waived")
    case = world.do(case, "pass", "2026-03-12")
    assert open_steps(case) == ["decision"]
    assert case.statutory_due_on == dt.date(2026, 4, 1)
