"""What jobs do with orders: send unanswered ones up, close reminders whose step is over. Both may run twice."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from tongban.affairs.supervision.actions.answering import tell_issuer
from tongban.affairs.supervision.actions.history import WATCHER, note
from tongban.affairs.supervision.actions.issuing import LONGEST, Subject, write
from tongban.affairs.supervision.models import WITH_REPLY, Order, OrderEvent
from tongban.foundation.clock.now import local_date


def escalate_due(*, at: dt.datetime) -> list[Order]:
    """Send up every order whose answer is overdue: the superior unit gets an order, the old one can still be answered.

    Idempotent: an order is sent up once for each limit that lapses; without a superior unit it goes back to its issuer.
    """
    sent: list[Order] = []
    while True:
        with transaction.atomic():
            order = (
                Order.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("unit", "unit__parent", "case", "issuer", "account", "task", "alarm")
                .filter(
                    kind__in=WITH_REPLY,
                    state__in=(Order.State.SENT, Order.State.SENT_BACK),
                    due_on__lt=local_date(at),
                )
                .order_by("due_on", "pk")
                .first()
            )
            if order is None:
                return sent
            _escalate(order, at)
            sent.append(order)


def _escalate(order: Order, at: dt.datetime) -> None:
    above = order.unit.parent
    order.state, order.escalated_to, order.escalated_at = Order.State.ESCALATED, above, at
    order.save(update_fields=["state", "escalated_to", "escalated_at"])
    name = above.name if above is not None else "发出单位"
    note(order, OrderEvent.Kind.ESCALATED, by=WATCHER, at=at, text=f"报送{name}")
    tell_issuer(order, f"逾期未回复，已报送{name}。", at)
    if above is None or Order.objects.filter(parent=order, ended_at__isnull=True).exists():
        return
    kind = "督查函" if order.kind == Order.Kind.LETTER else "督办单"
    text = (
        f"{order.unit.name}没有在{order.due_on}前回复{kind}{order.number}。请督促其回复，并说明情况。原文：{order.text}"
    )
    write(
        Subject(order.about, above, order.case, order.task),
        Order.Kind.SUPERVISION,
        text[:LONGEST],
        key=f"up:{order.number}:{order.event_seq}",
        by=WATCHER,
        at=at,
        alarm=order.alarm,
        reply_days=order.reply_days,
        parent=order,
    )


def close_done(*, at: dt.datetime) -> int:
    """Close the reminders whose step or case is over; return how many."""
    over = Q(task__closed_at__isnull=False) | Q(case__closed_at__isnull=False)
    count = 0
    for key in Order.objects.filter(over, kind=Order.Kind.REMINDER, ended_at__isnull=True).values_list("pk", flat=True):
        with transaction.atomic():
            order = (
                Order.objects.select_for_update(of=("self",))
                .select_related("unit", "case")
                .filter(pk=key, ended_at__isnull=True)
                .first()
            )
            if order is None:
                continue
            order.state, order.ended_at = Order.State.CLOSED, at
            order.save(update_fields=["state", "ended_at"])
            note(order, OrderEvent.Kind.CLOSED, by=WATCHER, at=at, text="环节已经办完。")
            count += 1
    return count
