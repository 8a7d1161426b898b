"""Finds what is wrong with a process before it is published: each mistake with its place and its remedy, pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tongban.engines.cases.rules.compiled import ActionDef, Compiled, LimitRef, SpecialDef, StepDef
from tongban.engines.cases.rules.legal import of_expiry, of_regime
from tongban.engines.cases.rules.limits import above, longest
from tongban.engines.cases.rules.mistakes import Mistake, Place
from tongban.engines.cases.rules.regimes import regime_of
from tongban.engines.cases.rules.vocabulary import ENDS_CASE, NEEDS_TARGET, Kind, Phase


@dataclass(frozen=True, slots=True)
class Known:
    """The names a process may refer to; None means they cannot be checked now."""

    checks: frozenset[str]
    effects: frozenset[str]
    documents: frozenset[str] | None = None
    messages: frozenset[str] | None = None


def verify(compiled: Compiled, known: Known) -> list[Mistake]:
    """Return every mistake of a process."""
    found = [*_targets(compiled)]
    if not found:
        found.extend(_reachable(compiled))
        found.extend(_dead_ends(compiled))
        found.extend(_backwards(compiled))
    found.extend(_phases(compiled))
    found.extend(_specials(compiled))
    found.extend(_names(compiled, known))
    found.extend(_limits(compiled))
    found.extend(of_regime(compiled))
    found.extend(of_expiry(compiled))
    return found


def _each(compiled: Compiled) -> Iterator[tuple[Place, StepDef, ActionDef]]:
    for code, step in compiled.steps.items():
        for name, action in step.actions.items():
            yield ("steps", code, "actions", name), step, action


def _targets(compiled: Compiled) -> Iterator[Mistake]:
    if compiled.start not in compiled.steps:
        yield Mistake(
            ("start",),
            f"没有环节 {compiled.start}，请改为已声明的环节",
            f"no step {compiled.start}; name a declared step",
        )
    for place, _step, action in _each(compiled):
        if action.to and action.to not in compiled.steps:
            yield Mistake(
                (*place, "to"),
                f"没有环节 {action.to}，请改为已声明的环节",
                f"no step {action.to}; name a declared step",
            )
        if not action.to and action.kind in NEEDS_TARGET:
            yield Mistake(place, "要写下一个环节 to", "say which step follows: to")
        if action.to and action.kind in ENDS_CASE:
            yield Mistake((*place, "to"), "这个操作结束办件，不能再写 to", "this ends the case; remove to")
    yield from _references(compiled)


def _references(compiled: Compiled) -> Iterator[Mistake]:
    for code, step in compiled.steps.items():
        yield from _starts(compiled, code, step)
        yield from _people(compiled, ("steps", code, "separate_from"), step.separate_from)
    for place, _step, action in _each(compiled):
        yield from (
            _no_special((*place, "requires"), name) for name in action.requires if name not in compiled.specials
        )
        yield from _people(compiled, (*place, "separate_from"), action.separate_from)
    for code, special in compiled.specials.items():
        missing = [host for host in special.hosts if host not in compiled.steps]
        yield from (_no_step(("specials", code, "hosts"), host) for host in missing)


def _starts(compiled: Compiled, code: str, step: StepDef) -> Iterator[Mistake]:
    for name in step.starts:
        if name not in compiled.specials:
            yield _no_special(("steps", code, "starts"), name)
        elif code not in compiled.specials[name].hosts:
            yield Mistake(
                ("steps", code, "starts"),
                f"特别程序 {name} 的 hosts 里没有本环节，请补上",
                f"add this step to the hosts of {name}",
            )


def _people(compiled: Compiled, place: Place, steps: tuple[str, ...]) -> Iterator[Mistake]:
    known = {*compiled.steps, *compiled.specials}
    yield from (_no_step(place, other) for other in steps if other not in known)


def _no_special(place: Place, name: str) -> Mistake:
    return Mistake(
        place, f"没有特别程序 {name}，请先在 specials 里声明", f"no special procedure {name}; declare it under specials"
    )


def _no_step(place: Place, name: str) -> Mistake:
    return Mistake(place, f"没有环节 {name}，请改为已声明的环节", f"no step {name}; name a declared step")


def _reachable(compiled: Compiled) -> Iterator[Mistake]:
    seen: set[str] = set()
    ahead = [compiled.start]
    while ahead:
        code = ahead.pop()
        if code in seen:
            continue
        seen.add(code)
        ahead.extend(action.to for action in compiled.targets(compiled.steps[code]))
    for code in compiled.steps:
        if code not in seen:
            yield Mistake(
                ("steps", code),
                "从第一个环节走不到这里，请补上通向它的操作，或者删去",
                "cannot be reached from the first step; add an action that leads here, or remove it",
            )


def _ends(action: ActionDef) -> bool:
    early = {Kind.REFUSE_ACCEPTANCE, Kind.TERMINATE, Kind.RETURN_APPLICATION}
    return action.kind in (ENDS_CASE - early) or (action.kind is Kind.DELIVER and not action.to)


def _dead_ends(compiled: Compiled) -> Iterator[Mistake]:
    good = {code for code, step in compiled.steps.items() if any(_ends(action) for action in step.actions.values())}
    changed = True
    while changed:
        changed = False
        for code, step in compiled.steps.items():
            if code not in good and any(
                action.to in good for action in compiled.targets(step) if action.kind is not Kind.RETURN_BACK
            ):
                good.add(code)
                changed = True
    for code in compiled.steps:
        if code not in good:
            yield Mistake(
                ("steps", code),
                "从这里走不到办结，请补上通向送达或办结的操作",
                "the case cannot end from here; add an action that leads to delivery or closing",
            )


def _backwards(compiled: Compiled) -> Iterator[Mistake]:
    for place, step, action in _each(compiled):
        if not action.to:
            continue
        target = compiled.steps[action.to]
        if action.kind is Kind.RETURN_BACK and target.phase is not step.phase:
            yield Mistake(
                (*place, "to"),
                "只能退回到同一阶段的环节：受理、决定之后不能退到它们之前",
                "can only go back within the phase: what was accepted or decided stays so",
            )
        if action.kind in (Kind.GRANT, Kind.REFUSE) and target.phase is not Phase.DELIVERY:
            yield Mistake(
                (*place, "to"),
                "决定之后应当进入 phase: delivery 的环节",
                "a decision leads to a step of phase delivery",
            )
        if action.kind is Kind.ACCEPT and target.phase is not Phase.HANDLING:
            yield Mistake(
                (*place, "to"),
                "受理之后应当进入 phase: handling 的环节",
                "acceptance leads to a step of phase handling",
            )


def _phases(compiled: Compiled) -> Iterator[Mistake]:
    regime = regime_of(compiled.regime)
    for place, step, action in _each(compiled):
        allowed = regime.allowed_in(action.kind)
        if allowed is not None and step.phase not in allowed:
            phases = "、".join(sorted(allowed))
            yield Mistake(
                place,
                f"操作 {action.kind.value} 只能用在 phase 为 {phases} 的环节",
                f"{action.kind.value} belongs to a step of phase {phases}",
            )
        if action.kind is Kind.REQUEST_CORRECTION and compiled.correction is None:
            yield Mistake(
                place,
                "有补正告知就要写 correction 一节",
                "declare the section correction when corrections may be asked",
            )
    has_accept = any(action.kind is Kind.ACCEPT for _p, _s, action in _each(compiled))
    if not has_accept and not compiled.instant and regime.begins == "acceptance":
        yield Mistake(
            ("steps",),
            "没有受理操作（accept）；即办件请写 instant: true",
            "no action accepts; write instant: true if done at once",
        )


def _specials(compiled: Compiled) -> Iterator[Mistake]:
    for code, special in compiled.specials.items():
        place: Place = ("specials", code)
        if special.stops_clock:
            yield from _stopping(compiled, place, special)
        if special.kind == "survey" and special.min_people < 2:
            yield Mistake(
                (*place, "min_people"),
                "现场核查应当由两名以上工作人员进行（行政许可法第三十四条），请写 min_people: 2",
                "a survey takes two officers or more (Art. 34); write min_people: 2",
            )


def _stopping(compiled: Compiled, place: Place, special: SpecialDef) -> Iterator[Mistake]:
    regime = regime_of(compiled.regime)
    if not special.basis:
        yield Mistake(
            (*place, "stops_clock"),
            "停止计时必须写明法律依据 basis",
            "stopping the clock needs a legal basis: basis",
        )
    if special.kind not in regime.may_stop:
        zh, en = regime.excluded_by
        yield Mistake(
            (*place, "stops_clock"),
            f"{special.title['zh']}不在{zh}所列之内，时间应当计入，请删去 stops_clock",
            f"not among the procedures of {en}: its time counts; remove stops_clock",
        )
    for code, step in compiled.steps.items():
        if special.code in step.starts:
            yield Mistake(
                ("steps", code, "starts"),
                f"{special.title['zh']}会停止计时，必须由人启动并出具书面告知，不能随环节自动开始",
                "it stops the clock, so a person must start it with a written notice; remove it from starts",
            )
    if not special.start.notices:
        yield Mistake(
            (*place, "start", "notices"),
            "停止计时应当将所需时间书面告知申请人，请在 start.notices 里写告知文书",
            "the time needed must be told in writing: name the notice under start.notices",
        )


def _names(compiled: Compiled, known: Known) -> Iterator[Mistake]:
    places: list[tuple[Place, ActionDef]] = [(place, action) for place, _step, action in _each(compiled)]
    for code, special in compiled.specials.items():
        places.append((("specials", code, "start"), special.start))
        places.append((("specials", code, "finish"), special.finish))
    if compiled.extension is not None:
        places.append((("extension",), compiled.extension.approve))
    for place, action in places:
        yield from _unknown((*place, "checks"), action.checks, known.checks, "检查", "check")
        yield from _unknown((*place, "effects"), action.effects, known.effects, "效果", "effect")
        documents = tuple(notice.template for notice in action.notices)
        yield from _unknown((*place, "notices"), documents, known.documents, "文书模板", "document template")
        yield from _unknown((*place, "messages"), action.messages, known.messages, "消息模板", "message template")
    for name, event in compiled.events.items():
        yield from _unknown(("events", name, "effects"), event.effects, known.effects, "效果", "effect")
        documents = tuple(notice.template for notice in event.notices)
        yield from _unknown(("events", name, "notices"), documents, known.documents, "文书模板", "document template")
        yield from _unknown(
            ("events", name, "messages"), event.messages, known.messages, "消息模板", "message template"
        )


def _unknown(place: Place, names: tuple[str, ...], known: frozenset[str] | None, zh: str, en: str) -> Iterator[Mistake]:
    for name in names:
        if known is not None and name not in known:
            yield Mistake(
                place,
                f"没有登记名为 {name} 的{zh}，请检查拼写或先登记",
                f"no {en} is named {name}; check the spelling or register it",
            )


def _limits(compiled: Compiled) -> Iterator[Mistake]:
    upper = above(compiled)
    lower = frozenset(compiled.steps) - upper
    for phase, name, without in (
        (Phase.HANDLING, "statutory", lower if upper else frozenset()),
        (Phase.HANDLING, "review", upper),
        (Phase.DELIVERY, "delivery", frozenset()),
    ):
        clock = compiled.clocks.get(name)
        if clock is None or clock.limit.figure is None:
            continue
        yield from _sum(compiled, phase, clock.limit, without)


def _sum(compiled: Compiled, phase: Phase, whole: LimitRef, without: frozenset[str]) -> Iterator[Mistake]:
    def figure(limit: LimitRef) -> int:
        return (limit.figure or 0) if limit.unit == whole.unit else 0

    total, way = longest(compiled, phase, figure, without=without)
    if whole.figure is not None and total > whole.figure:
        path = " → ".join(compiled.title_of(code)["zh"] for code in way)
        english = " → ".join(compiled.title_of(code)["en"] for code in way)
        yield Mistake(
            ("steps", way[0], "limit"),
            f"各环节时限之和 {total} 超过期限 {whole.figure}（{path}），请减少其中的时限",
            f"the limits add up to {total}, more than {whole.figure} ({english}); shorten some of them",
        )
