"""Reads bulletins."""

from __future__ import annotations

from django.db.models import QuerySet

from tongban.engines.indicators.models import Bulletin, BulletinDelivery
from tongban.engines.indicators.permissions import BULLETINS
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import visible


def bulletins_for(actor: Actor) -> QuerySet[Bulletin]:
    """Return the bulletins an actor may read, the latest first, without their content."""
    rows = visible(actor, BULLETINS.code, Bulletin.objects.all())
    return rows.select_related("unit", "unit__region", "scheme").defer("data")


def is_latest(bulletin: Bulletin) -> bool:
    """Tell whether no correction has replaced a bulletin."""
    later = Bulletin.objects.filter(
        code=bulletin.code, unit=bulletin.unit, period=bulletin.period, version__gt=bulletin.version
    )
    return not later.exists()


def unopened(actor: Actor) -> QuerySet[BulletinDelivery]:
    """Return the bulletins handed to an actor and not opened yet."""
    if actor.account is None:
        return BulletinDelivery.objects.none()
    return BulletinDelivery.objects.filter(account=actor.account, read_at__isnull=True)


def deliveries(bulletin: Bulletin) -> QuerySet[BulletinDelivery]:
    """Return to whom a bulletin was handed, and who has opened it."""
    return bulletin.deliveries.select_related("unit", "account")
