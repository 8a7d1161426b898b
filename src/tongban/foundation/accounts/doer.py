"""Who acts, as far as this slice needs to know: the slice above has the whole actor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tongban.foundation.accounts.models import Account


class Doer(Protocol):
    """Whoever changes something: an :class:`~tongban.foundation.organizations.actor.Actor`, for instance."""

    @property
    def key(self) -> str:
        """Return the stable text for records."""

    @property
    def account(self) -> Account | None:
        """Return the account behind it, if a person acts."""


@dataclass(frozen=True, slots=True)
class Self:
    """A person acting on the own account, before or outside any posting."""

    account: Account | None = None

    @property
    def key(self) -> str:
        """Return the stable text for records."""
        return f"account:{self.account.pk}" if self.account else "anonymous"


@dataclass(frozen=True, slots=True)
class Job:
    """A background job of this slice."""

    name: str
    account: Account | None = None

    @property
    def key(self) -> str:
        """Return the stable text for records."""
        return f"system:{self.name}"
