"""The audit administrator's pages: reading, refused decisions, verifying."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponseBase
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from tongban.foundation.accounts.models import Account
from tongban.foundation.audit import queries
from tongban.foundation.audit.models import AuditEvent, AuditStream
from tongban.foundation.clock.now import CHINA
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.console.views.shared import page_of, show

MOST_AT_ONCE = 200_000
"""So many events are verified while the page waits; more is the command's work."""


_ACCOUNT = re.compile(r"account:(\d+)")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Row:
    """An event with the name of who acted, and long digests shortened."""

    event: AuditEvent
    actor: str
    name: str
    data: list[tuple[str, str]]


def _readable(events: Iterable[AuditEvent]) -> list[Row]:
    """Return events for people to read; names cost one query for the page."""
    rows = [(event, event.content) for event in events]
    keys = {int(found[1]) for _event, body in rows if (found := _ACCOUNT.match(body["actor"]))}
    names = dict(Account.objects.filter(pk__in=keys, kind=Account.Kind.OFFICIAL).values_list("pk", "display_name"))
    made = []
    for event, body in rows:
        found = _ACCOUNT.match(body["actor"])
        data = [(name, _DIGEST.sub(lambda hit: hit[0][:12] + "…", str(value))) for name, value in body["data"].items()]
        made.append(Row(event, body["actor"], names.get(int(found[1]), "") if found else "", data))
    return made


@permitted("audit.read")
@require_GET
def listing(request: ActorRequest) -> HttpResponseBase:
    """List events newest first, of a stream, a kind, a day."""
    rows = AuditEvent.objects.order_by("-pk")
    stream, kind = request.GET.get("stream", "").strip(), request.GET.get("kind", "").strip()
    day = _day(request.GET.get("day", ""))
    if stream:
        rows = rows.filter(stream_id=stream).order_by("-seq")
    if kind:
        rows = rows.filter(kind=kind)
    if day:
        start = dt.datetime.combine(day, dt.time(), tzinfo=CHINA)
        rows = rows.filter(at__gte=start, at__lt=start + dt.timedelta(days=1))
    page = page_of(request, rows)
    context = {"page": page, "rows": _readable(page), "stream": stream, "kind": kind, "day": day}
    return show(request, "audit", context)


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


@permitted("audit.read")
@require_GET
def refusals(request: ActorRequest) -> HttpResponseBase:
    """List refused decisions, locks and limits."""
    page = page_of(request, queries.history("security").order_by("-seq"))
    return show(request, "refusals", {"page": page, "rows": _readable(page)})


@permitted("audit.verify")
@require_http_methods(["GET", "POST"])
def verification(request: ActorRequest) -> HttpResponseBase:
    """Verify one stream or all; many events are the command's work."""
    stream = request.POST.get("stream", "").strip()
    events = AuditEvent.objects.count()
    result = None
    too_many = request.method == "POST" and not stream and events > MOST_AT_ONCE
    if request.method == "POST" and not too_many:
        result = queries.verify(stream)
    context = {
        "events": events,
        "streams": AuditStream.objects.count(),
        "result": result,
        "too_many": too_many,
        "stream": stream,
    }
    return show(request, "verify", context)
