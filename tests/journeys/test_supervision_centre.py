"""A supervisor goes from the wall to one event; a citizen reads what was promised and what it took."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import shot
from tests.journeys.site import Site
from tongban.foundation.clock.now import today

REASON = "现场核查人员不足，核查排期推后，已增派人员。"
BUSY = """
SELECT r3.code, r4.code, u.code, s.code FROM supervision_livefigure f
JOIN organizations_unit u ON u.id = f.unit_id JOIN organizations_region r4 ON r4.id = u.region_id AND r4.level = 4
JOIN organizations_region r3 ON r3.id = r4.parent_id AND r3.level = 3
JOIN catalog_implementation s ON s.id = f.implementation_id
ORDER BY (r4.code = '420102') DESC, f.light = 'red' DESC, f.id LIMIT 1
"""
LATE = """
SELECT c.number, to_char(c.closed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') FROM cases_case c
JOIN organizations_unit u ON u.id = c.unit_id JOIN organizations_region r ON r.id = u.region_id
WHERE c.closed_at IS NOT NULL AND r.code = '420102' AND u.line = 'market_supervision'
AND EXISTS (SELECT 1 FROM cases_caseclock k WHERE k.case_id = c.id AND k.late AND k.kind IN ('promised', 'statutory'))
ORDER BY c.closed_at LIMIT 1
"""


@pytest.fixture(scope="module")
def counted(site: Site) -> Iterator[Site]:
    """The province with its figures counted and last month's service standard out."""
    assert "0 differ" in site.manage("check_rollups")
    last = today().replace(day=1) - dt.timedelta(days=1)
    assert "figures published" in site.manage("publish_standard", "--month", f"{last:%Y-%m}")
    return site


def number(text: str) -> int:
    found = re.search(r"\d+", text)
    assert found, text
    return int(found.group())


def test_a_supervisor_drills_from_the_wall_to_the_event(open_page: Callable[..., Page], counted: Site) -> None:
    city, county, unit, item = counted.rows(BUSY)[0]
    page = open_page("supervisor")
    page.goto("/desk/supervision/wall/")
    page.locator("[data-chart=places] canvas").first.wait_for()
    assert page.locator("main form[method=post]").count() == 0
    shot(page, "supervision-wall")
    page.locator("#places-twin summary").click()
    page.locator(f"#places-twin a[href='?region={city}']").click()
    page.goto(f"/desk/supervision/?region={city}")
    page.locator(f"a[href*='region={county}&']").first.click()
    page.locator(f"main a[href*='unit={unit}&']").first.click()
    assert page.locator("main form[method=post]").count() == 0
    row = page.locator("tr", has=page.locator(f"a[href$='item={item}']")).first
    running = number(row.locator("td").first.inner_text())
    row.locator("th a").click()
    assert page.locator("tbody tr").count() == min(running, 50)
    page.locator("tbody td.n a").first.click()
    assert page.locator("svg.flow").first.is_visible()
    assert page.locator(".tl li, .timeline li, main ol li").count() > 0
    shot(page, "supervision-case")


def test_without_javascript_the_tables_say_the_same(open_page: Callable[..., Page], counted: Site) -> None:
    plain = open_page("supervisor", script=False)
    plain.goto("/desk/supervision/")
    live = counted.rows("SELECT sum(running) FROM supervision_livefigure")[0][0]
    assert number(plain.locator(".stat dd").first.inner_text()) == live
    for name in ("days", "steps", "slow"):
        assert plain.locator(f"#{name}-twin table").is_visible()
    assert plain.locator("[data-chart]:visible").count() == 0


def test_the_charts_break_no_rule_of_the_browser(open_page: Callable[..., Page], counted: Site) -> None:
    page = open_page("supervisor")
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto("/desk/supervision/")
    page.locator("[data-chart=days] canvas").first.wait_for()
    assert not [text for text in told if "favicon" not in text and "404" not in text], told


def test_a_late_case_gets_its_reason_and_a_citizen_reads_it(open_page: Callable[..., Page], counted: Site) -> None:
    late, month = counted.rows(LATE)[0]
    if not counted.rows("SELECT 1 FROM supervision_publishedmonth WHERE to_char(month, 'YYYY-MM') = %s", month):
        counted.manage("publish_standard", "--month", month)
    desk = open_page("head")
    desk.goto("/desk/late-reasons/")
    desk.locator(f"a[href$='/{late}/']", has_text="填写").click()
    desk.locator("#text").fill("忙")
    desk.locator("main form .btn").click()
    assert desk.locator("[role=alert]").is_visible()
    desk.locator("#text").fill(REASON)
    desk.locator("main form .btn").click()
    assert late in desk.locator("main").inner_text()
    citizen = open_page(width=390)
    citizen.goto(f"/hall/standard/?month={month}")
    citizen.goto(f"/hall/standard/420102/?month={month}")
    text = citizen.locator("main").inner_text()
    assert REASON in text
    assert late not in text
    citizen.locator("main a[href*='/hall/standard/units/']").first.click()
    assert citizen.locator("h1").inner_text().endswith("办理时限公开")
    answer = citizen.request.get(f"/hall/standard/420102/?month={month}&format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    shot(citizen, "standard-unit")


@pytest.mark.parametrize("elder", [False, True])
def test_axe_finds_nothing_on_the_new_pages(open_page: Callable[..., Page], counted: Site, elder: bool) -> None:
    city, county, unit, item = counted.rows(BUSY)[0]
    late, _month = counted.rows(LATE)[0]
    pages = {
        "supervisor": [
            "/desk/supervision/",
            "/desk/supervision/wall/",
            f"/desk/supervision/?unit={unit}",
            f"/desk/supervision/wall/?region={county}",
            f"/desk/supervision/cases/?unit={unit}&item={item}",
            f"/desk/supervision/happened/?region={city}&what=closed&period=year",
        ],
        "head": ["/desk/late-reasons/", f"/desk/late-reasons/{late}/"],
        "": ["/hall/standard/", f"/hall/standard/{county}/", f"/hall/standard/units/{unit}/"],
    }
    axe, found = Axe(), {}
    for user, paths in pages.items():
        page = open_page(user, elder=elder)
        for path in paths:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            violations = axe.run(page).response["violations"]
            if violations:
                found[path] = [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in violations]
    assert not found, found
