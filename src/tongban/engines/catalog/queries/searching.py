"""Search over names, popular names, units, regions and descriptions, by pairs of characters.

Every pair of a word must be there, and the whole word itself; when that finds nothing, the items that share the most
pairs with the question are offered as possible answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, Count, F, Func, IntegerField, Max, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from tongban.engines.catalog.indexing import tsvector, words
from tongban.engines.catalog.models import Implementation
from tongban.engines.catalog.queries.items import IN_FORCE, PAGE, Filters, ItemRow, item_rows, narrow
from tongban.foundation.text.search import terms

LONGEST = 60
COMMON = frozenset({"办理", "申请", "怎么", "如何", "需要", "什么", "哪些", "手续", "我想", "我要", "可以", "材料"})
MOST_TOKENS = 24
WEIGHT = 1000
LONG_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results. ``exact`` is false when only similar items were found."""

    text: str
    terms: tuple[str, ...]
    rows: list[ItemRow]
    page: Page[int]
    exact: bool
    too_short: bool = False

    @property
    def total(self) -> int:
        """Return how many items match."""
        return self.page.paginator.count


class _Matches(Func):
    """``tsvector @@ tsquery``."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


class _Query(Func):
    """A text cast to ``tsquery`` as it stands, without a dictionary."""

    template = "(%(expressions)s)::tsquery"
    output_field = TextField()


def _query(tokens: list[str], joint: str) -> _Matches:
    text = f" {joint} ".join(tsvector([token]) for token in tokens)
    return _Matches(F("search_grams"), _Query(Cast(Value(text), TextField())))


def _ranked(rows: QuerySet[Implementation], rank: Case | Func) -> QuerySet[Implementation, tuple[int, int]]:
    found: Any = (
        rows.values("standard_item_id")
        .annotate(
            rank=Max(rank),
            applications=Max(Coalesce("standard_item__usage__applications", Value(0))),
            views=Max(Coalesce("standard_item__usage__views", Value(0))),
            sort=Max("standard_item__sort"),
        )
        .order_by("-rank", "-applications", "-views", "sort", "standard_item_id")
        .values_list("standard_item_id", "rank")
    )
    return cast("QuerySet[Implementation, tuple[int, int]]", found)


def _exact(rows: QuerySet[Implementation], asked: list[str]) -> list[int]:
    tokens = list(dict.fromkeys(pair for word in asked for pair in terms(word)))
    found = rows.filter(_query(tokens, "&"))
    for word in asked:
        if len(word) > LONG_ENOUGH:
            found = found.filter(search_text__contains=word)
    whole = "".join(asked)
    rank = Case(
        When(search_name__startswith=whole, then=Value(4)),
        When(search_name__contains=whole, then=Value(3)),
        When(search_name__contains=max(asked, key=len), then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return [pk for pk, _ in _ranked(found, rank)]


def _similar(rows: QuerySet[Implementation], asked: list[str]) -> list[int]:
    """Return the items that share the rarest tokens with the question, at least half as well as the best one does."""
    tokens = list(dict.fromkeys(pair for word in asked for pair in terms(word) if pair not in COMMON))[:MOST_TOKENS]
    if not tokens:
        return []
    counted = {
        f"t{number}": Count("standard_item", distinct=True, filter=_query([token], "&"))
        for number, token in enumerate(tokens)
    }
    holding = rows.filter(_query(tokens, "|")).aggregate(**counted)
    weights = [
        Case(
            When(_query([token], "&"), then=Value(round(WEIGHT / holding[f"t{number}"]))),
            default=Value(0),
            output_field=IntegerField(),
        )
        for number, token in enumerate(tokens)
        if holding[f"t{number}"]
    ]
    if not weights:
        return []
    found = list(_ranked(rows.filter(_query(tokens, "|")), reduce(add, weights))[:PAGE])
    best = max((rank for _, rank in found), default=0)
    return [pk for pk, rank in found if rank * 2 >= best]


def search(text: str, filters: Filters, *, page: int | str = 1, size: int = PAGE) -> SearchPage:
    """Return one page of the items that match a text of any length, best first.

    :param filters: narrows to a region (with those within and above it), a unit, a theme and so on
    """
    text = text.strip()[:LONGEST]
    asked = words(text)
    rows = narrow(Implementation.objects.filter(status=IN_FORCE), filters)
    ids = _exact(rows, asked) if asked else []
    exact = bool(ids)
    if asked and not ids:
        ids = _similar(rows, asked)
    shown = Paginator(ids, size).get_page(page)
    marked = tuple(dict.fromkeys([*text.split(), *asked]))
    return SearchPage(
        text,
        marked,
        item_rows(list(shown.object_list), filters),
        shown,
        exact=exact,
        too_short=bool(text) and not asked,
    )


def suggest(text: str, region: str = "", *, limit: int = 8) -> list[ItemRow]:
    """Return a few items for what has been typed so far."""
    return search(text, Filters(region=region), size=limit).rows
