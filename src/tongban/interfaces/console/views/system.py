"""The system administrator's pages: work calendars and connections to other systems, to look at."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongban.foundation.clock.models import CalendarYear
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.console.views.shared import show


@permitted("system.view")
@require_GET
def calendars(request: ActorRequest) -> HttpResponseBase:
    """List the work calendars: which years are official, which provisional, from where."""
    rows = CalendarYear.objects.annotate(
        rest=Count("days", filter=Q(days__is_workday=False)), work=Count("days", filter=Q(days__is_workday=True))
    ).order_by("-year", "jurisdiction")
    return show(request, "calendars", {"rows": rows})


@permitted("system.view")
@require_GET
def connectors(request: ActorRequest) -> HttpResponseBase:
    """Show which outside systems are connected; addresses and secrets stay in the settings."""
    options = settings.OPTIONS
    rows = [
        (_("短信网关"), options.messaging_gateway == "http" and bool(options.sms_url), "TONGBAN_SMS_URL"),
        (_("电子邮件"), bool(options.smtp_url), "TONGBAN_SMTP_URL"),
        (_("国家身份认证平台"), bool(options.oidc_server), "TONGBAN_OIDC_SERVER"),
        (_("实名核验服务"), settings.REAL_NAME_SERVICE not in ("none", "demonstration"), "TONGBAN_REAL_NAME_SERVICE"),
        (_("恶意代码扫描"), bool(options.clamd), "TONGBAN_CLAMD"),
    ]
    return show(request, "connectors", {"rows": rows})
