"""What an audit event is made of: canonical bytes and a hash that ties it to the one before. No Django here."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

SHA256 = "sha256"
GENESIS = bytes(32)
"""What the first event of a stream names as its predecessor."""

DEEPEST = 8

_HASHES: Mapping[str, Callable[[bytes], bytes]] = {
    SHA256: lambda data: hashlib.sha256(data).digest(),
    "sm3": lambda data: hashlib.new("sm3", data).digest(),
}


class UnrecordableError(ValueError):
    """The data of an event cannot be written as canonical JSON; the text names the place."""


def moment(at: dt.datetime) -> str:
    """Return a moment as canonical text: UTC, microseconds, offset.

    :raises UnrecordableError: if the moment has no time zone
    """
    if at.tzinfo is None:
        msg = "the moment of an audit event needs a time zone"
        raise UnrecordableError(msg)
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def check_data(value: Any, place: str = "data", depth: int = 0) -> None:
    """Refuse what has no single canonical form: raw floats, keys that are not text, broken Unicode, objects.

    :raises UnrecordableError: naming the place
    """
    if depth > DEEPEST:
        msg = f"{place}: nested too deeply"
        raise UnrecordableError(msg)
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, str):
        _check_text(value, place)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                msg = f"{place}: the key {key!r} is not text"
                raise UnrecordableError(msg)
            _check_text(key, place)
            check_data(inner, f"{place}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            check_data(inner, f"{place}[{index}]", depth + 1)
    else:
        msg = f"{place}: {type(value).__name__} cannot be recorded; write numbers as int or text, dates as ISO text"
        raise UnrecordableError(msg)


def _check_text(text: str, place: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as broken:
        msg = f"{place}: the text is not valid Unicode"
        raise UnrecordableError(msg) from broken


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the one byte form of a JSON value: keys sorted, no blanks, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def body_of(*, stream: str, seq: int, kind: str, actor: str, at: dt.datetime, data: Mapping[str, object]) -> bytes:
    """Return the bytes of an event.

    :raises UnrecordableError: if something in it has no canonical form
    """
    check_data(data)
    for name, text in (("stream", stream), ("kind", kind), ("actor", actor)):
        _check_text(text, name)
        if not text:
            msg = f"{name} of an audit event is empty"
            raise UnrecordableError(msg)
    return canonical({"stream": stream, "seq": seq, "kind": kind, "actor": actor, "at": moment(at), "data": dict(data)})


def hash_of(prev: bytes, body: bytes, alg: str = SHA256) -> bytes:
    """Return the hash of an event: H(hash of the event before ‖ body).

    :raises KeyError: if the algorithm is unknown
    """
    return _HASHES[alg](prev + body)


def known_algorithm(alg: str) -> bool:
    """Tell whether events of an algorithm can be checked."""
    return alg in _HASHES
