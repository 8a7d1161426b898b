"""Tags of the portal: ``{% load portal %}``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def mark(text: str, terms: Sequence[str] = ()) -> SafeString:
    """Write a text with the words that were searched marked."""
    wanted = sorted({term for term in terms or () if term}, key=len, reverse=True)
    if not wanted:
        return format_html("{}", text)
    parts = re.split("(" + "|".join(re.escape(term) for term in wanted) + ")", text, flags=re.IGNORECASE)
    pieces = (
        (format_html("<mark>{}</mark>", part) if number % 2 else format_html("{}", part),)
        for number, part in enumerate(parts)
        if part
    )
    return format_html_join("", "{}", pieces)


@register.simple_tag
def item_url(row: Any) -> str:
    """Return the address of an item's guide, or of the choice among its units."""
    return reverse("portal:guide", args=[row.code]) if row.code else reverse("portal:choose", args=[row.item_code])


@register.simple_tag
def visits(count: int) -> str:
    """Say how often one must come in person."""
    return _("最多跑 %(count)s 次") % {"count": count} if count else _("不用跑")


@register.filter
def has(values: Any, key: str) -> bool:
    """Tell whether a mapping holds a key that is known only in the template."""
    return key in values


@register.filter
def get(values: Any, key: str) -> Any:
    """Return the value of a mapping under a key that is known only in the template."""
    return values.get(key, "")
