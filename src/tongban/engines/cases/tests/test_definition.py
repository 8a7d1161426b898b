"""Definitions: what is wrong is said with its place, what is published never changes."""

from __future__ import annotations

import copy
import datetime as dt
from xml.etree import ElementTree as ET

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from tongban.engines.cases.actions import ActionRefused, migrate_cases, plan_migration
from tongban.engines.cases.actions.definitions import load_processes
from tongban.engines.cases.export import BPMN, BPMNDI, bpmn
from tongban.engines.cases.models import Case, CaseEvent, ProcessDefinition, Task
from tongban.engines.cases.queries import diagram, diagram_of_definition
from tongban.engines.cases.tests.factories import at, open_steps
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document, read_yaml
from tongban.foundation.packs.sections import Loading

ROOT = settings.PROJECT_ROOT / "packs" / "law"
CODES = [
    "information-request",
    "licensing-expert",
    "licensing-hearing",
    "licensing-instant",
    "licensing-joint",
    "licensing-publication",
    "licensing-review",
    "licensing-survey",
    "licensing-two-level",
    "registration",
    "simplified-deregistration",
]


def read(code="licensing-survey") -> Document:
    return read_yaml(ROOT / "processes" / f"{code}.yaml", root=ROOT)


def load(document: Document):
    return load_processes([document], Loading(ROOT, "law", at("2026-01-01")))


def changed(change, code="licensing-survey", version=2) -> Document:
    document = read(code)
    data = copy.deepcopy(document.data)
    data["version"] = version
    change(data)
    return Document(document.file, data, document.lines)


def refused(change, code="licensing-survey"):
    with pytest.raises(PackError) as wrong:
        load(changed(change, code))
    return wrong.value.problems


def test_all_standard_processes_are_published(world):
    assert sorted(ProcessDefinition.objects.values_list("code", flat=True)) == CODES


def test_loading_again_changes_nothing(world):
    outcome = load(read())
    assert (outcome.created, outcome.same) == (0, 1)


def test_a_published_version_cannot_be_changed(world):
    problems = refused(lambda data: data.update(version=1, title={"zh": "别的", "en": "Other"}))
    assert "2" in problems[0].text
    assert problems[0].line > 0


def test_a_new_version_is_added_and_running_cases_keep_theirs(world):
    item = world.item("licensing-survey")
    old = world.submit(item)
    load(changed(lambda data: data["steps"]["review"]["title"].update(zh="审核")))
    new = world.submit(item)
    assert (old.definition.version, new.definition.version) == (1, 2)
    old = world.do(old, "accept", "2026-03-03")
    assert "审查" in diagram(old, at=at("2026-03-03")).text


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (lambda d: d["steps"]["acceptance"]["actions"]["accept"].update(to="nowhere"), "to", "nowhere"),
        (lambda d: d["steps"]["review"]["actions"].pop("pass") and d["steps"]["review"]["actions"].pop("object"), "steps", "走不到"),
        (lambda d: d["steps"]["review"].update(starts=["party"]), "starts", "party"),
        (lambda d: d["specials"]["survey"].update(stops_clock=True), "stops_clock", "法律依据"),
        (lambda d: d["specials"]["survey"].update(min_people=1), "min_people", "两名"),
        (lambda d: d["specials"]["expert_review"]["start"].pop("notices"), "notices", "书面告知"),
        (lambda d: d["steps"]["review"]["limit"].update(figure=30), "limit", "超过期限 20"),
        (lambda d: d["steps"]["decision"]["actions"]["grant"].update(effects=["fly"]), "effects", "fly"),
        (lambda d: d["steps"]["decision"]["actions"]["grant"].update(messages=["poem"]), "messages", "poem"),
        (lambda d: d["steps"]["decision"]["actions"]["grant"].update(checks=["luck"]), "checks", "luck"),
        (lambda d: d["steps"]["decision"]["actions"]["return_back"].update(to="acceptance"), "to", "同一阶段"),
        (lambda d: d["steps"]["review"]["actions"].update(accept={"to": "decision"}), "accept", "phase"),
        (lambda d: d["clocks"]["acceptance"].pop("on_expiry"), "acceptance", "deemed_accept"),
        (lambda d: d["steps"]["decision"].update(separate_from=["cook"]), "separate_from", "cook"),
        (lambda d: d["clocks"]["acceptance"]["limit"].update(rule="LIC-99"), "", "LIC-99"),
        (lambda d: d["examples"][0].update(status="handling"), "status", "closed"),
        (lambda d: d["examples"][0]["due"].update(statutory=dt.date(2026, 3, 30)), "due", "2026-03-31"),
        (lambda d: d["examples"][0]["acts"].insert(1, {"day": dt.date(2026, 3, 4), "do": "grant"}), "acts", "grant"),
    ],
)  # fmt: skip
def test_each_mistake_names_its_place_and_its_remedy(world, change, place, words):
    problems = refused(change)
    text = "\n".join(map(str, problems))
    assert words in text
    assert any(place in problem.place for problem in problems)
    assert all(problem.file == "processes/licensing-survey.yaml" for problem in problems)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["steps"]["review"].update(role="king"), "role"),
        (lambda d: d["steps"]["review"]["actions"].update(dance={}), "dance"),
        (lambda d: d["steps"]["review"]["limit"].pop("source"), "出处"),
        (lambda d: d["steps"]["review"]["limit"].pop("unit"), "unit"),
        (lambda d: d["steps"]["review"]["actions"]["pass"].update(needs=["mood"]), "mood"),
        (lambda d: d["steps"]["review"]["actions"].update(withdraw={}), "自带"),
        (lambda d: d.update(colour="red"), "colour"),
        (lambda d: d["specials"]["survey"].update(kind="party"), "没有这种特别程序"),
    ],
)
def test_the_schema_is_closed(world, change, words):
    assert words in "\n".join(map(str, refused(change)))


