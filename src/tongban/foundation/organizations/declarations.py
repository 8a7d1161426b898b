"""What this slice registers with lower slices, and its own permissions."""

from __future__ import annotations

from tongban.foundation.organizations import checks
from tongban.foundation.organizations.actions import people, postings
from tongban.foundation.organizations.loading import ROMANIZATION, check_romanization, load_regions, load_units
from tongban.foundation.organizations.models import Posting, Unit
from tongban.foundation.organizations.permissions import register, register_policy
from tongban.foundation.organizations.scoping import unit_scope_filter
from tongban.foundation.packs.sections import Section, register_section


def declare() -> None:
    """Register pack sections, permissions and policies; importing the checks registers them."""
    register_section(Section("romanization", ROMANIZATION, 5, check_romanization))
    register_section(Section("regions", "regions.csv", 10, load_regions))
    register_section(Section("units", "units/*.yaml", 20, load_units))
    register(postings.VIEW, postings.PROPOSE, postings.CONFIRM, postings.END)
    register(people.VIEW, people.OPEN, people.DISABLE, people.RESET, people.UNLOCK, people.VERIFY)
    register_policy(Unit, unit_scope_filter(""))
    register_policy(Posting, unit_scope_filter("unit", own="account"))


__all__ = ["checks", "declare"]
