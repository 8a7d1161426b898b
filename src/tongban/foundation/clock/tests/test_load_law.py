from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import translation

from tongban.foundation.clock import queries
from tongban.foundation.clock.loading import load_calendars, load_rules
from tongban.foundation.clock.models import LimitRule
from tongban.foundation.clock.rules import ClockError, Limit, Unit, due_on
from tongban.foundation.clock.tests.calendars import AT, PACK, load_law, load_national, national
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import read_yaml
from tongban.foundation.packs.sections import Loading, Outcome

D = dt.date.fromisoformat
WD, CD = Unit.WORKING_DAY, Unit.CALENDAR_DAY
pytestmark = pytest.mark.django_db
RULE: dict[str, Any] = {
    "id": "TST-01", "title": {"zh": "试", "en": "test"}, "figure": 5, "unit": "WD", "start": "a", "stop": "b",
    "source": {"law": "law", "article": "第一条"}, "evidence": "V",
}  # fmt: skip


def _load(tmp_path: Path, *rules: dict[str, Any], **more: Any) -> Outcome:
    file = {
        "domain": "test",
        "checked_on": "2026-11-21",
        "sources": {"law": {"title": "某法", "in_force": D("2020-01-01")}},
        "events": {"a": {"zh": "甲", "en": "a"}, "b": {"zh": "乙", "en": "b"}},
        "rules": [{**RULE, **rule} for rule in rules],
        **more,
    }
    path = tmp_path / "rules" / "test.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(file, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_rules([read_yaml(path, root=tmp_path)], Loading(tmp_path, "test", AT))


def test_the_law_is_loaded_and_a_second_time_changes_nothing() -> None:
    first = load_law()
    assert first.created == LimitRule.objects.count() > 150
    assert load_law() == Outcome(same=first.created)
    assert load_national().created == 25
    assert load_national() == Outcome(same=25)


@pytest.mark.parametrize(
    ("rule_id", "on", "place", "figure", "unit"),
    [
        ("LIC-02", "2026-01-29", "420102", 5, WD),
        ("LIC-04", "2012-05-04", "", 20, WD),
        ("LIC-05", "2026-04-20", "42", 45, WD),
        ("OGI-03", "2012-05-04", "", 15, WD),
        ("OGI-03", "2019-05-14", "", 15, WD),
        ("OGI-03", "2019-05-15", "", 20, WD),
        ("CMP-02", "2026-04-14", "", 45, WD),
        ("CMP-02", "2026-04-15", "", 60, CD),
        ("PET-04", "2026-08-03", "4201", 60, CD),
        ("PET-04", "2026-08-03", "410102", 30, CD),
        ("REC-08a", "2026-01-01", "", 60, CD),
        ("TND-01", "2026-09-14", "", 20, CD),
        ("NPC-01a", "2026-11-30", "", 3, Unit.MONTH),
        ("HOT-02", "2026-01-01", "410502", 24, Unit.HOUR),
    ],
)
def test_the_rule_of_the_day_and_the_place_applies(rule_id: str, on: str, place: str, figure: int, unit: Unit) -> None:
    load_law()
    assert queries.rule(rule_id, on=D(on), jurisdiction=place).limit == Limit(figure, unit)


def test_a_rule_knows_its_extension_and_who_grants_it() -> None:
    load_law()
    joint = queries.rule("LIC-05", on=D("2026-04-20"))
    assert joint.extra == Limit(15, WD)
    assert joint.extension is not None
    assert (joint.extension["approver"], joint.extension["notify"]) == ("government_head", True)
    assert queries.rule("LIC-02", on=D("2026-04-20")).on_expiry == "deemed_accepted"
    assert "专家评审" in [joint.event_names[code]["zh"] for code in joint.excluded_events]
    assert joint.source["article"].startswith("第四十二条第二款")


def test_the_stored_key_finds_the_very_version() -> None:
    load_law()
    rule = queries.rule("CMP-02", on=D("2026-04-14"))
    assert rule.key == "CMP-02@CN.v1"
    assert queries.rule_by_key(rule.key) == rule
    assert queries.rule_by_key("PET-04@41.v1").figure == 30
    with pytest.raises(ClockError):
        queries.rule_by_key("CMP-02@CN.v9")


def test_a_rule_that_is_not_in_force_is_missing_and_never_replaced_by_a_neighbor() -> None:
    load_law()
    with pytest.raises(queries.RuleMissingError):
        queries.rule("CMP-03", on=D("2026-04-15"))
    with pytest.raises(ClockError, match=r"rule\.no_figure"):
        _ = queries.rule("LIC-03", on=D("2026-04-15")).limit


