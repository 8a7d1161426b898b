"""What is accepted, what is refused, and what the applicant is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.foundation.forms.rules import (
    FieldError,
    clean,
    empty_answers,
    example_answers,
    flatten,
    json_schema,
    raw_from_post,
    summary,
)
from tongban.foundation.forms.tests.samples import TODAY, options, post, sample, small

SPEC = sample()
EXAMPLE = example_answers(SPEC, today=TODAY)


def errors(spec: Any, raw: dict[str, Any], **more: Any) -> dict[str, str]:
    return {error.path: error.message for error in clean(spec, raw, today=TODAY, **more).errors}


def test_the_examples_of_the_form_are_accepted() -> None:
    assert clean(SPEC, EXAMPLE, today=TODAY).errors == []


def test_cleaning_what_was_cleaned_changes_nothing() -> None:
    once = clean(SPEC, EXAMPLE, today=TODAY).values
    assert clean(SPEC, once, today=TODAY).values == once


def test_an_empty_form_says_of_each_required_question_what_to_do() -> None:
    found = errors(SPEC, empty_answers(SPEC))
    assert found["area"] == "请填写经营面积"
    assert found["format"] == "请选择主体业态"
    assert found["staff-0-name"] == "请填写姓名"
    assert "email" not in found


def test_only_the_page_asked_for_is_reported() -> None:
    assert set(errors(SPEC, {}, step="declare")) == {"opens_on", "truthful"}


def test_a_hidden_question_drops_its_answer_and_is_not_required() -> None:
    shown = clean(SPEC, {**EXAMPLE, "projects": ["cold"], "cold_room": "true", "cold_room_area": "12"}, today=TODAY)
    assert shown.values["cold_room_area"] == "12"
    hidden = clean(SPEC, {**EXAMPLE, "projects": ["hot"], "cold_room": "true", "cold_room_area": "12"}, today=TODAY)
    assert hidden.ok
    assert not {"cold_room", "cold_room_area"} & set(hidden.values)


def test_full_width_digits_and_thousands_are_understood() -> None:
    values = clean(SPEC, {**EXAMPLE, "area": "１，２８６．５０", "phone": "+86 139 0000 0000"}, today=TODAY).values
    assert values["area"] == "1286.5"
    assert values["phone"] == "13900000000"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("约二百八十平", "只填数字，如 286.5"),
        ("0", "不能小于 1"),
        ("100001", "不能大于 100000"),
        ("12.345", "最多保留 2 位小数"),
        ("1e5", "只填数字，如 286.5"),
        ("NaN", "只填数字，如 286.5"),
    ],
)
def test_a_wrong_number_is_answered_with_what_is_expected(typed: str, message: str) -> None:
    assert errors(SPEC, {**EXAMPLE, "area": typed})["area"] == message


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"y": "2026", "m": "2", "d": "30"}, "没有这一天，请核对月和日"),
        ({"y": "26", "m": "12", "d": "1"}, "年份写四位数，如 2027"),
        ({"y": "2026", "m": "12", "d": ""}, "填写完整的年、月、日，如 2027-01-20"),
        ({"y": "2026", "m": "11", "d": "20"}, "不能早于 2026-11-21"),
        ("明年", "填写完整的年、月、日，如 2027-01-20"),
    ],
)
def test_a_wrong_date_is_answered_with_what_is_expected(typed: Any, message: str) -> None:
    assert errors(SPEC, {**EXAMPLE, "opens_on": typed})["opens_on"] == message


def test_a_declaration_has_to_be_ticked() -> None:
    assert errors(SPEC, {**EXAMPLE, "truthful": ""})["truthful"] == "需要勾选后才能继续"
    assert errors(SPEC, {**EXAMPLE, "truthful": "false"})["truthful"] == "需要勾选后才能继续"


def test_a_value_outside_the_options_is_refused() -> None:
    assert errors(SPEC, {**EXAMPLE, "format": "casino"})["format"] == "从所列的选项中选一项"
    assert errors(SPEC, {**EXAMPLE, "projects": ["hot", "x"]})["projects"] == "从所列的选项中选择"


def test_a_wrong_check_digit_is_refused() -> None:
    row = {**EXAMPLE["staff"][0], "number": "110105194912310021"}
    assert "staff-0-number" in errors(SPEC, {**EXAMPLE, "staff": [row]})


def test_a_named_rule_speaks_with_the_form_s_own_words() -> None:
    row = {**EXAMPLE["staff"][0], "post": "cook"}
    assert errors(SPEC, {**EXAMPLE, "staff": [row]}) == {"staff": "至少登记 1 名食品安全员"}


def test_too_many_and_too_few_rows_are_refused() -> None:
    assert errors(SPEC, {**EXAMPLE, "staff": []})["staff"] == "至少填写 1 份"
    assert errors(SPEC, {**EXAMPLE, "staff": EXAMPLE["staff"] * 51})["staff"] == "最多填写 50 份，请移除多余的"


def test_only_one_s_own_files_count() -> None:
    spec = small({"id": "plan", "type": "upload", "material": "plan"})
    assert errors(spec, {"plan": ["a"]}, files={"b"}) == {"plan": "文件没有找到，请重新上传"}
    assert clean(spec, {"plan": ["a"]}, today=TODAY, files={"a"}).values == {"plan": ["a"]}


def test_an_unknown_division_is_refused() -> None:
    spec = small({"id": "home", "type": "region", "within": "420000", "example": "420102"})
    assert errors(spec, {"home": "430102"}, region_known=lambda code, within: code.startswith(within[:2]))
    assert clean(spec, {"home": "420102"}, today=TODAY, region_known=lambda _c, _w: True).ok


@pytest.mark.parametrize(
    ("name", "fields", "params", "values", "wrong"),
    [
        ("date_order", ["a", "b"], {}, {"a": "2026-02-01", "b": "2026-01-01"}, "b"),
        ("different", ["a", "b"], {}, {"a": "x", "b": "x"}, "b"),
        ("at_least_one", ["a", "b"], {}, {}, None),
        ("sum_equals", ["a", "b"], {}, {"a": "3", "b": "2"}, "a"),
        ("not_more_than", ["a", "b"], {}, {"a": "3", "b": "2"}, "a"),
        ("age_at_least", ["a"], {"years": 18}, {"a": "2010-01-01"}, "a"),
    ],
)
def test_rules_over_several_fields(
    name: str, fields: list[str], params: dict[str, Any], values: dict[str, Any], wrong: str | None
) -> None:
    asked = [{"id": each, "type": "text", "example": "x", "required": False} for each in ("a", "b")]
    spec = small(*asked, checks=[{"name": name, "fields": fields, "params": params}])
    assert list(errors(spec, values)) == ([wrong] if wrong else [])


def test_someone_turns_eighteen_on_the_birthday() -> None:
    spec = small(
        {"id": "born", "type": "date", "example": "2000-01-01"},
        checks=[{"name": "age_at_least", "fields": ["born"], "params": {"years": 18}}],
    )
    assert errors(spec, {"born": "2008-11-22"}) == {"born": "须年满 18 周岁"}
    assert clean(spec, {"born": "2008-11-21"}, today=TODAY).ok


def test_what_a_browser_sends_becomes_the_same_answers() -> None:
    raw: dict[str, Any] = {}
    for page in SPEC.steps:
        raw |= raw_from_post(SPEC, page.id, post(SPEC, page.id, EXAMPLE))
    assert clean(SPEC, raw, today=TODAY).values == clean(SPEC, EXAMPLE, today=TODAY).values


def test_sensitive_values_are_masked_in_summaries_and_plain_in_flat_texts() -> None:
    values = clean(SPEC, EXAMPLE, today=TODAY).values
    shown = str(summary(SPEC, values))
    assert "11010519491231002X" not in shown
    assert "13900000000" not in shown
    assert flatten(SPEC, values)["staff.0.number"] == "11010519491231002X"


def test_relative_dates_follow_today() -> None:
    spec = small({"id": "day", "type": "date", "earliest": "today", "latest": "today+30", "example": "today+7"})
    assert example_answers(spec, today=dt.date(2027, 1, 1)) == {"day": "2027-01-08"}
    assert errors(spec, {"day": "2026-12-22"}) == {"day": "不能晚于 2026-12-21"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ymd") | st.text(max_size=5), inner),
    max_leaves=6,
)
RAW = st.dictionaries(st.sampled_from([item.id for _page, item in SPEC.top_fields()]), JSON)


@given(RAW)
def test_no_answers_whatever_make_cleaning_or_telling_fail(raw: dict[str, Any]) -> None:
    cleaned = clean(SPEC, raw, today=TODAY)
    assert all(isinstance(error, FieldError) and error.message for error in cleaned.errors)
    assert clean(SPEC, cleaned.values, today=TODAY).values == cleaned.values
    summary(SPEC, raw)
    summary(SPEC, cleaned.values)
    flatten(SPEC, raw)


@given(st.lists(st.sampled_from(["hot", "cold", "drinks"]), min_size=1), st.sampled_from(["true", "false", "", None]))
def test_a_hidden_field_never_keeps_a_value(projects: list[str], cold_room: str | None) -> None:
    raw = {**EXAMPLE, "projects": projects, "cold_room": cold_room, "cold_room_area": "12"}
    values = clean(SPEC, raw, today=TODAY).values
    assert ("cold_room" in values) == ("cold" in projects and cold_room in ("true", "false"))
    assert ("cold_room_area" in values) == (values.get("cold_room") is True)


def test_the_derived_schema_names_types_and_conditions() -> None:
    schema = json_schema(SPEC)
    assert schema["$schema"].endswith("2020-12/schema")
    assert "cold_room_area" not in schema["required"]
    assert any(rule["then"]["required"] == ["cold_room_area"] for rule in schema["allOf"])


def test_choice_options_may_not_repeat() -> None:
    with pytest.raises(ValueError, match="重复"):
        small({"id": "a", "type": "choice", "options": options("x", "x")})
