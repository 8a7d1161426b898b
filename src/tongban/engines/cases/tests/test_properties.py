"""What holds for every case, whatever people do: random acts in plain memory and the same acts in the database."""

from __future__ import annotations

import datetime as dt

import pytest
import yaml
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from tongban.engines.cases.actions import ActionRefused
from tongban.engines.cases.compiling import compile_process
from tongban.engines.cases.limits import ItemLimits, Resolver
from tongban.engines.cases.loading import ledger, who
from tongban.engines.cases.models import Case, CaseClock, CaseEvent
from tongban.engines.cases.queries.loading import fresh
from tongban.engines.cases.rules import turns
from tongban.engines.cases.rules.decide import decide
from tongban.engines.cases.rules.examples import Line, act_of, run_law
from tongban.engines.cases.rules.guards import actions_of_case, actions_of_task
from tongban.engines.cases.rules.lights import Dates, light_of, light_of_case, next_check
from tongban.engines.cases.rules.limits import fit
from tongban.engines.cases.rules.limits import limit_of as ref_of
from tongban.engines.cases.rules.replay import Replay, open_paths
from tongban.engines.cases.rules.state import Act, Refusal
from tongban.engines.cases.schema import ProcessSpec
from tongban.foundation.clock.models import LimitRule
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Calendar, Limit, Unit, YearDays, derive

PLAIN = Calendar([YearDays(year, official=True) for year in range(2025, 2031)])
PACK = settings.PROJECT_ROOT / "packs" / "law" / "processes"
FIGURES = {
    "LIC-02": 5, "LIC-04": 20, "LIC-05": 45, "LIC-06": 20, "LIC-07": 10, "LIC-10": 20,
    "OGI-02": 7, "OGI-03": 20, "OGI-04": 15, "OGI-05": 15, "REG-02": 3, "REG-08a": 20,
}  # fmt: skip
EXTRA = {
    "LIC-04": (10, "agency_head"), "LIC-05": (15, "government_head"), "OGI-03": (20, "information_office_head"),
    "REG-02": (3, "agency_head"),
}  # fmt: skip


def rule_of(rule_id: str, _on: dt.date) -> LimitRule:
    return LimitRule(
        rule_id=rule_id, version=1, figure=FIGURES[rule_id], unit="working_day", source={},
        extension=dict(zip(("figure", "approver"), EXTRA[rule_id], strict=True), unit="working_day")
        if rule_id in EXTRA else None,
    )  # fmt: skip


PROCESSES = {
    path.stem: compile_process(ProcessSpec.model_validate(yaml.safe_load(path.read_text("utf-8"))), rule_of=rule_of)
    for path in sorted(PACK.glob("*.yaml"))
}


def limit_of(compiled):
    cut = fit(compiled, (10, "working_day"))

    def limit(key, _on):
        kind, _, code = key.partition(":")
        if kind in ("step", "special", "ask"):
            ref = ref_of(compiled, code)
            return Limit(cut.get(code) or ref.figure, Unit(ref.unit)) if ref else None
        if kind == "promised":
            return Limit(10, Unit.WORKING_DAY)
        ref = compiled.clocks[kind].limit
        return Limit(ref.figure, Unit(ref.unit))

    return limit


@given(
    code=st.sampled_from(sorted(PROCESSES)),
    picks=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9), st.integers(0, 3)), max_size=30),
)
@limits(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_case_has_an_open_path_and_a_closed_one_has_no_work(code, picks):
    compiled = PROCESSES[code]
    replay = Replay(compiled, PLAIN, limit_of(compiled), line="market_supervision")
    day = dt.date(2026, 3, 2)
    state = replay.apply(turns.begin(compiled, on=day, starts_on=day, lead_unit=1, by=1), received_on=day)
    for which, pause, person in picks:
        day += dt.timedelta(days=pause)
        state, _done = run_law(replay, state, day, received_on=dt.date(2026, 3, 2))
        assert open_paths(state) == []
        codes = [each.code for task in state.live_tasks for each in actions_of_task(compiled, state, task)]
        codes += [each.code for each in actions_of_case(compiled, state)]
        if not codes:
            break
        act = act_of(compiled, state, Line(day, codes[which % len(codes)], {}, by=50 + person))
        before = state
        outcome = decide(compiled, state, act)
        assert decide(compiled, state, act) == outcome
        if isinstance(outcome, Refusal):
            assert state is before
            continue
        state = replay.apply(outcome, received_on=dt.date(2026, 3, 2))
        assert open_paths(state) == []
    if state.result:
        assert state.status.value in ("decided", "delivered", "closed", "not_accepted", "withdrawn", "abandoned")
    for held in replay.ledgers.values():
        assert held.derive(PLAIN).used >= 0


@given(due=st.integers(0, 60), warn=st.integers(0, 5), days=st.lists(st.integers(0, 90), min_size=2, max_size=20))
def test_a_light_never_gets_better_by_waiting(due, warn, days):
    start = dt.date(2026, 3, 2)
    due_on = start + dt.timedelta(days=due)
    order = ["green", "amber", "red"]
    seen = [
        order.index(light_of(due_on, due_on - dt.timedelta(days=warn), start + dt.timedelta(days=day)))
        for day in sorted(days)
    ]
    assert seen == sorted(seen)


@given(
    clocks=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), st.booleans()), max_size=4),
    today=st.integers(0, 60),
)
def test_between_two_checks_no_light_changes(clocks, today):
    start = dt.date(2026, 3, 2)
    held = [
        Dates("step", start + dt.timedelta(days=due), start + dt.timedelta(days=max(due - warn, 0)), running)
        for due, warn, running in clocks
    ]
    day = start + dt.timedelta(days=today)
    following = next_check(held, day)
    light = light_of_case(held, day)
    last = (following or day + dt.timedelta(days=30)) - dt.timedelta(days=1)
    while day <= last:
        assert light_of_case(held, day) == light
        day += dt.timedelta(days=1)
    if following is not None:
        assert following > start + dt.timedelta(days=today)


