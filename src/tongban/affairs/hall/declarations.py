"""What the hall registers with the engines."""

from __future__ import annotations

from tongban.affairs.hall.effects import issue_case_license
from tongban.engines.cases.registers import register_effect


def declare() -> None:
    """Register the effects that licensing processes name."""
    register_effect("issue_license", issue_case_license)
