"""One written form for texts that mean the same: width, punctuation, traditional characters, blanks."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2EBE1))
_PUNCTUATION = str.maketrans(
    {
        "。": ".", "、": ",", "·": "·", "•": "·", "・": "·", "‧": "·", "∙": "·", "˙": "·", "●": "·",
        "“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "『": '"', "』": '"', "〝": '"', "〞": '"', "＂": '"',
        "‘": "'", "’": "'", "‛": "'", "′": "'",
        "【": "(", "】": ")", "〔": "(", "〕": ")", "〖": "(", "〗": ")", "[": "(", "]": ")", "{": "(", "}": ")",
        "《": "<", "》": ">", "〈": "<", "〉": ">",
        "—": "-", "–": "-", "―": "-", "‐": "-", "‑": "-", "−": "-", "─": "-", "－": "-",
        "～": "~", "〜": "~", "∶": ":",
    }
)  # fmt: skip
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_BLANKS = re.compile(r"\s+")
_NOT_KEY = re.compile("[^0-9A-Z\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ebe0]")


@cache
def _simplified() -> dict[int, str]:
    """Map each traditional character to its simplified form, one for one, from the tables of OpenCC.

    Phrases are not looked at (乾隆 becomes 干隆): the result is for comparing and finding, not for showing.
    """
    characters = [chr(code) for first, last in _HAN for code in range(first, last)]
    simple = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    table = {old: new for old, new in zip(characters, simple, strict=True) if old != new and len(new) == 1}
    return {ord(old): table.get(new, new) for old, new in table.items()}


def fold(text: str) -> str:
    """Return a text in its one written form.

    NFKC (full width to half width), Chinese punctuation to its plain twin, invisible characters dropped, traditional
    characters to simplified, runs of blanks to one, none at the ends. Case stays. Folding twice changes nothing.
    """
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_PUNCTUATION).translate(_simplified())
    return _BLANKS.sub(" ", _INVISIBLE.sub("", plain)).strip()


def key(text: str) -> str:
    """Return what is compared: folded, upper case, only Chinese characters, Latin letters and digits."""
    return _NOT_KEY.sub("", fold(text).upper())
