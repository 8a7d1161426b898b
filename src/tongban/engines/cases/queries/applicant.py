"""Everything the applicant's page shows: where it stands, who acts, by when, and what the applicant can do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.engines.cases import wording
from tongban.engines.cases.loading import Loaded, load_case
from tongban.engines.cases.models import Case, CaseDocument, CaseMaterial, CaseNote, Correction, Rating, Task
from tongban.engines.cases.queries.case_file import (
    ClockMeter,
    MaterialRow,
    form_of,
    key_points,
    material_rows,
    meter,
    status_text,
)
from tongban.engines.cases.queries.offers import ActionOffer, available_actions
from tongban.engines.cases.queries.strip import DayStrip, day_strip, day_text
from tongban.engines.cases.queries.timeline import TimelineEntry, ahead, timeline
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.forms.rules import SummarySection
from tongban.foundation.messaging.models import Message
from tongban.foundation.messaging.queries import messages_about
from tongban.foundation.organizations.actor import ANONYMOUS, Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.packs.localized import localized


@dataclass(frozen=True, slots=True)
class ApplicantFile:
    """An applicant's view of a case. ``must_act`` is true when the next move is the applicant's."""

    case: Case
    title: str
    status: str
    sentence: str
    must_act: bool
    unit: str
    clock: ClockMeter | None
    strip: DayStrip | None
    timeline: tuple[TimelineEntry, ...]
    documents: tuple[CaseDocument, ...]
    messages: tuple[Message, ...]
    notes: tuple[CaseNote, ...]
    actions: tuple[ActionOffer, ...]
    correction: Correction | None
    materials: tuple[MaterialRow, ...]
    to_replace: tuple[CaseMaterial, ...]
    key_points: tuple[SummarySection, ...]
    can_rate: bool
    rating: Rating | None


def applicant_file(case: Case, actor: Actor = ANONYMOUS, *, at: dt.datetime) -> ApplicantFile:
    """Return the bundle. Without a signed-in applicant (progress by number and code) answers and actions are left out."""
    loaded = load_case(case)
    today = local_date(at)
    calendar = calendar_for(case.unit.region_code)
    documents = tuple(
        CaseDocument.objects.filter(case=case, visible_to_applicant=True).select_related("document").order_by("pk")
    )
    correction = loaded.corrections[-1] if loaded.corrections else None
    waiting = case.status == Case.Status.CORRECTION
    rating = Rating.objects.filter(case=case).first()
    known = actor.is_signed_in
    return ApplicantFile(
        case=case,
        title=localized(case.implementation.name) if case.implementation else case.title,
        status=status_text(case, loaded),
        sentence=sentence(case, loaded),
        must_act=waiting,
        unit=case.unit.title,
        clock=meter(loaded, calendar, today),
        strip=day_strip(case, at, loaded=loaded),
        timeline=(*ahead(case), *timeline(case, public=True, documents=documents)),
        documents=documents,
        messages=tuple(messages_about(f"case:{case.number}").order_by("-created_at")) if known else (),
        notes=tuple(CaseNote.objects.filter(case=case, visible_to_applicant=True).order_by("-pk")) if known else (),
        actions=tuple(available_actions(case, actor, at=at, loaded=loaded)) if known else (),
        correction=correction if waiting else None,
        materials=material_rows(case) if known else (),
        to_replace=tuple(replaceable(case)) if known and (waiting or marked(case)) else (),
        key_points=key_points(form_of(case)) if known else (),
        can_rate=known and rating is None and ratable(case),
        rating=rating,
    )


def ratable(case: Case) -> bool:
    """Tell whether a case can be rated: it has ended with a result of the office's work."""
    return case.closed_at is not None and case.result in ("granted", "refused", "not_accepted", "terminated")


def marked(case: Case) -> bool:
    """Tell whether officials marked a material while the case is being handled."""
    if case.closed_at is not None or case.decided_at is not None:
        return False
    return CaseMaterial.objects.filter(case=case, current=True, state=CaseMaterial.State.REJECTED).exists()


