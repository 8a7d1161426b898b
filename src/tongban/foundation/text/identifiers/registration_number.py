"""Registration number of market entities before 2015, GS 15-2006: registrar (6), sequence (8), check digit."""

from __future__ import annotations

from typing import Literal

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from tongban.foundation.text.identifiers.errors import IdentifierError, digits_only, sized

NAME = "registration_number"


def make(registrar: str, sequence: int) -> str:
    """Return the number of a registrar (6 digits) and a sequence (up to 8 digits) with its check digit.

    :raises IdentifierError: ``length`` or ``digit``
    """
    first = sized(NAME, f"{registrar}{sequence:08d}", 14)
    digits_only(NAME, first)
    return first + mod_11_10.calc_check_digit(first)


def check(text: str) -> str:
    """Return the canonical form (15 digits).

    :raises IdentifierError: ``empty``, ``length``, ``digit`` or ``check``
    """
    code = sized(NAME, text, 15)
    digits_only(NAME, code)
    try:
        mod_11_10.validate(code)
    except ValidationError as wrong:
        raise IdentifierError(NAME, "check") from wrong
    return code


def kind(code: str) -> Literal["domestic", "foreign", "individual"]:
    """Return what the first digit of the sequence says: domestic, foreign-invested, or individual business."""
    first = int(code[6])
    return "domestic" if first <= 3 else "foreign" if first <= 5 else "individual"
