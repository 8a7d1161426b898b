"""Rating: once, after the end, bad ones with a reason and a follow-up."""

from __future__ import annotations

import pytest

from tongban.engines.cases.actions import ActionRefused, answer_rating, rate
from tongban.engines.cases.queries import applicant_file, bad_reviews, case_for
from tongban.engines.cases.tests.factories import at
from tongban.foundation.organizations.permissions import NotAllowedError


def closed(world):
    return world.do(world.submit(), "refuse_acceptance", "2026-03-03")


def test_a_closed_case_is_rated_once(world):
    case = closed(world)
    assert applicant_file(case_for(world.citizen, case.number), world.citizen, at=at("2026-03-04")).can_rate
    rating = rate(case=case, score=1, by=world.citizen, at=at("2026-03-04"))
    assert not rating.is_bad
    with pytest.raises(ActionRefused):
        rate(case=case, score=2, by=world.citizen, at=at("2026-03-04"))


def test_a_bad_rating_needs_a_reason_and_waits_for_a_follow_up(world):
    case = closed(world)
    with pytest.raises(ActionRefused):
        rate(case=case, score=5, by=world.citizen, at=at("2026-03-04"))
    rating = rate(case=case, score=5, comment="等了太久", by=world.citizen, at=at("2026-03-04"))
    assert rating.is_bad
    assert bad_reviews(world.head).count() == 1
    answer_rating(rating=rating, answer="已电话致歉", by=world.head, at=at("2026-03-05"))
    assert bad_reviews(world.head).count() == 0


def test_a_running_case_and_a_stranger_s_case_cannot_be_rated(world):
    case = world.submit()
    with pytest.raises(ActionRefused):
        rate(case=case, score=1, by=world.citizen, at=at("2026-03-04"))
    with pytest.raises(NotAllowedError):
        rate(case=case, score=1, by=world.stranger, at=at("2026-03-04"))
    with pytest.raises(ActionRefused):
        rate(case=case, score=9, by=world.citizen, at=at("2026-03-04"))
