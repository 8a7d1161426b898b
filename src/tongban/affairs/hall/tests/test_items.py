"""The items of the four newer processes run from the application to the result, each through the doors people use."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.affairs.hall.actions.again import begin_renewal, file_anew
from tongban.affairs.hall.actions.apply import ApplicationError, submit_application
from tongban.affairs.hall.queries import renewal_offers
from tongban.engines.cases.actions import ActionRefused, sweep
from tongban.engines.cases.models import Case, CaseDocument, CaseEvent, Task
from tongban.engines.cases.tests.factories import at
from tongban.engines.licenses.actions.issuing import Holder, issue_license
from tongban.engines.licenses.models import License
from tongban.foundation.forms.actions import save_draft
from tongban.foundation.forms.queries import answers_of
from tongban.foundation.organizations.actor import actor_of, system_actor

ROBOT = system_actor("tests")


def run(province, case, *steps):
    for action, when, *data in steps:
        case = province.do(case, action, when, **(data[0] if data else {}))
    return case


def issued(case: Case) -> License:
    return License._base_manager.get(case_number=case.number)


def test_a_request_for_information_is_confirmed_extended_and_answered(province):
    case = province.apply("information", when="2026-04-28")
    case = run(
        province,
        case,
        ("confirm", "2026-04-28"),
        ("request_extension", "2026-05-20", {"days": 10}),
        ("approve_extension", "2026-05-21"),
        ("propose", "2026-05-22"),
        ("disclose", "2026-05-25", {"opinion": "予以公开，文件见附件。"}),
        ("deliver", "2026-05-25"),
    )
    assert (case.status, case.result) == ("closed", "granted")
    kinds = set(CaseDocument.objects.filter(case=case).values_list("kind", flat=True))
    assert {"information-confirmation", "information-extension", "information-reply"} <= kinds


def test_a_registration_is_made_and_the_license_issued(province):
    case = run(
        province,
        province.apply("registration"),
        ("register", "2026-03-02"),
        ("issue", "2026-03-02"),
        ("deliver", "2026-03-02"),
    )
    license_ = issued(case)
    assert (case.result, license_.type.code, license_.valid_to) == ("granted", "individual_business", None)
    assert license_.data["business_name"] == "武汉市江岸区江畔小吃店"


def test_a_returned_registration_is_filed_anew_with_what_was_entered(province):
    case = run(
        province, province.apply("registration"), ("return_application", "2026-03-03", {"items": "名称缺行业用语"})
    )
    assert (case.status, case.result) == ("closed", "returned")
    by = actor_of(province.citizen, on=dt.date(2026, 3, 4))
    draft = file_anew(case=case, by=by, at=at("2026-03-04"))
    kept = answers_of(draft)
    assert (kept["business_name"], kept.get("truthful")) == ("武汉市江岸区江畔小吃店", None)
    assert draft.extra["materials"]["premises"]["files"]
    assert file_anew(case=case, by=by, at=at("2026-03-04")).pk == draft.pk
    draft = save_draft(
        draft=draft,
        answers={"business_name": "武汉市江岸区江畔小吃店二店", "truthful": True},
        by=by,
        at=at("2026-03-05"),
    )
    again = submit_application(draft=draft, by=by, at=at("2026-03-05"))
    assert (again.number != case.number, again.statutory_due_on) == (True, dt.date(2026, 3, 10))
    closed = run(province, again, ("register", "2026-03-05"), ("issue", "2026-03-05"), ("deliver", "2026-03-05"))
    with pytest.raises(ApplicationError):
        file_anew(case=closed, by=by, at=at("2026-03-06"))


def test_one_application_asks_three_departments_and_gives_one_license(province):
    case = run(province, province.apply("joint"), ("accept", "2026-03-02"))
    assert Task.objects.filter(case=case, kind="joint").count() == 3
    assert case.statutory_due_on == dt.date(2026, 5, 8)
    world = province.world
    for person in (world.emergency, world.housing, world.other_reviewer):
        case = world.do(case, "reply", "2026-03-05", by=person, conclusion="agree", opinion="同意")
    case = run(
        province,
        case,
        ("summarise", "2026-03-06"),
        ("grant", "2026-03-09"),
        ("issue", "2026-03-09"),
        ("deliver", "2026-03-10"),
    )
    license_ = issued(case)
    assert (license_.type.code, license_.unit, license_.data["rooms"]) == (
        "hotel_trade",
        world.units["service"],
        "32 间",
    )


def test_what_the_city_decides_bears_the_citys_name_and_code(province):
    case = run(
        province,
        province.apply("two_level"),
        ("accept", "2026-03-02"),
        ("pass", "2026-03-04"),
        ("agree", "2026-03-09"),
        ("grant", "2026-03-10"),
        ("issue", "2026-03-11"),
        ("deliver", "2026-03-12"),
    )
    city = province.world.units["city_education"]
    license_ = issued(case)
    assert (case.unit, license_.unit) == (province.world.units["education"], city)
    assert city.credit_code in license_.identifier
    decision = CaseDocument.objects.select_related("document__unit").get(case=case, kind="grant-decision").document
    assert (decision.unit, decision.signed) == (city, True)
    assert license_.document.unit == city


def firm_license(province, code="food_business", valid_from=dt.date(2021, 6, 1)):
    data = {
        "food_business": {"address": "沿江大道", "area": "80", "business_type": "餐饮服务"},
        "business_license": {"address": "沿江大道", "scope": "餐饮"},
    }[code]
    return issue_license(
        type_code=code,
        unit=province.world.units["lead"],
        holder=Holder("江畔小厨", "91350100M000100Y43", "organization"),
        data=data,
        case_number="",
        valid_from=valid_from,
        by=ROBOT,
        at=at(valid_from.isoformat()),
    )


def test_unopposed_for_twenty_days_a_firm_is_deregistered_by_the_job(province):
    license_ = firm_license(province, "business_license")
    case = province.apply("deregistration", when="2026-03-02")
    with pytest.raises(ActionRefused):
        province.world.do(case, "unopposed", "2026-03-10", by=province.world.reviewer)
    assert sweep(at=at("2026-03-23")).settled == 0
    assert sweep(at=at("2026-03-27")).settled == 1
    assert sweep(at=at("2026-03-27")).settled == 0
    case.refresh_from_db()
    license_.refresh_from_db()
    assert (case.status, case.result, license_.status) == ("decided", "granted", "cancelled")
    event = CaseEvent.objects.get(case=case, act="unopposed")
    assert (event.actor_key, event.effective_on) == ("system:law", dt.date(2026, 3, 24))
    assert CaseDocument.objects.filter(case=case, kind="deregistration-notice").exists()


def test_an_objection_ends_the_simplified_way_and_the_license_stays(province):
    license_ = firm_license(province, "business_license")
    case = run(province, province.apply("deregistration"), ("object", "2026-03-10"), ("deliver", "2026-03-11"))
    license_.refresh_from_db()
    assert (case.result, license_.status) == ("refused", "valid")
    assert sweep(at=at("2026-03-27")).settled == 0


def test_a_license_is_renewed_from_what_was_said_before(province):
    license_ = firm_license(province)
    (offer,) = renewal_offers([License._base_manager.get(pk=license_.pk)], on=dt.date(2026, 3, 2)).values()
    assert (offer.code, offer.late, offer.case) == (province.items["renewal"].code, False, "")
    assert offer.timely_until == dt.date(2026, 5, 11)
    by = actor_of(province.firm, on=dt.date(2026, 3, 2))
    draft = begin_renewal(
        implementation=province.items["renewal"],
        license_=license_,
        applicant=province.firm.pk,
        by=by,
        at=at("2026-03-02"),
    )
    assert answers_of(draft)["area"] == "80"


def test_silence_until_the_last_day_renews_a_timely_application(province):
    license_ = firm_license(province)
    case = province.apply("renewal", when="2026-05-08", renews=license_.identifier)
    assert case.renews_id == license_.pk
    with pytest.raises(ApplicationError):
        province.apply("renewal", when="2026-05-09", renews=license_.identifier)
    province.do(case, "accept", "2026-05-09")
    assert sweep(at=at("2026-05-31")).settled == 0
    assert sweep(at=at("2026-06-03")).settled == 1
    case.refresh_from_db()
    license_ = License._base_manager.get(pk=license_.pk)
    assert (case.result, license_.valid_to) == ("granted", dt.date(2031, 5, 31))
    run(province, case, ("issue", "2026-06-03"))
    renewed = License._base_manager.get(case_number=case.number)
    assert (renewed.version, renewed.number, renewed.valid_from) == (2, license_.number, dt.date(2026, 6, 1))


def test_too_late_for_the_items_own_rule_nothing_is_deemed(province):
    license_ = firm_license(province)
    case = province.apply("renewal", when="2026-05-12", renews=license_.identifier)
    province.do(case, "accept", "2026-05-13")
    sweep(at=at("2026-06-03"))
    case.refresh_from_db()
    assert case.result == ""


def test_without_a_license_of_the_unit_there_is_nothing_to_renew(province):
    with pytest.raises(ApplicationError):
        province.apply("renewal")
