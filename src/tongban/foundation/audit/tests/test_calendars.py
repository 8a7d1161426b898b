from __future__ import annotations

import datetime as dt

import pytest

from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.clock.actions import publish_calendar_year
from tongban.foundation.clock.tests.calendars import AT, load_national


@pytest.mark.django_db
def test_who_entered_a_year_s_calendar_stays_on_record() -> None:
    load_national()
    days_off = dict.fromkeys((dt.date(2027, 1, 1), dt.date(2027, 10, 1)), "national_day")
    publish_calendar_year(year=2027, days_off=days_off, make_up={}, source="通知", by="account:1", at=AT)
    event = AuditEvent.objects.get(kind="calendar.changed")
    assert event.stream_id == "calendar:CN"
    assert b"account:1" in bytes(event.body)
    assert b"2027" in bytes(event.body)
