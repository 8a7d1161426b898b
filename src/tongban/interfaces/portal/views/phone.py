"""The demonstration phone: texts and mails the platform would send, readable in the browser. Not there in production."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.foundation.accounts.queries import identity_of
from tongban.foundation.messaging import queries as messaging
from tongban.foundation.organizations.guards import public
from tongban.interfaces.portal.page import Column, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MOST = 50


@public
@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """Show the texts that reached a phone, or the mails that reached an address: the chosen one, one's own, or the latest."""
    if settings.OPTIONS.mode == "production" or settings.OPTIONS.messaging_gateway != "console":
        raise Http404
    phones, mailboxes = messaging.recent_phones(), messaging.recent_mailboxes()
    number = "".join(request.GET.get("number", "").split())[:254] or _own(request) or (phones[0] if phones else "")
    inbox = messaging.mail_inbox if "@" in number else messaging.phone_inbox
    texts = list(inbox(number)[:MOST]) if number else []
    context = {"number": number, "phones": phones, "mailboxes": mailboxes, "texts": texts}
    column = Column(_("演示手机"), _("演示环境发出的短信。"))
    return page(request, "portal/phone.html", context, column=column)


def _own(request: HttpRequest) -> str:
    account = request.actor.account  # type: ignore[attr-defined]
    identity = identity_of(account) if account else None
    return identity.phone if identity else ""
