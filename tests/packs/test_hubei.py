"""The demonstration province: its files fit together, before any database sees them."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tongban.engines.catalog.schema import Item
from tongban.engines.licenses.schema import LicenseTypeSpec
from tongban.foundation.forms.rules import FormSpec, clean, example_answers, flatten, mistakes
from tongban.foundation.packs.reading import parse, read_yaml

ROOT = Path(__file__).resolve().parents[2] / "packs" / "hubei"
TODAY = dt.date(2026, 11, 21)
HAN = re.compile(r"[\u4e00-\u9fff]")

ITEMS = sorted(ROOT.glob("items/*.yaml"))
FORMS = sorted(ROOT.glob("forms/*.yaml"))


def rows() -> list[dict[str, str]]:
    with (ROOT / "regions.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def item(path: Path) -> Item:
    return parse(Item, read_yaml(path, root=ROOT))


def form(path: Path) -> FormSpec:
    return parse(FormSpec, read_yaml(path, root=ROOT))


def form_of(standard: Item) -> FormSpec:
    return form(ROOT / "forms" / f"{standard.processes[-1].form}.yaml")


def texts(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(node, dict):
        if set(node) == {"zh", "en"}:
            yield place, node
        else:
            for key, value in node.items():
                yield from texts(value, f"{place}.{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from texts(value, f"{place}.{number}")


def test_the_province_has_its_divisions_of_four_levels() -> None:
    assert Counter(row["level"] for row in rows()) == {"2": 1, "3": 17, "4": 99, "5": 1260}


def test_every_division_hangs_under_a_known_one_of_a_higher_level() -> None:
    level = {row["code"]: int(row["level"]) for row in rows()}
    assert len(level) == len(rows())
    for row in rows():
        assert row["code"] == "420000" or level[row["parent"]] < int(row["level"]), row


def test_towns_of_the_four_divisions_under_the_province_hang_directly_under_them() -> None:
    below = {row["parent"] for row in rows() if row["level"] == "5"}
    assert {"429004", "429005", "429006", "429021"} <= below


@pytest.mark.parametrize("path", ITEMS, ids=lambda path: path.stem)
def test_the_form_asks_each_question_on_which_materials_depend(path: Path) -> None:
    standard = item(path)
    fields = {field.id: field for _page, field in form_of(standard).top_fields()}
    for scenario in standard.scenarios:
        field: Any = fields.get(scenario.code)
        assert field is not None, f"{path.name}: no form field {scenario.code}"
        assert [option.value for option in field.options] == [choice.code for choice in scenario.choices]


LICENSED = [path for path in ITEMS if item(path).result.license_type]


def test_every_item_ends_in_a_license_but_those_that_answer_or_cancel() -> None:
    assert {path.stem for path in set(ITEMS) - set(LICENSED)} == {"information_request", "simplified_deregistration"}


@pytest.mark.parametrize("path", LICENSED, ids=lambda path: path.stem)
def test_the_face_of_the_license_is_filled_from_the_answers(path: Path) -> None:
    standard = item(path)
    spec = form_of(standard)
    file = ROOT / "license_types" / f"{standard.result.license_type}.yaml"
    license_type = parse(LicenseTypeSpec, read_yaml(file, root=ROOT))
    answered = flatten(spec, clean(spec, example_answers(spec, today=TODAY), today=TODAY).values)
    asked = {field.id for _page, field in spec.top_fields()}
    for shown in license_type.fields:
        assert shown.name in asked
        assert shown.optional or shown.name in answered, f"{path.name}: {shown.name} may stay empty, make it optional"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_the_example_answers_of_a_form_pass_its_own_checks_in_every_case(path: Path) -> None:
    spec = form(path)
    assert mistakes(spec) == []
    known = {row["code"] for row in rows()}
    answers = example_answers(spec, today=TODAY)
    for change in ({}, *variants(spec)):
        cleaned = clean(spec, answers | change, today=TODAY, region_known=lambda code, _within: code in known)
        assert cleaned.ok, (change, [(error.path, str(error.message)) for error in cleaned.errors])


def variants(spec: FormSpec) -> Iterator[dict[str, Any]]:
    for _page, field in spec.top_fields():
        if field.type == "choice":
            yield from ({field.id: option.value} for option in field.options)
        elif field.type == "boolean" and not field.must:
            yield from ({field.id: answer} for answer in (True, False))


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_text_is_chinese_in_chinese_and_english_in_english(path: Path) -> None:
    for place, text in texts(read_yaml(path, root=ROOT).data):
        assert not HAN.search(text["en"]), (place, text)
        assert HAN.search(text["zh"]) or text["zh"] == text["en"] or len(text["zh"]) <= 3, (place, text)


def test_a_figure_nobody_read_in_the_law_says_so_to_the_reader() -> None:
    for path in ITEMS:
        limit = item(path).statutory
        if limit is not None and limit.mark == "K":
            assert limit.note is not None, path.name
            assert "未经核实" in limit.note.zh, path.name
