from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import translation

from tongban.engines.catalog.elements import ELEMENTS
from tongban.engines.catalog.models import FormDownload, Implementation
from tongban.engines.catalog.queries import (
    Guide,
    download,
    example_due,
    government_service,
    guide,
    materials_for,
    revisions,
)
from tongban.engines.catalog.tests.material import item, load, text

CODE = "11420102MB1A2B3C4D4420131020001"
FEE = {
    "name": text("工本费", "Fee"),
    "standard": text("10 元", "10 yuan"),
    "basis": text("某条例", "Regulation"),
    "mark": "K",
}


def shown(code: str = CODE) -> Guide:
    found = guide(code)
    assert found is not None
    return found


def test_a_guide_says_everything_in_the_language_of_the_reader(pack: Path) -> None:
    load(pack, item())
    chinese = shown()
    assert (chinese.title, chinese.unit, chinese.case_kind) == (
        "食品经营许可（新办）",
        "武汉市江岸区市场监督管理局",
        "承诺件",
    )
    assert chinese.promised is not None
    assert chinese.promised.text == "10 个工作日"
    with translation.override("en"):
        english = shown()
    assert english.title == "Food business license (new)"
    assert [material.name for material in english.materials] == ["Application", "Business license", "Layout"]


def test_how_well_a_figure_is_verified_is_said(pack: Path) -> None:
    load(pack, item())
    found = shown()
    assert found.statutory is not None
    assert (found.statutory.mark, found.statutory.mark_text) == ("V2", "转引自公开材料，未见条文全文")
    assert found.bases[0].mark_text == "已核对条文"


def test_the_implementation_list_shows_every_element_of_the_standard_and_the_exchange_tables(pack: Path) -> None:
    load(pack, item(fees=[FEE], elements={"charges": True, "online_payment": True}))
    assert len(ELEMENTS) >= 64
    rows = {row.key: row.value for row in shown().elements}
    assert rows.keys() == {element.key for element in ELEMENTS}
    assert rows["basic_code"] == "420131020001"
    assert rows["charges"] == "是"
    assert rows["fee_standard"] == "10 元"
    assert rows["material_copies"] == "营业执照：1"
    assert rows["effective_from"] == "2024-01-01"


def test_places_and_phones_come_from_the_unit_unless_the_item_says_otherwise(pack: Path) -> None:
    load(
        pack,
        item(
            implementations=[
                {
                    "line": "market_supervision",
                    "levels": ["county"],
                    "overrides": {
                        "420103-market_supervision": {"elements": {"place": text("江汉路 1 号"), "consultation": "1"}}
                    },
                }
            ]
        ),
    )
    assert (shown().place, shown().consultation) == ("江岸区政务服务中心", "027-12345678")
    other = shown("420103-4-420131020001")
    assert (other.place, other.consultation, other.scheme) == ("江汉路 1 号", "1", "local")


def test_a_cancelled_or_unknown_item_has_no_guide(pack: Path) -> None:
    load(pack, item())
    Implementation.objects.filter(code=CODE).update(status="cancelled")
    assert guide(CODE) is None
    assert guide("nothing") is None


def test_materials_follow_the_answers(pack: Path) -> None:
    load(pack, item())
    row = Implementation.objects.get(code=CODE)
    assert [m.code for m in materials_for(row)] == ["application", "business_license", "layout"]
    assert [m.code for m in materials_for(row, {"business_type": "sales"})] == ["application", "business_license"]
    assert "layout" in [m.code for m in materials_for(row, {"business_type": ["sales", "catering"]})]
    layout = shown().materials[2]
    assert (layout.when_text, layout.when) == ("餐饮服务", {"business_type": ("catering",)})


def test_materials_that_need_not_be_brought_are_counted(pack: Path) -> None:
    load(pack, item())
    assert shown().spared == 1


def test_the_example_counts_working_days_of_the_real_calendar(pack: Path, settings: object) -> None:
    from tongban.foundation.packs.actions import read_section
    from tongban.foundation.packs.sections import Loading, sections
    from tongban.settings.options import PROJECT_ROOT

    root = PROJECT_ROOT / "packs" / "law"
    calendars = next(section for section in sections() if section.name == "calendars")
    calendars.load(read_section(calendars, root=root), Loading(root, "law", dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))
    load(pack, item(promised={"figure": 3, "unit": "working_day"}))
    assert example_due(shown(), on=dt.date(2026, 9, 30)) == dt.date(2026, 10, 10)


def test_without_a_calendar_no_example_is_given(pack: Path) -> None:
    load(pack, item())
    assert example_due(shown(), on=dt.date(2026, 9, 30)) is None


def test_an_instant_item_has_no_period_to_count(pack: Path) -> None:
    load(pack, item(promised=None, elements={"case_kind": "instant"}))
    found = shown()
    assert (found.promised, found.promise) == (None, "当场办结")


def test_json_ld_names_service_provider_area_and_channels(pack: Path) -> None:
    load(pack, item())
    data = government_service(shown(), url="https://x/hall/items/1/", apply_url="https://x/apply/")
    assert data["@type"] == "GovernmentService"
    assert data["provider"]["name"] == "武汉市江岸区市场监督管理局"
    assert data["areaServed"]["identifier"] == "420102"
    assert {channel.get("serviceUrl") for channel in data["availableChannel"]} == {None, "https://x/apply/"}
    assert data["isAccessibleForFree"] is True


def test_a_form_belongs_to_an_item_in_force(pack: Path) -> None:
    load(pack, item())
    assert isinstance(download(CODE, "application", "blank"), FormDownload)
    assert download(CODE, "layout", "blank") is None
    assert download("nothing", "application", "blank") is None


def test_each_version_says_which_parts_changed(pack: Path) -> None:
    load(pack, item())
    load(pack, item(promised={"figure": 5, "unit": "working_day"}, aliases=[]))
    newest, first = revisions(shown().item_id)
    assert (newest.version, newest.parts) == (2, "搜索用的别名、承诺办结时限")
    assert (first.version, first.parts) == (1, "")


@pytest.mark.parametrize("yes_no", [("是", "Yes"), ("否", "No")])
def test_a_yes_or_no_condition_is_said_with_its_question(pack: Path, yes_no: tuple[str, str]) -> None:
    changed = item()
    changed["scenarios"][0]["choices"][0]["label"] = text(*yes_no)
    load(pack, changed)
    assert shown().materials[2].when_text == f"“经营什么？”选“{yes_no[0]}”"


def test_a_guide_costs_few_queries(pack: Path, django_assert_max_num_queries: object) -> None:
    load(pack, item())
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        guide(CODE)
