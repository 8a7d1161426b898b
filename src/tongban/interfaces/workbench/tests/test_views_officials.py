from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tongban.engines.cases.models import Case, CaseEvent, CaseMaterial, CaseNote, Rating, Task
from tongban.engines.cases.queries import available_actions, desk_counts
from tongban.engines.cases.tests.factories import World, at
from tongban.foundation.accounts.models import Identity, Reveal
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.actor import Actor
from tongban.interfaces.workbench.tests.conftest import DAY

Desk = Callable[[Actor], Client]
MOST_QUERIES = 22


def pdf() -> bytes:
    """Return a small, valid PDF."""
    made, held = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(held)
    return held.getvalue()


def page(case: Case, name: str = "case", **more: Any) -> str:
    return reverse(f"workbench:{name}", kwargs={"number": case.number, **more})


def send(client: Client, case: Case, action: str, **typed: Any) -> Any:
    """Open the form of an action as a browser would and send it filled in."""
    body = client.get(page(case), {"action": action}).content.decode()
    hidden = {
        name: re.search(rf'name="{name}" value="([^"]*)"', body.split('class="act-form"')[1])[1]  # type: ignore[index]
        for name in ("key", "version", "task")
    }
    return client.post(page(case, "act", action=action), {**hidden, **{f"f-{k}": v for k, v in typed.items()}})


# -- who sees what -----------------------------------------------------------------------------------------------------


def test_a_foreign_units_case_is_not_found(world: World, desk: Desk) -> None:
    case = world.submit()
    for who in (world.next_clerk, world.other_clerk, world.stranger):
        assert desk(who).get(page(case)).status_code == 404
    assert Client().get(page(case)).status_code == 302


def test_an_applicant_cannot_open_the_officials_page_of_the_own_case(world: World, desk: Desk) -> None:
    case = world.submit()
    for name in ("case", "application", "clock", "sent", "sheet"):
        assert desk(world.citizen).get(page(case, name)).status_code == 404


@pytest.mark.parametrize("name", ["case", "application", "clock", "sent", "sheet", "process"])
@pytest.mark.parametrize(
    "who", ["clerk", "reviewer", "surveyor", "expert", "approver", "head", "supervisor", "top_head"]
)
def test_every_role_of_the_unit_and_above_reads_every_page_of_a_case(
    world: World, desk: Desk, who: str, name: str
) -> None:
    case = world.submit()
    assert desk(getattr(world, who)).get(page(case, name)).status_code == 200


def test_each_role_is_offered_its_own_actions_and_the_supervisor_none(world: World, desk: Desk) -> None:
    case = world.submit(world.item("licensing-review"))

    def actions(who: Actor) -> set[str]:
        body = desk(who).get(page(case)).content.decode()
        return set(re.findall(r"\?action=(\w+)", body))

    assert {"accept", "request_correction", "refuse_acceptance"} <= actions(world.clerk)
    assert not actions(world.approver)
    assert actions(world.supervisor) == set()
    assert "监察席位只看不办" in desk(world.supervisor).get(page(case)).content.decode()
    world.do(case, "accept", "2026-03-03")
    assert "pass" in actions(world.reviewer)
    assert "accept" not in actions(world.clerk)


def test_a_supervisor_cannot_act_even_by_a_crafted_request(world: World, desk: Desk) -> None:
    case = world.submit()
    for name, more in (("act", {"action": "accept"}), ("note", {}), ("reveal", {}), ("accept_materials", {})):
        assert desk(world.supervisor).post(page(case, name, **more), {"key": uuid4().hex}).status_code == 404
    case.refresh_from_db()
    assert case.status == Case.Status.SUBMITTED


def test_the_supervisor_reads_persons_names_masked_and_firms_in_full(world: World, desk: Desk) -> None:
    case = world.submit()
    for name in ("case", "application", "clock", "sheet"):
        body = desk(world.supervisor).get(page(case, name)).content.decode()
        assert "张*" in body
        assert "张三" not in body
    assert "张三" in desk(world.clerk).get(page(case)).content.decode()
    Case.objects.filter(pk=case.pk).update(applicant_kind="organization", applicant_name="江畔小厨")
    assert "江畔小厨" in desk(world.supervisor).get(page(case)).content.decode()


