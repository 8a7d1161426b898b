"""An item's way: a county submits, the city edits, the province shows it on its sites; it is corrected, and withdrawn."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
import pikepdf
from playwright.sync_api import Page, expect

from tests.journeys.conftest import shot
from tests.journeys.site import Site

TITLE = "江岸区把办事窗口开进社区"


def unfold(page: Page, act: str) -> None:
    """Show the form of one of the acts that the article's page offers."""
    closed = page.locator("details:not([open]) > summary", has_text=re.compile(f"^{re.escape(act)}"))
    if closed.count():
        closed.first.click()


def do(page: Page, act: str) -> None:
    """Choose one of the acts that the article's page offers."""
    unfold(page, act)
    page.get_by_role("button", name=act).first.click()
    page.wait_for_load_state()
    assert "没有办成" not in page.locator("main").inner_text()


def test_an_item_goes_from_the_county_over_the_city_to_the_province_and_is_taken_back_everywhere(
    open_page: Callable[..., Page],
) -> None:
    county = open_page("county_submitter")
    county.goto("/desk/articles/new/?site=wuhan")
    county.get_by_label("标题", exact=True).fill(TITLE)
    county.get_by_label("所属栏目").select_option(label="部门动态")
    county.locator("[contenteditable]").click()
    county.keyboard.type("窗口每周三开进社区，居民不出小区就能办成二十件事。")
    county.get_by_label("来源").fill("江岸区市场监督管理局")
    shot(county, "desk-article-edit")
    county.get_by_role("button", name="保存", exact=True).click()
    expect(county.locator("h1")).to_have_text(TITLE)
    path = county.url.split("/desk/", 1)[1]
    do(county, "报送")
    key = path.strip("/").split("/")[1]

    editor = open_page("city_editor", script=False)
    editor.goto("/desk/articles/")
    editor.get_by_role("link", name=TITLE).click()
    do(editor, "采用到")
    editor.get_by_role("link", name="编辑", exact=True).click()
    editor.get_by_label("摘要").fill("窗口每周三开进社区。")
    editor.get_by_role("button", name="保存", exact=True).click()
    do(editor, "送审")

    reviewer = open_page("city_reviewer", script=False)
    reviewer.goto(f"/desk/{path}")
    reviewer.get_by_label("检查提示已逐条看过").check()
    do(reviewer, "审核通过")
    do(reviewer, "发布")
    reader = open_page(script=False)
    reader.goto("/sites/wuhan/columns/news/departments/")
    expect(reader.get_by_role("main")).to_contain_text(TITLE)

    county.goto(f"/desk/{path}")
    unfold(county, "报送上级站点")
    county.get_by_label("报送到").select_option(label="市州动态")
    do(county, "报送上级站点")
    province = open_page("portal_reviewer", script=False)
    province.goto("/desk/articles/?view=offers")
    province.get_by_role("link", name=TITLE).click()
    do(province, "采用到")
    unfold(province, "采用到本单位的栏目")
    topic = province.locator("select[name=share-columns] optgroup").last.locator("option").first
    province.locator("select[name=share-columns]").select_option(topic.get_attribute("value"))
    do(province, "采用到本单位的栏目")
    shot(province, "desk-article")
    reader.goto("/columns/news/regions/")
    expect(reader.get_by_role("main")).to_contain_text(TITLE)
    places = province.locator("aside .side-list").first.locator("li")
    assert places.count() == 3

    editor.goto(f"/desk/{path}")
    unfold(editor, "更正")
    editor.locator("textarea[name=correct-reason]").fill("数字有误")
    do(editor, "更正")
    editor.get_by_role("link", name="编辑", exact=True).click()
    body = editor.locator("textarea[name=body]")
    body.fill(body.input_value().replace("二十件", "二十一件"))
    editor.get_by_role("button", name="保存", exact=True).click()
    do(editor, "送审")
    reader.goto(f"/articles/{key}/")
    expect(reader.get_by_role("main")).to_contain_text("二十件")
    reviewer.goto(f"/desk/{path}")
    reviewer.get_by_role("link", name="修改记录").click()
    expect(reviewer.locator("ins")).to_have_text("一")
    shot(reviewer, "desk-article-revisions")
    reviewer.goto(f"/desk/{path}")
    reviewer.get_by_label("检查提示已逐条看过").check()
    do(reviewer, "审核通过")
    do(reviewer, "发布")
    for address in (f"/articles/{key}/", f"/sites/wuhan/articles/{key}/"):
        reader.goto(address)
        expect(reader.get_by_role("main")).to_contain_text("二十一件")

    reviewer.goto(f"/desk/{path}")
    unfold(reviewer, "撤回")
    reviewer.locator("textarea[name=withdraw-reason]").fill("内容需要核实")
    do(reviewer, "撤回")
    for address in ("/sites/wuhan/columns/news/departments/", "/columns/news/regions/"):
        reader.goto(address)
        expect(reader.get_by_role("main")).not_to_contain_text(TITLE)
    answer = reader.goto(f"/articles/{key}/")
    assert answer is not None
    assert answer.status == 410


