"""A statute's history is read from its own words, and tied to the texts it names."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.engines.publishing.library import load_laws
from tongban.engines.publishing.models import Article, LawEvent
from tongban.engines.publishing.queries.histories import history
from tongban.engines.publishing.rules.concording import Passage, concord
from tongban.engines.publishing.rules.histories import of_closing, of_note
from tongban.engines.publishing.tests.test_load_laws import LOADING, both, law, library  # noqa: F401 - a fixture
from tongban.foundation.packs.errors import PackError

NOTE = (
    "（2011年11月30日国务院第183次常务会议通过　2011年12月20日中华人民共和国国务院令第613号公布　根据2017年3月1日"
    "《国务院关于修改和废止部分行政法规的决定》第一次修订　2018年3月19日《国务院关于修改部分行政法规的决定》第二次修订）"
)
TODAY = dt.date(2026, 11, 22)


def test_the_note_below_a_title_tells_who_adopted_and_what_amended() -> None:
    passed, issued, first, second = of_note(NOTE)
    assert (passed.act, passed.on, passed.by) == ("passed", dt.date(2011, 11, 30), "国务院第183次常务会议")
    assert (issued.act, issued.by) == ("issued", "中华人民共和国国务院令第613号")
    assert (first.act, first.times, first.cited) == ("revised", 1, "国务院关于修改和废止部分行政法规的决定")
    assert (second.on, second.times) == (dt.date(2018, 3, 19), 2)


@pytest.mark.parametrize(
    ("closing", "since", "repealed", "number", "by"),
    [
        (
            "本办法自2017年10月1日起施行。财政部2004年8月11日发布的《货物管理办法》（财政部令第18号）同时废止。",
            dt.date(2017, 10, 1), "货物管理办法", "财政部令第18号", "财政部",
        ),
        ("本法自2004年1月1日起施行，《居民身份证条例》同时废止。", dt.date(2004, 1, 1), "居民身份证条例", "", ""),
        ("本法自公布之日起施行。《行政监察法》同时废止。", dt.date(2018, 3, 20), "行政监察法", "", ""),
        ("本条例自1992年1月1日起施行。1983年9月23日国务院发布的《专卖条例》同时废止。", dt.date(1992, 1, 1), "专卖条例", "", "国务院"),
    ],
)  # fmt: skip
def test_the_closing_article_tells_since_when_and_what_it_repeals(closing, since, repealed, number, by) -> None:
    effective, repeals = of_closing([closing], dt.date(2018, 3, 20))
    assert (effective.act, effective.on) == ("effective", since)
    assert (repeals.act, repeals.on, repeals.cited, repeals.doc_no, repeals.by) == (
        "repeals", since, repealed, number, by,
    )  # fmt: skip


def test_what_a_statute_says_about_others_is_no_event_of_its_own() -> None:
    assert of_closing(["食品安全国家标准制定后，该地方标准即行废止。", "专项规定自2020年1月1日起施行。"]) == []


@given(st.text(max_size=200))
def test_any_text_may_stand_in_a_note(text) -> None:
    of_note(text)
    of_closing([text])


def test_an_amended_statute_points_to_the_decision_whichever_comes_first(library) -> None:  # noqa: F811
    decision = law(
        "decision", title="全国人民代表大会常务委员会关于修改《中华人民共和国some-law》的决定", version_on=dt.date(2025, 10, 28),
        text="一、增加一条，作为第三条。\n本决定自2026年1月1日起施行。",
    )  # fmt: skip
    amended = law(
        "some-law", version_on=dt.date(2025, 10, 28),
        note="（2016年11月7日第十二届全国人民代表大会常务委员会通过　根据2025年10月28日《关于修改〈中华人民共和国some-law〉的决定》修正）",
    )  # fmt: skip
    for order in ([decision, amended], [amended, decision]):
        Article.objects.all().update(abolished_by=None)
        LawEvent.objects.all().delete()
        Article.objects.filter(column=library).update(title="-", search_title="-", legal={})
        load_laws(order, LOADING)
        row = Article.objects.get(legal__code="some-law")
        event = LawEvent.objects.get(law=row, act="amended")
        assert event.other == Article.objects.get(legal__code="decision")
        assert [one.pk for one in history(event.other, today=TODAY).changed] == [row.pk]


def test_a_code_knows_what_it_repealed_and_a_forgotten_end_is_told(library) -> None:  # noqa: F811
    documents = both()
    documents[1].data["text"] += "\n第二条　本法自2026年8月15日起施行，《中华人民共和国old-law》同时废止。"
    load_laws(documents, LOADING)
    event = LawEvent.objects.get(law__legal__code="new-code", act="repeals")
    assert event.other == Article.objects.get(legal__code="old-law")
    del documents[0].data["ended"]
    with pytest.raises(PackError, match="应写 ended"):
        load_laws(documents, LOADING)


def test_a_note_that_contradicts_the_date_of_the_text_is_told(library) -> None:  # noqa: F811
    with pytest.raises(PackError, match="题注最后的日期"):
        load_laws([law("a-law", note="（2016年11月7日全国人民代表大会常务委员会通过）")], LOADING)


def test_two_texts_of_one_statute_are_its_versions(library) -> None:  # noqa: F811
    old = law(
        "x-law-2014",
        title="中华人民共和国某法",
        ended={"date": dt.date(2026, 1, 1), "by": "x-law-2025", "how": "revised"},
    )
    new = law(
        "x-law-2025", title="中华人民共和国某法", version_on=dt.date(2025, 9, 1), in_force_from=dt.date(2026, 1, 1)
    )
    load_laws([old, new], LOADING)
    row = Article.objects.get(legal__code="x-law-2014")
    assert [one.legal["code"] for one in history(row, today=TODAY).versions] == ["x-law-2025", "x-law-2014"]


def test_articles_of_two_texts_find_each_other_by_their_words() -> None:
    old = [
        Passage("第一条", "为了规范行政许可的设定和实施，制定本法。"),
        Passage("第二条", "申请人应当到办公场所提出申请。"),
        Passage("第三条", "本条删去。"),
    ]
    new = [
        Passage("第一条", "为了规范行政许可的设定和实施，根据宪法，制定本法。"),
        Passage("第二条", "行政许可应当公开、公平、公正。"),
        Passage("第三条", "申请人应当到办公场所提出申请。"),
    ]
    assert [(pair.kind, pair.label) for pair in concord(old, new)] == [
        ("changed", "第一条"), ("added", "第二条"), ("moved", "第三条"), ("removed", "第三条"),
    ]  # fmt: skip


@given(
    st.lists(st.text("甲乙丙丁一二", max_size=8), max_size=8), st.lists(st.text("甲乙丙丁一二", max_size=8), max_size=8)
)
def test_every_article_of_both_texts_stands_once(old, new) -> None:
    rows = concord([Passage(str(i), t) for i, t in enumerate(old)], [Passage(str(i), t) for i, t in enumerate(new)])
    assert sorted(row.old.label for row in rows if row.old) == sorted(str(i) for i in range(len(old)))
    assert [row.new.label for row in rows if row.new] == [str(i) for i in range(len(new))]
