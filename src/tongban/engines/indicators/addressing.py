"""Whom to write to, and the address of the page a message speaks of."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet

from tongban.engines.indicators.registers import page_of
from tongban.foundation.accounts.models import Account
from tongban.foundation.messaging.actions import Recipient
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.queries import postings_in_force
from tongban.foundation.organizations.roles import Role


def recipient_of(account: Account) -> Recipient:
    """Return how to reach an official: by the phone on file, else by the account's mail address."""
    identity = getattr(account, "identity", None)
    return Recipient(phone=identity.phone if identity else "", email=account.email, account_id=account.pk)


def supervisors_of(unit: Unit, *, on: dt.date) -> QuerySet[Account]:
    """Return the supervisors whose region holds a unit."""
    around = [code for code in unit.region_path.strip("/").split("/") if code]
    posts = postings_in_force(on=on).filter(role=Role.SUPERVISOR, unit__region__code__in=around, valid_from__lte=on)
    return Account.objects.filter(pk__in=posts.order_by().values("account_id"), is_active=True).order_by("pk")


def link(kind: str, key: str) -> str:
    """Return the full address of the page that shows something; the front page where no interface shows it."""
    options = settings.OPTIONS
    root = str(options.base_url or f"http://127.0.0.1:{options.port}").rstrip("/")
    page = page_of(kind)
    return f"{root}{page(key) if page else '/'}"
