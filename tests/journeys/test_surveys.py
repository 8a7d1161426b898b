"""A questionnaire from the editor's desk to its result, and a question to an interview from asking to the answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import shot
from tests.journeys.site import Site
from tests.journeys.test_editors import do

TITLE = "社区办事点调查"
PHONE = 390


def add(page: Page, kind: str, title: str, **fields: str) -> None:
    """Add a question of a kind."""
    page.get_by_label("题型").select_option(label=kind)
    page.get_by_role("button", name="加题").click()
    page.get_by_label("问题", exact=True).fill(title)
    for label, text in fields.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_load_state()


def test_an_editor_builds_a_questionnaire_and_a_citizen_answers_it_once(open_page: Callable[..., Page]) -> None:
    editor = open_page("editor", script=False)
    editor.goto("/desk/surveys/new/?kind=questionnaire")
    editor.get_by_label("标题", exact=True).fill(TITLE)
    editor.get_by_label("所属栏目").select_option(label="湖北省人民政府门户网站（演示） / 网上调查")
    editor.get_by_label("说明", exact=True).fill("请告诉我们办事点好不好找。")
    now = dt.datetime.now(tz=dt.timezone(dt.timedelta(hours=8)))
    for label, moment in (("开始时间", now - dt.timedelta(hours=1)), ("截止时间", now + dt.timedelta(days=9))):
        editor.get_by_label(label).fill(moment.strftime("%Y-%m-%dT%H:%M"))
    editor.get_by_role("button", name="下一步").click()
    add(editor, "多选题", "用过哪些服务", 选项="社保\n医保\n户籍")
    add(editor, "单选题", "好找吗", 选项="好找\n不好找")
    editor.get_by_role("button", name="上移").last.click()
    expect(editor.locator("tbody tr").first).to_contain_text("好找吗")
    shot(editor, "desk-survey-questions")
    editor.get_by_role("link", name="预览").click()
    expect(editor.get_by_role("main")).to_contain_text("用过哪些服务")
    editor.get_by_role("link", name="返回").click()
    do(editor, "送审")
    path = editor.url.split("/desk/", 1)[1]
    reviewer = open_page("portal_reviewer", script=False)
    reviewer.goto(f"/desk/{path}")
    do(reviewer, "审核通过")
    do(reviewer, "发布")

    citizen = open_page(script=False, width=PHONE)
    citizen.goto("/columns/interaction/surveys/")
    citizen.get_by_role("link", name=TITLE).click()
    citizen.get_by_label("医保").check()
    citizen.get_by_role("button", name="提交回答").click()
    expect(citizen.locator(".errsum")).to_contain_text("好找吗")
    expect(citizen.get_by_label("医保")).to_be_checked()
    citizen.get_by_label("好找", exact=True).check()
    citizen.get_by_role("button", name="提交回答").click()
    expect(citizen.locator("h1")).to_have_text("收到了，谢谢您")
    citizen.goto(f"/surveys/{path.strip('/').split('/')[-1]}/")
    citizen.get_by_label("不好找").check()
    citizen.get_by_label("户籍").check()
    citizen.get_by_role("button", name="提交回答").click()
    expect(citizen.locator(".errsum")).to_contain_text("不能重复提交")
    expect(citizen.get_by_label("户籍")).to_be_checked()
    shot(citizen, "survey-again-phone")

    reviewer.goto(f"/desk/{path}")
    do(reviewer, "公布结果")
    citizen.goto("/columns/interaction/surveys/")
    citizen.locator("li", has_text=TITLE).get_by_role("link", name="看结果").click()
    expect(citizen.get_by_role("main")).to_contain_text("收到 1 份回答")
    expect(citizen.get_by_role("main")).to_contain_text("不公布分布")
    reader = open_page(script=False)
    reader.goto("/columns/interaction/surveys/")
    reader.locator("li", has_text="高效办成一件事").get_by_role("link", name="看结果").click()
    table = reader.get_by_role("table", name="您办的是哪一件事")
    expect(table.get_by_role("row", name="开办企业")).to_contain_text("%")


def test_a_question_to_an_interview_is_asked_read_answered_and_seen(open_page: Callable[..., Page], site: Site) -> None:
    (key,) = site.rows("SELECT id FROM surveys_interview WHERE started_at IS NULL ORDER BY id LIMIT 1")[0]
    citizen = open_page(script=False, width=PHONE)
    citizen.goto(f"/interviews/{key}/")
    citizen.get_by_label("您的问题").fill("社区的办事点周末开门吗？")
    citizen.get_by_role("button", name="提交问题").click()
    expect(citizen.get_by_role("status")).to_contain_text("收到了")
    expect(citizen.get_by_role("main")).not_to_contain_text("周末开门吗")

    editor = open_page("editor", script=False)
    editor.goto("/desk/interviews/")
    editor.get_by_role("link", name="哪些事项可以在家门口办").click()
    asked = editor.locator("li", has=editor.locator("textarea", has_text="周末开门吗"))
    asked.get_by_role("button", name="公开这个问题").click()
    citizen.goto(f"/interviews/{key}/")
    expect(citizen.get_by_role("main")).to_contain_text("周末开门吗")
    do(editor, "开始访谈")
    waiting = editor.locator("li", has_text="周末开门吗")
    waiting.get_by_label("答复").fill("开，周六上午九点到十二点。")
    waiting.get_by_role("button", name="发出答复").click()
    shot(editor, "desk-interview-live")
    citizen.goto(f"/interviews/{key}/")
    expect(citizen.locator("#said")).to_contain_text("周六上午九点到十二点")
    shot(citizen, "interview-live-phone")
