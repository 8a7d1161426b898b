"""What happens to an order once it is issued: answered, accepted or sent back, withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.affairs.supervision.actions.history import note
from tongban.affairs.supervision.actions.issuing import LONGEST, checked_text, default_reply_days
from tongban.affairs.supervision.actions.telling import people, tell_of_order
from tongban.affairs.supervision.errors import OrderRefused
from tongban.affairs.supervision.models import OPEN_STATES, Order, OrderEvent, OrderReply, ReplyFile
from tongban.affairs.supervision.permissions import ANSWER, ANSWER_LETTER, JUDGE, REMIND
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import allows, require
from tongban.foundation.organizations.queries import holders
from tongban.foundation.organizations.roles import Role

MOST_FILES = 10


def locked(order: Order) -> Order:
    """Return an order's row, locked until the transaction ends."""
    rows = Order.objects.select_for_update(of=("self",))
    rows = rows.select_related("unit", "case", "account", "issuer", "issuer_unit")
    return rows.get(pk=order.pk)


def answer(*, order: Order, text: str, files: Sequence[StoredFile] = (), by: Actor, at: dt.datetime) -> OrderReply:
    """Answer an order on behalf of the unit it went to. A late answer is taken, and marked late.

    :raises NotAllowedError: if the actor does not belong to that unit, or a letter is not answered by its head
    :raises OrderRefused: if nothing is written or the order does not wait for an answer
    """
    require(by, _right_to_answer(order), order)
    words = checked_text(text)
    if len(files) > MOST_FILES:
        wrong = _("附件最多 %(most)s 个。") % {"most": MOST_FILES}
        raise OrderRefused(wrong, {"files": wrong}, code="files")
    with transaction.atomic():
        held = locked(order)
        if held.state not in OPEN_STATES:
            raise OrderRefused(_("这份监察单现在不用回复。"), code="not_awaited")
        reply = OrderReply.objects.create(
            order=held,
            account=by.account,
            author_name=by.name,
            unit=by.unit,
            text=words,
            at=at,
            late=held.due_on is not None and local_date(at) > held.due_on,
        )
        ReplyFile.objects.bulk_create(ReplyFile(reply=reply, file=file) for file in files)
        reminder = held.kind == Order.Kind.REMINDER
        held.state = Order.State.CLOSED if reminder else Order.State.ANSWERED
        held.answered_at = at
        held.ended_at = at if reminder else None
        held.save(update_fields=["state", "answered_at", "ended_at"])
        note(held, OrderEvent.Kind.ANSWERED, by=by, at=at, text=words, reply=reply)
        tell_issuer(held, f"已回复：{words}", at)
    return reply


def tell_issuer(order: Order, text: str, at: dt.datetime) -> None:
    """Tell whoever issued an order what became of it: the supervisors of the issuing unit where a job wrote it."""
    if order.issuer is not None:
        concerned = [order.issuer] if order.issuer.is_active else []
    elif order.issuer_unit is not None:
        concerned = list(holders(order.issuer_unit, Role.SUPERVISOR, on=local_date(at)))
    else:
        concerned = []
    tell_of_order(order, concerned, template="supervision-progress", text=text, at=at)


def _tell_unit(order: Order, text: str, at: dt.datetime) -> None:
    concerned = people(order.unit, order.account, on=local_date(at))
    tell_of_order(order, concerned, template="supervision-progress", text=text, at=at)


def accept(*, order: Order, text: str = "", by: Actor, at: dt.datetime) -> Order:
    """Accept the answer; the order is over, and so are those that went up because of it.

    :raises OrderRefused: if there is no answer to judge
    """
    require(by, JUDGE.code, order)
    with transaction.atomic():
        held = _to_judge(order)
        held.state, held.judged_at, held.judged_by, held.ended_at = Order.State.ACCEPTED, at, by.name, at
        held.save(update_fields=["state", "judged_at", "judged_by", "ended_at"])
        note(held, OrderEvent.Kind.ACCEPTED, by=by, at=at, text=text.strip()[:LONGEST])
        _tell_unit(held, "回复已认可。", at)
        close_above(held, by=by, at=at)
    return held


def send_back(*, order: Order, reason: str, by: Actor, at: dt.datetime) -> Order:
    """Send the answer back with a reason; the limit for the answer counts anew from today.

    :raises OrderRefused: if there is no answer to judge, or no reason
    """
    require(by, JUDGE.code, order)
    words = checked_text(reason)
    with transaction.atomic():
        held = _to_judge(order)
        calendar = calendar_for(held.unit.region_code)
        due = calendar.add_working_days(local_date(at), held.reply_days or default_reply_days())
        held.state, held.judged_at, held.judged_by, held.due_on = Order.State.SENT_BACK, at, by.name, due
        held.save(update_fields=["state", "judged_at", "judged_by", "due_on"])
        note(held, OrderEvent.Kind.SENT_BACK, by=by, at=at, text=words)
        _tell_unit(held, f"回复被退回，请在{due}前重新回复：{words}", at)
    return held


def _to_judge(order: Order) -> Order:
    held = locked(order)
    if held.state != Order.State.ANSWERED:
        raise OrderRefused(_("这份督办没有待审核的回复。"), code="not_answered")
    return held


def withdraw_order(*, order: Order, reason: str, by: Actor, at: dt.datetime) -> Order:
    """Take back an order that should not have been issued, with a reason; it stays on record.

    :raises OrderRefused: if it is over, or no reason is given
    """
    require(by, REMIND.code if order.kind == Order.Kind.REMINDER else JUDGE.code, order)
    words = checked_text(reason)
    with transaction.atomic():
        held = locked(order)
        if held.ended_at is not None:
            raise OrderRefused(_("这份监察单已经了结。"), code="over")
        end_withdrawn(held, words, by=by, at=at)
    return held


def end_withdrawn(order: Order, reason: str, *, by: Actor, at: dt.datetime) -> None:
    """End an open order as withdrawn, with those that went up because of it; the caller holds its lock."""
    order.state, order.ended_at = Order.State.WITHDRAWN, at
    order.save(update_fields=["state", "ended_at"])
    note(order, OrderEvent.Kind.WITHDRAWN, by=by, at=at, text=reason)
    _tell_unit(order, f"已撤回：{reason}", at)
    close_above(order, by=by, at=at)


def close_above(order: Order, *, by: Actor, at: dt.datetime) -> None:
    """Close the orders that went to superior units because this one was not answered."""
    for child in Order.objects.select_for_update(of=("self",)).filter(parent=order, ended_at__isnull=True):
        child.state, child.ended_at = Order.State.CLOSED, at
        child.save(update_fields=["state", "ended_at"])
        note(child, OrderEvent.Kind.CLOSED, by=by, at=at, text=f"原督办单{order.number}已经了结。")
        close_above(child, by=by, at=at)


def may_answer(actor: Actor, order: Order) -> bool:
    """Tell whether an order waits for an answer that this official may give."""
    return order.state in OPEN_STATES and allows(actor, _right_to_answer(order), order)


def _right_to_answer(order: Order) -> str:
    """Return the permission an answer takes: a letter is answered by the head, an order by anyone of the unit."""
    return ANSWER_LETTER.code if order.kind == Order.Kind.LETTER else ANSWER.code
