"""Changes to postings and to officials' accounts; each asks for its permission and is recorded."""

from tongban.foundation.organizations.actions.people import (
    disable_account,
    enable_account,
    open_account,
    reset_account_password,
    unlock_account,
    verify_at_window,
)
from tongban.foundation.organizations.actions.postings import confirm, decline, end_posting, propose

__all__ = [
    "confirm",
    "decline",
    "disable_account",
    "enable_account",
    "end_posting",
    "open_account",
    "propose",
    "reset_account_password",
    "unlock_account",
    "verify_at_window",
]
