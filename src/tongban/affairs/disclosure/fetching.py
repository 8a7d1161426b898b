"""Fetch a page as a visitor would."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

AGENT = "TongbanInspection/1.0"
MOST_BYTES = 3 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: the status (0 if there was none), how long it took, and the text of an HTML page."""

    status: int
    milliseconds: int
    html: str = ""

    @property
    def is_ok(self) -> bool:
        """Tell whether the address gives what it promises."""
        return 200 <= self.status < 400  # noqa: PLR2004 - status codes of HTTP


Fetch = Callable[[str, float], Fetched]


def fetch_from(server: str) -> Fetch:
    """Return a function that fetches an address.

    Names under ``localhost`` are asked at ``server`` (its address without final slash), with the name in the request:
    the site group's own names need no entry in the name system.
    """

    def fetch(url: str, seconds: float) -> Fetched:
        parts = urlsplit(url)
        headers = {"User-Agent": AGENT, "Accept": "text/html,*/*"}
        address = url
        if (parts.hostname or "").endswith(".localhost"):
            headers["Host"] = parts.netloc
            address = server + url.split(parts.netloc, 1)[1]
        started = time.monotonic()
        try:
            with requests.get(address, headers=headers, timeout=seconds, stream=True) as answer:
                kind = answer.headers.get("Content-Type", "")
                body = answer.raw.read(MOST_BYTES, decode_content=True) if "html" in kind else b""
                status = answer.status_code
        except (requests.RequestException, OSError, ValueError):
            return Fetched(0, _since(started))
        return Fetched(status, _since(started), body.decode("utf-8", "replace"))

    return fetch


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
