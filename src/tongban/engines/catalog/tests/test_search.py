from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.engines.catalog.actions import count_application, remember_search
from tongban.engines.catalog.indexing import grams, words
from tongban.engines.catalog.models import Implementation, SearchTerm, StandardItem, Usage
from tongban.engines.catalog.queries import (
    Filters,
    hot_terms,
    life_events,
    listing,
    overview,
    search,
    themes,
    totals,
    units,
    units_of_item,
)
from tongban.engines.catalog.tests.material import AT, item, load, text

WUHAN = "/420000/420100/"
JIANGAN = "/420000/420100/420102/"
ALL = Filters()


@pytest.fixture
def two_items(pack: Path) -> None:
    tobacco = item(
        code="420143001001",
        name=text("烟草专卖零售许可证核发", "Tobacco retail license"),
        aliases=["卖烟", "烟证"],
        description=text("从事烟草零售的，开业前申请。", "For selling tobacco."),
        objects=["enterprise"],
        themes=[],
        events=[],
        sort=20,
        implementations=[{"line": "market_supervision", "levels": ["city"]}],
    )
    load(pack, item(), tobacco)


@pytest.mark.parametrize(
    "asked",
    [
        "食品",
        "食品经营",
        "开饭店",
        "饭店",
        "餐饮许可证",
        "江岸区",
        "江岸区市场监督",
        "food business",
        "食",
        "食品　许可",
        "食品經營",
        "开餐馆",
    ],
)
def test_an_item_is_found_by_any_part_of_its_names_unit_or_region(two_items: None, asked: str) -> None:
    found = search(asked, ALL)
    assert found.exact
    assert [row.title for row in found.rows][0] == "食品经营许可（新办）"


def test_all_words_of_a_question_must_match(two_items: None) -> None:
    assert search("食品 武汉", ALL).total == 1
    assert not search("食品 卖烟", ALL).exact


def test_letters_that_are_near_but_not_together_are_no_match(two_items: None) -> None:
    assert not search("食品许可证核发", ALL).exact


def test_a_sentence_finds_what_shares_most_with_it(two_items: None) -> None:
    found = search("我想开个饭店要办什么证", ALL)
    assert not found.exact
    assert [row.item_code for row in found.rows] == ["420131020001"]


def test_nothing_is_offered_for_words_no_item_has(two_items: None) -> None:
    found = search("飞机驾驶证", ALL)
    assert (found.total, found.rows) == (0, [])


def test_marks_alone_ask_nothing(two_items: None) -> None:
    assert search("？！", ALL).too_short
    assert not search("", ALL).too_short


def test_quotes_and_operators_in_a_question_do_no_harm(two_items: None) -> None:
    for asked in ("'食品' | !(经营)", "食品\\", "%食品%", "食品:*", "a' & b", "\x00食品"):
        search(asked, ALL)


def test_each_item_is_shown_once_with_the_unit_that_serves_the_region(two_items: None) -> None:
    (row,) = search("食品", Filters(region=JIANGAN)).rows
    assert (row.unit, row.units) == ("武汉市江岸区市场监督管理局", 1)
    assert row.code
    (whole,) = search("食品", ALL).rows
    assert (whole.code, whole.units) == ("", 3)


def test_an_item_of_the_city_serves_its_counties_and_no_other_city(two_items: None) -> None:
    (row,) = search("卖烟", Filters(region=JIANGAN)).rows
    assert row.unit == "武汉市市场监督管理局"
    assert search("卖烟", Filters(region="/420000/420500/420502/")).rows[0].unit == "宜昌市市场监督管理局"


def test_names_come_before_popular_names_and_use_decides_among_equals(two_items: None) -> None:
    assert [row.item_code for row in search("许可", ALL).rows] == ["420131020001", "420143001001"]
    for _ in range(3):
        count_application(StandardItem.objects.get(code="420143001001").pk)
    assert [row.item_code for row in search("许可", ALL).rows] == ["420143001001", "420131020001"]
    assert [row.item_code for row in search("烟证", ALL).rows] == ["420143001001"]


def test_filters_narrow_and_counts_are_true(two_items: None) -> None:
    assert totals(ALL) == {"all": 2, "personal": 1, "legal": 2}
    assert [row.item_code for row in listing(Filters(audience="personal")).rows] == ["420131020001"]
    assert listing(Filters(theme="entry_permit")).total == 1
    assert listing(Filters(event="open_restaurant")).total == 1
    assert listing(Filters(depth="none")).total == 0
    assert listing(Filters(unit="420102-market_supervision")).total == 1
    assert [(theme.code, theme.count) for theme in themes()] == [("entry_permit", 1), ("health", 0)]
    assert [(event.code, event.count) for event in life_events()] == [("open_restaurant", 1)]
    assert [unit.count for unit in units(JIANGAN)] == [1, 1]


def test_a_region_without_the_item_does_not_count_it(two_items: None) -> None:
    Implementation.objects.filter(region_path=JIANGAN).update(status="cancelled")
    assert listing(Filters(region=JIANGAN)).total == 1
    assert overview(JIANGAN).personal == 0


def test_units_of_an_item_stand_under_their_city(two_items: None) -> None:
    rows = units_of_item("420131020001", WUHAN)
    assert [(row.city, row.region) for row in rows] == [("武汉市", "江岸区"), ("武汉市", "江汉区")]


def test_pages_are_never_beyond_the_last(two_items: None) -> None:
    shown = listing(ALL, page=9, size=1)
    assert (shown.page.number, shown.total, len(shown.rows)) == (2, 2, 1)


def test_hot_words_are_what_people_searched_and_never_personal_numbers(two_items: None) -> None:
    for _ in range(3):
        remember_search("开饭店", found=1, at=AT)
        remember_search("13900000000", found=1, at=AT)
        remember_search("找不到的词", found=0, at=AT)
    assert SearchTerm.objects.get().count == 3
    assert hot_terms(["食品经营许可（新办）"], limit=2) == ["开饭店", "食品经营许可"]


def test_use_is_counted(two_items: None) -> None:
    first = StandardItem.objects.get(code="420131020001")
    count_application(first.pk)
    count_application(first.pk)
    assert Usage.objects.get(item=first).applications == 2


@given(st.text(alphabet="食品经营许可证办理开饭店AB12（）", min_size=1, max_size=20), st.data())
def test_every_substring_of_two_characters_is_a_token(name: str, data: st.DataObject) -> None:
    whole = "".join(words(name))
    if len(whole) < 2:
        return
    start = data.draw(st.integers(0, len(whole) - 2))
    assert whole[start : start + 2] in grams(whole)


def test_the_moment_of_a_search_is_kept(two_items: None) -> None:
    remember_search("开饭店", found=1, at=AT)
    remember_search("开饭店", found=1, at=AT + dt.timedelta(days=1))
    assert SearchTerm.objects.get().last_at == AT + dt.timedelta(days=1)
