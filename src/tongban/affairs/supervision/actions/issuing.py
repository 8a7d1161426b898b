"""Reminders and supervision orders are issued. No clock is touched by either."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongban.affairs.supervision.actions import numbering
from tongban.affairs.supervision.actions.history import WATCHER, note
from tongban.affairs.supervision.actions.telling import LETTER, people, tell_of_order
from tongban.affairs.supervision.errors import OrderRefused
from tongban.affairs.supervision.models import Alarm, Order, OrderEvent, SupervisionRule
from tongban.affairs.supervision.permissions import ORDER, REMIND, VIEW
from tongban.engines.cases.actions import lock_case
from tongban.engines.cases.models import Case, Task
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import NotAllowedError, require

LONGEST = 2000
LONGEST_LIMIT = 30
TERMS = "SUP-04"
KINDS = {
    Order.Kind.REMINDER: (numbering.REMINDER, "supervision-reminder"),
    Order.Kind.SUPERVISION: (numbering.ORDER, "supervision-order"),
    Order.Kind.LETTER: (numbering.LETTER, LETTER),
}
"""The letters a number begins with, and the message, of each kind."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an order is about and whom it concerns: a case with its open task, or any other subject named by ``about``."""

    about: str
    unit: Unit
    case: Case | None = None
    task: Task | None = None
    account: Account | None = None

    @property
    def step(self) -> str:
        """Return the step of the case."""
        return self.task.step if self.task is not None else ""


def subject_of_case(case: Case) -> Subject:
    """Return who has a case in hand now: the open task that is due first; the lead unit if none is open."""
    rows = list(Task.objects.filter(case=case, closed_at__isnull=True).select_related("unit", "assignee"))
    task = min(rows, key=lambda each: (each.state != Task.State.OPEN, each.due_on or dt.date.max), default=None)
    about = f"case:{case.number}"
    if task is None:
        return Subject(about, case.unit, case)
    return Subject(about, task.unit, case, task, task.assignee)


def subject_of_alarm(alarm: Alarm) -> Subject:
    """Return who answers for an alarm."""
    return Subject(alarm.about, alarm.unit, alarm.case, alarm.task, alarm.account)


def default_reply_days(terms_code: str = TERMS) -> int:
    """Return within how many working days a supervision order (or a letter) is answered, as the pack says."""
    terms = SupervisionRule.objects.filter(code=terms_code).values_list("params", flat=True).first()
    return int((terms or {}).get("reply_days", 3))


def checked_text(text: str) -> str:
    """Return a text without the blanks around it.

    :raises OrderRefused: if it is empty or too long
    """
    words = text.strip()
    if not words or len(words) > LONGEST:
        wrong = _("请填写内容，最多 %(most)s 字。") % {"most": LONGEST}
        raise OrderRefused(wrong, {"text": wrong}, code="text")
    return words


def remind(*, case: Case, text: str, key: str, by: Actor, at: dt.datetime, alarm: Alarm | None = None) -> Order:
    """Urge whoever has a running case in hand; there is no duty to answer.

    :param key: the same key gives the same reminder, never a second one
    :raises NotAllowedError: if the actor may not remind in this case
    :raises OrderRefused: if the case is over, no text is given, or the same step was urged today already
    """
    require(by, REMIND.code, case)
    words = checked_text(text)
    with transaction.atomic():
        known = Order.objects.filter(key=key).first()
        if known is not None:
            return known
        if lock_case(case=case, by=WATCHER, permission=VIEW.code).closed_at is not None:
            raise OrderRefused(_("办件已经结束，不用催办。"), code="case_over")
        subject = subject_of_case(case)
        midnight = dt.datetime.combine(local_date(at), dt.time(), tzinfo=CHINA)
        today = Order.objects.filter(kind=Order.Kind.REMINDER, case=case, step=subject.step, issued_at__gte=midnight)
        if today.exclude(state=Order.State.WITHDRAWN).exists():
            raise OrderRefused(_("这个环节今天已经催办过了。请明天再催，或者发出督办。"), code="reminded_today")
        return write(subject, Order.Kind.REMINDER, words, key=key, by=by, at=at, alarm=alarm)


