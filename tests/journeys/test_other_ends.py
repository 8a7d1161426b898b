"""(b) refusal, (c) deemed acceptance, (d) an instant item, (e) one case and every role, (g) English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.conftest import shot
from tests.journeys.site import Site
from tests.journeys.steps import act, apply, item_code, wait_for_text
from tests.journeys.test_license import SURVEY

FOOD = "食品经营许可（新办）"
SETTLE = """
import datetime as dt
from tongban.engines.cases.actions import settle
from tongban.engines.cases.models import Case
settle(case=Case.objects.get(number="{number}"), at=dt.datetime.fromisoformat("{later}"))
"""


def test_a_refusal_gives_reasons_and_remedies(open_page: Callable[..., Page], site: Site) -> None:
    firm = open_page("firm")
    number = apply(firm, item_code(site, FOOD), "food_business")
    act(open_page("clerk"), number, "accept")
    act(
        open_page("surveyor"), number, "finish_survey", **(SURVEY | {"conclusion": "fail", "opinion": "没有冷食专间。"})
    )
    act(
        open_page("reviewer"),
        number,
        "object",
        opinion="不具备制售冷食的条件。",
        basis="《食品安全法》第三十三条第一款第四项",
    )
    act(
        open_page("approver"),
        number,
        "refuse",
        reason="没有设置冷食专间，不具备制售冷食类食品的条件。",
        basis="《食品安全法》第三十三条",
        remedies="可以自收到本决定之日起六十日内申请行政复议，或者六个月内提起行政诉讼。",
    )
    assert "不予" in wait_for_text(firm, "不予")
    firm.goto(f"/my/cases/{number}/")
    page = firm.locator("main").inner_text()
    assert "没有设置冷食专间" in page
    shot(firm, "refusal")
    document = site.rows(
        "SELECT d.id FROM cases_casedocument d JOIN cases_case c ON c.id = d.case_id"
        " WHERE c.number = %s AND d.kind = 'refusal-decision'",
        number,
    )[0][0]
    answer = firm.request.get(f"/my/cases/{number}/documents/{document}/")
    assert answer.body().startswith(b"%PDF")


def test_a_refusal_without_reasons_is_not_taken_and_nothing_typed_is_lost(
    open_page: Callable[..., Page], site: Site
) -> None:
    firm, clerk = open_page("firm"), open_page("clerk")
    number = apply(firm, item_code(site, FOOD), "food_business")
    clerk.goto(f"/desk/cases/{number}/?action=refuse_acceptance")
    clerk.locator("[name=f-remedies]").fill("可以申请行政复议。")
    clerk.locator("section.act-form form button.btn").last.click()
    clerk.wait_for_load_state()
    assert clerk.locator(".errsum").count()
    assert clerk.locator("[name=f-remedies]").input_value() == "可以申请行政复议。"
    shot(clerk, "refusal-without-reason")


def test_silence_for_five_working_days_is_acceptance_from_the_day_of_receipt(
    open_page: Callable[..., Page], site: Site
) -> None:
    firm = open_page("firm")
    number = apply(firm, item_code(site, FOOD), "food_business")
    later = (dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=12)).isoformat()
    site.manage("shell", "-c", SETTLE.format(number=number, later=later))
    status, received, accepted = site.rows(
        "SELECT status, submitted_at::date, accepted_at::date FROM cases_case WHERE number = %s", number
    )[0]
    assert status in ("accepted", "handling")
    assert accepted is not None
    assert received <= accepted
    firm.goto(f"/my/cases/{number}/")
    assert "视为受理" in firm.locator("main").inner_text() or "即为受理" in firm.locator("main").inner_text()
    shot(firm, "deemed-accepted")


def test_an_instant_item_is_done_in_one_act(open_page: Callable[..., Page], site: Site) -> None:
    firm, clerk = open_page("firm"), open_page("clerk")
    number = apply(firm, item_code(site, "仅销售预包装食品备案"), "prepackaged_food")
    act(clerk, number, "grant")
    act(clerk, number, "deliver", delivery="electronic")
    assert site.rows("SELECT status, result FROM cases_case WHERE number = %s", number)[0] == ("closed", "granted")
    firm.goto(f"/my/cases/{number}/")
    shot(firm, "instant")


def test_each_role_sees_the_case_as_its_work_needs_and_a_stranger_sees_nothing(
    open_page: Callable[..., Page], site: Site
) -> None:
    number = apply(open_page("firm"), item_code(site, FOOD), "food_business")
    for role in ("clerk", "reviewer", "surveyor", "approver", "head", "supervisor"):
        page = open_page(role)
        answer = page.goto(f"/desk/cases/{number}/")
        assert answer is not None
        assert answer.status == 200, role
        shot(page, f"case-as-{role}")
        offered = page.locator(".acts a.btn").count()
        assert (offered > 0) == (role in ("clerk", "head")), (role, offered)
    for other in ("", "citizen", "sysadmin", "secadmin", "auditor"):
        if other == "citizen":
            continue  # the citizen may act for the firm
        page = open_page(other)
        answer = page.goto(f"/desk/cases/{number}/")
        assert answer is not None
        assert answer.status == 404 or "/accounts/login/" in page.url, other
    stranger = open_page("auditor")
    answer = stranger.goto(f"/my/cases/{number}/")
    assert answer is not None
    assert answer.status == 404


def test_the_hall_speaks_english(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("firm", language="en-US")
    page.goto("/hall/")
    shot(page, "english-home")
    assert "Search" in page.locator("main").inner_text()
    number = apply(page, item_code(site, FOOD), "food_business")
    page.goto(f"/my/cases/{number}/")
    shot(page, "english-case")
    assert "Case number" in page.locator("main").inner_text() or "case" in page.title().lower()
    desk = open_page("clerk", language="en-US")
    desk.goto(f"/desk/cases/{number}/")
    shot(desk, "english-desk")
