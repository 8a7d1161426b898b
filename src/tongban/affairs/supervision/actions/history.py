"""The history of an order: appended with the audit record and, if the order concerns a case, an event on the case."""

from __future__ import annotations

import datetime as dt

from tongban.affairs.supervision.models import Order, OrderEvent, OrderReply
from tongban.affairs.supervision.permissions import VIEW
from tongban.engines.cases.actions import lock_case, record_event
from tongban.foundation.accounts.fields import digest
from tongban.foundation.audit.actions import append
from tongban.foundation.organizations.actor import Actor, system_actor

WATCHER = system_actor("supervision")
"""Who raises alarms, sends unanswered orders up, and closes reminders whose step is over."""

_ORDER_TITLES = {
    "issued": {"zh": "督办", "en": "Supervision order"},
    "answered": {"zh": "回复督办", "en": "Supervision order answered"},
    "accepted": {"zh": "督办回复已认可", "en": "Answer to the order accepted"},
    "sent_back": {"zh": "督办回复退回重报", "en": "Answer to the order sent back"},
    "escalated": {"zh": "督办逾期未回复，报送上级", "en": "Order not answered in time: sent to the superior unit"},
    "withdrawn": {"zh": "撤回督办", "en": "Supervision order withdrawn"},
    "closed": {"zh": "督办了结", "en": "Supervision order closed"},
}
_REMINDER_TITLES = {
    **_ORDER_TITLES,
    "issued": {"zh": "催办", "en": "Reminder"},
    "answered": {"zh": "回复催办", "en": "Reminder answered"},
    "withdrawn": {"zh": "撤回催办", "en": "Reminder withdrawn"},
    "closed": {"zh": "催办了结", "en": "Reminder closed"},
}


def note(
    order: Order, kind: OrderEvent.Kind, *, by: Actor, at: dt.datetime, text: str = "", reply: OrderReply | None = None
) -> OrderEvent:
    """Append to an order's history, inside the transaction of what happened; the applicant sees none of it."""
    if order.case is not None:
        titles = _REMINDER_TITLES if order.kind == Order.Kind.REMINDER else _ORDER_TITLES
        record_event(
            case=lock_case(case=order.case, by=WATCHER, permission=VIEW.code),
            act=f"supervision_{kind.value}",
            title=titles[kind.value],
            by=by,
            at=at,
            note=text,
            data={"order": order.number, "kind": order.kind, "unit": order.unit.code},
            step=order.step,
        )
    order.event_seq += 1
    order.save(update_fields=["event_seq"])
    append(
        stream=f"order:{order.number}",
        kind=f"supervision.{kind.value}",
        actor=by.key,
        at=at,
        data={"seq": order.event_seq, "about": order.about, "state": order.state, "content": digest(text)},
    )
    return OrderEvent.objects.create(
        order=order,
        seq=order.event_seq,
        kind=kind,
        actor_key=by.key,
        actor_name=by.name,
        unit=by.unit,
        text=text,
        reply=reply,
        at=at,
    )
