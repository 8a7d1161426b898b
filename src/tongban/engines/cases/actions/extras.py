"""What people do beside the process: judge materials, hand in replacements, leave notes, rate, and have events noted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.engines.cases.actions.acting import act, lock
from tongban.engines.cases.actions.submitting import SubmittedMaterial, add_materials
from tongban.engines.cases.actions.writing import audit_data
from tongban.engines.cases.errors import ActionRefused
from tongban.engines.cases.models import Case, CaseEvent, CaseMaterial, CaseNote, Rating
from tongban.engines.cases.permissions import ANSWER_RATING, JUDGE, NOTE, RATE
from tongban.engines.cases.queries.applicant import ratable
from tongban.foundation.audit.actions import append
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import Actor

BAD_FROM = Rating.Score.DISSATISFIED
LONGEST = 2000


def judge_material(*, material: CaseMaterial, verdict: str, note: str = "", by: Actor, at: dt.datetime) -> CaseMaterial:
    """Accept a material or mark it as to be corrected, with the reason.

    :param verdict: ``accepted`` or ``rejected``
    :raises ActionRefused: if a rejection gives no reason, or the case is over
    """
    if verdict not in (CaseMaterial.State.ACCEPTED, CaseMaterial.State.REJECTED):
        raise ActionRefused(_("请从列出的选项中选择。"), code="verdict")
    if verdict == CaseMaterial.State.REJECTED and not note.strip():
        text = _("请写明需要补正什么。")
        raise ActionRefused(text, {"note": text}, code="note")
    with transaction.atomic():
        case = lock(material.case, by, JUDGE.code)
        _still_open(case)
        row = CaseMaterial.objects.get(pk=material.pk)
        row.state, row.note = verdict, note.strip()[:500]
        row.judged_at, row.judged_by = at, by.name
        row.save(update_fields=["state", "note", "judged_at", "judged_by"])
        record_event(
            case=case,
            act="judge_material",
            title={"zh": f"核验材料：{row.name}", "en": f"Material checked: {row.name}"},
            by=by,
            at=at,
            note=row.note,
            data={"material": row.code, "verdict": verdict},
        )
    return row


def _still_open(case: Case) -> None:
    if case.closed_at is not None:
        raise ActionRefused(_("办件已经结束，不能再办理。"), code="case_over")


def supplement(
    *,
    case: Case,
    materials: Sequence[SubmittedMaterial],
    note: str = "",
    by: Actor,
    at: dt.datetime,
    key: str | None = None,
) -> Case:
    """Hand in what was asked for: the materials of a new round, then the act ``supplement``; together or not at all.

    :raises ActionRefused: if nothing is handed in, or the time for it is over
    """
    if not materials and not note.strip():
        raise ActionRefused(_("请补正材料，或者写明情况，然后提交。"), code="nothing")
    with transaction.atomic():
        if key and CaseEvent.objects.filter(case=case, key=key).exists():
            return Case.objects.get(pk=case.pk)
        done = act(case=case, action="supplement", by=by, at=at, data={"note": note}, key=key)
        last = CaseMaterial.objects.filter(case=case).order_by("-round").values_list("round", flat=True).first()
        add_materials(done, materials, round_=(last or 0) + 1, at=at)
        CaseMaterial.objects.filter(case=case, current=True, state=CaseMaterial.State.REJECTED).exclude(
            code__in=[each.code for each in materials]
        ).update(state=CaseMaterial.State.PENDING)
    return done


def replace_materials(
    *, case: Case, materials: Sequence[SubmittedMaterial], by: Actor, at: dt.datetime
) -> list[CaseMaterial]:
    """Hand in anew what was marked as to be corrected while the case is being handled; no clock stops for it.

    :raises ActionRefused: if nothing or something else is handed in, or corrections are formally awaited
    """
    codes = {each.code for each in materials}
    with transaction.atomic():
        locked = lock(case, by)
        _still_open(locked)
        if locked.status == Case.Status.CORRECTION or locked.decided_at is not None:
            raise ActionRefused(_("现在不能补换材料。"), code="not_now")
        rows = CaseMaterial.objects.filter(case=locked, current=True)
        marked = set(rows.filter(state=CaseMaterial.State.REJECTED).values_list("code", flat=True))
        if not codes or codes - marked:
            raise ActionRefused(_("只能补换工作人员标明须补正的材料。"), code="not_asked")
        last = max(CaseMaterial.objects.filter(case=locked).values_list("round", flat=True), default=1)
        add_materials(locked, materials, round_=last + 1, at=at)
        record_event(
            case=locked,
            act="replace_materials",
            title={"zh": "补换材料", "en": "Material replaced"},
            by=by,
            at=at,
            data={"materials": sorted(codes)},
            visible=True,
        )
    return list(CaseMaterial.objects.filter(case=locked, current=True, code__in=codes))


def add_note(*, case: Case, text: str, by: Actor, at: dt.datetime, visible_to_applicant: bool = False) -> CaseNote:
    """Leave a note with a case; one by the applicant is always seen by both sides.

    :raises ActionRefused: if it is empty or too long
    """
    words = text.strip()
    if not words or len(words) > LONGEST:
        message = _("请填写内容，最多 %(most)s 字。") % {"most": LONGEST}
        raise ActionRefused(message, {"text": message}, code="text")
    with transaction.atomic():
        locked = lock(case, by, NOTE.code)
        applicant = not by.is_official
        note = CaseNote.objects.create(
            case=locked,
            author=by.account,
            author_name=by.name,
            from_applicant=applicant,
            visible_to_applicant=visible_to_applicant or applicant,
            text=words,
            at=at,
        )
        record_event(
            case=locked,
            act="note",
            title={"zh": "申请人留言", "en": "Message from the applicant"}
            if applicant
            else {"zh": "备注", "en": "Note"},
            by=by,
            at=at,
            data={"note": note.pk},
        )
    return note


def rate(
    *, case: Case, score: int, reasons: Sequence[str] = (), comment: str = "", by: Actor, at: dt.datetime
) -> Rating:
    """Rate a closed case: 1 very satisfied … 5 very dissatisfied (GB/T 39046-2020); 4 and 5 are followed up.

    :raises ActionRefused: if the case is not over, was rated already, or a bad review gives no reason
    """
    if score not in Rating.Score.values:
        raise ActionRefused(_("请从列出的选项中选择。"), {"score": _("请选择满意程度。")}, code="score")
    bad = score >= BAD_FROM
    if bad and not comment.strip() and not list(reasons):
        text = _("请选择或者写明不满意的原因，便于改进和回访。")
        raise ActionRefused(text, {"comment": text}, code="comment")
    with transaction.atomic():
        locked = lock(case, by, RATE.code)
        if not ratable(locked):
            raise ActionRefused(_("办结以后才能评价。"), code="not_closed")
        if Rating.objects.filter(case=locked).exists():
            raise ActionRefused(_("这个办件已经评价过了，谢谢。"), code="rated")
        rating = Rating.objects.create(
            case=locked,
            score=score,
            reasons=[str(each)[:60] for each in reasons][:10],
            comment=comment.strip()[:LONGEST],
            is_bad=bad,
            rated_at=at,
            rated_by=by.account,
        )
        record_event(
            case=locked,
            act="rate",
            title={"zh": "申请人评价", "en": "Rated by the applicant"},
            by=by,
            at=at,
            data={"score": score, "bad": bad},
            visible=True,
        )
    return rating


def answer_rating(*, rating: Rating, answer: str, by: Actor, at: dt.datetime) -> Rating:
    """Write down what came of following up a bad review.

    :raises ActionRefused: if nothing is written
    """
    if not answer.strip():
        text = _("请写明回访情况。")
        raise ActionRefused(text, {"answer": text}, code="answer")
    with transaction.atomic():
        case = lock(rating.case, by, ANSWER_RATING.code)
        rating.answer, rating.answered_at, rating.answered_by = answer.strip()[:LONGEST], at, by.name
        rating.save(update_fields=["answer", "answered_at", "answered_by"])
        record_event(
            case=case,
            act="answer_rating",
            title={"zh": "差评回访", "en": "Bad review followed up"},
            by=by,
            at=at,
            note=rating.answer,
        )
    return rating


def record_event(
    *,
    case: Case,
    act: str,
    title: Mapping[str, str],
    by: Actor,
    at: dt.datetime,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    visible: bool = False,
    step: str = "",
) -> CaseEvent:
    """Append an event that changes no state (an urging, a supervision order, a note) to a case and its audit chain.

    Call it inside a transaction that holds the case's lock (:func:`lock_case`); the caller has checked the permission.
    """
    case.event_seq += 1
    case.save(update_fields=["event_seq"])
    event = CaseEvent(
        case=case,
        seq=case.event_seq,
        act=act,
        kind=act,
        step=step,
        title=dict(title),
        at=at,
        effective_on=local_date(at),
        account=by.account,
        actor_key=by.key,
        actor_name=by.name,
        unit=by.unit,
        from_status=case.status,
        to_status=case.status,
        note=note,
        data=dict(data or {}),
        definition_version=case.definition.version,
        visible_to_applicant=visible,
    )
    event.save(force_insert=True)
    append(stream=f"case:{case.number}", kind=f"case.{act}", actor=by.key, at=at, data=audit_data(event, case))
    return event


def lock_case(*, case: Case, by: Actor, permission: str) -> Case:
    """Return a case locked until the transaction ends, for another slice that writes beside it.

    :raises NotAllowedError: if the actor may not do this with the case
    """
    return lock(case, by, permission)
