"""Tags of the portal: ``{% load portal %}``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from tongban.engines.publishing.statutes import anchor_of
from tongban.foundation.clock.now import CHINA
from tongban.foundation.ui.templatetags.tongban import crumbs, tag
from tongban.interfaces.portal.drawing import kept

if TYPE_CHECKING:
    from django.template.base import Parser, Token
    from django.template.context import Context

    from tongban.engines.publishing.queries import ColumnFrame, Entry
    from tongban.interfaces.portal.sites import Here

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


@register.simple_tag
def to_article(here: Here, pk: int) -> str:
    """Return the address of an article on the present site."""
    return here.article(pk)


@register.simple_tag
def lines(here: Here, entries: Sequence[Entry], most: int | None = None) -> SafeString:
    """Draw items of a dense list: title, and the day without the year."""
    drawn = []
    for entry in entries[:most]:
        title, day = escape(entry.title), entry.day
        drawn.append(
            f'<li><a href="{here.article(entry.id)}" title="{title}">{title}</a>'
            f'<time datetime="{day}" title="{day}">{day:%m-%d}</time></li>'
        )
    return mark_safe("".join(drawn))  # noqa: S308 - titles are escaped, the rest are numbers and the site's own path


@register.simple_tag
def page_lines(here: Here, entries: Sequence[Entry]) -> SafeString:
    """Draw items of a column's page: title, a tag on what is pinned, and the day."""
    top = f" {tag(_('置顶'))}"
    return mark_safe(  # noqa: S308 - titles are escaped, the rest are numbers and the site's own path
        "".join(
            f'<li><a href="{here.article(entry.id)}">{escape(entry.title)}{top if entry.pinned else ""}</a>'
            f'<time datetime="{entry.day}">{entry.day}</time></li>'
            for entry in entries
        )
    )


class FramedNode(template.Node):
    """A part of a page that depends on its site alone; it is drawn once and kept with the frames."""

    def __init__(self, name: str, nodelist: template.NodeList) -> None:
        """Hold what is drawn."""
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        """Return the part as it was drawn last in this language and display mode."""
        key = (self.name, context["display_mode"])
        found: str = kept(context["here"], key, lambda: self.nodelist.render(context))
        return mark_safe(found)  # noqa: S308 - drawn by the template


@register.tag
def framed(parser: Parser, token: Token) -> FramedNode:
    """Keep what stands between ``{% framed name %}`` and ``{% endframed %}``: only what depends on the site alone."""
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endframed",))
    parser.delete_first_token()
    return FramedNode(name, nodelist)


@register.simple_tag
def in_site(here: Here, column: ColumnFrame) -> str:
    """Return the address of a column on the present site."""
    return here.column(column)


@register.simple_tag(takes_context=True)
def site_crumbs(context: Context, last: str = "", above: ColumnFrame | None = None) -> SafeString:
    """Draw the way to the present page of a site: home, columns, and what is shown last."""
    here: Here = context["here"]
    frame: ColumnFrame | None = context.get("frame") or above
    columns = here.site.trail(frame) if frame else []
    steps: list[str] = [_("首页"), here.base]
    for column in columns:
        steps += [column.name, here.column(column)]
    if last or not columns:
        steps.append(last or context["column"].name)
    else:
        steps.pop()
    return crumbs(*steps)


VALIDITY = {
    "in_force": ("ok", pgettext_lazy("article", "有效")),
    "amended": ("warn", pgettext_lazy("article", "已修改")),
    "abolished": ("bad", pgettext_lazy("article", "废止")),
    "expired": ("bad", pgettext_lazy("article", "失效")),
}


@register.simple_tag
def validity(code: str, title: str = "") -> SafeString | str:
    """Draw whether a document is in force; nothing where that does not apply."""
    if code not in VALIDITY:
        return ""
    kind, name = VALIDITY[code]
    return tag(title or str(name), kind)


@register.simple_tag
def in_force(code: str, since: dt.date | None, today: dt.date) -> SafeString | str:
    """Draw whether a statute is in force on a day: one whose day has not come yet says so."""
    if code == "in_force" and since and since > today:
        return tag(_("尚未施行"), "warn")
    return validity(code)


_TIMES = "零一二三四五六七八九十"


@register.simple_tag
def act_name(entry: Any) -> str:
    """Name an event in the history of a statute: 公布, 第三次修正, 施行."""
    if not entry.times:
        return str(entry.label)
    chinese = not (get_language() or "").startswith("en")
    times = _TIMES[entry.times] if chinese and entry.times < len(_TIMES) else entry.times
    return _("第%(times)s次%(act)s") % {"times": times, "act": entry.label}


@register.filter
def anchor(label: str) -> str:
    """Return the fragment under which an article of a statute stands on its page."""
    return anchor_of(label)


@register.inclusion_tag("portal/includes/choices.html")
def choose(name: str, label: str, choices: Sequence[Any], chosen: str) -> dict[str, Any]:
    """Draw a list to narrow by: values with their titles and counts."""
    return {"name": name, "label": label, "choices": choices, "chosen": chosen}


REQUEST_LINES = {
    "new": gettext_lazy("一、本年新收政府信息公开申请数量"),
    "carried": gettext_lazy("二、上年结转政府信息公开申请数量"),
    "disclosed": gettext_lazy("三、本年度办理结果：予以公开"),
    "declined": gettext_lazy("不予公开或者无法提供"),
    "given_up": gettext_lazy("其他处理：逾期不补正"),
    "withdrawn": gettext_lazy("其他处理：申请人撤回"),
    "concluded": gettext_lazy("办理结果总计"),
    "forward": gettext_lazy("四、结转下年度继续办理"),
}


@register.simple_tag
def request_line(code: str) -> str:
    """Name a row of the table of requests for information."""
    return str(REQUEST_LINES[code])


@register.simple_tag
def column_of(here: Here, pk: int) -> str:
    """Return the address of a column of the present site by its number."""
    return here.column(here.site.columns[pk])


@register.filter
def grouped(number: int) -> str:
    """Write a number with its thousands apart."""
    return f"{number:,}"


@register.filter
def minute(moment: dt.datetime | None) -> str:
    """Write a moment in China's time as page tags want it: ``2026-11-21 09:30``."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if moment else ""
