"""Who sees which cases: the unit, those who took part, the line of command, the supervisor's region, the applicant."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import add_note
from tongban.engines.cases.errors import LookupThrottled
from tongban.engines.cases.models import Case
from tongban.engines.cases.queries import (
    InboxFilter,
    by_number_and_secret,
    case_for,
    cases_for,
    inbox,
    inbox_choices,
    inbox_tabs,
    my_cases,
)
from tongban.engines.cases.queries.codes import secret_of
from tongban.engines.cases.tests.factories import at


def test_the_right_people_see_a_case_and_nobody_else(world):
    case = world.submit()
    for actor in (
        world.clerk,
        world.reviewer,
        world.approver,
        world.head,
        world.supervisor,
        world.citizen,
        world.top_head,
    ):
        assert case_for(actor, case.number) == case
    for actor in (world.stranger, world.other_clerk, world.next_clerk):
        with pytest.raises(Case.DoesNotExist):
            case_for(actor, case.number)
        assert not cases_for(actor).exists()


def test_my_cases_are_mine(world):
    case = world.submit()
    assert list(my_cases(world.citizen)) == [case]
    assert not my_cases(world.stranger).exists()


def test_number_and_code_open_the_progress_page_and_guessing_is_slowed_down(world):
    case = world.submit()
    assert by_number_and_secret(case.number, secret_of(case).lower(), at=at("2026-03-03")) == case
    for _ in range(5):
        assert by_number_and_secret(case.number, "22222222", at=at("2026-03-03")) is None
    with pytest.raises(LookupThrottled):
        by_number_and_secret(case.number, secret_of(case), at=at("2026-03-03"))
    later = at("2026-03-03") + dt.timedelta(minutes=16)
    assert by_number_and_secret(case.number, secret_of(case), at=later) == case


def test_the_tabs_of_the_inbox_add_up_under_every_filter(world):
    item = world.item()
    for day in ("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-10"):
        world.submit(item, when=day)
    paused = world.submit(when="2026-03-04")
    world.do(paused, "request_correction", "2026-03-05", items="补", days=20)
    today = dt.date(2026, 3, 10)
    for filters in (InboxFilter(), InboxFilter(item=item.pk), InboxFilter(text="张三"), InboxFilter(channel="api")):
        tabs = inbox_tabs(world.clerk, filters, today=today)
        assert tabs.all == tabs.red + tabs.amber + tabs.green + tabs.paused
        assert tabs.all == inbox(world.clerk, filters, today=today).count()
    tabs = inbox_tabs(world.clerk, today=today)
    assert (tabs.red, tabs.amber, tabs.green, tabs.paused) == (1, 2, 1, 1)
    assert inbox(world.clerk, InboxFilter(light="red"), today=today).get().case.submitted_at == at("2026-03-02")


def test_the_inbox_is_found_by_number_name_and_credit_code(world):
    case = world.submit()
    world.submit()
    for text in (case.number, case.number[-4:], case.title):
        assert case in {task.case for task in inbox(world.clerk, InboxFilter(text=text))}
    assert inbox(world.clerk, InboxFilter(text=case.number)).count() == 1
    assert not inbox(world.clerk, InboxFilter(text="没有此人")).exists()
    assert dict(inbox_choices(world.clerk).steps) == {"acceptance": "受理"}


def test_a_message_of_the_applicant_is_seen_by_both_sides(world):
    case = world.submit()
    note = add_note(case=case, text="材料还要带原件吗？", by=world.citizen, at=at("2026-03-03"))
    assert note.from_applicant
    assert note.visible_to_applicant
    inner = add_note(case=case, text="注意核对", by=world.clerk, at=at("2026-03-03"))
    assert not inner.visible_to_applicant