# -- acting ------------------------------------------------------------------------------------------------------------


def test_an_action_goes_through_and_leads_back_to_the_case(world: World, desk: Desk) -> None:
    case = world.submit()
    client = desk(world.clerk)
    answer = send(client, case, "accept", opinion="材料齐全")
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.accepted_at == at("2026-03-03")
    assert "已完成" in client.get(answer["Location"]).content.decode()


def test_a_refused_action_answers_422_and_keeps_everything_typed(world: World, desk: Desk) -> None:
    case = world.submit()
    answer = send(
        desk(world.clerk), case, "refuse_acceptance", ground="not_our_authority", reason="", remedies="可以复议"
    )
    body = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#f-reason"' in body
    assert "可以复议" in body
    assert re.search(r'value="not_our_authority" checked', body)
    case.refresh_from_db()
    assert case.status == Case.Status.SUBMITTED


def test_a_correction_lists_ticked_materials_and_lines_and_keeps_them_when_refused(world: World, desk: Desk) -> None:
    case = world.submit()
    client = desk(world.clerk)
    typed = {
        "items-material": ["layout"],
        "items-note-layout": "缺少比例尺",
        "items": "补交委托书\n\n补交章程",
        "days": "x",
    }
    refused = send(client, case, "request_correction", **typed)
    body = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="缺少比例尺"' in body
    assert "补交章程" in body
    assert 'href="#f-days"' in body
    assert send(client, case, "request_correction", **{**typed, "days": "10"}).status_code == 302
    items = case.corrections.get().items
    assert [item["text"] for item in items] == ["布局图：缺少比例尺", "补交委托书", "补交章程"]
    assert items[0]["material"] == "layout"


def test_a_ticked_material_must_say_what_is_wrong_with_it(world: World, desk: Desk) -> None:
    case = world.submit()
    answer = send(desk(world.clerk), case, "request_correction", **{"items-material": ["layout"], "days": "10"})
    assert answer.status_code == 422
    assert "请写明“布局图”需要补正什么" in answer.content.decode()
    assert not case.corrections.exists()


def test_the_same_form_sent_twice_acts_once(world: World, desk: Desk) -> None:
    case = world.submit()
    client = desk(world.clerk)
    key, data = uuid4().hex, {"f-opinion": "", "version": str(case.version)}
    for _time in range(2):
        assert client.post(page(case, "act", action="accept"), {**data, "key": key}).status_code == 302
    assert CaseEvent.objects.filter(case=case, act="accept").count() == 1


def test_acting_on_an_outdated_page_is_refused_with_what_was_typed(world: World, desk: Desk) -> None:
    case = world.submit()
    client = desk(world.clerk)
    old = case.version
    world.do(case, "assign", "2026-03-03", by=world.head, assignee=world.clerk.account.pk)  # type: ignore[union-attr]
    answer = client.post(
        page(case, "act", action="accept"), {"key": uuid4().hex, "version": str(old), "f-opinion": "材料齐全"}
    )
    assert answer.status_code == 422
    assert "材料齐全" in answer.content.decode()
    assert "页面内容已经过时" in answer.content.decode()


def test_what_was_typed_for_an_action_that_is_gone_is_shown_again(world: World, desk: Desk) -> None:
    case = world.submit()
    client = desk(world.clerk)
    world.do(case, "accept", "2026-03-03", by=world.second_clerk)
    answer = client.post(
        page(case, "act", action="refuse_acceptance"), {"key": uuid4().hex, "f-reason": "不属于本机关职权"}
    )
    assert answer.status_code == 422
    assert "不属于本机关职权" in answer.content.decode()


def test_a_disabled_action_says_why(world: World, desk: Desk) -> None:
    case = world.submit(world.item("licensing-survey"))
    world.do(case, "accept", "2026-03-03")
    offers = {offer.code: offer for offer in available_actions(case, world.reviewer, at=at("2026-03-03"))}
    body = desk(world.reviewer).get(page(case)).content.decode()
    for offer in offers.values():
        assert offer.title in body
        assert not offer.disabled_reason or offer.disabled_reason in body


