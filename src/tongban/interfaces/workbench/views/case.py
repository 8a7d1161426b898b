"""The pages of one case."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.engines.cases.loading import load_case
from tongban.engines.cases.models import Case
from tongban.engines.cases.queries import ActionOffer, case_file, strip_of
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.clock.rules import Limit, Unit
from tongban.foundation.clock.wording import limit_text
from tongban.foundation.messaging.queries import messages_about
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.workbench import acting
from tongban.interfaces.workbench.case_page import bundle, found, head

VIEW = "desk.case"


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
            context["form"] = acting.blank(offer, version=row.version, materials=materials)
    return shown(request, context)


def shown(request: ActorRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render the main page of a case with its actions sorted by weight."""
    offers = context["file"].actions
    context["weights"] = [
        [offer for offer in offers if offer.style == style and not offer.disabled_reason]
        for style in ("primary", "secondary", "danger")
    ]
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
    from tongban.foundation.organizations.permissions import allows

    file = case_file(row, request.actor, at=now())
    return {
        **head(row, file, request.actor),
        "tab": "application",
        "sections": file.key_points,
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
    tasks = {task.pk: task.title for task in loaded.tasks}
    context = {
        **head(row, file, request.actor),
        "tab": "clock",
        "clocks": [
            {
                "clock": each,
                "task": tasks.get(each.task_id or 0, ""),
                "limit": limit_text(Limit(each.figure, Unit(each.unit))),
                "entries": loaded.entries.get(each.pk, []),
            }
            for each in loaded.clocks
        ],
        "main": main,
        "chosen": chosen,
        "strip": strip_of(chosen, loaded, today=local_date(at)) if chosen else None,
    }
    return render(request, "workbench/clock.html", context)


@permitted(VIEW)
@require_safe
@never_cache
def sent(request: ActorRequest, number: str) -> HttpResponse:
    """Show the documents issued and the messages sent in a case."""
    row = found(request.actor, number)
    file = case_file(row, request.actor, at=now())
    context = {
        **head(row, file, request.actor),
        "tab": "sent",
        "sent": messages_about(f"case:{row.number}").order_by("-created_at"),
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
