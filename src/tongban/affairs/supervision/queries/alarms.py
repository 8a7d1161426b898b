"""Reads over alarms: lists for a scope, one with its proof, and the rules with what they found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from tongban.affairs.supervision.loading import ORDERS as ORDER_TERMS
from tongban.affairs.supervision.models import Alarm, Color, Order, SupervisionRule
from tongban.affairs.supervision.permissions import ALARMS
from tongban.engines.cases.loading import HEAVY, compiled_of
from tongban.engines.cases.models import Case, CaseEvent
from tongban.engines.indicators.actions import period_name
from tongban.engines.indicators.rules import Period, read_period
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import visible
from tongban.foundation.packs.localized import localized

SCORE = "score:"
"""The beginning of what a letter on a score is about: the period and the unit follow."""


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """Which alarms to list; empty values do not narrow. ``text`` is a number of an alarm or a case, or a unit's name."""

    color: str = ""
    rule: str = ""
    state: str = ""
    text: str = ""
    unit: str = ""
    region: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class AlarmTabs:
    """How many alarms there are of each color; the parts add up to the whole."""

    all: int
    red: int
    yellow: int
    blue: int


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm as lists show it: words in the language of the request, the step in words, the orders for it."""

    alarm: Alarm
    title: str
    finding: str
    subject: str
    step: str
    person: str
    orders: tuple[Order, ...] = ()

    @property
    def number(self) -> str:
        """Return the case number, if it is about a case."""
        return self.alarm.case.number if self.alarm.case is not None else ""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with the number of its alarms in a scope: standing, withdrawn, and how many of the last thirty days."""

    rule: SupervisionRule
    title: str
    explanation: str
    basis: str
    source: str
    limits: tuple[str, ...]
    standing: int
    withdrawn: int
    recent: int
    looks: bool
    """Whether a function looks for it; terms of orders have none."""


