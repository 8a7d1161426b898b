"""Tags of surveys and interviews: ``{% load survey %}``."""

from __future__ import annotations

from django import template

from tongban.affairs.surveys.queries.results import said as in_language

register = template.Library()


@register.simple_tag
def said(zh: str, en: str = "") -> str:
    """Return a text in the reader's language, Chinese where there is no English one."""
    return in_language(zh, en)
