"""Regions, units and item files for the tests."""

from __future__ import annotations

import copy
import datetime as dt
import textwrap
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from tongban.engines.catalog.actions import load_events, load_items, load_themes
from tongban.engines.catalog.actions import loading as loading_module
from tongban.foundation.organizations.models import Region, Unit
from tongban.foundation.packs.reading import read_yaml
from tongban.foundation.packs.sections import Loading, Outcome

AT = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
REGIONS = [
    ("420000", "湖北省", 2, None),
    ("420100", "武汉市", 3, "420000"),
    ("420102", "江岸区", 4, "420100"),
    ("420103", "江汉区", 4, "420100"),
    ("420500", "宜昌市", 3, "420000"),
    ("420502", "西陵区", 4, "420500"),
]
THEMES = """
themes:
  - {code: entry_permit, audience: legal, name: {zh: 准营准办, en: Permits}, icon: shop}
  - {code: health, audience: personal, name: {zh: 医疗卫生, en: Health}}
"""
EVENTS = """
events:
  - {code: open_restaurant, audience: legal, icon: food, name: {zh: 我要开餐馆, en: Open a restaurant}, summary: {zh: 执照和许可一并办, en: License and permit together}}
"""


def text(zh: str, en: str = "") -> dict[str, str]:
    return {"zh": zh, "en": en or "English"}


ITEM: dict[str, Any] = {
    "code": "420131020001",
    "type": "01",
    "name": text("食品经营许可（新办）", "Food business license (new)"),
    "aliases": ["开饭店", "餐饮许可证"],
    "description": text("从事食品销售、餐饮服务的，开业前申请。", "For selling food and catering."),
    "icon": "food",
    "objects": ["enterprise", "person"],
    "themes": ["entry_permit"],
    "events": ["open_restaurant"],
    "sort": 10,
    "updated_on": dt.date(2026, 11, 1),
    "bases": [
        {
            "law": text("食品安全法", "Food Safety Law"),
            "article": text("第三十五条", "Article 35"),
            "gist": text("实行许可制度。", "A license is needed."),
            "mark": "V",
        }
    ],
    "conditions": [text("有合法主体资格。", "A lawful entity.")],
    "statutory": {
        "figure": 20,
        "unit": "working_day",
        "source": text("食品经营许可和备案管理办法", "Measures"),
        "mark": "V2",
    },
    "promised": {"figure": 10, "unit": "working_day"},
    "special_procedures": [
        {
            "kind": "survey",
            "stops_clock": False,
            "text": text("需要时到现场核查。", "A visit where needed."),
            "basis": text("行政许可法第三十四条", "License Law Art. 34"),
            "mark": "V",
        }
    ],
    "steps": [{"name": text("提交申请", "Apply"), "text": text("网上填写。", "Online.")}],
    "scenarios": [
        {
            "code": "business_type",
            "question": text("经营什么？", "What business?"),
            "choices": [
                {"code": "catering", "label": text("餐饮服务", "Catering")},
                {"code": "sales", "label": text("食品销售", "Sales")},
            ],
        }
    ],
    "materials": [
        {"code": "application", "name": text("申请书", "Application"), "form": "online_form"},
        {
            "code": "business_license",
            "name": text("营业执照", "Business license"),
            "issuer_kind": "government",
            "copies": 1,
            "reuse": ["business_license"],
        },
        {
            "code": "layout",
            "name": text("布局图", "Layout"),
            "necessity": "conditional",
            "when": {"business_type": ["catering"]},
        },
    ],
    "result": {
        "kind": "certificate",
        "name": text("食品经营许可证", "Food business license"),
        "license_type": "food_business",
    },
    "faqs": [{"question": text("要两张证吗？", "Two licenses?"), "answer": text("要。", "Yes.")}],
    "processes": [{"process": "licensing", "form": "food_business", "effective_from": dt.date(2024, 1, 1)}],
    "implementations": [{"line": "market_supervision", "levels": ["county"]}],
}


def item(**changes: Any) -> dict[str, Any]:
    made = copy.deepcopy(ITEM)
    made.update(changes)
    return made


def organize() -> None:
    paths: dict[str | None, str] = {None: "/"}
    rows: dict[str, Region] = {}
    for code, name, level, parent in REGIONS:
        paths[code] = f"{paths[parent]}{code}/"
        rows[code] = Region.objects.create(
            code=code, name=name, level=level, parent=rows.get(parent or ""), path=paths[code]
        )
        prefix = "武汉市" if code in ("420102", "420103") else "宜昌市" if code == "420502" else ""
        Unit.objects.create(
            code=f"{code}-market_supervision",
            name=f"{prefix}{name}市场监督管理局",
            line="market_supervision",
            level=level,
            region=rows[code],
            region_path=paths[code],
            path=f"/{code}-market_supervision/",
            address=f"{name}政务服务中心",
            phone="027-12345678",
            hours="工作日 9:00—17:00",
            credit_code="11420102MB1A2B3C4D" if code == "420102" else "",
        )


def loading(root: Path, at: dt.datetime = AT) -> Loading:
    return Loading(root, root.name, at)


def load_lists(root: Path) -> None:
    for name, content, load in (("themes.yaml", THEMES, load_themes), ("events.yaml", EVENTS, load_events)):
        path = root / name
        path.write_text(textwrap.dedent(content), encoding="utf-8")
        load([read_yaml(path, root=root)], loading(root))


def load(
    root: Path, *items: dict[str, Any], at: dt.datetime = AT, known: dict[str, frozenset[str]] | None = None
) -> Outcome:
    """Load items; ``known`` replaces the registered lists of processes, forms and license types."""
    folder = root / "items"
    folder.mkdir(exist_ok=True)
    documents = []
    for number, data in enumerate(items):
        path = folder / f"{number}.yaml"
        path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
        documents.append(read_yaml(path, root=root))
    with patch.object(loading_module, "known_codes", lambda: known or {}):
        return load_items(documents, loading(root, at))
