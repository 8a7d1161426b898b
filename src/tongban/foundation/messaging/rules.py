"""Decides about texts and attempts: what a template may hold, when to try again, how many messages a text costs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence

RETRIES = 48
RETRY_EVERY = dt.timedelta(minutes=5)
SENDING_LEASE = dt.timedelta(minutes=10)
RECEIPT_WITHIN = dt.timedelta(hours=72)
LONGEST_SMS = 500

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BRACE = re.compile(r"[{}]")


class TemplateError(ValueError):
    """A text and its parameters do not fit together."""


def places(text: str) -> set[str]:
    """Return the names of the ``{places}`` in a text.

    :raises TemplateError: if a brace is not part of a place
    """
    if _BRACE.search(_PLACE.sub("", text)):
        msg = "花括号只能用于参数，如 {number}"
        raise TemplateError(msg)
    return set(_PLACE.findall(text))


def check_places(text: str, params: Iterable[str]) -> None:
    """Refuse a text that uses a parameter nobody declared.

    :raises TemplateError: naming the unknown parameters
    """
    unknown = places(text) - set(params)
    if unknown:
        msg = f"文字用了没有声明的参数：{'、'.join(sorted(unknown))}"
        raise TemplateError(msg)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in their places; a value is never read as a text with places again."""
    return _PLACE.sub(lambda found: values[found.group(1)], text)


def check_values(params: Iterable[str], values: Mapping[str, object]) -> None:
    """Refuse values that do not fit the declared parameters exactly.

    :raises TemplateError: naming what is missing and what is too much
    """
    wanted = set(params)
    missing, unknown = wanted - set(values), set(values) - wanted
    if missing or unknown:
        msg = f"missing parameters: {sorted(missing)}; unknown parameters: {sorted(unknown)}"
        raise TemplateError(msg)


def one_line(value: str) -> str:
    """Return a value without control characters and line breaks, so that it cannot shape the message around it."""
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", value).strip()


def some_lines(lines: Sequence[str]) -> str:
    """Return values as lines of their own, each without control characters."""
    return "\n".join(one_line(line) for line in lines)


def next_attempt(attempts: int, at: dt.datetime) -> dt.datetime | None:
    """Return when to try again after so many failed attempts: at once, then every five minutes, then never."""
    if attempts > RETRIES:
        return None
    return at if attempts == 1 else at + RETRY_EVERY


def sms_parts(text: str) -> int:
    """Return how many short messages a text fills: 70 characters alone or 67 each, 160 and 153 in plain ASCII."""
    single, joined = (160, 153) if text.isascii() else (70, 67)
    units = len(text) if text.isascii() else len(text.encode("utf-16-be")) // 2
    return 1 if units <= single else -(-units // joined)
