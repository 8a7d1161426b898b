"""JPEG and PNG: decodable, not oversized, nothing hidden before, inside or behind."""

from __future__ import annotations

import io
import struct
import warnings

from PIL import Image

from tongban.foundation.files.checks.refusal import RefusedError

MAX_PIXELS = 60_000_000
MAX_SIDE = 30_000
_HIDDEN = (b"<?php", b"<script", b"<html", b"<svg", b"%PDF-", b"PK\x03\x04", b"PK\x05\x06", b"MZ\x90\x00")
_CODE = (b"<?php", b"<script")
_PNG_HEAD = 8


def check_picture(content: bytes, kind: str) -> bytes:
    """Check a picture and return its bytes up to its true end (cameras append thumbnails and clips behind it).

    :raises RefusedError: if it cannot be decoded, is too large, or carries something else
    """
    end = _end_of_png(content) if kind == "png" else _end_of_jpeg(content)
    picture, tail = content[:end], content[end:]
    lower = picture.lower()
    if any(mark in lower for mark in _CODE) or any(mark in tail for mark in _HIDDEN):
        raise RefusedError("hidden-content")
    _decode(picture, kind)
    return picture


def _decode(picture: bytes, kind: str) -> None:
    wanted = "PNG" if kind == "png" else "JPEG"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(picture), formats=[wanted]) as image:
                width, height = image.size
                if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                    raise RefusedError("too-many-pixels", f"{width}×{height}")
                image.verify()
            with Image.open(io.BytesIO(picture), formats=[wanted]) as image:
                image.load()
    except Image.DecompressionBombError as wrong:
        raise RefusedError("too-many-pixels") from wrong
    except (OSError, SyntaxError, ValueError, struct.error) as wrong:
        raise RefusedError("broken-picture") from wrong


def _end_of_png(content: bytes) -> int:
    """Return the position behind the IEND chunk."""
    place = _PNG_HEAD
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        name = content[place + 4 : place + 8]
        place += 12 + length
        if name == b"IEND" and place <= len(content):
            return place
    raise RefusedError("broken-picture")


def _end_of_jpeg(content: bytes) -> int:
    """Return the position behind the end-of-image mark, walking the segments so that thumbnails do not mislead."""
    place = 2
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            raise RefusedError("broken-picture")
        mark = content[place + 1]
        if mark == 0xD9:
            return place + 2
        if mark == 0xFF:
            place += 1
        elif mark == 0x01 or 0xD0 <= mark <= 0xD8:
            place += 2
        else:
            length = int.from_bytes(content[place + 2 : place + 4], "big")
            place += 2 + length
            if mark == 0xDA:
                place = _end_of_scan(content, place)
    if content[place : place + 2] == b"\xff\xd9":
        return place + 2
    raise RefusedError("broken-picture")


def _end_of_scan(content: bytes, place: int) -> int:
    """Return the position of the first mark behind the entropy-coded data."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            raise RefusedError("broken-picture")
        if content[place + 1] == 0x00 or 0xD0 <= content[place + 1] <= 0xD7:
            place += 2
        else:
            return place
