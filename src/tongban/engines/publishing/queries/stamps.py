"""The stamps of sites and columns: the one thing that tells whether a finished page is still true."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg
from django.db import connection
from psycopg import pq

from tongban.foundation.rows.statements import ready

_SUM = (
    "SELECT (SELECT coalesce(sum(stamp), 0) FROM publishing_site WHERE id = ANY(%s::bigint[]))"
    " + (SELECT coalesce(sum(stamp), 0) FROM publishing_column WHERE id = ANY(%s::bigint[]))"
)
_NAME = b"stamps"


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


class _Line(threading.local):
    """A connection of each thread for nothing but stamps, without a pool and without a transaction."""

    raw: psycopg.Connection | None = None

    def open(self) -> pq.abc.PGconn:
        if self.raw is None:
            settings = connection.get_connection_params()
            self.raw = psycopg.connect(**{**settings, "autocommit": True})
            sql = _SUM.replace("%s", "$1", 1).replace("%s", "$2", 1)
            done = self.raw.pgconn.prepare(_NAME, sql.encode())
            if done.status != pq.ExecStatus.COMMAND_OK:
                raise psycopg.OperationalError(done.error_message.decode(errors="replace"))
        return self.raw.pgconn

    def drop(self) -> None:
        if self.raw is not None:
            self.raw.close()
            self.raw = None


_line = _Line()


def hang_up() -> None:
    """Close this thread's own connection; for threads that end."""
    _line.drop()


def is_true(sources: Sources) -> bool:
    """Tell whether nothing has changed since a page was made, counting everything committed until now.

    Asked before each page that is sent from memory, so it goes past cursors and pools: one round trip with a prepared
    statement. Inside a transaction it looks with the transaction's eyes.
    """
    if connection.in_atomic_block:
        return stamp_of(sources.sites, sources.columns) == sources.stamp
    for last in (False, True):
        try:
            found = _line.open().exec_prepared(_NAME, sources.written)
        except psycopg.Error:
            _line.drop()
            if last:
                raise
            continue
        if found.status == pq.ExecStatus.TUPLES_OK:
            return int(found.get_value(0, 0) or b"-1") == sources.stamp
        _line.drop()
    return False
