from __future__ import annotations

import datetime as dt
import json
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from tongban.engines.publishing import queries as publishing
from tongban.engines.publishing.tests.world import AT, World, make_world
from tongban.interfaces.portal.serving.middleware import STORE
from tongban.interfaces.portal.tests.sites import put

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def world(db: None) -> World:
    STORE.clear()
    publishing.forget()
    return make_world()


def xml(client: Client, path: str) -> ET.Element:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return ET.fromstring(answer.content)  # noqa: S314 - our own answer


def test_a_column_goes_out_as_rss_atom_and_json_feed(world: World, client: Client) -> None:
    article = put(world.headlines, "A & B <新>", summary="摘要")
    put(world.headlines, "旧", AT - dt.timedelta(days=1))
    address = f"http://testserver/articles/{article.pk}/"
    rss = xml(client, "/columns/news/headlines/feed.rss")
    assert [item.findtext("title") for item in rss.iter("item")] == ["A & B <新>", "旧"]
    assert next(rss.iter("item")).findtext("link") == address
    assert next(rss.iter("item")).findtext("pubDate") == "Fri, 20 Nov 2026 09:30:00 +0800"
    atom = xml(client, "/columns/news/headlines/feed.atom")
    assert [entry.findtext(f"{ATOM}id") for entry in atom.iter(f"{ATOM}entry")][0] == address
    assert atom.findtext(f"{ATOM}updated") == "2026-11-20T09:30:00+08:00"
    feed = json.loads(client.get("/columns/news/headlines/feed.json").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"][0]["url"] == address
    assert client.get("/columns/news/feed.rss").status_code == 404


def test_a_feed_of_a_mirroring_column_names_its_own_site(world: World, client: Client) -> None:
    article = put(world.headlines, "省里新闻")
    rss = xml(client, "/sites/wuhan/columns/news/headlines/feed.rss")
    assert next(rss.iter("item")).findtext("link") == f"http://testserver/sites/wuhan/articles/{article.pk}/"


def test_a_display_board_shows_the_newest_and_renews_itself(world: World, client: Client) -> None:
    put(world.notices, "停水公告")
    html = client.get("/columns/news/notices/led/").content.decode()
    assert "停水公告" in html
    assert "portal/display.js" in html


def test_an_article_goes_to_social_accounts_as_text_with_its_pictures(world: World, client: Client) -> None:
    article = put(
        world.headlines, "图片新闻", body='<p>一</p><p><img src="/media/7/w640" alt="会场"></p><p>二 &amp; 三</p>'
    )
    text = client.get(f"/articles/{article.pk}/text/").content.decode()
    assert "一\n二 & 三" in text
    assert "http://testserver/media/7/original  会场" in text
    assert f"http://testserver/articles/{article.pk}/" in text


def test_the_site_map_names_every_article_once_in_the_part_of_its_number(world: World, client: Client) -> None:
    main, city = put(world.headlines, "省"), put(world.city_news, "市")
    index = [node.text or "" for node in xml(client, "/sitemap.xml").iter(f"{MAP}loc")]
    assert "http://testserver/sitemap-hall.xml" in index
    assert "http://testserver/sites/wuhan/sitemap.xml" in index
    parts = [address for address in index if "/sitemap-" in address and address[-5].isdigit()]
    pages = [node.text for part in parts for node in xml(client, part).iter(f"{MAP}loc")]
    assert pages == [f"http://testserver/articles/{main.pk}/"]
    below = [node.text or "" for node in xml(client, "/sites/wuhan/sitemap.xml").iter(f"{MAP}loc")]
    city_pages = [node.text for part in below if part[-5].isdigit() for node in xml(client, part).iter(f"{MAP}loc")]
    assert city_pages == [f"http://testserver/sites/wuhan/articles/{city.pk}/"]
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()
    assert client.get("/sitemap-999999.xml").status_code == 404


def test_a_site_of_another_color_brings_it_along(world: World, client: Client) -> None:
    world.wuhan.look = {"color": "#0f6b57"}
    world.wuhan.stamp += 1
    world.wuhan.save()
    assert 'href="/sites/wuhan/look.css"' in client.get("/sites/wuhan/").content.decode()
    css = client.get("/sites/wuhan/look.css").content.decode()
    assert "--brand:#0f6b57" in css
    assert "look.css" not in client.get("/").content.decode()


def test_an_article_s_page_describes_its_column_as_column_and_itself_as_article(world: World, client: Client) -> None:
    world.headlines.description = {"zh": "本省要闻。", "en": "News of the province."}
    world.headlines.save()
    article = put(world.headlines, "新闻甲", summary="甲的摘要。", keywords="甲,乙")
    page = client.get(f"/articles/{article.pk}/").content.decode()
    assert '<meta name="ColumnDescription" content="本省要闻。">' in page
    assert '<meta name="Description" content="甲的摘要。">' in page
    assert '<meta name="Keywords" content="甲,乙">' in page
    assert '<meta name="description" content="甲的摘要。">' in page


def test_units_of_the_catalogue_are_named_in_the_reader_s_language(world: World, client: Client) -> None:
    world.province.name_en = "Office of Government Services"
    world.province.save()
    put(world.documents, "文件甲", kind="document", doc_no="湖政〔2026〕1号")
    page = client.get("/open/", headers={"accept-language": "en"}).content.decode()
    assert page.count("Office of Government Services") >= 2
    assert world.province.name not in page
