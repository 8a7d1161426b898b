"""Loads the calendars and rules of a pack: everything checked first, unchanged the second time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeVar

from pydantic import BaseModel

from tongban.foundation.clock.actions import announce, put_year
from tongban.foundation.clock.arrangement import YearEntry
from tongban.foundation.clock.models import CalendarYear, LimitRule
from tongban.foundation.clock.rules import Limit, promise_fits
from tongban.foundation.clock.schemas import UNIT_OF, CalendarFile, Extension, RuleFile, RuleRow
from tongban.foundation.packs.errors import PackError, Problem
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome

T = TypeVar("T", bound=BaseModel)
TAGS = {"cn-2012": dt.date(2012, 7, 1), "cn-2024": dt.date(2024, 7, 1), "cn-2026": dt.date(2026, 7, 1)}
"""Names for the state of the law on a day; a rule wears those of the days on which it is in force."""


def _parsed(model: type[T], documents: Sequence[Document]) -> tuple[list[tuple[T, Document]], list[Problem]]:
    rows: list[tuple[T, Document]] = []
    problems: list[Problem] = []
    for document in documents:
        try:
            rows.append((parse(model, document), document))
        except PackError as wrong:
            problems.extend(wrong.problems)
    return rows, problems


def load_calendars(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Create or change years from ``calendars/*.yaml``; a year entered by hand is never touched.

    :raises PackError: with every wrong file
    """
    rows, problems = _parsed(CalendarFile, documents)
    seen: set[tuple[str, int]] = set()
    for file, document in rows:
        if (file.jurisdiction, file.year) in seen:
            problems.append(document.problem(("year",), f"{file.year} 年在另一个文件里已有，请合并"))
        seen.add((file.jurisdiction, file.year))
    if problems:
        raise PackError(problems)
    by_hand = set(CalendarYear.objects.filter(entered_by_hand=True).values_list("jurisdiction", "year"))
    known = set(CalendarYear.objects.values_list("jurisdiction", "year"))
    outcome = Outcome()
    changed: dict[str, list[int]] = {}
    for file, _document in rows:
        place = (file.jurisdiction, file.year)
        wrote = place not in by_hand and put_year(_entry(file), by=f"pack:{loading.pack}", by_hand=False, at=loading.at)
        outcome.count(created=wrote and place not in known, changed=wrote)
        if wrote and known:  # the first load of all changes nothing that anyone has counted
            changed.setdefault(file.jurisdiction, []).append(file.year)
    for jurisdiction, years in changed.items():
        announce(
            sorted(years), jurisdiction=jurisdiction, source=loading.pack, by=f"pack:{loading.pack}", at=loading.at
        )
    return outcome


