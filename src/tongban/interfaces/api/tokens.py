"""Gives out, checks and withdraws the keys of machines."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.http import HttpRequest
from ninja.security import HttpBearer

from tongban.foundation.accounts.models import Account
from tongban.foundation.audit.actions import record
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.organizations.actor import Actor, actor_of
from tongban.interfaces.api.models import ApiToken

LIFETIME = dt.timedelta(days=365)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def create_token(*, account: Account, name: str, by: str, at: dt.datetime, lifetime: dt.timedelta = LIFETIME) -> str:
    """Create a key for an account and return it; it cannot be shown again. A key of the same name is replaced."""
    key = f"tb_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        ApiToken.objects.filter(account=account, name=name).delete()
        ApiToken.objects.create(
            account=account, name=name, digest=_digest(key), created_at=at, expires_at=at + lifetime
        )
        record(stream=f"account:{account.pk}", kind="api_token_created", actor=by, at=at, data={"name": name})
    return key


def revoke_token(*, account: Account, name: str, by: str, at: dt.datetime) -> bool:
    """Withdraw a key; tell whether there was one."""
    with transaction.atomic():
        done = ApiToken.objects.filter(account=account, name=name, revoked_at__isnull=True).update(revoked_at=at)
        if done:
            record(stream=f"account:{account.pk}", kind="api_token_revoked", actor=by, at=at, data={"name": name})
    return bool(done)


def actor_of_key(key: str, *, at: dt.datetime) -> Actor | None:
    """Return who a key stands for, or ``None`` if it is unknown, over, withdrawn, or its account disabled."""
    token = (
        ApiToken.objects.filter(
            digest=_digest(key), revoked_at__isnull=True, expires_at__gt=at, account__is_active=True
        )
        .select_related("account", "account__identity")
        .first()
    )
    return actor_of(token.account, on=local_date(at)) if token else None


class TokenAuth(HttpBearer):
    """``Authorization: Bearer <key>``; the actor is put on the request."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the actor of the key, which makes the request count as signed in."""
        actor = actor_of_key(token, at=now())
        if actor is not None:
            request.actor = actor  # type: ignore[attr-defined]
        return actor
