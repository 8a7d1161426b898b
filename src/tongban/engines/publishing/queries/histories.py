"""The history of a statute for its page: events with links, earlier and later texts, and two texts side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from tongban.engines.publishing.models import Article, LawEvent
from tongban.engines.publishing.rules.histories import CHANGES

PUBLISHED = Article.Status.PUBLISHED
_LINK = ("id", "title", "written_on", "effective_on", "abolished_on", "validity", "doc_no", "status")


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event: what happened, when, by whom, and the text it names, with its page where the library holds it."""

    act: str
    label: str
    on: dt.date | None
    by: str
    cited: str
    doc_no: str
    other: Article | None
    times: int
    is_future: bool


@dataclass(frozen=True, slots=True)
class History:
    """Everything the library knows about a statute's life.

    :param versions: every text of the same title, the newest first, this one included; empty where there is only this one
    :param changed: statutes that this text amended, if it is an amending decision
    """

    entries: list[HistoryEntry]
    versions: list[Article]
    changed: list[Article]

    @property
    def changes(self) -> int:
        """Return how often the text was amended or revised."""
        return sum(entry.act in CHANGES for entry in self.entries)

    def __bool__(self) -> bool:
        return bool(self.entries or self.versions or self.changed)


def history(row: Article, *, today: dt.date) -> History:
    """Return the history of a published statute, in the order of time."""
    own = list(LawEvent.objects.filter(law=row).select_related("other").order_by("place"))
    naming = list(LawEvent.objects.filter(other=row, law__status=PUBLISHED).select_related("law").order_by("on", "pk"))
    entries = [_entry(event, today) for event in own]
    entries.sort(key=lambda entry: entry.on or dt.date.max)
    return History(
        entries=entries,
        versions=versions(row),
        changed=[event.law for event in naming if event.act != LawEvent.Act.REPEALS],
    )


def _entry(event: LawEvent, today: dt.date) -> HistoryEntry:
    named = event.other
    return HistoryEntry(
        act=event.act,
        label=event.get_act_display(),
        on=event.on,
        by=event.by,
        cited=event.cited,
        doc_no=event.doc_no,
        other=named if named is not None and named.status == PUBLISHED else None,
        times=event.times,
        is_future=event.on is not None and event.on > today,
    )


def versions(row: Article) -> list[Article]:
    """Return the published texts of the same title in the same column, the newest first; empty if there is no other."""
    same = (
        Article.objects.filter(column=row.column_id, status=PUBLISHED, title=row.title)
        .only(*_LINK)
        .order_by("-written_on", "-pk")
    )
    found = list(same[:20])
    return found if len(found) > 1 else []


def pair(older: int, newer: int) -> Mapping[int, Article]:
    """Return two published texts by number; fewer if one of them is not public."""
    return Article.objects.filter(status=PUBLISHED).only(*_LINK, "body", "column").in_bulk([older, newer])
