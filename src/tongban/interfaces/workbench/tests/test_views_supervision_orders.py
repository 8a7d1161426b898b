"""The pages of alarms and orders: who may open them, what they take, and what they keep when something is wrong."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import uuid4

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tongban.affairs.supervision import actions
from tongban.affairs.supervision.loading import load_rules
from tongban.affairs.supervision.models import Alarm, Order
from tongban.engines.cases.models import Case
from tongban.engines.cases.tests.factories import World, at
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections
from tongban.interfaces.workbench.tests.test_views_officials import pdf

Desk = Callable[[Actor], Client]
TEXT = "请说明超期原因，并在三日内办结。"


@pytest.fixture
def alarm(world: World, on_day: Callable[[str], None]) -> Alarm:
    """A yellow card for a late step of a running case, on the sixteenth of March."""
    root = settings.PROJECT_ROOT / "packs" / "law"
    section = next(each for each in sections() if each.name == "supervision")
    load_rules(read_section(section, root=root), Loading(root, "law", at("2026-01-01")))
    case = world.do(world.submit(world.item("licensing-review"), when="2026-03-02"), "accept", "2026-03-03")
    on_day("2026-03-16")
    raised = actions.examine([case.pk], at=at("2026-03-16")).raised
    return next(each for each in raised if each.rule_code == "SUP-21")


@pytest.fixture
def order(world: World, alarm: Alarm) -> Order:
    """A supervision order for it."""
    return actions.issue_order(
        subject=actions.subject_of_alarm(alarm), alarm=alarm, text=TEXT, key="o", by=world.supervisor, at=at("2026-03-16")
    )  # fmt: skip


def address(name: str, *args: str) -> str:
    return reverse(f"workbench:{name}", args=args)


def number(alarm: Alarm) -> str:
    assert alarm.case is not None
    return alarm.case.number


def test_alarms_are_seen_by_those_in_scope_only(world: World, desk: Desk, alarm: Alarm) -> None:
    for who, status in ((world.supervisor, 200), (world.head, 200), (world.reviewer, 200), (world.other_clerk, 404),
                        (world.next_clerk, 404)):  # fmt: skip
        assert desk(who).get(address("alarm", alarm.number)).status_code == status
    assert desk(world.citizen).get(address("alarms")).status_code == 404
    assert alarm.number not in desk(world.next_clerk).get(address("alarms")).content.decode()
    assert Client().get(address("alarms")).status_code == 302


def test_the_page_of_an_alarm_shows_rule_event_days_and_basis(world: World, desk: Desk, alarm: Alarm) -> None:
    body = desk(world.supervisor).get(address("alarm", alarm.number)).content.decode()
    for part in (alarm.finding["zh"], alarm.basis["zh"], "SUP-21", "超过", number(alarm), "#process-t"):
        assert part in body
    assert "张三" not in body
    english = desk(world.supervisor).get(address("alarm", alarm.number), headers={"accept-language": "en"})
    assert "Step late though the total is not" in english.content.decode()


def test_the_list_is_filtered_and_downloaded(world: World, desk: Desk, alarm: Alarm) -> None:
    client = desk(world.supervisor)
    assert alarm.number in client.get(address("alarms"), {"color": "yellow", "rule": "SUP-21"}).content.decode()
    for wanted in ({"color": "red"}, {"rule": "SUP-31"}, {"since": "2026-04-01"}, {"state": "withdrawn"}, {"q": "x"}):
        assert alarm.number not in client.get(address("alarms"), wanted).content.decode()
    assert client.get(address("alarms"), {"since": "nonsense", "page": "x"}).status_code == 200
    text = b"".join(client.get(address("alarms"), {"format": "csv"})).decode("utf-8-sig")  # type: ignore[arg-type]
    assert alarm.number in text
    assert number(alarm) in text
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(address("alarms"), {"format": "xlsx"}).content)).active
    assert sheet is not None
    assert alarm.number in {row[0] for row in sheet.iter_rows(values_only=True)}


def test_lists_cost_the_same_however_long_they_are(world: World, desk: Desk, alarm: Alarm) -> None:
    client = desk(world.supervisor)
    counts = []
    for _round in range(2):
        client.get(address("alarms"))
        with CaptureQueriesContext(connection) as asked:
            client.get(address("alarms"))
        counts.append(len(asked))
        for serial in range(3):
            case = world.do(world.submit(when="2026-03-02"), "accept", "2026-03-03")
            actions.examine([case.pk], at=at(f"2026-04-1{serial}"))
    assert counts[0] == counts[1] <= 16


def test_one_text_and_one_click_remind(world: World, desk: Desk, alarm: Alarm) -> None:
    client, case = desk(world.head), number(alarm)
    assert "发给" in client.get(address("remind_case", case)).content.decode()
    answer = client.post(address("remind_case", case), {"text": TEXT, "key": str(uuid4())})
    sent = Order.objects.get()
    assert answer.headers["Location"] == address("order", sent.number)
    assert (sent.kind, sent.text, sent.issuer) == ("reminder", TEXT, world.head.account)
    again = client.post(address("remind_case", case), {"text": "再催一次", "key": str(uuid4())})
    assert again.status_code == 422
    assert "再催一次" in again.content.decode()
    for who in (world.reviewer, world.next_clerk):
        assert desk(who).post(address("remind_case", case), {"text": TEXT}).status_code == 404


def test_a_filtered_list_is_urged_at_once(world: World, desk: Desk, alarm: Alarm) -> None:
    client = desk(world.supervisor)
    chosen = list(Alarm.objects.values_list("number", flat=True))
    answer = client.post(
        address("remind_batch"), {"alarm": chosen, "text": TEXT, "key": str(uuid4()), "next": address("alarms")}
    )
    assert answer.headers["Location"] == address("alarms")
    assert Order.objects.filter(kind="reminder").count() == 1  # one case, however many alarms
    assert "已催办 1 件" in client.get(address("alarms")).content.decode()
    client.post(address("remind_batch"), {"text": TEXT, "next": "https://elsewhere.example/"})
    assert "没有选中" in client.get(address("alarms")).content.decode()


def test_only_the_supervisor_may_order(world: World, desk: Desk, alarm: Alarm) -> None:
    assert desk(world.head).get(address("order_case", number(alarm))).status_code == 404
    assert desk(world.head).post(address("alarm_send", alarm.number, "order"), {"text": TEXT}).status_code == 404
    client = desk(world.supervisor)
    wrong = client.post(address("alarm_send", alarm.number, "order"), {"text": TEXT, "reply_days": "soon"})
    assert wrong.status_code == 422
    assert TEXT in wrong.content.decode()
    done = client.post(address("alarm_send", alarm.number, "order"), {"text": TEXT, "reply_days": "5"})
    order = Order.objects.get()
    assert done.headers["Location"] == address("order", order.number)
    assert (order.reply_days, order.alarm) == (5, alarm)
    assert client.post(address("alarm_send", alarm.number, "other"), {"text": TEXT}).status_code == 422


def test_the_unit_finds_the_order_on_its_desk_and_answers_with_a_file(world: World, desk: Desk, order: Order) -> None:
    client = desk(world.head)
    assert order.number in client.get(address("orders_to_answer")).content.decode()
    assert "督办待复" in client.get(address("inbox")).content.decode()
    empty = client.post(address("order_answer", order.number), {"text": " "})
    assert empty.status_code == 422
    bad = client.post(
        address("order_answer", order.number),
        {"text": "已整改", "files": SimpleUploadedFile("x.exe", b"MZ", "application/octet-stream")},
    )
    assert bad.status_code == 422
    assert "已整改" in bad.content.decode()
    good = client.post(
        address("order_answer", order.number),
        {"text": "已整改", "files": SimpleUploadedFile("plan.pdf", pdf(), "application/pdf")},
    )
    assert good.status_code == 302
    page = client.get(address("order", order.number)).content.decode()
    assert "plan.pdf" in page
    held = order.replies.get().files.get()
    file = address("reply_file", order.number, str(held.pk))
    shown = client.get(file)
    assert b"".join(shown.streaming_content).startswith(b"%PDF")  # type: ignore[arg-type]
    assert desk(world.next_clerk).get(file).status_code == 404


def test_the_supervisor_judges_the_answer(world: World, desk: Desk, order: Order) -> None:
    actions.answer(order=order, text="已整改", by=world.head, at=at("2026-03-16"))
    client = desk(world.supervisor)
    assert client.post(address("order_judge", order.number), {"do": "send_back", "text": ""}).status_code == 422
    assert desk(world.head).post(address("order_judge", order.number), {"do": "accept"}).status_code == 404
    client.post(address("order_judge", order.number), {"do": "send_back", "text": "没有说明原因"})
    order.refresh_from_db()
    assert order.state == "sent_back"
    actions.answer(order=order, text="原因是……", by=world.head, at=at("2026-03-17"))
    client.post(address("order_judge", order.number), {"do": "accept", "text": ""})
    order.refresh_from_db()
    assert order.state == "accepted"
    assert order.number in client.get(address("orders"), {"view": "over"}).content.decode()


def test_an_order_and_an_alarm_are_taken_back_with_a_reason(world: World, desk: Desk, order: Order) -> None:
    client, alarm = desk(world.supervisor), order.alarm
    assert alarm is not None
    for name, key in (("order_withdraw", order.number), ("alarm_withdraw", alarm.number)):
        assert client.post(address(name, key), {"reason": ""}).status_code == 422
        assert desk(world.reviewer).post(address(name, key), {"reason": "x"}).status_code == 404
    client.post(address("alarm_withdraw", alarm.number), {"reason": "日历有误"})
    order.refresh_from_db()
    assert order.state == "withdrawn"
    assert "日历有误" in client.get(address("alarm", alarm.number)).content.decode()


def test_the_case_page_shows_alarms_and_orders_and_the_applicant_none(world: World, desk: Desk, order: Order) -> None:
    case = Case.objects.get()
    body = desk(world.supervisor).get(address("case", case.number)).content.decode()
    for part in (order.number, "环节超时", "督办"):
        assert part in body
    assert order.number in desk(world.reviewer).get(address("case", case.number)).content.decode()


def test_the_rules_are_listed_with_basis_mark_and_counts(world: World, desk: Desk, alarm: Alarm) -> None:
    body = desk(world.supervisor).get(address("rules")).content.decode()
    for part in ("SUP-11", "OFF-03", "RUL-11", "SUP-04", "第四十五条", "V/V2", "?rule=SUP-21"):
        assert part in body
    assert desk(world.citizen).get(address("rules")).status_code == 404
