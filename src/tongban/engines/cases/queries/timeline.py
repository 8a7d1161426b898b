"""What happened to a case, newest first, for officials or for the applicant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tongban.engines.cases import wording
from tongban.engines.cases.loading import compiled_of
from tongban.engines.cases.models import Case, CaseDocument, CaseEvent, Task
from tongban.engines.cases.rules.vocabulary import Kind
from tongban.foundation.packs.localized import localized

PUBLIC_NOTES = frozenset(
    {Kind.REFUSE, Kind.REFUSE_ACCEPTANCE, Kind.TERMINATE, Kind.START_SPECIAL, Kind.APPROVE_EXTENSION, Kind.WITHDRAW}
)
"""Acts whose stated reason the applicant reads; opinions formed inside the office stay inside."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the timeline. ``kind`` is done, now, late or todo."""

    at: dt.datetime | None
    title: str
    text: str
    actor: str
    unit: str
    step: str
    kind: str
    act: str
    effective_on: dt.date | None = None
    documents: tuple[CaseDocument, ...] = ()
    seq: int = 0


def timeline(case: Case, *, public: bool, documents: Sequence[CaseDocument] | None = None) -> list[TimelineEntry]:
    """Return the events of a case, newest first; the applicant's view holds only what the applicant may see."""
    compiled = compiled_of(case)
    events = CaseEvent.objects.filter(case=case).select_related("unit", "task").order_by("-seq")
    if public:
        events = events.filter(visible_to_applicant=True)
    papers = list(
        documents if documents is not None else CaseDocument.objects.filter(case=case).select_related("document")
    )
    entries = []
    for event in events:
        late = event.task.late_days if event.task is not None and event.task.closed_at == event.at else 0
        text = _text(event, case, public=public)
        if late and not public:
            text = " ".join(filter(None, (text, wording.late(late))))
        entries.append(
            TimelineEntry(
                at=event.at,
                title=localized(event.title),
                text=text,
                actor="" if public else wording.actor(event.actor_key, event.actor_name),
                unit=event.unit.title if event.unit else "",
                step=localized(compiled.title_of(event.step)) if event.step else "",
                kind="late" if late else "done",
                act=event.act,
                effective_on=event.effective_on,
                documents=tuple(
                    paper
                    for paper in papers
                    if paper.event_seq == event.seq and (paper.visible_to_applicant or not public)
                ),
                seq=event.seq,
            )
        )
    return entries


def _text(event: CaseEvent, case: Case, *, public: bool) -> str:
    compiled = compiled_of(case)
    parts: list[str] = []
    conclusion = event.data.get("conclusion")
    if conclusion:
        parts.append(wording.concluded(wording.outcome(str(conclusion), compiled, event.step)))
    if public:
        if event.kind in PUBLIC_NOTES and event.note:
            parts.append(event.note)
        elif event.data.get("public_summary"):
            parts.append(str(event.data["public_summary"]))
    elif event.note:
        parts.append(event.note)
    if event.kind == Kind.REQUEST_CORRECTION:
        parts.extend(item["text"] for item in event.data.get("items", ()))
    return "\n".join(parts)


def ahead(case: Case) -> list[TimelineEntry]:
    """Return the steps that still lie ahead on the usual way, the farthest first, and the open ones."""
    from tongban.engines.cases.rules.layout import usual_way

    if case.closed_at is not None:
        return []
    compiled = compiled_of(case)
    tasks = list(Task.objects.filter(case=case).select_related("unit"))
    reached = {task.step for task in tasks if task.kind == Task.Kind.MAIN}
    future = [step for step in usual_way(compiled) if step not in reached and compiled.steps[step].visible]
    entries = [
        TimelineEntry(
            None, localized(compiled.title_of(step)), "", "", "", localized(compiled.title_of(step)), "todo", ""
        )
        for step in reversed(future)
    ]
    for task in reversed([each for each in tasks if each.state == Task.State.OPEN]):
        if task.kind == Task.Kind.EXTENSION:
            continue
        title = localized(compiled.title_of(task.step))
        entries.append(TimelineEntry(task.opened_at, title, "", "", task.unit.title, title, "now", "", documents=()))
    if case.status == Case.Status.CORRECTION:
        title = localized(compiled.title_of("correction"))
        entries.append(TimelineEntry(None, title, "", "", "", title, "now", ""))
    return entries
