"""What goes out with an act: documents with their numbers, and messages, filled with the facts of the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import override

from tongban.engines.cases import registers, wording
from tongban.engines.cases.actions.numbering import secret_of
from tongban.engines.cases.loading import Loaded
from tongban.engines.cases.models import Case, CaseDocument, CaseEvent, CaseMaterial
from tongban.engines.cases.registers import ActContext
from tongban.engines.cases.rules.compiled import NoticeDef
from tongban.foundation.clock.now import local_date
from tongban.foundation.documents.actions import issue
from tongban.foundation.documents.queries import current_template
from tongban.foundation.messaging.actions import Recipient, queue
from tongban.foundation.messaging.queries import current_template as message_template
from tongban.foundation.packs.localized import localized

FACTS = frozenset(
    {
        "accepted_on", "applicant", "basis", "case_number", "competent_unit", "conclusion", "conditions", "date",
        "days", "decided_on", "delivery", "due_on", "expected_days", "ground", "handler", "held_on", "item", "items",
        "link", "materials", "opinion", "phone", "place", "promised_due", "query_code", "reason", "received_on",
        "remedies", "special", "stage", "status", "statutory_due", "unit", "unit_address", "unit_phone", "valid_from",
        "valid_to",
    }
)  # fmt: skip
"""Values that notices and messages may use; a template that needs another one is refused when a process is published."""

_LISTS = {"items", "materials"}


def known_facts() -> frozenset[str]:
    """Return every value that may be used, those of the affairs included."""
    return FACTS.union(*(keys for keys, _source in registers.fact_sources().values()))


def facts(loaded: Loaded, context: ActContext, *, language: str) -> dict[str, Any]:
    """Return the built-in facts of a case at an act, in one language; empty text for what does not apply."""
    case, data = loaded.case, context.data
    with override(language):
        action = loaded.compiled
        task = context.task
        special = action.specials.get(task.step if task else "") or action.specials.get(
            context.action.removeprefix("start_")
        )
        title = localized(case.implementation.name) if case.implementation else case.title
        live = [clock for clock in loaded.clocks if clock.ended_on is None]
        correction = next((clock for clock in live if clock.kind == "correction"), None)
        conclusion = str(data.get("conclusion", ""))
        return {
            "accepted_on": _day(case.accepted_at),
            "applicant": case.applicant_name,
            "basis": data.get("basis", special.basis if special else ""),
            "case_number": case.number,
            "competent_unit": data.get("competent_unit", ""),
            "conclusion": wording.outcome(conclusion, action, task.step if task else "") if conclusion else "",
            "conditions": data.get("conditions", ""),
            "date": local_date(context.at).isoformat(),
            "days": str(data.get("days", "") or _extension_days(loaded)),
            "decided_on": _day(case.decided_at),
            "delivery": wording.choice(str(data.get("delivery", ""))) if data.get("delivery") else "",
            "due_on": _date(correction.due_on if correction else case.promised_due_on or case.statutory_due_on),
            "expected_days": str(data.get("expected_days", "")),
            "ground": wording.choice(str(data.get("ground", ""))) if data.get("ground") else "",
            "handler": context.by.name if context.by.account else "",
            "held_on": data.get("held_on", ""),
            "item": title,
            "items": [each["text"] for each in data.get("items", ())],
            "link": f"{base_url()}/progress/",
            "opinion": data.get("opinion", ""),
            "phone": case.unit.phone,
            "place": data.get("place", ""),
            "promised_due": _date(case.promised_due_on),
            "query_code": secret_of(case),
            "reason": data.get("reason", "") or _extension_reason(loaded),
            "received_on": _day(case.submitted_at),
            "remedies": data.get("remedies", ""),
            "special": localized(special.title) if special else "",
            "stage": localized(action.title_of(task.step)) if task else "",
            "status": str(Case.Status(case.status).label),
            "statutory_due": _date(case.statutory_due_on),
            "unit": case.unit.name,
            "unit_address": case.unit.address,
            "unit_phone": case.unit.phone,
            "valid_from": data.get("valid_from", ""),
            "valid_to": data.get("valid_to", ""),
        }


def _extension_days(loaded: Loaded) -> str:
    return str(loaded.extensions[-1].figure) if loaded.extensions else ""


def _extension_reason(loaded: Loaded) -> str:
    return loaded.extensions[-1].reason if loaded.extensions else ""


def _day(at: dt.datetime | None) -> str:
    return local_date(at).isoformat() if at else ""


def _date(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def base_url() -> str:
    """Return the public address of the site."""
    options = settings.OPTIONS
    return str(options.base_url or f"http://127.0.0.1:{options.port}").rstrip("/")


def _select(names: list[str], held: Mapping[str, Any], context: ActContext) -> dict[str, Any]:
    chosen = {name: held[name] for name in names if name in held}
    missing = set(names) - set(chosen)
    if "materials" in missing:
        rows = CaseMaterial.objects.filter(case=context.case, current=True).order_by("pk")
        chosen["materials"] = list(rows.values_list("name", flat=True))
        missing.discard("materials")
    for keys, source in registers.fact_sources().values():
        if missing & keys:
            found = source(context)
            chosen.update({name: found[name] for name in missing & keys if name in found})
    chosen.update({name: context.extra[name] for name in set(names) & set(context.extra)})
    return chosen


def send_out(loaded: Loaded, context: ActContext) -> None:
    """Issue the documents and queue the messages of an act, in its transaction."""
    change, event = context.change, context.event
    if event is None:
        return
    for order, notice in enumerate(change.notices):
        issue_notice(loaded, context, notice, event, order)
    if change.messages:
        _send(loaded, context, event)


def issue_notice(
    loaded: Loaded, context: ActContext, notice: NoticeDef, event: CaseEvent, order: int = 0
) -> CaseDocument:
    """Issue one document of an act and keep it with the case."""
    case = loaded.case
    template = current_template(notice.template)
    fields = dict(template.spec["fields"])
    held = _select(list(fields), facts(loaded, context, language="zh-hans"), context)
    data = {name: value for name, value in held.items() if value not in ("", []) or not fields[name].endswith("?")}
    document = issue(
        template=notice.template,
        data=data,
        number=document_number(case, notice, event, order),
        about=f"case:{case.number}",
        unit=case.unit,
        sign=notice.sign,
        at=context.at,
    )
    return CaseDocument.objects.create(
        case=case,
        kind=notice.template,
        title=localized(template.title, language="zh-hans"),
        document=document,
        visible_to_applicant=notice.visible,
        event_seq=event.seq,
        issued_at=context.at,
    )


def document_number(case: Case, notice: NoticeDef, event: CaseEvent, order: int) -> str:
    """Return the number of a document: the unit's short name, the kind's character, the year, the case's serial."""
    name = case.unit.short_name or case.unit.name
    suffix = f"-{event.seq}" if event.seq > 1 else ""
    tail = f"{suffix}.{order + 1}" if order else suffix
    return f"{name}许{notice.word}〔{local_date(event.at).year}〕{case.number[8:12]}{case.number[12:]}{tail}号"


def _send(loaded: Loaded, context: ActContext, event: CaseEvent) -> None:
    case = loaded.case
    form = getattr(case, "form", None)
    if form is None:
        return
    language = form.language or "zh-hans"
    to = Recipient(phone=form.phone, email=form.email, account_id=case.applicant_id, language=language)
    held = facts(loaded, context, language=language)
    held["unit"] = case.unit.name
    for name in context.change.messages:
        params = next(iter(message_template(name).values())).params
        chosen = _select(list(params), held, context)
        texts = {key: "、".join(value) if isinstance(value, list) else str(value) for key, value in chosen.items()}
        queue(
            template=name,
            to=to,
            params=texts,
            about=f"case:{case.number}",
            key=f"{case.number}:{event.seq}:{name}",
            at=context.at,
        )
