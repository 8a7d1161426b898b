"""Spells Chinese names in Latin letters as place names are spelled: syllables joined, an apostrophe where they could be misread.

Rules: Hanyu Pinyin (GB/T 16159-2012, 6.2) and the spelling of Chinese place names (ISO 7098:2015, GB/T 28039-2011 for names).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_OPEN = ("a", "e", "o")


class UnreadableError(ValueError):
    """A character has no known reading; ``character`` says which."""

    def __init__(self, character: str) -> None:
        """Keep the character."""
        self.character = character
        super().__init__(character)


def syllables(name: str, readings: Mapping[str, str] | None = None) -> list[str]:
    """Return the reading of each character, without tones.

    :param readings: words with their own readings, such as ``{"黄陂": "huang pi", "厦": "xia"}``; longer words go first
    :raises UnreadableError: if a character has no known reading
    """
    found: list[str] = []
    words = sorted(readings or {}, key=len, reverse=True)
    rest = name
    while rest:
        word = next((one for one in words if rest.startswith(one)), "")
        if word:
            found += (readings or {})[word].split()
            rest = rest[len(word) :]
            continue
        end = next((n for n in range(1, len(rest)) if any(rest.startswith(one, n) for one in words)), len(rest))
        found += _read(rest[:end])
        rest = rest[end:]
    return found


def _read(text: str) -> list[str]:
    from pypinyin import lazy_pinyin

    read = lazy_pinyin(text, v_to_u=True, errors="default")
    for character in text:
        if character in "".join(read):
            raise UnreadableError(character)
    return list(read)


def joined(parts: Sequence[str]) -> str:
    """Return syllables as one capitalized word.

    >>> joined(["jiang", "an"]), joined(["wu", "han"])
    ("Jiang'an", 'Wuhan')
    """
    word = ""
    for part in parts:
        word += f"'{part}" if word and part.startswith(_OPEN) else part
    return word[:1].upper() + word[1:]


def spell(name: str, readings: Mapping[str, str] | None = None) -> str:
    """Return a name in Latin letters.

    :param readings: as for :func:`syllables`
    :raises UnreadableError: if a character has no known reading
    """
    return joined(syllables(name, readings))
