from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tongban.foundation.clock.rules import Limit, Unit
from tongban.foundation.clock.tests.calendars import load_law, load_national
from tongban.foundation.clock.wording import limit_text, note_text

pytestmark = pytest.mark.django_db


def _lines(*arguments: str, **options: Any) -> list[str]:
    out = io.StringIO()
    call_command("explain_deadline", *arguments, stdout=out, **options)
    return out.getvalue().splitlines()


def test_the_first_line_is_the_date_and_the_second_whether_it_is_official() -> None:
    load_national()
    lines = _lines("--days", "20", "--unit", "working_day", "--start", "2024-01-15")
    assert lines[:2] == ["2024-02-09", "official"]
    assert lines[2].startswith("2024-01-15  周一")
    assert lines[-1].split() == ["2024-02-09", "周五", "20", "到期日"]
    assert "春节调休上班" in "".join(lines)


def test_it_counts_the_same_without_a_loaded_calendar() -> None:
    assert _lines("--days", "60", "--unit", "calendar_day", "--start", "2026-12-01")[:2] == [
        "2027-02-01",
        "provisional",
    ]


@pytest.mark.parametrize(
    ("arguments", "due"),
    [
        ("--days 20 --start 2026-01-29 --stop 2026-02-02 --resume 2026-02-13", "2026-03-18"),
        ("--days 20 --start 2026-01-29 --stop 2026-02-02 --resume 2026-02-13 --resume-means restart", "2026-03-19"),
        ("--days 20 --start 2026-01-29 --extend 10", "2026-03-18"),
        ("--days 20 --start 2026-03-02 --stop 2026-03-09 --resume 2026-04-07 --stop-day-counts", "2026-04-28"),
        ("--days 20 --start 2026-01-29 --stop 2026-02-02", "stopped"),
        ("--days 3 --unit month --start 2026-11-30", "2027-02-28"),
        ("--days 24 --unit hour --start 2026-11-30T09:00", "2026-12-01T09:00+08:00"),
        ("--days 20 --start 2026-01-29 --jurisdiction 420102", "2026-03-04"),
    ],
)
def test_it_takes_stops_restarts_and_extensions(arguments: str, due: str) -> None:
    assert _lines(*arguments.split())[0] == due


def test_it_speaks_english_too() -> None:
    lines = _lines("--days", "3", "--start", "2026-09-30", "--language", "en")
    assert lines[-1].split("  ")[-2:] == ["due", "workday made up for National Day"]


@pytest.mark.parametrize(
    "arguments",
    [
        "--days 20 --start 2026-02-30",
        "--days 20 --start 2026-01-29 --resume 2026-02-13",
        "--days 20 --start 2026-01-29 --stop 2026-01-02",
        "--days 200 --start 2028-12-01",
        "--days -1 --start 2026-01-29",
    ],
)
def test_what_cannot_be_counted_is_said_in_one_sentence(arguments: str) -> None:
    with pytest.raises(CommandError, match="[。]"):
        _lines(*arguments.split())


def test_limits_and_notes_are_said_in_words() -> None:
    assert limit_text(Limit(20, Unit.WORKING_DAY)) == "20 个工作日"
    assert limit_text(Limit(1, Unit.MONTH)) == "1 个月"
    notes = ["weekend", "makeup:national_day", "makeup:", "holiday:开斋节", "stop:听证", "roll", "extend:10", "restart"]
    assert [note_text(note) for note in notes] == [
        "周末", "国庆节调休上班", "调休上班", "开斋节", "听证", "期满日为休息日，顺延", "延长 10", "重新起算",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "due", "last"),
    [
        ("2012-03-01", "2012-03-22", "OGI-03 第 1 版（cn-2012）"),
        ("2024-03-01", "2024-03-29", "OGI-03 第 2 版（cn-2024、cn-2026）"),
    ],
)
def test_a_rule_is_taken_in_the_version_of_its_day_and_named_with_its_sets(start: str, due: str, last: str) -> None:
    load_national()
    load_law()
    lines = _lines("--rule", "OGI-03", "--start", start)
    assert lines[0] == due
    assert lines[-1].startswith(last)


def test_days_or_a_rule_not_both_and_not_neither() -> None:
    for arguments in (["--start", "2026-01-05"], ["--start", "2026-01-05", "--days", "3", "--rule", "OGI-03"]):
        with pytest.raises(CommandError):
            _lines(*arguments)
