"""Lights and the job of every minute; counting anew when a calendar changes."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases import registers
from tongban.engines.cases.actions import recount, run_recount, start_recount, sweep, sweeping
from tongban.engines.cases.actions.clocks import set_columns
from tongban.engines.cases.loading import load_case
from tongban.engines.cases.models import Case, CaseClock, CaseEvent, Task
from tongban.engines.cases.tests.factories import at
from tongban.foundation.accounts.models import Account, Identity
from tongban.foundation.audit.queries import history, verify
from tongban.foundation.clock.models import CalendarDay, CalendarStamp, CalendarYear
from tongban.foundation.messaging.models import Message


def test_a_case_turns_amber_before_and_red_after_its_limit(world):
    case = world.do(world.submit(), "accept", "2026-03-02")
    seen = []
    for day in ("2026-03-05", "2026-03-10", "2026-03-12", "2026-03-13", "2026-03-24"):
        sweep(at=at(day))
        case.refresh_from_db()
        seen.append(case.light)
    assert seen == ["green", "amber", "amber", "red", "red"]
    turns = list(CaseEvent.objects.filter(case=case, kind="light").values_list("act", "visible_to_applicant"))
    assert turns == [
        ("light_amber", False), ("step_amber", False), ("light_red", False), ("step_red", False)
    ]  # fmt: skip


def test_listeners_hear_which_step_is_late_and_find_the_event(world, monkeypatch):
    heard = []
    monkeypatch.setitem(registers._step_listeners, "test", heard.extend)
    case = world.do(world.submit(), "accept", "2026-03-02")
    sweep(at=at("2026-03-13"))
    sweep(at=at("2026-03-13"))
    (change,) = heard
    task = Task.objects.get(case=case, step="review")
    assert (change.step, change.before, change.after, change.due_on) == (
        "review", "green", "red", dt.date(2026, 3, 12),
    )  # fmt: skip
    assert (change.task_id, task.light) == (task.pk, "red")
    event = CaseEvent.objects.get(case=case, seq=change.event_seq)
    assert (event.act, event.task_id, event.title["zh"]) == ("step_red", task.pk, "审查：超过环节时限")


def test_a_special_procedure_past_its_own_maximum_is_told_though_the_main_clock_stands_still(world, monkeypatch):
    heard = []
    monkeypatch.setitem(registers._step_listeners, "test", heard.extend)
    case = world.do(world.submit(world.item("licensing-survey")), "accept", "2026-03-02")
    case = world.do(case, "finish_survey", "2026-03-03")
    case = world.do(case, "start_expert_review", "2026-03-04")
    sweep(at=at("2026-06-01"))
    case.refresh_from_db()
    assert (case.paused, case.light, case.statutory_due_on) == (True, "red", None)
    assert [(each.step, each.kind, each.after) for each in heard] == [("expert_review", "special", "red")]


def test_a_light_missed_by_the_job_is_told_before_the_next_act(world, monkeypatch):
    heard = []
    monkeypatch.setitem(registers._listeners, "test", heard.extend)
    case = world.do(world.submit(), "accept", "2026-03-02")
    world.do(case, "pass", "2026-03-20")
    assert [(each.before, each.after) for each in heard] == [("green", "red")]


def test_what_the_law_did_late_and_is_late_itself_is_told(world, monkeypatch):
    heard = []
    monkeypatch.setitem(registers._listeners, "test", heard.extend)
    case = world.submit(world.item(promised=5))
    sweep(at=at("2026-03-27"))
    case.refresh_from_db()
    assert case.light == "red"
    assert heard[-1].after == "red"


def test_an_idle_sweep_looks_at_nothing(world):
    world.submit()
    assert sweep(at=at("2026-03-02")).checked == 0


def test_listeners_hear_of_every_turn_once(world, monkeypatch):
    heard = []
    monkeypatch.setitem(registers._listeners, "test", heard.extend)
    case = world.do(world.submit(), "accept", "2026-03-02")
    sweep(at=at("2026-03-13"))
    sweep(at=at("2026-03-13"))
    assert [(change.number, change.before, change.after, change.late_clocks) for change in heard] == [
        (case.number, "green", "red", ("step",))
    ]


def test_a_new_holiday_moves_the_dates_of_running_cases_and_says_so(world):
    case = world.do(world.submit(), "accept", "2026-03-02")
    other = world.do(world.submit(), "refuse_acceptance", "2026-03-03")
    year = CalendarYear.objects.get(year=2026, jurisdiction="")
    CalendarDay.objects.create(calendar_year=year, day=dt.date(2026, 3, 17), is_workday=False, name="extra")
    CalendarStamp.objects.all().delete()
    CalendarStamp.objects.create(changed_at=at("2026-03-03"))
    result = recount(at=at("2026-03-03"))
    assert (result.counted, result.moved) == (1, 1)
    case.refresh_from_db()
    assert case.statutory_due_on == dt.date(2026, 3, 31)
    event = CaseEvent.objects.get(case=case, act="recounted")
    assert event.data["statutory"] == "2026-03-30→2026-03-31"
    assert not CaseEvent.objects.filter(case=other, act="recounted").exists()
    assert recount(at=at("2026-03-03")).moved == 0


def test_next_check_is_never_in_the_past_for_a_swept_case(world):
    for day in ("2026-03-02", "2026-03-04"):
        world.do(world.submit(when=day), "accept", day)
    sweep(at=at("2026-03-20"))
    assert not Case.objects.filter(closed_at__isnull=True, next_check_on__lte=dt.date(2026, 3, 20)).exists()
    assert CaseClock.objects.filter(ended_on__isnull=True).exists()


def test_the_sweep_sees_what_an_act_would_see(world):
    """Both look with the same rules, one at rows read by the thousand, one at a loaded case."""
    survey = world.item("licensing-survey")
    cases = [world.do(world.submit(), "accept", "2026-03-02"), world.do(world.submit(survey), "accept", "2026-03-02")]
    cases.append(world.do(world.do(world.submit(survey), "accept", "2026-03-02"), "finish_survey", "2026-03-03"))
    cases[2] = world.do(cases[2], "start_expert_review", "2026-03-04")
    for day in ("2026-03-10", "2026-03-13", "2026-03-27", "2026-03-31", "2026-06-01"):
        sweep(at=at(day))
        for case in Case.objects.filter(pk__in=[case.pk for case in cases]).select_related("definition", "unit"):
            loaded = load_case(case)
            swept = seen(loaded)
            set_columns(loaded, at(day).date())
            assert seen(loaded) == swept
            assert case.event_seq == case.events.count()


def seen(loaded):
    case = loaded.case
    return case.light, case.paused, case.next_check_on, [task.light for task in loaded.tasks]


def test_one_case_that_cannot_be_settled_does_not_hold_up_the_others(world, monkeypatch, caplog):
    bad, good = world.submit(), world.submit()
    real = sweeping.settle

    def settle(*, case, at):
        if case.pk == bad.pk:
            raise RuntimeError
        return real(case=case, at=at)

    monkeypatch.setattr(sweeping, "settle", settle)
    result = sweep(at=at("2026-03-10"))
    assert (result.settled, result.failed) == (1, [bad.pk])
    good.refresh_from_db()
    assert good.status == Case.Status.ACCEPTED
    assert bad.number in caplog.text


def test_a_recount_goes_on_where_it_was_stopped_and_its_record_holds(world):
    cases = [world.do(world.submit(), "accept", "2026-03-02") for _each in range(3)]
    year = CalendarYear.objects.get(year=2026, jurisdiction="")
    CalendarDay.objects.create(calendar_year=year, day=dt.date(2026, 3, 17), is_workday=False, name="extra")
    CalendarStamp.objects.all().delete()
    CalendarStamp.objects.create(changed_at=at("2026-03-03"))
    run = start_recount(first_day=dt.date(2026, 1, 1), by="test", at=at("2026-03-03"))

    def stop(_run):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        run_recount(run=run, at=at("2026-03-03"), batch=1, progress=stop)
    run.refresh_from_db()
    assert (run.total, run.counted, run.moved, run.finished_at) == (3, 1, 1, None)
    done = run_recount(run=run, at=at("2026-03-03"), batch=1)
    assert (done.counted, done.moved, done.earlier) == (3, 3, 0)
    for case in cases:
        assert CaseEvent.objects.filter(case=case, act="recounted").count() == 1
        assert history(f"case:{case.number}").order_by("-seq").first().kind == "case.recounted"
    assert verify().whole


def test_who_holds_a_task_hears_that_it_is_due_earlier(world):
    case = world.do(world.submit(), "accept", "2026-03-02")
    case = world.do(case, "assign", "2026-03-02", by=world.reviewer, assignee=world.reviewer.account.pk)
    Identity.objects.filter(account=world.reviewer.account.pk).delete()
    Account.objects.filter(pk=world.reviewer.account.pk).update(email="reviewer@example.test")
    year = CalendarYear.objects.get(year=2026, jurisdiction="")
    CalendarDay.objects.create(calendar_year=year, day=dt.date(2026, 3, 7), is_workday=True, name="extra")
    CalendarStamp.objects.all().delete()
    CalendarStamp.objects.create(changed_at=at("2026-03-03"))
    result = recount(at=at("2026-03-03"))
    assert (result.moved, result.earlier) == (1, 1)
    told = Message.objects.get(about=f"case:{case.number}", template__code="due-moved")
    assert "2026-03-11" in told.body
