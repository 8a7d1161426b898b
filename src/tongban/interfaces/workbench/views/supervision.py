"""The supervision centre: figures by place, item and step, and the cases behind each. Nothing here changes anything."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.affairs.supervision.permissions import VIEW
from tongban.affairs.supervision.queries import centre as queries
from tongban.affairs.supervision.queries import listing, signals
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.workbench.charts import charts, deviations, heat_level

if TYPE_CHECKING:
    from tongban.foundation.organizations.models import Unit

PAGE = 50
MOST_EXPORTED = 5000
MOST_URGENT = 8
GOAL = 98.0
LIGHTS = ("red", "amber", "green", "paused")


def periods(on: dt.date) -> dict[str, tuple[str, dt.date]]:
    """Return the periods one may choose: their titles and first days."""
    return {
        "month": (_("本月"), on.replace(day=1)),
        "30": (_("近 30 天"), on - dt.timedelta(days=29)),
        "90": (_("近 90 天"), on - dt.timedelta(days=89)),
        "year": (_("本年"), on.replace(month=1, day=1)),
    }


def _period(request: ActorRequest, on: dt.date) -> tuple[str, str, dt.date]:
    choices = periods(on)
    code = request.GET.get("period", "month") if request.GET.get("period") in choices else "month"
    return code, *choices[code]


def _place(request: ActorRequest) -> queries.Place:
    found = queries.place_for(
        request.actor, region=request.GET.get("region", ""), unit=request.GET.get("unit", "").replace("\x00", "")
    )
    if found is None:
        raise Http404
    return found


def _screen(request: ActorRequest) -> dict[str, Any]:
    at = now()
    on = local_date(at)
    place = _place(request)
    period, period_title, since = _period(request, on)
    found = queries.centre(request.actor, place, on=on, since=since)
    return {
        "view": found,
        "total": found.total,
        "at": at,
        "on": on,
        "goal": f"{GOAL:g}",
        "period": period,
        "period_title": period_title,
        "periods": [(code, title) for code, (title, _since) in periods(on).items()],
        "where": f"unit={place.unit.code}" if place.unit else f"region={place.region.code}",
        "places": deviations(found.rows, goal=GOAL),
        "units": deviations(found.units, goal=GOAL),
        "signals": signals.today(request.actor, place, on=on),
        "charts": charts(found, place),
        **{
            light: listing.case_rows(listing.urgent(request.actor, place, light, on=on, limit=MOST_URGENT), on=on)
            for light in ("red", "amber")
        },
    }


@permitted(VIEW.code)
@require_safe
def overview(request: ActorRequest) -> HttpResponse:
    """Show the running cases of a region or a unit by place, item, step and light, with the most urgent ones."""
    context = _screen(request)
    context["heat"] = [(line, [(count, heat_level(count)) for count in line.cells]) for line in context["view"].heat]
    return render(request, "workbench/supervision.html", context)


@permitted(VIEW.code)
@require_safe
def wall(request: ActorRequest) -> HttpResponse:
    """Show the same on one dark screen without scrolling, for a wall; it loads itself again every minute."""
    return render(request, "workbench/supervision_wall.html", _screen(request))


def _wanted(request: ActorRequest) -> listing.CaseFilter:
    def given(name: str) -> str:
        return request.GET.get(name, "").replace("\x00", "").strip()[:100]

    light = given("light")
    return listing.CaseFilter(
        light=light if light in LIGHTS else "",
        item=given("item"),
        steps=tuple(step for step in given("step").split(",") if step),
        text=given("q"),
    )


@permitted(VIEW.code)
@require_safe
def cases(request: ActorRequest) -> HttpResponseBase:
    """List the running cases behind a figure; as a table to download with ``format=csv``."""
    on = local_date(now())
    place, wanted = _place(request), _wanted(request)
    found = listing.running(request.actor, place, wanted)
    if request.GET.get("format") == "csv":
        return _table(listing.case_rows(found[:MOST_EXPORTED], on=on, helper=_helper(request)), on)
    tabs = listing.tabs(request.actor, place, wanted)
    pages = Paginator(found, PAGE)
    vars(pages)["count"] = getattr(tabs, wanted.light or "all")  # known already; among millions it is not counted again
    page = pages.get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "steps": ",".join(wanted.steps),
        "place": place,
        "page": page,
        "rows": listing.case_rows(page.object_list, on=on, helper=_helper(request)),
        "tabs": tabs,
    }
    return render(request, "workbench/supervision_cases.html", context)


def _helper(request: ActorRequest) -> Unit | None:
    """Return the unit of a head, whose list also holds cases that others lead."""
    return None if queries.watches_whole_regions(request.actor) else request.actor.unit


def happenings() -> dict[str, str]:
    """Return what can be listed of a period, with its title."""
    return {
        "arrived": _("收件"),
        "closed": _("办结"),
        "late": _("超期办结"),
        "refused": _("不予受理和不予许可"),
        "corrected": _("补正告知"),
        "special": _("特别程序结束"),
        "step": _("环节完成"),
        "late_step": _("环节超时完成"),
    }


@permitted(VIEW.code)
@require_safe
def happened(request: ActorRequest) -> HttpResponse:
    """List the cases behind a figure of a period or of one day: arrived, closed, late, refused, corrected."""
    on = local_date(now())
    place, wanted = _place(request), _wanted(request)
    what = request.GET.get("what", "")
    if what not in happenings():
        raise Http404
    period, title, since = _period(request, on)
    try:
        day = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = None
    span = (day, day) if day else (since, on)
    found = listing.happened(request.actor, place, what, wanted, since=span[0], until=span[1])
    mark = request.GET.get("before", "")
    part = listing.stretch(found, listing.sorted_by(what), mark, size=PAGE)
    context = {
        "place": place,
        "what": happenings()[what],
        "span": day.isoformat() if day else title,
        "period": period,
        "part": part,
        "most": listing.MOST_COUNTED,
        "begun": bool(mark),
        "rows": [(case, listing.shown_name(case)) for case in part.cases],
    }
    return render(request, "workbench/supervision_happened.html", context)


class _Echo:
    """What a CSV writer writes to: it gives each line back."""

    def write(self, text: str) -> str:
        return text


def _table(rows: list[listing.CaseRow], on: dt.date) -> StreamingHttpResponse:
    """Return the list as CSV that spreadsheets read as Chinese (with a byte order mark)."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow([_("办件编号"), _("事项"), _("申请人"), _("单位"), _("环节"), _("到期日"), _("时限")])
        for row in rows:
            due = row.due_on.isoformat() if row.due_on else ""
            cells = [row.number, row.title, row.applicant, row.unit.title, row.step, due, row.text]
            yield writer.writerow([_inert(cell) for cell in cells])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{on.isoformat()}.csv"'
    return response


def _inert(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell
