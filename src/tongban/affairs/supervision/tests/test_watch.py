"""Alarms from the record: raised once, with place and basis, from events and from time alone.

Where the engine would refuse the wrong, rows are written past it, as another system or a fault would write them.
"""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.utils import DatabaseError

from tongban.affairs.supervision.actions import examine, uphold_alarm, watch, watch_history, withdraw_alarm
from tongban.affairs.supervision.actions.raising import rules_in_force
from tongban.affairs.supervision.errors import OrderRefused
from tongban.affairs.supervision.models import Alarm, Watermark
from tongban.affairs.supervision.queries import alarms as queries
from tongban.affairs.supervision.queries.casefiles import case_files
from tongban.affairs.supervision.queries.orders import orders_of
from tongban.affairs.supervision.rules.registry import judge
from tongban.engines.cases.actions import ActionRefused, settle
from tongban.engines.cases.models import (
    Case,
    CaseClock,
    CaseDocument,
    CaseEvent,
    CaseMaterial,
    Correction,
    SpecialProcedure,
    Task,
)
from tongban.engines.cases.tests.factories import World, at
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.messaging.models import Message
from tongban.foundation.organizations.models import Posting
from tongban.foundation.organizations.permissions import NotAllowedError

ACTIONS = ("accept", "request_correction", "supplement", "finish_survey", "start_expert_review", "finish_expert_review",
           "pass", "grant", "issue", "deliver")  # fmt: skip


def raised(world: World, case: Case, when: str) -> dict[str, Alarm]:
    """Return what a look at a case raises."""
    return {alarm.rule_code: alarm for alarm in examine([case.pk], at=at(when)).raised}


def granted(world: World, process: str = "licensing-review") -> Case:
    """Return a case granted and handed over within a week."""
    case = world.submit(world.item(process), when="2026-03-02")
    for action, when in (("accept", "2026-03-03"), ("pass", "2026-03-05"), ("grant", "2026-03-06"),
                         ("issue", "2026-03-09"), ("deliver", "2026-03-09")):  # fmt: skip
        case = world.do(case, action, when)
    return case


def test_a_case_handled_by_the_real_actions_in_time_raises_nothing(watched: World) -> None:
    assert raised(watched, granted(watched), "2026-04-20") == {}


def test_a_case_left_alone_gets_its_signals_one_after_the_other(watched: World) -> None:
    case = watched.do(watched.submit(watched.item("licensing-review"), when="2026-03-02"), "accept", "2026-03-03")
    colors = []
    for day in range(60):
        when = (dt.date(2026, 3, 3) + dt.timedelta(days=day)).isoformat()
        colors += [
            (alarm.rule_code, alarm.color, str(alarm.entered_on)) for alarm in examine([case.pk], at=at(when)).raised
        ]
    step = CaseClock.objects.get(case=case, kind="step")
    promised, statutory = (CaseClock.objects.get(case=case, kind=kind) for kind in ("promised", "statutory"))
    assert {code: color for code, color, _on in colors} == {
        "SUP-11": "blue", "SUP-12": "blue", "SUP-21": "yellow", "SUP-22": "yellow", "SUP-31": "red", "RUL-06": "yellow",
    }  # fmt: skip
    days = {code: on for code, _color, on in colors}
    for code, clock in (("SUP-21", step), ("SUP-22", promised), ("SUP-31", statutory)):
        assert clock.due_on is not None
        assert days[code] == str(clock.due_on + dt.timedelta(days=1))
    assert len(colors) == 6


def test_looking_again_and_again_raises_nothing_twice(watched: World) -> None:
    case = watched.do(watched.submit(when="2026-03-02"), "accept", "2026-03-03")
    first = watch_history(at=at("2026-05-06"))
    assert len(first.raised) == 4
    assert watch_history(at=at("2026-05-06")).raised == []
    assert watch(at=at("2026-05-06")).raised == []
    assert watch_history(at=at("2026-05-07"), numbers=[case.number]).raised == []
    assert Alarm.objects.count() == 4
    assert len({alarm.number for alarm in first.raised}) == 4


def test_what_is_found_does_not_depend_on_how_often_one_looked(watched: World) -> None:
    """Twelve cases are played at random; looking each day and looking once at the end finds the same late limits."""
    rng = random.Random(11)  # noqa: S311
    items = [watched.item("licensing-survey"), watched.item("licensing-expert"), watched.item("licensing-review")]
    cases = []
    for number in range(12):
        day = dt.date(2026, 3, 2)
        case = watched.submit(items[number % 3], when=day.isoformat())
        for _turn in range(rng.randrange(8)):
            day += dt.timedelta(days=rng.choice((0, 1, 3, 9, 16)))
            settle(case=case, at=at(day.isoformat()))
            for action in rng.sample(ACTIONS, len(ACTIONS)):
                case.refresh_from_db()
                try:
                    watched.do(case, action, day.isoformat())
                except (ActionRefused, NotAllowedError):
                    continue
                break
            examine([case.pk], at=at(day.isoformat()))
        cases.append(case.pk)
    late = ("SUP-2", "SUP-3", "OFF-01")
    examine(cases, at=at("2026-06-30"))
    often = set(Alarm.objects.filter(color__in=("yellow", "red")).values_list("key", flat=True))
    settings = {code: rule.params for code, rule in rules_in_force().items()}
    files = case_files(cases, on=dt.date(2026, 6, 30))
    once = {f"{code}:{case.number}:{one.key}" for case, file in files for code, one in judge(file, settings)}
    assert {key for key in once if key.startswith(late)} <= {key for key in often if key.startswith(late)}
    assert any(key.startswith(late) for key in once)


