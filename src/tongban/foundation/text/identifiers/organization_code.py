"""Organization code, GB 11714-1997: eight characters and a check character."""

from __future__ import annotations

from tongban.foundation.text.identifiers.errors import IdentifierError, sized

NAME = "organization_code"
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_character(first8: str) -> str:
    """Return the ninth character of a code.

    :raises IdentifierError: ``character`` if one is neither digit nor letter
    """
    total = 0
    for place, (character, weight) in enumerate(zip(first8, _WEIGHTS, strict=True), start=1):
        if character not in _ALPHABET:
            raise IdentifierError(NAME, "character", place=place, character=character)
        total += _ALPHABET.index(character) * weight
    return "0123456789X0"[11 - total % 11]


def make(first8: str) -> str:
    """Return eight characters with their check character, with the hyphen.

    :raises IdentifierError: if a character is not allowed or the length is not eight
    """
    first = sized(NAME, first8, 8)
    return f"{first}-{check_character(first)}"


def check(text: str) -> str:
    """Return the canonical form ``00000001-9``.

    :raises IdentifierError: ``empty``, ``length``, ``character`` or ``check``
    """
    code = sized(NAME, text, 9)
    if check_character(code[:8]) != code[8]:
        raise IdentifierError(NAME, "check")
    return f"{code[:8]}-{code[8]}"
