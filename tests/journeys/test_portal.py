"""What a citizen looks up on the portal: a law in force and what it replaced, found in the library and by search."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import shot
from tests.journeys.site import Site

REPEALED = (
    "SELECT a.id, a.title, b.id, b.title FROM publishing_article a JOIN publishing_article b ON b.id = a.abolished_by_id"
    " WHERE a.validity = 'abolished' AND a.status = 'published' ORDER BY a.id LIMIT 1"
)


def test_a_citizen_finds_a_law_and_the_repealed_one_before_it(open_page: Callable[..., Page], site: Site) -> None:
    _old, old_title, _new, new_title = site.rows(REPEALED)[0]
    page = open_page(script=False)
    page.goto("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="政策法规").click()
    page.get_by_role("main").get_by_role("link", name="法律法规库", exact=True).first.click()
    page.get_by_label("有效性").select_option("abolished")
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name=old_title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(old_title)
    expect(page.locator("main")).to_contain_text("本文件已经废止")
    past = page.get_by_role("region", name="沿革")
    if past.locator("details:not([open])").count():  # a long history is folded
        past.locator("summary").click()
    expect(past).to_contain_text("废止")
    expect(past.get_by_role("link", name=f"《{new_title}》")).to_have_count(1)
    shot(page, "law-repealed")
    page.get_by_role("main").get_by_role("link", name=new_title, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(new_title)
    expect(page.locator("main")).to_contain_text("下列文件同时废止")
    expect(page.get_by_role("main").get_by_role("link", name=old_title).first).to_be_visible()
    shot(page, "law-in-force")


def test_a_citizen_compares_the_new_text_of_a_law_with_the_old_one(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(script=False)
    page.goto("/columns/policy/library/?q=仲裁法 第1条")
    texts = page.get_by_role("region", name="名称相符的法规").get_by_role("link")
    expect(texts).to_have_count(2)
    texts.first.click()
    page.get_by_role("region", name="沿革").get_by_role("link", name="新旧条文对照").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("新旧条文对照")
    expect(page.locator("ins").first).to_be_visible()
    expect(page.locator("del").first).to_be_visible()
    shot(page, "law-changes")


def test_a_citizen_finds_the_very_article_by_its_words(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("行政许可 二十日")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name="法规条文", exact=True).click()
    first = page.locator("ol.found a").first
    label = first.inner_text().split("　")[-1]
    expect(page.locator("ol.found mark").first).to_be_visible()
    first.click()
    assert "#art-" in page.url
    expect(page.locator(".law-article:target .law-label")).to_have_text(label)
    page.get_by_role("button", name="大").click()
    assert page.locator("#text").get_attribute("data-size") == "large"
    page.reload()
    assert page.locator("#text").get_attribute("data-size") == "large"
    shot(page, "law-article")