@given(promised=st.integers(1, 40), code=st.sampled_from(sorted(PROCESSES)))
def test_step_limits_shrink_with_the_promise_but_never_below_one(promised, code):
    compiled = PROCESSES[code]
    cut = fit(compiled, (promised, "working_day"))
    for name, figure in cut.items():
        assert 1 <= figure <= ref_of(compiled, name).figure


STORIES = [
    ("licensing-survey", ["assign", "accept", "finish_survey", "start_expert_review", "finish_expert_review", "pass", "grant", "issue", "deliver"]),
    ("licensing-review", ["request_correction", "supplement", "accept", "start_survey", "finish_survey", "co_handle", "reclaim", "transfer", "withdraw"]),
    ("licensing-review", ["accept", "request_extension", "approve_extension", "object", "return_back", "pass", "refuse", "deliver"]),
    ("licensing-hearing", ["accept", "finish_survey", "start_hearing", "finish_hearing", "pass", "return_back", "pass", "grant"]),
    ("licensing-instant", ["refuse_acceptance"]),
    ("licensing-two-level", ["accept", "pass", "agree", "return_back", "disagree", "refuse", "deliver"]),
    ("information-request", ["confirm", "request_correction", "supplement", "start_third_party", "finish_third_party", "propose", "disclose", "deliver"]),
    ("registration", ["request_extension", "approve_extension", "register", "issue", "deliver"]),
    ("registration", ["return_application"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "story"), STORIES)
def test_the_rows_say_what_the_replay_of_the_same_acts_says(world, code, story):
    item = world.item(code, promised=10)
    case = world.submit(item)
    loaded = fresh(case)
    compiled = loaded.compiled
    resolver = Resolver(compiled, ItemLimits((20, "working_day"), (10, "working_day")))
    calendar = calendar_for("420102")
    replay = Replay(
        compiled, calendar, resolver.limit, lead_unit=world.units["lead"].pk, superior=world.units["superior"].pk,
        line="market_supervision",
    )  # fmt: skip
    day = dt.date(2026, 3, 2)
    replay.apply(
        turns.begin(compiled, on=day, starts_on=day, lead_unit=world.units["lead"].pk, by=None), received_on=day
    )
    for number, action in enumerate(story):
        day = calendar.add_working_days(dt.date(2026, 3, 2), number + 1)
        data = {"start_hearing": {"held_on": "2026-04-20"}, "request_extension": {"days": 3}}.get(action, {})
        by = world.actor_for(case, action)
        given_data = world.data(case, action, data)
        if action == "transfer":
            given_data["unit"] = world.units["next"].pk
        try:
            case = world.do(case, action, day.isoformat(), by=by, **given_data)
        except ActionRefused as refused:
            raise AssertionError(f"{action}: {refused.message} {refused.field_errors}") from refused
        event = CaseEvent.objects.filter(case=case).order_by("-seq").first()
        outcome = decide(compiled, replay.state, Act(event.act, who(by, case), day, given_data))
        assert not isinstance(outcome, Refusal), outcome
        replay.apply(outcome, received_on=dt.date(2026, 3, 2))
        compare(fresh(case), replay, calendar)


def compare(loaded, replay, calendar):
    rows, memory = loaded.state(dt.date(2026, 3, 2)), replay.state
    assert (rows.status, rows.result, rows.accepted) == (memory.status, memory.result, memory.accepted)
    assert [(t.kind, t.step, t.state, t.unit, t.role) for t in rows.tasks] == [
        (t.kind, t.step, t.state, t.unit, t.role) for t in memory.tasks
    ]
    assert sorted((c.kind, c.started_on, c.due_on, c.ended, c.running) for c in rows.clocks) == sorted(
        (c.kind, c.started_on, c.due_on, c.ended, c.running) for c in memory.clocks
    )
    assert rows.hands == memory.hands
    assert [(s.code, s.ended, s.result) for s in rows.specials] == [
        (s.code, s.ended, s.result) for s in memory.specials
    ]
    case = Case.objects.get(pk=loaded.case.pk)
    for clock in CaseClock.objects.filter(case=case):
        dates = derive(ledger(loaded.entries[clock.pk]), Limit(clock.figure, Unit(clock.unit)), calendar)
        assert (clock.due_on, clock.warn_on, clock.ended_on) == (dates.due_on, dates.warn_on, dates.ended_on)
    opened = {task.step for task in rows.open_tasks}
    assert set(case.open_steps.split()) == (opened if case.status != "correction" else {"correction"})
    assert case.event_seq == CaseEvent.objects.filter(case=case).count()
