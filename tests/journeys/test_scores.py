"""(m) Scores: a unit objects to a point and the decision restores it; the month's bulletin is made and opened."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pikepdf
import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import shot
from tests.journeys.site import Site
from tongban.foundation.clock.now import today


def of_unit(site: Site, what: str) -> list[tuple[Any, ...]]:
    """Return columns of the demonstration unit's entries that stand and take points, the latest first."""
    return site.rows(
        f"SELECT {what} FROM indicators_pointentry e JOIN organizations_unit u ON u.id = e.unit_id"
        " LEFT JOIN indicators_pointentry b ON b.reverses_id = e.id LEFT JOIN indicators_objection o ON o.entry_id = e.id"
        " WHERE u.code = '420102-market_supervision' AND e.points < 0 AND e.reverses_id IS NULL AND b.id IS NULL"
        " AND o.id IS NULL AND e.about LIKE 'alarm:%%' ORDER BY e.day DESC, e.id DESC"
    )


@pytest.mark.parametrize("script", [False, True], ids=["noscript", "script"])
def test_a_unit_objects_to_a_point_and_the_decision_restores_it(
    open_page: Callable[..., Page], site: Site, script: bool
) -> None:
    key, day, about = of_unit(site, "e.id, e.day, e.about")[0]
    month = f"{day:%Y-%m}"
    head = open_page("head", script=script)
    head.goto(f"/desk/scores/mine/?period={month}&show=taken")
    taken = Decimal(head.locator(".stat dd a.plain").first.inner_text())
    shot(head, f"scores-{script}-1-unit")
    head.locator(f"a[href='/desk/scores/entries/{key}/']").click()
    head.locator("#grounds").fill("当日系统停机，有停机公告和受理登记为证。")
    shot(head, f"scores-{script}-2-object")
    head.get_by_role("button", name="提出申诉").click()
    head.wait_for_load_state()
    number = re.search(r"SS\d+", head.locator("main").inner_text())
    assert number

    supervisor = open_page("supervisor", script=script)
    supervisor.goto("/desk/objections/")
    supervisor.get_by_role("link", name=number.group()).click()
    assert "当日系统停机" in supervisor.locator("main").inner_text()
    supervisor.locator("input[name=verdict][value=upheld]").check()
    supervisor.locator("#decision").fill("停机公告属实，予以撤销。")
    supervisor.get_by_role("button", name="作出决定").click()
    supervisor.wait_for_load_state()
    shot(supervisor, f"scores-{script}-3-decided")

    head.goto(f"/desk/scores/mine/?period={month}&show=taken")
    now_taken = head.locator(".stat dd a.plain").first.inner_text()
    (points,) = site.rows("SELECT points FROM indicators_pointentry WHERE id = %s", key)[0]
    assert Decimal(now_taken) == taken + points
    head.goto(f"/desk/scores/entries/{key}/")
    assert "停机公告属实" in head.locator("main").inner_text()
    state = site.rows("SELECT state FROM supervision_alarm WHERE number = %s", about.partition(":")[2])
    assert state == [("withdrawn",)]
    site.manage("settle_scores")  # other journeys leave alarms and closed cases behind
    assert "agree" in site.manage("check_scores")


def publish(page: Page, period: str, reason: str) -> None:
    """Ask for a bulletin of a period."""
    page.goto("/desk/bulletins/publish/")
    page.locator("#period").select_option(period)
    page.locator("#reason").fill(reason)
    page.get_by_role("button", name="发布").click()
    page.wait_for_load_state()


def test_the_months_bulletin_is_made_and_opened_as_page_workbook_and_paper(
    open_page: Callable[..., Page], site: Site
) -> None:
    (month,) = site.rows(
        "SELECT max(s.month) FROM indicators_standing s JOIN organizations_unit u ON u.id = s.unit_id"
        " WHERE u.code = '420102-market_supervision' AND s.account_id IS NULL AND s.month < %s",
        today().replace(day=1),
    )[0]
    title = f"行政审批效能通报（{month.year}年{month.month}月）"
    supervisor = open_page("supervisor", script=False)
    publish(supervisor, f"{month:%Y-%m}", "补记一项，重新公布。")
    publish(supervisor, f"{month:%Y-%m}", "")
    assert "请写明更正原因" in supervisor.locator("main").inner_text()
    supervisor.locator("#reason").fill("一件申诉成立，重新公布。")
    supervisor.get_by_role("button", name="发布").click()
    supervisor.wait_for_load_state()
    assert "送达与阅读" in supervisor.locator("main").inner_text()

    head = open_page("head", script=False)
    head.goto("/desk/bulletins/")
    assert "未读" in head.locator("tr", has_text=title).first.inner_text()
    shot(head, "bulletin-1-list")
    head.locator("tr", has_text=title).first.get_by_role("link", name=title).first.click()
    head.wait_for_load_state()
    body = head.locator("main").inner_text()
    assert "武汉市江岸区市场监督管理局" in body
    assert "一件申诉成立" in body
    shot(head, "bulletin-2-page")
    shown = head.locator("tr", has_text="武汉市江岸区市场监督管理局").locator("td.num b").inner_text()

    request = head.context.request
    book = request.get(head.get_by_role("link", name="XLSX").get_attribute("href") or "")
    rows = list(openpyxl.load_workbook(io.BytesIO(book.body()))["得分表"].iter_rows(values_only=True))
    line = next(row for row in rows if row[3] == "420102-market_supervision")
    assert Decimal(str(line[4])) == Decimal(shown)
    paper = request.get(head.get_by_role("link", name="PDF").get_attribute("href") or "")
    assert paper.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(paper.body())) as pages:
        assert len(pages.pages) >= 1
        assert "/AcroForm" in pages.Root

    supervisor.reload()
    assert "已阅 1 人" in supervisor.locator("main").inner_text()
