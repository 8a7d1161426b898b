from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.engines.catalog.rules import (
    CaseKind,
    Checked,
    CodeScheme,
    OnlineDepth,
    Period,
    check,
    implementation_code,
    is_implementation_code,
    unknown_codes,
)
from tongban.foundation.clock.rules import Unit

DAY = Unit.WORKING_DAY
GOOD = Checked(
    statutory=Period(20, DAY),
    promised=Period(10, DAY),
    case_kind=CaseKind.PROMISED,
    visits=0,
    visits_reason=False,
    online_depth=OnlineDepth.FULL,
    courier=True,
    charges=False,
    fees=0,
    fees_complete=True,
    online_payment=None,
    special_law=False,
    joint_units=0,
    result_kind="certificate",
    result_name="许可证",
    license_type="food_business",
)


def test_a_consistent_item_has_no_findings() -> None:
    assert check(GOOD) == []


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"promised": Period(21, DAY)}, ("promised",), "长于法定时限"),
        ({"statutory": Period(30, DAY)}, ("statutory",), "20 个工作日"),
        ({"statutory": Period(60, DAY), "joint_units": 2}, ("statutory",), "45 个工作日"),
        ({"case_kind": CaseKind.INSTANT}, ("promised",), "即办件"),
        ({"promised": None}, ("case_kind",), "承诺件"),
        ({"visits": 1, "online_depth": OnlineDepth.ACCEPT}, ("elements", "visits"), "原因"),
        ({"visits": 1, "visits_reason": True}, ("elements", "online_depth"), "全程网办"),
        ({"online_depth": OnlineDepth.NONE, "courier": False}, ("elements", "visits"), "寄递"),
        ({"charges": True, "online_payment": True}, ("fees",), "第五十八条"),
        ({"fees": 1}, ("elements", "charges"), "不收费"),
        ({"charges": True, "fees": 1}, ("elements", "online_payment"), "网上支付"),
        ({"license_type": ""}, ("result", "license_type"), "电子证照类型"),
        ({"result_kind": "none"}, ("result", "kind"), "结果类型"),
    ],
)
def test_each_contradiction_is_named_with_its_place_and_remedy(
    changes: dict[str, object], place: tuple[str, ...], words: str
) -> None:
    findings = check(replace(GOOD, **changes))  # type: ignore[arg-type]
    assert [finding.place for finding in findings] == [place]
    assert words in findings[0].text


def test_a_special_law_may_allow_more_than_twenty_working_days() -> None:
    assert check(replace(GOOD, statutory=Period(60, DAY), special_law=True)) == []


def test_joint_handling_may_take_forty_five_working_days() -> None:
    assert check(replace(GOOD, statutory=Period(45, DAY), joint_units=1)) == []


def test_an_instant_item_needs_no_promise() -> None:
    assert check(replace(GOOD, case_kind=CaseKind.INSTANT, promised=None)) == []


@given(st.integers(0, 20), st.integers(1, 20))
def test_a_promise_is_refused_exactly_when_it_is_longer_than_the_law(promised: int, statutory: int) -> None:
    found = check(replace(GOOD, promised=Period(promised, DAY), statutory=Period(statutory, DAY)))
    assert any("长于法定时限" in finding.text for finding in found) == (promised > statutory)


def test_a_unit_with_a_credit_code_gets_the_national_code_of_31_characters() -> None:
    code, scheme = implementation_code(
        basic_code="370117002011", level=3, credit_code="11370800MB28559184", region_code="370800"
    )
    assert (code, len(code), scheme) == ("11370800MB285591843370117002011", 31, CodeScheme.NATIONAL)
    assert is_implementation_code(code, scheme)


def test_a_unit_without_credit_code_gets_a_local_code_nobody_takes_for_a_national_one() -> None:
    code, scheme = implementation_code(basic_code="420131020001", level=4, credit_code="", region_code="420102")
    assert (code, scheme) == ("420102-4-420131020001", CodeScheme.LOCAL)
    assert not is_implementation_code(code, CodeScheme.NATIONAL)


def test_an_unknown_code_is_named_with_those_that_exist() -> None:
    (finding,) = unknown_codes("主题", [(("themes", 0), "foo")], frozenset({"health"}))
    assert "foo" in finding.text
    assert "health" in finding.text
