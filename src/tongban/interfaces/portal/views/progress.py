"""Progress by case number and query code, without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongban.engines.cases.errors import LookupThrottled
from tongban.engines.cases.queries import applicant_file, by_number_and_secret
from tongban.foundation.accounts.fields import digest
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.guards import public
from tongban.interfaces.portal.page import Column, page, weekdays

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _column() -> Column:
    return Column(_("办件进度"), _("用办件编号和查询码查询进度。"))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: HttpRequest) -> HttpResponse:
    """Ask for number and code; both wrong and only one wrong are answered alike."""
    if request.method != "POST":
        return _form(request)
    number = "".join(request.POST.get("number", "").split())[:18]
    secret = "".join(request.POST.get("secret", "").split())[:32]
    errors = {}
    if not number:
        errors["number"] = _("请填写办件编号，18 位数字。")
    if not secret:
        errors["secret"] = _("请填写查询码，在短信或受理通知书上。")
    if errors:
        return _form(request, number=number, errors=errors)
    client = digest(request.META.get("REMOTE_ADDR", ""))
    try:
        case = by_number_and_secret(number, secret, at=now(), client=client)
    except LookupThrottled:
        text = _("查询失败的次数太多，请过 15 分钟再试，或者登录后在“我的办件”里看。")
        return _form(request, number=number, errors={"number": text}, status=429)
    if case is None:
        text = _("编号和查询码对不上。请按短信或受理通知书逐位核对；查询码遗失的，登录后在“我的办件”里看。")
        return _form(request, number=number, errors={"number": text})
    context = {"file": applicant_file(case, at=now()), "case": case, "weekdays": weekdays()}
    return page(request, "portal/progress_case.html", context, column=_column())


def _form(
    request: HttpRequest, *, number: str = "", errors: dict[str, str] | None = None, status: int | None = None
) -> HttpResponse:
    context = {"number": number, "errors": errors or {}}
    return page(request, "portal/progress.html", context, column=_column(), status=status or (422 if errors else 200))
