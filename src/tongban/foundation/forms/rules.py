"""The pure rules of declared forms, gathered: shape, cleaning, other shapes of answers, and the derived schema."""

from __future__ import annotations

from tongban.foundation.forms.answers import (
    SummarySection,
    empty_answers,
    example_answers,
    flatten,
    raw_from_post,
    summary,
)
from tongban.foundation.forms.checks import FieldError, register_check
from tongban.foundation.forms.cleaning import Cleaned, clean
from tongban.foundation.forms.coherence import mistakes
from tongban.foundation.forms.conditions import shows
from tongban.foundation.forms.json_schema import json_schema
from tongban.foundation.forms.schema import FormSpec

__all__ = [
    "Cleaned",
    "FieldError",
    "FormSpec",
    "SummarySection",
    "clean",
    "empty_answers",
    "example_answers",
    "flatten",
    "json_schema",
    "mistakes",
    "raw_from_post",
    "register_check",
    "shows",
    "summary",
]
