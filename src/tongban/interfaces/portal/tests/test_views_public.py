from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from tongban.engines.catalog.models import FormDownload, Implementation, SearchTerm, Usage
from tongban.engines.catalog.tests.material import item, load, load_lists, organize, text

CODE = "11420102MB1A2B3C4D4420131020001"
PAGES = [
    "/hall/",
    "/hall/items/",
    "/hall/items/?for=legal&type=01&kind=promised&depth=full&theme=entry_permit",
    "/hall/units/",
    "/hall/events/",
    "/hall/events/open_restaurant/",
    "/hall/themes/entry_permit/",
    "/hall/themes/health/",
    "/hall/search/?q=食品",
    "/hall/search/?q=想开饭店",
    "/hall/search/?q=飞机",
    "/hall/search/",
    "/hall/choose/420131020001/",
    f"/hall/items/{CODE}/",
    f"/hall/items/{CODE}/print/",
    f"/hall/items/{CODE}/history/",
    "/region/",
]


@pytest.fixture
def hall(tmp_path: Path, db: None) -> Path:
    organize()
    load_lists(tmp_path)
    load(tmp_path, item())
    return tmp_path


def body(client: Client, path: str, **extra: Any) -> str:
    answer = client.get(path, **extra)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("mode", ["standard", "elder", "english"])
def test_every_public_page_opens_in_every_mode_with_few_queries(
    hall: Path, client: Client, path: str, mode: str, django_assert_max_num_queries: Any
) -> None:
    client.cookies["region"] = "420100"
    if mode == "elder":
        client.cookies["display"] = "elder"
    if mode == "english":
        client.cookies["django_language"] = "en"
    client.get(path)
    with django_assert_max_num_queries(12):
        html = body(client, path)
    assert html.count("<h1") == 1
    assert not re.search(r'\sstyle="', html)


def test_the_home_page_shows_true_counts_and_only_themes_with_items(hall: Path, client: Client) -> None:
    html = body(client, "/hall/")
    assert "准营准办" in html
    assert "医疗卫生" not in html
    assert "全部 1 项" in html
    assert "我要开餐馆" in html


def test_an_empty_hall_says_so(db: None, client: Client) -> None:
    assert "还没有可以办理的事项" in body(client, "/hall/")


def test_choosing_a_region_is_kept_and_leads_back_to_the_page(hall: Path, client: Client) -> None:
    answer = client.post("/region/", {"region": "420102", "next": "/hall/items/"})
    assert (answer.status_code, answer["Location"]) == (302, "/hall/items/")
    assert client.cookies["region"].value == "420102"
    assert "江岸区" in body(client, "/hall/items/")


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_choosing_a_region_never_leads_off_the_site(hall: Path, client: Client, target: str) -> None:
    assert client.post("/region/", {"region": "420102", "next": target})["Location"] == "/"


@pytest.mark.parametrize("region", ["", "999999", "42010x", "' or 1=1"])
def test_a_region_that_does_not_exist_is_not_kept(hall: Path, client: Client, region: str) -> None:
    client.post("/region/", {"region": region})
    assert "region" not in client.cookies
    client.cookies["region"] = region
    assert "湖北省" in body(client, "/hall/")


def test_an_item_served_by_one_unit_leads_straight_to_its_guide(hall: Path, client: Client) -> None:
    client.cookies["region"] = "420102"
    assert client.get("/hall/choose/420131020001/")["Location"] == f"/hall/items/{CODE}/"
    client.cookies["region"] = "420000"
    assert "江汉区" in body(client, "/hall/choose/420131020001/")


def test_a_search_marks_what_was_typed_and_is_remembered_without_harm(hall: Path, client: Client) -> None:
    html = body(client, "/hall/search/?q=食品")
    assert "<mark>食品</mark>经营许可" in html
    assert SearchTerm.objects.get().term == "食品"
    script = body(client, "/hall/search/", data={"q": "<script>alert(1)</script>"})
    assert "<script>alert" not in script


def test_a_search_without_result_offers_help(hall: Path, client: Client) -> None:
    html = body(client, "/hall/search/?q=飞机驾驶证")
    assert "可以这样做" in html
    assert "12345" in html


def test_a_guide_shows_law_marks_materials_and_limits(hall: Path, client: Client) -> None:
    html = body(client, f"/hall/items/{CODE}/")
    for words in (
        "20 个工作日",
        "10 个工作日",
        "转引自公开材料",
        "已核对条文",
        "营业执照",
        "免提交",
        "餐饮服务的提交",
        CODE,
    ):
        assert words in html, words
    assert Usage.objects.get().views == 1