def issue_order(
    *,
    subject: Subject,
    text: str,
    key: str,
    by: Actor,
    at: dt.datetime,
    alarm: Alarm | None = None,
    reply_days: int | None = None,
) -> Order:
    """Issue a supervision order that its unit must answer within a limit of its own.

    :param reply_days: working days for the answer; what the pack says by default
    :raises NotAllowedError: if the subject is not in the actor's scope
    :raises OrderRefused: if no text is given, the limit is out of range, or an order for the same alarm is still open
    """
    _require_subject(by, subject, alarm)
    words = checked_text(text)
    days = default_reply_days() if reply_days is None else reply_days
    if not 1 <= days <= LONGEST_LIMIT:
        wrong = _("回复期限请填 1 至 %(most)s 个工作日。") % {"most": LONGEST_LIMIT}
        raise OrderRefused(wrong, {"reply_days": wrong}, code="reply_days")
    with transaction.atomic():
        known = Order.objects.filter(key=key).first()
        if known is not None:
            return known
        if alarm is not None:
            _check_alarm(alarm)
        return write(subject, Order.Kind.SUPERVISION, words, key=key, by=by, at=at, alarm=alarm, reply_days=days)


def _check_alarm(alarm: Alarm) -> None:
    """Lock an alarm and let pass one that counts and has no open order.

    :raises OrderRefused: otherwise
    """
    held = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk)
    if open_orders(held).exists():
        raise OrderRefused(_("这条信号已经有未了结的督办，请在原督办单上处理。"), code="ordered")
    if held.state == Alarm.State.WITHDRAWN:
        raise OrderRefused(_("这条信号已经撤销，不能再据此督办。"), code="withdrawn")


def _require_subject(by: Actor, subject: Subject, alarm: Alarm | None) -> None:
    """Let pass an alarm or a case in scope, else a unit of the actor's region.

    :raises NotAllowedError: otherwise
    """
    if alarm is not None:
        require(by, ORDER.code, alarm)
    elif subject.case is not None:
        require(by, ORDER.code, subject.case)
    else:
        require(by, ORDER.code)
        inside = by.system or (by.unit is not None and subject.unit.region_path.startswith(by.unit.region_path))
        if not inside:
            raise NotAllowedError(ORDER.code)


def open_orders(alarm: Alarm) -> QuerySet[Order]:
    """Return the supervision orders for an alarm that are not over, without those that went up because of them."""
    return Order.objects.filter(
        alarm=alarm, kind=Order.Kind.SUPERVISION, ended_at__isnull=True, parent__isnull=True
    )  # fmt: skip


def write(
    subject: Subject,
    kind: Order.Kind,
    words: str,
    *,
    key: str,
    by: Actor,
    at: dt.datetime,
    alarm: Alarm | None = None,
    reply_days: int | None = None,
    parent: Order | None = None,
    issuer_unit: Unit | None = None,
) -> Order:
    """Write an order with its first line of history and its messages; the caller has checked what it must.

    An order that follows another one is issued in the name of whoever issued that one.

    :param issuer_unit: the unit in whose name it is issued, if that is not the actor's own
    """
    day = local_date(at)
    prefix, template = KINDS[kind]
    (number,) = numbering.next_numbers(prefix, day=day)
    due = None
    if reply_days is not None:
        due = calendar_for(subject.unit.region_code).add_working_days(day, reply_days)
    order = Order.objects.create(
        number=number,
        kind=kind,
        alarm=alarm,
        parent=parent,
        about=subject.about,
        case=subject.case,
        task=subject.task,
        step=subject.step,
        unit=subject.unit,
        region_path=subject.unit.region_path,
        account=subject.account,
        issuer=parent.issuer if parent is not None else by.account,
        issuer_name=parent.issuer_name if parent is not None else "" if by.system else by.name,
        issuer_unit=parent.issuer_unit if parent is not None else issuer_unit or by.unit,
        text=words,
        reply_days=reply_days,
        issued_at=at,
        due_on=due,
        key=key,
    )
    note(order, OrderEvent.Kind.ISSUED, by=by, at=at, text=words)
    tell_of_order(order, people(subject.unit, subject.account, on=day), template=template, text=words, at=at)
    return order
