"""A process as BPMN 2.0 with its drawing, for those who exchange or show processes elsewhere; never read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from tongban.engines.cases.loading import compiled_definition
from tongban.engines.cases.models import ProcessDefinition
from tongban.engines.cases.rules.compiled import ActionDef, Compiled, StepDef
from tongban.engines.cases.rules.layout import SUBMIT, arrange
from tongban.engines.cases.rules.vocabulary import ENDS_CASE, Kind
from tongban.foundation.clock.rules import Unit
from tongban.foundation.organizations.roles import Role
from tongban.foundation.packs.localized import localized

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
for _prefix, _uri in (("bpmn", BPMN), ("bpmndi", BPMNDI), ("dc", DC), ("di", DI), ("xsi", XSI)):
    ET.register_namespace(_prefix, _uri)

WIDTH, HEIGHT, GATE, EVENT = 120, 64, 44, 36
COLUMN, ROW, MARGIN = 240, 130, 80
_PERIODS = {Unit.CALENDAR_DAY: "D", Unit.MONTH: "M", Unit.YEAR: "Y"}


@dataclass(frozen=True, slots=True)
class _Shape:
    """A place on the drawing."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> tuple[float, float]:
        return self.x, self.y + self.height / 2

    @property
    def right(self) -> tuple[float, float]:
        return self.x + self.width, self.y + self.height / 2


@dataclass(slots=True)
class _Sheet:
    """The nodes and flows of a process while it is written."""

    process: ET.Element
    shapes: dict[str, _Shape] = field(default_factory=dict)
    flows: list[tuple[str, str, str, str]] = field(default_factory=list)
    nodes: dict[str, ET.Element] = field(default_factory=dict)

    def node(self, kind: str, key: str, name: str, shape: _Shape) -> ET.Element:
        element = ET.SubElement(self.process, f"{{{BPMN}}}{kind}", {"id": key, "name": name})
        self.nodes[key], self.shapes[key] = element, shape
        return element

    def flow(self, source: str, target: str, name: str = "") -> None:
        for index, (key, start, end, known) in enumerate(self.flows):
            if (start, end) == (source, target):
                self.flows[index] = (key, start, end, " / ".join(dict.fromkeys(filter(None, (known, name)))))
                return
        self.flows.append((f"Flow_{len(self.flows) + 1}", source, target, name))


def bpmn(definition: ProcessDefinition) -> str:
    """Return a published process as BPMN 2.0 XML with coordinates (in the language of the present request)."""
    return bpmn_of(compiled_definition(definition), exported_on=definition.effective_from)


def bpmn_of(compiled: Compiled, *, exported_on: dt.date | None = None) -> str:
    """Return a compiled process as BPMN 2.0 XML.

    Steps and special procedures are user tasks with their role and limit in the documentation; where a step has
    several outcomes an exclusive gateway follows; the deemed acceptance is a timer on the boundary.
    """
    key = compiled.code.replace("-", "_")
    root = ET.Element(
        f"{{{BPMN}}}definitions",
        {"id": f"Definitions_{key}", "targetNamespace": "urn:tongban:process", "exporter": "Tongban"},
    )
    process = ET.SubElement(
        root,
        f"{{{BPMN}}}process",
        {"id": f"Process_{key}_v{compiled.version}", "name": localized(compiled.title), "isExecutable": "false"},
    )
    if exported_on is not None:
        _document(process, f"{compiled.code} v{compiled.version}, {exported_on.isoformat()}")
    sheet = _Sheet(process)
    _nodes(sheet, compiled)
    _flows(sheet, compiled)
    _link(sheet)
    _draw(root, sheet, str(process.get("id")))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")


def _document(element: ET.Element, text: str) -> None:
    note = ET.Element(f"{{{BPMN}}}documentation")
    note.text = text
    element.insert(0, note)


def _task_text(role: str, limit: str, basis: str = "") -> str:
    name = str(Role(role).label) if role in Role.values else role
    return "; ".join(part for part in (name, limit, basis) if part)


