"""The supervisor's pages: figures by place, and the cases behind them. Nothing here changes anything."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.affairs.supervision.queries import overview as queries
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.workbench.charts import deviations, heat_level

PAGE = 50
MOST_EXPORTED = 5000
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


@permitted(queries.VIEW)
@require_safe
def overview(request: ActorRequest) -> HttpResponse:
    """Show the running cases of a region by place and light, with the most urgent ones."""
    at = now()
    on = local_date(at)
    region = queries.region_for(request.actor, request.GET.get("region", ""))
    if region is None:
        raise Http404
    choices = periods(on)
    period = request.GET.get("period", "month") if request.GET.get("period") in choices else "month"
    found = queries.overview(request.actor, region, on=on, since=choices[period][1])
    context = {
        "view": found,
        "at": at,
        "goal": f"{GOAL:g}",
        "period": period,
        "period_title": choices[period][0],
        "periods": [(code, title) for code, (title, _since) in choices.items()],
        "places": deviations(found.rows, goal=GOAL),
        "units": deviations(found.units, goal=GOAL),
        "heat": [(line, [(count, heat_level(count)) for count in line.cells]) for line in found.heat],
    }
    return render(request, "workbench/supervision.html", context)


@permitted(queries.VIEW)
@require_safe
def cases(request: ActorRequest) -> HttpResponseBase:
    """List the running cases behind a figure, or those closed late; as a table to download with ``format=csv``."""
    on = local_date(now())
    wanted = queries.CaseFilter(
        region=request.GET.get("region", ""),
        unit=request.GET.get("unit", ""),
        light=request.GET.get("light", "") if request.GET.get("light") in LIGHTS else "",
        text=request.GET.get("q", "").replace("\x00", "").strip()[:100],
    )
    inside, place = queries.place_of(request.actor, wanted)
    context: dict[str, Any] = {"wanted": wanted, "place": place}
    if request.GET.get("closed") == "late":
        choices = periods(on)
        title, since = choices.get(request.GET.get("period", ""), choices["month"])
        closed = Paginator(queries.closed_late(inside, since=since), PAGE).get_page(request.GET.get("page"))
        late = [(case, queries.shown_name(case)) for case in closed.object_list]
        return render(
            request, "workbench/supervision_late.html", {**context, "page": closed, "rows": late, "period_title": title}
        )
    found = queries.running(request.actor, inside, wanted, on=on)
    if request.GET.get("format") == "csv":
        return _table(queries.case_rows(found[:MOST_EXPORTED], on=on), on)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "rows": queries.case_rows(list(page.object_list), on=on),
        "tabs": queries.tabs(request.actor, inside, wanted, on=on),
    }
    return render(request, "workbench/supervision_cases.html", context)


class _Echo:
    """What a CSV writer writes to: it gives each line back."""

    def write(self, text: str) -> str:
        return text


def _table(rows: list[queries.CaseRow], on: dt.date) -> StreamingHttpResponse:
    """Return the list as CSV that spreadsheets read as Chinese (with a byte order mark)."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow([_("办件编号"), _("事项"), _("申请人"), _("单位"), _("环节"), _("到期日"), _("时限")])
        for row in rows:
            due = row.due_on.isoformat() if row.due_on else ""
            cells = [row.number, row.title, row.applicant, row.unit.name, row.step, due, row.text]
            yield writer.writerow([_inert(cell) for cell in cells])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{on.isoformat()}.csv"'
    return response


def _inert(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell
