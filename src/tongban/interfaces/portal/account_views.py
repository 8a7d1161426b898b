"""Pages of the own account: opening it, what is known of me, who looked, whom I let act for me."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.signup import complete_signup
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.foundation.accounts import actions, queries
from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.forms import ContactForm, DelegationForm, FirmForm, PersonForm
from tongban.foundation.accounts.models import Account, Delegation
from tongban.foundation.audit.actions import record
from tongban.foundation.clock.now import now, today
from tongban.foundation.organizations.guards import ActorRequest, public, signed_in
from tongban.foundation.organizations.middleware import PRINCIPAL_SESSION_KEY
from tongban.foundation.text import mask

form_page = require_http_methods(["GET", "POST"])


def _account(request: ActorRequest) -> Account:
    account = request.actor.account
    if account is None:
        raise Http404
    return account


def _page(request: ActorRequest, template: str, context: dict[str, Any], form: Form | None = None) -> HttpResponse:
    wrong = form is not None and form.is_bound and bool(form.errors)
    return render(request, template, context, status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK)


def _blame(form: Form, refused: AccountError) -> None:
    """Put what an action refused at the fields it names."""
    for name, text in refused.fields.items():
        form.add_error(name if name in form.fields else None, text)
    if refused.message:
        form.add_error(None, refused.message)


def _target(request: ActorRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else "/hall/"


@public
@require_GET
def signup(request: ActorRequest) -> HttpResponseBase:
    """Choose which kind of account to open."""
    if request.actor.is_signed_in:
        return redirect("account_profile")
    return render(request, "account/signup.html", {"next": request.GET.get("next", "")})


@public
@sensitive_post_parameters()
@never_cache
@form_page
def signup_person(request: ActorRequest) -> HttpResponseBase:
    """Open a person's account."""
    return _signup(request, PersonForm(request.POST if request.method == "POST" else None), "person")


@public
@sensitive_post_parameters()
@never_cache
@form_page
def signup_firm(request: ActorRequest) -> HttpResponseBase:
    """Open a firm's account."""
    return _signup(request, FirmForm(request.POST if request.method == "POST" else None), "firm")


def _signup(request: ActorRequest, form: Form, kind: str) -> HttpResponseBase:
    if request.actor.is_signed_in:
        return redirect("account_profile")
    if form.is_bound and form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name != "password_again"}
        opened = actions.open_person if kind == "person" else actions.open_firm
        try:
            account = opened(**data, by=request.actor, at=now())
        except AccountError as refused:
            _blame(form, refused)
        else:
            answer: HttpResponseBase = complete_signup(request, user=account, redirect_url=_target(request))
            return answer
    context = {
        "form": form,
        "kind": kind,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "demonstration": settings.REAL_NAME_SERVICE == "demonstration",
    }
    return _page(request, "account/signup_form.html", context, form)


@signed_in
@never_cache
@require_GET
def profile(request: ActorRequest) -> HttpResponseBase:
    """Show what is known of me."""
    account = _account(request)
    held = queries.delegations(account, on=today())
    identity = queries.identity_of(account)
    context = {
        "account": account,
        "identity": identity,
        "masked": queries.masked(identity) if identity else None,
        "email": mask.email(account.email),
        "held": held,
        "acting_for": request.actor.principal,
        "given": queries.given(account).filter(ended_on__isnull=True).count(),
        "reveals": queries.reveals(account)[:5],
        "sign_ins": queries.sign_ins(account)[:5],
    }
    return render(request, "account/profile.html", context)


@signed_in
@never_cache
@form_page
def contact(request: ActorRequest) -> HttpResponseBase:
    """Change how I am reached."""
    account = _account(request)
    identity = queries.identity_of(account)
    initial = {
        "email": account.email,
        "phone": identity.phone if identity else "",
        "address": identity.address if identity else "",
    }
    form = ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if identity is None:
        for name in ("phone", "address"):
            form.fields.pop(name)
    if form.is_bound and form.is_valid():
        data = {"phone": "", "address": "", **form.cleaned_data}
        try:
            actions.update_contact(account=account, **data, by=request.actor, at=now())
        except AccountError as refused:
            _blame(form, refused)
        else:
            messages.success(request, _("联系方式已保存。"))
            return redirect("account_profile")
    return _page(request, "account/contact.html", {"form": form}, form)


@signed_in
@never_cache
@require_GET
def history(request: ActorRequest) -> HttpResponseBase:
    """Show every attempt to sign in, and who looked at my data."""
    account = _account(request)
    number = request.GET.get("page")
    context = {
        "reveals": queries.reveals(account)[:200],
        "page": Paginator(queries.sign_ins(account), 30).get_page(number),
    }
    return render(request, "account/history.html", context)


@signed_in
@never_cache
@require_POST
def export(request: ActorRequest) -> HttpResponseBase:
    """Give a copy of everything held of me (PIPL Art. 45)."""
    account = _account(request)
    body = json.dumps(queries.own_data(account), ensure_ascii=False, indent=2, default=str)
    record(stream=f"account:{account.pk}", kind="account.exported", actor=request.actor.key, at=now())
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tongban-{today().isoformat()}.json"'
    return response


@signed_in
@require_POST
def end_sessions(request: ActorRequest) -> HttpResponseBase:
    """Sign out everywhere, here included."""
    actions.end_sessions(account=_account(request), by=request.actor, at=now())
    messages.success(request, _("已在所有设备上退出登录。"))
    return redirect("account_login")


@signed_in
@never_cache
@form_page
def delegations(request: ActorRequest) -> HttpResponseBase:
    """Show and make delegations."""
    account = _account(request)
    if account.kind == Account.Kind.OFFICIAL:
        raise Http404
    form = DelegationForm(request.POST if request.method == "POST" else None, initial={"valid_from": today()})
    if form.is_bound and form.is_valid():
        try:
            actions.delegate(principal=account, **form.cleaned_data, by=request.actor, at=now())
        except AccountError as refused:
            _blame(form, refused)
        else:
            messages.success(request, _("委托已设立。"))
            return redirect("account_delegations")
    held = Delegation.objects.filter(agent=account).select_related("principal").order_by("-pk")
    context = {"form": form, "given": queries.given(account), "held": held, "today": today()}
    return _page(request, "account/delegations.html", context, form)


@signed_in
@require_POST
def end_delegation(request: ActorRequest, pk: int) -> HttpResponseBase:
    """End a delegation I gave or hold."""
    account = _account(request)
    row = get_object_or_404(Delegation, pk=pk)
    if account.pk not in (row.principal_id, row.agent_id):
        raise Http404
    try:
        actions.end_delegation(delegation=row, by=request.actor, on=today(), at=now())
    except AccountError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("委托已解除。"))
    return redirect("account_delegations")


@signed_in
@require_POST
def principal(request: ActorRequest) -> HttpResponseBase:
    """Choose for whom I act in this session: myself, or someone who lets me."""
    account = _account(request)
    chosen = request.POST.get("principal", "")
    allowed = {str(key) for key in request.actor.principals}
    if chosen not in allowed:
        raise Http404
    if chosen == str(account.pk):
        request.session.pop(PRINCIPAL_SESSION_KEY, None)
    else:
        request.session[PRINCIPAL_SESSION_KEY] = int(chosen)
    request.session.cycle_key()
    record(
        stream=f"account:{account.pk}", kind="principal.chosen", actor=request.actor.key, at=now(),
        data={"principal": int(chosen)},
    )  # fmt: skip
    return HttpResponseRedirect(_target(request))
