"""Efficiency bulletins: the list, one as a page, and publishing; workbook and paper of every bulletin."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.affairs.supervision.actions.bulletins import KINDS, publish_bulletin
from tongban.affairs.supervision.queries.scores import SCHEME
from tongban.engines.indicators.actions import note_read, period_name
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import Bulletin
from tongban.engines.indicators.permissions import BULLETINS, PUBLISH
from tongban.engines.indicators.queries import bulletins_for, deliveries, is_latest, periods_held
from tongban.engines.indicators.rules import PeriodError, read_period
from tongban.foundation.clock.now import now, today
from tongban.foundation.documents.actions import ensure_file
from tongban.foundation.files.views import file_response
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import allows
from tongban.foundation.packs.localized import localized

PAGE = 50


@permitted(BULLETINS.code)
@require_safe
def bulletins(request: ActorRequest) -> HttpResponse:
    """List the bulletins the actor may read; those handed to the actor and not yet opened are marked."""
    page = Paginator(bulletins_for(request.actor).filter(code=SCHEME), PAGE).get_page(request.GET.get("page"))
    mine = request.actor.account
    unread = set(
        Bulletin.objects.filter(
            pk__in=[row.pk for row in page.object_list], deliveries__account=mine, deliveries__read_at__isnull=True
        ).values_list("pk", flat=True)
    )
    context = {"page": page, "unread": unread, "publishes": allows(request.actor, PUBLISH.code)}
    return render(request, "workbench/scores/bulletins.html", context)


def _found(request: ActorRequest, key: int) -> Bulletin:
    row = bulletins_for(request.actor).defer(None).filter(pk=key).select_related("document", "workbook").first()
    if row is None:
        raise Http404
    return row


@permitted(BULLETINS.code)
@require_safe
def bulletin(request: ActorRequest, key: int) -> HttpResponse:
    """Show a bulletin of scores as it was published; opening it is the receipt of whoever it was handed to."""
    row = _found(request, key)
    if row.code != SCHEME:
        raise Http404
    if request.actor.account is not None:
        note_read(bulletin=row, account=request.actor.account, at=now())
    data = row.data
    columns = [(each["code"], localized(each["title"])) for each in data["columns"]]
    levels = [(localized(level["title"]), [_line(each, columns) for each in level["rows"]]) for level in data["levels"]]
    receipts = list(deliveries(row)) if allows(request.actor, PUBLISH.code, row) else []
    context = {
        "bulletin": row,
        "data": data,
        "totals": [(localized(each["label"]), each["value"]) for each in data["totals"]],
        "grades": [(localized(each["title"]), each["count"]) for each in data["grades"]],
        "columns": columns,
        "levels": levels,
        "latest": is_latest(row),
        "receipts": receipts,
        "opened": sum(each.read_at is not None for each in receipts),
    }
    return render(request, "workbench/scores/bulletin.html", context)


def _line(row: dict[str, object], columns: list[tuple[str, str]]) -> dict[str, object]:
    extra = row["extra"] if isinstance(row["extra"], dict) else {}
    grade = row["grade"] if isinstance(row["grade"], dict) else {}
    return {**row, "grade": localized(grade), "cells": [(title, extra.get(code, "")) for code, title in columns]}


@permitted(BULLETINS.code)
@require_safe
def workbook(request: ActorRequest, key: int) -> HttpResponseBase:
    """Send the workbook made at publication."""
    return file_response(_found(request, key).workbook, inline=False)


@permitted(BULLETINS.code)
@require_safe
def paper(request: ActorRequest, key: int) -> HttpResponseBase:
    """Send the sealed paper."""
    stored = ensure_file(document=_found(request, key).document, at=now())
    return file_response(stored, inline=True)


@permitted(PUBLISH.code)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: ActorRequest) -> HttpResponseBase:
    """Publish a period that is over, or a correction of a published one."""
    actor, on = request.actor, today()
    if actor.unit is None:
        raise Http404
    periods = [period for kind in KINDS for period in periods_held(SCHEME, kind) if period.end < on]
    typed = {"period": request.POST.get("period", ""), "reason": request.POST.get("reason", "").replace("\x00", "")}
    problem = ""
    if request.method == "POST":
        try:
            made = publish_bulletin(
                period=read_period(typed["period"]), unit=actor.unit, by=actor, at=now(), reason=typed["reason"]
            )
        except PeriodError:
            problem = _("请选择期间。")
        except ScoreError as refused:
            problem = str(refused)
        else:
            messages.success(request, _("已发布，并已送达各单位负责人。"))
            return redirect("workbench:bulletin", made.pk)
    context = {
        "periods": [(period.code, period_name(period)) for period in periods],
        "problem": problem,
        **typed,
    }
    return render(request, "workbench/scores/publish.html", context, status=422 if problem else 200)
