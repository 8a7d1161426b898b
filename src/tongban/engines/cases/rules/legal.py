"""What a process must and may not declare under the law it belongs to, and what its limits may do when they run out."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.engines.cases.rules.compiled import ActionDef, Compiled, ExpiryDef, StepDef
from tongban.engines.cases.rules.mistakes import Mistake, Place
from tongban.engines.cases.rules.regimes import Regime, regime_of
from tongban.engines.cases.rules.vocabulary import APPROVERS, REPLIES, Kind, Phase

BY_LAW = frozenset({"opinion", "reason", "conclusion", "ground", "basis", "note"})
"""What the law can say without a person: everything else an action needs keeps it from being automatic."""

REGIME_NAMES = {
    "licensing": ("行政许可", "licensing"),
    "information": ("政府信息公开申请", "information requests"),
    "registration": ("市场主体登记", "registration"),
}


def of_regime(compiled: Compiled) -> Iterator[Mistake]:
    """Return what does not fit the law the process belongs to."""
    regime = regime_of(compiled.regime)
    yield from _clocks(compiled, regime)
    yield from _kinds(compiled, regime)
    yield from _extension(compiled)


def _clocks(compiled: Compiled, regime: Regime) -> Iterator[Mistake]:
    for kind, effect in regime.clocks.items():
        clock = compiled.clocks.get(kind)
        if clock is None:
            yield Mistake(
                ("clocks",), f"要声明{_CLOCKS[kind][0]} {kind}", f"declare the clock {kind}: {_CLOCKS[kind][1]}"
            )
        elif clock.on_expiry != effect:
            yield Mistake(
                ("clocks", kind),
                f"{_CLOCKS[kind][2]}，请写 on_expiry: {effect}",
                f"{_CLOCKS[kind][3]}; write on_expiry: {effect}",
            )
    for kind, clock in compiled.clocks.items():
        if kind in ("acceptance", "notice") and kind not in regime.clocks:
            yield Mistake(
                ("clocks", kind),
                f"{REGIME_NAMES[regime.code][0]}程序没有这个时限，请删去",
                f"there is no such limit in {REGIME_NAMES[regime.code][1]}; remove it",
            )
        for name, step in (("starts", clock.starts), ("until", clock.until)):
            if step and step not in compiled.steps:
                yield Mistake(
                    ("clocks", kind, name),
                    f"没有环节 {step}，请改为已声明的环节",
                    f"no step {step}; name a declared step",
                )
    review = compiled.clocks.get("review")
    if review is not None and not review.until:
        yield Mistake(
            ("clocks", "review"),
            "下级初审时限要写明到哪个环节为止：until",
            "say with which step the review by the lower level ends: until",
        )


_CLOCKS = {
    "acceptance": (
        "受理时限",
        "Art. 32 of the Administrative Licensing Law",
        "逾期不告知的自收到材料之日起即为受理",
        "without a timely notice the application is accepted from receipt",
    ),
    "notice": (
        "补正告知时限",
        "Art. 30 of the Regulations on Open Government Information",
        "告知补正的期间届满以后不能再要求补正",
        "after the time for a notice no correction can be asked for",
    ),
}


def _kinds(compiled: Compiled, regime: Regime) -> Iterator[Mistake]:
    for code, step in compiled.steps.items():
        for name, action in step.actions.items():
            if action.kind in regime.barred:
                yield Mistake(
                    ("steps", code, "actions", name),
                    f"{REGIME_NAMES[regime.code][0]}程序没有 {action.kind.value} 这种操作，请删去",
                    f"{action.kind.value} has no place in {REGIME_NAMES[regime.code][1]}; remove it",
                )
    asks = [code for step in compiled.steps.values() for code in step.asks]
    known = [*compiled.steps, *compiled.specials]
    for code in asks:
        if code in known or asks.count(code) > 1:
            yield Mistake(("steps",), f"代码 {code} 重复使用，请改名", f"the code {code} is used twice; rename one")


def _extension(compiled: Compiled) -> Iterator[Mistake]:
    extension = compiled.extension
    if extension is None:
        return
    if extension.limit.figure is None:
        yield Mistake(
            ("extension", "limit"),
            "所引规则没有延长的规定，请写明数字和出处",
            "the rule allows no extension; give figure and source",
        )
    named = APPROVERS.get(extension.level)
    if named is None:
        yield Mistake(
            ("extension", "level"),
            f"要写明法律规定由谁批准延期 level：{'、'.join(sorted(APPROVERS))}",
            f"say whom the law names as approver, level: {', '.join(sorted(APPROVERS))}",
        )
    elif (extension.approver, extension.unit) != named:
        role, unit = named
        yield Mistake(
            ("extension", "approver"),
            f"法律规定的批准人是 {extension.level}，请写 approver: {role}，unit: {unit}",
            f"the law names {extension.level}; write approver: {role}, unit: {unit}",
        )


def of_expiry(compiled: Compiled) -> Iterator[Mistake]:
    """Return what the law could not do by itself when a limit runs out."""
    for code, step in compiled.steps.items():
        if step.on_expiry is not None:
            yield from _of_step(("steps", code, "on_expiry"), compiled, step, step.on_expiry)
        yield from _never(("steps", code), step)
        for name, ask in step.asks.items():
            if ask.on_expiry is not None:
                yield from _conclusion(("steps", code, "asks", name, "on_expiry"), ask.on_expiry, REPLIES)
    for code, special in compiled.specials.items():
        if special.on_expiry is not None:
            place: Place = ("specials", code, "on_expiry")
            yield from _conclusion(place, special.on_expiry, tuple(special.conclusions))
            yield from _sayable(place, special.finish)


def _never(place: Place, step: StepDef) -> Iterator[Mistake]:
    """Return the actions left to the law that no limit's end brings about."""
    for name, action in step.actions.items():
        if action.by_law and (step.on_expiry is None or step.on_expiry.do != name):
            yield Mistake(
                (*place, "actions", name, "by_law"),
                "只由期限届满产生的操作，要写进本环节的 on_expiry",
                "what only the end of a limit brings about must be named in on_expiry of the step",
            )


def _of_step(place: Place, compiled: Compiled, step: StepDef, said: ExpiryDef) -> Iterator[Mistake]:
    action = step.actions.get(said.do)
    if action is None:
        yield Mistake((*place, "do"), "请写本环节声明的操作", "name an action declared at this step")
        return
    if step.limit is None:
        yield Mistake(place, "没有时限就没有届满，请写 limit", "without a limit nothing runs out; declare limit")
    if action.kind in (Kind.TRANSFER, Kind.CO_HANDLE, Kind.REQUEST_EXTENSION) or step.phase is Phase.ACCEPTANCE:
        yield Mistake((*place, "do"), "这个操作不能由期限届满产生", "the end of a limit cannot do this")
    missing = [name for name in action.all_needs if name not in BY_LAW or (name not in said.data and name != "opinion")]
    if missing:
        listed = "、".join(missing)
        yield Mistake((*place, "data"), f"请写明 {listed}", f"give {', '.join(missing)} under data")


def _conclusion(place: Place, said: ExpiryDef, known: tuple[str, ...]) -> Iterator[Mistake]:
    if said.data.get("conclusion") not in known:
        listed = "、".join(known)
        yield Mistake((*place, "conclusion"), f"结论应为 {listed} 之一", f"the conclusion must be one of {listed}")


def _sayable(place: Place, finish: ActionDef) -> Iterator[Mistake]:
    if finish.checks:
        yield Mistake(place, "有检查的操作不能由期限届满产生", "an action with checks cannot follow from a limit's end")
