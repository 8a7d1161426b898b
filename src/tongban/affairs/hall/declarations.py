"""What the hall registers with the engines, and its own permission."""

from __future__ import annotations

from tongban.affairs.hall.actions import charging, counter
from tongban.affairs.hall.effects import cancel_licenses_returned, issue_case_license
from tongban.engines.cases.registers import register_effect
from tongban.foundation.organizations.permissions import register


def declare() -> None:
    """Register the effects that licensing processes name, who may file at the counter, charge, pay and refund."""
    register_effect("issue_license", issue_case_license)
    register_effect("cancel_licenses_returned", cancel_licenses_returned)
    register(counter.FILE, charging.CHARGE, charging.PAY, charging.REFUND)