def replaceable(case: Case) -> list[CaseMaterial]:
    """Return the materials to hand in again: those marked, or all that people hand in if none is."""
    rows = list(CaseMaterial.objects.filter(case=case, current=True).order_by("pk"))
    marked = [row for row in rows if row.state == CaseMaterial.State.REJECTED]
    by_people = (CaseMaterial.Source.UPLOAD, CaseMaterial.Source.PAPER, CaseMaterial.Source.COMMITMENT)
    return marked or [row for row in rows if row.source in by_people]


def sentence(case: Case, loaded: Loaded) -> str:
    """Return in a sentence or two who acts now and what the applicant has to do."""
    fixed = _SENTENCES.get(case.status)
    if fixed is not None:
        return fixed(case, loaded)
    steps = [localized(loaded.compiled.title_of(step)) for step in case.open_steps.split()]
    return _("%(unit)s正在办理%(steps)s，您现在不用做任何事。") % {
        "unit": _working(case, loaded).title,
        "steps": "、".join(f"“{step}”" for step in steps),
    }


def _working(case: Case, loaded: Loaded) -> Unit:
    """Return the unit at which the case lies: the lead, or the upper level that decides."""
    lying = [task for task in loaded.tasks if task.kind == Task.Kind.MAIN and task.state != Task.State.CLOSED]
    return lying[-1].unit if lying else case.unit


def _submitted(case: Case, loaded: Loaded) -> str:
    clock = next((each for each in loaded.clocks if each.kind == "acceptance" and each.ended_on is None), None)
    if clock is None or clock.due_on is None:
        return _("%(unit)s正在核对材料，您现在不用做任何事。") % {"unit": case.unit.title}
    return _(
        "%(unit)s正在核对材料，最迟 %(day)s告知是否受理；逾期没有告知的，自收到之日起视为受理。您现在不用做任何事。"
    ) % {
        "unit": case.unit.title,
        "day": day_text(clock.due_on),
    }


def _correction(_case: Case, loaded: Loaded) -> str:
    asked = loaded.corrections[-1]
    text = _("请在 %(day)s以前补正下面列出的全部内容。") % {"day": day_text(asked.due_on)}
    rule = loaded.compiled.correction
    if rule is not None and rule.abandons(loaded.case.unit.line):
        text += _("无正当理由逾期不补正的，视为放弃申请。")
    return text


def _not_accepted(case: Case, _loaded: Loaded) -> str:
    return _("%(unit)s决定不予受理，理由和救济途径见通知书。") % {"unit": case.unit.title}


def _withdrawn(_case: Case, _loaded: Loaded) -> str:
    return _("您已撤回申请，办理已经停止。需要时可以重新申请。")


def _abandoned(_case: Case, _loaded: Loaded) -> str:
    return _("补正期限内没有收到补正材料，申请视为放弃。需要时可以重新申请。")


def _closed(case: Case, loaded: Loaded) -> str:
    if case.result == Case.Result.TERMINATED:
        return _("办理已经终止，理由见通知书。")
    if case.result == Case.Result.RETURNED:
        return _("材料已经退回，需要改的全部内容写在告知书里。改好后可以重新申报，期限从新的接收之日起算。")
    said = _ENDED[loaded.compiled.regime].get(case.result)
    return str(said) if said else wording.ended(late=False)


_ENDED = {
    "licensing": {
        "granted": gettext_lazy("准予许可，结果已经送达。电子证照在“我的证照”里。"),
        "refused": gettext_lazy("不予许可，理由和救济途径见决定书。"),
    },
    "registration": {
        "granted": gettext_lazy("准予登记，通知书已经送达。发照的，电子执照在“我的证照”里。"),
        "refused": gettext_lazy("不予登记，理由和救济途径见通知书。"),
    },
    "information": {
        "granted": gettext_lazy("已经答复，答复书在下面“文书”里。"),
        "refused": gettext_lazy("已经答复，理由和救济途径见答复书。"),
    },
}
"""What the end means to the applicant, by the law the case was handled under and its result."""


_SENTENCES = {
    Case.Status.SUBMITTED.value: _submitted,
    Case.Status.PRE_REVIEW.value: _submitted,
    Case.Status.CORRECTION.value: _correction,
    Case.Status.NOT_ACCEPTED.value: _not_accepted,
    Case.Status.WITHDRAWN.value: _withdrawn,
    Case.Status.ABANDONED.value: _abandoned,
    Case.Status.CLOSED.value: _closed,
}
