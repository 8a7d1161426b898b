"""Who is acting: plain values that travel from an interface into an action."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tongban.foundation.organizations.roles import Role

if TYPE_CHECKING:
    import datetime as dt

    from tongban.foundation.accounts.models import Account
    from tongban.foundation.organizations.models import Posting, Unit


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone (or the system) with the postings held at this moment.

    ``postings`` are those valid today; ``unit`` is the unit of the posting chosen for this session. ``principals`` are
    the ids of the accounts it may act for, its own included; ``principal`` is the one chosen for this session, or
    ``None`` for itself.
    """

    account: Account | None = None
    postings: tuple[Posting, ...] = ()
    posting: Posting | None = None
    system: str = ""
    principals: frozenset[int] = field(default_factory=frozenset)
    principal: Account | None = None

    @property
    def is_signed_in(self) -> bool:
        """Tell whether a person stands behind this actor."""
        return self.account is not None

    @property
    def acting_for(self) -> Account | None:
        """Return the account on whose behalf it acts: the chosen principal, else its own."""
        return self.principal or self.account

    @property
    def is_official(self) -> bool:
        """Tell whether the actor holds at least one posting."""
        return bool(self.postings)

    @property
    def unit(self) -> Unit | None:
        """Return the unit of the chosen posting."""
        return self.posting.unit if self.posting else None

    @property
    def roles(self) -> frozenset[Role]:
        """Return the roles held in the chosen unit."""
        if self.posting is None:
            return frozenset()
        return frozenset(Role(p.role) for p in self.postings if p.unit_id == self.posting.unit_id)

    @property
    def key(self) -> str:
        """Return a stable text for records: ``account:12@unit:code`` or ``system:name``."""
        if self.system:
            return f"system:{self.system}"
        if self.account is None:
            return "anonymous"
        return f"account:{self.account.pk}" + (f"@unit:{self.posting.unit.code}" if self.posting else "")

    @property
    def name(self) -> str:
        """Return the name that people read."""
        return self.account.display_name if self.account else self.system


ANONYMOUS = Actor()


def system_actor(name: str) -> Actor:
    """Return the actor of a background job."""
    return Actor(system=name)


def actor_of(account: Account, *, on: dt.date, posting_id: int | None = None, principal_id: int | None = None) -> Actor:
    """Return an account as an actor with the postings valid on a day.

    :param posting_id: the posting chosen for this session; the first valid one if absent or over
    :param principal_id: the account it acts for in this session; itself if absent or no longer allowed
    """
    from tongban.foundation.organizations.queries import held_principals, valid_postings

    postings = tuple(valid_postings(account, on=on))
    chosen = next((p for p in postings if p.pk == posting_id), postings[0] if postings else None)
    others = {} if postings else held_principals(account, on=on)
    return Actor(
        account=account,
        postings=postings,
        posting=chosen,
        principals=frozenset({account.pk, *others}),
        principal=others.get(principal_id) if principal_id else None,
    )
