"""Takes the receipts of the SMS provider."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tongban.foundation.clock.now import now
from tongban.foundation.messaging.actions import note_receipt
from tongban.foundation.organizations.guards import public

_LONGEST = 16 * 1024
_VERDICTS = {"delivered": "delivered", "temporary-failure": "temporary", "permanent-failure": "permanent"}


@csrf_exempt
@public
@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """Note a receipt ``{"reference", "status", "detail"}`` whose ``X-Signature`` is its HMAC-SHA-256 with the token.

    Answers 204 also for repeated and unknown references, so that the provider stops repeating them.
    """
    token = settings.OPTIONS.sms_token
    body = request.body[: _LONGEST + 1]
    expected = hmac.new(token.encode(), body, hashlib.sha256).hexdigest()
    if not token or len(body) > _LONGEST or not hmac.compare_digest(expected, request.headers.get("X-Signature", "")):
        return JsonResponse({"error": "signature"}, status=403)
    told = _read(body)
    if told is None:
        return JsonResponse({"error": "expected reference (UUID) and status " + "|".join(_VERDICTS)}, status=422)
    reference, verdict, detail = told
    note_receipt(reference=reference, verdict=verdict, at=now(), detail=detail)
    return HttpResponse(status=204)


def _read(body: bytes) -> tuple[uuid.UUID, Any, str] | None:
    try:
        told = json.loads(body)
        return uuid.UUID(str(told["reference"])), _VERDICTS[told["status"]], str(told.get("detail", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
