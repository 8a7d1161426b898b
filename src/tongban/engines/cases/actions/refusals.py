"""Turns refusals into the exception that interfaces show."""

from __future__ import annotations

from tongban.engines.cases import wording
from tongban.engines.cases.errors import ActionRefused
from tongban.engines.cases.rules.compiled import Compiled
from tongban.engines.cases.rules.state import Refusal


def refused(refusal: Refusal, compiled: Compiled | None = None) -> ActionRefused:
    """Return a refusal as an exception with its sentences."""
    return ActionRefused(wording.say(refusal, compiled), wording.say_fields(refusal), code=refusal.code)
