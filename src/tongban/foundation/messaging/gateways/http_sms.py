"""An SMS provider reached by HTTP: one JSON request a message, our id as its reference."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http.client import HTTPException

from tongban.foundation.messaging.gateways.protocol import (
    HandedOver,
    Outgoing,
    PermanentFailureError,
    TemporaryFailureError,
)

TIMEOUT_SECONDS = 10.0
_LONGEST_ANSWER = 64 * 1024
_TRY_AGAIN = frozenset({401, 403, 404, 408, 409, 423, 425, 429})
"""Answers that speak of the connection or its settings, not of the message: they may pass."""


class HttpSmsGateway:
    """Posts ``{"reference", "to", "text"}`` with a bearer token; the answer's ``id`` is kept.

    A 2xx answer means taken. 5xx, 408, 425, 429, wrong credentials and silence are temporary; any other 4xx is permanent.
    """

    name = "http"
    gives_receipts = True

    def __init__(self, url: str, token: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        """Keep the address.

        :raises ValueError: if it is not an http(s) address
        """
        if not url.startswith(("https://", "http://")):
            msg = "TONGBAN_SMS_URL must be an http:// or https:// address"
            raise ValueError(msg)
        self.url, self.token, self.timeout = url, token, timeout

    def send(self, message: Outgoing) -> HandedOver:
        """Hand over one text message."""
        body = json.dumps({"reference": message.reference, "to": message.to, "text": message.body}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310 - checked in __init__
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
                return HandedOver(provider_id=_provider_id(answer.read(_LONGEST_ANSWER)))
        except urllib.error.HTTPError as wrong:
            with wrong:
                status = wrong.code
            text = f"HTTP {status}"
            if status >= 500 or status in _TRY_AGAIN:
                raise TemporaryFailureError(text) from wrong
            raise PermanentFailureError(text) from wrong
        except (OSError, HTTPException, ValueError) as wrong:
            raise TemporaryFailureError(type(wrong).__name__) from wrong


def _provider_id(answer: bytes) -> str:
    """Return the provider's id from its answer, or nothing if it gave none."""
    try:
        found = json.loads(answer)
    except ValueError:
        return ""
    return str(found.get("id", ""))[:120] if isinstance(found, dict) else ""
