"""The system administrator's pages: accounts."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.models import Account
from tongban.foundation.accounts.queries import sign_ins
from tongban.foundation.clock.now import now
from tongban.foundation.organizations import actions
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.console.forms import AccountForm, ReasonForm, WindowForm
from tongban.interfaces.console.views.shared import blame, page_of, show


@permitted("accounts.view")
@require_GET
def listing(request: ActorRequest) -> HttpResponseBase:
    """List accounts; officials first, by sign-in name or name."""
    rows = Account.objects.order_by("-pk")
    kind = request.GET.get("kind", Account.Kind.OFFICIAL)
    state = request.GET.get("state", "")
    words = request.GET.get("q", "").strip()
    if kind in Account.Kind.values:
        rows = rows.filter(kind=kind)
    if state in ("on", "off"):
        rows = rows.filter(is_active=state == "on")
    if words:
        match = Q(username__icontains=words)
        if kind == Account.Kind.OFFICIAL:
            match |= Q(display_name__icontains=words)
        rows = rows.filter(match)
    context = {"page": page_of(request, rows), "kinds": Account.Kind.choices, "kind": kind, "state": state, "q": words}
    return show(request, "accounts", context)


@permitted("accounts.open")
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponseBase:
    """Open an official's account and show its initial password once."""
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            account, password = actions.open_account(**form.cleaned_data, by=request.actor, at=now())
        except AccountError as refused:
            blame(form, refused)
        else:
            return show(request, "initial_password", {"account": account, "password": password})
    return show(request, "account_new", {"form": form}, form)


@permitted("accounts.view")
@never_cache
@require_GET
def detail(request: ActorRequest, pk: int) -> HttpResponseBase:
    """Show one account without personal data beyond the name."""
    return _detail(request, get_object_or_404(Account, pk=pk))


def _detail(
    request: ActorRequest, account: Account, disabling: ReasonForm | None = None, resetting: ReasonForm | None = None
) -> HttpResponseBase:
    official = account.kind == Account.Kind.OFFICIAL
    context = {
        "account": account,
        "official": official,
        "sign_ins": sign_ins(account)[:10] if official else [],
        "disabling": disabling or ReasonForm(prefix="disable"),
        "resetting": resetting or ReasonForm(prefix="reset"),
    }
    return show(request, "account", context, disabling or resetting)


@permitted("accounts.disable")
@require_POST
def disable(request: ActorRequest, pk: int) -> HttpResponseBase:
    """Disable an account."""
    account = get_object_or_404(Account, pk=pk)
    form = ReasonForm(request.POST, prefix="disable")
    if form.is_valid():
        try:
            actions.disable_account(account=account, by=request.actor, at=now(), **form.cleaned_data)
        except AccountError as refused:
            blame(form, refused)
        else:
            messages.success(request, _("账户已停用，其登录全部退出。"))
            return redirect("console:account", pk=pk)
    return _detail(request, account, disabling=form)


@permitted("accounts.disable")
@require_POST
def enable(request: ActorRequest, pk: int) -> HttpResponseBase:
    """Enable an account again."""
    account = get_object_or_404(Account, pk=pk)
    actions.enable_account(account=account, by=request.actor, at=now())
    messages.success(request, _("账户已启用。"))
    return redirect("console:account", pk=pk)


@permitted("accounts.reset_password")
@never_cache
@require_POST
def reset(request: ActorRequest, pk: int) -> HttpResponseBase:
    """Give an official a new initial password and show it once."""
    account = get_object_or_404(Account, pk=pk, kind=Account.Kind.OFFICIAL)
    form = ReasonForm(request.POST, prefix="reset")
    if form.is_valid():
        try:
            password = actions.reset_account_password(account=account, by=request.actor, at=now(), **form.cleaned_data)
        except AccountError as refused:
            blame(form, refused)
        else:
            return show(request, "initial_password", {"account": account, "password": password})
    return _detail(request, account, resetting=form)


@permitted("accounts.verify_identity")
@never_cache
@require_http_methods(["GET", "POST"])
def identities(request: ActorRequest) -> HttpResponseBase:
    """A window clerk compares a document with an account and vouches for it."""
    form = WindowForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.verify_at_window(**form.cleaned_data, by=request.actor, at=now())
        except AccountError as refused:
            blame(form, refused)
        else:
            messages.success(request, _("已核验，实名信息与证件一致。"))
            return redirect("console:identities")
    return show(request, "identities", {"form": form}, form)
