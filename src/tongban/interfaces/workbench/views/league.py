"""The table of submissions: the running quarter as a draft, published bulletins, and the submissions behind each figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from tongban.affairs.disclosure import league_book
from tongban.affairs.disclosure.actions.league import TITLE, draft_paper, publish_quarter
from tongban.affairs.disclosure.errors import DisclosureError
from tongban.affairs.disclosure.permissions import LEAGUE
from tongban.affairs.disclosure.queries import league as queries
from tongban.affairs.disclosure.rules.league import SHOWN, Counted
from tongban.affairs.disclosure.wording import section_words
from tongban.engines.indicators.actions import note_read, period_name, titled
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import Bulletin
from tongban.engines.indicators.permissions import BULLETINS
from tongban.engines.indicators.queries import deliveries, is_latest
from tongban.engines.indicators.rules import Period, PeriodError, PeriodKind, period_of, read_period
from tongban.foundation.clock.now import now, today
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.models import Region, Unit
from tongban.foundation.organizations.permissions import allows
from tongban.foundation.packs.localized import localized

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUNNING = "running"


@permitted(BULLETINS.code)
@require_safe
def bulletins(request: ActorRequest) -> HttpResponse:
    """List the published bulletins; whoever makes them finds the running quarter and publishing here too."""
    page = Paginator(queries.league_bulletins(request.actor), PAGE).get_page(request.GET.get("page"))
    shown = [row.pk for row in page.object_list]
    unread = Bulletin.objects.filter(
        pk__in=shown, deliveries__account=request.actor.account, deliveries__read_at__isnull=True
    )
    context = {
        "page": page,
        "unread": set(unread.values_list("pk", flat=True)),
        "makes": _issuer(request) is not None,
        "quarter": period_name(period_of(today(), PeriodKind.QUARTER)),
    }
    return render(request, "workbench/league/list.html", context)


def _issuer(request: ActorRequest) -> queries.Issuer | None:
    return queries.issuer_of(request.actor.unit) if allows(request.actor, LEAGUE.code) else None


def _found(request: ActorRequest, key: int) -> Bulletin:
    row = queries.league_bulletins(request.actor).defer(None).filter(pk=key).first()
    if row is None:
        raise Http404
    return row


@permitted(BULLETINS.code)
@require_safe
def bulletin(request: ActorRequest, key: int) -> HttpResponse:
    """Show a bulletin as it was published; opening it is the receipt of whoever it was handed to."""
    row = _found(request, key)
    if request.actor.account is not None:
        note_read(bulletin=row, account=request.actor.account, at=now())
    receipts = list(deliveries(row)) if row.unit == request.actor.unit and allows(request.actor, LEAGUE.code) else []
    context = _shown(row.data) | {
        "bulletin": row,
        "heading": row.heading,
        "behind": reverse("workbench:league_submissions", args=[row.pk]),
        "latest": is_latest(row),
        "receipts": receipts,
        "opened": sum(each.read_at is not None for each in receipts),
    }
    return render(request, "workbench/league/bulletin.html", context)


@permitted(LEAGUE.code)
@require_safe
def draft(request: ActorRequest) -> HttpResponseBase:
    """Show the table of the running quarter as it stands; ``format`` gives it as an unsealed file."""
    issuer, period = _own(request), period_of(today(), PeriodKind.QUARTER)
    data = queries.table(issuer, period)
    title = titled(TITLE, period)
    name = f"submissions-{period.code}-draft"
    if request.GET.get("format") == "xlsx":
        return _file(league_book.make(data, title=_draft_title(localized(title))), f"{name}.xlsx", XLSX)
    if request.GET.get("format") == "pdf":
        return _file(draft_paper(issuer=issuer, period=period, at=now()), f"{name}.pdf", "application/pdf")
    context = _shown(data) | {
        "heading": localized(title),
        "issuer": issuer.unit,
        "behind": reverse("workbench:league_submissions", args=[RUNNING]),
    }
    return render(request, "workbench/league/draft.html", context)


def _draft_title(title: str) -> str:
    return _("%(title)s（草稿）") % {"title": title}


def _own(request: ActorRequest) -> queries.Issuer:
    issuer = _issuer(request)
    if issuer is None:
        raise Http404
    return issuer


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the pages show of a table, in the reader's language."""
    titles = dict(zip((*SHOWN, Counted.BEFORE), _titles(), strict=True))
    sections = [
        {"title": section_words(section), "rows": [_line(row, titles) for row in section["rows"]]}
        for section in data["sections"]
    ]
    return {
        "data": data,
        "titles": list(titles.values()),
        "totals": [(name.value, title, data["totals"][name.value]) for name, title in titles.items()],
        "sections": sections,
        "explained": league_book.explained(data),
    }


