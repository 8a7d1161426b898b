"""Tags and filters that every page may use: ``{% load tongban %}``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.foundation.clock.now import local_date

if TYPE_CHECKING:
    from django.template.context import Context

register = template.Library()

LIGHTS = {"green": "g", "amber": "y", "red": "r", "paused": "p", "none": "p", "g": "g", "y": "y", "r": "r", "p": "p"}
NOTES = {"info": "info", "ok": "check", "warn": "warn"}


def _use(symbol: str, css: str, box: str = "") -> SafeString:
    view = format_html(' viewBox="{}"', box) if box else ""
    return format_html(
        '<svg class="{}"{} aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        view,
        static("ui/icons.svg"),
        symbol,
    )


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Draw a decorative icon of the sprite, such as ``search`` or ``file``; its meaning must stand in text beside it."""
    return _use(f"i-{name}", f"ic {css}".strip())


@register.simple_tag
def light(kind: str, text: str) -> SafeString:
    """Draw a deadline light: shape, color and words together.

    :param kind: ``green amber red paused none`` or ``g y r p``
    """
    code = LIGHTS.get(str(kind), "p")
    return format_html('<span class="light {}">{}{}</span>', code, _use(f"l-{code}", "lamp", "0 0 16 16"), text)


@register.simple_tag
def tag(text: str, kind: str = "") -> SafeString:
    """Draw a small label; ``kind`` may be ``ok``, ``warn``, ``bad`` or empty."""
    return format_html('<span class="tag{}">{}</span>', f" tag-{kind}" if kind else "", text)


@register.simple_tag
def sep() -> SafeString:
    """Draw the thin rule that stands where a wide middle dot would."""
    return mark_safe('<i class="sep"> · </i>')


@register.simple_tag
def crumbs(*pairs: Any) -> SafeString:
    """Draw the breadcrumb from title and address in turn; the last title has no address and is the current page.

    ``{% crumbs _("政务服务") home_url item.name %}``
    """
    steps = [(pairs[i], pairs[i + 1] if i + 1 < len(pairs) else "") for i in range(0, len(pairs), 2)]
    return _crumbs(steps)


def _crumbs(steps: list[tuple[Any, Any]]) -> SafeString:
    items = format_html_join(
        "",
        "{}",
        (
            (
                format_html('<li><a href="{}">{}</a></li>', url, title)
                if url
                else format_html('<li aria-current="page">{}</li>', title),
            )
            for title, url in steps
        ),
    )
    return format_html('<nav class="crumb" aria-label="{}"><ol>{}</ol></nav>', _("当前位置"), items)


@register.simple_block_tag
def note(content: str, kind: str = "info", title: str = "") -> SafeString:
    """Frame a notice: ``{% note "warn" %}…{% endnote %}``; kinds ``info``, ``ok``, ``warn``."""
    css = "" if kind == "info" else f" note-{kind}"
    head = format_html("<b>{}</b>", title) if title else ""
    return format_html(
        '<div class="note{}">{}<div>{} {}</div></div>', css, icon(NOTES.get(kind, "info")), head, content
    )


@register.simple_tag
def meter(used: float, total: float, kind: str = "g", label: str = "") -> SafeString:
    """Draw how much of a limit is used as a bar; say the figures in the words beside it."""
    share = 0 if not total else max(0, min(100, round(100 * float(used) / float(total))))
    return format_html(
        '<svg class="bar {}" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="bar-all" width="100" height="4"></rect><rect class="bar-used" width="{}" height="4"></rect></svg>',
        LIGHTS.get(str(kind), "g"),
        label or _("已用 %(share)s%%") % {"share": share},
        share,
    )


@register.simple_tag(takes_context=True)
def here_with(context: Context, **changes: Any) -> str:
    """Return the current query string with some parameters changed; an empty value removes one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.inclusion_tag("ui/includes/pages.html", takes_context=True)
def pages(context: Context, page: Any) -> dict[str, Any]:
    """Draw the pager of a Django ``Page``; it keeps the other parameters of the address."""
    return {"request": context["request"], "page": page}


@register.inclusion_tag("ui/forms/step.html")
def form_step(bound: Any) -> dict[str, Any]:
    """Draw one page of a declared form (a ``BoundStep``): known data, then the questions; ``form`` and buttons are the page's."""
    return {"step": bound}


@register.inclusion_tag("ui/forms/errors.html")
def error_summary(problems: Any) -> dict[str, Any]:
    """Draw the summary of what is wrong, each line a link (objects with ``anchor`` and ``text``); nothing if all is right."""
    return {"problems": problems}


@register.simple_tag(takes_context=True)
def switch_to(context: Context, name: str, **values: str) -> str:
    """Return the address that sets a preference (``display`` or ``language``) and comes back to this page."""
    from django.urls import reverse

    request = context.get("request")
    back = request.get_full_path() if request is not None and request.method == "GET" else "/"
    return f"{reverse(f'ui:{name}')}?{urlencode({**values, 'next': back})}"


@register.simple_tag
def html_lang() -> str:
    """Return the language of the page for the ``lang`` attribute."""
    code = get_language() or "zh-hans"
    return "zh-Hans" if code.startswith("zh") else code


def _day(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return local_date(value)
    return value if isinstance(value, dt.date) else None


@register.filter
def cn_date(value: Any) -> SafeString | str:
    """Write a date as ``2026-11-21`` that never breaks; empty if there is none."""
    day = _day(value)
    return format_html('<time datetime="{0}">{0}</time>', day.isoformat()) if day else ""


@register.filter
def cn_datetime(value: Any) -> SafeString | str:
    """Write a moment in China's time as ``2026-11-21 09:30``."""
    if not isinstance(value, dt.datetime):
        return cn_date(value)
    from tongban.foundation.clock.now import CHINA

    local = value.astimezone(CHINA)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), local.strftime("%Y-%m-%d %H:%M")
    )


@register.filter
def short_date(value: Any) -> SafeString | str:
    """Write a date as ``11-21`` for dense lists; the full date stays machine readable and in the title."""
    day = _day(value)
    if day is None:
        return ""
    return format_html('<time datetime="{0}" title="{0}">{1}</time>', day.isoformat(), day.strftime("%m-%d"))


@register.filter
def masked(value: Any, keep: int = 4) -> str:
    """Hide the middle of a personal value: first and last characters remain (``keep`` in all, at most half)."""
    text = str(value or "")
    if len(text) <= 1:
        return text
    if len(text) <= 4:
        return text[0] + "*" * (len(text) - 1)
    front = min(3, len(text) // 4) or 1
    back = min(int(keep), len(text) // 4) or 1
    return text[:front] + "*" * (len(text) - front - back) + text[-back:]


@register.filter
def file_size(value: Any) -> str:
    """Write a number of bytes as KB or MB."""
    size = int(value or 0)
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"
