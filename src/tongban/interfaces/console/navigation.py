"""The console's entries in the desk's side menu; each shows only to those who hold its permission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tongban.foundation.accounts.landing import register_landing
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.models import CalendarProposal
from tongban.foundation.clock.now import today
from tongban.foundation.clock.queries import missing_year
from tongban.foundation.organizations.actor import actor_of
from tongban.foundation.organizations.permissions import visible
from tongban.foundation.organizations.queries import proposals
from tongban.foundation.organizations.roles import ADMINISTRATORS
from tongban.foundation.ui.navigation import SideEntry, register_side

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tongban.foundation.organizations.actor import Actor
    from tongban.foundation.organizations.models import Posting


def waiting(actor: Actor) -> QuerySet[Posting]:
    """Return the proposals an actor may confirm."""
    return visible(actor, "postings.confirm", proposals())


def calendar_tasks(actor: Actor) -> int | None:  # noqa: ARG001 - the same for whoever sees the entry
    """Count what the calendars ask for: entries to confirm, and a year that should have been entered by now."""
    waiting_entries = CalendarProposal.objects.filter(state=CalendarProposal.State.WAITING).count()
    return waiting_entries + (missing_year(today()) is not None) or None


def landing_of(account: Account) -> str:
    """Send administrators to the console."""
    if account.kind != Account.Kind.OFFICIAL:
        return ""
    return "/console/" if actor_of(account, on=today()).roles & ADMINISTRATORS else ""


def declare() -> None:
    """Add the entries, and the console as the administrators' first place."""
    register_landing("console", landing_of)
    system, security, audit = _("系统管理"), _("安全管理"), _("审计")
    register_side(
        SideEntry("console:identities", _("核验实名"), _("窗口"), 800, "accounts.verify_identity"),
        SideEntry("console:accounts", _("账户"), system, 810, "accounts.view"),
        SideEntry("console:calendars", _("工作日历"), system, 820, "calendars.view", calendar_tasks),
        SideEntry("console:connectors", _("外部接口"), system, 830, "system.view"),
        SideEntry("console:postings", _("任职"), security, 840, "postings.view"),
        SideEntry("console:proposals", _("待确认任职"), security, 850, "postings.confirm", waiting),
        SideEntry("console:locks", _("登录锁定"), security, 860, "accounts.unlock"),
        SideEntry("console:roles", _("角色和权限"), security, 870, "roles.view"),
        SideEntry("console:audit", _("审计记录"), audit, 880, "audit.read"),
        SideEntry("console:refusals", _("被拒访问"), audit, 890, "audit.read"),
        SideEntry("console:verify", _("核验"), audit, 895, "audit.verify"),
    )
