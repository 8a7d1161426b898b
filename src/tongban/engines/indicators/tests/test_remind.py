"""Those who decide objections are reminded in time, and so are units before their time for objecting is over."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.indicators.actions import decide_objection, file_objection, remind_of_objections
from tongban.engines.indicators.models import PointEntry
from tongban.engines.indicators.queries import limit_light, objectable_by
from tongban.engines.indicators.tests.world import AT, Small
from tongban.foundation.messaging.models import Message

DAY = dt.timedelta(days=1)


@pytest.fixture
def entry(world: Small) -> PointEntry:
    """A red card of the unit, by the reviewer, entered on Friday 20 November; everybody can be reached."""
    for who in (world.head, world.reviewer, world.supervisor, world.local_supervisor, world.other_head):
        assert who.account is not None
        who.account.email = f"{who.account.username}@example.com"
        who.account.save()
    (made,) = world.enter(world.signal("A1", who=world.reviewer))
    return made


def keys(begin: str) -> list[str]:
    return sorted(Message.objects.filter(key__startswith=begin).values_list("key", flat=True))


def test_units_and_persons_hear_once_before_the_time_for_objecting_ends(world: Small, entry: PointEntry) -> None:
    sent = []
    for days in (5, 6, 7, 10):  # Wednesday to Friday and the Monday after; the last day is Friday 27
        remind_of_objections(at=AT + days * DAY)
        sent.append(len(keys("objecting-ends:")))
    assert sent == [0, 2, 2, 2]
    told = {each.account_id for each in Message.objects.filter(key__startswith="objecting-ends:")}
    assert told == {world.head.account.pk, world.reviewer.account.pk}  # type: ignore[union-attr]


def test_nobody_is_told_of_what_is_objected_to_already(world: Small, entry: PointEntry) -> None:
    file_objection(entry=entry, grounds="有公告为证", files=[], by=world.head, at=AT)
    assert remind_of_objections(at=AT + 6 * DAY) == len(keys("objections-due:")) == 2
    assert keys("objecting-ends:") == []


def test_supervisors_hear_every_working_day_until_it_is_decided(world: Small, entry: PointEntry) -> None:
    objection = file_objection(entry=entry, grounds="有公告为证", files=[], by=world.head, at=AT)
    assert objection.due_on == dt.date(2026, 11, 27)
    assert remind_of_objections(at=AT + 3 * DAY) == 0  # Monday
    for number, days in enumerate((6, 7, 10, 11), start=1):
        for _again in range(2):  # the same day again tells nobody twice
            remind_of_objections(at=AT + days * DAY)
            assert len(keys("objections-due:")) == 2 * number
    assert remind_of_objections(at=AT + 8 * DAY) == 0  # Saturday
    late = Message.objects.filter(key__startswith=f"objections-due:{(AT + 10 * DAY).date()}").first()
    assert late is not None
    assert "超过决定期限" in late.body
    assert objection.number in late.body
    decide_objection(objection=objection, upheld=False, decision="没有证据", by=world.supervisor, at=AT + 11 * DAY)
    assert remind_of_objections(at=AT + 12 * DAY) == 0


def test_what_may_still_be_objected_to_is_listed_with_its_light(world: Small, entry: PointEntry) -> None:
    on = AT.date()
    assert [pair for who in (world.head, world.reviewer) for pair in objectable_by(who, on=on)] == [
        (dt.date(2026, 11, 27), entry)
    ] * 2
    assert objectable_by(world.clerk, on=on) == objectable_by(world.other_head, on=on) == []
    assert objectable_by(world.head, on=dt.date(2026, 11, 28)) == []
    lights = [limit_light(dt.date(2026, 11, 27), "420102", on=dt.date(2026, 11, day))[0] for day in (20, 26, 27, 30)]
    assert lights == ["green", "amber", "amber", "red"]
