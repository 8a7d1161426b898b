"""For views: render from one snapshot of the database, or one statement, and say what the page was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from psycopg import IsolationLevel

from tongban.engines.publishing.queries.stamps import Sources, Stamps, stamp_of, sum_of
from tongban.interfaces.portal.serving.store import Visit

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

View = Callable[..., "HttpResponse"]


class Making:
    """What a page is made from, gathered while its view runs."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.sites: set[int] = set()
        self.columns: set[int] = set()
        self.visit: Visit | None = None
        self.stamps: Stamps = {}
        """Stamps that were read together with what the page shows."""
        self._sum: int | None = None

    def uses(self, *, sites: Iterable[int] = (), columns: Iterable[int] = ()) -> None:
        """Add sites and columns whose changes change the page."""
        self.sites.update(sites)
        self.columns.update(columns)

    def seal(self) -> None:
        """Read the stamps of everything that was used; at the end of the snapshot in which it was read."""
        self._sum = stamp_of(*self._keys())

    def sources(self) -> Sources | None:
        """Return what the page was made from; None if the stamp of something of it is not known."""
        keys = self._keys()
        found = self._sum if self._sum is not None else sum_of(self.stamps, *keys)
        return None if found is None or not self.sites else Sources(*keys, found)

    def _keys(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return tuple(sorted(self.sites)), tuple(sorted(self.columns))


def making(request: HttpRequest) -> Making:
    """Return what the present page is made from so far."""
    found: Making | None = getattr(request, "page_making", None)
    if found is None:
        found = Making()
        request.page_making = found  # type: ignore[attr-defined]
    return found


def begin_anew(request: HttpRequest) -> Making:
    """Forget what the page was made from so far."""
    request.page_making = found = Making()  # type: ignore[attr-defined]
    return found


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything from one moment of the database, so that a page and its stamps tell of the same moment."""
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.isolation_level, raw.read_only = IsolationLevel.REPEATABLE_READ, True  # said when the transaction begins
    try:
        with transaction.atomic():
            yield
    finally:
        if not raw.closed:
            raw.isolation_level = raw.read_only = None


def kept(*parameters: str) -> Callable[[View], View]:
    """Let a view's page be kept in memory; with other parameters in its address than these it is shown, not kept."""
    allowed = frozenset(parameters)

    def decorate(view: View) -> View:
        @wraps(view)
        def made(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            gathered = making(request)
            if allowed >= request.GET.keys():
                response.made_of = gathered.sources()  # type: ignore[attr-defined]
            if gathered.visit is not None:
                response.visit = gathered.visit  # type: ignore[attr-defined]
            return response

        return made

    return decorate