def test_an_alarm_names_the_place_the_person_the_proof_and_the_basis(watched: World) -> None:
    case = watched.do(watched.submit(watched.item("licensing-review"), when="2026-03-02"), "accept", "2026-03-03")
    watched.do(case, "assign", "2026-03-03", by=watched.reviewer)
    alarm = raised(watched, case, "2026-03-25")["SUP-21"]
    clock = CaseClock.objects.get(case=case, kind="step")
    task = Task.objects.get(case=case, step="review")
    assert (alarm.unit, alarm.account, alarm.case, alarm.task, alarm.clock, alarm.step) == (
        case.unit, watched.reviewer.account, case, task, clock, "review",
    )  # fmt: skip
    assert str(clock.due_on) in alarm.finding["zh"]
    assert "working day(s) late" in alarm.finding["en"]
    assert alarm.basis["zh"]
    assert AuditEvent.objects.filter(stream=f"alarm:{alarm.number}", kind="supervision.alarm").exists()
    event = queries.proof_event(alarm)
    assert event is not None
    assert event.act == "assign"


def test_the_person_in_charge_is_told_of_new_alarms_in_one_message(watched: World) -> None:
    account = watched.reviewer.account
    assert account is not None
    account.email = "reviewer@tongban.test"
    account.save(update_fields=["email"])
    case = watched.do(watched.submit(watched.item("licensing-review"), when="2026-03-02"), "accept", "2026-03-03")
    watched.do(case, "assign", "2026-03-03", by=watched.reviewer)
    examine([case.pk], at=at("2026-03-24"))
    assert Message.objects.filter(account_id=account.pk).count() == 1
    assert watch_history(at=at("2026-06-01")).raised
    assert Message.objects.filter(account_id=account.pk).count() == 1


# -- wrongs written past the engine --------------------------------------------------------------------------------------


def test_a_decision_written_by_a_person_without_the_post_is_found(watched: World) -> None:
    case = granted(watched)
    CaseEvent.objects.filter(case=case, kind="grant").update(account=watched.surveyor.account)
    alarm = raised(watched, case, "2026-03-20")["RUL-07"]
    assert alarm.account == watched.surveyor.account
    assert alarm.event_seq == CaseEvent.objects.get(case=case, kind="grant").seq


def test_a_post_that_had_ended_or_was_never_confirmed_is_no_post(watched: World) -> None:
    case = granted(watched)
    posting = Posting.objects.get(account=watched.approver.account)
    Posting.objects.filter(pk=posting.pk).update(valid_from=dt.date(2026, 1, 1), valid_to=dt.date(2026, 3, 5))
    assert "RUL-07" in raised(watched, case, "2026-03-20")


def test_a_step_taken_out_of_the_record_is_found(watched: World) -> None:
    case = granted(watched)
    CaseEvent.objects.filter(case=case, step="review").update(task=None)
    CaseClock.objects.filter(task__step="review").delete()
    Task.objects.filter(case=case, step="review").delete()
    alarm = raised(watched, case, "2026-03-20")["RUL-01"]
    assert "审查" in alarm.finding["zh"]


def test_a_second_correction_a_foreign_material_and_a_fee_are_found(watched: World) -> None:
    case = granted(watched)
    for number in range(2):
        Correction.objects.create(
            case=case, items=[{"text": "请补交证明"}], asked_at=at(f"2026-03-0{number + 3}"), asked_by="x",
            due_on=dt.date(2026, 3, 20), answered_at=at(f"2026-03-0{number + 4}"),
        )  # fmt: skip
    item = case.implementation
    assert item is not None
    item.standard_item.materials.create(
        order=1, code="form", name={"zh": "申请书", "en": "Form"}, form="online_form", necessity="required",
        issuer_kind="applicant", where="application",
    )  # fmt: skip
    CaseMaterial.objects.filter(case=case, code="layout").update(code="stamp", name="村委会证明")
    CaseEvent.objects.create(
        case=case, seq=99, act="charge", kind="charge", at=at("2026-03-05"), effective_on=dt.date(2026, 3, 5),
        actor_key="system:payments", actor_name="payments", data={"fee": "材料费", "amount": "50"},
    )  # fmt: skip
    assert set(raised(watched, case, "2026-03-20")) == {"RUL-03", "RUL-04", "RUL-05"}


