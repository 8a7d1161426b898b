"""Reads the yearly notice: 一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。

An administrator pastes the text; what is read is shown for confirmation before anything is published. Each sentence
that names days must be understood, the weekdays in brackets must fit, and a stated number of days must agree;
otherwise nothing is taken.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from tongban.foundation.clock.limits import ClockError

HOLIDAYS = {
    "元旦": "new_year", "春节": "spring_festival", "清明": "qingming", "劳动": "labour_day", "五一": "labour_day",
    "端午": "dragon_boat", "中秋": "mid_autumn", "国庆": "national_day", "抗战": "victory_day", "抗日": "victory_day",
}  # fmt: skip
_WEEK = "一二三四五六日"
_DAY = r"(?:(?P<{0}y>\d{{4}})年)?(?:(?P<{0}m>\d{{1,2}})月)?(?P<{0}d>\d{{1,2}})日(?:\((?P<{0}n>[^)]*)\))?"
_SPAN = re.compile(_DAY.format("a") + r"(?:至" + _DAY.format("b") + r")?")
_COUNT = re.compile(r"共(\d{1,2})天")


@dataclass(slots=True)
class Notice:
    """What a notice says, ready for :func:`tongban.foundation.clock.actions.publish_calendar_year`."""

    year: int
    days_off: dict[dt.date, str] = field(default_factory=dict)
    make_up: dict[dt.date, str] = field(default_factory=dict)


def read_notice(text: str, *, year: int) -> Notice:
    """Read the notice of a year.

    :raises ClockError: ``notice.unread`` with the sentence, ``notice.weekday_differs`` if a weekday in brackets does
        not fit its day
    """
    notice = Notice(year)
    holiday, month = "", 0
    for sentence in _sentences(text):
        holiday = next((code for word, code in HOLIDAYS.items() if word in sentence.split(":")[0]), holiday)
        if "日" not in sentence or not re.search(r"\d日", sentence):
            continue
        works, rests = "上班" in sentence, "放假" in sentence
        if not holiday or works == rests:
            raise ClockError("notice.unread", text=sentence)
        found, month = _days(sentence, year, month)
        counted = _COUNT.search(sentence)
        if not found or (counted and rests and int(counted.group(1)) != len(found)):
            raise ClockError("notice.unread", text=sentence)
        (notice.make_up if works else notice.days_off).update(dict.fromkeys(found, holiday))
    if not notice.days_off:
        raise ClockError("notice.unread", text=text.strip()[:40])
    return notice


def _sentences(text: str) -> list[str]:
    plain = re.sub(r"\s+", "", text).translate(str.maketrans("：；（）－—～", ":。()至至至"))
    plain = re.sub(r"星期([一二三四五六日天])", r"周\1", plain).replace("周天", "周日").replace("星期", "周")
    return [sentence for sentence in plain.split("。") if sentence]


def _days(sentence: str, year: int, month: int) -> tuple[list[dt.date], int]:
    """Return the days that a sentence names, and the month of the last one (a day may leave its month out)."""
    found: list[dt.date] = []
    for match in _SPAN.finditer(sentence):
        month = int(match["am"] or month)
        first = _day(int(match["ay"] or year), month, int(match["ad"]), match["an"], sentence)
        last = first
        if match["bd"]:
            month = int(match["bm"] or month)
            until = int(match["by"] or (first.year + 1 if month < first.month else first.year))
            last = _day(until, month, int(match["bd"]), match["bn"], sentence)
        if not 0 <= (last - first).days <= 15:
            raise ClockError("notice.unread", text=sentence)
        found.extend(first + dt.timedelta(days=step) for step in range((last - first).days + 1))
    return found, month


def _day(year: int, month: int, number: int, remark: str | None, sentence: str) -> dt.date:
    try:
        day = dt.date(year, month, number)
    except ValueError as wrong:
        raise ClockError("notice.unread", text=sentence) from wrong
    said = re.search(rf"周([{_WEEK}])", remark or "")
    if said and _WEEK.index(said.group(1)) != day.weekday():
        raise ClockError("notice.weekday_differs", day=day, said=f"周{said.group(1)}")
    return day
