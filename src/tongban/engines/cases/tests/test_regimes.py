"""Correction is three machines: asked once before acceptance, the reply begun anew, or the papers returned."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import ActionRefused, sweep
from tongban.engines.cases.models import Case, CaseClock, CaseEvent
from tongban.engines.cases.tests.factories import at, open_steps
from tongban.engines.cases.tests.test_definition import refused


def information(world, when="2026-04-28"):
    case = world.submit(world.item("information-request", statutory=None, promised=None), when=when)
    return world.do(case, "confirm", when)


def registration(world, when="2026-09-30"):
    return world.submit(world.item("registration", statutory=None, promised=None), when=when)


def test_the_reply_counts_from_the_day_both_sides_confirm(world):
    case = world.submit(world.item("information-request", statutory=None, promised=None), when="2026-04-27")
    assert case.statutory_due_on is None
    case = world.do(case, "confirm", "2026-04-28")
    assert case.statutory_due_on == dt.date(2026, 5, 28)
    clock = CaseClock.objects.get(case=case, kind="statutory")
    assert (clock.figure, clock.rule_id, clock.rule_version) == (20, "OGI-03", "2")


def test_a_corrected_request_begins_the_reply_anew(world):
    case = information(world, "2026-02-12")
    case = world.do(case, "request_correction", "2026-02-28", days=10)
    assert (case.status, case.statutory_due_on, case.light) == (Case.Status.CORRECTION, None, "paused")
    case = world.do(case, "supplement", "2026-03-06")
    assert (case.status, case.statutory_due_on) == (Case.Status.HANDLING, dt.date(2026, 4, 3))
    assert list(CaseClock.objects.get(case=case, kind="statutory").entries.values_list("kind", "resumption")) == [
        ("start", ""), ("stop", ""), ("resume", "restart"),
    ]  # fmt: skip


def test_a_correction_can_be_asked_for_once_and_only_within_seven_working_days(world):
    late = information(world, "2026-02-12")
    with pytest.raises(ActionRefused) as wrong:
        world.do(late, "request_correction", "2026-03-02", days=10)
    assert wrong.value.code == "correction_late"
    late.refresh_from_db()
    assert late.statutory_due_on == dt.date(2026, 3, 18)
    assert CaseEvent.objects.get(case=late, act="lapse").effective_on == dt.date(2026, 3, 1)
    once = information(world, "2026-03-02")
    world.do(once, "request_correction", "2026-03-03", days=5)
    once = world.do(once, "supplement", "2026-03-04")
    with pytest.raises(ActionRefused) as wrong:
        world.do(once, "request_correction", "2026-03-05", days=5)
    assert wrong.value.code == "correction_once"


def test_a_window_in_which_something_may_be_asked_turns_no_light(world):
    case = information(world, "2026-03-02")
    sweep(at=at("2026-03-11"))
    case.refresh_from_db()
    assert case.light == "green"


def test_a_request_not_corrected_is_given_up_in_every_line(world):
    case = world.submit(
        world.item("information-request", statutory=None, promised=None, unit_=world.units["other"]), when="2026-03-02"
    )
    case = world.do(case, "confirm", "2026-03-02")
    world.do(case, "request_correction", "2026-03-04", days=5)
    sweep(at=at("2026-03-20"))
    case.refresh_from_db()
    assert (case.status, case.result) == (Case.Status.ABANDONED, "abandoned")
    assert CaseEvent.objects.get(case=case, act="abandon").effective_on == dt.date(2026, 3, 12)


def test_a_silent_agency_consents_and_a_silent_third_party_leaves_the_decision(world):
    asked = [information(world), information(world)]
    world.do(asked[0], "start_co_author", "2026-05-11")
    world.do(asked[1], "start_third_party", "2026-05-11")
    sweep(at=at("2026-06-01"))
    assert {case.specials.get().ended_at for case in asked} == {None}
    sweep(at=at("2026-06-10"))
    for case, code in zip(asked, ("consent", "silent"), strict=True):
        case.refresh_from_db()
        special = case.specials.get()
        assert (special.result, case.statutory_due_on) == (code, dt.date(2026, 6, 22))
        assert "逾期未提出意见" in special.opinion
        event = CaseEvent.objects.filter(case=case, kind="finish_special").get()
        assert (event.effective_on, event.actor_key) == (dt.date(2026, 6, 2), "system:law")
        assert open_steps(case) == ["handling"]


def test_the_letter_of_consultation_is_on_file_and_not_shown_to_the_applicant(world):
    case = world.do(information(world), "start_third_party", "2026-05-11")
    letter = case.documents.get(kind="information-consultation")
    assert not letter.visible_to_applicant
    assert case.documents.get(kind="information-confirmation").document.number.startswith("江岸市监公开收〔2026〕")


def test_the_head_of_the_disclosure_office_extends_and_nobody_else(world):
    case = world.do(information(world), "request_extension", "2026-05-20", days=20)
    with pytest.raises(ActionRefused):
        world.do(case, "approve_extension", "2026-05-21", by=world.head)
    case = world.do(case, "approve_extension", "2026-05-21", by=world.disclosure)
    assert case.statutory_due_on == dt.date(2026, 6, 26)


def test_a_registration_counts_from_receipt_and_is_made_on_the_spot(world):
    case = registration(world)
    assert (case.status, case.statutory_due_on) == (Case.Status.ACCEPTED, dt.date(2026, 10, 10))
    for action in ("register", "issue", "deliver"):
        case = world.do(case, action, "2026-09-30")
    assert (case.status, case.result) == (Case.Status.CLOSED, "granted")


def test_papers_are_returned_with_everything_missing_and_filed_anew(world):
    case = registration(world, "2026-03-02")
    case = world.do(case, "return_application", "2026-03-04", items="章程\n住所证明")
    assert (case.status, case.result) == (Case.Status.CLOSED, "returned")
    notice = case.documents.get(kind="registration-return").document
    assert notice.data["corrections"] == ["章程", "住所证明"]
    again = registration(world, "2026-03-09")
    assert again.number != case.number
    assert again.statutory_due_on == dt.date(2026, 3, 12)


def test_the_registrar_may_take_three_more_days_with_the_heads_approval(world):
    case = world.do(registration(world), "request_extension", "2026-10-09", days=3)
    case = world.do(case, "approve_extension", "2026-10-09")
    assert case.statutory_due_on == dt.date(2026, 10, 14)


@pytest.mark.parametrize(
    ("code", "change", "place", "words"),
    [
        (
            "registration",
            lambda data: data["steps"]["examination"]["actions"].update(request_correction={}),
            "steps.examination.actions.request_correction",
            "市场主体登记程序没有",
        ),
        (
            "registration",
            lambda data: data["clocks"].update(acceptance={"limit": {"rule": "LIC-02"}, "on_expiry": "deemed_accept"}),
            "clocks.acceptance",
            "没有这个时限",
        ),
        ("information-request", lambda data: data["clocks"].pop("notice"), "clocks", "补正告知时限"),
        (
            "information-request",
            lambda data: data["specials"]["third_party"].update(kind="expert_review"),
            "specials.third_party.stops_clock",
            "政府信息公开条例第三十三条",
        ),
        (
            "information-request",
            lambda data: data["specials"]["third_party"]["on_expiry"].update(conclusion="maybe"),
            "specials.third_party.on_expiry.conclusion",
            "结论应为",
        ),
        (
            "information-request",
            lambda data: data["extension"].update(approver="unit_head"),
            "extension.approver",
            "disclosure_head",
        ),
        ("licensing-joint", lambda data: data["extension"].update(unit="lead"), "extension.approver", "government_head"),
        (
            "licensing-expert",
            lambda data: data["steps"]["review"].update(starts=["survey", "expert_review"]),
            "steps.review.starts",
            "必须由人启动",
        ),
        (
            "licensing-review",
            lambda data: data["specials"]["expert_review"]["start"].pop("notices"),
            "specials.expert_review.start.notices",
            "书面告知",
        ),
        ("licensing-two-level", lambda data: data["clocks"]["review"].pop("until"), "clocks.review", "until"),
    ],
)  # fmt: skip
def test_what_a_regime_does_not_know_is_refused_at_publication(world, code, change, place, words):
    problems = refused(change, code)
    assert any(words in str(problem) and place in str(problem) for problem in problems), [str(p) for p in problems]
