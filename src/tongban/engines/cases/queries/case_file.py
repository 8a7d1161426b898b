"""Everything an official's case page shows, in one bundle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tongban.engines.cases import wording
from tongban.engines.cases.loading import Loaded, load_case
from tongban.engines.cases.models import (
    Case,
    CaseClock,
    CaseDocument,
    CaseForm,
    CaseMaterial,
    CaseNote,
    Correction,
    Extension,
    Rating,
    SpecialProcedure,
    Task,
)
from tongban.engines.cases.queries.diagram import Diagram, diagram
from tongban.engines.cases.queries.inbox import light_text
from tongban.engines.cases.queries.offers import ActionOffer, available_actions
from tongban.engines.cases.queries.strip import shown_clock
from tongban.engines.cases.queries.timeline import TimelineEntry, timeline
from tongban.engines.cases.rules.lights import Dates, light_of_case
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Calendar, Limit, Unit, derive
from tongban.foundation.clock.wording import limit_text
from tongban.foundation.forms.answers import regions_of
from tongban.foundation.forms.queries import region_names, version
from tongban.foundation.forms.rules import SummarySection, summary
from tongban.foundation.forms.sealing import unseal
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.stamps import once


@dataclass(frozen=True, slots=True)
class ClockMeter:
    """A clock for the head of a page: its light in words, what is used of what, and what stopped it."""

    kind: str
    light: str
    text: str
    due_on: dt.date | None
    provisional: bool
    used: int
    total: int
    remaining: int | None
    limit: str
    statutory: str
    statutory_due_on: dt.date | None
    stopped_days: int
    stopped_for: tuple[str, ...]
    paused: bool
    ended: bool


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """A material with its earlier versions; ``light`` is green, amber or red."""

    material: CaseMaterial
    source: str
    state: str
    light: str
    earlier: tuple[CaseMaterial, ...]


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """What someone concluded at a step."""

    title: str
    people: str
    at: dt.datetime | None
    text: str
    outcome: str
    late_days: int
    report: object | None = None


@dataclass(frozen=True, slots=True)
class SpecialRow:
    """A special procedure: what, why, how long, with what result."""

    row: SpecialProcedure
    title: str
    result: str
    limit: str
    due_on: dt.date | None
    stops_clock: bool


@dataclass(frozen=True, slots=True)
class CaseFile:
    """An official's view of a case."""

    case: Case
    title: str
    status: str
    steps: tuple[str, ...]
    handlers: tuple[str, ...]
    channel: str
    applicant_number: str
    phone: str
    clock: ClockMeter | None
    actions: tuple[ActionOffer, ...]
    diagram: Diagram
    materials: tuple[MaterialRow, ...]
    pending_materials: int
    opinions: tuple[OpinionRow, ...]
    key_points: tuple[SummarySection, ...]
    timeline: tuple[TimelineEntry, ...]
    documents: tuple[CaseDocument, ...]
    notes: tuple[CaseNote, ...]
    specials: tuple[SpecialRow, ...]
    corrections: tuple[Correction, ...]
    extensions: tuple[Extension, ...]
    consultations: tuple[Task, ...]
    rating: Rating | None


_MATERIAL_LIGHTS = {"accepted": "green", "pending": "amber", "rejected": "red"}


@once()
def case_file(case: Case, actor: Actor, *, at: dt.datetime) -> CaseFile:
    """Return the bundle for a case that came through :func:`case_for`."""
    tasks = list(Task.objects.filter(case=case).select_related("unit", "assignee", "closed_by").order_by("pk"))
    loaded = load_case(case, tasks=tasks)
    today = local_date(at)
    calendar = calendar_for(case.unit.region_code)
    documents = tuple(CaseDocument.objects.filter(case=case).select_related("document").order_by("pk"))
    materials = material_rows(case)
    form = form_of(case)
    return CaseFile(
        case=case,
        title=localized(case.implementation.name) if case.implementation else case.title,
        status=status_text(case, loaded),
        steps=tuple(localized(loaded.compiled.title_of(step)) for step in case.open_steps.split()),
        handlers=tuple(
            dict.fromkeys(task.assignee.display_name for task in tasks if task.state == "open" and task.assignee)
        ),
        channel=str(Case.Channel(case.channel).label),
        applicant_number=form.applicant_number if form else "",
        phone=form.phone if form else "",
        clock=meter(loaded, calendar, today),
        actions=tuple(available_actions(case, actor, at=at, loaded=loaded)),
        diagram=diagram(case, at=at, loaded=loaded),
        materials=materials,
        pending_materials=sum(row.material.state == CaseMaterial.State.PENDING for row in materials),
        opinions=tuple(opinions(tasks, loaded)),
        key_points=key_points(form),
        timeline=tuple(timeline(case, public=False, documents=documents)),
        documents=documents,
        notes=tuple(CaseNote.objects.filter(case=case).order_by("-pk")),
        specials=special_rows(loaded),
        corrections=tuple(loaded.corrections),
        extensions=tuple(loaded.extensions),
        consultations=tuple(task for task in tasks if task.kind == Task.Kind.CO_HANDLE),
        rating=getattr(case, "rating", None) if case.closed_at else None,
    )


def form_of(case: Case) -> CaseForm | None:
    """Return what was filed with a case, with its form."""
    form: CaseForm | None = getattr(case, "form", None)
    if form is not None and form.form_version_id is not None:
        form.form_version = version(form.form_version_id)
    return form


