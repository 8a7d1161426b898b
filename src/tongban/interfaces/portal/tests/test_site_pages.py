from __future__ import annotations

import datetime as dt
import gzip
import re
from html import unescape
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tongban.engines.publishing import queries as publishing
from tongban.engines.publishing.models import Article, Column, LocalOverride, Placement, Subject, Withdrawal
from tongban.engines.publishing.queries import searching
from tongban.engines.publishing.tests.world import AT, World, make_column, make_world
from tongban.interfaces.portal.serving.middleware import STORE
from tongban.interfaces.portal.tests.sites import LAW, put

SITE_TAGS = ("SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
ARTICLE_TAGS = ("ArticleTitle", "PubDate", "ContentSource")


@pytest.fixture
def world(db: None) -> World:
    STORE.clear()
    publishing.forget()
    made = make_world()
    library = make_column(
        made.main, "/news/library/", made.province, made.news, kind="library", watch="none", update_cycle_days=None
    )
    made.library = library  # type: ignore[attr-defined]
    return made


def body(client: Client, path: str, status: int = 200, **extra: Any) -> str:
    answer = client.get(path, **extra)
    assert answer.status_code == status, path
    return answer.content.decode()


def tags(html: str) -> dict[str, str]:
    found = re.findall(r'<meta name="(\w+)" content="([^"]*)">', html)
    return {name: unescape(value) for name, value in found}


def paths_of(world: World) -> list[str]:
    put(world.headlines, "要闻一")
    document = put(
        world.documents,
        "文件一",
        kind="document",
        index_no="420000-1",
        doc_no="鄂政发〔2026〕1号",
        written_on=AT.date(),
    )
    law = put(world.library, "行政许可法", kind="document", body=LAW, validity="in_force")  # type: ignore[attr-defined]
    return [
        "/", "/columns/news/", "/columns/news/headlines/", "/columns/news/documents/", "/columns/news/library/",
        "/columns/news/library/?q=受理", f"/articles/{document.pk}/", f"/articles/{law.pk}/", "/map/", "/open/",
        "/search/?q=要闻", "/sites/wuhan/", "/sites/business/", "/sites/wuhan/columns/news/headlines/",
    ]  # fmt: skip


@pytest.mark.parametrize("mode", ["standard", "elder", "english"])
def test_every_page_carries_the_tags_of_government_sites_with_the_domain_it_is_served_at(
    world: World, client: Client, mode: str
) -> None:
    """国办发〔2017〕47号: a page that carries another site's domain fails."""
    if mode == "elder":
        client.cookies["display"] = "elder"
    if mode == "english":
        client.cookies["django_language"] = "en"
    for path in paths_of(world):
        html = body(client, path, headers={"host": "localhost:8000"})
        found = tags(html)
        assert all(found.get(name) for name in SITE_TAGS), (path, found)
        assert found["SiteDomain"] == "localhost:8000"
        assert html.count("<h1") == 1, path
        assert found["description"], path
        assert 'rel="icon"' in html
        if "/articles/" in path:
            assert all(found.get(name) for name in ARTICLE_TAGS), (path, found)
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", found["PubDate"])


def test_a_site_answers_at_its_host_below_its_path_and_with_its_own_code(world: World, client: Client) -> None:
    put(world.city_news, "武汉动态")
    at_host = body(client, "/", headers={"host": "wuhan.localhost"})
    assert tags(at_host)["SiteIDCode"] == "4201000001"
    assert tags(at_host)["SiteDomain"] == "wuhan.localhost"
    below = body(client, "/sites/wuhan/")
    assert tags(below)["SiteIDCode"] == "4201000001"
    assert 'href="/sites/wuhan/columns/news/local/"' in body(client, "/sites/wuhan/columns/news/")
    assert tags(body(client, "/", headers={"host": "elsewhere.localhost"}))["SiteIDCode"] == "4200000001"
    body(client, "/sites/nowhere/", status=404)


def test_without_a_site_group_the_hall_is_the_first_page(db: None, client: Client) -> None:
    publishing.forget()
    assert client.get("/")["Location"] == "/hall/"


def test_a_list_goes_on_by_key_and_jumps_to_a_numbered_page(world: World, client: Client) -> None:
    for number in range(45):
        put(world.headlines, f"第{number:03}条", AT - dt.timedelta(minutes=number))
    first = body(client, "/columns/news/headlines/")
    assert "第000条" in first
    assert "第020条" not in first
    assert "共 45 条，第 1 页，共 3 页" in first
    onward = re.search(r'href="(\?before=[^"]+)" rel="next"', first)
    assert onward
    second = body(client, "/columns/news/headlines/" + unescape(onward[1]))
    assert "第020条" in second
    assert "第 2 页" in second
    back = re.search(r'href="(\?after=[^"]+)" rel="prev"', second)
    assert back
    assert "第000条" in body(client, "/columns/news/headlines/" + unescape(back[1]))
    last = body(client, "/columns/news/headlines/?page=3")
    assert "第044条" in last
    assert 'rel="next"' not in last
    for nonsense in ("?before=1-", "?before=²-1", "?page=999999999", "?after=99999999999999999-1", "?page=x"):
        body(client, "/columns/news/headlines/" + nonsense)


def test_a_mirroring_column_shows_the_items_of_its_source_and_hides_and_pins_for_itself(
    world: World, client: Client
) -> None:
    old = put(world.headlines, "省里旧闻", AT - dt.timedelta(days=3))
    new = put(world.headlines, "省里新闻")
    page = "/sites/wuhan/columns/news/headlines/"
    assert "省里新闻" in body(client, page)
    LocalOverride.objects.create(column=world.city_mirror, article=new, kind="hidden", at=AT)
    LocalOverride.objects.create(column=world.city_mirror, article=old, kind="pinned", at=AT)
    STORE.clear()
    html = body(client, page)
    assert "省里新闻" not in html
    assert "置顶" in html
    assert "省里新闻" in body(client, "/columns/news/headlines/")
    assert client.get(f"/sites/wuhan/articles/{old.pk}/").status_code == 200


def test_an_article_another_site_shows_leads_there_and_names_its_home_as_canonical(
    world: World, client: Client
) -> None:
    article = put(world.city_news, "只在武汉")
    assert client.get(f"/articles/{article.pk}/")["Location"] == f"/sites/wuhan/articles/{article.pk}/"
    shared = put(world.headlines, "全省同步")
    html = body(client, f"/sites/wuhan/articles/{shared.pk}/")
    assert f'<link rel="canonical" href="http://testserver/articles/{shared.pk}/">' in html
    assert "原发网站" in html


def test_a_withdrawn_article_says_so_and_an_unpublished_one_does_not_exist(world: World, client: Client) -> None:
    article = put(world.headlines, "撤下的")
    Article.objects.filter(pk=article.pk).update(status="withdrawn")
    Placement.objects.filter(article=article).update(live=False)
    Withdrawal.objects.create(article=article, reason="有误", public_note="内容有误，正在更正。", revision_n=1, at=AT)
    html = body(client, f"/articles/{article.pk}/", status=410)
    assert "内容有误，正在更正。" in html
    assert "撤下的" not in html
    draft = put(world.headlines, "草稿")
    Article.objects.filter(pk=draft.pk).update(status="unpublished", first_published_at=None)
    body(client, f"/articles/{draft.pk}/", status=404)
    body(client, f"/articles/{article.pk}/text/", status=404)
    body(client, f"/articles/{article.pk}/qr.svg", status=404)


def test_a_regulation_leads_to_what_it_repealed_and_back(world: World, client: Client) -> None:
    new = put(world.library, "新办法", kind="document", body=LAW, validity="in_force")  # type: ignore[attr-defined]
    old = put(
        world.library, "旧办法", kind="document", body=LAW, validity="abolished", abolished_by=new,  # type: ignore[attr-defined]
        abolished_on=AT.date(), legal={"level": "规章", "issuer": "省政府"},
    )  # fmt: skip
    html = body(client, f"/articles/{old.pk}/")
    assert "本文件已经废止" in html
    assert f'href="/articles/{new.pk}/">新办法' in html
    assert f'href="/articles/{old.pk}/">旧办法' in body(client, f"/articles/{new.pk}/")
    listed = body(client, "/columns/news/library/?validity=abolished")
    assert "旧办法" in listed
    assert "新办法" not in listed.split("<table")[1]


def test_single_articles_of_laws_are_found_and_have_addresses(world: World, client: Client) -> None:
    law = put(world.library, "行政许可法", kind="document", body=LAW, validity="in_force")  # type: ignore[attr-defined]
    html = body(client, "/columns/news/library/?q=受理 二十日")
    assert f'href="/articles/{law.pk}/#art-12"' in html
    assert "<mark>受理</mark>" in html
    assert 'id="art-12"' in body(client, f"/articles/{law.pk}/")
    assert "可以延长十日" in html
    assert "换个说法" in body(client, "/columns/news/library/?q=登月飞船")


def test_a_number_asks_for_the_article_itself_in_all_laws_or_in_one(world: World, client: Client) -> None:
    law = put(world.library, "行政许可法", kind="document", body=LAW, validity="in_force")  # type: ignore[attr-defined]
    for asked in ("行政许可法 第12条", "许可法第十二条", f"第十二条&law={law.pk}"):
        html = body(client, f"/columns/news/library/?q={asked}")
        assert f"/articles/{law.pk}/#art-12" in html, asked
        assert f"/articles/{law.pk}/#art-2" not in html, asked
    assert "回到全文" in body(client, f"/columns/news/library/?q=许可&law={law.pk}")
    assert "名称相符的法规" in body(client, "/columns/news/library/?q=许可法")


def test_the_catalogue_narrows_by_subject_unit_and_year(world: World, client: Client) -> None:
    plans = Subject.objects.create(code="A03", name={"zh": "规划", "en": "Plans"}, path="/A03/")
    put(world.documents, "规划甲", kind="document", subject=plans, written_on=dt.date(2024, 5, 1), index_no="1")
    put(world.documents, "通知乙", kind="document", written_on=dt.date(2026, 5, 1), index_no="2")
    assert "规划甲" in body(client, "/open/")
    narrowed = body(client, "/open/?subject=A03&year=2024")
    assert "规划甲" in narrowed
    assert "通知乙" not in narrowed
    for nonsense in ("?subject=X", "?unit=nobody", "?year=²", "?year=0", "?page=x"):
        body(client, "/open/" + nonsense)


def test_search_finds_two_characters_marks_them_and_helps_where_nothing_is_found(world: World, client: Client) -> None:
    put(world.notices, "全省营商环境推进会", body="<p>会议在襄阳召开，部署优化营商环境。</p>")
    put(world.city_news, "武汉营商动态")
    html = body(client, "/search/?q=营商")
    assert "全省<mark>营商</mark>环境推进会" in html
    assert "武汉<mark>营商</mark>动态" in html
    only = body(client, "/search/?q=营商&in=articles&site=wuhan")
    assert "武汉" in only
    assert "全省<mark>" not in only
    assert "襄阳" in body(client, "/search/?q=襄阳")
    assert "请至少输入两个字" in body(client, "/search/?q=营")
    assert "可以这样做" in body(client, "/search/?q=登月飞船")
    assert "全省" not in body(client, "/search/?q=襄阳&in=articles&where=title").split("</form>", 1)[1]
    for nonsense in ("?q=%00", "?q='|&in=x", "?q=营商&page=-1", "?q=营商&time=x&kind=y", "?q=:*&in=articles"):
        assert client.get("/search/" + nonsense).status_code == 200, nonsense


def test_an_article_is_read_with_few_queries(world: World, client: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(8):
        article = put(world.headlines, f"新闻{number}", AT - dt.timedelta(minutes=number))
    put(world.headlines, "再一条")
    client.get("/")
    for path, most in ((f"/articles/{article.pk}/", 8), ("/columns/news/headlines/", 6), ("/", 6)):
        STORE.clear()
        with django_assert_max_num_queries(most):
            body(client, path)


def test_the_first_load_of_an_article_stays_below_100_kilobytes_without_pictures(world: World, client: Client) -> None:
    article = put(world.headlines, "长文", body="<p>" + "会议指出，要坚持以人民为中心。" * 600 + "</p>")
    html = body(client, f"/articles/{article.pk}/")
    total = len(gzip.compress(html.encode()))
    for name in re.findall(r'(?:href|src|xlink:href)="/static/([^"#]+)', html):
        if not name.endswith(".svg") or "icons" in name:
            with open(str(finders.find(name)), "rb") as file:  # noqa: PTH123
                total += len(gzip.compress(file.read()))
    assert total < 100 * 1024
    assert total < 40 * 1024, f"grown to {total} bytes: look why"


def test_a_top_column_shows_its_columns_with_their_newest(world: World, client: Client) -> None:
    put(world.headlines, "要闻甲")
    put(world.notices, "公告乙")
    html = body(client, "/columns/news/")
    assert "要闻甲" in html
    assert "公告乙" in html
    Column.objects.filter(pk=world.notices.pk).update(is_open=False)
    publishing.forget()
    STORE.clear()
    assert "公告乙" not in body(client, "/columns/news/")
    body(client, "/columns/news/notices/", status=404)


def test_where_very_many_hold_a_word_the_newest_come_first_page_by_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked day by day, then by longer times; nothing is left out or doubled at the seams."""
    monkeypatch.setattr(searching, "COUNTED", 5)
    made = [put(world.headlines, f"营商动态{n}", AT - dt.timedelta(days=n * n)) for n in range(25)]
    put(world.notices, "营业和商业动态各是各的", AT)
    asked = searching.Asked("营商动态")
    first = searching.search(asked, at=AT)
    second = searching.search(asked, at=AT, page=2)
    assert first.is_more
    assert [row.id for row in (*first.rows, *second.rows)] == [article.pk for article in made]
    assert second.total == len(made)
