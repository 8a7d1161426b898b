"""The law library and the catalogue of open information: lists with filters, and search in single articles (条)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, QuerySet, When
from django.db.models.functions import ExtractYear

from tongban.engines.publishing.models import Article, Subject
from tongban.engines.publishing.queries.frames import ColumnFrame
from tongban.engines.publishing.queries.searching import matching
from tongban.engines.publishing.statutes import Provision, article_number, provisions
from tongban.foundation.organizations.paths import under
from tongban.foundation.packs.localized import localized
from tongban.foundation.text.normalize import key

PAGE = 20
MOST_LAWS_SEARCHED = 60
MOST_PROVISIONS = 40
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_SHOWN = (
    "id", "title", "doc_no", "index_no", "written_on", "effective_on", "validity", "legal", "published_at",
    "abolished_on", "source", "unit__name", "unit__name_en",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of documents is narrowed by; empty means any."""

    level: str = ""
    validity: str = ""
    issuer: str = ""
    subject: str = ""
    unit: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value one may narrow by, with how many documents it leaves."""

    value: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Documents:
    """One page of documents with the choices that narrow it."""

    page: Page[Any]
    choices: dict[str, list[Choice]]


@dataclass(frozen=True, slots=True)
class FoundProvision:
    """An article of a statute that holds what was asked."""

    law: int
    title: str
    validity: str
    label: str
    anchor: str
    text: str


def _in(columns: Sequence[ColumnFrame]) -> QuerySet[Article]:
    sources = {column.source_id for column in columns}
    rows = Article.objects.filter(
        status=Article.Status.PUBLISHED, placements__column__in=sources, placements__live=True
    )
    return rows if len(sources) == 1 else rows.distinct()


def _narrowed(rows: QuerySet[Article], filters: Filters) -> QuerySet[Article]:
    if filters.level:
        rows = rows.filter(legal__level=filters.level)
    if filters.validity:
        rows = rows.filter(validity=filters.validity)
    if filters.issuer:
        rows = rows.filter(legal__issuer=filters.issuer)
    if filters.subject:
        rows = rows.filter(under("subject__path", _subject_path(filters.subject)))
    if filters.unit:
        rows = rows.filter(unit__code=filters.unit)
    if _YEAR.fullmatch(filters.year):
        rows = rows.filter(written_on__year=int(filters.year))
    return rows


def _subject_path(code: str) -> str:
    return Subject.objects.filter(code=code).values_list("path", flat=True).first() or "/-/"


def laws(columns: Sequence[ColumnFrame], filters: Filters, *, page: str = "1") -> Documents:
    """Return one page of a law library, the newest first."""
    rows = _in(columns)
    found = _narrowed(rows, filters).order_by(F("written_on").desc(nulls_last=True), "-pk")
    choices = {
        "level": _counted(rows, "legal__level"),
        "validity": _counted(rows, "validity", dict(Article.Validity.choices)),
        "issuer": _counted(rows, "legal__issuer"),
        "year": _years(rows),
    }
    return Documents(Paginator(found.values(*_SHOWN), PAGE).get_page(page), choices)


def _counted(rows: QuerySet[Article], field: str, titles: dict[str, Any] | None = None) -> list[Choice]:
    counted = rows.order_by().values_list(field).annotate(n=Count("pk", distinct=True)).order_by("-n", field)
    return [Choice(value, str((titles or {}).get(value, value)), n) for value, n in counted if value]


def _years(rows: QuerySet[Article]) -> list[Choice]:
    counted = rows.order_by().annotate(year=ExtractYear("written_on")).values_list("year")
    return [
        Choice(str(year), str(year), n)
        for year, n in counted.annotate(n=Count("pk", distinct=True)).order_by("-year")
        if year
    ]


def catalogue(columns: Sequence[ColumnFrame], filters: Filters, *, page: str = "1") -> Documents:
    """Return one page of the catalogue of open information, with its subjects, units and years."""
    rows = _in(columns)
    found = _narrowed(rows, filters).order_by("-published_at", "-pk")
    names = {code: str(subject) for subject in Subject.objects.all() for code in [subject.code]}
    choices = {
        "subject": _counted(rows, "subject__code", names),
        "unit": [
            Choice(code, localized({"zh": name, "en": english}), n)
            for code, name, english, n in rows.order_by()
            .values_list("unit__code", "unit__name", "unit__name_en")
            .annotate(n=Count("pk", distinct=True))
            .order_by("-n", "unit__code")[:40]
        ],
        "year": _years(rows),
    }
    return Documents(Paginator(found.values(*_SHOWN, "subject__code", "subject__name"), PAGE).get_page(page), choices)


def search_provisions(
    columns: Sequence[ColumnFrame], text: str, filters: Filters = Filters(), *, law: int | None = None
) -> list[FoundProvision]:
    """Return the articles of statutes that a question asks for.

    Every word must stand in the article or in the title of its statute, and at least one in the article; a word such as
    第三十二条 or 第32条 asks for the article of that number.

    :param law: only in this statute
    """
    asked = asked_for(text)
    rows = _narrowed(_in(columns), filters)
    if law is not None:
        rows = rows.filter(pk=law)
    if asked.words:
        rows = matching(rows, asked.words)
    elif not asked.numbers:
        return []
    found: list[FoundProvision] = []
    laws = rows.order_by(F("written_on").desc(nulls_last=True), "-pk").values_list("id", "title", "validity", "body")
    for pk, title, state, body in laws[:MOST_LAWS_SEARCHED]:
        titled = [word not in key(title) for word in asked.words]
        in_text = [word for word, open_ in zip(asked.words, titled, strict=True) if open_]
        if not in_text and not asked.numbers:
            in_text = list(asked.words)
        for part in provisions(body):
            if part.kind == "article" and _holds(part, in_text, asked.numbers):
                found.append(FoundProvision(pk, title, state, part.label, part.anchor, part.text))
                if len(found) >= MOST_PROVISIONS:
                    return found
    return found


def _holds(part: Provision, words: Sequence[str], numbers: Sequence[int]) -> bool:
    if numbers and part.number not in numbers:
        return False
    held = key(part.text)
    return all(word in held for word in words)


@dataclass(frozen=True, slots=True)
class AskedProvision:
    """What is asked for in a law library: words, and numbers of articles."""

    words: tuple[str, ...]
    numbers: tuple[int, ...]


def asked_for(text: str) -> AskedProvision:
    """Part a question into words and numbers of articles."""
    words, numbers = [], []
    for part in text.replace("第", " 第").split():
        asked = article_number(part)
        if asked is not None:
            numbers.append(asked)
        elif word := key(part):
            words.append(word)
    return AskedProvision(tuple(words), tuple(numbers))


def found_laws(columns: Sequence[ColumnFrame], text: str, *, most: int = 6) -> list[dict[str, Any]]:
    """Return statutes whose title holds every word of a question, those in force first."""
    words = asked_for(text).words
    if not words:
        return []
    rows = matching(_in(columns), words)
    for word in words:
        rows = rows.filter(search_title__contains=word)
    ended = Case(When(validity__in=("abolished", "expired"), then=1), default=0)
    return list(rows.order_by(ended, F("written_on").desc(nulls_last=True), "-pk").values(*_SHOWN)[:most])
