"""Answers: once each, without tracking, only while the survey is open."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.affairs.surveys.actions.answering import Visitor, form_token
from tongban.affairs.surveys.actions.closing import keep_time
from tongban.affairs.surveys.errors import SurveyRefusedError
from tongban.affairs.surveys.models import Answer, Comment, Gate, Mark, Survey
from tongban.affairs.surveys.queries.results import result_of, rows_of, sheet_heads, sheet_rows
from tongban.affairs.surveys.rules.marks import MOST_AN_HOUR
from tongban.affairs.surveys.tests.world import DAY, Talks, consultation, give, published, visitor
from tongban.engines.publishing.tests.world import AT
from tongban.foundation.accounts.models import Identity
from tongban.foundation.organizations.actor import Actor, actor_of
from tongban.foundation.organizations.tests.world import person


def refused(survey: Survey, code: str, **more: object) -> SurveyRefusedError:
    with pytest.raises(SurveyRefusedError) as caught:
        give(survey, **more)  # type: ignore[arg-type]
    assert caught.value.code == code
    return caught.value


def citizen(name: str, *, verified: bool) -> Actor:
    account = person(name)
    if verified:
        Identity.objects.create(
            account=account,
            kind="citizen",
            name=name,
            number=name,
            number_digest=name,
            verified_by="test",
            verified_at=AT,
        )
    return actor_of(account, on=AT.date())


def test_the_same_browser_answers_once_a_day_and_the_same_form_only_once_at_all(talks: Talks) -> None:
    survey = published(talks)
    token = form_token(f"survey:{survey.pk}")
    assert give(survey, token=token) is not None
    assert give(survey, token=token) is None
    refused(survey, "already")
    assert give(survey, who=visitor(2)) is not None
    assert give(survey, who=Visitor("192.0.2.1", "another browser")) is not None
    assert give(survey, at=AT + 2 * DAY) is not None
    assert Answer.objects.filter(survey=survey).count() == 4


def test_people_of_one_household_share_their_ipv6_half(talks: Talks) -> None:
    survey = published(talks)
    give(survey, who=Visitor("2001:db8:1:2::1", "phone"))
    refused(survey, "already", who=Visitor("2001:db8:1:2:ffff::9", "phone"))
    assert give(survey, who=Visitor("2001:db8:1:3::1", "phone")) is not None


def test_a_flood_from_one_address_is_stopped_for_an_hour(talks: Talks) -> None:
    survey = published(talks)
    for number in range(MOST_AN_HOUR):
        give(survey, who=Visitor("192.0.2.9", f"browser {number}"))
    refused(survey, "too_many", who=Visitor("192.0.2.9", "one more"))
    later = AT + DAY + dt.timedelta(hours=1)
    assert give(survey, who=Visitor("192.0.2.9", "one more"), at=later) is not None


def test_nothing_of_the_person_is_stored(talks: Talks) -> None:
    survey = published(talks)
    by = citizen("wang", verified=True)
    give(survey, who=Visitor("203.0.113.77", "Very Special Browser"))
    give(survey, by=by)
    assert by.account is not None
    stored = [str(row) for model in (Answer, Mark, Comment) for row in model.objects.values()]
    for secret in ("203.0.113.77", "Special", "wang"):
        assert not any(secret in row for row in stored)
    assert {field.name for field in Answer._meta.get_fields()} == {"id", "survey", "values", "answered_on", "comments"}


def test_a_survey_for_real_names_takes_verified_accounts_once_each(talks: Talks) -> None:
    survey = published(talks, who=Survey.Who.ACCOUNTS)
    refused(survey, "account_needed")
    refused(survey, "account_needed", by=citizen("li", verified=False))
    known = citizen("wang", verified=True)
    assert give(survey, by=known) is not None
    refused(survey, "already_account", by=known, at=AT + 5 * DAY, who=visitor(7))


def test_a_survey_opens_and_closes_by_itself_and_then_forgets_its_key(talks: Talks) -> None:
    survey = published(talks)
    refused(survey, "not_open", at=AT - dt.timedelta(minutes=1))
    give(survey)
    refused(survey, "closed", at=survey.closes_at)
    assert keep_time(at=survey.closes_at) == 1
    assert keep_time(at=survey.closes_at) == 0
    survey.refresh_from_db()
    assert survey.closed_at == survey.closes_at
    assert survey.results_at == survey.closes_at
    assert not Mark.objects.filter(gate=survey.gate).exists()
    assert Gate.objects.get(pk=survey.gate_id).key == ""
    assert result_of(survey).answers == 1
    refused(survey, "closed", at=AT + DAY)


def test_the_results_wait_for_the_publisher_where_that_was_declared(talks: Talks) -> None:
    survey = published(talks, results=Survey.Results.DECISION)
    give(survey)
    keep_time(at=survey.closes_at)
    survey.refresh_from_db()
    assert survey.results_at is None


def test_wrong_answers_are_told_by_question_and_nothing_is_kept(talks: Talks) -> None:
    survey = published(talks)
    wrong = refused(survey, "wrong_answers", raw={"q1": "rocket"})
    assert {error.path for error in wrong.errors} == {"q1", "q3"}
    assert not Answer.objects.exists()
    assert not Mark.objects.exists()


def test_an_answer_to_a_question_that_was_not_shown_is_dropped(talks: Talks) -> None:
    made = give(published(talks), {"q1": "bus", "q2": "路边", "q3": "5"})
    assert made is not None
    assert made.values == {"q1": "bus", "q3": "5"}


def test_a_form_of_another_survey_or_of_yesterday_is_handed_out_anew(talks: Talks) -> None:
    survey = published(talks)
    refused(survey, "old_form", token=form_token("survey:999999"))
    refused(survey, "old_form", token="nonsense")


def test_the_export_holds_every_answer_with_its_words(talks: Talks) -> None:
    survey = consultation(talks)
    for number in range(3):
        give(survey, {"q1": f"意见{number}"}, who=visitor(number))
    rows = list(sheet_rows(survey))
    assert len(sheet_heads(survey)) == 2
    assert {row[1] for row in rows} == {"意见0", "意见1", "意见2"}
    assert {row[0] for row in rows} == {(AT + DAY).date().isoformat()}


def test_the_public_sees_no_distribution_of_four_answers_and_the_unit_does(talks: Talks) -> None:
    survey = published(talks)
    for number in range(4):
        give(survey, who=visitor(number))
    result = result_of(survey)
    assert all(row.few and not row.parts for row in rows_of(survey, result, public=True) if row.kind != "text")
    assert sum(part.count for part in rows_of(survey, result, public=False)[0].parts) == 4
