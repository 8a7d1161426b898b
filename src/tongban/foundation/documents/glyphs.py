"""Which characters the documents' font can show. A character it lacks would make the whole document fail."""

from __future__ import annotations

import functools
import struct
from bisect import bisect_right
from pathlib import Path
from typing import Any

import manimgx_fonts_cjk

GETA = "〓"
"""The mark that printers have long set for a character they do not have."""

_FONT_FILE = Path(manimgx_fonts_cjk.__file__).parent / "NotoSansCJK-VF.otf.ttc"
_FACE = 2  # the simplified Chinese face of the collection
_FULL_UNICODE = {(3, 10), (0, 4), (0, 6)}


@functools.cache
def _ranges() -> tuple[list[int], list[int]]:
    """Return first and last code points of the ranges the font covers, from its ``cmap`` table (format 12)."""
    with _FONT_FILE.open("rb") as font:
        font.seek(12 + 4 * _FACE)
        (face,) = struct.unpack(">I", font.read(4))
        font.seek(face + 4)
        (tables,) = struct.unpack(">H6x", font.read(8))
        records = [struct.unpack(">4sIII", font.read(16)) for _index in range(tables)]
        offset, length = next((start, size) for tag, _sum, start, size in records if tag == b"cmap")
        font.seek(offset)
        table = font.read(length)
    (count,) = struct.unpack(">H", table[2:4])
    for index in range(count):
        platform, encoding, start = struct.unpack(">HHI", table[4 + 8 * index : 12 + 8 * index])
        if (platform, encoding) in _FULL_UNICODE and struct.unpack(">H", table[start : start + 2]) == (12,):
            (groups,) = struct.unpack(">I", table[start + 12 : start + 16])
            body = struct.iter_unpack(">III", table[start + 16 : start + 16 + 12 * groups])
            pairs = [(first, last) for first, last, _glyph in body]
            return [first for first, _last in pairs], [last for _first, last in pairs]
    msg = "the font has no table of its full range of characters"
    raise ValueError(msg)


def shown(char: str) -> bool:
    """Tell whether the font has a character (line breaks, tabs and break points need none)."""
    if char in "\n\t\u200b":
        return True
    firsts, lasts = _ranges()
    place = bisect_right(firsts, ord(char)) - 1
    return place >= 0 and ord(char) <= lasts[place]


def with_geta(value: Any) -> tuple[Any, bool]:
    """Return plain data with every character the font lacks replaced, and whether there was one."""
    if isinstance(value, str):
        made = "".join(char if shown(char) else GETA for char in value)
        return made, made != value
    if isinstance(value, list):
        items = [with_geta(item) for item in value]
        return [item for item, _lacked in items], any(lacked for _item, lacked in items)
    if isinstance(value, dict):
        pairs = {key: with_geta(item) for key, item in value.items()}
        return {key: item for key, (item, _lacked) in pairs.items()}, any(lacked for _item, lacked in pairs.values())
    return value, False
