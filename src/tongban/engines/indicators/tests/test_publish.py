"""Bulletins: frozen, as data, workbook and sealed paper; handed to the heads; corrected only by a new version."""

from __future__ import annotations

import io

import openpyxl
import pikepdf
import pytest
from django.db import DatabaseError, transaction

from tongban.engines.indicators.actions import Column, Extras, Facts, note_read, publish, take_back
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import Bulletin, BulletinDelivery, PointEntry
from tongban.engines.indicators.queries import bulletins_for, is_latest, unopened
from tongban.engines.indicators.rules import Period, read_period
from tongban.engines.indicators.tests.world import AT, JOB, Small
from tongban.foundation.documents.actions import ensure_file
from tongban.foundation.documents.verify import check_pdf
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.messaging.models import Message
from tongban.foundation.organizations.permissions import NotAllowedError

TITLE = {"zh": "效能通报", "en": "Bulletin"}


@pytest.fixture
def scored(world: Small) -> Small:
    """October with two units."""
    world.enter(world.signal("A1", who=world.reviewer))
    world.settle({(world.here.pk, None): Facts(30), (world.there.pk, None): Facts(40)})
    return world


def made(world: Small, period: Period | None = None, **more: object) -> Bulletin:
    rates = Column("on_time", {"zh": "按时率（%）", "en": "On time (%)"}, {world.here.pk: "98.5"})
    extras = Extras(TITLE, (rates,), [({"zh": "办结", "en": "Closed"}, "70")])
    values: dict[str, object] = {"unit": world.province, "by": world.supervisor, "at": AT}
    return publish(code="efficiency", period=period or read_period("2026-10"), extras=extras, **{**values, **more})  # type: ignore[arg-type]


def test_a_bulletin_freezes_the_table_and_the_entries_behind_it(scored: Small) -> None:
    bulletin = made(scored)
    (level,) = bulletin.data["levels"]
    assert [(row["name"], row["place"], row["total"]) for row in level["rows"]] == [
        (scored.there.name, 1, "100.00"),
        (scored.here.name, 2, "90.00"),
    ]
    assert level["rows"][1]["extra"] == {"on_time": "98.5"}
    assert bulletin.data["entries"][0]["reason"]["en"] == "Statutory period exceeded"
    assert bulletin.title == {"zh": "效能通报（2026年10月）", "en": "Bulletin (October 2026)"}


def test_no_person_is_named_in_a_bulletin(scored: Small) -> None:
    assert "reviewer" not in str(made(scored).data)


def test_the_workbook_holds_the_same_figures(scored: Small) -> None:
    book = openpyxl.load_workbook(io.BytesIO(read_bytes(made(scored).workbook)))
    table = list(book["得分表"].iter_rows(values_only=True))
    assert table[0][:5] == ("名次", "层级", "单位", "单位代码", "得分")
    assert table[1][2:6] == (scored.there.name, scored.there.code, 100, "优秀")
    assert table[2][4] == 90
    assert table[2][-1] == 98.5
    assert book["记分明细"].max_row == 2


def test_a_text_that_looks_like_a_formula_stays_a_text(scored: Small) -> None:
    scored.here.name = "=1+1"
    scored.here.save()
    book = openpyxl.load_workbook(io.BytesIO(read_bytes(made(scored).workbook)))
    assert book["得分表"]["C3"].data_type == "s"


def test_the_paper_is_sealed(scored: Small) -> None:
    stored = ensure_file(document=made(scored).document, at=AT)
    content = read_bytes(stored)
    assert check_pdf(content).trusted
    with pikepdf.open(io.BytesIO(content)) as paper:
        assert len(paper.pages) >= 1


def test_the_heads_get_it_on_their_desks_and_their_reading_is_noted_once(scored: Small) -> None:
    assert scored.head.account is not None
    scored.head.account.email = "head@example.com"
    scored.head.account.save()
    bulletin = made(scored)
    assert BulletinDelivery.objects.filter(bulletin=bulletin).count() == 2
    assert Message.objects.filter(about=f"bulletin:{bulletin.pk}").count() == 1
    assert unopened(scored.head).count() == 1
    note_read(bulletin=bulletin, account=scored.head.account, at=AT)
    note_read(bulletin=bulletin, account=scored.head.account, at=AT.replace(hour=23))
    assert BulletinDelivery.objects.get(account=scored.head.account).read_at == AT
    assert unopened(scored.head).count() == 0


def test_a_published_bulletin_never_changes_and_a_correction_is_a_new_version(scored: Small) -> None:
    first = made(scored)
    with pytest.raises(DatabaseError), transaction.atomic():
        Bulletin.objects.filter(pk=first.pk).update(reason="改")
    with pytest.raises(ScoreError, match="更正原因"):
        made(scored)
    take_back(entry=PointEntry.objects.get(), note="误报", by=JOB, at=AT)
    scored.settle({(scored.here.pk, None): Facts(30), (scored.there.pk, None): Facts(40)})
    second = made(scored, reason="一张红牌已撤销")
    first.refresh_from_db()
    assert (first.data["levels"][0]["rows"][1]["total"], second.version) == ("90.00", 2)
    assert {row["total"] for row in second.data["levels"][0]["rows"]} == {"100.00"}
    assert not is_latest(first)
    assert is_latest(second)


def test_only_a_period_that_is_over_and_scored_is_published(scored: Small) -> None:
    for code in ("2026-11", "2026-Q4", "2026-H1", "2026-09"):
        with pytest.raises(ScoreError):
            made(scored, read_period(code))


def test_a_supervisor_publishes_for_the_own_unit_only(scored: Small) -> None:
    for who in (scored.head, scored.reviewer, scored.admin):
        with pytest.raises(NotAllowedError):
            made(scored, by=who)
    with pytest.raises(ScoreError, match="本单位"):
        made(scored, by=scored.local_supervisor)


def test_a_bulletin_is_read_by_the_officials_of_its_region(scored: Small) -> None:
    made(scored, unit=scored.local_supervisor.unit, by=scored.local_supervisor)
    seen = {who: bulletins_for(getattr(scored, who)).count() for who in
            ("supervisor", "local_supervisor", "head", "clerk", "other_head", "admin")}  # fmt: skip
    assert seen == {"supervisor": 1, "local_supervisor": 1, "head": 1, "clerk": 1, "other_head": 0, "admin": 0}
