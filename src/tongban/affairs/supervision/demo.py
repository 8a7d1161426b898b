"""The demonstration's supervision: the record judged by the real rules, and a few orders in different states.

Made by the real actions at moments of the last weeks; a second run finds everything there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q

from tongban.affairs.supervision import actions
from tongban.affairs.supervision.actions import OrderRefused
from tongban.affairs.supervision.models import Alarm, Order
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.messaging.actions import as_history
from tongban.foundation.organizations.actor import Actor, actor_of
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.queries import holders
from tongban.foundation.organizations.roles import Role

KEY = "demo:"
ORDER_TEXT = "请说明超期原因，提出整改措施，并尽快办结。"
ANSWERS = (
    "因现场核查人员同期承担专项检查，排期延后。现已增派两名核查人员，并建立每日对账，今后不再发生。",
    "材料流转中漏看待办。已对经办人进行提醒谈话，并安排专人每日查看临期件。",
)


def furnish(*, at: dt.datetime) -> tuple[int, int]:
    """Judge the whole record and send orders; return how many alarms and orders there are new."""
    before = Order.objects.count()
    with as_history():
        raised = len(actions.watch_history(at=at).raised)
        supervisor = Account.objects.filter(username="supervisor").first()
        if supervisor is not None and not Order.objects.filter(key__startswith=KEY).exists():
            _orders(actor_of(supervisor, on=local_date(at)), at)
            actions.escalate_due(at=at)
    return raised, Order.objects.count() - before


def _orders(supervisor: Actor, at: dt.datetime) -> None:
    """Send one order for each state an order can be in, the demonstration's own unit first, then reminders."""
    ages = {"open": 1, "answered": 3, "accepted": 12, "sent_back": 6, "escalated": 5, "withdrawn": 9}
    taken: set[int] = set()
    for number, (fate, age) in enumerate(ages.items()):
        moment = _back(at, age)
        alarm = next(
            (each for each in _choices(moment, live=fate in ("open", "escalated")) if each.unit_id not in taken), None
        )
        if alarm is None:
            continue
        taken.add(alarm.unit_id)
        order = actions.issue_order(
            subject=actions.subject_of_alarm(alarm), alarm=alarm, text=ORDER_TEXT, key=f"{KEY}{fate}", by=supervisor,
            at=moment,
        )  # fmt: skip
        _play(order, alarm, fate, supervisor, moment, ANSWERS[number % len(ANSWERS)])
    _reminders(supervisor, at)


def _choices(moment: dt.datetime, *, live: bool) -> Iterator[Alarm]:
    """Yield cards that stood at a moment, of cases that were over by then (or are not over yet)."""
    over = Q(case__closed_at__isnull=True) if live else Q(case__closed_at__lt=moment)
    rows = Alarm.objects.filter(over, color__in=("red", "yellow"), entered_on__lte=local_date(moment))
    rows = rows.filter(state=Alarm.State.STANDING, orders__isnull=True).select_related(
        "unit", "case", "task", "account"
    )
    for place in ("/420000/420100/420102/", ""):
        yield from rows.filter(region_path__startswith=place).order_by("-color", "-entered_on", "pk")[:40]


def _play(order: Order, alarm: Alarm, fate: str, supervisor: Actor, moment: dt.datetime, text: str) -> None:
    """Let what is to become of an order happen in the days after it."""
    head = _head(order.unit, moment)
    if fate == "withdrawn":
        actions.withdraw_alarm(
            alarm=alarm, reason="经核查，当日系统停机维护，期限应予扣除，信号有误。", by=supervisor, at=_on(moment, 1)
        )
    elif fate in ("answered", "accepted", "sent_back") and head is not None:
        actions.answer(order=order, text=text, by=head, at=_on(moment, 1))
        if fate == "accepted":
            actions.accept(order=order, text="措施可行，同意了结。", by=supervisor, at=_on(moment, 2))
        elif fate == "sent_back":
            reason = "没有说明具体责任和完成时间，请补充后重报。"
            actions.send_back(order=order, reason=reason, by=supervisor, at=_on(moment, 4))


def _reminders(supervisor: Actor, at: dt.datetime) -> None:
    """Urge three running cases; one unit says what it will do."""
    moment = _back(at, 1)
    urged: set[int] = set()
    for alarm in _choices(moment, live=True):
        if len(urged) == 3:
            return
        if alarm.case is None or alarm.case_id in urged:
            continue
        try:
            order = actions.remind(
                case=alarm.case, text="请尽快办理，并在期限内完成。", key=f"{KEY}remind:{len(urged)}", by=supervisor,
                at=moment, alarm=alarm,
            )  # fmt: skip
        except OrderRefused:
            continue
        head = _head(order.unit, moment) if not urged else None
        if head is not None:
            actions.answer(order=order, text="已安排今日办理。", by=head, at=_on(moment, 0, hour=15))
        urged.add(alarm.case_id or 0)


def _head(unit: Unit, moment: dt.datetime) -> Actor | None:
    """Return the head of a unit as an actor."""
    day = local_date(moment)
    account = holders(unit, Role.UNIT_HEAD, on=day).first()
    if account is None:
        return None
    actor = actor_of(account, on=day)
    chosen = next((each for each in actor.postings if each.unit_id == unit.pk and each.role == Role.UNIT_HEAD), None)
    return actor_of(account, on=day, posting_id=chosen.pk) if chosen is not None else None


def _back(at: dt.datetime, days: int) -> dt.datetime:
    """Return half past nine some working days ago."""
    day = calendar_for().add_working_days(local_date(at), -days)
    return dt.datetime.combine(day, dt.time(9, 30), tzinfo=CHINA)


def _on(moment: dt.datetime, days: int, *, hour: int = 10) -> dt.datetime:
    """Return an hour some working days later."""
    day = calendar_for().add_working_days(local_date(moment), days)
    return dt.datetime.combine(day, dt.time(hour), tzinfo=CHINA)