def test_a_report_is_kept_when_the_form_is_refused(world: World, desk: Desk) -> None:
    case = world.submit(world.item("licensing-survey"))
    world.do(case, "accept", "2026-03-03")
    client = desk(world.surveyor)
    upload = SimpleUploadedFile("现场记录.pdf", pdf(), content_type="application/pdf")
    refused = send(client, case, "finish_survey", conclusion="pass", opinion="", members="张三\n李四", report=upload)
    assert refused.status_code == 422
    kept = StoredFile.objects.get(uploaded_by=world.surveyor.account)
    assert f'value="{kept.pk}"' in refused.content.decode()
    done = send(
        client,
        case,
        "finish_survey",
        conclusion="pass",
        opinion="符合",
        members="张三\n李四",
        **{"report-kept": kept.pk},
    )
    assert done.status_code == 302
    special = case.specials.get()
    assert special.report_id == kept.pk
    answer = desk(world.reviewer).get(page(case, "report", key=kept.pk))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert desk(world.next_clerk).get(page(case, "report", key=kept.pk)).status_code == 404


def test_the_counter_takes_corrected_materials_for_the_applicant(world: World, desk: Desk) -> None:
    case = world.submit()
    world.do(case, "request_correction", "2026-03-03")
    client = desk(world.clerk)
    empty = send(client, case, "supplement")
    assert empty.status_code == 422
    body = client.get(page(case), {"action": "supplement"}).content.decode()
    assert 'name="m-layout"' in body
    key = re.search(r'name="key" value="([^"]*)"', body.split("act-form")[1])
    assert key is not None
    answer = client.post(
        page(case, "act", action="supplement"), {"key": key[1], "m-layout-paper": "1", "f-note": "窗口补交"}
    )
    assert answer.status_code == 302
    assert CaseMaterial.objects.get(case=case, code="layout", current=True).source == CaseMaterial.Source.PAPER


# -- materials, notes, masked values -----------------------------------------------------------------------------------


