"""A lost password: the code goes to the phone on file, by the same message service as everything else."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.adapters import address_of
from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.forms import NewPasswordForm, RecoveryForm
from tongban.foundation.accounts.queries import address_locked
from tongban.foundation.clock.now import now
from tongban.foundation.messaging.actions import Recipient, queue
from tongban.foundation.organizations.guards import ActorRequest, public

SESSION_KEY = "recovering"
TEMPLATE = "password-code"


def _status(form: RecoveryForm | NewPasswordForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK


@public
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest) -> HttpResponseBase:
    """Ask for a code; the answer is the same whether or not anything was sent."""
    form = RecoveryForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        at = now()
        request.session[SESSION_KEY] = 0
        if not address_locked(address_of(request), at):
            _send(request, form)
        return redirect("account_recover_code")
    return render(request, "account/recover.html", {"form": form}, status=_status(form))


def _send(request: ActorRequest, form: RecoveryForm) -> None:
    at = now()
    with transaction.atomic():
        made = actions.begin_recovery(**form.cleaned_data, at=at)
        if made is None:
            actions.address_tried(address=address_of(request), at=at)
            return
        row, phone, code = made
        queue(
            template=TEMPLATE,
            to=Recipient(phone=phone, account_id=row.account_id, language=row.account.language),
            params={"code": code},
            about=f"account:{row.account_id}",
            key=f"recovery:{row.pk}",
            at=at,
        )
    request.session[SESSION_KEY] = row.account_id


@public
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: ActorRequest) -> HttpResponseBase:
    """Take the code and the new password; signing in, with the second factor if there is one, comes after."""
    if SESSION_KEY not in request.session:
        return redirect("account_recover")
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            actions.complete_recovery(
                account_id=request.session[SESSION_KEY] or None, code=data["code"], password=data["password"], at=now()
            )
        except AccountError as refused:
            for name, text in refused.fields.items():
                form.add_error(name, text)
        else:
            del request.session[SESSION_KEY]
            messages.success(request, _("新密码已生效，请登录。"))
            return redirect("account_login")
    return render(request, "account/recover_code.html", {"form": form}, status=_status(form))
