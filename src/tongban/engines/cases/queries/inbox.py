"""The inbox: open work of a unit by what is due, with lights that no missed job can make wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case as Sql
from django.db.models import Count, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from tongban.engines.cases.loading import HEAVY, compiled_of
from tongban.engines.cases.models import Case, Rating, SpecialProcedure, Task
from tongban.engines.cases.permissions import ANSWER_RATING, INBOX
from tongban.foundation.accounts.fields import digest
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Calendar
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import scopes
from tongban.foundation.packs.localized import localized

LIGHTS = ("red", "amber", "green", "paused")


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What to narrow the inbox to. ``item`` is an implementation's key; ``text`` a number, a name or a credit code."""

    light: str = ""
    item: int | None = None
    step: str = ""
    channel: str = ""
    text: str = ""
    due_before: dt.date | None = None
    assigned: str = ""


@dataclass(frozen=True, slots=True)
class InboxTabs:
    """How many tasks stand under each light; the parts add up to the whole."""

    all: int
    red: int
    amber: int
    green: int
    paused: int


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line of the inbox."""

    task: Task
    number: str
    title: str
    applicant: str
    step: str
    light: str
    light_text: str
    due_on: dt.date | None
    provisional: bool
    channel: str
    assignee: str


@dataclass(frozen=True, slots=True)
class InboxChoices:
    """What the filter offers: items, steps and channels that occur in this inbox."""

    items: tuple[tuple[str, str], ...]
    steps: tuple[tuple[str, str], ...]
    channels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """Figures beside the menu of a desk."""

    todo: int
    unit_running: int
    unassigned: int
    consultations: int
    paused: int
    late_steps: int


def work_of(actor: Actor) -> QuerySet[Task]:
    """Return the live tasks that are this official's business: of the unit, in a role held, not someone else's."""
    if actor.unit is None or actor.account is None or not scopes(actor, INBOX.code):
        return Task.objects.none()
    waiting = Q(state=Task.State.WAITING, kind=Task.Kind.MAIN, case__status=Case.Status.CORRECTION)
    mine = Q(assignee__isnull=True) | Q(assignee=actor.account.pk)
    return Task.objects.filter(
        Q(state=Task.State.OPEN) | waiting,
        mine,
        closed_at__isnull=True,
        unit=actor.unit.pk,
        role__in=[role.value for role in actor.roles],
    )


def inbox(
    actor: Actor,
    filters: InboxFilter | None = None,
    *,
    today: dt.date | None = None,
    rows: QuerySet[Task] | None = None,
) -> QuerySet[Task]:
    """Return the open work of an official, due first, paused last; with ``today`` each task has ``light_now``.

    :param rows: other tasks than the official's own work, such as those of the whole unit
    """
    rows = narrowed(work_of(actor) if rows is None else rows, filters or InboxFilter())
    if today is not None:
        rows = rows.annotate(light_now=_light(today))
        if filters is not None and filters.light in LIGHTS:
            rows = rows.filter(light_now=filters.light)
    rows = rows.select_related("case", "case__implementation", "case__definition", "assignee")
    return rows.defer(*(f"case__{name}" for name in HEAVY)).order_by(
        "case__paused", F("due_on").asc(nulls_last=True), "pk"
    )


def narrowed(rows: QuerySet[Task], filters: InboxFilter) -> QuerySet[Task]:
    """Apply everything but the light."""
    if filters.item is not None:
        rows = rows.filter(case__implementation=filters.item)
    if filters.step:
        rows = rows.filter(step=filters.step)
    if filters.channel:
        rows = rows.filter(case__channel=filters.channel)
    if filters.due_before is not None:
        rows = rows.filter(due_on__lte=filters.due_before)
    if filters.assigned == "me":
        rows = rows.filter(assignee__isnull=False)
    elif filters.assigned == "none":
        rows = rows.filter(assignee__isnull=True)
    text = filters.text.strip()
    if text:
        rows = rows.filter(_matches(text))
    return rows


def _matches(text: str) -> Q:
    if text.isdigit() and len(text) <= 18:
        return Q(case__number__contains=text) | Q(case__applicant_digest=digest(text))
    return (
        Q(case__applicant_name__icontains=text)
        | Q(case__title__icontains=text)
        | Q(case__applicant_digest=digest(text))
    )


def _light(today: dt.date) -> Sql:
    return Sql(
        When(case__status=Case.Status.CORRECTION, then=Value("paused")),  # the applicant's time, not the office's
        When(due_on__lt=today, then=Value("red")),
        When(warn_on__lte=today, then=Value("amber")),
        When(case__paused=True, then=Value("paused")),
        default=Value("green"),
    )


def inbox_tabs(
    actor: Actor, filters: InboxFilter | None = None, *, today: dt.date, rows: QuerySet[Task] | None = None
) -> InboxTabs:
    """Count the inbox (or other tasks) by light under the other filters."""
    rows = narrowed(work_of(actor) if rows is None else rows, filters or InboxFilter())
    rows = rows.annotate(light_now=_light(today))
    counts = rows.aggregate(all=Count("pk"), **{name: Count("pk", filter=Q(light_now=name)) for name in LIGHTS})
    return InboxTabs(**counts)


def inbox_choices(actor: Actor, rows: QuerySet[Task] | None = None) -> InboxChoices:
    """Return the items, steps and channels that occur in the inbox (or in other tasks)."""
    items: dict[str, str] = {}
    steps: dict[str, str] = {}
    channels: set[str] = set()
    found = (
        (work_of(actor) if rows is None else rows)
        .values_list(
            "case__implementation", "case__implementation__name", "case__title", "step", "title", "case__channel"
        )
        .distinct()
    )
    for key, name, title, step, step_title, channel in found:
        if key is not None:
            items[str(key)] = localized(name) if name else title
        steps[step] = step_title
        channels.add(channel)
    labels = dict(Case.Channel.choices)
    return InboxChoices(
        tuple(sorted(items.items(), key=lambda pair: pair[1])),
        tuple(steps.items()),
        tuple((code, str(labels[code])) for code in sorted(channels)),
    )


def inbox_rows(tasks: Iterable[Task], *, today: dt.date) -> list[InboxRow]:
    """Return lines to show, with the light in words ("2 days left", "step 1 day late", "paused: expert review")."""
    held = list(tasks)
    calendar = calendar_for()
    causes = _pause_causes(task.case_id for task in held if task.case.paused)
    return [_row(task, calendar, causes, today) for task in held]


def _pause_causes(cases: Iterable[int]) -> dict[int, SpecialProcedure]:
    keys = set(cases)
    if not keys:
        return {}
    rows = SpecialProcedure.objects.filter(case__in=keys, ended_at__isnull=True, stops_clock=True)
    return {row.case_id: row for row in rows}


def _row(task: Task, calendar: Calendar, causes: dict[int, SpecialProcedure], today: dt.date) -> InboxRow:
    case = task.case
    compiled = compiled_of(case)
    light = getattr(task, "light_now", None) or _plain_light(task, today)
    step = "correction" if case.status == Case.Status.CORRECTION else task.step
    pause = causes.get(case.pk)
    paused_for = localized(compiled.title_of(pause.code if pause else step))
    if step == "correction" and task.due_on is not None and task.due_on < today:
        paused_for = _("补正期限已过")
    shown = task.due_on if light != "paused" or task.step_due_on else None
    return InboxRow(
        task=task,
        number=case.number,
        title=localized(case.implementation.name) if case.implementation else case.title,
        applicant=case.applicant_name,
        step=localized(compiled.title_of(step)),
        light=light,
        light_text=light_text(light, shown, task.step_due_on, calendar, today, paused_for=paused_for),
        due_on=shown,
        provisional=case.due_provisional,
        channel=str(Case.Channel(case.channel).label),
        assignee=task.assignee.display_name if task.assignee else "",
    )


def _plain_light(task: Task, today: dt.date) -> str:
    if task.case.status == Case.Status.CORRECTION:
        return "paused"
    if task.due_on is not None and task.due_on < today:
        return "red"
    if task.warn_on is not None and task.warn_on <= today:
        return "amber"
    return "paused" if task.case.paused else "green"


def light_text(
    light: str,
    due: dt.date | None,
    step_due: dt.date | None,
    calendar: Calendar,
    today: dt.date,
    *,
    paused_for: str = "",
) -> str:
    """Return a light in words; days are working days."""
    if light == "paused":
        return _("停计 %(cause)s") % {"cause": paused_for}
    if due is None:
        return _("没有期限")
    if due < today:
        days = max(calendar.working_days_between(due, today), 1)
        text = _("节点超 %(days)s 天") if due == step_due else _("超 %(days)s 天")
        return text % {"days": days}
    days = calendar.working_days_between(today, due)
    return _("今天到期") if days == 0 else _("剩 %(days)s 天") % {"days": days}


def desk_counts(actor: Actor, *, today: dt.date) -> DeskCounts:
    """Return the figures beside a desk's menu (one query; two for those who answer bad reviews)."""
    unit = actor.unit
    if unit is None:
        return DeskCounts(0, 0, 0, 0, 0, 0)
    tasks = Task.objects.filter(unit=unit.pk, closed_at__isnull=True).aggregate(
        todo=Count("pk", filter=Q(pk__in=work_of(actor).values("pk"))),
        running=Count("case", distinct=True),
        unassigned=Count("pk", filter=Q(state="open", assignee__isnull=True)),
        consultations=Count("pk", filter=Q(kind="co_handle")),
        paused=Count("case", distinct=True, filter=Q(case__paused=True)),
        late=Count("pk", filter=Q(step_due_on__lt=today)),
    )
    return DeskCounts(
        tasks["todo"],
        tasks["running"],
        tasks["unassigned"],
        tasks["consultations"],
        tasks["paused"],
        tasks["late"],
    )


def bad_reviews(actor: Actor) -> QuerySet[Rating]:
    """Return the bad reviews that the actor's unit has not followed up yet."""
    if actor.unit is None or not scopes(actor, ANSWER_RATING.code):
        return Rating.objects.none()
    return Rating.objects.filter(is_bad=True, answered_at__isnull=True, case__unit=actor.unit.pk)


def done_by(actor: Actor) -> QuerySet[Task]:
    """Return the tasks an official has finished, newest first."""
    if actor.account is None:
        return Task.objects.none()
    return (
        Task.objects.filter(closed_by=actor.account.pk)
        .select_related("case", "case__implementation", "case__definition")
        .defer(*(f"case__{name}" for name in HEAVY))
        .order_by("-closed_at")
    )
