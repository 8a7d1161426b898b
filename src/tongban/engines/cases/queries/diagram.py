"""The process of a case as a live drawing, and the same in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tongban.engines.cases import wording
from tongban.engines.cases.loading import Loaded, compiled_definition
from tongban.engines.cases.models import Case, ProcessDefinition, Task
from tongban.engines.cases.queries.inbox import light_text
from tongban.engines.cases.queries.loading import fresh
from tongban.engines.cases.rules.compiled import Compiled, LimitRef
from tongban.engines.cases.rules.layout import SUBMIT, Layout, arrange
from tongban.engines.cases.rules.limits import limit_of
from tongban.engines.cases.rules.svg import Node, draw
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Calendar, Limit, Unit
from tongban.foundation.clock.wording import limit_text
from tongban.foundation.packs.localized import localized


@dataclass(frozen=True, slots=True)
class DiagramStep:
    """One box in words. ``css`` says how it stands: done (in time), late (done too late), cur, near, over or todo."""

    code: str
    title: str
    text: str
    css: str
    special: bool


@dataclass(frozen=True, slots=True)
class Diagram:
    """The drawing (safe markup), the same from top to bottom for phones, and its steps in words."""

    svg: SafeString
    svg_vertical: SafeString
    steps: tuple[DiagramStep, ...]
    text: str


def diagram(case: Case, *, at: dt.datetime, loaded: Loaded | None = None, key: str = "flow") -> Diagram:
    """Return the live diagram of a case."""
    loaded = loaded or fresh(case)
    today = local_date(at)
    calendar = calendar_for(loaded.case.unit.region_code)
    used = {task.step for task in loaded.tasks if task.kind == Task.Kind.SPECIAL}
    layout = arrange(loaded.compiled, used)
    nodes = {code: _node(code, loaded, calendar, today) for code in layout.boxes}
    return _drawn(layout, nodes, key)


def diagram_of_definition(definition: ProcessDefinition, *, key: str = "flow") -> Diagram:
    """Return the diagram of a process before any case, with all its special procedures."""
    compiled = compiled_definition(definition)
    layout = arrange(compiled, set(compiled.specials))
    nodes = {code: Node(_title(compiled, code), _limit(_ref(compiled, code)), "todo") for code in layout.boxes}
    return _drawn(layout, nodes, key)


def _drawn(layout: Layout, nodes: Mapping[str, Node], key: str) -> Diagram:
    order = sorted(layout.boxes.values(), key=lambda box: (box.rank, box.lane))
    steps = tuple(
        DiagramStep(box.code, nodes[box.code].title, nodes[box.code].text, nodes[box.code].css, box.special)
        for box in order
    )
    text = sentence(steps)
    title = _("办理流程")
    across = draw(layout, nodes, title=title, text=text, key=key)
    down = draw(layout, nodes, title=title, text=text, key=f"{key}-v", vertical=True)
    return Diagram(mark_safe(across), mark_safe(down), steps, text)  # noqa: S308 - every text in it is escaped


def sentence(steps: Sequence[DiagramStep]) -> str:
    """Return the diagram in one sentence."""
    words = {
        "done": _("按时完成"),
        "late": _("超时完成"),
        "cur": _("进行中"),
        "near": _("进行中，临期"),
        "over": _("进行中，已超期"),
        "todo": _("未开始"),
    }
    pair, more = _("%(step)s：%(state)s"), _("%(step)s：%(state)s（%(text)s）")
    lines = [
        (more if step.css in ("late", "near", "over") else pair)
        % {"step": step.title, "state": words[step.css], "text": step.text.lstrip("!▲◆✓ ")}
        for step in steps
    ]
    return _("；").join(lines) + _("。")


def _title(compiled: Compiled, code: str) -> str:
    return _("提交") if code == SUBMIT else localized(compiled.title_of(code))


def _ref(compiled: Compiled, code: str) -> LimitRef | None:
    if code in compiled.steps:
        own = compiled.steps[code].limit
        if own is None and code == compiled.start and "acceptance" in compiled.clocks:
            return compiled.clocks["acceptance"].limit
        return own
    return limit_of(compiled, code)


def _limit(ref: LimitRef | None) -> str:
    if ref is None or ref.figure is None:
        return ""
    return _("限 %(limit)s") % {"limit": limit_text(Limit(ref.figure, Unit(ref.unit)))}


def _short(at: dt.datetime) -> str:
    day = local_date(at)
    return f"{day.month}-{day.day}"


def _node(code: str, loaded: Loaded, calendar: Calendar, today: dt.date) -> Node:
    title = _title(loaded.compiled, code)
    if code == SUBMIT:
        return Node(title, f"✓ {_short(loaded.case.submitted_at)}", "done")
    tasks = [task for task in loaded.tasks if task.step == code and task.outcome not in ("transferred", "void")]
    if not tasks:
        return Node(title, _limit(_ref(loaded.compiled, code)), "todo")
    last = tasks[-1]
    if last.state == Task.State.CLOSED and last.closed_at is not None:
        return _finished(title, last, last.closed_at, loaded)
    if last.state == Task.State.WAITING and loaded.case.status != Case.Status.CORRECTION and not _began(last, loaded):
        return Node(title, _limit(_ref(loaded.compiled, code)), "todo")
    lit = _lit(title, last, loaded, calendar, today)
    if lit is not None:
        return lit
    if last.state == Task.State.WAITING:
        return Node(title, f"▶ {_('等待')}", "cur")
    opened = local_date(last.opened_at)
    clock = next((each for each in loaded.clocks if each.task_id == last.pk), None)
    plain = clock is not None and clock.unit == Unit.CALENDAR_DAY
    day = max((today - opened).days if plain else calendar.working_days_between(opened, today), 1)
    return Node(title, "▶ " + _("进行中 第 %(day)s 天") % {"day": day}, "cur")


def _lit(title: str, task: Task, loaded: Loaded, calendar: Calendar, today: dt.date) -> Node | None:
    """Return a running step under its light: past its own date or the case's, or near it; None if neither.

    While the applicant puts something right, the time is the applicant's and no step is late.
    """
    due, own = task.due_on, task.step_due_on
    if due is None or loaded.case.status == Case.Status.CORRECTION:
        return None
    if due < today:
        days = max(calendar.working_days_between(due, today), 1)
        text = wording.late(days) if own is not None and own < today else _("超 %(days)s 天") % {"days": days}
        return Node(title, f"◆ {text}", "over")
    if task.warn_on is not None and task.warn_on <= today:
        return Node(title, f"▲ {light_text('amber', due, own, calendar, today)}", "near")
    return None


def _began(task: Task, loaded: Loaded) -> bool:
    return any(clock.task_id == task.pk for clock in loaded.clocks)


def _finished(title: str, task: Task, closed_at: dt.datetime, loaded: Loaded) -> Node:
    if task.late_days:
        return Node(title, f"! {_short(closed_at)} {wording.late(task.late_days)}", "late")
    special = next((each for each in loaded.specials if each.task_id == task.pk), None)
    if special is not None and special.stops_clock:
        span = f"{_short(special.started_at)}–{_short(closed_at)}"
        return Node(title, "✓ " + _("停计 %(span)s") % {"span": span}, "done")
    return Node(title, f"✓ {_short(closed_at)}", "done")
