"""A case goes amber and red, is urged, ordered, answered and accepted; an off-hall step that hides delay is caught."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page

from tests.journeys.conftest import shot
from tests.journeys.site import Site
from tests.journeys.steps import PICTURE

CARDS = "SELECT a.rule_code, a.color, a.number FROM supervision_alarm a WHERE a.about = %s"

DATES = "SELECT statutory_due_on, promised_due_on, step_due_on, version FROM cases_case WHERE number = %s"


def made(site: Site, name: str) -> str:
    """Make a case with a past and return its number."""
    printed = site.manage("shell", "-c", f"from tests.journeys.past import {name}; print('case', {name}())")
    return printed.split("case ")[-1].split()[0]


def cards(site: Site, number: str) -> dict[str, tuple[str, str]]:
    """Let the watch look, and return color and number of a case's alarms by rule."""
    site.manage("watch_cases", "--case", number)
    return {code: (color, alarm) for code, color, alarm in site.rows(CARDS, f"case:{number}")}


def main_of(page: Page) -> str:
    """Return what the page says."""
    return page.locator("main").inner_text()


def press(page: Page, name: str) -> None:
    """Press a button by its words and wait for the next page; nothing may be marked wrong on it."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).last.click()
    assert not page.locator(".errsum").count(), page.locator(".errsum").inner_text()


def test_a_late_case_is_urged_ordered_answered_and_accepted(open_page: Callable[..., Page], site: Site) -> None:
    number = made(site, "late_case")
    before = site.rows(DATES, number)
    found = cards(site, number)
    assert {found[code][0] for code in ("SUP-21", "SUP-22", "SUP-31")} == {"yellow", "red"}

    supervisor = open_page("supervisor")
    supervisor.goto(f"/desk/cases/{number}/")
    page = main_of(supervisor)
    assert "亮黄灯" in page
    assert "亮红灯" in page
    assert "超过法定时限" in page
    assert not supervisor.locator(".acts .btn:not([aria-disabled])").count()  # the seat is read-only

    supervisor.get_by_role("link", name="催办", exact=True).click()
    press(supervisor, "确认：催办")
    assert "催办 CB" in main_of(supervisor)

    supervisor.goto(f"/desk/supervision/alarms/{found['SUP-31'][1]}/")
    assert "第四十二条" in main_of(supervisor)
    shot(supervisor, "supervision-alarm")
    supervisor.get_by_role("link", name="发出督办").click()
    supervisor.locator("#order-text").fill("请说明超期原因，三日内回复。")
    press(supervisor, "确认：发出督办")
    order = supervisor.url.split("/orders/")[1].split("/")[0]
    assert order.startswith("DB")

    head = open_page("head", script=False)
    head.goto("/desk/supervision/orders/to-answer/")
    head.get_by_role("link", name=order).click()
    head.locator("#answer").fill("专项检查期间人手不足，已调整安排，今日办结。")
    head.locator("#files").set_input_files(str(PICTURE))
    press(head, "提交回复")
    assert "已回复" in main_of(head)
    assert "plan.png" in main_of(head)

    supervisor.goto(f"/desk/supervision/orders/{order}/")
    supervisor.locator("#judgement").fill("措施可行，同意了结。")
    press(supervisor, "认可，了结督办")
    assert "已认可" in main_of(supervisor)
    shot(supervisor, "supervision-order")

    supervisor.goto(f"/desk/cases/{number}/")
    page = main_of(supervisor)
    assert "督办回复已认可" in page
    assert order in page
    assert site.rows("SELECT state FROM supervision_order WHERE number = %s", order) == [("accepted",)]
    assert "现场核查" in page
    assert "专家评审" in page
    assert site.rows(DATES, number) == before

    site.manage("settle_scores")
    for rule, points in (("SUP-21", "−5"), ("SUP-31", "−10")):
        about = f"alarm:{found[rule][1]}"
        ((key, day),) = site.rows("SELECT id, day FROM indicators_pointentry WHERE about = %s", about)
        head.goto(f"/desk/scores/entries/{key}/")
        entry = main_of(head)
        assert points in entry
        assert number in entry
        head.goto(f"/desk/scores/mine/?period={day:%Y-%m}&show=taken")
        assert Decimal(head.locator(".stat dd a.plain").first.inner_text()) >= 5
    shot(head, "supervision-scored")


def test_an_off_hall_step_that_hides_delay_is_caught(open_page: Callable[..., Page], site: Site) -> None:
    number = made(site, "hidden_case")
    found = cards(site, number)
    assert found["OFF-03"][0] == "red"
    assert "SUP-31" not in found  # the legal clock stands; without the rule nothing would be late
    supervisor = open_page("supervisor")
    supervisor.goto("/desk/supervision/alarms/?color=red&rule=OFF-03")
    supervisor.get_by_role("link", name="停计期间无进展").first.click()
    page = main_of(supervisor)
    assert number in page
    assert "第四十五条" in page
    supervisor.goto(f"/desk/cases/{number}/")
    page = main_of(supervisor)
    assert "停计" in page
    assert "没有办理动作" in page
    shot(supervisor, "supervision-hidden-delay")
    firm = open_page("firm")
    firm.goto(f"/my/cases/{number}/")
    assert "督办" not in main_of(firm)
    assert "红牌" not in main_of(firm)
