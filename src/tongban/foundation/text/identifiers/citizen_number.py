"""Citizen number, GB 11643-1999: region (6), birth date (8), sequence (3), check character.

The region is advisory and never a reason to refuse: counties are renamed, merged and founded.
"""

from __future__ import annotations

import datetime as dt

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from tongban.foundation.text.identifiers.errors import IdentifierError, digits_only, sized

NAME = "citizen_number"


def check_character(first17: str) -> str:
    """Return the 18th character of a number."""
    return mod_11_2.calc_check_digit(first17)


def make(region: str, born: dt.date, sequence: int) -> str:
    """Return the number of these parts with its check character."""
    first = f"{region}{born:%Y%m%d}{sequence:03d}"
    return first + check_character(first)


def check(text: str, *, today: dt.date | None = None) -> str:
    """Return the canonical form (18 characters); the old form of 15 digits is expanded with 19 and a check character.

    :param today: refuse a birth date later than this
    :raises IdentifierError: ``empty``, ``length``, ``digit``, ``date``, ``future`` or ``check``
    """
    code = sized(NAME, text, 15, 18)
    if len(code) == 15:
        digits_only(NAME, code)
        code = f"{code[:6]}19{code[6:]}"
        code += check_character(code)
    digits_only(NAME, code[:17])
    if code[17] not in "0123456789X":
        raise IdentifierError(NAME, "character", place=18, character=code[17])
    born = birth_date(code)
    if today is not None and born > today:
        raise IdentifierError(NAME, "future")
    try:
        mod_11_2.validate(code)
    except ValidationError as wrong:
        raise IdentifierError(NAME, "check") from wrong
    return code


def birth_date(code: str) -> dt.date:
    """Return the birth date in a number of 18 characters.

    :raises IdentifierError: ``date`` if there is no such day
    """
    try:
        return dt.date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError as wrong:
        raise IdentifierError(NAME, "date") from wrong


def is_female(code: str) -> bool:
    """Tell the sex that the sequence states: even is female."""
    return int(code[16]) % 2 == 0
