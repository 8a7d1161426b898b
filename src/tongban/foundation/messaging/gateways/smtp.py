"""Mail through an SMTP server."""

from __future__ import annotations

import smtplib
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from tongban.foundation.messaging.gateways.protocol import (
    HandedOver,
    Outgoing,
    PermanentFailureError,
    TemporaryFailureError,
)

TIMEOUT_SECONDS = 15


class SmtpGateway:
    """Sends one mail a connection; the message id carries our reference, subscriptions how to end them (RFC 8058)."""

    name = "smtp"
    gives_receipts = False

    def __init__(self, url: str, sender: str) -> None:
        """Read ``smtp://user:password@host:port`` (STARTTLS with a user) or ``smtps://…``.

        :raises ValueError: if the address is of another kind
        """
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            msg = "TONGBAN_SMTP_URL must look like smtp://user:password@host:port"
            raise ValueError(msg)
        self.sender = sender
        secure = parts.scheme == "smtps"
        self.options: dict[str, Any] = {
            "host": parts.hostname,
            "port": parts.port or (465 if secure else 25),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": secure,
            "use_tls": bool(parts.username) and not secure,
            "timeout": TIMEOUT_SECONDS,
        }

    def send(self, message: Outgoing) -> HandedOver:
        """Hand over one mail."""
        identity = f"<{message.reference}@{self.sender.rpartition('@')[2] or 'localhost'}>"
        headers = {"Message-ID": identity, "Auto-Submitted": "auto-generated"}
        if message.unsubscribe:
            headers["List-Unsubscribe"] = f"<{message.unsubscribe}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail = EmailMessage(
            subject=message.subject,
            body=message.body,
            from_email=self.sender,
            to=[message.to],
            headers=headers,
            connection=EmailBackend(**self.options),
        )
        try:
            mail.send(fail_silently=False)
        except smtplib.SMTPRecipientsRefused as wrong:
            codes = [code for code, _text in wrong.recipients.values()]
            if codes and all(code >= 500 for code in codes):
                raise PermanentFailureError(f"SMTP {codes[0]}") from wrong
            raise TemporaryFailureError("SMTP recipient refused for now") from wrong
        except (smtplib.SMTPException, OSError) as wrong:
            raise TemporaryFailureError(type(wrong).__name__) from wrong
        return HandedOver(provider_id=identity)
