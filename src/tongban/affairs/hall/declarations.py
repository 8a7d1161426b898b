"""What the hall registers with the engines, and its own permission."""

from __future__ import annotations

from tongban.affairs.hall.actions import counter
from tongban.affairs.hall.effects import cancel_licenses_returned, issue_case_license
from tongban.engines.cases.registers import register_effect
from tongban.foundation.organizations.permissions import register


def declare() -> None:
    """Register the effects that licensing processes name, and who may file at the counter."""
    register_effect("issue_license", issue_case_license)
    register_effect("cancel_licenses_returned", cancel_licenses_returned)
    register(counter.FILE)
