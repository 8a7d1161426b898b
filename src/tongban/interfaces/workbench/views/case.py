"""The pages of one case."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.engines.cases.export import bpmn
from tongban.engines.cases.loading import Loaded, ledger, load_case
from tongban.engines.cases.models import Case, CaseClock
from tongban.engines.cases.queries import ActionOffer, case_file, replaceable, strip_of
from tongban.engines.cases.queries.codes import SECRET_LENGTH, secret_of
from tongban.engines.cases.queries.strip import rule_of
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Limit, Unit, derive
from tongban.foundation.clock.wording import limit_text
from tongban.foundation.messaging.queries import messages_about
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import allows
from tongban.foundation.packs.localized import localized
from tongban.interfaces.workbench import acting, handing_in
from tongban.interfaces.workbench.case_page import bundle, found, head, related, veiled_sections

VIEW = "desk.case"
LAST = ("co_handle", "transfer", "request_extension", "reclaim", "assign", "withdraw")
"""Kinds that stand behind what the step is about, in this order."""


@permitted(VIEW)
@require_safe
@never_cache
def case(request: ActorRequest, number: str) -> HttpResponse:
    """Show a case; ``action`` opens the form of one of the offered actions."""
    at = now()
    row = found(request.actor, number)
    context = bundle(row, request.actor, at=at)
    wanted = request.GET.get("action", "")
    if wanted:
        offer = offered(context["file"].actions, wanted, request.GET.get("task", ""))
        if offer is None:
            raise Http404
        if not offer.disabled_reason:
            materials = [line.material for line in context["file"].materials]
            form = acting.blank(offer, version=row.version, materials=materials)
            if offer.kind == handing_in.KIND:
                form = replace(form, handed_in=handing_in.empty(replaceable(row)))
            context["form"] = form
    return shown(request, context)


def shown(request: ActorRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render the main page of a case with its actions sorted by weight."""
    offers = sorted(context["file"].actions, key=lambda offer: LAST.index(offer.kind) if offer.kind in LAST else -1)
    for style in ("primary", "secondary", "danger"):
        context[style] = [offer for offer in offers if offer.style == style and not offer.disabled_reason]
    context["disabled"] = [offer for offer in offers if offer.disabled_reason]
    context["tab"] = "case"
    return render(request, "workbench/case.html", context, status=status)


def offered(offers: tuple[ActionOffer, ...], code: str, task: str) -> ActionOffer | None:
    """Return the offer meant, at the task meant if several tasks offer the same."""
    held = [offer for offer in offers if offer.code == code]
    return next((offer for offer in held if str(offer.task or "") == task), held[0] if held else None)


@permitted(VIEW)
@require_safe
@never_cache
def application(request: ActorRequest, number: str) -> HttpResponse:
    """Show what the applicant filled in, personal values masked."""
    row = found(request.actor, number)
    return render(request, "workbench/application.html", application_context(row, request))


def application_context(row: Case, request: ActorRequest) -> dict[str, Any]:
    """Return what the page of the application shows."""
    file = case_file(row, request.actor, at=now())
    return {
        **head(row, file, request.actor),
        "tab": "application",
        "sections": veiled_sections(request.actor, row, file),
        "related": related(row, request.actor),
        "may_reveal": allows(request.actor, "desk.reveal", row),
    }


@permitted(VIEW)
@require_safe
@never_cache
def clock(request: ActorRequest, number: str) -> HttpResponse:
    """Show how every limit of a case is counted, day by day."""
    at = now()
    row = found(request.actor, number)
    file = case_file(row, request.actor, at=at)
    loaded = load_case(row)
    main = [each for each in loaded.clocks if each.kind not in ("step", "special")]
    chosen = next((each for each in main if str(each.pk) == request.GET.get("clock", "")), None) or next(
        (each for kind in ("promised", "statutory", "acceptance") for each in main if each.kind == kind), None
    )
    context = {
        **head(row, file, request.actor),
        "tab": "clock",
        "clocks": [_clock_row(each, loaded, local_date(at)) for each in loaded.clocks],
        "main": main,
        "chosen": chosen,
        "strip": strip_of(chosen, loaded, today=local_date(at)) if chosen else None,
    }
    return render(request, "workbench/clock.html", context)


def _clock_row(each: CaseClock, loaded: Loaded, on: dt.date) -> dict[str, Any]:
    """Return a line of the table of limits, with the days used by now."""
    entries = loaded.entries.get(each.pk, [])
    limit = Limit(each.figure, Unit(each.unit))
    state = derive(ledger(entries), limit, calendar_for(loaded.case.unit.region.code), as_of=each.ended_on or on)
    task = next((task for task in loaded.tasks if task.pk == each.task_id), None)
    return {
        "clock": each,
        "task": localized(loaded.compiled.title_of(task.step)) if task else "",
        "limit": limit_text(limit),
        "used": state.used,
        "rule": rule_of(each),
        "entries": entries,
    }


@permitted(VIEW)
@require_safe
@never_cache
def sent(request: ActorRequest, number: str) -> HttpResponse:
    """Show the documents issued and the messages sent in a case; the applicant's query code is hidden."""
    row = found(request.actor, number)
    file = case_file(row, request.actor, at=now())
    context = {
        **head(row, file, request.actor),
        "tab": "sent",
        "sent": [
            (message, message.body.replace(secret_of(row), "*" * SECRET_LENGTH))
            for message in messages_about(f"case:{row.number}").order_by("-created_at")
        ],
    }
    return render(request, "workbench/sent.html", context)


@permitted(VIEW)
@require_safe
@never_cache
def sheet(request: ActorRequest, number: str) -> HttpResponse:
    """Show a case on one sheet to print."""
    at = now()
    row = found(request.actor, number)
    return render(request, "workbench/sheet.html", bundle(row, request.actor, at=at))


@permitted("cases.processes")
@require_safe
def process(request: ActorRequest, number: str) -> HttpResponse:
    """The process of a case as BPMN 2.0."""
    definition = found(request.actor, number).definition
    response = HttpResponse(bpmn(definition), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{definition.code}-{definition.version}.bpmn"'
    return response