def test_a_guide_carries_json_ld_and_the_tags_of_government_sites(hall: Path, client: Client) -> None:
    html = body(client, f"/hall/items/{CODE}/")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    assert (data["@type"], data["identifier"]) == ("GovernmentService", CODE)
    for tag in ("SiteName", "SiteDomain", "SiteIDCode", "ArticleTitle", "PubDate", "ContentSource", "description"):
        assert f'name="{tag}"' in html, tag
    assert 'name="SiteDomain" content="testserver"' in html


def test_json_ld_cannot_break_out_of_its_script(hall: Path, client: Client) -> None:
    load(hall, item(name=text("食品</script><b>许可", "x")))
    html = body(client, f"/hall/items/{CODE}/")
    assert "</script><b>" not in html


@pytest.mark.parametrize("tag", ["ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"])
def test_column_pages_carry_the_column_tags(hall: Path, client: Client, tag: str) -> None:
    assert f'name="{tag}"' in body(client, "/hall/items/")


def test_a_cancelled_or_unknown_guide_is_not_found(hall: Path, client: Client) -> None:
    Implementation.objects.filter(code=CODE).update(status="cancelled")
    assert client.get(f"/hall/items/{CODE}/").status_code == 404
    assert client.get("/hall/items/nothing/").status_code == 404
    assert client.get("/hall/choose/000000000000/").status_code == 404
    assert client.get("/hall/themes/nothing/").status_code == 404


def test_a_packaged_form_is_sent_and_counted(hall: Path, client: Client) -> None:
    files = hall / "items" / "files"
    files.mkdir(parents=True)
    (files / "layout.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    changed = item()
    changed["materials"][2]["blank"] = "layout.pdf"
    load(hall, changed)
    answer = client.get(f"/hall/items/{CODE}/forms/layout/blank/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert FormDownload.objects.get(material_code="layout").downloads == 1
    assert client.get(f"/hall/items/{CODE}/forms/layout/sample/").status_code == 404


def test_a_blank_form_and_a_filled_in_sample_are_made_from_the_declared_form(hall: Path, client: Client) -> None:
    from tongban.engines.catalog.tests.material import AT
    from tongban.foundation.forms.actions import publish_form
    from tongban.foundation.forms.rules import FormSpec

    spec = {
        "id": "food_business",
        "version": 1,
        "title": text("申请书", "Application"),
        "steps": [
            {
                "id": "one",
                "title": text("主体", "Business"),
                "fields": [
                    {"type": "text", "id": "name", "label": text("名称", "Name"), "example": "甲"},
                    {
                        "type": "choice",
                        "id": "kind",
                        "label": text("业态", "Kind"),
                        "options": [
                            {"value": "a", "label": text("餐饮", "Catering")},
                            {"value": "b", "label": text("销售", "Sales")},
                        ],
                    },
                ],
            }
        ],
    }
    publish_form(spec=FormSpec.model_validate(spec), at=AT)
    html = body(client, f"/hall/items/{CODE}/forms/application/blank/")
    assert "名称" in html
    assert "□ 餐饮" in html
    assert FormDownload.objects.get(material_code="application", kind="blank").downloads == 1
    html = body(client, f"/hall/items/{CODE}/forms/application/sample/")
    assert "示例" in html
    assert "甲" in html
    assert '☑<span class="vh">已勾选</span> 餐饮' in html
    assert "□ 销售" in html
    assert FormDownload.objects.get(material_code="application", kind="sample").downloads == 1
    assert "下载 1 次" in body(client, f"/hall/items/{CODE}/")


def test_robots_keep_out_of_personal_pages_and_find_every_guide(hall: Path, client: Client) -> None:
    robots = body(client, "/robots.txt")
    assert "Disallow: /my/" in robots
    assert "Sitemap: http://testserver/sitemap-hall.xml" in robots
    pages = ET.fromstring(body(client, "/sitemap-hall.xml").encode())  # noqa: S314 - our own answer
    addresses = [node.text for node in pages.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert f"http://testserver/hall/items/{CODE}/" in addresses


@pytest.mark.parametrize("path", ["/hall/", "/hall/items/", "/hall/search/", f"/hall/items/{CODE}/", "/robots.txt"])
def test_pages_that_only_show_refuse_posts(hall: Path, client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_filters_that_no_list_has_are_ignored(hall: Path, client: Client) -> None:
    assert "食品经营许可" in body(client, "/hall/items/?for=nobody&type=99&kind=x&depth=y&page=zzz")


def test_english_readers_get_english(hall: Path, client: Client) -> None:
    client.cookies["django_language"] = "en"
    html = body(client, f"/hall/items/{CODE}/")
    assert "Food business license (new)" in html
    assert 'lang="en"' in html
