"""A new year's arrangement: read as published or as plain lines, seen before it holds, confirmed by another person."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.foundation.clock.models import CalendarProposal, CalendarYear
from tongban.foundation.clock.notice import read_notice, write_notice
from tongban.foundation.clock.now import CHINA
from tongban.foundation.clock.proposals import Person, confirm, decline, differences, propose, read_entry
from tongban.foundation.clock.queries import calendar_for, calendar_if, missing_year
from tongban.foundation.clock.rules import ClockError
from tongban.foundation.clock.tests.calendars import load_national

AT = dt.datetime(2026, 11, 21, 10, tzinfo=CHINA)
ONE, OTHER = Person("account:1", "甲"), Person("account:2", "乙")
LINES = """1月1日至3日放假
2月5日至11日放假，共7天，2月14日、2月20日上班
4月3日至5日放假
5月1日至5日放假，5月8日上班
6月9日放假
9月15日放假
10月1日至7日放假，9月26日、10月9日上班"""


def entry(text=LINES, *, year=2027, jurisdiction="", source="国务院办公厅关于2027年节假日安排的通知"):
    return read_entry(jurisdiction=jurisdiction, year=year, text=text, source=source)


@pytest.fixture
def held(db):
    load_national()


def test_plain_lines_are_read_and_holidays_known_by_their_days(held):
    read = entry()
    names = {
        name: sorted(day for day, each in read.days_off.items() if each == name) for name in read.days_off.values()
    }
    assert names["spring_festival"][0] == dt.date(2027, 2, 5)
    assert len(names["spring_festival"]) == 7
    assert names["mid_autumn"] == [dt.date(2027, 9, 15)]
    assert {day: name for day, name in read.make_up.items() if name == "national_day"} == {
        dt.date(2027, 9, 26): "national_day", dt.date(2027, 10, 9): "national_day",
    }  # fmt: skip


@pytest.mark.parametrize("year", range(2012, 2027))
def test_an_arrangement_written_as_lines_is_read_back_the_same(held, year):
    row = CalendarYear.objects.get(year=year, jurisdiction="")
    off = {each.day: each.name for each in row.days.filter(is_workday=False) if each.day.year == year}
    up = {each.day: each.name for each in row.days.filter(is_workday=True) if each.day.year == year}
    again = read_notice(write_notice(off, up), year=year)
    assert (set(again.days_off), set(again.make_up)) == (set(off), set(up))


def test_a_wrong_number_of_days_is_not_taken(held):
    with pytest.raises(ClockError) as wrong:
        entry(LINES.replace("共7天", "共8天"))
    assert wrong.value.code == "notice.unread"


def test_days_of_no_known_holiday_ask_for_a_name():
    with pytest.raises(ClockError) as wrong:
        read_notice("3月10日放假", year=2027)
    assert wrong.value.code == "notice.unnamed"


def test_nothing_holds_before_a_second_person_confirms(held):
    proposal = propose(entry=entry(), text=LINES, by=ONE, at=AT)
    assert not calendar_for().is_official(dt.date(2027, 1, 4))
    with pytest.raises(ClockError) as refused:
        confirm(proposal=proposal, by=ONE, at=AT)
    assert refused.value.code == "proposal.same_person"
    assert confirm(proposal=proposal, by=OTHER, at=AT) == [2027]
    calendar = calendar_for()
    assert calendar.is_official(dt.date(2027, 2, 14))
    assert calendar.is_workday(dt.date(2027, 2, 14))
    assert CalendarYear.objects.get(year=2027, jurisdiction="").source.startswith("国务院办公厅")
    with pytest.raises(ClockError) as again:
        confirm(proposal=proposal, by=OTHER, at=AT)
    assert again.value.code == "proposal.settled"


def test_what_would_differ_is_seen_before(held):
    before, after = calendar_for(), calendar_if(entry())
    days = {each.day: each.works for each in differences(before, after, 2027)}
    assert days[dt.date(2027, 2, 11)] is False
    assert days[dt.date(2027, 2, 14)] is True
    assert not before.is_official(dt.date(2027, 6, 1))
    assert after.is_official(dt.date(2027, 6, 1))


def test_an_entry_waits_until_it_is_settled_and_its_author_may_replace_it(held):
    first = propose(entry=entry(), text=LINES, by=ONE, at=AT)
    with pytest.raises(ClockError) as refused:
        propose(entry=entry(), text=LINES, by=OTHER, at=AT)
    assert refused.value.code == "proposal.waiting"
    second = propose(entry=entry(), text=LINES, by=ONE, at=AT)
    first.refresh_from_db()
    assert first.state == CalendarProposal.State.WITHDRAWN
    with pytest.raises(ClockError):
        decline(proposal=second, note=" ", by=OTHER, at=AT)
    assert decline(proposal=second, note="10月9日有误", by=OTHER, at=AT).state == CalendarProposal.State.DECLINED


def test_a_minority_area_adds_its_own_holidays(held):
    text = "彝族年：11月20日至22日放假\n火把节：7月29日放假"
    proposal = propose(
        entry=entry(text, year=2026, jurisdiction="5134", source="凉山彝族自治州通知"), text=text, by=ONE, at=AT
    )
    confirm(proposal=proposal, by=OTHER, at=AT)
    assert not calendar_for("513401").is_workday(dt.date(2026, 11, 20))
    assert calendar_for("513401").name(dt.date(2026, 7, 29)) == "火把节"
    assert calendar_for("420102").is_workday(dt.date(2026, 11, 20))


def test_from_november_the_next_year_is_missed_until_it_is_entered(held):
    assert missing_year(dt.date(2026, 10, 31)) is None
    assert missing_year(dt.date(2026, 11, 1)) == 2027
    confirm(proposal=propose(entry=entry(), text=LINES, by=ONE, at=AT), by=OTHER, at=AT)
    assert missing_year(dt.date(2026, 11, 21)) is None
    assert missing_year(dt.date(2028, 1, 5)) == 2028