def test_materials_are_judged_one_by_one_and_a_rejection_needs_a_reason(world: World, desk: Desk) -> None:
    case = world.submit()
    row = CaseMaterial.objects.get(case=case, code="layout")
    client = desk(world.clerk)
    assert client.get(page(case, "material", key=row.pk)).status_code == 200
    assert client.post(page(case, "material", key=row.pk), {"verdict": "rejected", "note": " "}).status_code == 422
    assert client.post(page(case, "material", key=row.pk), {"verdict": "rejected", "note": "看不清"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.note) == ("rejected", "看不清")
    body = client.get(page(case), {"action": "request_correction"}).content.decode()
    assert re.search(r'value="layout" checked', body)
    assert 'value="看不清"' in body


def test_all_pending_materials_are_accepted_at_once_and_rejected_ones_stay(world: World, desk: Desk) -> None:
    case = world.submit()
    CaseMaterial.objects.filter(case=case, code="layout").update(state="rejected")
    assert desk(world.clerk).post(page(case, "accept_materials")).status_code == 302
    assert set(CaseMaterial.objects.filter(case=case).values_list("code", "state")) == {
        ("form", "accepted"), ("layout", "rejected"),
    }  # fmt: skip


def test_a_note_is_kept_and_an_empty_one_refused(world: World, desk: Desk) -> None:
    case = world.submit()
    client = desk(world.reviewer)
    assert client.post(page(case, "note"), {"text": " "}).status_code == 422
    assert client.post(page(case, "note"), {"text": "已电话联系", "visible": "1"}).status_code == 302
    assert CaseNote.objects.get(case=case).visible_to_applicant


def test_seeing_a_number_in_full_needs_a_reason_and_leaves_a_record(world: World, desk: Desk) -> None:
    account = world.citizen.account
    Identity.objects.create(account=account, kind="citizen", name="张三", number="420102199001011234", number_digest="d", phone="13900000000", phone_digest="p")  # fmt: skip  # noqa: E501
    case = world.submit()
    client = desk(world.clerk)
    assert "420102199001011234" not in client.get(page(case, "application")).content.decode()
    refused = client.post(page(case, "reveal"), {"what": "number", "reason": ""})
    assert refused.status_code == 422
    shown = client.post(page(case, "reveal"), {"what": "number", "reason": "核对身份证件"})
    assert "420102199001011234" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert Reveal.objects.get(account=account).about == case.number


def test_the_query_code_in_the_applicants_message_stays_hidden_from_officials(world: World, desk: Desk) -> None:
    from tongban.engines.cases.queries.codes import secret_of

    case = world.submit()
    body = desk(world.clerk).get(page(case, "sent")).content.decode()
    assert secret_of(case) not in body
    assert "********" in body


def test_a_document_is_typeset_when_first_asked_for(world: World, desk: Desk) -> None:
    case = world.submit()
    paper = case.documents.get()
    answer = desk(world.clerk).get(page(case, "document", key=paper.pk))
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert desk(world.next_clerk).get(page(case, "document", key=paper.pk)).status_code == 404


# -- lists -------------------------------------------------------------------------------------------------------------


def test_the_inbox_is_sorted_by_what_is_due_with_the_paused_last(
    world: World, desk: Desk, on_day: Callable[[str], None]
) -> None:
    late = world.submit(when="2026-03-02")
    soon = world.submit(when="2026-03-04")
    waiting = world.submit(when="2026-03-02")
    world.do(waiting, "request_correction", "2026-03-03")
    on_day("2026-03-09")
    body = desk(world.clerk).get(reverse("workbench:inbox")).content.decode()
    order = re.findall(r"/desk/cases/(\d{18})/", body)
    assert order == [late.number, soon.number, waiting.number]
    assert "今天到期" in body
    assert "停计" in body


def test_the_tabs_add_up_and_agree_with_the_menu(world: World, desk: Desk, on_day: Callable[[str], None]) -> None:
    for day in ("2026-03-02", "2026-03-03", "2026-03-05"):
        world.submit(when=day)
    on_day("2026-03-10")
    answer = desk(world.clerk).get(reverse("workbench:inbox"))
    tabs = answer.context["tabs"]
    assert tabs.all == tabs.red + tabs.amber + tabs.green + tabs.paused == 3
    assert desk_counts(world.clerk, today=at("2026-03-10").date()).todo == 3
    for light in ("red", "amber", "green", "paused"):
        rows = desk(world.clerk).get(reverse("workbench:inbox"), {"light": light}).context["rows"]
        assert len(rows) == getattr(tabs, light)
        assert all(row.light == light for row in rows)


@pytest.mark.parametrize("view", ["", "unit", "unassigned", "consultations", "paused", "late", "done"])
def test_every_list_of_the_desk_opens_also_empty(world: World, desk: Desk, view: str) -> None:
    assert desk(world.clerk).get(reverse("workbench:inbox"), {"view": view}).status_code == 200
    world.submit()
    assert desk(world.clerk).get(reverse("workbench:inbox"), {"view": view}).status_code == 200


def test_an_unknown_list_is_not_found_and_strange_filters_do_no_harm(world: World, desk: Desk) -> None:
    client = desk(world.clerk)
    world.submit()
    assert client.get(reverse("workbench:inbox"), {"view": "x"}).status_code == 404
    strange = {"item": "9" * 40, "due": "31.2.2026", "light": "blue", "page": "-3", "q": "\x00", "step": "'"}
    answer = client.get(reverse("workbench:inbox"), strange)
    assert answer.status_code == 200
    assert 'value="31.2.2026"' in answer.content.decode()


def test_the_filter_finds_by_number_name_step_and_due_day(world: World, desk: Desk) -> None:
    first, second = world.submit(when="2026-03-02"), world.submit(when="2026-03-03")
    client = desk(world.clerk)

    def found(**query: str) -> list[str]:
        return [row.number for row in client.get(reverse("workbench:inbox"), query).context["rows"]]

    assert found(q=first.number[-8:]) == [first.number]
    assert set(found(q="张三")) == {first.number, second.number}
    assert found(step="nothing") == []
    due = Task.objects.get(case=first).due_on
    assert due is not None
    assert found(due=due.isoformat()) == [first.number]


def test_several_cases_are_accepted_at_once_and_those_that_cannot_be_say_why(world: World, desk: Desk) -> None:
    good, bad = world.submit(), world.submit()
    CaseMaterial.objects.filter(case=bad, code="layout").update(state="rejected")
    tasks = list(Task.objects.filter(case__in=[good, bad]).values_list("pk", flat=True))
    client = desk(world.clerk)
    answer = client.post(reverse("workbench:batch"), {"do": "accept", "task": tasks, "key": uuid4().hex}, follow=True)
    body = answer.content.decode()
    assert "已受理 1 件" in body
    assert bad.number in body
    assert "布局图" in body
    good.refresh_from_db()
    assert good.accepted_at is not None


def test_several_cases_are_assigned_at_once(world: World, desk: Desk) -> None:
    cases = [world.submit(), world.submit()]
    tasks = list(Task.objects.filter(case__in=cases).values_list("pk", flat=True))
    colleague = world.second_clerk.account
    assert colleague is not None
    desk(world.clerk).post(
        reverse("workbench:batch"), {"do": "assign", "assignee": colleague.pk, "task": tasks, "key": uuid4().hex}
    )
    assert set(Task.objects.filter(pk__in=tasks).values_list("assignee", flat=True)) == {colleague.pk}


def test_a_foreign_task_in_a_batch_is_left_alone(world: World, desk: Desk) -> None:
    case = world.submit()
    task = Task.objects.get(case=case)
    desk(world.next_clerk).post(reverse("workbench:batch"), {"do": "accept", "task": [task.pk], "key": uuid4().hex})
    case.refresh_from_db()
    assert case.accepted_at is None


# -- cost --------------------------------------------------------------------------------------------------------------


def test_the_inbox_costs_the_same_however_long_it_is(world: World, desk: Desk) -> None:
    item = world.item()
    client = desk(world.clerk)
    world.submit(item)
    client.get(reverse("workbench:inbox"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("workbench:inbox"))
    for _more in range(5):
        world.submit(item)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("workbench:inbox"))
    assert len(many) <= len(few)
    assert len(many) <= MOST_QUERIES


GRANTED = ("accept", "finish_survey", "pass", "grant", "issue", "deliver")
WAYS = {
    "handed in": (),
    "asked to correct": ("request_correction",),
    "surveyed": ("accept",),
    "handled after a correction and a survey": ("request_correction", "supplement", "accept", "finish_survey"),
    "to be extended": ("accept", "finish_survey", "request_extension"),
    "closed with a license": GRANTED,
    "closed after a correction": ("request_correction", "supplement", *GRANTED),
    "refused": ("accept", "finish_survey", "pass", "refuse", "deliver"),
    "not accepted": ("refuse_acceptance",),
    "withdrawn": ("accept", "withdraw"),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_page_of_any_case_costs_at_most_as_many_queries_as_it_should(world: World, desk: Desk, way: str) -> None:
    case = world.submit(world.item("licensing-survey"))
    for action in WAYS[way]:
        case = world.do(case, action, "2026-03-03")
    for who in (world.clerk, world.reviewer, world.head, world.supervisor):
        client = desk(who)
        client.get(page(case))
        with CaptureQueriesContext(connection) as asked:
            client.get(page(case))
        assert len(asked) <= MOST_QUERIES, "\n".join(str(query["sql"])[:200] for query in asked)


def test_the_day_of_these_tests_is_a_working_day() -> None:
    assert DAY.weekday() == 1


def test_a_bad_review_is_followed_up_by_the_unit(world: World, desk: Desk) -> None:
    case = world.submit(world.item("licensing-instant", case_kind="instant"))
    Rating.objects.create(case=case, score=5, is_bad=True, comment="态度不好", rated_at=at("2026-03-03"))
    Case.objects.filter(pk=case.pk).update(closed_at=at("2026-03-03"), open_steps="", next_check_on=None)
    client = desk(world.head)
    assert "态度不好" in client.get(reverse("workbench:ratings")).content.decode()
    assert desk(world.reviewer).get(reverse("workbench:ratings")).status_code == 404
    assert client.post(page(case, "rating"), {"answer": ""}).status_code == 422
    assert client.post(page(case, "rating"), {"answer": "已电话道歉并改正"}).status_code == 302
    assert Rating.objects.get(case=case).answered_by == world.head.name
    assert "没有等待回访" in client.get(reverse("workbench:ratings")).content.decode()
