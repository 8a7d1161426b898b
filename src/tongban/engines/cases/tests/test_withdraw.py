"""Withdrawing: at any time before the decision, by the applicant or whoever acts for the applicant."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import ActionRefused
from tongban.engines.cases.models import Task
from tongban.engines.cases.tests.factories import at
from tongban.foundation.accounts.models import Delegation
from tongban.foundation.organizations.actor import actor_of
from tongban.foundation.organizations.permissions import NotAllowedError


def test_withdrawing_closes_everything(world):
    case = world.do(world.submit(world.item("licensing-survey")), "accept", "2026-03-03")
    case = world.do(case, "withdraw", "2026-03-04", reason="不开店了")
    assert (case.status, case.result, case.open_steps) == ("withdrawn", "withdrawn", "")
    assert case.closed_at == at("2026-03-04")
    assert not Task.objects.filter(case=case).exclude(state="closed").exists()
    assert case.documents.filter(kind="withdrawal-confirmation").exists()


def test_it_is_possible_while_corrections_are_awaited(world):
    case = world.do(world.submit(), "request_correction", "2026-03-04", items="补", days=5)
    assert world.do(case, "withdraw", "2026-03-05").status == "withdrawn"


def test_after_the_decision_it_is_too_late(world):
    case = world.do(world.do(world.submit(), "accept", "2026-03-02"), "pass", "2026-03-03")
    case = world.do(case, "grant", "2026-03-04")
    with pytest.raises(ActionRefused):
        world.do(case, "withdraw", "2026-03-05")


def test_a_stranger_cannot_and_an_agent_can(world):
    case = world.submit()
    with pytest.raises(NotAllowedError):
        world.do(case, "withdraw", "2026-03-04", by=world.stranger)
    Delegation.objects.create(
        principal=world.citizen.account, agent=world.agent.account, valid_from=dt.date(2026, 1, 1)
    )
    agent = actor_of(world.agent.account, on=dt.date(2026, 3, 4))
    assert world.do(case, "withdraw", "2026-03-04", by=agent).status == "withdrawn"


def test_an_official_who_is_no_clerk_cannot_withdraw_for_the_applicant(world):
    case = world.submit()
    with pytest.raises(ActionRefused):
        world.do(case, "withdraw", "2026-03-04", by=world.reviewer)
