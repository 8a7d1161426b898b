"""What is searched: one folded text for each implementation, and its two-character tokens."""

from __future__ import annotations

from collections.abc import Iterable

from tongban.engines.catalog.expanding import UnitRow
from tongban.engines.catalog.schema import Item
from tongban.foundation.packs.localized import LocalizedText

GAP = "\n"


def pairs(text: str) -> list[str]:
    """Return every two adjacent characters of one folded word, each once."""
    return list(dict.fromkeys(text[index : index + 2] for index in range(len(text) - 1)))


def words(text: str) -> list[str]:
    """Return the folded words of a text, without spaces and marks, in lower case."""
    from tongban.foundation.text.normalize import fold

    kept = "".join(character if character.isalnum() else " " for character in fold(text).lower())
    return kept.split()


def _field(text: str) -> str:
    return "".join(words(text))


def grams(text: str) -> list[str]:
    """Return the tokens of a search text; pairs never span two fields."""
    return list(dict.fromkeys(pair for field in text.split(GAP) for pair in pairs(field)))


def tsvector(tokens: Iterable[str]) -> str:
    """Return tokens as the text of a ``tsvector`` value."""
    escaped = (token.replace("\\", "\\\\").replace("'", "''") for token in tokens)
    return " ".join(f"'{token}'" for token in escaped)


def index_text(item: Item, name: LocalizedText | None, unit: UnitRow) -> tuple[str, str]:
    """Return the folded name and the whole folded text of an implementation: one line a field."""
    names = [(name or item.name).zh, (name or item.name).en]
    fields = [*names, *item.aliases, unit.name, unit.region_names, item.description.zh, item.description.en]
    folded = [_field(text) for text in fields]
    return GAP.join(folded[:2])[:300], GAP.join(folded)
