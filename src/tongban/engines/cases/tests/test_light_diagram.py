"""The drawing of a case shows how each step stands against its limit, and says the same in words."""

from __future__ import annotations

from tongban.engines.cases.queries import diagram
from tongban.engines.cases.tests.factories import World, at


def shown(world: World, day: str) -> tuple[str, str]:
    """Return how the survey's box stands on a day, and its text; the survey must be finished by 10 March."""
    case = world.do(world.submit(world.item("licensing-survey")), "accept", "2026-03-02")
    drawn = diagram(case, at=at(day))
    box = next(step for step in drawn.steps if step.code == "survey")
    assert box.text.lstrip("◆▲▶ ") in drawn.svg
    return box.css, drawn.text


def test_a_step_in_time_runs(world: World) -> None:
    assert shown(world, "2026-03-03")[0] == "cur"


def test_a_step_near_its_date_is_amber(world: World) -> None:
    css, text = shown(world, "2026-03-10")
    assert css == "near"
    assert "现场核查：进行中，临期（今天到期）" in text


def test_a_step_past_its_date_is_red_and_says_by_how_much(world: World) -> None:
    css, text = shown(world, "2026-03-12")
    assert css == "over"
    assert "现场核查：进行中，已超期（超环节时限 2 天）" in text


def test_while_the_applicant_puts_things_right_no_step_is_late(world: World) -> None:
    case = world.do(world.submit(world.item("licensing-review")), "request_correction", "2026-03-02")
    drawn = diagram(case, at=at("2026-05-20"))
    assert not {"near", "over", "late"} & {step.css for step in drawn.steps}
