"""Writes the history of a statute down when it is published, from its own words, and ties it to the texts it names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from tongban.engines.publishing.indexing import plain
from tongban.engines.publishing.models import Article, LawEvent
from tongban.engines.publishing.queries.searching import matching
from tongban.engines.publishing.rules.histories import REPEALS, Step, of_closing, of_note, title_key
from tongban.engines.publishing.statutes import provisions

LAST_PARTS = 3
"""In how many of the last articles a text says since when it is in force and what it repeals."""
LONGEST_KEY = 300
_AMENDING = "关于修改"


def trace(row: Article) -> None:
    """Replace what is held about the history of a published text; tie it, and what names it, both ways.

    Called by whoever publishes, in the same transaction. A text that tells nothing of the kind costs nothing.
    """
    steps = steps_of_text(row.body, row.legal.get("note", ""), row.written_on)
    if steps or row.latest_n > 1:
        LawEvent.objects.filter(law=row).delete()
    LawEvent.objects.bulk_create(
        LawEvent(
            law=row, place=place, act=step.act, on=step.on, by=step.by[:200], times=step.times,
            cited=step.cited[:300], cited_key=title_key(step.cited)[:LONGEST_KEY], doc_no=step.doc_no[:60],
            other=_named(step, row) if step.cited else None,
        )
        for place, step in enumerate(steps)
    )  # fmt: skip
    if steps or _AMENDING in row.title:
        _tie_to(row)


def steps_of_text(body: str, noted: str, written_on: dt.date | None) -> list[Step]:
    """Return the events that a text tells of itself: those of its note, then those of its last articles."""
    steps = of_note(noted)
    if not steps and "施行" not in body:
        return steps
    return [*steps, *of_closing(_closing(body), steps[0].on if steps else written_on)]


def _closing(body: str) -> list[str]:
    parts = [part for part in provisions(body) if part.kind == "article"]
    if parts:
        return [line for part in parts[-LAST_PARTS:] for line in part.paragraphs]
    return plain(body).split("\n")[-LAST_PARTS:]


def _named(step: Step, law: Article) -> Article | None:
    """Return the text of the library that a step names."""
    wanted = title_key(step.cited)
    published = Article.objects.filter(status=Article.Status.PUBLISHED, kind=Article.Kind.DOCUMENT)
    titled = Q(search_title=wanted)
    if wanted.startswith(_AMENDING):  # the library's title begins with the organ
        titled |= Q(search_title__endswith=wanted)
    found = matching(published, [wanted]).filter(titled).exclude(pk=law.pk).only("id", "title", "written_on")
    return _latest(row for row in found if _is_meant(step.act, step.on, row))


def _is_meant(act: str, on: dt.date | None, row: Article) -> bool:
    """Tell whether a text is the one meant: a decision has the day of the amendment, what is repealed is older."""
    if on is None or row.written_on is None:
        return act == REPEALS
    return row.written_on < on if act == REPEALS else row.written_on == on


def _latest(rows: Iterable[Article]) -> Article | None:
    return max(rows, key=lambda row: (row.written_on or dt.date.min, row.pk), default=None)


def _tie_to(row: Article) -> None:
    """Point events of other texts that name this one here, where they pointed nowhere or to an older version."""
    naming = LawEvent.objects.filter(cited_key=title_key(row.title)[:LONGEST_KEY]).exclude(law=row)
    for event in naming.select_related("other"):
        if _is_meant(event.act, event.on, row) and _latest([row, *([event.other] if event.other else [])]) == row:
            event.other = row
            event.save(update_fields=["other"])
