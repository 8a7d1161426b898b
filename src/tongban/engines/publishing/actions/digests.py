"""News by mail: asking, confirming, leaving, and the mails themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import transaction

from tongban.engines.publishing.actions.base import refuse
from tongban.engines.publishing.models import Column, DigestRequest, DigestSubscription, Site
from tongban.engines.publishing.queries.digests import due_subscriptions, new_items
from tongban.engines.publishing.rules.digests import (
    CONFIRM_WITHIN,
    LIMIT_WINDOW,
    MOST_BOUNCES,
    MOST_COLUMNS,
    MOST_FOR_ADDRESS,
    MOST_FROM_CLIENT,
    MOST_ITEMS,
    is_due,
)
from tongban.foundation.accounts.fields import digest
from tongban.foundation.clock.now import local_date
from tongban.foundation.messaging.actions import Recipient, queue
from tongban.foundation.messaging.models import Message
from tongban.foundation.messaging.queries import messages_about
from tongban.foundation.packs.localized import localized

CONFIRM, LEAVE = "publishing.digest.confirm", "publishing.digest.leave"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a site's pages are, for links in mails.

    :param base: address of the site's home with a slash at its end, such as ``https://www.example.gov.cn/``
    """

    base: str

    def confirm(self, row: DigestSubscription) -> str:
        """Return the address that confirms what was asked for last."""
        asked = row.asked_at.timestamp()
        return f"{self.base}subscribe/{signing.dumps([row.pk, row.email_digest[:16], asked], salt=CONFIRM)}/"

    def leave(self, row: DigestSubscription) -> str:
        """Return the address that ends the subscription."""
        return f"{self.base}unsubscribe/{signing.dumps([row.pk, row.email_digest[:16]], salt=LEAVE)}/"


def addresses(site: Site, *, root: str, own_hosts: bool) -> Addresses:
    """Return where a site is: at its own host, or below the address of the platform."""
    if own_hosts and site.host:
        return Addresses(f"https://{site.host}{site.path_prefix}")
    return Addresses(f"{root}/" if site.kind == Site.Kind.MAIN else f"{root}/sites/{site.code}/")


def subscribe(
    *,
    site: Site,
    email: str,
    columns: Sequence[int],
    rhythm: str,
    language: str,
    client: str,
    where: Addresses,
    at: dt.datetime,
) -> None:
    """Ask for digests; a mail with a link goes to the address, and only whoever follows it has subscribed.

    The answer is the same whether the address was known or not.

    :param client: who asks, as a digest of the network address
    :raises PublishingRefusedError: ``too_often``, ``no_columns``
    """
    known = Column.objects.filter(pk__in=columns, site=site, is_open=True).values_list("pk", flat=True)
    chosen = sorted(known)[:MOST_COLUMNS]
    if not chosen:
        raise refuse("no_columns")
    address = email.strip().lower()
    with transaction.atomic():
        _limit(digest(address), client, at=at)
        wanted = {"columns": chosen, "rhythm": str(DigestSubscription.Rhythm(rhythm)), "language": language}
        row, _new = DigestSubscription.objects.update_or_create(
            site=site,
            email_digest=digest(address),
            defaults={"wanted": wanted, "asked_at": at},
            create_defaults={"email": address, "wanted": wanted, "asked_at": at, "language": language},
        )
        queue(
            template="digest-confirm",
            to=Recipient(email=address, language=language),
            params={"site": localized(site.name, language=language), "link": where.confirm(row)},
            about=_about(row),
            key=f"digest-confirm:{row.pk}:{at.isoformat()}",
            at=at,
        )


def _limit(address: str, client: str, *, at: dt.datetime) -> None:
    """Count a request and refuse when there were too many of an address or of a client.

    :raises PublishingRefusedError: ``too_often``
    """
    for subject, most in ((f"to:{address}", MOST_FOR_ADDRESS), (f"by:{client}", MOST_FROM_CLIENT)):
        if DigestRequest.objects.filter(subject=subject, at__gt=at - LIMIT_WINDOW).count() >= most:
            raise refuse("too_often")
    DigestRequest.objects.bulk_create(
        DigestRequest(subject=subject, at=at) for subject in (f"to:{address}", f"by:{client}")
    )


def _about(row: DigestSubscription) -> str:
    return f"digest:{row.pk}"


def asked_by(token: str, *, at: dt.datetime) -> DigestSubscription | None:
    """Return the subscription whose confirmation link this is, if it is genuine, the latest, and not too old."""
    found = _signed(token, CONFIRM, 3)
    row = _row(found)
    if row is None or not row.wanted or found is None or found[2] != row.asked_at.timestamp():
        return None
    return row if at <= row.asked_at + CONFIRM_WITHIN else None


