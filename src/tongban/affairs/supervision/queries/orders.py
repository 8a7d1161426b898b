"""Reads over orders: what a unit must answer, what a supervisor must judge, and one order with its thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case as Sql
from django.db.models import CharField, Count, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from tongban.affairs.supervision.models import OPEN_STATES, WITH_REPLY, Order, OrderEvent, ReplyFile
from tongban.affairs.supervision.permissions import ANSWER, ANSWER_LETTER, JUDGE, ORDERS
from tongban.affairs.supervision.queries.alarms import SCORE, step_title, subject_title
from tongban.affairs.supervision.queries.scores import SCHEME
from tongban.engines.cases.loading import HEAVY
from tongban.engines.cases.models import Case
from tongban.engines.indicators.models import Bulletin
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import scopes, visible

NEAR = 1
"""Working days before the end of the limit from which an order shows amber."""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders to list. ``view`` is open, answered (waiting to be judged), over, or empty for all."""

    view: str = ""
    kind: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class OrderTabs:
    """How many orders stand in each view."""

    all: int
    open: int
    answered: int
    over: int


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as lists show it: its subject and step in words, and the light of its limit."""

    order: Order
    subject: str
    step: str
    light: str
    light_text: str
    tone: str


def answered_by_me(actor: Actor) -> QuerySet[Order]:
    """Return the orders that wait for an answer from the actor's own unit, the most urgent first."""
    waiting = Order.objects.filter(state__in=OPEN_STATES, ended_at__isnull=True)
    rows = visible(actor, ANSWER.code, waiting.exclude(kind=Order.Kind.LETTER))
    if scopes(actor, ANSWER_LETTER.code):
        rows = rows | visible(actor, ANSWER_LETTER.code, waiting.filter(kind=Order.Kind.LETTER))
    return _with_neighbors(rows).order_by(F("due_on").asc(nulls_last=True), "pk")


def _with_neighbors(rows: QuerySet[Order]) -> QuerySet[Order]:
    return rows.select_related(
        "unit", "account", "issuer_unit", "escalated_to", "case__implementation", "case__definition"
    ).defer(*(f"case__{name}" for name in HEAVY))


def to_answer(actor: Actor) -> QuerySet[Order]:
    """Return the orders with a duty to reply that wait for the unit's answer, letters for its head."""
    return answered_by_me(actor).filter(kind__in=WITH_REPLY)


def to_judge(actor: Actor) -> QuerySet[Order]:
    """Return the orders whose answers wait to be judged."""
    return visible(actor, JUDGE.code, Order.objects.filter(state=Order.State.ANSWERED, ended_at__isnull=True))


def unanswered(actor: Actor) -> tuple[int, dt.date | None]:
    """Return how many supervision orders of a scope are not answered, and the day the oldest was issued."""
    rows = visible(actor, ORDERS.code, Order.objects.filter(kind__in=WITH_REPLY, state__in=OPEN_STATES))
    first = rows.order_by("issued_at").values_list("issued_at__date", flat=True).first()
    return rows.count(), first


def orders(actor: Actor, wanted: OrderFilter) -> QuerySet[Order]:
    """Return the orders in an actor's scope, the newest first; open ones by their limit."""
    rows = _with_neighbors(_narrowed(actor, wanted))
    if wanted.view == "open":
        return rows.filter(state__in=OPEN_STATES).order_by(F("due_on").asc(nulls_last=True), "-pk")
    if wanted.view == "answered":
        return rows.filter(state=Order.State.ANSWERED).order_by("answered_at", "pk")
    if wanted.view == "over":
        return rows.filter(ended_at__isnull=False).order_by("-ended_at", "-pk")
    return rows.order_by("-issued_at", "-pk")


def _narrowed(actor: Actor, wanted: OrderFilter) -> QuerySet[Order]:
    rows = visible(actor, ORDERS.code, Order.objects.all())
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.text:
        rows = rows.filter(
            Q(number=wanted.text) | Q(about=f"case:{wanted.text}") | Q(unit__name__contains=wanted.text)
        )  # fmt: skip
    return rows


