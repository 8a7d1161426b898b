"""The supervisor's pages: figures by place, and the cases behind them."""

from __future__ import annotations

from typing import Literal

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from tongban.affairs.supervision import queries
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.ui.charts import bars

PAGE = 50
GOAL = 98.0


@permitted(queries.VIEW)
def overview(request: ActorRequest) -> HttpResponse:
    """Show the running cases of a region by place and light, with the most urgent ones."""
    actor = request.actor
    region = queries.region_for(actor, request.GET.get("region", ""))
    if region is None:
        raise Http404
    at = now()
    found = queries.overview(actor, region, on=local_date(at))
    rows = found.rows or found.units
    rates = [
        (row.name, row.figures.on_time, _grade(row.figures.on_time)) for row in rows if row.figures.on_time is not None
    ]
    rates.sort(key=lambda line: -line[1])
    context = {"view": found, "at": at, "chart": bars(rates, target=GOAL) if rates else None, "goal": GOAL}
    return render(request, "workbench/supervision.html", context)


@permitted(queries.VIEW)
def cases(request: ActorRequest) -> HttpResponse:
    """List the running cases behind a figure."""
    wanted = queries.CaseFilter(
        region=request.GET.get("region", ""),
        unit=request.GET.get("unit", ""),
        light=request.GET.get("light", ""),
        text=request.GET.get("q", "").strip(),
    )
    page = Paginator(queries.cases(request.actor, wanted), PAGE).get_page(request.GET.get("page"))
    rows = queries.case_rows(page.object_list, on=local_date(now()))
    return render(request, "workbench/supervision_cases.html", {"page": page, "rows": rows, "wanted": wanted})


def _grade(rate: float | None) -> Literal["ok", "mid", "bad"]:
    if rate is None or rate >= GOAL:
        return "ok"
    return "mid" if rate >= GOAL - 3 else "bad"
