from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from tongban.foundation.clock import queries, registers
from tongban.foundation.clock.actions import CalendarRefusedError, publish_calendar_year, put_year
from tongban.foundation.clock.arrangement import YearEntry
from tongban.foundation.clock.models import CalendarYear
from tongban.foundation.clock.notice import read_notice
from tongban.foundation.clock.registers import CalendarChange
from tongban.foundation.clock.rules import ClockError, Entry, Limit, Unit, derive
from tongban.foundation.clock.tests.calendars import AT, load_national, national
from tongban.foundation.clock.wording import say

D = dt.date.fromisoformat
NOTICE_2026 = """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（周日）至23日（周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
"""
INVENTED_2027 = {
    **dict.fromkeys([D("2027-01-01"), D("2027-05-03"), D("2027-10-01"), D("2027-10-04")], "national_day"),
    **{D("2027-02-05") + dt.timedelta(days=step): "spring_festival" for step in range(8)},
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[CalendarChange]:
    changes: list[CalendarChange] = []
    monkeypatch.setattr(registers, "_witnesses", {"audit": changes.append})
    return changes


def test_the_pasted_notice_gives_the_days_of_the_year() -> None:
    notice = read_notice(NOTICE_2026, year=2026)
    for day in (dt.date(2026, 1, 1) + dt.timedelta(days=step) for step in range(365)):
        rests = day in notice.days_off or (day.weekday() >= 5 and day not in notice.make_up)
        assert rests != national().is_workday(day)
    assert notice.days_off[D("2026-06-19")] == "dragon_boat"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("一、元旦：1月1日（周五）放假，共1天。", "notice.weekday_differs"),
        ("一、元旦：1月1日（周四）至3日（周六）放假，共4天。", "notice.unread"),
        ("一、元旦：13月1日放假。", "notice.unread"),
        ("一、元旦：1月1日。", "notice.unread"),
        ("今年不放假。", "notice.unread"),
        ("", "notice.unread"),
    ],
)
def test_a_notice_that_does_not_fit_is_not_taken(text: str, code: str) -> None:
    with pytest.raises(ClockError) as wrong:
        read_notice(text, year=2026)
    assert wrong.value.code == code
    assert say(wrong.value).strip()


def test_a_new_year_may_begin_in_december() -> None:
    notice = read_notice("一、元旦：2022年12月31日（周六）至2023年1月2日（周一）放假，共3天。", year=2023)
    assert sorted(notice.days_off) == [D("2022-12-31"), D("2023-01-01"), D("2023-01-02")]


@pytest.mark.django_db
def test_publishing_a_year_makes_its_dates_official_and_tells_the_witnesses(told: list[CalendarChange]) -> None:
    load_national()
    before = queries.calendar_for("420102")
    ledger = [Entry("start", D("2026-12-15"))]
    limit = Limit(20, Unit.WORKING_DAY)
    assert derive(ledger, limit, before).provisional
    changed = publish_calendar_year(
        year=2027, days_off=INVENTED_2027, make_up={D("2027-01-03"): "new_year", D("2026-12-26"): "new_year"},
        source="国务院办公厅关于2027年部分节假日安排的通知", source_number="国办发明电", by="account:1", at=AT,
    )  # fmt: skip
    assert changed == [2026, 2027]
    after = queries.calendar_for("420102")
    state = derive(ledger, limit, after)
    assert (state.due_on, state.provisional) == (D("2027-01-11"), False)
    assert derive(ledger, limit, before).due_on == D("2027-01-13")
    assert [(change.years, change.by, change.counts[2027][1]) for change in told] == [((2026, 2027), "account:1", 1)]


@pytest.mark.django_db
def test_publishing_the_same_again_changes_nothing(told: list[CalendarChange]) -> None:
    load_national()
    for expected in ([2027], []):
        changed = publish_calendar_year(
            year=2027, days_off=INVENTED_2027, make_up={}, source="通知", by="account:1", at=AT
        )
        assert changed == expected
    assert len(told) == 1


@pytest.mark.django_db
def test_a_year_entered_by_hand_is_never_overwritten_by_a_pack(told: list[CalendarChange]) -> None:
    load_national()
    publish_calendar_year(year=2027, days_off=INVENTED_2027, make_up={}, source="通知", by="account:1", at=AT)
    outcome = load_national()
    assert (outcome.created, outcome.changed) == (0, 0)
    assert CalendarYear.objects.get(jurisdiction="", year=2027).status == "official"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days_off", "make_up", "code"),
    [
        ({}, {}, "notice.fixed"),
        (INVENTED_2027, {D("2027-10-04"): "x"}, "notice.both"),
        (INVENTED_2027, {D("2027-06-01"): "x"}, "notice.weekday"),
        ({**INVENTED_2027, D("2030-01-01"): "x"}, {}, "notice.far"),
    ],
)
def test_an_arrangement_that_cannot_be_right_is_refused(
    days_off: dict[dt.date, str], make_up: dict[dt.date, str], code: str
) -> None:
    with pytest.raises(CalendarRefusedError) as wrong:
        publish_calendar_year(year=2027, days_off=days_off, make_up=make_up, source="通知", by="account:1", at=AT)
    assert wrong.value.code == code
    with translation.override("en"):
        assert "2" in say(wrong.value)


@pytest.mark.django_db
def test_a_witness_that_fails_undoes_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(change: CalendarChange) -> None:
        raise RuntimeError

    load_national()
    monkeypatch.setattr(registers, "_witnesses", {"audit": refuse})
    with pytest.raises(RuntimeError):
        publish_calendar_year(year=2027, days_off=INVENTED_2027, make_up={}, source="通知", by="account:1", at=AT)
    assert CalendarYear.objects.get(jurisdiction="", year=2027).status == "provisional"


@pytest.mark.django_db
def test_a_local_holiday_holds_where_it_was_set_and_nowhere_else() -> None:
    load_national()
    eid = D("2026-03-20")
    put_year(YearEntry(2026, True, "自治区人民政府", {eid: "开斋节"}, {}, "64"), by="account:1", by_hand=True, at=AT)  # noqa: FBT003
    assert not queries.calendar_for("640104").is_workday(eid)
    assert queries.calendar_for("420102").is_workday(eid)
    assert queries.last_official_day("640104") == D("2026-12-31")


@pytest.mark.django_db
def test_without_a_calendar_nothing_is_counted() -> None:
    with pytest.raises(ClockError) as wrong:
        queries.calendar_for()
    assert "load_pack" in say(wrong.value)


@pytest.mark.django_db
def test_the_calendar_is_read_once_and_again_only_after_a_change(django_assert_num_queries: object) -> None:
    load_national()
    first = queries.calendar_for("420102")
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert queries.calendar_for("420102") is first
    publish_calendar_year(year=2027, days_off=INVENTED_2027, make_up={}, source="通知", by="account:1", at=AT)
    assert queries.calendar_for("420102") is not first
