"""An alarm raised wrongly is withdrawn with a reason, or upheld after review; it is never deleted."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.affairs.supervision.actions.answering import end_withdrawn
from tongban.affairs.supervision.actions.issuing import checked_text
from tongban.affairs.supervision.actions.scoring import take_back_alarm
from tongban.affairs.supervision.errors import OrderRefused
from tongban.affairs.supervision.models import Alarm, Order
from tongban.affairs.supervision.permissions import WITHDRAW
from tongban.foundation.audit.actions import append
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require


def withdraw_alarm(*, alarm: Alarm, reason: str, by: Actor, at: dt.datetime) -> Alarm:
    """Take back a wrong alarm: it stays on record, no longer counts, and the orders issued and the points given for it
    end with it.

    :raises OrderRefused: if it was withdrawn already, or no reason is given
    """
    require(by, WITHDRAW.code, alarm)
    words = checked_text(reason)
    with transaction.atomic():
        held = _locked(alarm)
        held.state, held.withdrawn_at, held.withdrawn_by = Alarm.State.WITHDRAWN, at, by.name
        held.withdrawn_reason = words
        held.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        _record(held, "withdrawn", by, at)
        rows = Order.objects.select_for_update(of=("self",)).select_related("unit", "case", "account")
        for order in rows.filter(alarm=held, ended_at__isnull=True, parent__isnull=True):
            end_withdrawn(order, f"监察信号{held.number}已撤销：{words}", by=by, at=at)
        take_back_alarm(alarm=held, by=by, at=at)
    return held


def uphold_alarm(*, alarm: Alarm, by: Actor, at: dt.datetime) -> Alarm:
    """Note that an alarm was reviewed and stands.

    :raises OrderRefused: if it was withdrawn
    """
    require(by, WITHDRAW.code, alarm)
    with transaction.atomic():
        held = _locked(alarm)
        held.state, held.upheld_at, held.upheld_by = Alarm.State.UPHELD, at, by.name
        held.save(update_fields=["state", "upheld_at", "upheld_by"])
        _record(held, "upheld", by, at)
    return held


def _locked(alarm: Alarm) -> Alarm:
    held = Alarm.objects.select_for_update(of=("self",)).select_related("unit").get(pk=alarm.pk)
    if held.state == Alarm.State.WITHDRAWN:
        raise OrderRefused(_("这条信号已经撤销。"), code="withdrawn")
    return held


def _record(alarm: Alarm, what: str, by: Actor, at: dt.datetime) -> None:
    append(
        stream=f"alarm:{alarm.number}",
        kind=f"supervision.alarm_{what}",
        actor=by.key,
        at=at,
        data={"about": alarm.about, "rule": alarm.rule_code},
    )
