"""On whatever days the job runs: what the law did, and from which day, is the same."""

from __future__ import annotations

import datetime as dt

import pytest
import yaml
from django.conf import settings
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from tongban.engines.cases.actions import sweep
from tongban.engines.cases.models import CaseClock, CaseEvent
from tongban.engines.cases.rules import turns
from tongban.engines.cases.rules.decide import decide
from tongban.engines.cases.rules.examples import Line, act_of, run_law
from tongban.engines.cases.rules.replay import Replay
from tongban.engines.cases.rules.state import Refusal
from tongban.engines.cases.tests.factories import at
from tongban.engines.cases.tests.test_properties import PLAIN, PROCESSES, limit_of

START = dt.date(2026, 3, 2)
STORIES = [
    ("licensing-review", []),
    ("licensing-review", [(1, "request_correction", {"days": 5})]),
    ("licensing-joint", [(0, "accept", {}), (3, "reply", {"conclusion": "agree"})]),
    ("information-request", [(0, "confirm", {}), (2, "start_co_author", {})]),
    ("information-request", [(0, "confirm", {}), (2, "start_third_party", {})]),
    ("information-request", [(0, "confirm", {}), (2, "request_correction", {"days": 4})]),
]


def history(code, story, runs):
    """Play a story with the job running on these days; return what the law came to."""
    compiled = PROCESSES[code]
    replay = Replay(compiled, PLAIN, limit_of(compiled), line="market_supervision")
    state = replay.apply(turns.begin(compiled, on=START, starts_on=START, lead_unit=1, by=1), received_on=START)
    acts = {START + dt.timedelta(days=offset): (name, data) for offset, name, data in story}
    for offset in range(60):
        day = START + dt.timedelta(days=offset)
        if day in acts or offset in runs or offset == 59:
            state, _done = run_law(replay, state, day, received_on=START)
        if day in acts:
            name, data = acts[day]
            change = decide(compiled, state, act_of(compiled, state, Line(day, name, data)))
            assert not isinstance(change, Refusal), change
            state = replay.apply(change, received_on=START)
    dates = sorted(
        f"{each.kind} {each.entries[0].on} {each.derive(PLAIN).due_on} {each.derive(PLAIN).ended_on}"
        for each in replay.ledgers.values()
    )
    return state.status, state.result, [(task.step, task.state) for task in state.tasks], dates


@given(story=st.sampled_from(STORIES), runs=st.sets(st.integers(0, 59)))
@limits(max_examples=60, deadline=None)
def test_no_date_depends_on_the_days_on_which_the_job_ran(story, runs):
    code, acts = story
    assert history(code, acts, runs) == history(code, acts, set(range(60)))


@pytest.mark.parametrize(
    "days", [["2026-05-14", "2026-05-15"], ["2026-05-29"], ["2026-05-13", "2026-05-20", "2026-05-28"]]
)
def test_the_rows_agree_whenever_the_job_comes(world, days):
    item = world.item("licensing-joint", statutory=None, promised=None)
    cases = [world.do(world.submit(item, when="2026-04-20"), "accept", "2026-04-20") for _each in range(2)]
    for day in days:
        sweep(at=at(day))
    for case in cases:
        events = CaseEvent.objects.filter(case=case, actor_key="system:law", act="reply")
        assert {event.effective_on for event in events} == {dt.date(2026, 5, 14)}
        step = CaseClock.objects.get(case=case, task__step="joint", task__kind="main")
        assert (step.started_on, step.due_on) == (dt.date(2026, 5, 13), dt.date(2026, 5, 25))


def test_every_declared_effect_has_its_article():
    root = settings.PROJECT_ROOT / "packs" / "law" / "processes"
    for path in sorted(root.glob("*.yaml")):
        data = yaml.safe_load(path.read_text("utf-8"))
        places = [*data.get("specials", {}).values(), *data["steps"].values()]
        places += [ask for step in data["steps"].values() for ask in step.get("asks", {}).values()]
        assert all(place["on_expiry"]["basis"]["zh"] for place in places if "on_expiry" in place)
