"""A new year's working days are entered, confirmed by a second person, and the dates of running cases move."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.conftest import shot
from tests.journeys.site import Site
from tests.journeys.steps import act, apply, item_code

FOOD = "食品经营许可（新办）"
NOTICE = """元旦：1月1日至5日放假，1月9日上班
春节：2月5日至11日放假，共7天，2月14日、2月20日上班
清明节：4月3日至5日放假
劳动节：5月1日至5日放假，5月8日上班
端午节：6月9日放假
中秋节：9月15日放假
国庆节：10月1日至7日放假，9月26日、10月9日上班"""
TITLE = "国务院办公厅关于2027年部分节假日安排的通知（演示）"
LONGER = """
from tongban.engines.catalog.models import Implementation
Implementation.objects.filter(code="{code}").update(statutory_figure=40)
"""
DUE = "SELECT statutory_due_on, due_provisional FROM cases_case WHERE number = %s"


def test_a_new_year_is_entered_confirmed_by_another_and_dates_move(open_page: Callable[..., Page], site: Site) -> None:
    code = item_code(site, FOOD)
    site.manage("shell", "-c", LONGER.format(code=code))  # a period that reaches into the next year
    firm = open_page("firm")
    number = apply(firm, code, "food_business")
    act(open_page("clerk"), number, "accept")
    ((before, provisional),) = site.rows(DUE, number)
    assert before.year == 2027
    assert provisional

    admin = open_page("sysadmin", script=False)
    admin.goto("/console/calendars/")
    assert "2027 年的节假日安排还没有录入" in admin.locator("main").inner_text()
    admin.goto("/console/calendars/new/")
    admin.locator("[name=source]").fill(TITLE)
    admin.locator("[name=text]").fill(NOTICE.replace("共7天", "共8天"))
    admin.locator("button[value=preview]").click()
    assert "没有读懂这一句" in admin.locator(".errsum").inner_text()
    admin.locator("[name=text]").fill(NOTICE)
    admin.locator("button[value=preview]").click()
    preview = admin.locator("main").inner_text()
    assert "2027-01-09" in preview
    assert "到期日变动" in preview
    shot(admin, "calendar-preview")
    admin.locator("button[value=propose]").click()
    address = admin.url
    assert "您是录入人" in admin.locator("main").inner_text()
    assert site.rows(DUE, number)[0][0] == before

    other = open_page("secadmin", script=False)
    other.goto(address)
    other.locator("form[action$='/confirm/'] button").click()
    assert "已生效" in other.locator(".msgs").inner_text()
    for _attempt in range(60):
        after, provisional = site.rows(DUE, number)[0]
        if after != before:
            break
        other.wait_for_timeout(500)
    assert after > before
    assert not provisional
    other.reload()
    assert "已完成" in other.locator("main").inner_text()
    assert "还没有录入" not in other.locator("main").inner_text()
    shot(other, "calendar-recounted")

    firm.goto(f"/my/cases/{number}/")
    assert "到期日重新计算" in firm.locator("main").inner_text()
    desk = open_page("clerk")
    desk.goto(f"/desk/cases/{number}/clock/")
    assert after.isoformat() in desk.locator("main").inner_text()
    shot(desk, "calendar-case")
