"""Whether a field shows, given the answers before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.foundation.forms.schema import Condition


def shows(condition: Condition | None, *scopes: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds; the first scope that knows a field answers (a row before the form)."""
    if condition is None:
        return True
    if condition.all is not None:
        return all(shows(part, *scopes) for part in condition.all)
    if condition.any is not None:
        return any(shows(part, *scopes) for part in condition.any)
    value = next((scope[str(condition.field)] for scope in scopes if str(condition.field) in scope), None)
    wanted = condition.in_ or []
    if isinstance(value, list):
        return any(item in wanted for item in value)
    return value is not None and any(value is item if isinstance(item, bool) else value == item for item in wanted)
