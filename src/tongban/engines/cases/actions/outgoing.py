"""What goes out with an act: documents with their numbers, and messages, filled with the facts of the case."""

from __future__ import annotations

from tongban.engines.cases.actions.facts import gather
from tongban.engines.cases.actions.places import speaking_for
from tongban.engines.cases.loading import Loaded
from tongban.engines.cases.models import Case, CaseDocument, CaseEvent
from tongban.engines.cases.registers import ActContext
from tongban.engines.cases.rules.compiled import NoticeDef
from tongban.foundation.clock.now import local_date
from tongban.foundation.documents.actions import issue
from tongban.foundation.documents.queries import current_template
from tongban.foundation.messaging.actions import Recipient, queue
from tongban.foundation.messaging.queries import current_template as message_template
from tongban.foundation.organizations.models import Unit
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.statements import write

ZH = "zh-hans"


def send_out(loaded: Loaded, context: ActContext) -> None:
    """Issue the documents and queue the messages of an act, in its transaction; PDFs are made when first needed."""
    event = context.event
    if event is None:
        return
    for order, notice in enumerate(context.change.notices):
        _issue(loaded, context, notice, event, order)
    if context.change.messages:
        _send(loaded, context, event)


def _issue(loaded: Loaded, context: ActContext, notice: NoticeDef, event: CaseEvent, order: int) -> None:
    case = loaded.case
    unit = speaking_for(case, loaded.compiled, context.task)
    template = current_template(notice.template)
    fields = dict(template.spec["fields"])
    held = gather(loaded, context, fields, language=ZH)
    data = {name: value for name, value in held.items() if value not in ("", []) or not fields[name].endswith("?")}
    document = issue(
        template=template,
        data=data,
        number=document_number(case, unit, notice, event, order),
        about=f"case:{case.number}",
        unit=unit,
        sign=notice.sign,
        at=context.at,
    )
    shown = CaseDocument(
        case=case,
        kind=notice.template,
        title=localized(template.title, language=ZH),
        document=document,
        visible_to_applicant=notice.visible,
        event_seq=event.seq,
        issued_at=context.at,
    )
    write([shown])


_SERIES = {"licensing": "许", "information": "公开", "registration": "登"}
"""The first character of a document's series, by the law it is issued under."""


def document_number(case: Case, unit: Unit, notice: NoticeDef, event: CaseEvent, order: int) -> str:
    """Return the number of a document: the unit's short name, the kind's character, the year, the case's own serial."""
    name = unit.short_name or unit.name
    suffix = f"-{event.seq}" if event.seq > 1 else ""
    tail = f"{suffix}.{order + 1}" if order else suffix
    return (
        f"{name}{_SERIES[case.definition.regime]}{notice.word}〔{local_date(event.at).year}〕{case.number[8:]}{tail}号"
    )


def _send(loaded: Loaded, context: ActContext, event: CaseEvent) -> None:
    case = loaded.case
    form = getattr(case, "form", None)
    if form is None or not (form.phone or form.email):
        return
    language = form.language or ZH
    to = Recipient(phone=form.phone, email=form.email, account_id=case.applicant_id, language=language)
    for name in context.change.messages:
        texts = message_template(name)
        params = next(iter(texts.values())).params
        held = gather(loaded, context, params, language=language)
        queue(
            template=texts,
            to=to,
            params={key: str(value) for key, value in held.items()},
            about=f"case:{case.number}",
            key=f"{case.number}:{event.seq}:{name}",
            at=context.at,
        )
