"""Where someone goes after signing in: slices above may know better than the kind of account."""

from __future__ import annotations

from collections.abc import Callable

from tongban.foundation.accounts.models import Account

Landing = Callable[[Account], str]

_landings: dict[str, Landing] = {}


def register_landing(name: str, landing_of: Landing) -> None:
    """Declare a place for some accounts; the function returns an address on this site, or nothing for others."""
    _landings[name] = landing_of


def landing(account: Account) -> str:
    """Return the first place declared for an account; else the desk for officials, the hall for others."""
    for _name, landing_of in sorted(_landings.items()):
        address = landing_of(account)
        if address:
            return address
    return "/desk/" if account.kind == Account.Kind.OFFICIAL else "/"
