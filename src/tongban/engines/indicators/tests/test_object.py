"""Objections: who may object, until when, who decides, and what comes of it."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.indicators import registers
from tongban.engines.indicators.actions import Facts, decide_objection, file_objection
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import Objection, PointEntry
from tongban.engines.indicators.queries import differences, file_by, objections_for
from tongban.engines.indicators.registers import Source
from tongban.engines.indicators.tests.world import AT, CODE, OCTOBER, Small
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.messaging.models import Message
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import NotAllowedError


@pytest.fixture
def entry(world: Small) -> PointEntry:
    """A red card of the unit, by the reviewer."""
    (made,) = world.enter(world.signal("A1", who=world.reviewer))
    world.settle({(world.here.pk, None): Facts(30), (world.there.pk, None): Facts(30)})
    return made


def objected(
    entry: PointEntry, by: Actor, *, grounds: str = "当日系统停机，有公告为证", at: dt.datetime = AT
) -> Objection:
    return file_objection(entry=entry, grounds=grounds, files=[], by=by, at=at)


def test_an_upheld_objection_restores_the_points(world: Small, entry: PointEntry) -> None:
    assert world.total() == "90.00"
    objection = objected(entry, world.head)
    decide_objection(objection=objection, upheld=True, decision="证据属实", by=world.supervisor, at=AT)
    assert world.total() == "100.00"
    assert world.total(who=world.reviewer) == "100.00"
    entry.refresh_from_db()
    assert entry.reversed_by.note == "证据属实"
    assert differences(CODE, OCTOBER) == []


def test_a_rejected_objection_leaves_the_points_and_says_why(world: Small, entry: PointEntry) -> None:
    objection = objected(entry, world.head)
    done = decide_objection(
        objection=objection, upheld=False, decision="停机时间与办件无关", by=world.supervisor, at=AT
    )
    assert (done.state, world.total()) == (Objection.State.REJECTED, "90.00")
    with pytest.raises(ScoreError, match="已经决定"):
        decide_objection(objection=objection, upheld=True, decision="改", by=world.supervisor, at=AT)
    with pytest.raises(ScoreError):
        objected(entry, world.reviewer)


def test_the_source_of_the_points_learns_the_decision(
    world: Small, entry: PointEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    source = Source(
        "alarm",
        lambda about, *_more: told.append(("withdraw", about)),
        lambda about, *_more: told.append(("stand", about)),
    )
    monkeypatch.setattr(registers, "_sources", {"alarm": source})
    decide_objection(objection=objected(entry, world.head), upheld=True, decision="是", by=world.supervisor, at=AT)
    (other,) = world.enter(world.signal("A2"))
    decide_objection(objection=objected(other, world.head), upheld=False, decision="否", by=world.supervisor, at=AT)
    assert told == [("withdraw", "alarm:A1"), ("stand", "alarm:A2")]


def test_an_upheld_objection_to_a_run_keeps_it_struck_out(world: Small) -> None:
    world.enter(*(world.signal(f"B{number}", "blue", day=number) for number in (1, 2, 3)))
    facts: dict[tuple[int, int | None], Facts] = {(world.here.pk, None): Facts(30)}
    world.settle(facts)
    run = PointEntry.objects.get(rule="reminder-run")
    decide_objection(objection=objected(run, world.head), upheld=True, decision="同意", by=world.supervisor, at=AT)
    world.settle(facts)
    assert world.total() == "100.00"


def test_only_the_head_and_the_person_may_object(world: Small, entry: PointEntry) -> None:
    for who in (world.clerk, world.other_head, world.supervisor, world.admin):
        with pytest.raises(NotAllowedError):
            objected(entry, who)
    assert objected(entry, world.reviewer).personal


def test_an_objection_needs_grounds_and_comes_in_time(world: Small, entry: PointEntry) -> None:
    assert file_by(entry) == dt.date(2026, 11, 27)
    with pytest.raises(ScoreError, match="理由"):
        objected(entry, world.head, grounds="  ")
    with pytest.raises(ScoreError, match="期限"):
        objected(entry, world.head, at=AT + dt.timedelta(days=8))
    objection = objected(entry, world.head, at=AT + dt.timedelta(days=7))
    assert objection.due_on == dt.date(2026, 12, 4)
    with pytest.raises(ScoreError, match="已有申诉"):
        objected(entry, world.head)


def test_only_a_supervisor_of_the_region_decides_and_gives_a_reason(world: Small, entry: PointEntry) -> None:
    objection = objected(entry, world.head)
    for who in (world.head, world.other_head, world.reviewer, world.admin):
        with pytest.raises(NotAllowedError):
            decide_objection(objection=objection, upheld=True, decision="同意", by=who, at=AT)
    with pytest.raises(ScoreError, match="理由"):
        decide_objection(objection=objection, upheld=True, decision=" ", by=world.local_supervisor, at=AT)
    decide_objection(objection=objection, upheld=True, decision="同意", by=world.local_supervisor, at=AT)


def test_people_are_told_and_everything_is_recorded(world: Small, entry: PointEntry) -> None:
    for who in (world.head, world.supervisor, world.local_supervisor):
        assert who.account is not None
        who.account.email = f"{who.account.username}@example.com"
        who.account.save()
    objection = objected(entry, world.head)
    assert Message.objects.filter(about=f"objection:{objection.number}").count() == 2
    decide_objection(objection=objection, upheld=True, decision="同意", by=world.supervisor, at=AT)
    sent = Message.objects.get(key=f"objection:{objection.number}:decided")
    assert objection.number in sent.body
    kinds = AuditEvent.objects.filter(stream=f"scores:{world.here.code}").values_list("kind", flat=True)
    assert list(kinds.order_by("seq")) == ["points.entered", "objection.filed", "objection.upheld", "points.taken_back"]


def test_objections_are_seen_by_the_person_the_head_and_the_supervisor(world: Small, entry: PointEntry) -> None:
    objected(entry, world.reviewer)
    seen = {who: objections_for(getattr(world, who)).count() for who in
            ("reviewer", "head", "supervisor", "local_supervisor", "clerk", "other_head", "admin")}  # fmt: skip
    assert seen == {
        "reviewer": 1,
        "head": 1,
        "supervisor": 1,
        "local_supervisor": 1,
        "clerk": 0,
        "other_head": 0,
        "admin": 0,
    }
