"""Decisions about regions, unit names and postings; no Django, no clock."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tongban.foundation.text.identifiers import credit_code, organization_code

LEVELS: Mapping[str, int] = {"nation": 1, "province": 2, "city": 3, "county": 4, "town": 5, "village": 6}
PLACEHOLDERS = frozenset({"region", "place", "city", "province", "code"})
"""``{region}`` own name, ``{place}`` customary full name, ``{city}``, ``{province}``, ``{code}`` region code."""

DISTRICT = "区"


@dataclass(frozen=True, slots=True)
class Place:
    """A region as far as names need it."""

    code: str
    name: str
    level: int
    parent: Place | None = None
    english: str = ""

    def ancestor(self, level: int) -> Place | None:
        """Return the region of a level at or above this one."""
        place: Place | None = self
        while place is not None and place.level > level:
            place = place.parent
        return place if place is not None and place.level == level else None

    @property
    def full(self) -> str:
        """Return the customary full name: a district carries its city, a town its county, others only themselves.

        >>> wuhan = Place("420100", "武汉市", 3)
        >>> Place("420102", "江岸区", 4, wuhan).full
        '武汉市江岸区'
        """
        if self.parent is None or self.level < LEVELS["county"]:
            return self.name
        if self.level == LEVELS["county"] and not self.name.endswith(DISTRICT):
            return self.name
        return self.parent.full + self.name

    @property
    def full_english(self) -> str:
        """Return the English full name: it names the same places as :attr:`full`, the smaller one first.

        >>> wuhan = Place("420100", "武汉市", 3, None, "Wuhan City")
        >>> Place("420102", "江岸区", 4, wuhan, "Jiang'an District").full_english
        "Jiang'an District, Wuhan City"
        """
        if self.parent is None or self.full == self.name or not self.english:
            return self.english
        return f"{self.english}, {self.parent.full_english}"

    @property
    def chain(self) -> tuple[Place, ...]:
        """Return this region and those above it, nearest first."""
        return (self, *(self.parent.chain if self.parent else ()))


def placeholders(pattern: str) -> frozenset[str]:
    """Return the names between braces in a pattern."""
    try:
        return frozenset(
            name for _text, name, _spec, _conversion in string.Formatter().parse(pattern) if name is not None
        )
    except ValueError:
        return frozenset({pattern})


def fill(pattern: str, place: Place) -> str:
    """Put a region's names into a pattern."""
    city, province = place.ancestor(LEVELS["city"]), place.ancestor(LEVELS["province"])
    return pattern.format(
        region=place.name,
        place=place.full,
        city=city.name if city else "",
        province=province.name if province else "",
        code=place.code,
    )


def fill_english(pattern: str, place: Place) -> str:
    """Put a region's English names into a pattern; empty if one of them is not known."""
    city, province = place.ancestor(LEVELS["city"]), place.ancestor(LEVELS["province"])
    names = {
        "region": place.english,
        "place": place.full_english,
        "city": city.english if city else "",
        "province": province.english if province else "",
        "code": place.code,
    }
    return pattern.format(**names) if all(names[name] for name in placeholders(pattern)) else ""


def exclusive(roles: Iterable[str], administrators: Collection[str]) -> bool:
    """Tell whether a set of roles keeps the administrators apart (GB/T 22239-2019, 8.1.4.2, 8.1.5).

    One person may hold at most one of the administrator roles, and an administrator handles no affairs: no other role
    beside it.
    """
    held = set(roles)
    return not held & set(administrators) or len(held) <= 1


def invented_credit_code(region: str, figure: int) -> str:
    """Return a code with right check characters that no registry gave; for demonstrations only.

    :param region: six digits
    :param figure: any number that tells one unit from another
    """
    body = f"X{figure % 10_000_000:07d}"
    return credit_code.make("1", "1", region, organization_code.make(body))


def overlap(first: tuple[dt.date, dt.date | None], second: tuple[dt.date, dt.date | None]) -> bool:
    """Tell whether two periods share a day; an end of ``None`` is open, both ends count."""
    return first[0] <= (second[1] or dt.date.max) and second[0] <= (first[1] or dt.date.max)