def key_points(form: CaseForm | None) -> tuple[SummarySection, ...]:
    """Return the answers in sections, as the form says them."""
    if form is None or form.form_version is None:
        return ()
    spec = form.form_version.definition
    answers = unseal(spec, form.answers)
    names = region_names(regions_of(spec, answers))
    return tuple(summary(spec, answers, region_name=lambda code: names.get(code, code)))


def status_text(case: Case, loaded: Loaded) -> str:
    """Return where a case stands in one word: the open step while it is handled, else its status."""
    compiled = loaded.compiled
    steps = case.open_steps.split()
    if case.status in (Case.Status.ACCEPTED, Case.Status.HANDLING, Case.Status.DECIDED) and steps:
        return wording.in_step(localized(compiled.title_of(steps[0])))
    if case.status == Case.Status.CLOSED and case.result:
        return wording.closed_with(str(Case.Result(case.result).label))
    return str(Case.Status(case.status).label)


def meter(loaded: Loaded, calendar: Calendar, today: dt.date) -> ClockMeter | None:
    """Return the clock at the head of the page, or None if none ever ran."""
    clock = shown_clock(loaded)
    if clock is None:
        return None
    from tongban.engines.cases.loading import ledger

    entries = ledger(loaded.entries.get(clock.pk, []))
    limit = Limit(clock.figure, Unit(clock.unit))
    dates = derive(entries, limit, calendar, as_of=today)
    live = [each for each in loaded.clocks if each.ended_on is None]
    light, paused = light_of_case([Dates(each.kind, each.due_on, each.warn_on, each.running) for each in live], today)
    causes, days = _stops(loaded, clock, calendar, today)
    due = clock.due_on
    step = loaded.case.step_due_on
    late_step = light == "red" and step is not None and step < today and (due is None or due >= today)
    shown = step if late_step else due
    statutory = next((each for each in loaded.clocks if each.kind == CaseClock.Kind.STATUTORY), None)
    return ClockMeter(
        kind=clock.kind,
        light="none" if clock.ended_on else light,
        text=light_text(light, shown, step, calendar, today, paused_for="、".join(causes))
        if clock.ended_on is None
        else wording.ended(late=clock.late),
        due_on=due,
        provisional=clock.provisional,
        used=dates.used,
        total=dates.total,
        remaining=dates.remaining,
        limit=limit_text(limit),
        statutory=limit_text(Limit(statutory.figure, Unit(statutory.unit))) if statutory else "",
        statutory_due_on=statutory.due_on if statutory else None,
        stopped_days=days,
        stopped_for=causes,
        paused=paused,
        ended=clock.ended_on is not None,
    )


def _stops(loaded: Loaded, clock: CaseClock, calendar: Calendar, today: dt.date) -> tuple[tuple[str, ...], int]:
    causes: list[str] = []
    days, opened = 0, None
    for entry in loaded.entries.get(clock.pk, []):
        if entry.kind == "stop":
            opened = entry.on
            causes.append(wording.cause(entry.cause, loaded.compiled))
        elif opened is not None and entry.kind in ("resume", "end"):
            days += _between(calendar, opened, entry.on)
            opened = None
    if opened is not None:
        days += _between(calendar, opened, max(today, opened))
    return tuple(dict.fromkeys(causes)), days


def _between(calendar: Calendar, first: dt.date, last: dt.date) -> int:
    return calendar.working_days_between(first - dt.timedelta(days=1), last)


def material_rows(case: Case) -> tuple[MaterialRow, ...]:
    """Return the current materials, each with the versions it replaced."""
    rows = list(CaseMaterial.objects.filter(case=case).select_related("file").order_by("pk"))
    return tuple(
        MaterialRow(
            material=row,
            source=str(CaseMaterial.Source(row.source).label),
            state=str(CaseMaterial.State(row.state).label),
            light=_MATERIAL_LIGHTS[row.state],
            earlier=tuple(old for old in rows if old.code == row.code and not old.current),
        )
        for row in rows
        if row.current
    )


def opinions(tasks: Sequence[Task], loaded: Loaded) -> list[OpinionRow]:
    """Return what was concluded at the finished steps, newest first."""
    found: list[OpinionRow] = []
    for task in sorted(
        (each for each in tasks if each.closed_at), key=lambda each: (each.closed_at, each.pk), reverse=True
    ):
        if not task.opinion and not task.outcome:
            continue
        special = next((row for row in loaded.specials if row.task_id == task.pk), None)
        members = [each["text"] for each in special.data.get("members", [])] if special else []
        people = "、".join(members) or (task.closed_by.display_name if task.closed_by else "")
        found.append(
            OpinionRow(
                title=localized(loaded.compiled.title_of(task.step)),
                people=people,
                at=task.closed_at,
                text=task.opinion,
                outcome=wording.outcome(task.outcome, loaded.compiled, task.step),
                late_days=task.late_days,
                report=special.report_id if special else None,
            )
        )
    return found


def special_rows(loaded: Loaded) -> tuple[SpecialRow, ...]:
    """Return the special procedures of a case."""
    rows = []
    for row in loaded.specials:
        clock = next((each for each in loaded.clocks if each.task_id == row.task_id), None)
        rows.append(
            SpecialRow(
                row=row,
                title=localized(loaded.compiled.title_of(row.code)),
                result=wording.outcome(row.result, loaded.compiled, row.code) if row.result else "",
                limit=limit_text(Limit(row.max_figure, Unit(row.max_unit))),
                due_on=clock.due_on if clock else None,
                stops_clock=row.stops_clock,
            )
        )
    return tuple(rows)
