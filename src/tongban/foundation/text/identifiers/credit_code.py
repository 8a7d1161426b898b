"""Unified social credit code, GB 32100-2015: department, kind, region (6), organization code (9), check character.

The department may be a letter (N for rural collectives, A, Y …). The inner organization code's own check is not
demanded: some codes in use do not have it.
"""

from __future__ import annotations

from tongban.foundation.text.identifiers.errors import IdentifierError, sized

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
NAME = "credit_code"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def _values(code: str) -> list[int]:
    for place, character in enumerate(code, start=1):
        if character not in _VALUE:
            raise IdentifierError(NAME, "character", place=place, character=character)
    for place, character in enumerate(code[2:8], start=3):
        if not character.isdigit():
            raise IdentifierError(NAME, "digit", place=place, character=character)
    return [_VALUE[character] for character in code]


def check_character(first17: str) -> str:
    """Return the 18th character of a code.

    :raises IdentifierError: if a character is not allowed
    """
    total = sum(value * weight for value, weight in zip(_values(first17), _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def with_check(first17: str) -> str:
    """Return 17 characters with their check character.

    :raises IdentifierError: if the length or a character is not allowed
    """
    first = sized(NAME, first17, 17)
    return first + check_character(first)


def make(department: str, kind: str, region: str, organization: str) -> str:
    """Return the code of these parts with its check character.

    :raises IdentifierError: if a part is too long, too short, or holds a character that is not allowed
    """
    return with_check(department + kind + region + organization)


def check(text: str) -> str:
    """Return the canonical form (18 characters, upper case).

    :raises IdentifierError: ``empty``, ``length``, ``character``, ``digit`` (region) or ``check``
    """
    code = sized(NAME, text, 18)
    _values(code)
    if check_character(code[:17]) != code[17]:
        raise IdentifierError(NAME, "check")
    return code


def region(code: str) -> str:
    """Return the registering region (6 digits) of a code."""
    return code[2:8]


def organization(code: str) -> str:
    """Return the organization code (9 characters) inside a code."""
    return code[8:17]
