"""What this slice adds to the registers: the pack section and the sources of prefilled values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tongban.foundation.accounts.queries import identity_of
from tongban.foundation.forms.loading import load_forms
from tongban.foundation.forms.prefill import SEEN, register_prefill
from tongban.foundation.packs.sections import Section, register_section

if TYPE_CHECKING:
    from tongban.foundation.organizations.actor import Actor


def _identity(attribute: str) -> Callable[[Actor], Any]:
    def fetch(actor: Actor) -> Any:
        found = identity_of(actor.account) if actor.account else None
        return getattr(found, attribute) or None if found and found.is_verified else None

    return fetch


def _email(actor: Actor) -> Any:
    return actor.account.email or None if actor.account else None


def _nothing(_actor: Actor) -> Any:
    return None


def declare() -> None:
    """Register everything; called once when the application starts."""
    register_section(Section("forms", "forms/*.yaml", 40, load_forms))
    source = _("取自实名信息")
    for attribute in ("name", "number", "legal_representative", "phone", "address"):
        register_prefill(f"identity.{attribute}", _identity(attribute), source)
    register_prefill(SEEN, _nothing, _("窗口核对证件"))
    register_prefill("account.email", _email, _("取自账户资料"))
