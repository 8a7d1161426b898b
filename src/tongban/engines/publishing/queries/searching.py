"""Search over all published items by pairs of characters, newest first.

A pair that half of all items hold must not make the database sort half of all items: where there are many, the last three
days are asked first, then three weeks, two quarters, two years, everything, until a page is full. How many there are is
counted only up to a limit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast

from tongban.engines.publishing.indexing import day_token, plain, quarter
from tongban.engines.publishing.models import Article
from tongban.foundation.clock.now import CHINA
from tongban.foundation.rows.statements import ready
from tongban.foundation.text.normalize import key
from tongban.foundation.text.search import terms

LONGEST = 60
PAGE = 20
DEEPEST = 10
"""Most pages one may turn; who has not found it by then asks more exactly."""
COUNTED = 1000
LONG_ENOUGH = 2
AROUND = 60


class _Matches(Func):
    """``tsvector @@ tsquery``."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


class _Query(Func):
    """A text cast to ``tsquery`` as it stands, without a dictionary."""

    template = "(%(expressions)s)::tsquery"
    output_field = TextField()


def words_of(text: str) -> list[str]:
    """Return the words of a question in the form that is compared."""
    return [word for part in text[:LONGEST].split() if (word := key(part))]


def _tokens(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(token for word in words for token in terms(word)))


