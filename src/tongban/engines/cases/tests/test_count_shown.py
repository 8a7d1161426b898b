"""The applicant sees how the due date was counted: stops, a new beginning, an extension, the rule and its version."""

from __future__ import annotations

import datetime as dt

from tongban.engines.cases.queries import day_strip
from tongban.engines.cases.tests.factories import at


def texts(case, day):
    strip = day_strip(case, at(day))
    return strip, [f"{line.days}：{line.text}" for line in strip.lines]


def test_an_extension_has_its_own_line(world):
    case = world.do(world.submit(world.item(statutory=None, promised=None)), "accept", "2026-03-02")
    case = world.do(case, "request_extension", "2026-03-25", days=10)
    case = world.do(case, "approve_extension", "2026-03-26")
    strip, lines = texts(case, "2026-03-27")
    assert any("批准延期：延长 10 个工作日" in line for line in lines)
    assert strip.rule.startswith("LIC-04 第 1 版（")
    assert "cn-2026" in strip.rule


def test_a_new_beginning_after_a_correction_is_said(world):
    case = world.submit(world.item("information-request", statutory=None, promised=None), when="2026-02-12")
    case = world.do(case, "confirm", "2026-02-12")
    case = world.do(case, "request_correction", "2026-02-28", days=10)
    case = world.do(case, "supplement", "2026-03-06")
    strip, lines = texts(case, "2026-03-09")
    assert any("收到补正：期限重新计算" in line for line in lines)
    assert (strip.due_on, strip.rule.partition("（")[0]) == (dt.date(2026, 4, 3), "OGI-03 第 2 版")


def test_a_stop_is_shown_with_its_days_and_its_basis(world):
    case = world.submit(world.item("information-request", statutory=None, promised=None), when="2026-04-28")
    case = world.do(case, "confirm", "2026-04-28")
    case = world.do(case, "start_third_party", "2026-05-11")
    case = world.do(case, "finish_third_party", "2026-05-29", conclusion="consent")
    strip, lines = texts(case, "2026-06-01")
    assert (strip.stops[0].first, strip.stops[0].last) == (dt.date(2026, 5, 11), dt.date(2026, 5, 29))
    assert "第三十三条" in strip.stops[0].basis
    assert any("征求第三方意见：停止计时" in line for line in lines)


def test_a_date_beyond_the_published_years_is_said_to_be_provisional(world):
    case = world.submit(world.item(statutory=None, promised=60), when="2026-11-20")
    case = world.do(case, "accept", "2026-11-20")
    strip, _lines = texts(case, "2026-11-21")
    assert strip.provisional
