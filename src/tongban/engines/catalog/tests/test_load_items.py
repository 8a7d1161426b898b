from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tongban.engines.catalog.actions import refresh_processes
from tongban.engines.catalog.codes import known_codes
from tongban.engines.catalog.models import (
    FormDownload,
    Implementation,
    ItemRevision,
    Material,
    ServiceProcess,
    StandardItem,
)
from tongban.engines.catalog.queries import process_on
from tongban.engines.catalog.tests.material import item, load, text
from tongban.foundation.packs.errors import PackError


def test_one_file_becomes_the_item_of_every_unit_of_the_line_and_level(pack: Path) -> None:
    load(pack, item())
    assert sorted(Implementation.objects.values_list("unit__region__code", flat=True)) == ["420102", "420103", "420502"]
    assert Implementation.objects.get(unit__region__code="420102").code == "11420102MB1A2B3C4D4420131020001"
    assert Implementation.objects.get(unit__region__code="420103").code == "420103-4-420131020001"


def test_a_second_load_changes_nothing(pack: Path) -> None:
    load(pack, item())
    before = list(Implementation.objects.order_by("pk").values())
    outcome = load(pack, item())
    assert (outcome.created, outcome.changed) == (0, 0)
    assert list(Implementation.objects.order_by("pk").values()) == before
    assert ItemRevision.objects.count() == 1


def test_a_changed_file_becomes_the_next_version_and_the_old_one_is_kept(pack: Path) -> None:
    load(pack, item())
    keys = set(Implementation.objects.values_list("pk", flat=True))
    load(pack, item(promised={"figure": 5, "unit": "working_day"}))
    assert set(Implementation.objects.values_list("pk", flat=True)) == keys
    assert set(Implementation.objects.values_list("promised_figure", "version")) == {(5, 2)}
    newest, oldest = ItemRevision.objects.order_by("-version")
    assert (newest.version, newest.changed) == (2, ["promised"])
    assert oldest.content["promised"]["figure"] == 10


def test_groups_and_units_may_differ_and_later_groups_win(pack: Path) -> None:
    load(
        pack,
        item(
            implementations=[
                {"line": "market_supervision", "levels": ["city", "county"]},
                {
                    "line": "market_supervision",
                    "levels": ["city"],
                    "name": text("食品经营许可（市级）", "City"),
                    "promised": {"figure": 8, "unit": "working_day"},
                    "overrides": {"420500-market_supervision": {"elements": {"booking": True}}},
                },
            ]
        ),
    )
    county = Implementation.objects.get(unit__region__code="420102")
    wuhan = Implementation.objects.get(unit__region__code="420100")
    yichang = Implementation.objects.get(unit__region__code="420500")
    assert (county.promised_figure, wuhan.promised_figure, yichang.promised_figure) == (10, 8, 8)
    assert (wuhan.title, wuhan.elements["booking"], yichang.elements["booking"]) == (
        "食品经营许可（市级）",
        False,
        True,
    )


def test_a_unit_that_no_longer_carries_the_item_out_is_cancelled(pack: Path) -> None:
    load(pack, item())
    load(
        pack,
        item(
            implementations=[
                {"line": "market_supervision", "levels": ["county"], "except_units": ["420502-market_supervision"]}
            ]
        ),
    )
    assert Implementation.objects.get(unit__region__code="420502").status == "cancelled"


def test_every_mistake_is_reported_with_its_line_and_nothing_is_written(pack: Path) -> None:
    broken = item(
        promised={"figure": 30, "unit": "working_day"},
        themes=["nowhere"],
        implementations=[
            {"line": "market_supervision", "levels": ["county"]},
            {"line": "fisheries", "levels": ["city"]},
        ],
    )
    with pytest.raises(PackError) as refused:
        load(pack, broken)
    places = {problem.place: problem for problem in refused.value.problems}
    assert {"promised", "themes.0", "implementations.1.line"} <= set(places)
    assert all(problem.line > 0 and problem.file == "items/0.yaml" for problem in refused.value.problems)
    assert not StandardItem.objects.exists()