def _entry(file: CalendarFile) -> YearEntry:
    days = file.year_days()
    return YearEntry(
        file.year, days.official, file.source.title, days.closed, days.open,
        file.jurisdiction, file.source.number, file.source.taken_from,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A rule of the pack with its file and place."""

    row: RuleRow
    file: RuleFile
    document: Document
    index: int

    @property
    def key(self) -> tuple[str, str, int]:
        return (self.row.id, self.row.jurisdiction, self.row.version)

    @property
    def first(self) -> dt.date | None:
        return self.row.valid_from or self.file.sources[self.row.source.law].in_force

    @property
    def last(self) -> dt.date | None:
        return self.row.valid_to or self.file.sources[self.row.source.law].until

    def problem(self, field: str, text: str) -> Problem:
        return self.document.problem(("rules", self.index, field), f"{self.row.id}：{text}")


def load_rules(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Create or change rules from ``rules/*.yaml``.

    :raises PackError: with every mistake: unknown law or event, the same version twice, validity that overlaps, a local
        rule longer than the national duty, a published version whose figures differ
    """
    files, problems = _parsed(RuleFile, documents)
    wanted = [_Wanted(row, file, doc, index) for file, doc in files for index, row in enumerate(file.rules)]
    unnamed = [problem for each in wanted for problem in _unnamed(each)]
    if unnamed:  # what follows needs the laws' dates
        raise PackError([*problems, *unnamed])
    for check in (_repeated, _overlapping, _longer_than_national):
        problems.extend(check(wanted))
    known = {(row.rule_id, row.jurisdiction, row.version): row for row in LimitRule.objects.all()}
    rows = [(each, _row(each)) for each in wanted]
    problems.extend(_altered(each, row, known) for each, row in rows if _is_altered(each, row, known))
    if problems:
        raise PackError(problems)
    outcome = Outcome()
    for each, row in rows:
        held = known.get(each.key)
        differs = held is None or _values(held) != _values(row)
        if differs:
            row.pk = held.pk if held else None
            row.save()
        outcome.count(created=held is None, changed=differs)
    return outcome


def _unnamed(each: _Wanted) -> Iterable[Problem]:
    """Find laws and events that the file does not name."""
    row, file = each.row, each.file
    if row.source.law not in file.sources:
        yield each.problem("source", f"sources 里没有 {row.source.law}，请先写明法律名称")
    for code in filter(None, (row.start, row.stop, *row.excluded)):
        if code not in file.events:
            yield each.problem("start", f"events 里没有 {code}，请写明它的中英文名称")


def _repeated(wanted: Sequence[_Wanted]) -> Iterable[Problem]:
    seen: set[tuple[str, str, int]] = set()
    for each in wanted:
        if each.key in seen:
            yield each.problem("version", f"第 {each.row.version} 版写了两次，请改版本号或删去一个")
        seen.add(each.key)


def _overlapping(wanted: Sequence[_Wanted]) -> Iterable[Problem]:
    groups: dict[tuple[str, str], list[_Wanted]] = {}
    for each in wanted:
        groups.setdefault((each.row.id, each.row.jurisdiction), []).append(each)
    for versions in groups.values():
        for one, two in combinations(versions, 2):
            if one.key != two.key and _meet(one, two):
                yield two.problem(
                    "valid_from", f"第 {two.row.version} 版与第 {one.row.version} 版的有效期重叠，请写明起止日期"
                )


def _meet(one: _Wanted, two: _Wanted) -> bool:
    first, last = dt.date.min, dt.date.max
    return (one.first or first) <= (two.last or last) and (two.first or first) <= (one.last or last)


def _longer_than_national(wanted: Sequence[_Wanted]) -> Iterable[Problem]:
    """A local rule may only shorten what the nation demands of an agency."""
    national = [each for each in wanted if not each.row.jurisdiction and each.row.bound == "agency"]
    for each in wanted:
        if not each.row.jurisdiction or each.row.figure is None or each.row.unit is None:
            continue
        for above in national:
            same = above.row.id in (each.row.id, each.row.overrides)
            if same and _meet(above, each) and above.row.figure is not None and above.row.unit is not None:
                local = _limit(each.row)
                if not promise_fits(local, _limit(above.row)):
                    yield each.problem("figure", f"地方规则不得长于全国规则 {above.row.id}")


def _limit(row: RuleRow) -> Limit:
    return Limit(row.figure or 0, UNIT_OF[row.unit or "WD"])


def _row(each: _Wanted) -> LimitRule:
    row, source = each.row, each.file.sources[each.row.source.law]
    names = {code: each.file.events[code].model_dump() for code in filter(None, (row.start, row.stop, *row.excluded))}
    return LimitRule(
        rule_id=row.id, version=row.version, jurisdiction=row.jurisdiction, domain=each.file.domain, kind=row.kind,
        bound=row.bound, title_zh=row.title.zh, title_en=row.title.en, figure=row.figure,
        unit=UNIT_OF[row.unit].value if row.unit else "", window=list(row.window) if row.window else None,
        start_event=row.start, stop_event=row.stop, excluded_events=row.excluded, extension=_extension(row.extension),
        on_expiry=row.on_expiry, overrides=row.overrides, valid_from=each.first, valid_to=each.last,
        applies_by=row.applies_by, tags=_tags(each), event_names=names, evidence=row.evidence,
        source={"title": source.title, "order": source.order, "article": row.source.article, "text_date": source.text_date},
        note=row.note.model_dump() if row.note else None, checked_on=each.file.checked_on,
    )  # fmt: skip


def _extension(extension: Extension | None) -> dict[str, Any] | None:
    return None if extension is None else {**extension.model_dump(), "unit": UNIT_OF[extension.unit].value}


def _tags(each: _Wanted) -> list[str]:
    first, last = each.first or dt.date.min, each.last or dt.date.max
    return [tag for tag, day in TAGS.items() if first <= day <= last]


def _values(row: LimitRule) -> dict[str, Any]:
    fields = LimitRule._meta.concrete_fields  # noqa: SLF001
    return {field.attname: getattr(row, field.attname) for field in fields if not field.primary_key}


def _is_altered(each: _Wanted, row: LimitRule, known: dict[tuple[str, str, int], LimitRule]) -> bool:
    held = known.get(each.key)
    return held is not None and held.facts() != row.facts()


def _altered(each: _Wanted, row: LimitRule, known: dict[tuple[str, str, int], LimitRule]) -> Problem:
    held, now = known[each.key].facts(), row.facts()
    field = next(name for name in now if now[name] != held[name])
    return each.problem("version", f"第 {each.row.version} 版已发布，{field} 不得改动；法律变了请写成新的版本")