def left_by(token: str) -> DigestSubscription | None:
    """Return the subscription whose leaving link this is; None when it is gone already or the link is not genuine."""
    return _row(_signed(token, LEAVE, 2))


def _signed(token: str, salt: str, length: int) -> list[Any] | None:
    try:
        found = signing.loads(token, salt=salt)
    except signing.BadSignature:
        return None
    return found if isinstance(found, list) and len(found) == length else None


def _row(found: list[Any] | None) -> DigestSubscription | None:
    if found is None:
        return None
    row = DigestSubscription.objects.select_related("site").filter(pk=found[0]).first()
    return row if row is not None and row.email_digest[:16] == found[1] else None


def confirm(*, token: str, at: dt.datetime) -> DigestSubscription | None:
    """Let what was asked for come into force; None if the link is not good any more."""
    with transaction.atomic():
        row = asked_by(token, at=at)
        if row is None:
            return None
        row.columns, row.rhythm, row.language = row.wanted["columns"], row.wanted["rhythm"], row.wanted["language"]
        row.wanted = {}
        row.confirmed_at = row.confirmed_at or at
        row.covered_until = row.covered_until or at
        row.save()
        return row


def leave(*, token: str) -> bool:
    """End a subscription and forget the address; tell whether there was one."""
    row = left_by(token)
    return row is not None and row.delete()[0] > 0


def send_digests(*, at: dt.datetime, root: str, own_hosts: bool) -> int:
    """Send every digest that is due and has anything new; return how many mails were put into the outbox.

    A subscription is covered up to a moment in the transaction that writes its mail, so a job that runs twice, or dies
    half-way and runs again, sends nothing twice and leaves nothing out.
    """
    sent = 0
    for pk in due_subscriptions(at=at):
        with transaction.atomic():
            row = (
                DigestSubscription.objects.select_related("site").select_for_update(of=("self",)).filter(pk=pk).first()
            )
            if (
                row is None
                or row.covered_until is None
                or not is_due(row.rhythm, local_date(row.covered_until), local_date(at))
            ):
                continue
            if _bounces(row):
                row.delete()
                continue
            sent += _send(row, addresses(row.site, root=root, own_hosts=own_hosts), at=at)
            row.covered_until = at
            row.save(update_fields=["covered_until"])
    return sent


def _bounces(row: DigestSubscription) -> bool:
    """Tell whether the last mails all came back for good."""
    last = messages_about(_about(row)).order_by("-created_at", "-key")[:MOST_BOUNCES]
    classes = [message.failure_class for message in last]
    return len(classes) == MOST_BOUNCES and set(classes) == {Message.FailureClass.PERMANENT}


def _send(row: DigestSubscription, where: Addresses, *, at: dt.datetime) -> int:
    items = new_items(row.columns, since=row.covered_until or at, until=at)
    if not items:
        return 0
    names = {column.pk: column for column in Column.objects.filter(pk__in={item.column for item in items})}
    lines: list[str] = []
    seen: set[int] = set()
    heading = 0
    for item in items:
        if item.article in seen or len(seen) >= MOST_ITEMS:
            continue
        seen.add(item.article)
        if item.column != heading:
            heading = item.column
            lines += [*([""] if lines else []), f"【{localized(names[heading].name, language=row.language)}】"]
        lines += [item.title, f"{where.base}articles/{item.article}/"]
    number = len({item.article for item in items})
    queue(
        template="digest",
        to=Recipient(email=row.email, language=row.language),
        params={
            "site": localized(row.site.name, language=row.language),
            "day": local_date(at).isoformat(),
            "number": str(number),
            "items": lines,
            "home": where.base,
            "leave": where.leave(row),
        },
        about=_about(row),
        key=f"digest:{row.pk}:{local_date(at)}",
        at=at,
        unsubscribe=where.leave(row),
    )
    return 1


def forget_digests(*, at: dt.datetime) -> int:
    """Delete requests nobody confirmed in time and the counts for the limits; return how many rows."""
    old = at - CONFIRM_WITHIN
    with transaction.atomic():
        gone = DigestSubscription.objects.filter(confirmed_at__isnull=True, asked_at__lt=old).delete()[0]
        DigestSubscription.objects.filter(asked_at__lt=old).exclude(wanted={}).update(wanted={})
        return gone + DigestRequest.objects.filter(at__lt=at - LIMIT_WINDOW).delete()[0]
