"""Counts how the catalog is used: it orders what people see first and shows what others search."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from django.db.models import F

from tongban.engines.catalog.models import FormDownload, SearchTerm, Usage
from tongban.foundation.text.normalize import fold

LONGEST_TERM = 12


def _count(item_id: int, column: str) -> None:
    if not Usage.objects.filter(item_id=item_id).update(**{column: F(column) + 1}):
        Usage.objects.get_or_create(item_id=item_id, defaults={column: 1})


def count_guide_view(item_id: int) -> None:
    """Count one reading of an item's guide."""
    _count(item_id, "views")


def count_application(item_id: int) -> None:
    """Count one application for an item."""
    _count(item_id, "applications")


def count_download(download: FormDownload) -> None:
    """Count one download of a form or sample."""
    FormDownload.objects.filter(pk=download.pk).update(downloads=F("downloads") + 1)


def remember_search(text: str, *, found: int, at: dt.datetime) -> None:
    """Count a search that found something; see :func:`remember_searches`."""
    if found:
        remember_searches({text: 1}, at=at)


def remember_searches(texts: Mapping[str, int], *, at: dt.datetime) -> None:
    """Count searches that found something, by what was asked and how often.

    Only short words without digits are kept, so that no name, number or telephone of a person gets into the list that
    the home page shows.
    """
    terms: Counter[str] = Counter()
    for text, number in texts.items():
        term = fold(text).strip()
        if 2 <= len(term) <= LONGEST_TERM and not any(character.isdigit() for character in term):
            terms[term] += number
    # Terms are written in one order, so that two processes never wait for each other in a ring.
    for term, number in sorted(terms.items()):
        if not SearchTerm.objects.filter(term=term).update(count=F("count") + number, last_at=at):
            found, made = SearchTerm.objects.get_or_create(term=term, defaults={"count": number, "last_at": at})
            if not made:
                SearchTerm.objects.filter(pk=found.pk).update(count=F("count") + number, last_at=at)
