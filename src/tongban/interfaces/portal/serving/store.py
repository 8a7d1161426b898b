"""The memory of finished pages of one process."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

from django.http import HttpResponse
from django.http.response import ResponseHeaders

from tongban.engines.publishing.queries.stamps import Sources
from tongban.interfaces.portal.serving.variants import Key

OVERHEAD = 1024
"""Bytes an entry takes besides its bodies, roughly."""
PACKED_LEVEL, PACKED_ONCE_LEVEL = 6, 1
"""How hard pages are compressed: those that are kept, and those that are sent once where none are kept."""
MOST_BYTES_OF_A_PAGE = 512 * 1024
"""Larger answers, such as maps for search engines, are asked for seldom and would push out what readers want."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a view of a page counts for; zeros for a page that is no article or stands in no column.

    :param searched: the words of a search that found something
    """

    site: int
    column: int = 0
    article: int = 0
    searched: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent: the bytes and the headers that belong to them."""

    content: bytes
    headers: ResponseHeaders


@dataclass(frozen=True, slots=True)
class Kept:
    """One finished page, plain and compressed."""

    sources: Sources
    visit: Visit
    until: float
    etag: str
    plain: Body
    packed: Body

    @property
    def size(self) -> int:
        """Return how much memory it takes."""
        return len(self.plain.content) + len(self.packed.content) + OVERHEAD


UNKEPT_HEADERS = frozenset({"content-length", "set-cookie", "date"})


def finish(response: HttpResponse, sources: Sources, visit: Visit, until: float, *, level: int = PACKED_LEVEL) -> Kept:
    """Make a page ready to be sent many times."""
    plain = response.content
    etag = f'W/"{hashlib.blake2b(plain, digest_size=12).hexdigest()}"'
    headers = {name: value for name, value in response.items() if name.lower() not in UNKEPT_HEADERS} | {"ETag": etag}
    packed = gzip.compress(plain, level, mtime=0)
    return Kept(
        sources,
        visit,
        until,
        etag,
        Body(plain, ResponseHeaders(headers | {"Content-Length": str(len(plain))})),
        Body(packed, ResponseHeaders(headers | {"Content-Length": str(len(packed)), "Content-Encoding": "gzip"})),
    )


class PageStore:
    """Keeps the pages asked for last, up to a number of bytes. Safe for threads."""

    def __init__(self, most_bytes: int) -> None:
        """Start empty; with 0 bytes nothing is ever kept."""
        self.most_bytes = most_bytes
        self._pages: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> Kept | None:
        """Return a page as it was kept; whether it is still true is the caller's question."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def put(self, key: Key, page: Kept) -> None:
        """Keep a page, and let go of those that were not asked for longest."""
        if page.size > min(self.most_bytes, MOST_BYTES_OF_A_PAGE):
            return
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > self.most_bytes:
                self._drop(next(iter(self._pages)))

    def discard(self, key: Key) -> None:
        """Let go of a page that is no longer true."""
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _drop(self, key: Key) -> None:
        gone = self._pages.pop(key, None)
        if gone is not None:
            self._bytes -= gone.size

    def __len__(self) -> int:
        """Return how many pages are kept."""
        return len(self._pages)