def test_the_sets_of_rules_wear_the_names_of_their_days() -> None:
    load_law()
    tags = {(rule.rule_id, rule.version): rule.tags for rule in LimitRule.objects.filter(jurisdiction="")}
    assert tags["OGI-03", 1] == ["cn-2012"]
    assert tags["OGI-03", 2] == ["cn-2024", "cn-2026"]
    assert tags["CMP-02", 2] == ["cn-2026"]


def test_every_figure_has_a_unit_and_every_rule_a_source() -> None:
    load_law()
    for rule in LimitRule.objects.all():
        assert (rule.figure is None) == (rule.unit == "")
        assert rule.source["title"]
        assert rule.source["article"]
        assert not (rule.evidence == "K" and rule.on_expiry != "none")
        assert rule.title != ""
        with translation.override("en"):
            assert rule.title.isascii() or "–" in rule.title


def test_the_promises_of_licensing_hold_over_every_holiday_of_2026() -> None:
    load_law()
    decide = queries.rule("LIC-04", on=D("2026-01-29"))
    assert due_on(D("2026-01-29"), decide.limit, national()) == D("2026-03-04")


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ([{"unit": None}], "单位"),
        ([{"figure": None}], "数值"),
        ([{"source": {"law": "other", "article": "第一条"}}], "sources 里没有 other"),
        ([{"start": "c"}], "events 里没有 c"),
        ([{"evidence": "K", "on_expiry": "deemed_accepted"}], "未核对"),
        ([{}, {}], "写了两次"),
        ([{}, {"version": 2}], "有效期重叠"),
        ([{}, {"jurisdiction": "42", "figure": 6}], "不得长于全国规则"),
        ([{}, {"jurisdiction": "42", "id": "TST-02", "overrides": "TST-01", "unit": "CD", "figure": 9}], "不得长于"),
        ([{"kind": "duty"}], "没有数值的规则"),
        ([{"kind": "window", "figure": None, "unit": None}], "期间段"),
        ([{"unit": "day"}], "只能取"),
        ([{"id": "TST"}], "格式不符"),
        ([{"title": "只有中文"}], "中文和英文"),
        ([{"colour": "red"}], "没有这一项"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(tmp_path: Path, rules: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(PackError, match=says) as wrong:
        _load(tmp_path, *rules)
    assert wrong.value.problems[0].line > 0
    assert LimitRule.objects.count() == 0


def test_a_local_rule_may_shorten_and_a_party_s_may_be_longer(tmp_path: Path) -> None:
    assert _load(tmp_path, {}, {"jurisdiction": "42", "figure": 3}).created == 2
    assert queries.rule("TST-01", on=D("2026-01-01"), jurisdiction="420102").figure == 3
    assert queries.rule("TST-01", on=D("2026-01-01"), jurisdiction="430102").figure == 5


def test_a_published_version_keeps_its_figures(tmp_path: Path) -> None:
    _load(tmp_path, {})
    with pytest.raises(PackError, match="第 1 版已发布"):
        _load(tmp_path, {"figure": 4})
    assert _load(tmp_path, {"title": {"zh": "新的说法", "en": "other words"}}).changed == 1
    closed = {"valid_to": D("2026-12-31")}
    assert _load(tmp_path, closed, {"version": 2, "figure": 4, "valid_from": D("2027-01-01")}).created == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("year: 2026\nstatus: official\nsource: {title: t}\ndays_off: {a: [2025-01-01]}\n", "不在 2026 年"),
        ("year: 2026\nstatus: official\nsource: {title: t}\ndays_off: {a: [2026-01-01, 2026-01-01]}\n", "写了两次"),
        (
            "year: 2026\nstatus: official\nsource: {title: t}\ndays_off: {}\nmake_up_days: {a: [2026-01-05]}\n",
            "本来就是工作日",
        ),
        ("year: 2026\nstatus: maybe\nsource: {title: t}\ndays_off: {}\n", "只能取"),
        ("year: 2026\nstatus: official\ndays_off: {}\n", "缺少这一项"),
    ],
)
def test_a_wrong_calendar_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "2026.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=says):
        load_calendars([read_yaml(path, root=tmp_path)], Loading(tmp_path, "test", AT))


def test_the_files_of_the_pack_name_no_days_twice() -> None:
    years = [yaml.safe_load(path.read_text("utf-8"))["year"] for path in sorted(PACK.glob("calendars/*.yaml"))]
    assert years == list(range(2004, 2029))