def test_a_stale_column_turns_red_and_its_unit_gets_the_work(open_page: Callable[..., Page], site: Site) -> None:
    site.manage("inspect_sites", "hubei", "--without-pages")
    editor = open_page("editor", script=False)
    editor.goto("/desk/columns/")
    expect(editor.locator("tr.is-r").first).to_contain_text("应更新")
    editor.goto("/desk/inspection/findings/?indicator=INS-04")
    first = editor.locator("tbody tr").first
    expect(first).to_contain_text("没有更新")
    shot(editor, "desk-inspection")
    paper = editor.context.request.get("/desk/inspection/report/?site=hubei")
    assert paper.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(paper.body())) as pages:
        assert "/AcroForm" in pages.Root


def test_the_quarters_bulletin_of_submissions_is_made_and_opened(open_page: Callable[..., Page], site: Site) -> None:
    period, key = site.rows(
        "SELECT period, id FROM indicators_bulletin WHERE code = 'submissions' ORDER BY id LIMIT 1"
    )[0]
    editor = open_page("editor", script=False)
    editor.goto("/desk/league/publish/")
    editor.locator("#period").select_option(period)
    editor.get_by_role("button", name="发布").click()
    expect(editor.get_by_role("main")).to_contain_text("请写明更正原因")
    editor.locator("#reason").fill("补计一个单位的报送。")
    editor.get_by_role("button", name="发布").click()
    expect(editor.get_by_role("main")).to_contain_text("补计一个单位的报送")
    assert editor.url.rstrip("/").rpartition("/")[2] != str(key)

    head = open_page("head", script=False)
    head.goto("/desk/league/")
    head.locator("tr", has_text="未读").get_by_role("link", name="政府网站信息报送采用情况通报").first.click()
    head.wait_for_load_state()
    shot(head, "league-bulletin")
    line = head.locator("tr", has_text="武汉市江岸区市场监督管理局")
    figure = line.get_by_role("link", name="报送").first
    count = int(figure.inner_text().split()[0])
    page = head.url
    request = head.context.request
    book = openpyxl.load_workbook(
        io.BytesIO(request.get(head.get_by_role("link", name="XLSX").get_attribute("href") or "").body())
    )
    lines = {row[2]: row for name in book.sheetnames for row in book[name].iter_rows(values_only=True) if len(row) > 3}
    assert lines["420102-market_supervision"][3] == count
    paper = request.get(head.get_by_role("link", name="PDF").get_attribute("href") or "")
    with pikepdf.open(io.BytesIO(paper.body())) as pages:
        assert "/AcroForm" in pages.Root
    figure.click()
    head.wait_for_load_state()
    expect(head.locator("tbody tr")).to_have_count(count)
    head.goto(page)
    editor.reload()
    expect(editor.get_by_role("main")).to_contain_text("已阅 1 人")
