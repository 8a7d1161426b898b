"""Search tokens: character bigrams, so that any PostgreSQL finds any substring without an extension."""

from __future__ import annotations

from operator import add

from tongban.foundation.text.normalize import key


def bigrams(text: str) -> list[str]:
    """Return the tokens under which a text is found: every pair of neighbours and every single character, once each.

    Blanks, punctuation, width, case and traditional characters make no difference.
    """
    letters = key(text)
    return list(dict.fromkeys([*map(add, letters, letters[1:]), *letters]))


def terms(query: str) -> list[str]:
    """Return the tokens that a query of one word demands: its bigrams, or its only character."""
    letters = key(query)
    if len(letters) < 2:
        return list(letters)
    return list(dict.fromkeys(map(add, letters, letters[1:])))


def tsquery(query: str) -> str:
    """Return a raw ``tsquery``: all tokens of every word (words are parted by blanks); empty if nothing is asked.

    Tokens hold only letters, digits and Chinese characters, so the text needs no escaping. With three characters and
    more, neighbours must be checked again in the text (all pairs may be there and not adjacent).
    """
    found = [term for word in query.split() for term in terms(word)]
    return " & ".join(f"'{term}'" for term in dict.fromkeys(found))
