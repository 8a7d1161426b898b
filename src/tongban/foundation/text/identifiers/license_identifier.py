"""Identifier of an electronic licence, GB/T 36904-2018.

``1.2.156.3005.2.`` + type (21) + ``.`` + issuer (18; shorter codes are in use) + ``.`` + serial + ``.`` + version (3) + ``.`` + check character;
the check is ISO 7064 MOD 37,36 over the four parts joined, without root and dots.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

from tongban.foundation.text.identifiers.errors import IdentifierError, plain

NAME = "license_identifier"
ROOT = "1.2.156.3005.2"
_PARTS = (
    ("type", r"[0-9A-Z]{21}"),
    ("issuer", r"[0-9A-Z]{6,18}"),
    ("serial", r"[0-9A-Z]{1,32}"),
    ("version", r"\d{3}"),
)


@dataclass(frozen=True, slots=True)
class LicenseIdentifier:
    """The parts of an identifier; ``str()`` gives the whole."""

    type_code: str
    issuer: str
    serial: str
    version: str
    check: str

    def __str__(self) -> str:
        return ".".join((ROOT, self.type_code, self.issuer, self.serial, self.version, self.check))


def make(type_code: str, issuer: str, serial: str, version: int | str) -> str:
    """Return the identifier of these parts with its check character.

    :param type_code: 21 characters: the defining agency's credit code and three digits
    :param issuer: the issuing agency's credit code
    :raises IdentifierError: ``part`` with the name of the part that is wrong
    """
    parts = [plain(part) for part in (type_code, issuer, serial)]
    parts.append(f"{version:03d}" if isinstance(version, int) else plain(version))
    _fit(parts)
    return ".".join((ROOT, *parts, mod_37_36.calc_check_digit("".join(parts))))


def parse(text: str) -> LicenseIdentifier:
    """Return the parts of an identifier.

    :raises IdentifierError: ``empty``, ``parts``, ``part`` or ``check``
    """
    code = plain(text).replace("。", ".")
    if not code:
        raise IdentifierError(NAME, "empty")
    if not code.startswith(f"{ROOT}."):
        raise IdentifierError(NAME, "parts")
    parts = code[len(ROOT) + 1 :].split(".")
    if len(parts) != 5:
        raise IdentifierError(NAME, "parts")
    _fit(parts[:4])
    type_code, issuer, serial, version, character = parts
    if mod_37_36.calc_check_digit("".join(parts[:4])) != character:
        raise IdentifierError(NAME, "check")
    return LicenseIdentifier(type_code, issuer, serial, version, character)


def check(text: str) -> str:
    """Return the canonical form.

    :raises IdentifierError: ``empty``, ``parts``, ``part`` or ``check``
    """
    return str(parse(text))


def _fit(parts: list[str]) -> None:
    for (part, pattern), found in zip(_PARTS, parts, strict=True):
        if not re.fullmatch(pattern, found):
            raise IdentifierError(NAME, "part", part=part, found=found)
