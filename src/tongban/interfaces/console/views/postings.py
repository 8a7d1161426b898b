"""The security administrator's pages: postings, locks, roles."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.forms import Form
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.queries import locked_names
from tongban.foundation.clock.now import now, today
from tongban.foundation.organizations import actions
from tongban.foundation.organizations.errors import PostingError
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.models import Posting
from tongban.foundation.organizations.permissions import all_permissions, visible
from tongban.foundation.organizations.queries import postings_in_force, proposals
from tongban.foundation.organizations.roles import Role, Scope
from tongban.interfaces.console.forms import ProposalForm, ReasonForm, UnlockForm
from tongban.interfaces.console.views.shared import blame, page_of, show


@permitted("postings.view")
@require_GET
def listing(request: ActorRequest) -> HttpResponseBase:
    """List the postings in force in the administrator's region."""
    rows = visible(request.actor, "postings.view", postings_in_force(on=today()))
    role, words = request.GET.get("role", ""), request.GET.get("q", "").strip()
    if role in Role.values:
        rows = rows.filter(role=role)
    if words:
        rows = rows.filter(
            Q(account__display_name__icontains=words) | Q(account__username=words) | Q(unit__name__icontains=words)
        )
    context = {"page": page_of(request, rows), "roles": Role.choices, "role": role, "q": words}
    return show(request, "postings", context)


@permitted("postings.propose")
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponseBase:
    """Propose a posting."""
    form = ProposalForm(request.POST if request.method == "POST" else None, initial={"valid_from": today()})
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            actions.propose(
                account=data["username"], unit=data["unit"], roles=[Role(role) for role in data["roles"]],
                title=data["title"], valid_from=data["valid_from"], valid_to=data["valid_to"],
                by=request.actor, at=now(),
            )  # fmt: skip
        except PostingError as refused:
            blame(form, refused)
        else:
            messages.success(request, _("已提议，须由另一人确认后生效。"))
            return redirect("console:proposals")
    return show(request, "posting_new", {"form": form}, form)


def _posting(request: ActorRequest, pk: int, code: str) -> Posting:
    rows = visible(request.actor, code, Posting.objects.select_related("account", "unit", "proposed_by"))
    return get_object_or_404(rows, pk=pk)


@permitted("postings.end")
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: int) -> HttpResponseBase:
    """End a posting, with a reason."""
    posting = _posting(request, pk, "postings.end")
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.end_posting(posting=posting, by=request.actor, on=today(), at=now(), **form.cleaned_data)
        except PostingError as refused:
            blame(form, refused)
        else:
            messages.success(request, _("任职已免去，立即生效。"))
            return redirect("console:postings")
    return _decide(request, form, posting, "end")


def _decide(request: ActorRequest, form: Form, posting: Posting, kind: str) -> HttpResponseBase:
    return show(request, "posting_decide", {"form": form, "posting": posting, "deciding": kind}, form)


@permitted("postings.confirm")
@require_GET
def proposed(request: ActorRequest) -> HttpResponseBase:
    """List the proposals the actor may confirm."""
    rows = visible(request.actor, "postings.confirm", proposals())
    return show(request, "proposals", {"page": page_of(request, rows)})


@permitted("postings.confirm")
@require_POST
def confirm(request: ActorRequest, pk: int) -> HttpResponseBase:
    """Confirm a proposal as the second person."""
    try:
        actions.confirm(posting=_posting(request, pk, "postings.confirm"), by=request.actor, at=now())
    except PostingError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("任职已确认。"))
    return redirect("console:proposals")


@permitted("postings.confirm")
@require_http_methods(["GET", "POST"])
def decline(request: ActorRequest, pk: int) -> HttpResponseBase:
    """Decline or withdraw a proposal, with a reason."""
    posting = _posting(request, pk, "postings.confirm")
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.decline(posting=posting, by=request.actor, at=now(), **form.cleaned_data)
        except PostingError as refused:
            blame(form, refused)
        else:
            messages.success(request, _("提议已退回。"))
            return redirect("console:proposals")
    return _decide(request, form, posting, "decline")


@permitted("accounts.unlock")
@require_http_methods(["GET", "POST"])
def locks(request: ActorRequest) -> HttpResponseBase:
    """List locked sign-in names and lift a lock."""
    form = UnlockForm(
        request.POST if request.method == "POST" else None, initial={"username": request.GET.get("username", "")}
    )
    if form.is_bound and form.is_valid():
        try:
            actions.unlock_account(by=request.actor, at=now(), **form.cleaned_data)
        except AccountError as refused:
            blame(form, refused)
        else:
            messages.success(request, _("锁定已解除。"))
            return redirect("console:locks")
    return show(request, "locks", {"form": form, "locked": locked_names(now())[:200]}, form)


@permitted("roles.view")
@require_GET
def roles(request: ActorRequest) -> HttpResponseBase:
    """Show which role may do what, and how far."""
    chosen = request.GET.get("role", Role.WINDOW_CLERK)
    chosen = chosen if chosen in Role.values else Role.WINDOW_CLERK
    rows = [
        (permission.code, permission.title, Scope(permission.roles[Role(chosen)]).label)
        for permission in sorted(all_permissions().values(), key=lambda item: item.code)
        if Role(chosen) in permission.roles
    ]
    context = {"roles": Role.choices, "chosen": chosen, "title": Role(chosen).label, "rows": rows}
    return show(request, "roles", context)
