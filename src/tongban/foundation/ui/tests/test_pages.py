"""Skeletons, preferences, tags and the style guide."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.translation import override

from tongban.foundation.accounts.models import Account
from tongban.foundation.organizations.actor import ANONYMOUS
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import read_yaml
from tongban.foundation.packs.sections import Loading
from tongban.foundation.ui import navigation, site
from tongban.foundation.ui.charts import bars
from tongban.foundation.ui.templatetags import tongban as tags

AT = dt.datetime(2026, 11, 20, 18, 30, tzinfo=dt.UTC)


def draw(source: str, **values: object) -> str:
    request = RequestFactory().get("/list/?page=2&q=x")
    return Template("{% load tongban %}" + source).render(Context({"request": request, **values}))


@pytest.mark.django_db
def test_large_text_mode_is_a_cookie_and_comes_back_to_the_page(client: Client) -> None:
    answer = client.get("/display/?mode=elder&next=/styleguide/")
    assert answer["Location"] == "/styleguide/"
    assert 'data-mode="elder"' in client.get("/styleguide/").content.decode()
    client.get("/display/?mode=standard")
    assert 'data-mode="elder"' not in client.get("/styleguide/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/x", "javascript:alert(1)", "\\\\evil.example"]
)
def test_preferences_never_lead_to_another_site(client: Client, target: str) -> None:
    assert client.get("/display/", {"mode": "elder", "next": target})["Location"] == "/"
    assert client.post("/language/", {"language": "en", "next": target})["Location"] == "/"


@pytest.mark.django_db
def test_the_language_switch_changes_the_page(client: Client) -> None:
    client.get("/language/?language=en&next=/styleguide/")
    html = client.get("/styleguide/").content.decode()
    assert '<html lang="en"' in html
    client.get("/language/?language=xx")
    assert '<html lang="en"' in client.get("/styleguide/").content.decode()


@pytest.mark.django_db
def test_a_posting_one_does_not_hold_cannot_be_chosen(client: Client) -> None:
    client.force_login(Account.objects.create(username="a", display_name="甲", joined_at=AT))
    assert client.post("/posting/", {"posting": "1"}).status_code == 404
    assert client.get("/posting/").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("shell", ["public", "desk", "print"])
def test_the_style_guide_has_no_inline_style_and_no_empty_link(client: Client, shell: str) -> None:
    html = client.get(f"/styleguide/?shell={shell}").content.decode()
    assert not re.search(r"<[^>]+\sstyle=", html)
    assert 'href=""' not in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    twice = sorted({one for one in ids if ids.count(one) > 1})
    assert twice == []


@pytest.mark.django_db
def test_a_missing_page_says_what_to_do(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()


def test_a_failing_page_needs_nothing_of_the_site() -> None:
    html = Template("{% include '500.html' %}").render(Context())
    assert "系统出错了" in html


def test_dates_are_written_in_china_s_time_and_never_break() -> None:
    assert tags.cn_date(dt.date(2026, 11, 21)) == '<time datetime="2026-11-21">2026-11-21</time>'
    assert "2026-11-21 02:30" in tags.cn_datetime(AT)
    assert tags.cn_date(AT) == tags.cn_date(dt.date(2026, 11, 21))
    assert ">11-21<" in tags.short_date(AT)
    assert tags.cn_date(None) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", ""),
        ("张", "张"),
        ("张三", "张*"),
        ("13900000001", "13*******01"),
        ("11010519491231002X", "110***********002X"),
    ],
)
def test_personal_values_are_masked_in_the_middle(value: str, shown: str) -> None:
    assert tags.masked(value) == shown


def test_a_light_is_shape_and_words_and_escapes_its_text() -> None:
    html = draw("{% light 'red' text %}", text="超 <b>1</b> 天")
    assert 'class="light r"' in html
    assert "l-r" in html
    assert "&lt;b&gt;" in html


def test_the_breadcrumb_marks_the_current_page() -> None:
    html = draw("{% crumbs '首页' '/' '事项' %}")
    assert '<a href="/">首页</a>' in html
    assert '<li aria-current="page">事项</li>' in html


def test_the_pager_keeps_the_other_parameters() -> None:
    assert draw("{% here_with page=3 %}") == "?page=3&amp;q=x"
    assert draw("{% here_with page='' %}") == "?q=x"


def test_a_meter_stays_between_nothing_and_all() -> None:
    assert 'width="100"' in tags.meter(15, 10, "red")
    assert 'width="0"' in tags.meter(1, 0)


def test_an_entry_whose_page_does_not_exist_is_not_shown() -> None:
    navigation.register(navigation.Entry("nowhere:at_all", "空", 999))
    try:
        assert all(link.title != "空" for link in navigation.public_menu(ANONYMOUS, "/"))
    finally:
        del navigation._entries["nowhere:at_all"]


def test_large_text_mode_offers_only_what_is_essential() -> None:
    standard = navigation.public_menu(ANONYMOUS, "/")
    reduced = navigation.public_menu(ANONYMOUS, "/", elder=True)
    assert {link.url for link in reduced} <= {link.url for link in standard}
    assert 0 < len(reduced) <= 5


def test_bars_begin_at_zero() -> None:
    chart = bars([("甲", 50.0, "ok"), ("乙", 100.0, "bad")], target=98)
    assert [bar.width for bar in chart.bars] == [240.0, 480.0]
    assert chart.target == 470.4


@pytest.mark.django_db
def test_english_pages_carry_no_chinese_interface_words(client: Client) -> None:
    with override("en"):
        html = client.get("/no/such/page/", headers={"accept-language": "en"}).content.decode()
    shown = re.sub(r"<head>.*?</head>|lang=\"zh-Hans\"[^>]*>[^<]*<", "", html, flags=re.DOTALL)
    shown = re.sub(r"<[^>]+>", " ", shown)
    assert not re.findall(r"[\u4e00-\u9fff]+", shown)


@pytest.mark.django_db
def test_the_site_is_named_by_its_pack_and_loading_twice_changes_nothing(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("name: {zh: 某省政务服务网, en: Some Services}\nicp: 某ICP备1号\n", encoding="utf-8")
    loading = Loading(tmp_path, "x", AT)
    try:
        assert site.load_site([read_yaml(path, root=tmp_path)], loading).created == 1
        assert site.load_site([read_yaml(path, root=tmp_path)], loading).same == 1
        html = client.get("/styleguide/").content.decode()
        assert "某省政务服务网" in html
        assert "某ICP备1号" in html
    finally:
        site.forget_site()


def test_a_mistake_in_the_site_s_texts_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("name: {zh: 甲, en: A}\nsiteCode: '1'\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"site\.yaml:2"):
        site.load_site([read_yaml(path, root=tmp_path)], Loading(tmp_path, "x", AT))