def order_tabs(actor: Actor, wanted: OrderFilter) -> OrderTabs:
    """Count the orders of a filter by view."""
    view = Sql(
        When(state__in=OPEN_STATES, then=Value("open")),
        When(state=Order.State.ANSWERED, then=Value("answered")),
        default=Value("over"),
        output_field=CharField(),
    )
    rows = _narrowed(actor, wanted).order_by().annotate(view=view)
    found = dict(rows.values_list("view").annotate(count=Count("pk")))
    counts = [found.get(name, 0) for name in ("open", "answered", "over")]
    return OrderTabs(sum(counts), *counts)


def order_rows(rows: Iterable[Order], *, on: dt.date) -> list[OrderRow]:
    """Return lines to show, with the light of each order's own limit."""
    return [order_row(order, on=on) for order in rows]


def order_row(order: Order, *, on: dt.date) -> OrderRow:
    """Return one line."""
    light, text = order_light(order, on)
    return OrderRow(
        order, subject_title(order.case, order.about), step_title(order.case, order.step), light, text, _tone(order)
    )  # fmt: skip


def _tone(order: Order) -> str:
    """Return how the label of the state looks."""
    if order.state == Order.State.ACCEPTED:
        return "ok"
    if order.state in (Order.State.SENT_BACK, Order.State.ESCALATED):
        return "bad"
    return "warn" if order.state in (Order.State.SENT, Order.State.ANSWERED) else ""


def order_light(order: Order, on: dt.date) -> tuple[str, str]:
    """Return light and words of an order's own limit; reminders and what waits for a judgement have none."""
    if order.due_on is None or order.state not in OPEN_STATES:
        return "", ""
    calendar = calendar_for(order.unit.region_code)
    left = calendar.working_days_between(on, order.due_on)
    if on > order.due_on:
        days = max(calendar.working_days_between(order.due_on, on), 1)
        return "red", _("超 %(days)s 天") % {"days": days}
    if left <= NEAR:
        return "amber", _("今天到期") if on == order.due_on else _("剩 %(days)s 天") % {"days": left}
    return "green", _("剩 %(days)s 天") % {"days": left}


def order_for(actor: Actor, number: str) -> Order:
    """Return one order in an actor's scope.

    :raises Order.DoesNotExist: if there is none, or it is none of this official's business
    """
    rows = visible(actor, ORDERS.code, Order.objects.filter(number=number))
    return rows.select_related(
        "unit", "account", "issuer_unit", "alarm", "parent", "escalated_to", "document", "case", "case__unit",
        "case__definition", "case__implementation",
    ).get()  # fmt: skip


def score_of(order: Order) -> tuple[str, Bulletin | None] | None:
    """Return the period a letter speaks of and the latest bulletin on it; ``None`` for other orders."""
    if order.kind != Order.Kind.LETTER:
        return None
    period = order.about.removeprefix(SCORE).partition("/")[0]
    rows = Bulletin.objects.filter(code=SCHEME, period=period, unit=order.issuer_unit).defer("data")
    return period, rows.order_by("-version").first()


def thread(order: Order) -> list[tuple[OrderEvent, list[ReplyFile]]]:
    """Return an order's history from the beginning, each answer with its files."""
    files: dict[int, list[ReplyFile]] = {}
    for each in ReplyFile.objects.filter(reply__order=order).select_related("file"):
        files.setdefault(each.reply_id, []).append(each)
    rows = OrderEvent.objects.filter(order=order).select_related("unit", "reply").order_by("seq")
    return [(event, files.get(event.reply_id or 0, [])) for event in rows]


def orders_of(case: Case) -> list[Order]:
    """Return the orders of a case, the newest first."""
    rows = Order.objects.filter(case=case).select_related("unit", "issuer_unit", "escalated_to")
    return list(rows.order_by("-issued_at", "-pk"))
