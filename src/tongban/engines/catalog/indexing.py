"""What is searched: one folded text for each implementation, and its tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tongban.engines.catalog.expanding import UnitRow
from tongban.engines.catalog.schema import Item
from tongban.foundation.packs.localized import LocalizedText
from tongban.foundation.text.normalize import fold, key
from tongban.foundation.text.search import bigrams

FIELD = "\n"
_BETWEEN = re.compile(r"[\s,;.?!]+")


def words(text: str) -> list[str]:
    """Return the words of a text in the form that is compared; blanks and stops part them."""
    return [word for part in _BETWEEN.split(fold(text)) if (word := key(part))]


def grams(text: str) -> list[str]:
    """Return the tokens of a search text; pairs never span two fields."""
    return list(dict.fromkeys(token for field in text.split(FIELD) for token in bigrams(field)))


def tsvector(tokens: Iterable[str]) -> str:
    """Return tokens, which hold only letters, digits and characters, as the text of a ``tsvector`` value."""
    return " ".join(f"'{token}'" for token in tokens)


def index_text(item: Item, name: LocalizedText | None, unit: UnitRow, events: Iterable[str]) -> tuple[str, str]:
    """Return the folded name and the whole folded text of an implementation: one line a field.

    :param events: names of the life events it belongs to
    """
    names = [(name or item.name).zh, (name or item.name).en]
    fields = [*names, *item.aliases, *events, unit.name, unit.region_names, item.description.zh, item.description.en]
    folded = [key(text) for text in fields]
    return FIELD.join(folded[:2])[:300], FIELD.join(folded)
