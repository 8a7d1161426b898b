"""A generated world of regions, units and people for tests."""

from __future__ import annotations

import datetime as dt

from tongban.foundation.accounts.models import Account
from tongban.foundation.organizations.actor import Actor, actor_of
from tongban.foundation.organizations.models import Posting, Region, Unit
from tongban.foundation.organizations.paths import child_path
from tongban.foundation.organizations.roles import Role

AT = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 21)


def region(code: str, level: int, parent: Region | None = None, name: str = "") -> Region:
    path = child_path(parent.path if parent else None, code)
    return Region.objects.create(code=code, name=name or f"区划{code}", level=level, parent=parent, path=path)


def unit(region_: Region, line: str, parent: Unit | None = None, code: str = "") -> Unit:
    code = code or f"{region_.code}-{line}"
    return Unit.objects.create(
        code=code, name=f"{region_.name}{line}", line=line, level=region_.level, region=region_,
        region_path=region_.path, parent=parent, path=child_path(parent.path if parent else None, code),
    )  # fmt: skip


def small_world() -> dict[str, Unit]:
    """Return two lines over a province, two cities and two counties each; one city's code begins with the other's."""
    province = region("42", 2)
    units: dict[str, Unit] = {}
    for line in ("health", "market"):
        units[f"42-{line}"] = unit(province, line)
    for city in ("4201", "42011"):
        city_row = region(city, 3, province)
        for line in ("health", "market"):
            units[f"{city}-{line}"] = unit(city_row, line, units[f"42-{line}"])
        for county in (f"{city}-1", f"{city}-2"):
            county_row = region(county, 4, city_row)
            for line in ("health", "market"):
                units[f"{county}-{line}"] = unit(county_row, line, units[f"{city}-{line}"])
    return units


def official(username: str, *postings: tuple[Unit, Role], on: dt.date = TODAY) -> Actor:
    """Return an actor who holds postings; the first is the chosen one."""
    account = person(username, kind=Account.Kind.OFFICIAL)
    for place, role in postings:
        Posting.objects.create(account=account, unit=place, role=role, valid_from=dt.date(2024, 1, 1))
    return actor_of(account, on=on)


def person(username: str, kind: str = Account.Kind.PERSON) -> Account:
    """Return an account without password."""
    return Account.objects.create(username=username, display_name=username, kind=kind, joined_at=AT)