def test_a_step_nobody_reaches_is_found(world):
    def orphan(data):
        data["steps"]["attic"] = copy.deepcopy(data["steps"]["decision"])

    assert any("走不到" in problem.text and "attic" in problem.place for problem in refused(orphan))


def test_the_source_kept_with_a_version_is_the_whole_process(world):
    row = ProcessDefinition.objects.get(code="licensing-survey")
    assert yaml.safe_load(row.source)["steps"]["review"]["role"] == "reviewer"


@pytest.mark.parametrize("code", CODES)
def test_the_bpmn_export_is_whole(world, code):
    root = ET.fromstring(bpmn(ProcessDefinition.objects.get(code=code)))  # noqa: S314 - our own
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    flows = list(root.iter(f"{{{BPMN}}}sequenceFlow"))
    assert flows
    assert all(flow.get("sourceRef") in ids and flow.get("targetRef") in ids for flow in flows)
    drawn = {shape.get("bpmnElement") for shape in root.iter(f"{{{BPMNDI}}}BPMNShape")}
    edges = {edge.get("bpmnElement") for edge in root.iter(f"{{{BPMNDI}}}BPMNEdge")}
    nodes = [
        element
        for element in root.iter()
        if element.tag.endswith(("Task", "Gateway", "startEvent", "endEvent", "boundaryEvent"))
    ]
    assert {node.get("id") for node in nodes} == drawn
    assert {flow.get("id") for flow in flows} == edges
    for node in nodes:
        ways = [child.tag.rpartition("}")[2] for child in node]
        assert ways == sorted(ways, key=["documentation", "incoming", "outgoing", "timerEventDefinition"].index)
        if not node.tag.endswith(("endEvent",)):
            assert "outgoing" in ways
    tasks = {node.get("name") for node in root.iter(f"{{{BPMN}}}userTask")}
    surveyed = {
        "licensing-expert",
        "licensing-hearing",
        "licensing-publication",
        "licensing-review",
        "licensing-survey",
    }
    assert ("现场核查" in tasks) == (code in surveyed)


def test_no_line_of_the_drawing_crosses_a_box(world):
    for row in ProcessDefinition.objects.all():
        drawn = diagram_of_definition(row)
        root = ET.fromstring(str(drawn.svg))  # noqa: S314 - our own
        boxes = [
            (float(r.get("x")), float(r.get("y")), float(r.get("width")), float(r.get("height")))
            for r in root.iter()
            if r.tag.endswith("rect")
        ]
        for path in (element for element in root.iter() if element.tag.endswith("path")):
            for (x1, y1), (x2, y2) in segments(path.get("d")):
                for x, y, wide, high in boxes:
                    inside_x = max(x1, x2) > x + 1 and min(x1, x2) < x + wide - 1
                    inside_y = max(y1, y2) > y + 1 and min(y1, y2) < y + high - 1
                    assert not (inside_x and inside_y), (row.code, path.get("d"))
        assert "style=" not in str(drawn.svg)


def segments(path: str):
    import re

    x = y = 0.0
    for letter, numbers in re.findall(r"([MHVhv])([-0-9. ]+)", path):
        values = [float(each) for each in numbers.split()]
        start = (x, y)
        if letter == "M":
            x, y = values
            continue
        x, y = {"H": (values[0], y), "V": (x, values[0]), "h": (x + values[0], y), "v": (x, y + values[0])}[letter]
        yield start, (x, y)


def test_running_cases_move_to_a_new_version_only_when_told_and_only_if_every_step_has_a_place(world, capsys):
    item = world.item("licensing-survey")
    case = world.do(world.do(world.submit(item), "accept", "2026-03-03"), "finish_survey", "2026-03-05")

    def rename(data):
        data["steps"]["examine"] = data["steps"].pop("review")
        text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        for old, new in (("to: review", "to: examine"), ("- review\n", "- examine\n")):
            text = text.replace(old, new)
        fresh = yaml.safe_load(text)
        data.clear()
        data.update(fresh)

    load(changed(rename))
    old, new = ProcessDefinition.objects.filter(code="licensing-survey").order_by("version")
    plan = plan_migration(source=old, target=new)
    assert plan.homeless == ("review",)
    with pytest.raises(ActionRefused):
        migrate_cases(plan=plan, by=system_actor("test"), at=at("2026-03-06"))
    call_command("migrate_cases", "licensing-survey", "1", "2", "--rename", "review=examine")
    assert "dry run" in capsys.readouterr().out
    assert Case.objects.get(pk=case.pk).definition == old
    due = case.statutory_due_on
    call_command("migrate_cases", "licensing-survey", "1", "2", "--rename", "review=examine", "--write")
    moved = Case.objects.get(pk=case.pk)
    assert (moved.definition, moved.open_steps, moved.statutory_due_on) == (new, "examine", due)
    assert CaseEvent.objects.filter(case=case, act="moved_to_version").exists()
    assert Task.objects.get(case=case, state="open").step == "examine"
    assert open_steps(world.do(moved, "pass", "2026-03-06")) == ["decision"]