def test_a_clock_stopped_without_notice_and_a_review_that_hides_delay_are_found(watched: World) -> None:
    case = watched.submit(watched.item("licensing-expert"), when="2026-03-02")
    for action, when in (
        ("accept", "2026-03-03"),
        ("finish_survey", "2026-03-05"),
        ("start_expert_review", "2026-03-06"),
    ):
        case = watched.do(case, action, when)
    SpecialProcedure.objects.filter(case=case, code="expert_review").update(data={})
    CaseDocument.objects.filter(case=case, kind="special-procedure-notice").delete()
    assert set(raised(watched, case, "2026-03-09")) == {"RUL-09"}
    late = raised(watched, case, "2026-03-25")
    assert late["OFF-03"].color == "red"
    assert late["OFF-03"].step == "expert_review"
    case.refresh_from_db()
    assert case.paused
    assert not CaseClock.objects.filter(case=case, kind="statutory", running=True).exists()


def test_a_limit_other_than_the_catalogues_is_found_unless_the_catalogue_changed_later(watched: World) -> None:
    case = granted(watched)
    CaseClock.objects.filter(case=case, kind="promised").update(figure=60)
    assert set(raised(watched, case, "2026-03-20")) == {"RUL-08"}


# -- incremental ---------------------------------------------------------------------------------------------------------


def test_the_job_looks_at_what_changed_and_at_what_time_alone_changes(watched: World) -> None:
    quiet = watched.do(watched.submit(watched.item("licensing-review"), when="2026-03-02"), "accept", "2026-03-03")
    assert watch(at=at("2026-03-03")).raised == []
    assert watch(at=at("2026-03-04")).cases >= 0
    days = [(dt.date(2026, 3, 5) + dt.timedelta(days=n)).isoformat() for n in range(60)]
    step = [alarm.rule_code for when in days for alarm in watch(at=at(when)).raised]
    assert sorted(step) == ["RUL-06", "SUP-11", "SUP-12", "SUP-21", "SUP-22", "SUP-31"]
    assert watch_history(at=at(days[-1])).raised == []
    assert Alarm.objects.filter(case=quiet).count() == 6


def test_a_missed_fortnight_is_made_good_by_one_run(watched: World) -> None:
    watched.do(watched.submit(watched.item("licensing-review"), when="2026-03-02"), "accept", "2026-03-03")
    watch(at=at("2026-03-03"))
    assert {alarm.rule_code for alarm in watch(at=at("2026-04-30")).raised} == {"SUP-21", "SUP-22", "SUP-31", "RUL-06"}


def test_an_idle_run_looks_at_no_case_once_the_events_are_settled(watched: World) -> None:
    granted(watched)
    moments = [at("2026-03-20") + dt.timedelta(minutes=11 * turn) for turn in range(3)]
    looked = [watch(at=moment).cases for moment in moments]
    assert looked[0] == 1
    assert looked[-1] == 0
    assert Watermark.objects.get(name="events").settled == CaseEvent.objects.order_by("-pk")[0].pk


def test_the_command_says_what_it_found(watched: World, capsys: pytest.CaptureFixture[str]) -> None:
    case = watched.do(watched.submit(watched.item("licensing-review"), when="2026-03-02"), "accept", "2026-03-03")
    call_command("watch_cases", "--case", case.number, "--at", "2026-03-25T09:00")
    assert "SUP-21 1" in capsys.readouterr().out
    call_command("watch_cases", "--history", "--rule", "SUP-31", "--at", "2026-05-25T09:00")
    assert capsys.readouterr().out.startswith("SUP-31 1")


# -- wrong alarms --------------------------------------------------------------------------------------------------------


def test_a_wrong_alarm_is_withdrawn_with_a_reason_and_stays_on_record(watched: World) -> None:
    case = watched.do(watched.submit(watched.item("licensing-review"), when="2026-03-02"), "accept", "2026-03-03")
    alarm = raised(watched, case, "2026-03-25")["SUP-21"]
    with pytest.raises(OrderRefused):
        withdraw_alarm(alarm=alarm, reason="  ", by=watched.supervisor, at=at("2026-03-26"))
    for nobody in (watched.clerk, watched.head, watched.citizen):
        with pytest.raises(NotAllowedError):
            withdraw_alarm(alarm=alarm, reason="误报", by=nobody, at=at("2026-03-26"))
    held = withdraw_alarm(alarm=alarm, reason="系统故障，时钟记录有误", by=watched.supervisor, at=at("2026-03-26"))
    assert (held.state, held.withdrawn_by) == ("withdrawn", watched.supervisor.name)
    with pytest.raises(OrderRefused):
        uphold_alarm(alarm=alarm, by=watched.supervisor, at=at("2026-03-26"))
    assert examine([case.pk], at=at("2026-03-27")).raised == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Alarm.objects.filter(pk=alarm.pk).delete()


def test_an_alarm_may_be_upheld_after_review(watched: World) -> None:
    case = watched.do(watched.submit(watched.item("licensing-review"), when="2026-03-02"), "accept", "2026-03-03")
    alarm = raised(watched, case, "2026-03-25")["SUP-21"]
    assert uphold_alarm(alarm=alarm, by=watched.supervisor, at=at("2026-03-26")).state == "upheld"
    assert {row.alarm.state for row in queries.alarms_of(case, orders_of(case))} == {"standing", "upheld"}