def alarms(actor: Actor, wanted: AlarmFilter, *, any_color: bool = False) -> QuerySet[Alarm]:
    """Return the alarms in an actor's scope, the newest first.

    :param any_color: leave the color out, for counting by color
    """
    rows = visible(actor, ALARMS.code, Alarm.objects.all())
    exact = {"rule_code": wanted.rule, "state": wanted.state, "unit__code": wanted.unit}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.color and not any_color:
        rows = rows.filter(color=wanted.color)
    if wanted.region:
        rows = rows.filter(region_path__contains=f"/{wanted.region}/")
    if wanted.since:
        rows = rows.filter(entered_on__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(entered_on__lte=wanted.until)
    if wanted.text:
        rows = rows.filter(
            Q(number=wanted.text) | Q(about=f"case:{wanted.text}") | Q(unit__name__contains=wanted.text)
        )  # fmt: skip
    return _with_neighbors(rows).order_by("-entered_on", "-pk")


def _with_neighbors(rows: QuerySet[Alarm]) -> QuerySet[Alarm]:
    return rows.select_related("unit", "account", "case__implementation", "case__definition").defer(
        *(f"case__{name}" for name in HEAVY)
    )


def alarm_tabs(actor: Actor, wanted: AlarmFilter) -> AlarmTabs:
    """Count the alarms of a filter by color."""
    rows = alarms(actor, wanted, any_color=True).order_by()
    found = dict(rows.values_list("color").annotate(count=Count("pk")))
    counts = {color.value: found.get(color.value, 0) for color in Color}
    return AlarmTabs(sum(counts.values()), counts["red"], counts["yellow"], counts["blue"])


def alarm_rows(rows: Iterable[Alarm], *, known: Iterable[Order] | None = None) -> list[AlarmRow]:
    """Return lines to show; one query more however many there are.

    :param known: the orders that the alarms led to, if they are already read
    """
    held = list(rows)
    orders: dict[int, list[Order]] = {}
    for order in known if known is not None else Order.objects.filter(alarm__in=held).order_by("pk"):
        orders.setdefault(order.alarm_id or 0, []).append(order)
    return [_row(alarm, tuple(orders.get(alarm.pk, ()))) for alarm in held]


def _row(alarm: Alarm, orders: tuple[Order, ...]) -> AlarmRow:
    return AlarmRow(
        alarm=alarm,
        title=localized(alarm.title),
        finding=localized(alarm.finding),
        subject=subject_title(alarm.case, alarm.about),
        step=step_title(alarm.case, alarm.step),
        person=alarm.account.display_name if alarm.account is not None else "",
        orders=orders,
    )


def subject_title(case: Case | None, about: str) -> str:
    """Return what an alarm or order is about in words: the item of the case, else the name of the subject."""
    if case is None:
        return _score_title(about) if about.startswith(SCORE) else about
    return localized(case.implementation.name) if case.implementation is not None else case.title


def score_about(unit: Unit, period: Period) -> str:
    """Return how an order names the score of a unit in a period."""
    return f"{SCORE}{period.code}/{unit.code}"


def _score_title(about: str) -> str:
    period = read_period(about.removeprefix(SCORE).partition("/")[0])
    return _("%(period)s效能得分") % {"period": period_name(period)}


def step_title(case: Case | None, step: str) -> str:
    """Return a step's title."""
    return localized(compiled_of(case).title_of(step)) if case is not None and step else ""


def alarm_for(actor: Actor, number: str) -> Alarm:
    """Return one alarm in an actor's scope.

    :raises Alarm.DoesNotExist: if there is none, or it is none of this official's business
    """
    rows = visible(actor, ALARMS.code, Alarm.objects.filter(number=number))
    return rows.select_related(
        "unit", "account", "case", "case__unit", "case__definition", "case__implementation", "task", "clock"
    ).get()


def alarms_of(case: Case, orders: Sequence[Order]) -> list[AlarmRow]:
    """Return the alarms of a case, the newest first.

    :param orders: the case's orders, as ``orders_of`` gives them
    """
    rows = Alarm.objects.filter(case=case).select_related("unit", "account").order_by("-entered_on", "-pk")
    held = list(rows)
    for alarm in held:
        alarm.case = case
    return alarm_rows(held, known=sorted(orders, key=lambda each: each.pk))


def proof_event(alarm: Alarm) -> CaseEvent | None:
    """Return the event that proves an alarm: the one it names, else the last one up to its day at its step."""
    if alarm.case is None:
        return None
    events = CaseEvent.objects.filter(case=alarm.case).select_related("unit")
    if alarm.event_seq is not None:
        return events.filter(seq=alarm.event_seq).first()
    before = events.filter(at__date__lte=alarm.entered_on).exclude(act__startswith="supervision")
    return before.order_by("-seq").first()


def rule_rows(actor: Actor, *, on: dt.date) -> list[RuleRow]:
    """Return every rule with its counts in the actor's scope."""
    recent = Count("pk", filter=Q(entered_on__gt=on - dt.timedelta(days=30)) & ~Q(state=Alarm.State.WITHDRAWN))
    withdrawn = Count("pk", filter=Q(state=Alarm.State.WITHDRAWN))
    rows = visible(actor, ALARMS.code, Alarm.objects.all()).order_by()
    counted = {
        code: (total, taken, new)
        for code, total, taken, new in rows.values_list("rule_code").annotate(
            total=Count("pk"), withdrawn=withdrawn, recent=recent
        )
    }
    found = []
    for rule in SupervisionRule.objects.all():
        total, taken, new = counted.get(rule.code, (0, 0, 0))
        found.append(
            RuleRow(
                rule=rule,
                title=localized(rule.title),
                explanation=localized(rule.explanation),
                basis=localized(rule.basis),
                source=localized(rule.source),
                limits=_limits(rule),
                standing=total - taken,
                withdrawn=taken,
                recent=new,
                looks=rule.code not in ORDER_TERMS,
            )
        )
    return found


def _limits(rule: SupervisionRule) -> tuple[str, ...]:
    """Return the thresholds of a rule in words."""
    left = _("剩余 %(days)s 个工作日以内")
    days = _("%(days)s 个工作日")
    return tuple((left if name == "left" else days) % {"days": figure} for name, figure in sorted(rule.params.items()))


def rule_choices() -> list[tuple[str, str]]:
    """Return the rules one may filter by, with their titles."""
    rows = SupervisionRule.objects.exclude(code__in=ORDER_TERMS)
    return [(rule.code, localized(rule.title)) for rule in rows]
