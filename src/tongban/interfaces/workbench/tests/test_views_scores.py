"""The pages of scores: who sees what, every number leads to its entries, objecting, deciding, publishing."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tongban.engines.cases.tests.factories import World, at
from tongban.engines.indicators.actions import Extras, Facts, Signal, enter_signals, publish, settle_month
from tongban.engines.indicators.loading import load_schemes
from tongban.engines.indicators.models import Bulletin, BulletinDelivery, Objection, PointEntry, Standing
from tongban.engines.indicators.rules import read_period
from tongban.foundation.organizations.actor import Actor, system_actor
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections
from tongban.interfaces.workbench import score_pages
from tongban.interfaces.workbench.tests.test_views_officials import pdf
from tongban.interfaces.workbench.views import bulletins, objections, scores

Desk = Callable[[Actor], Client]
JOB = system_actor("test")
MARCH = dt.date(2026, 3, 1)
NOW = at("2026-04-06")
"""A Monday, the holiday of Qingming; the first workday after it is the 7th."""
MOST_QUERIES = 32


@pytest.fixture
def scored(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """March with a red card of the reviewer and a yellow one of nobody in the unit; a clean unit beside it."""
    for module in (scores, objections, bulletins):
        monkeypatch.setattr(module, "now", lambda: NOW)
    for module in (scores, objections, bulletins):
        monkeypatch.setattr(module, "today", NOW.date)
    root = settings.PROJECT_ROOT / "packs" / "law"
    section = next(each for each in sections() if each.name == "scores")
    load_schemes(read_section(section, root=root), Loading(root, "law", NOW))
    case = world.submit()
    lead, other = world.units["lead"], world.units["next"]
    words = {"finding": {"zh": "超过法定时限", "en": "Statutory period exceeded"}}
    about = f"case:{case.number}"
    day = dt.date(2026, 3, 24)
    signals = [
        Signal("red", "SUP-31", lead, world.reviewer.account.pk, day, "alarm:A1", about, 1, words),  # type: ignore[union-attr]
        Signal("yellow", "SUP-22", lead, None, day, "alarm:A2", about, 1, words),
    ]
    enter_signals(code="efficiency", signals=signals, by=JOB, at=NOW)
    facts = {(lead.pk, None): Facts(30), (other.pk, None): Facts(20)}
    settle_month(code="efficiency", month=MARCH, facts=facts, by=JOB, at=NOW)
    return world


@pytest.fixture
def red(scored: World) -> PointEntry:
    return PointEntry.objects.get(about="alarm:A1")


def page(name: str, *args: object) -> str:
    return reverse(f"workbench:{name}", args=args)


def text_of(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


# -- who sees what -----------------------------------------------------------------------------------------------------

PAGES = {
    # page: who may open it, out of the people below; everyone else gets 404
    "scores": {"clerk", "reviewer", "head", "supervisor", "next_clerk", "top_head"},
    "unit": {"clerk", "reviewer", "head", "supervisor", "top_head"},
    "person": {"reviewer", "head", "supervisor"},
    "entry": {"clerk", "reviewer", "head", "supervisor", "top_head"},
    "scheme": {"clerk", "reviewer", "head", "supervisor", "next_clerk", "top_head"},
    "by_hand": {"supervisor"},
    "objections": {"clerk", "reviewer", "head", "supervisor", "next_clerk", "top_head"},
    "objection": {"reviewer", "head", "supervisor"},
    "bulletins": {"clerk", "reviewer", "head", "supervisor", "next_clerk", "top_head"},
    "publish": {"supervisor"},
}
EVERYONE = ("clerk", "reviewer", "head", "supervisor", "next_clerk", "top_head", "citizen", "admin")


@pytest.mark.parametrize("who", EVERYONE)
def test_each_page_opens_for_those_of_the_table_and_nobody_else(
    scored: World, red: PointEntry, desk: Desk, who: str
) -> None:
    lead = scored.units["lead"]
    scored.people["admin"] = official("admin", (lead, Role.AUDIT_ADMIN))
    reviewer = scored.reviewer.account
    assert reviewer is not None
    made = Objection.objects.create(
        number="SS1",
        entry=red,
        unit=lead,
        filed_by=reviewer,
        personal=True,
        grounds="x",
        filed_at=NOW,
        due_on=NOW.date(),
    )
    addresses = {
        "scores": page("scores"),
        "unit": page("score_unit", lead.code),
        "person": page("score_person", lead.code, reviewer.pk),
        "entry": page("score_entry", red.pk),
        "scheme": page("score_scheme"),
        "by_hand": page("score_by_hand"),
        "objections": page("objections"),
        "objection": page("objection", made.number),
        "bulletins": page("bulletins"),
        "publish": page("bulletin_publish"),
    }
    client = desk(getattr(scored, who))
    opened = {name for name, address in addresses.items() if client.get(address).status_code == 200}
    assert opened == {name for name, people in PAGES.items() if who in people}


def test_strangers_are_sent_to_sign_in(scored: World) -> None:
    assert Client().get(page("scores")).status_code == 302


def test_a_colleague_reads_the_units_points_without_the_persons_name(scored: World, desk: Desk) -> None:
    name = scored.reviewer.account.display_name  # type: ignore[union-attr]
    address = page("score_unit", scored.units["lead"].code)
    assert "红牌" in text_of(desk(scored.clerk), address)
    assert name not in text_of(desk(scored.clerk), address).split("</header>")[1]
    assert name in text_of(desk(scored.head), address)


def test_the_table_of_people_shows_each_only_those_they_may_see(scored: World, desk: Desk) -> None:
    name = scored.reviewer.account.display_name  # type: ignore[union-attr]
    for who, sees in (
        ("supervisor", True),
        ("head", True),
        ("reviewer", True),
        ("clerk", False),
        ("next_clerk", False),
    ):
        body = text_of(desk(getattr(scored, who)), page("scores"), of="people", period="2026-03").split("</header>")[1]
        assert (f">{name}</a>" in body) is sees, who


# -- every number leads to its entries ---------------------------------------------------------------------------------


def test_the_table_ranks_units_and_each_number_is_a_link(scored: World, desk: Desk) -> None:
    lead, other = scored.units["lead"], scored.units["next"]
    body = text_of(desk(scored.supervisor), page("scores"), period="2026-03", level="4")
    assert body.index(other.name) < body.index(lead.name)
    link = f"{page('score_unit', lead.code)}?period=2026-03"
    assert all(part in body for part in (link, f"{link}&amp;show=taken", "86.00", ">15</a>"))


def test_the_units_page_lists_the_entries_behind_the_score(scored: World, red: PointEntry, desk: Desk) -> None:
    body = text_of(desk(scored.head), page("scores_mine"), period="2026-03", show="taken")
    assert page("score_entry", red.pk) in body
    assert "超过法定时限" in body
    assert "86.00" in body


def test_an_entry_leads_to_its_case_event_and_signal(scored: World, red: PointEntry, desk: Desk) -> None:
    body = text_of(desk(scored.supervisor), page("score_entry", red.pk))
    assert f"{page('case', red.matter.removeprefix('case:'))}#event-1" in body
    assert page("alarm", "A1") in body


def test_a_half_year_is_offered_and_shown(scored: World, desk: Desk) -> None:
    body = text_of(desk(scored.supervisor), page("scores"), period="2026-H1")
    assert "2026年上半年" in body
    assert desk(scored.supervisor).get(page("scores"), {"period": "2026-13"}).status_code == 404


def test_the_table_is_given_as_a_workbook(scored: World, desk: Desk) -> None:
    answer = desk(scored.supervisor).get(page("scores"), {"period": "2026-03", "format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][1] == "单位"
    assert [row[1] for row in rows[1:]] == [scored.units["next"].name, scored.units["lead"].name]


def test_the_pages_of_scores_keep_within_their_queries(scored: World, red: PointEntry, desk: Desk) -> None:
    client = desk(scored.supervisor)
    for address in (page("scores"), page("score_unit", red.unit.code), page("score_entry", red.pk), page("objections")):
        client.get(address, {"period": "2026-03"})
        with CaptureQueriesContext(connection) as asked:
            client.get(address, {"period": "2026-03"})
        assert len(asked) <= MOST_QUERIES, (address, len(asked))


# -- objecting and deciding --------------------------------------------------------------------------------------------


def test_a_unit_objects_and_the_decision_restores_the_points(scored: World, red: PointEntry, desk: Desk) -> None:
    head = desk(scored.head)
    assert "为本单位提出申诉" in text_of(head, page("score_entry", red.pk))
    evidence = SimpleUploadedFile("公告.pdf", pdf(), "application/pdf")
    answer = head.post(page("object", red.pk), {"grounds": "当日系统停机", "files": [evidence]})
    assert answer.status_code == 302
    objection = Objection.objects.get()
    supervisor = desk(scored.supervisor)
    assert objection.number in text_of(supervisor, page("objections"))
    file = objection.files.get()
    assert b"".join(supervisor.get(page("objection_file", objection.number, file.pk))).startswith(b"%PDF")
    assert desk(scored.clerk).get(page("objection_file", objection.number, file.pk)).status_code == 404
    decided = {"verdict": "upheld", "decision": "公告属实"}
    assert supervisor.post(page("objection", objection.number), decided).status_code == 302
    assert str(Standing.objects.get(unit=scored.units["lead"], account=None).total) == "95.00"
    assert "公告属实" in text_of(head, page("objection", objection.number))
    assert "已冲销" in text_of(head, page("score_entry", red.pk))


def test_what_is_missing_is_said_and_everything_typed_stays(scored: World, red: PointEntry, desk: Desk) -> None:
    head, supervisor = desk(scored.head), desk(scored.supervisor)
    refused = head.post(page("object", red.pk), {"grounds": "  "})
    assert refused.status_code == 422
    assert "请写明申诉理由" in refused.content.decode()
    head.post(page("object", red.pk), {"grounds": "有误"})
    address = page("objection", Objection.objects.get().number)
    answer = supervisor.post(address, {"decision": "还没选"})
    assert answer.status_code == 422
    assert "还没选" in answer.content.decode()
    assert supervisor.post(address, {"verdict": "rejected", "decision": ""}).status_code == 422
    assert head.post(address, {"verdict": "upheld", "decision": "自己定"}).status_code == 404
    assert Objection.objects.get().state == Objection.State.OPEN


def test_a_supervisor_and_a_colleague_cannot_object(scored: World, red: PointEntry, desk: Desk) -> None:
    for who in ("supervisor", "clerk"):
        assert desk(getattr(scored, who)).post(page("object", red.pk), {"grounds": "x"}).status_code == 404


def test_what_may_be_objected_to_and_what_is_overdue_have_lists_with_lights(
    scored: World, red: PointEntry, desk: Desk
) -> None:
    head, supervisor = desk(scored.head), desk(scored.supervisor)
    may = text_of(head, page("objections"), state="may")
    assert page("score_entry", red.pk) in may
    assert "剩 5 天" in may
    assert "可以申诉" not in text_of(supervisor, page("objections"))
    head.post(page("object", red.pk), {"grounds": "有误"})
    assert page("score_entry", red.pk) not in text_of(head, page("objections"), state="may")
    number = Objection.objects.get().number
    assert "剩 5 天" in text_of(supervisor, page("objections"))
    assert number not in text_of(supervisor, page("objections"), state="late")
    Objection.objects.update(due_on=dt.date(2026, 4, 2))
    late = text_of(supervisor, page("objections"), state="late")
    assert number in late
    assert "超 1 天" in late
    assert "超 1 天" in text_of(supervisor, page("objection", number))


def test_a_disciplinary_measure_is_entered_by_hand(scored: World, desk: Desk) -> None:
    supervisor = desk(scored.supervisor)
    typed = {
        "rule": "discipline-warning", "unit": scored.units["lead"].code, "account": "nobody", "day": "2026-03-20",
        "note": "纪〔2026〕3 号",
    }  # fmt: skip
    refused = supervisor.post(page("score_by_hand"), typed)
    assert refused.status_code == 422
    assert "没有这个登录名" in refused.content.decode()
    account = scored.reviewer.account
    assert account is not None
    assert supervisor.post(page("score_by_hand"), typed | {"account": account.username}).status_code == 302
    assert str(Standing.objects.get(account=account).total) == "80.00"


# -- bulletins ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def bulletin(scored: World) -> Bulletin:
    unit = scored.supervisor.unit
    assert unit is not None
    extras = Extras({"zh": "效能通报", "en": "Bulletin"})
    return publish(
        code="efficiency", period=read_period("2026-03"), unit=unit, extras=extras, by=scored.supervisor, at=NOW
    )


def test_a_bulletin_is_read_as_page_workbook_and_paper(scored: World, bulletin: Bulletin, desk: Desk) -> None:
    head = desk(scored.head)
    assert "未读" in text_of(head, page("bulletins"))
    body = text_of(head, page("bulletin", bulletin.pk))
    assert scored.units["lead"].name in body
    assert "86.00" in body
    assert BulletinDelivery.objects.get(account=scored.head.account).read_at == NOW
    assert "未读" not in text_of(head, page("bulletins"))
    book = b"".join(head.get(page("bulletin_workbook", bulletin.pk)))
    assert openpyxl.load_workbook(io.BytesIO(book)).sheetnames[0] == "得分表"
    assert b"".join(head.get(page("bulletin_paper", bulletin.pk))).startswith(b"%PDF")


def test_only_the_issuer_sees_who_has_read_it(scored: World, bulletin: Bulletin, desk: Desk) -> None:
    assert "送达与阅读" in text_of(desk(scored.supervisor), page("bulletin", bulletin.pk))
    assert "送达与阅读" not in text_of(desk(scored.head), page("bulletin", bulletin.pk))


def test_a_correction_needs_a_reason_and_the_first_version_says_so(
    scored: World, bulletin: Bulletin, desk: Desk
) -> None:
    supervisor = desk(scored.supervisor)
    assert "2026年3月" in text_of(supervisor, page("bulletin_publish"))
    refused = supervisor.post(page("bulletin_publish"), {"period": "2026-03", "reason": ""})
    assert refused.status_code == 422
    answer = supervisor.post(page("bulletin_publish"), {"period": "2026-03", "reason": "补记一项"})
    assert answer.status_code == 302
    assert "以最新版本为准" in text_of(supervisor, page("bulletin", bulletin.pk))
    assert "补记一项" in text_of(supervisor, answer["Location"])


def test_the_pages_are_in_english_too(scored: World, red: PointEntry, bulletin: Bulletin, desk: Desk) -> None:
    client = desk(scored.head)
    client.cookies["language"] = "en"
    for address in (
        page("score_unit", red.unit.code),
        page("score_entry", red.pk),
        page("score_scheme"),
        page("bulletins"),
    ):
        body = client.get(address, HTTP_ACCEPT_LANGUAGE="en").content.decode()
        main = re.sub(r"<[^>]*>", "", body.split("<main")[1])
        names = (red.unit.name, bulletin.unit.name, scored.head.name, scored.reviewer.name)
        for name in names:
            main = main.replace(name, "")
        assert not re.search(r"[\u4e00-\u9fff]", main), (address, re.findall(r"[\u4e00-\u9fff]+", main)[:5])


def test_period_choices_are_those_with_scores(scored: World) -> None:
    found = dict(score_pages.choices(read_period("2026-03")))
    assert [choice.code for choice in found["月"]] == ["2026-03"]
    assert [choice.code for choice in found["半年"]] == ["2026-H1"]