def test_a_contradiction_of_one_unit_is_reported_at_its_override(pack: Path) -> None:
    broken = item(
        implementations=[
            {
                "line": "market_supervision",
                "levels": ["county"],
                "overrides": {"420102-market_supervision": {"elements": {"visits": 1}}},
            }
        ]
    )
    with pytest.raises(PackError) as refused:
        load(pack, broken)
    assert {problem.place for problem in refused.value.problems} == {
        "implementations.0.overrides.420102-market_supervision.elements.visits",
        "elements.online_depth",
    }


def test_a_misspelt_element_is_refused(pack: Path) -> None:
    with pytest.raises(PackError, match="visit_count"):
        load(
            pack,
            item(
                implementations=[{"line": "market_supervision", "levels": ["county"], "elements": {"visit_count": 1}}]
            ),
        )


def test_a_condition_on_an_unknown_scenario_is_refused(pack: Path) -> None:
    broken = item()
    broken["materials"][2]["when"] = {"size": ["big"]}
    with pytest.raises(PackError, match="size"):
        load(pack, broken)


def test_unknown_forms_processes_and_license_types_are_refused(pack: Path) -> None:
    known = {
        "process": frozenset({"other"}),
        "form": frozenset({"food_business"}),
        "license_type": frozenset({"food_business"}),
    }
    with pytest.raises(PackError) as refused:
        load(pack, item(), known=known)
    assert {problem.place for problem in refused.value.problems} == {"processes.0.process", "materials.1.reuse.0"}


def test_process_versions_may_not_overlap(pack: Path) -> None:
    with pytest.raises(PackError, match="时间重叠"):
        load(
            pack,
            item(
                processes=[
                    {"process": "a", "form": "f", "effective_from": dt.date(2024, 1, 1)},
                    {"process": "b", "form": "f", "effective_from": dt.date(2025, 1, 1)},
                ]
            ),
        )


def test_the_process_of_a_day_is_the_one_in_force_then(pack: Path) -> None:
    load(
        pack,
        item(
            processes=[
                {
                    "process": "old",
                    "form": "f",
                    "effective_from": dt.date(2024, 1, 1),
                    "effective_to": dt.date(2026, 12, 31),
                },
                {"process": "new", "form": "f", "effective_from": dt.date(2027, 1, 1)},
            ]
        ),
    )
    row = Implementation.objects.first()
    assert row is not None
    assert row.process_code == "old"
    found = process_on(row, dt.date(2027, 1, 1))
    assert found is not None
    assert found.process_code == "new"
    assert refresh_processes(on=dt.date(2027, 1, 1)) == 3
    assert refresh_processes(on=dt.date(2027, 1, 1)) == 0
    row.refresh_from_db()
    assert row.process_code == "new"


def test_a_missing_form_file_is_named_and_a_present_one_is_kept_with_its_count(pack: Path) -> None:
    with_file = item()
    with_file["materials"][2]["blank"] = "layout.pdf"
    with pytest.raises(PackError, match="layout.pdf"):
        load(pack, with_file)
    files = pack / "items" / "files"
    files.mkdir(parents=True)
    (files / "layout.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    load(pack, with_file)
    download = FormDownload.objects.get(material_code="layout")
    FormDownload.objects.update(downloads=7)
    with_file["sort"] = 11
    load(pack, with_file)
    kept = FormDownload.objects.get(material_code="layout")
    assert (kept.pk, kept.downloads, kept.file_id) == (download.pk, 7, download.file_id)
    assert FormDownload.objects.filter(material_code="application", file=None).exists()


def test_parts_follow_the_file(pack: Path) -> None:
    load(pack, item())
    load(pack, item(materials=[item()["materials"][0]], scenarios=[]))
    assert list(Material.objects.values_list("code", flat=True)) == ["application"]
    assert ServiceProcess.objects.count() == 1


def test_the_slices_above_and_below_tell_which_codes_exist(db: None) -> None:
    assert set(known_codes()) == {"process", "form", "license_type"}
