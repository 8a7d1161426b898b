"""What every page of the portal shows around its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.translation import pgettext

from tongban.interfaces.portal.places import place_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Column:
    """The column a page belongs to, for the page tags of government sites (国办发〔2017〕47号)."""

    name: str
    description: str
    keywords: str = ""
    kind: str = "办事服务"


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, column: Column, status: int = 200
) -> HttpResponse:
    """Render a page of the portal with the visitor's region and the column's tags."""
    return render(request, template, {"place": place_of(request), "column": column, **context}, status=status)


def weekdays() -> list[str]:
    """Return the short names of the days of a week, Monday first."""
    return [
        pgettext("weekday", "一"),
        pgettext("weekday", "二"),
        pgettext("weekday", "三"),
        pgettext("weekday", "四"),
        pgettext("weekday", "五"),
        pgettext("weekday", "六"),
        pgettext("weekday", "日"),
    ]