def _nodes(sheet: _Sheet, compiled: Compiled) -> None:
    layout = arrange(compiled, set(compiled.specials))
    top = layout.lanes[0]

    def place(rank: int, lane: float) -> tuple[float, float]:
        return MARGIN + rank * COLUMN, MARGIN + (lane - top) * ROW

    x, y = place(0, 0)
    start = _Shape(x + WIDTH - EVENT, y + (HEIGHT - EVENT) / 2, EVENT, EVENT)
    sheet.node("startEvent", "Start", localized({"zh": "提交申请", "en": "Application"}), start)
    for code, box in layout.boxes.items():
        if code == SUBMIT:
            continue
        x, y = place(box.rank, box.lane)
        shape = _Shape(x, y, WIDTH, HEIGHT)
        task = sheet.node("userTask", f"Task_{code}", localized(compiled.title_of(code)), shape)
        if code in compiled.steps:
            step = compiled.steps[code]
            _document(task, _task_text(step.role, _limit(step.limit)))
            asks = any(action.kind is Kind.REQUEST_CORRECTION for action in step.actions.values())
            if len(_ways(step)) + len(_optional(compiled, code)) + asks > 1:
                gate = _Shape(x + WIDTH + 30, y + (HEIGHT - GATE) / 2, GATE, GATE)
                sheet.node("exclusiveGateway", f"Gate_{code}", "", gate)
        elif code in compiled.asks:
            ask = compiled.asks[code]
            _document(task, _task_text(ask.role, _limit(ask.limit), ask.on_expiry.basis if ask.on_expiry else ""))
        else:
            special = compiled.specials[code]
            _document(task, _task_text(special.role, _limit(special.limit), special.basis))
    _joins(sheet, compiled)
    _timer(sheet, compiled)


def _limit(ref: object) -> str:
    figure, unit = getattr(ref, "figure", None), getattr(ref, "unit", "")
    rule = getattr(ref, "rule", "")
    text = f"{figure} {unit}" if figure is not None else ""
    return f"{text} ({rule})".strip() if rule else text


def _ways(step: StepDef) -> list[ActionDef]:
    return [
        action
        for action in step.actions.values()
        if action.to or action.kind in ENDS_CASE or action.kind is Kind.DELIVER
    ]


def _optional(compiled: Compiled, host: str) -> list[str]:
    """Return the special procedures that may be started from a step, beyond those it begins with."""
    begins = compiled.steps[host].begins
    return [code for code, special in compiled.specials.items() if host in special.hosts and code not in begins]


def _joins(sheet: _Sheet, compiled: Compiled) -> None:
    for code, step in compiled.steps.items():
        if len(step.begins) > 1:
            shape = sheet.shapes[f"Task_{code}"]
            middle = shape.y + (HEIGHT - GATE) / 2
            sheet.node("parallelGateway", f"Fork_{code}", "", _Shape(shape.x - COLUMN - 52, middle, GATE, GATE))
            sheet.node("parallelGateway", f"Join_{code}", "", _Shape(shape.x - 52, middle, GATE, GATE))


def _timer(sheet: _Sheet, compiled: Compiled) -> None:
    clock = compiled.clocks.get("acceptance")
    if clock is None or clock.on_expiry != "deemed_accept" or clock.limit.figure is None:
        return
    host = sheet.shapes[f"Task_{compiled.start}"]
    shape = _Shape(host.x + 20, host.y + HEIGHT - EVENT / 2, EVENT, EVENT)
    title = localized({"zh": "逾期未告知，视为受理", "en": "No notice in time: deemed accepted"})
    event = sheet.node("boundaryEvent", "Deemed", title, shape)
    event.set("attachedToRef", f"Task_{compiled.start}")
    event.set("cancelActivity", "true")
    _document(event, f"{clock.limit.figure} {clock.limit.unit} ({clock.limit.rule})")
    timer = ET.SubElement(event, f"{{{BPMN}}}timerEventDefinition", {"id": "Deemed_timer"})
    letter = _PERIODS.get(Unit(clock.limit.unit), "D")
    duration = ET.SubElement(timer, f"{{{BPMN}}}timeDuration", {f"{{{XSI}}}type": "bpmn:tFormalExpression"})
    duration.text = f"P{clock.limit.figure}{letter}"


def _flows(sheet: _Sheet, compiled: Compiled) -> None:
    for target in _entries(compiled, compiled.start):
        sheet.flow("Start", target)
    for code, step in compiled.steps.items():
        if len(step.begins) > 1:
            for name in step.begins:
                sheet.flow(f"Fork_{code}", f"Task_{name}")
                sheet.flow(f"Task_{name}", f"Join_{code}")
            sheet.flow(f"Join_{code}", f"Task_{code}")
        elif step.begins:
            sheet.flow(f"Task_{step.begins[0]}", f"Task_{code}")
        _outcomes(sheet, compiled, code, step)
    gate = next(
        (action for action in compiled.steps[compiled.start].actions.values() if action.kind is Kind.ACCEPT), None
    )
    if "Deemed" in sheet.nodes:
        targets = _entries(compiled, gate.to) if gate else [f"Task_{compiled.start}"]
        for target in targets:
            sheet.flow("Deemed", target)


def _entries(compiled: Compiled, code: str) -> list[str]:
    """Return where one arrives who goes to a step: its first special procedure, a fork, or the step itself."""
    begins = compiled.steps[code].begins
    if len(begins) > 1:
        return [f"Fork_{code}"]
    return [f"Task_{begins[0]}" if begins else f"Task_{code}"]


