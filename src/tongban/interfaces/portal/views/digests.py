"""News of a site by mail: choosing columns, confirming, leaving. Nobody needs an account."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tongban.engines.publishing.actions import digests
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import DigestSubscription, Site
from tongban.engines.publishing.queries.digests import column_names
from tongban.foundation.accounts.fields import digest
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.guards import public
from tongban.interfaces.portal.page import Column
from tongban.interfaces.portal.sites import Here, find, site_render

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

LONGEST = 254


def _on_site(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def found(request: HttpRequest, *args: Any, site: str = "", **kwargs: Any) -> HttpResponse:
        here = find(request, site)
        if here is None:
            raise Http404
        return view(request, here, *args, **kwargs)

    return found


def _tags() -> Column:
    return Column(_("邮件订阅"), _("用邮件接收本站栏目的更新。"), "", "互动交流")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_on_site
def subscribe(request: HttpRequest, here: Here) -> HttpResponse:
    """Choose columns and give an address; a mail asks to confirm."""
    if request.method != "POST":
        wanted = {int(pk) for pk in request.GET.getlist("column") if pk.isascii() and pk.isdigit() and len(pk) < 18}
        return _form(request, here, chosen=wanted, status=200)
    email = request.POST.get("email", "").strip()[: LONGEST + 1]
    chosen = {int(pk) for pk in request.POST.getlist("columns") if pk.isascii() and pk.isdigit() and len(pk) < 18}
    rhythm = request.POST.get("rhythm", "")
    errors: dict[str, str] = {}
    try:
        validate_email(email)
    except ValidationError:
        errors["email"] = _("请填写邮箱地址，如 name@example.com。")
    if len(email) > LONGEST:
        errors["email"] = _("邮箱地址太长，请核对。")
    if rhythm not in DigestSubscription.Rhythm:
        rhythm = str(DigestSubscription.Rhythm.DAILY)
    if not chosen:
        errors["columns"] = _("请至少选择一个栏目。")
    if not errors:
        try:
            digests.subscribe(
                site=Site.objects.get(pk=here.site.id),
                email=email,
                columns=sorted(chosen),
                rhythm=rhythm,
                language="en" if (get_language() or "").startswith("en") else "zh-hans",
                client=digest(request.META.get("REMOTE_ADDR", "")),
                where=digests.Addresses(here.absolute(here.base)),
                at=now(),
            )
        except PublishingRefusedError as refused:
            errors["columns" if refused.code == "no_columns" else "email"] = refused.message
        else:
            return redirect(f"{here.base}subscribe/?sent=1")
    return _form(request, here, chosen=chosen, email=email, rhythm=rhythm, errors=errors, status=422)


def _form(
    request: HttpRequest,
    here: Here,
    *,
    chosen: set[int],
    status: int,
    email: str = "",
    rhythm: str = "daily",
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    groups = []
    for top in here.site.top_columns:
        below = [one for one in here.site.below(top) if one.is_shown_as_list and one.kind != "library"]
        if below:
            groups.append((top, below))
    context = {
        "groups": groups,
        "chosen": chosen,
        "email": email,
        "rhythm": rhythm,
        "rhythms": DigestSubscription.Rhythm.choices,
        "errors": errors or {},
        "sent": "sent" in request.GET,
        "demo": settings.OPTIONS.mode != "production" and settings.OPTIONS.messaging_gateway == "console",
    }
    return site_render(request, here, "portal/site/subscribe.html", context, column=_tags(), status=status)


@public
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_on_site
def confirm(request: HttpRequest, here: Here, token: str) -> HttpResponse:
    """Show what was asked for with a button; the button confirms. Opening alone does nothing: mail scanners open links.

    The link itself is the proof, so no form token is needed.
    """
    if request.method == "POST":
        row = digests.confirm(token=token, at=now())
        columns = column_names(row.columns) if row else []
        return _said(request, here, row=row, columns=columns, done="confirmed" if row else "stale")
    row = digests.asked_by(token, at=now())
    columns = column_names(row.wanted["columns"]) if row else []
    return _said(request, here, row=row, columns=columns, done="" if row else "stale", ask="confirm")


@public
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_on_site
def unsubscribe(request: HttpRequest, here: Here, token: str) -> HttpResponse:
    """Ask whether to leave; sending the form, or one request of the mail program (RFC 8058), deletes the address."""
    if request.method == "POST":
        digests.leave(token=token)
        return _said(request, here, done="left", status=200)
    row = digests.left_by(token)
    columns = column_names(row.columns) if row else []
    return _said(request, here, row=row, columns=columns, done="" if row else "left", ask="leave")


def _said(
    request: HttpRequest,
    here: Here,
    *,
    row: DigestSubscription | None = None,
    columns: list[str] | None = None,
    done: str = "",
    ask: str = "",
    status: int | None = None,
) -> HttpResponse:
    context = {"row": row, "columns": columns or [], "done": done, "ask": ask}
    found = status or (404 if done == "stale" else 200)
    return site_render(request, here, "portal/site/subscribed.html", context, column=_tags(), status=found)
