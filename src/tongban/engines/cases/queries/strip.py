"""How a due date was counted, day by day, and in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.engines.cases import wording
from tongban.engines.cases.loading import Loaded, ledger
from tongban.engines.cases.models import Case, CaseClock
from tongban.engines.cases.queries.loading import fresh
from tongban.engines.cases.rules.compiled import Compiled
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for, held_version
from tongban.foundation.clock.rules import DayMark, Limit, Unit, explain
from tongban.foundation.clock.wording import holiday_text, limit_text, note_text, rule_text

ORDER = ("promised", "statutory", "acceptance", "delivery")
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StripDay:
    """One square: ``css`` holds the classes on, swap, stop, today, due, out; ``label`` is short, ``text`` says it in full."""

    day: dt.date
    css: str
    label: str
    text: str
    number: int | None


@dataclass(frozen=True, slots=True)
class StripLine:
    """One sentence of the count: which days, and what they are."""

    days: str
    text: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A period in which the clock stood still, with its basis."""

    title: str
    basis: str
    first: dt.date
    last: dt.date | None


@dataclass(frozen=True, slots=True)
class DayStrip:
    """A clock laid out in whole weeks, Monday first."""

    kind: str
    title: str
    limit: str
    basis: str
    rule: str
    started_on: dt.date
    due_on: dt.date | None
    provisional: bool
    days: tuple[StripDay, ...]
    lines: tuple[StripLine, ...]
    stops: tuple[Stop, ...]


def shown_clock(loaded: Loaded) -> CaseClock | None:
    """Return the clock that interests people most: the promise, else the statute, else the time for accepting."""
    for kind in ORDER:
        held = [clock for clock in loaded.clocks if clock.kind == kind]
        if held:
            return held[-1]
    return None


def day_strip(case: Case, at: dt.datetime, *, loaded: Loaded | None = None) -> DayStrip | None:
    """Return how the case's due date is counted, or None if no clock ever ran."""
    loaded = loaded or fresh(case)
    clock = shown_clock(loaded)
    return None if clock is None else strip_of(clock, loaded, today=local_date(at))


def strip_of(clock: CaseClock, loaded: Loaded, *, today: dt.date) -> DayStrip:
    """Return the strip of one clock."""
    calendar = calendar_for(loaded.case.unit.region_code)
    entries = ledger(loaded.entries.get(clock.pk, []))
    limit = Limit(clock.figure, Unit(clock.unit))
    marks = explain(entries, limit, calendar, until=min(today, clock.ended_on or today))
    return DayStrip(
        kind=clock.kind,
        title=str(CaseClock.Kind(clock.kind).label),
        limit=limit_text(limit),
        basis=clock.basis,
        rule=rule_of(clock),
        started_on=clock.started_on,
        due_on=clock.due_on,
        provisional=clock.provisional,
        days=tuple(_weeks(marks, loaded.compiled, clock, today)),
        lines=tuple(_lines(marks, loaded.compiled, clock)),
        stops=tuple(_stops(clock, loaded)),
    )


def rule_of(clock: CaseClock) -> str:
    """Return the version of the rule that a clock has frozen, with its sets, or nothing."""
    held = held_version(clock.rule_id, clock.rule_version)
    return rule_text(held) if held is not None else clock.rule_id


def _weeks(marks: Sequence[DayMark], compiled: Compiled, clock: CaseClock, today: dt.date) -> Iterator[StripDay]:
    first, last = marks[0].day, marks[-1].day
    for offset in range(first.weekday(), 0, -1):
        yield _outside(first - offset * DAY)
    for mark in marks:
        yield _day(mark, compiled, clock, today)
    for offset in range(1, 7 - last.weekday()):
        yield _outside(last + offset * DAY)


def _outside(day: dt.date) -> StripDay:
    return StripDay(day, "out", "", "", None)


