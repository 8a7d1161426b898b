"""Changes to accounts; the slice above checks the permission of those that officials make."""

from tongban.foundation.accounts.actions.access import (
    address_tried,
    change_password,
    disable,
    disable_unused,
    enable,
    end_sessions,
    reset_password,
    sign_in_failed,
    sign_in_refused,
    signed_in,
    unlock,
)
from tongban.foundation.accounts.actions.delegating import delegate, end_delegation
from tongban.foundation.accounts.actions.opening import (
    change_phone,
    confirm_identity,
    matches,
    open_firm,
    open_official,
    open_person,
    update_contact,
)
from tongban.foundation.accounts.actions.recovering import begin_recovery, complete_recovery
from tongban.foundation.accounts.actions.revealing import RevealLimitError, reveal

__all__ = [
    "RevealLimitError",
    "address_tried",
    "begin_recovery",
    "change_password",
    "change_phone",
    "complete_recovery",
    "confirm_identity",
    "delegate",
    "disable",
    "disable_unused",
    "enable",
    "end_delegation",
    "end_sessions",
    "matches",
    "open_firm",
    "open_official",
    "open_person",
    "reset_password",
    "reveal",
    "sign_in_failed",
    "sign_in_refused",
    "signed_in",
    "unlock",
    "update_contact",
]
