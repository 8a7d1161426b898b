"""The system administrator's page of connections to other systems, to look at."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.console.views.shared import show


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
