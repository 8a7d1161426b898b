"""The stamps of sites and columns: the one thing that tells whether a finished page is still true."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.foundation.rows.statements import ready

_SUM = (
    "SELECT (SELECT coalesce(sum(stamp), 0) FROM publishing_site WHERE id = ANY(%s::bigint[]))"
    " + (SELECT coalesce(sum(stamp), 0) FROM publishing_column WHERE id = ANY(%s::bigint[]))"
)


def stamp_of(sites: Sequence[int], columns: Sequence[int]) -> int:
    """Return the sum of the stamps of sites and columns; it grows with every change of any of them."""
    with ready() as cursor:
        cursor.execute(_SUM, (list(sites), list(columns)))
        return int(cursor.fetchone()[0])
