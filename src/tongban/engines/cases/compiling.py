"""Turns a process as written into the form the engine runs on, with the built-in words filled in."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from tongban.engines.cases.rules.compiled import (
    ActionDef,
    AskDef,
    ClockDef,
    Compiled,
    CorrectionDef,
    EventDef,
    ExpiryDef,
    ExtensionDef,
    LimitRef,
    NoticeDef,
    SpecialDef,
    StepDef,
    Text,
)
from tongban.engines.cases.rules.regimes import regime_of
from tongban.engines.cases.rules.vocabulary import Kind
from tongban.engines.cases.schema import (
    ActionSpec,
    AskSpec,
    EventSpec,
    ExpirySpec,
    ExtensionSpec,
    LimitSpec,
    NoticeSpec,
    ProcessSpec,
    SpecialSpec,
    StepSpec,
)
from tongban.foundation.clock.models import LimitRule
from tongban.foundation.packs.localized import LocalizedText

RuleOf = Callable[[str, dt.date], LimitRule]

TITLES: dict[Kind, tuple[str, str]] = {
    Kind.ACCEPT: ("予以受理", "Accept"),
    Kind.REFUSE_ACCEPTANCE: ("不予受理", "Do not accept"),
    Kind.REQUEST_CORRECTION: ("一次性告知补正", "Ask for corrections (once)"),
    Kind.COMPLETE: ("完成本环节", "Complete this step"),
    Kind.RETURN_BACK: ("退回", "Send back"),
    Kind.TRANSFER: ("转办", "Transfer"),
    Kind.CO_HANDLE: ("发起会商", "Consult other units"),
    Kind.REQUEST_EXTENSION: ("申请延期", "Ask for more time"),
    Kind.GRANT: ("准予许可", "Grant"),
    Kind.REFUSE: ("不予许可", "Refuse"),
    Kind.ISSUE: ("制发证照", "Issue the license"),
    Kind.DELIVER: ("送达", "Deliver"),
    Kind.CLOSE: ("办结归档", "Close and file"),
    Kind.TERMINATE: ("终止办理", "End the handling"),
    Kind.RETURN_APPLICATION: ("退回并一次告知", "Return with everything that is missing"),
    Kind.APPROVE_EXTENSION: ("批准延期", "Approve more time"),
    Kind.REJECT_EXTENSION: ("不批准延期", "Refuse more time"),
}


EVENTS: dict[Kind, tuple[str, str]] = {
    Kind.ACCEPT: ("受理", "Accepted"),
    Kind.REFUSE_ACCEPTANCE: ("不予受理", "Not accepted"),
    Kind.REQUEST_CORRECTION: ("一次性告知补正", "Corrections asked for"),
    Kind.RETURN_BACK: ("退回", "Sent back"),
    Kind.TRANSFER: ("转办", "Transferred"),
    Kind.CO_HANDLE: ("发起会商", "Consultation opened"),
    Kind.REQUEST_EXTENSION: ("申请延期", "More time asked for"),
    Kind.GRANT: ("准予许可", "Granted"),
    Kind.REFUSE: ("不予许可", "Refused"),
    Kind.ISSUE: ("制发证照", "License issued"),
    Kind.DELIVER: ("送达", "Delivered"),
    Kind.CLOSE: ("办结归档", "Closed and filed"),
    Kind.TERMINATE: ("终止办理", "Handling ended"),
    Kind.RETURN_APPLICATION: ("退回并一次告知", "Returned with everything that is missing"),
    Kind.APPROVE_EXTENSION: ("批准延期", "More time approved"),
    Kind.REJECT_EXTENSION: ("未批准延期", "More time not approved"),
}


def compile_process(spec: ProcessSpec, *, rule_of: RuleOf) -> Compiled:
    """Return the compiled form; figures of rules are those in force on the day the process takes effect.

    :raises tongban.foundation.clock.queries.RuleMissingError: if a named rule is not in force then
    """
    on = spec.effective_from
    clocks = {
        kind: ClockDef(
            limit=_limit(clock.limit, rule_of, on),
            on_expiry=clock.on_expiry or "",
            starts=clock.starts or "",
            until=clock.until or "",
        )
        for kind in ("acceptance", "notice", "review", "statutory", "promised", "delivery")
        if (clock := getattr(spec.clocks, kind)) is not None
    }
    return Compiled(
        code=spec.code,
        version=spec.version,
        title=_text(spec.title),
        regime=spec.regime,
        start=spec.start,
        instant=spec.instant,
        steps={code: _step(code, step, spec, rule_of) for code, step in spec.steps.items()},
        specials={code: _special(code, special, spec, rule_of) for code, special in spec.specials.items()},
        clocks=clocks,
        extension=_extension(spec.extension, rule_of, on) if spec.extension else None,
        correction=None
        if spec.correction is None
        else CorrectionDef(
            max_days=spec.correction.max_days,
            default_days=spec.correction.default_days,
            abandon_in=tuple(spec.correction.abandon_in),
            basis=spec.correction.basis.zh,
        ),
        events={kind: _event(event) for kind, event in spec.events.items()},
    )


def source_of(rule: LimitRule) -> Text:
    """Return the law and article of a rule in both languages."""
    source: Mapping[str, Any] = rule.source or {}
    article = source.get("article") or {}
    title = source.get("title") or source.get("law") or rule.rule_id

    def one(value: Any, language: str) -> str:
        return str(value.get(language) or value.get("zh") or "") if isinstance(value, Mapping) else str(value or "")

    return {
        "zh": f"《{one(title, 'zh').strip('《》')}》{one(article, 'zh')}",
        "en": f"{one(title, 'en').strip('《》')} {one(article, 'en')}".strip(),
    }


def _text(text: LocalizedText) -> Text:
    return {"zh": text.zh, "en": text.en}


def _limit(spec: LimitSpec, rule_of: RuleOf, on: dt.date, *, extension: bool = False) -> LimitRef:
    figure, unit, source = spec.figure, spec.unit.value if spec.unit else "", spec.source
    words = _text(source) if source else None
    if spec.rule is not None:
        rule = rule_of(spec.rule, on)
        found = rule.extra if extension else rule.limit
        if found is not None and figure is None:
            figure, unit = found.figure, found.unit.value
        words = words or source_of(rule)
    return LimitRef(figure=figure, unit=unit, rule=spec.rule or "", item=spec.item or "", source=words)


def _notice(spec: NoticeSpec) -> NoticeDef:
    return NoticeDef(template=spec.template, word=spec.word, sign=spec.sign, visible=spec.visible)


def _event(spec: EventSpec) -> EventDef:
    return EventDef(
        notices=tuple(map(_notice, spec.notices)), messages=tuple(spec.messages), effects=tuple(spec.effects)
    )


def _action(code: str, spec: ActionSpec, *, kind: Kind | None = None, **given: Any) -> ActionDef:
    chosen = kind or spec.kind or Kind(code)
    zh, en = TITLES.get(chosen, (code, code))
    values: dict[str, Any] = {
        "code": code,
        "kind": chosen,
        "title": _text(spec.title) if spec.title else {"zh": zh, "en": en},
        "event": _text(spec.event) if spec.event else _event_title(chosen),
        "style": spec.style,
        "to": spec.to or "",
        "needs": tuple(spec.needs),
        "offers": tuple(spec.offers),
        "choices": {name: {key: _text(text) for key, text in each.items()} for name, each in spec.choices.items()},
        "requires": tuple(spec.requires),
        "checks": tuple(spec.checks),
        "effects": tuple(spec.effects),
        "notices": tuple(map(_notice, spec.notices)),
        "messages": tuple(spec.messages),
        "role": spec.role.value if spec.role else "",
        "separate_from": tuple(spec.separate_from),
        "outcome": spec.outcome or "",
        "visible": spec.visible,
        "by_law": spec.by_law,
    }
    return ActionDef(**{**values, **given})


def _event_title(kind: Kind) -> Text | None:
    words = EVENTS.get(kind)
    return None if words is None else {"zh": words[0], "en": words[1]}


def _step(code: str, spec: StepSpec, whole: ProcessSpec, rule_of: RuleOf) -> StepDef:
    actions = {name: _step_action(name, action, spec) for name, action in spec.actions.items()}
    if whole.extension is not None and code in whole.extension.steps:
        request = _action("request_extension", ActionSpec(visible=False), kind=Kind.REQUEST_EXTENSION)
        actions.setdefault("request_extension", request)
    return StepDef(
        code=code,
        title=_text(spec.title),
        role=spec.role.value,
        phase=spec.phase,
        limit=_limit(spec.limit, rule_of, whole.effective_from) if spec.limit else None,
        starts=tuple(spec.starts),
        separate_from=tuple(spec.separate_from),
        unit=spec.unit,
        asks={name: _ask(name, ask, rule_of, whole.effective_from) for name, ask in spec.asks.items()},
        on_expiry=_expiry(spec.on_expiry),
        actions=actions,
        visible=spec.visible,
    )


def _ask(code: str, spec: AskSpec, rule_of: RuleOf, on: dt.date) -> AskDef:
    return AskDef(
        code=code,
        title=_text(spec.title),
        line=spec.line,
        role=spec.role.value,
        limit=_limit(spec.limit, rule_of, on),
        question=spec.question.zh if spec.question else "",
        on_expiry=_expiry(spec.on_expiry),
    )


def _expiry(spec: ExpirySpec | None) -> ExpiryDef | None:
    if spec is None:
        return None
    said = {"conclusion": spec.conclusion} if spec.conclusion else {}
    return ExpiryDef(do=spec.do or "", data={**said, **spec.data}, basis=spec.basis.zh)


def _step_action(name: str, action: ActionSpec, step: StepSpec) -> ActionDef:
    made = _action(name, action)
    if made.event is not None:
        return made
    return made.model_copy(update={"event": {"zh": f"{step.title.zh}完成", "en": f"{step.title.en} finished"}})


def _special(code: str, spec: SpecialSpec, whole: ProcessSpec, rule_of: RuleOf) -> SpecialDef:
    title = _text(spec.title)
    told = ("expected_days",) if spec.stops_clock and regime_of(whole.regime).told_in_advance else ()
    people = ("members",) if spec.min_people else ()
    start = _action(
        f"start_{code}",
        spec.start,
        kind=Kind.START_SPECIAL,
        special=code,
        needs=(*told, *spec.start.needs),
    )
    finish = _action(
        f"finish_{code}",
        spec.finish,
        kind=Kind.FINISH_SPECIAL,
        special=code,
        style="primary",
        needs=(*people, *spec.finish.needs),
        choices={"conclusion": {key: _text(text) for key, text in spec.conclusions.items()}},
    )
    if spec.start.title is None:
        start = start.model_copy(update={"title": {"zh": f"启动{title['zh']}", "en": f"Start: {title['en']}"}})
    if spec.finish.title is None:
        finish = finish.model_copy(update={"title": {"zh": f"完成{title['zh']}", "en": f"Finish: {title['en']}"}})
    if spec.start.event is None:
        start = start.model_copy(update={"event": {"zh": f"{title['zh']}开始", "en": f"{title['en']} started"}})
    if spec.finish.event is None:
        finish = finish.model_copy(update={"event": {"zh": f"{title['zh']}完成", "en": f"{title['en']} finished"}})
    return SpecialDef(
        code=code,
        kind=spec.kind,
        title=title,
        role=spec.role.value,
        hosts=tuple(spec.hosts),
        limit=_limit(spec.limit, rule_of, whole.effective_from),
        stops_clock=spec.stops_clock,
        basis=spec.basis.zh if spec.basis else "",
        min_people=spec.min_people,
        conclusions={key: _text(text) for key, text in spec.conclusions.items()},
        on_expiry=_expiry(spec.on_expiry),
        start=start,
        finish=finish,
    )


def _extension(spec: ExtensionSpec, rule_of: RuleOf, on: dt.date) -> ExtensionDef:
    approve = ActionSpec(style="primary", notices=spec.notices, messages=spec.messages)
    return ExtensionDef(
        limit=_limit(spec.limit, rule_of, on, extension=True),
        approver=spec.approver.value,
        unit=spec.unit,
        level=spec.level or _approver(spec.limit, rule_of, on),
        times=spec.times,
        request=_action("request_extension", ActionSpec(visible=False), kind=Kind.REQUEST_EXTENSION),
        approve=_action("approve_extension", approve, kind=Kind.APPROVE_EXTENSION),
        reject=_action("reject_extension", ActionSpec(visible=False), kind=Kind.REJECT_EXTENSION),
    )


def _approver(spec: LimitSpec, rule_of: RuleOf, on: dt.date) -> str:
    """Return whom the rule of law names as approver of more time."""
    extension = rule_of(spec.rule, on).extension if spec.rule is not None else None
    return str(extension.get("approver", "")) if extension else ""


def fingerprint(source: Any) -> str:
    """Return the SHA-256 of a process as its author wrote it, whatever the order of keys."""
    plain = json.dumps(source, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(plain.encode()).hexdigest()
