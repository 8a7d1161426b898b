from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.foundation.text import mask, names
from tongban.foundation.text.normalize import fold, key
from tongban.foundation.text.search import bigrams, terms, tsquery


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("湖北省武漢市　江岸區", "湖北省武汉市 江岸区"),
        ("ＡＢＣ１２３（有限）", "ABC123(有限)"),
        ("【通知】“办理”、《条例》。", '(通知)"办理",<条例>.'),
        ("張三\u200b丰\ufeff", "张三丰"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("  多  余\n空白 ", "多 余 空白"),
        ("", ""),
    ],
)
def test_texts_that_mean_the_same_are_written_the_same(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert key(key(text)) == key(text) == key(fold(text))


@pytest.mark.parametrize(
    ("name", "region", "trade", "industry", "form", "branch"),
    [
        ("武汉市江岸区好味道餐饮管理有限公司", ("武汉市", "江岸区"), "好味道", "餐饮管理", "有限公司", ""),
        ("湖北江城貿易有限責任公司", ("湖北",), "江城", "贸易", "有限责任公司", ""),
        ("中天（武汉）科技有限公司", ("武汉",), "中天", "科技", "有限公司", ""),
        ("宜昌市夷陵区小溪塔老王餐馆", ("宜昌市", "夷陵区"), "小溪塔老王", "", "餐馆", ""),
        ("楚天建筑工程股份有限公司黄石分公司", (), "楚天", "建筑工程", "股份有限公司分公司", "黄石"),
        ("北京瑞华会计师事务所（特殊普通合伙）", ("北京",), "瑞华", "会计师", "事务所特殊普通合伙", ""),
        ("恩施州硒源农业开发有限公司", ("恩施州",), "硒源", "农业开发", "有限公司", ""),
        ("科技有限公司", (), "科技", "", "有限公司", ""),
        ("", (), "", "", "", ""),
    ],
)
def test_the_name_of_an_enterprise_has_four_parts(
    name: str, region: tuple[str, ...], trade: str, industry: str, form: str, branch: str
) -> None:
    found = names.tokens(name)
    assert (found.region, found.trade_name, found.industry, found.form, found.branch) == (
        region, trade, industry, form, branch,
    )  # fmt: skip


@given(st.text("武汉市江岸区中天科技有限公司（）北京餐饮店厂ABC12 ", max_size=25))
def test_no_character_of_a_name_is_lost(name: str) -> None:
    found = names.tokens(name)
    parts = "".join((*found.region, found.trade_name, found.industry, found.form, found.branch))
    assert sorted(parts) == sorted(found.key)


@pytest.mark.parametrize(
    ("name", "surname", "given_name"),
    [
        ("张 三", "张", "三"),
        ("歐陽修", "欧阳", "修"),
        ("欧阳", "欧", "阳"),
        ("买买提·艾力", "", "买买提艾力"),
        ("John Smith", "", "JOHNSMITH"),
        ("", "", ""),
    ],
)
def test_the_name_of_a_person_has_two_parts(name: str, surname: str, given_name: str) -> None:
    assert names.person(name) == names.PersonName(surname, given_name)


def test_a_text_is_found_by_every_pair_and_every_character() -> None:
    assert bigrams("食品經營") == ["食品", "品经", "经营", "食", "品", "经", "营"]
    assert bigrams("Ａ（b）") == ["AB", "A", "B"]
    assert bigrams("。") == []


def test_a_query_demands_its_pairs() -> None:
    assert terms("食品经营") == ["食品", "品经", "经营"]
    assert terms("证") == ["证"]
    assert tsquery("食品 许可'证") == "'食品' & '许可' & '可证'"
    assert tsquery(" ！ ") == ""


@given(st.text(max_size=30), st.integers(0, 29), st.integers(1, 8))
def test_every_piece_of_a_text_finds_it(text: str, start: int, size: int) -> None:
    piece = key(text)[start : start + size]
    assert set(terms(piece)) <= set(bigrams(text))


def test_masks_keep_what_tells_and_hide_what_harms() -> None:
    assert mask.citizen_number("42010219800101001X") == "420*************1X"
    assert mask.phone("13812345678") == "138****5678"
    assert mask.name("欧阳修") == "欧**"
    assert mask.credit_code("92420102MA4K00010K") == "9242**********010K"
    assert mask.email("zhang@example.org") == "z***@example.org"
    assert mask.address("湖北省武汉市江岸区某路一号") == "湖北省武汉市*******"
    assert mask.bank_account("6222020200012345678") == "***************5678"


@given(st.text(max_size=30))
def test_masks_never_fail_and_never_show_a_short_text(text: str) -> None:
    for hide in (mask.citizen_number, mask.phone, mask.credit_code, mask.bank_account, mask.email, mask.address):
        shown = hide(text)
        if 0 < len(text.strip()) <= 4 and "@" not in text:
            assert set(shown) == {"*"}
