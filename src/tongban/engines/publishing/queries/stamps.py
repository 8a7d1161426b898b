"""The stamps of sites and columns: the one thing that tells whether a finished page is still true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tongban.engines.publishing.queries.line import LINE, Part
from tongban.foundation.rows.statements import ready

_SUM = (
    "SELECT (SELECT coalesce(sum(stamp), 0) FROM publishing_site WHERE id = ANY(%s::bigint[]))"
    " + (SELECT coalesce(sum(stamp), 0) FROM publishing_column WHERE id = ANY(%s::bigint[]))"
)
_NAME = b"stamps"
_ASKED = _SUM.replace("%s", "$1", 1).replace("%s", "$2", 1).encode()
_EACH = (
    "SELECT json_agg(json_build_array(kind, id, stamp)) FROM"
    " (SELECT 's' AS kind, id, stamp FROM publishing_site WHERE id = ANY(%(stamped_sites)s::bigint[])"
    " UNION ALL SELECT 'c', id, stamp FROM publishing_column WHERE id = ANY(%(stamped_columns)s::bigint[])) e"
)
Stamps = dict[tuple[str, int], int]
"""Stamps read with a page, by kind (``s`` a site, ``c`` a column) and number."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a page was made from: sites and columns, and the sum of their stamps in the snapshot it was read from.

    Stamps only grow, so any change of any of them changes the sum.
    """

    sites: tuple[int, ...]
    columns: tuple[int, ...]
    stamp: int
    written: tuple[bytes, bytes] = field(init=False, repr=False)
    """Both lists as the database reads them."""

    def __post_init__(self) -> None:
        """Write the lists once."""
        lists = (("{" + ",".join(map(str, keys)) + "}").encode() for keys in (self.sites, self.columns))
        object.__setattr__(self, "written", tuple(lists))


def stamp_of(sites: Sequence[int], columns: Sequence[int]) -> int:
    """Return the sum of the stamps of sites and columns as the present transaction sees them."""
    with ready() as cursor:
        cursor.execute(_SUM, (list(sites), list(columns)))
        return int(cursor.fetchone()[0])


def is_true(sources: Sources) -> bool:
    """Tell whether nothing has changed since a page was made, counting everything committed until now.

    Asked before each page that is sent from memory, so it goes past cursors and pools: one round trip with a prepared
    statement. Inside a transaction it looks with the transaction's eyes.
    """
    if connection.in_atomic_block:
        return stamp_of(sources.sites, sources.columns) == sources.stamp
    found = LINE.run(_NAME, _ASKED, sources.written)
    return int(found.get_value(0, 0) or b"-1") == sources.stamp


def stamps_part(sites: Sequence[int], columns: Sequence[int]) -> Part:
    """Return how the stamps of sites and columns are read together with a page."""
    return Part(_EACH, {"stamped_sites": sites, "stamped_columns": columns}, stamps_read)


def stamps_read(rows: Any) -> Stamps:
    """Return stamps by what they belong to, from rows of kind, number and stamp."""
    return {(kind, number): stamp for kind, number, stamp in rows or ()}


def sum_of(stamps: Stamps, sites: Sequence[int], columns: Sequence[int]) -> int | None:
    """Return the sum for a page, or None if the stamp of something it was made from was not read with it."""
    keys = [*(("s", pk) for pk in sites), *(("c", pk) for pk in columns)]
    return sum(stamps[key] for key in keys) if stamps.keys() >= set(keys) else None