def _day(mark: DayMark, compiled: Compiled, clock: CaseClock, today: dt.date) -> StripDay:
    classes = {"counted": "on", "future": "on", "stopped": "stop", "due": "due"}.get(mark.kind, "")
    if mark.note.startswith("makeup"):
        classes = f"{classes} swap".strip()
    if mark.day == today:
        classes = f"{classes} today".strip()
    note = _note(mark, compiled)
    if mark.kind == "start":
        label = started(clock.kind)
    elif mark.number is not None:
        label = _("第%(number)s天") % {"number": mark.number}
    elif mark.kind == "stopped":
        label = _("停计")
    else:
        label = holiday_text(mark.note.partition(":")[2])[:2] if mark.note.startswith("holiday") else _("休")
    return StripDay(mark.day, classes, label, note, mark.number)


def _note(mark: DayMark, compiled: Compiled) -> str:
    kind, _colon, about = mark.note.partition(":")
    return wording.cause(about, compiled) if kind == "stop" else note_text(mark.note)


def started(kind: str) -> str:
    """Return what happened on the day from which a clock counts."""
    texts = {
        "acceptance": _("收到"), "statutory": _("受理"), "promised": _("受理"), "delivery": _("决定"),
        "correction": _("告知"),
    }  # fmt: skip
    return texts.get(kind, _("起算"))


def _group(mark: DayMark) -> str:
    if mark.kind == "start":
        return "restart" if mark.note == "restart" else "start"
    if mark.note.startswith("extend"):
        return mark.note
    if mark.kind == "stopped":
        return mark.note
    return mark.note if mark.note.startswith("holiday") else "run"


def _lines(marks: Sequence[DayMark], compiled: Compiled, clock: CaseClock) -> Iterator[StripLine]:
    for key, group in groupby(marks, key=_group):
        days = list(group)
        span = span_text(days[0].day, days[-1].day)
        if key == "start":
            yield StripLine(f"{span} {started(clock.kind)}", _("当天不算"))
        elif key == "restart":
            yield StripLine(f"{span} {_('收到补正')}", _("期限重新计算，当天不算"))
        elif key.startswith("extend"):
            yield from _counted(span, days)
            more = limit_text(Limit(int(key.partition(":")[2] or 0), Unit(clock.unit)))
            yield StripLine(f"{span} {_('批准延期')}", _("延长 %(more)s") % {"more": more})
        elif key.startswith("stop"):
            cause = _note(days[0], compiled)
            yield StripLine(f"{span} {cause}".strip(), _("停止计时，到期日顺延"))
        elif key.startswith("holiday"):
            yield StripLine(f"{span} {holiday_text(key.partition(':')[2])}", _("放假，不计"))
        else:
            yield from _counted(span, days)


def _counted(span: str, days: Sequence[DayMark]) -> Iterator[StripLine]:
    numbers = [mark.number for mark in days if mark.number is not None]
    if not numbers:
        yield StripLine(span, _("休息，不计"))
        return
    text = _("计 %(count)s 天，累计第 %(total)s 天") % {"count": len(numbers), "total": numbers[-1]}
    swaps = [day_text(mark.day) for mark in days if mark.note.startswith("makeup")]
    if swaps:
        text += _("；%(days)s调休上班，照算") % {"days": "、".join(swaps)}
    if days[-1].kind == "due":
        text += _("，到期")
    yield StripLine(span, text)


def _stops(clock: CaseClock, loaded: Loaded) -> Iterator[Stop]:
    opened = None
    for entry in loaded.entries.get(clock.pk, []):
        if entry.kind == "stop":
            opened = entry
        elif entry.kind in ("resume", "end") and opened is not None:
            yield Stop(wording.cause(opened.cause, loaded.compiled), opened.basis, opened.on, entry.on)
            opened = None
    if opened is not None:
        yield Stop(wording.cause(opened.cause, loaded.compiled), opened.basis, opened.on, None)


def day_text(day: dt.date) -> str:
    """Return a day without its year: 10 月 8 日, 8 October."""
    english = (get_language() or "").startswith("en")
    return date_format(day, "j F") if english else f"{day.month} 月 {day.day} 日"


def span_text(first: dt.date, last: dt.date) -> str:
    """Return a span of days in words."""
    if first == last:
        return day_text(first)
    english = (get_language() or "").startswith("en")
    end = f"{last.day} 日" if last.month == first.month and not english else day_text(last)
    return _("%(first)s至 %(last)s") % {"first": day_text(first), "last": end}
