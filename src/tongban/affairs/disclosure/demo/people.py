"""The invented officials of the site group: one of each post for every unit that runs a site."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from tongban.engines.publishing.models import Site
from tongban.foundation.accounts.models import Account
from tongban.foundation.organizations.actor import Actor, actor_of
from tongban.foundation.organizations.models import Posting, Unit
from tongban.foundation.organizations.roles import Role

SINCE = dt.date(2024, 1, 1)
POSTS = {
    "editor": ("信息编辑", (Role.COLUMN_EDITOR, Role.INFORMATION_OFFICER)),
    "reviewer": ("信息审核", (Role.COLUMN_REVIEWER,)),
    "publisher": ("信息发布", (Role.COLUMN_PUBLISHER,)),
}


@dataclass(slots=True)
class Desk:
    """Who edits, reviews and publishes for one unit."""

    editor: Actor
    reviewer: Actor
    publisher: Actor


@dataclass(slots=True)
class Staff:
    """The desks of units, made when first asked for; nobody can sign in as these people."""

    at: dt.datetime
    desks: dict[int, Desk] = field(default_factory=dict)
    officers: dict[int, Actor] = field(default_factory=dict)

    def desk(self, site: Site) -> Desk:
        """Return the desk of the unit that runs a site."""
        if site.unit_id not in self.desks:
            people = {name: self._person(site.unit, name, *POSTS[name]) for name in POSTS}
            self.desks[site.unit_id] = Desk(**people)
        return self.desks[site.unit_id]

    def officer(self, unit: Unit) -> Actor:
        """Return the information officer of a unit."""
        if unit.pk not in self.officers:
            self.officers[unit.pk] = self._person(unit, "officer", "信息员", (Role.INFORMATION_OFFICER,))
        return self.officers[unit.pk]

    def _person(self, unit: Unit, name: str, title: str, roles: tuple[Role, ...]) -> Actor:
        account, new = Account.objects.get_or_create(
            username=f"portal-{unit.pk}-{name}",
            defaults={
                "kind": Account.Kind.OFFICIAL,
                "display_name": f"{unit.region.name}{title}（演示）",
                "joined_at": self.at,
                "password": make_password(None),
            },
        )
        if new:
            Posting.objects.bulk_create(
                Posting(account=account, unit=unit, role=role, title=title, valid_from=SINCE) for role in roles
            )
        return actor_of(account, on=self.at.date())