def _outcomes(sheet: _Sheet, compiled: Compiled, code: str, step: StepDef) -> None:
    source = f"Task_{code}"
    if f"Gate_{code}" in sheet.nodes:
        sheet.flow(source, f"Gate_{code}")
        source = f"Gate_{code}"
    for action in _ways(step):
        name = localized(action.title)
        back = action.kind is Kind.RETURN_BACK
        targets = [f"Task_{action.to}"] if back else list(_targets(sheet, compiled, action))
        for target in targets:
            sheet.flow(source, target, name)
    asks = next((action for action in step.actions.values() if action.kind is Kind.REQUEST_CORRECTION), None)
    if asks is not None and compiled.correction is not None:
        shape = sheet.shapes[f"Task_{code}"]
        below = _Shape(shape.x, shape.y + 2 * ROW, WIDTH, HEIGHT)
        task = sheet.node("userTask", f"Task_correction_{code}", localized(compiled.title_of("correction")), below)
        _document(task, f"{compiled.correction.max_days} working_day; {compiled.correction.basis}")
        sheet.flow(source, f"Task_correction_{code}", localized(asks.title))
        sheet.flow(f"Task_correction_{code}", f"Task_{code}")
    for special in _optional(compiled, code):
        sheet.flow(source, f"Task_{special}", localized(compiled.specials[special].start.title))
        sheet.flow(f"Task_{special}", f"Task_{code}")


def _targets(sheet: _Sheet, compiled: Compiled, action: ActionDef) -> Iterator[str]:
    if action.to:
        yield from _entries(compiled, action.to)
        return
    key = f"End_{action.kind.value}"
    if key not in sheet.nodes:
        ends = sum(1 for node in sheet.nodes if node.startswith("End_"))
        right = max(shape.x for shape in sheet.shapes.values() if shape.width == WIDTH) + COLUMN
        top = min(shape.y for shape in sheet.shapes.values())
        sheet.node("endEvent", key, localized(action.title), _Shape(right, top + ends * (EVENT + 50), EVENT, EVENT))
    yield key


def _link(sheet: _Sheet) -> None:
    """Write the flows, and in each node what comes in and goes out (first in it, as the schema orders them)."""
    for key, element in sheet.nodes.items():
        place = 1 if element.find(f"{{{BPMN}}}documentation") is not None else 0
        for tag, end in (("incoming", 2), ("outgoing", 1)):
            for held in (each for each in sheet.flows if each[end] == key):
                child = ET.Element(f"{{{BPMN}}}{tag}")
                child.text = held[0]
                element.insert(place, child)
                place += 1
    for flow, source, target, name in sheet.flows:
        values = {"id": flow, "sourceRef": source, "targetRef": target}
        if name:
            values["name"] = name
        ET.SubElement(sheet.process, f"{{{BPMN}}}sequenceFlow", values)


def _draw(root: ET.Element, sheet: _Sheet, process: str) -> None:
    diagram = ET.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", {"id": "Diagram"})
    plane = ET.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", {"id": "Plane", "bpmnElement": process})
    for key, shape in sheet.shapes.items():
        held = ET.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", {"id": f"{key}_di", "bpmnElement": key})
        bounds = {"x": shape.x, "y": shape.y, "width": shape.width, "height": shape.height}
        ET.SubElement(held, f"{{{DC}}}Bounds", {name: f"{value:g}" for name, value in bounds.items()})
    for flow, source, target, _name in sheet.flows:
        edge = ET.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", {"id": f"{flow}_di", "bpmnElement": flow})
        for x, y in _waypoints(sheet.shapes[source], sheet.shapes[target]):
            ET.SubElement(edge, f"{{{DI}}}waypoint", {"x": f"{x:g}", "y": f"{y:g}"})


def _waypoints(source: _Shape, target: _Shape) -> list[tuple[float, float]]:
    """Return the corners of a line; one that goes back or passes a column by runs above or below the boxes."""
    start, end = source.right, target.left
    if end[0] > start[0] and end[0] - start[0] < COLUMN:
        middle = (start[0] + end[0]) / 2
        return [start, end] if start[1] == end[1] else [start, (middle, start[1]), (middle, end[1]), end]
    if end[0] > start[0]:
        low = max(source.y + source.height, target.y + target.height) + 50
        return [start, (start[0] + 12, start[1]), (start[0] + 12, low), (end[0] - 20, low), (end[0] - 20, end[1]), end]
    high = min(source.y, target.y) - 30
    return [start, (start[0] + 12, start[1]), (start[0] + 12, high), (end[0] - 12, high), (end[0] - 12, end[1]), end]