def _titles() -> list[str]:
    return [
        pgettext("报送情况", "报送"),
        pgettext("报送情况", "采用"),
        pgettext("报送情况", "未采用"),
        pgettext("报送情况", "退回修改"),
        pgettext("报送情况", "得分"),
        _("上季度得分"),
    ]


def _line(row: Mapping[str, Any], titles: Mapping[Counted, str]) -> dict[str, Any]:
    cells = [(name.value, title, row[name.value]) for name, title in titles.items()]
    return {**row, "name": localized(row["name"]), "cells": cells, "fell": -(row["up"] or 0)}


@permitted(BULLETINS.code)
@require_safe
def submissions(request: ActorRequest, which: str) -> HttpResponse:
    """List exactly the submissions that a figure counts; titles that are not public are read at the desk they lie on only."""
    data, heading, up = _table_of(request, which)
    try:
        period, wanted = read_period(data["period"]), _wanted(request)
    except ValueError as wrong:
        raise Http404 from wrong
    rows = queries.behind(data, period, wanted)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    span = period.before if wanted.what is Counted.BEFORE else period
    titles = dict(zip((*SHOWN, Counted.BEFORE), _titles(), strict=True))
    context = {
        "heading": heading,
        "up": up,
        "whose": _whose(wanted),
        "title": titles[wanted.what],
        "span": period_name(span),
        "page": page,
        "points": queries.points_of(rows),
        "readable": queries.readable(request.actor, page.object_list),
    }
    return render(request, "workbench/league/submissions.html", context)


def _table_of(request: ActorRequest, which: str) -> tuple[Mapping[str, Any], str, str]:
    """Return the table a list belongs to, its title and its page.

    :raises Http404: if it is not the actor's
    """
    if which == RUNNING:
        issuer = _own(request)
        period = period_of(today(), PeriodKind.QUARTER)
        data = {"sites": [site.code for site in issuer.sites], "period": period.code}
        return data, _draft_title(localized(titled(TITLE, period))), reverse("workbench:league_draft")
    if not which.isdecimal() or len(which) > 18:  # noqa: PLR2004 - more digits than a key has
        raise Http404
    row = _found(request, int(which))
    return row.data, row.heading, reverse("workbench:league_bulletin", args=[row.pk])


def _wanted(request: HttpRequest) -> queries.Behind:
    unit, region = (request.GET.get(name, "").replace("\x00", "")[:64] for name in ("unit", "region"))
    return queries.Behind(Counted(request.GET.get("what", "")), unit, region)


def _whose(wanted: queries.Behind) -> str:
    """Return the name of the unit or region whose figure it is; nothing for the whole table.

    :raises Http404: if there is no such one
    """
    unit = Unit.objects.filter(code=wanted.unit).first() if wanted.unit else None
    region = Region.objects.filter(code=wanted.region).first() if wanted.region else None
    if (wanted.unit and unit is None) or (wanted.region and region is None):
        raise Http404
    found = unit or region
    return found.title if found else ""


@permitted(LEAGUE.code)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: ActorRequest) -> HttpResponseBase:
    """Publish a quarter that is over before the job does, or correct a published one."""
    issuer = _own(request)
    periods: list[Period] = queries.finished_quarters(on=today())
    typed = {"period": request.POST.get("period", ""), "reason": request.POST.get("reason", "").replace("\x00", "")}
    problem = ""
    if request.method == "POST":
        try:
            made = publish_quarter(
                period=read_period(typed["period"]),
                unit=issuer.unit,
                by=request.actor,
                at=now(),
                reason=typed["reason"],
            )
        except PeriodError:
            problem = _("请选择季度。")
        except (ScoreError, DisclosureError) as refused:
            problem = str(refused)
        else:
            messages.success(request, _("已发布，并已送达各单位负责人。"))
            return redirect("workbench:league_bulletin", made.pk)
    context = {"periods": [(one.code, period_name(one)) for one in periods], "problem": problem, **typed}
    return render(request, "workbench/league/publish.html", context, status=422 if problem else 200)
