"""Texts and attempts."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.foundation.messaging.rules import (
    RETRIES,
    TemplateError,
    check_places,
    check_values,
    fill,
    next_attempt,
    one_line,
    places,
    sms_parts,
)

AT = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


def test_the_places_of_a_text_are_found() -> None:
    assert places("编号{number}，查询码{secret}") == {"number", "secret"}


@pytest.mark.parametrize("text", ["{", "}", "{Number}", "{a b}", "{}", "{a}}"])
def test_a_stray_brace_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        places(text)


def test_an_undeclared_place_is_refused() -> None:
    with pytest.raises(TemplateError, match="secret"):
        check_places("{number}{secret}", ["number"])


def test_missing_and_unknown_values_are_refused() -> None:
    with pytest.raises(TemplateError, match="missing.*number.*unknown.*extra"):
        check_values(["number"], {"extra": "1"})


@given(st.text(), st.text())
def test_a_value_is_never_read_as_a_text_with_places(first: str, second: str) -> None:
    assert fill("{a}|{b}", {"a": first, "b": second}) == f"{first}|{second}"


@given(st.text())
def test_a_value_stays_on_one_line(value: str) -> None:
    assert not re.search(r"[\x00-\x1f\u2028\u2029]", one_line(value))


def test_the_first_retry_is_at_once_then_every_five_minutes_for_four_hours() -> None:
    moments = [next_attempt(attempts, AT) for attempts in range(1, RETRIES + 2)]
    assert moments[0] == AT
    assert moments[1:-1] == [AT + dt.timedelta(minutes=5)] * 47
    assert moments[-1] is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a" * 160, 1), ("a" * 161, 2), ("字" * 70, 1), ("字" * 71, 2), ("字" * 134, 2), ("字" * 135, 3)],
)
def test_the_parts_of_a_text_message_are_counted(text: str, parts: int) -> None:
    assert sms_parts(text) == parts
