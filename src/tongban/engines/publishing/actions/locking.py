"""One editor at a time: a lock that ends by itself."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongban.engines.publishing.actions.base import check_lock, locked, note, refuse
from tongban.engines.publishing.models import Article, Lock
from tongban.engines.publishing.permissions import VIEW
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require

HELD_FOR = dt.timedelta(minutes=15)
"""How long a lock holds after its owner was last heard of."""


def lock(*, article: Article, by: Actor, at: dt.datetime, take_over: bool = False) -> Lock:
    """Hold an article's working copy for a quarter of an hour, or hold it on; ``take_over`` ends another's lock.

    :raises PublishingRefusedError: ``locked`` by someone else
    """
    if by.account is None:
        raise refuse("no_reviewer")
    with transaction.atomic():
        row = locked(article)
        require(by, VIEW.code, row)
        if take_over:
            ended = Lock.objects.filter(article=row, until__gt=at).exclude(account=by.account).delete()[0]
            if ended:
                note(row, "take_over", by=by, at=at)
        check_lock(row, by=by, at=at)
        held, _created = Lock.objects.update_or_create(
            article=row,
            defaults={"account": by.account, "until": at + HELD_FOR},
            create_defaults={"account": by.account, "since": at, "until": at + HELD_FOR},
        )
        return held


def unlock(*, article: Article, by: Actor) -> None:
    """Let go of a working copy; nothing happens if it is not held by the actor."""
    if by.account is not None:
        Lock.objects.filter(article=article, account=by.account).delete()
