"""Reads the yearly notice: 一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。

An administrator pastes the text; what is read is shown for confirmation before anything is published. Each sentence
that names days must be understood, the weekdays in brackets must fit, and a stated number of days must agree;
otherwise nothing is taken.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
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
LOCAL = "地方节日"
_WORDS = {code: word for word, code in reversed(HOLIDAYS.items())}


@dataclass(slots=True)
class Notice:
    """What a notice says, ready for :func:`tongban.foundation.clock.actions.publish_calendar_year`."""

    year: int
    days_off: dict[dt.date, str] = field(default_factory=dict)
    make_up: dict[dt.date, str] = field(default_factory=dict)


def read_notice(text: str, *, year: int, known: Mapping[dt.date, str] | None = None, local: bool = False) -> Notice:
    """Read the notice of a year: the text as published, or lines such as ``1月1日至3日放假，1月4日上班``.

    A holiday that is not named is known by its days: those of the provisional calendar, else the fixed ones.

    :param known: the holidays of days as far as they are known already
    :param local: the notice of a minority area or another place, whose holidays have names of their own
    :raises ClockError: ``notice.unread`` with the sentence, ``notice.weekday_differs`` if a weekday in brackets does
        not fit its day
    """
    names = {**(known or {}), **_fixed(year)}
    try:
        return _read(_sentences(text.replace("\n", "。")), year, names, local=local)
    except ClockError as wrong:
        if wrong.code != "notice.unread" or "\n" not in text.strip():
            raise
        try:
            return _read(_sentences(text), year, names, local=local)  # lines broken in the middle of a sentence
        except ClockError:
            raise wrong from None


def write_notice(days_off: Mapping[dt.date, str], make_up: Mapping[dt.date, str]) -> str:
    """Return an arrangement as lines that :func:`read_notice` reads again, one a holiday, to be corrected by hand."""
    lines = []
    for name in dict.fromkeys(days_off[day] for day in sorted(days_off)):
        off = _spans(sorted(day for day, each in days_off.items() if each == name))
        up = [_say(day) for day in sorted(make_up) if make_up[day] == name]
        text = (
            "、".join(f"{_say(first)}至{_say(last)}" if last > first else _say(first) for first, last in off) + "放假"
        )
        lines.append(f"{_WORDS.get(name, name)}：{text}" + (f"，{'、'.join(up)}上班" if up else ""))
    return "\n".join(lines)


def _spans(days: Sequence[dt.date]) -> list[tuple[dt.date, dt.date]]:
    spans: list[tuple[dt.date, dt.date]] = []
    for day in days:
        if spans and (day - spans[-1][1]).days == 1:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans


def _say(day: dt.date) -> str:
    return f"{day.month}月{day.day}日"


def _fixed(year: int) -> dict[dt.date, str]:
    days = {(1, 1): "new_year", (5, 1): "labour_day", (5, 2): "labour_day"}
    days |= {(10, day): "national_day" for day in (1, 2, 3)} | {(4, 4): "qingming", (4, 5): "qingming"}
    return {dt.date(year, month, day): name for (month, day), name in days.items()}


def _read(sentences: Iterable[str], year: int, known: Mapping[dt.date, str], *, local: bool) -> Notice:
    notice = Notice(year)
    holiday, month = "", 0
    for sentence in sentences:
        named = _name(sentence, local=local)
        holiday = named or holiday
        before: list[dt.date] = []
        for clause in _clauses(sentence):
            counted = _COUNT.fullmatch(clause)
            if counted:
                if before and int(counted.group(1)) != len(before):
                    raise ClockError("notice.unread", text=sentence)
                continue
            if not re.search(r"\d日", clause):
                continue
            works, rests = "上班" in clause, "放假" in clause or "休息" in clause
            before, month = _days(clause, year, month)
            if works == rests or not before:
                raise ClockError("notice.unread", text=sentence)
            if rests and not named:
                holiday = next((known[day] for day in before if day in known), "" if local else holiday)
            if not holiday and not local:
                raise ClockError("notice.unnamed", text=clause)
            target = notice.make_up if works else notice.days_off
            target.update(dict.fromkeys(before, holiday or LOCAL))
    if not notice.days_off:
        raise ClockError("notice.unread", text="。".join(sentences)[:40] if isinstance(sentences, list) else "")
    return notice


def _name(sentence: str, *, local: bool) -> str:
    head, colon, _rest = sentence.partition(":")
    known = next((code for word, code in HOLIDAYS.items() if word in (head if colon else sentence)), "")
    if known or not (local and colon):
        return known
    return re.sub(r"^[一二三四五六七八九十\d]+[、.]", "", head)[:20]


def _clauses(sentence: str) -> list[str]:
    """Split a sentence at its commas, not at those inside brackets."""
    body = sentence.partition(":")[2] or sentence
    return [clause for clause in re.split(r"[,;](?![^(]*\))", body) if clause]


def _sentences(text: str) -> list[str]:
    plain = re.sub(r"\s+", "", text).translate(str.maketrans("：；（）－—～，", ":;()至至至,"))
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