def matching(rows: QuerySet[Article], words: Sequence[str]) -> QuerySet[Article]:
    """Return the rows that hold every word."""
    asked = " & ".join(f"'{token}'" for token in _tokens(words))
    if not asked:
        return rows.none()
    rows = rows.filter(_Matches(F("search_grams"), _Query(Cast(Value(asked), TextField()))))
    for word in words:
        if len(word) > LONG_ENOUGH:
            rows = rows.filter(search_text__contains=word)
    return rows


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    :param site: only what this site's columns show: the ids of the columns and of those they mirror
    :param kinds: kinds of article; empty means any
    """

    text: str
    sources: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    title_only: bool = False


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """One article found, with the place in its text."""

    id: int
    title: str
    unit: str
    published_on: dt.date
    kind: str
    doc_no: str
    validity: str
    column_id: int
    snippet: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found. ``total`` is at most :data:`COUNTED` + 1, which means more than that."""

    words: tuple[str, ...]
    rows: list[FoundArticle]
    total: int
    number: int

    @property
    def is_more(self) -> bool:
        """Tell whether there are more than were counted."""
        return self.total > COUNTED

    @property
    def pages(self) -> int:
        """Return how many pages one may turn."""
        return min(DEEPEST, max(1, -(-min(self.total, COUNTED) // PAGE)))


def _condition(asked: Asked, words: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Return the condition of a search without its time, and its values."""
    prefix = "^" if asked.title_only else ""
    checked = "search_title" if asked.title_only else "search_text"
    parts = ["a.status = 'published'", "a.search_grams @@ %(query)s::tsquery"]
    values: dict[str, Any] = {"tokens": " & ".join(f"'{prefix}{token}'" for token in _tokens(words))}
    for number, word in enumerate(words):
        if len(word) > LONG_ENOUGH:
            parts.append(f"strpos(a.{checked}, %(word{number})s) > 0")
            values[f"word{number}"] = word
    if asked.kinds:
        parts.append("a.kind = ANY(%(kinds)s::text[])")
        values["kinds"] = list(asked.kinds)
    if asked.since:
        parts.append("a.published_at >= %(since)s")
        values["since"] = dt.datetime.combine(asked.since, dt.time(), tzinfo=CHINA)
    if asked.until:
        parts.append("a.published_at < %(until)s")
        values["until"] = dt.datetime.combine(asked.until + dt.timedelta(days=1), dt.time(), tzinfo=CHINA)
    if asked.sources:
        parts.append(
            "EXISTS (SELECT 1 FROM publishing_placement p WHERE p.article_id = a.id AND p.live AND p.column_id = ANY(%(sources)s::bigint[]))"
        )
        values["sources"] = list(asked.sources)
    return " AND ".join(parts), values


def _times(at: dt.datetime) -> list[str]:
    """Return the conditions on time, from the newest to everything."""
    day = at.astimezone(CHINA).date()
    days = [day_token(day - dt.timedelta(days=back)) for back in range(21)]
    quarters = dict.fromkeys([quarter(day), quarter(day - dt.timedelta(days=91))])
    years = (f"~y{day.year}", f"~y{day.year - 1}")
    return [f" & ({' | '.join(repr(token) for token in wanted)})" for wanted in (days[:3], days, quarters, years)] + [
        ""
    ]


_NEWEST = """
WITH found AS MATERIALIZED (SELECT a.id, a.published_at FROM publishing_article a WHERE {where})
SELECT id FROM found ORDER BY published_at DESC, id DESC LIMIT %(cap)s
"""
"""Finds first and sorts then: otherwise a rare word makes the database walk all items from the newest on."""


def search(asked: Asked, *, at: dt.datetime, page: int = 1) -> Found:
    """Return one page of the published items that hold every word of a question, the newest first."""
    words = words_of(asked.text)
    number = max(1, min(page, DEEPEST))
    if not words:
        return Found((), [], 0, 1)
    where, values = _condition(asked, words)
    run = partial(_run, where, values)
    total = _total(run, values)
    wanted = number * PAGE
    ids: list[tuple[Any, ...]] = []
    for time in _times(at) if total > COUNTED else [""]:
        ids = run(_NEWEST, time, wanted)
        if len(ids) >= wanted:
            break
    if len(ids) < wanted:  # the end is in sight, so the number is known
        total = len(ids)
    rows = _rows([pk for (pk,) in ids[wanted - PAGE :]], words)
    return Found(tuple(dict.fromkeys([*asked.text.split(), *words])), rows, total, number)


def _total(run: Callable[..., list[tuple[Any, ...]]], values: dict[str, Any]) -> int:
    """Count up to the limit: by pairs alone where there are many, exactly where there are few."""
    exact = "SELECT count(*) FROM (SELECT 1 FROM publishing_article a WHERE {where} LIMIT %(cap)s) c"
    checked = sum(name.startswith("word") for name in values)
    if checked and len(values) == 1 + checked:
        rough = exact.replace("{where}", "a.status = 'published' AND a.search_grams @@ %(query)s::tsquery")
        found = int(run(rough, "", COUNTED + 1)[0][0])
        if found > COUNTED:
            return found
    return int(run(exact, "", COUNTED + 1)[0][0])


def _run(where: str, values: dict[str, Any], sql: str, time: str, cap: int) -> list[tuple[Any, ...]]:
    given = {**values, "query": values["tokens"] + time, "cap": cap}
    given.pop("tokens")
    with ready() as cursor:
        cursor.execute(sql.format(where=where), given)
        return list(cursor.fetchall())


_SHOWN = """
SELECT a.id, a.title, u.name, a.published_at, a.kind, a.doc_no, a.validity, a.column_id, a.summary, a.body
FROM unnest(%s::bigint[]) WITH ORDINALITY AS w(id, place)
JOIN publishing_article a ON a.id = w.id JOIN organizations_unit u ON u.id = a.unit_id ORDER BY w.place
"""


def _rows(ids: list[int], words: Sequence[str]) -> list[FoundArticle]:
    if not ids:
        return []
    with ready() as cursor:
        cursor.execute(_SHOWN, (ids,))
        rows = cursor.fetchall()
    return [
        FoundArticle(
            pk,
            title,
            unit,
            published_at.astimezone(CHINA).date(),
            kind,
            doc_no,
            validity,
            column,
            snippet(summary, body, words),
        )
        for pk, title, unit, published_at, kind, doc_no, validity, column, summary, body in rows
    ]


def snippet(summary: str, body: str, words: Sequence[str]) -> str:
    """Return the part of a text around the first word found in it, else its beginning."""
    text = plain(body).replace("\n", " ")
    spots = [spot for word in words if (spot := text.upper().find(word)) >= 0]
    if not spots:
        return summary or text[: 2 * AROUND]
    begin = max(0, min(spots) - AROUND)
    return ("…" if begin else "") + text[begin : begin + 3 * AROUND] + ("…" if begin + 3 * AROUND < len(text) else "")
