from __future__ import annotations

from pathlib import Path

import pytest
from django.utils.translation import override

from tongban.foundation.organizations.english import english_name
from tongban.foundation.organizations.models import Line, Region, Unit
from tongban.foundation.organizations.tests.world import AT
from tongban.foundation.packs.actions import load_pack
from tongban.foundation.packs.errors import PackError
from tongban.foundation.text.identifiers import credit_code
from tongban.foundation.text.romanize import spell

pytestmark = pytest.mark.django_db

REGIONS = """code,name,level,parent
420000,湖北省,2,
420100,武汉市,3,420000
420102,江岸区,4,420100
420200,黄石市,3,420000
420222,阳新县,4,420200
420281,大冶市,4,420200
420281100,金牛镇,5,420281
420281001,东岳路街道,5,420281
429004,仙桃市,3,420000
"""
LINE = """line: market
title: {zh: 市场监督管理, en: Market supervision}
invented_credit_codes: true
levels:
  province: {name: "{place}市场监督管理局", short_name: 省局}
  city: {name: "{place}市场监督管理局"}
  county: {name: "{place}市场监督管理局", hours: 工作日 8:30—17:30}
  town: {name: "{place}人民政府", by_suffix: {街道: "{place}办事处"}}
defaults: {hours: 工作日 9:00—17:00, address: "{city}某路 1 号"}
without: ["429004"]
overrides:
  "420102": {phone: "027-1", valid_from: 2019-02-01}
units:
  - {code: 420100-center, name: 武汉市政务服务中心, region: "420100", level: city, parent: 420100-market}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "units").mkdir()
    (tmp_path / "regions.csv").write_text(REGIONS, encoding="utf-8")
    (tmp_path / "units" / "market.yaml").write_text(LINE, encoding="utf-8")
    return tmp_path


def change(pack: Path, old: str, new: str, file: str = "units/market.yaml") -> None:
    path = pack / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refusal(pack: Path) -> str:
    with pytest.raises(PackError) as refused:
        load_pack(root=pack, at=AT)
    assert not Region.objects.exists()
    assert not Unit.objects.exists()
    return str(refused.value)


def test_units_carry_their_customary_names(pack: Path) -> None:
    load_pack(root=pack, at=AT)
    names = dict(Unit.objects.values_list("region__code", "name").filter(code__endswith="-market"))
    assert names == {
        "420000": "湖北省市场监督管理局",
        "420100": "武汉市市场监督管理局",
        "420102": "武汉市江岸区市场监督管理局",
        "420200": "黄石市市场监督管理局",
        "420222": "阳新县市场监督管理局",
        "420281": "大冶市市场监督管理局",
        "420281100": "大冶市金牛镇人民政府",
        "420281001": "大冶市东岳路街道办事处",
    }
    assert str(Line.objects.get()) == "市场监督管理"


def test_a_unit_stands_under_the_same_line_one_level_up(pack: Path) -> None:
    load_pack(root=pack, at=AT)
    town = Unit.objects.get(code="420281100-market")
    assert town.parent is not None
    assert town.path == "/420000-market/420200-market/420281-market/420281100-market/"
    assert town.region_path == "/420000/420200/420281/420281100/"
    assert Unit.objects.get(code="420100-center").path == "/420000-market/420100-market/420100-center/"


def test_the_nearest_word_wins(pack: Path) -> None:
    load_pack(root=pack, at=AT)
    county, city = Unit.objects.get(code="420102-market"), Unit.objects.get(code="420100-market")
    assert (county.hours, county.phone, county.address) == ("工作日 8:30—17:30", "027-1", "武汉市某路 1 号")
    assert city.hours == "工作日 9:00—17:00"


def test_invented_credit_codes_are_right_and_marked(pack: Path) -> None:
    load_pack(root=pack, at=AT)
    codes = set()
    for unit in Unit.objects.all():
        assert unit.credit_code_invented
        assert credit_code.check(unit.credit_code) == unit.credit_code
        codes.add(unit.credit_code)
    assert len(codes) == Unit.objects.count()


def test_loading_twice_changes_nothing(pack: Path) -> None:
    load_pack(root=pack, at=AT)
    again = load_pack(root=pack, at=AT)
    assert {name: (done.created, done.changed) for name, done in again.items()} == {"regions": (0, 0), "units": (0, 0)}


def test_a_change_of_parent_moves_the_whole_branch(pack: Path) -> None:
    load_pack(root=pack, at=AT)
    change(pack, 'without: ["429004"]', 'without: ["429004", "420200"]')
    Unit.objects.filter(code="420200-market").update(name="x")
    done = load_pack(root=pack, at=AT)["units"]
    assert done.created == 0
    assert Unit.objects.get(code="420281100-market").path == "/420000-market/420281-market/420281100-market/"


def test_loading_costs_few_statements(pack: Path, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(45):
        load_pack(root=pack, at=AT)
    with django_assert_max_num_queries(20):
        load_pack(root=pack, at=AT)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("市场监督管理, en", "市场监督管理, eng", "units/market.yaml:2"),
        ("{place}人民政府", "{town}人民政府", "不认识的占位 town"),
        ("  county:", "  district:", "层级只能取"),
        ('"420102": {phone', '"420199": {phone', "区划 420199 没有这个条线的单位"),
        ('region: "420100"', 'region: "420199"', "没有区划 420199"),
        ("parent: 420100-market", "parent: 420100-nothing", "没有上级单位 420100-nothing"),
        ("code: 420100-center", "code: 420100-market", "写了两次"),
        ('{phone: "027-1"', '{phone: "027-1", credit_code: "11420102X00000000B"', "units/market.yaml:12"),
        ("line: market", "lines: market", "没有这一项"),
    ],
)
def test_a_mistake_is_said_with_its_place_and_nothing_is_loaded(pack: Path, old: str, new: str, said: str) -> None:
    change(pack, old, new)
    assert said in refusal(pack)


def test_a_unit_cannot_stand_under_itself(pack: Path) -> None:
    change(pack, '"420102": {phone', '"420100": {parent: 420100-center}\n  "420102": {phone')
    assert "绕回了自己" in refusal(pack)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("420102,江岸区,4,420100", "420102,江岸区,4,420199", "上级 420199 不存在"),
        ("420102,江岸区,4,420100", "420102,江岸区,3,420100", "层级不在其上"),
        ("420102,江岸区,4,420100", "42010,江岸区,4,420100", "regions.csv:4"),
        ("420200,黄石市", "420100,黄石市", "写了两次"),
    ],
)
def test_a_wrong_region_is_said_with_its_line(pack: Path, old: str, new: str, said: str) -> None:
    change(pack, old, new, "regions.csv")
    assert said in refusal(pack)


def test_regions_and_units_get_english_names_spelled_as_place_names_are(pack: Path) -> None:
    change(
        pack,
        "title: {zh: 市场监督管理, en: Market supervision}",
        "title: {zh: 市场监督管理, en: Market supervision}\nname_en: 'Market Bureau of {place}'",
    )
    change(pack, "by_suffix: {街道:", "by_suffix_en: {街道: 'Office of {place}'}, by_suffix: {街道:")
    load_pack(root=pack, at=AT)
    names = dict(Region.objects.values_list("code", "name_en"))
    assert names == {
        "420000": "Hubei Province",
        "420100": "Wuhan City",
        "420102": "Jiang'an District",
        "420200": "Huangshi City",
        "420222": "Yangxin County",
        "420281": "Daye City",
        "420281100": "Jinniu Town",
        "420281001": "Dongyuelu Subdistrict",
        "429004": "Xiantao City",
    }
    units = dict(Unit.objects.values_list("code", "name_en"))
    assert units["420102-market"] == "Market Bureau of Jiang'an District, Wuhan City"
    assert units["420222-market"] == "Market Bureau of Yangxin County"
    assert units["420281001-market"] == "Office of Dongyuelu Subdistrict, Daye City"
    assert units["420100-center"] == ""


def test_a_name_reads_as_the_language_of_the_page_asks(pack: Path) -> None:
    load_pack(root=pack, at=AT)
    unit, center = Unit.objects.get(code="420102-market"), Unit.objects.get(code="420100-center")
    assert (unit.title, unit.region.title) == ("武汉市江岸区市场监督管理局", "江岸区")
    with override("en"):
        assert (unit.title, unit.region.title) == (
            "Market supervision, Jiang'an District, Wuhan City",
            "Jiang'an District",
        )
        assert center.title == "武汉市政务服务中心"


def test_a_pack_says_how_an_unusual_name_is_read_and_what_is_wrong_there_is_named(pack: Path) -> None:
    (pack / "romanization.yaml").write_text(
        "readings: {大冶: tai ye}\nnames: {'420102': Riverbank District}\n", encoding="utf-8"
    )
    load_pack(root=pack, at=AT)
    assert Region.objects.get(code="420281").name_en == "Taiye City"
    assert Region.objects.get(code="420102").name_en == "Riverbank District"
    (pack / "romanization.yaml").write_text("readings: {大冶: taiye}\n", encoding="utf-8")
    with pytest.raises(PackError, match="romanization.yaml"):
        load_pack(root=pack, at=AT)


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("随县", "Suixian County"),
        ("长阳土家族自治县", "Changyang Tujia Autonomous County"),
        ("恩施土家族苗族自治州", "Enshi Tujia and Miao Autonomous Prefecture"),
        ("神农架林区", "Shennongjia Forestry District"),
        ("潘家湾土家族乡", "Panjiawan Tujia Ethnic Township"),
        ("孝感市", "Xiaogan City"),
    ],
)
def test_the_kind_of_region_is_translated_and_the_own_name_is_spelled(name: str, english: str) -> None:
    assert english_name(name, lambda text: spell(text, {"长": "chang"})) == english
