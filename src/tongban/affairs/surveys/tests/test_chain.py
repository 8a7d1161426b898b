"""Four eyes, fixed questions, moderation, and what is owed after a consultation."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.affairs.surveys.actions.building import begin_survey, change_survey, copy_survey, set_questions
from tongban.affairs.surveys.actions.closing import keep_time
from tongban.affairs.surveys.actions.deciding import (
    approve_survey,
    close_survey,
    extend_survey,
    publish_survey,
    send_survey,
    withdraw_survey,
)
from tongban.affairs.surveys.actions.moderating import hide_comment, show_comment
from tongban.affairs.surveys.actions.reminding import remind_late
from tongban.affairs.surveys.actions.summarizing import publish_summary, save_summary, send_summary
from tongban.affairs.surveys.errors import SurveyRefusedError
from tongban.affairs.surveys.models import Comment, Gate, Summary, Survey
from tongban.affairs.surveys.queries.surveys import late_summaries, surveys_of, waiting_for
from tongban.affairs.surveys.rules.opinions import Opinion
from tongban.affairs.surveys.rules.questions import read
from tongban.affairs.surveys.tests.world import (
    DAY,
    QUESTIONS,
    Talks,
    about,
    built,
    consultation,
    give,
    published,
    visitor,
)
from tongban.engines.publishing.models import Column
from tongban.engines.publishing.tests.world import AT
from tongban.foundation.accounts.models import Account
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official


def code_of(caught: pytest.ExceptionInfo[SurveyRefusedError]) -> str:
    return caught.value.code


def test_nobody_approves_what_he_built_himself(talks: Talks) -> None:
    both = official("both", (talks.world.province, Role.COLUMN_EDITOR), (talks.world.province, Role.COLUMN_REVIEWER))
    survey = begin_survey(about=about(talks), by=both, at=AT)
    survey = set_questions(survey=survey, questions=QUESTIONS, version=None, by=both, at=AT)
    survey = send_survey(survey=survey, by=both, at=AT)
    with pytest.raises(SurveyRefusedError) as caught:
        approve_survey(survey=survey, by=both, at=AT)
    assert code_of(caught) == "own_text"
    assert approve_survey(survey=survey, by=talks.reviewer, at=AT).stage == "approved"


def test_each_step_needs_its_post(talks: Talks) -> None:
    survey = built(talks)
    with pytest.raises(NotAllowedError):
        send_survey(survey=survey, by=talks.reviewer, at=AT)
    survey = send_survey(survey=survey, by=talks.editor, at=AT)
    with pytest.raises(NotAllowedError):
        approve_survey(survey=survey, by=talks.editor, at=AT)
    survey = approve_survey(survey=survey, by=talks.reviewer, at=AT)
    with pytest.raises(NotAllowedError):
        publish_survey(survey=survey, by=talks.reviewer, at=AT)
    with pytest.raises(NotAllowedError):
        begin_survey(about=about(talks), by=talks.world.city_editor, at=AT)
    assert not surveys_of(talks.world.city_editor).exists()


def test_a_published_survey_never_changes_and_is_copied_for_a_new_version(talks: Talks) -> None:
    survey = published(talks)
    for change in (
        lambda: set_questions(survey=survey, questions=(), version=None, by=talks.editor, at=AT),
        lambda: change_survey(survey=survey, about=about(talks, title="别的"), version=None, by=talks.editor, at=AT),
    ):
        with pytest.raises(SurveyRefusedError) as caught:
            change()
        assert code_of(caught) == "fixed"
    copy = copy_survey(survey=survey, by=talks.editor, at=AT)
    assert copy.stage == "draft"
    assert copy.asked == survey.asked
    assert copy.form_version is None


def test_two_editors_do_not_overwrite_each_other(talks: Talks) -> None:
    survey = built(talks)
    set_questions(survey=survey, questions=QUESTIONS[:1], version=survey.version, by=talks.editor, at=AT)
    with pytest.raises(SurveyRefusedError) as caught:
        set_questions(survey=survey, questions=(), version=survey.version, by=talks.editor, at=AT)
    assert code_of(caught) == "conflict"


def test_a_survey_with_mistakes_or_personal_data_goes_no_further(talks: Talks) -> None:
    lonely = read([{"id": "q1", "kind": "single", "title": "一", "options": [{"value": "a", "title": "甲"}]}])
    with pytest.raises(SurveyRefusedError) as caught:
        send_survey(survey=built(talks, lonely), by=talks.editor, at=AT)
    assert code_of(caught) == "not_ready"
    personal = send_survey(survey=built(talks, intro="联系 11010519491231002X"), by=talks.editor, at=AT)
    with pytest.raises(SurveyRefusedError) as caught:
        approve_survey(survey=personal, by=talks.reviewer, at=AT, seen_findings=True)
    assert code_of(caught) == "blocking_findings"
    assert [finding.code for finding in caught.value.findings] == ["identity_number"]


def test_columns_learn_of_publication_opening_and_close(talks: Talks) -> None:
    def stamp() -> int:
        return Column.objects.get(pk=talks.surveys.pk).stamp

    before = stamp()
    survey = published(talks)
    after = stamp()
    assert after > before
    keep_time(at=survey.opens_at)
    assert stamp() > after
    after = stamp()
    keep_time(at=survey.closes_at)
    assert stamp() > after


def test_the_period_can_grow_but_not_shrink_and_ends_early_only_with_a_reason(talks: Talks) -> None:
    survey = published(talks)
    with pytest.raises(SurveyRefusedError) as caught:
        extend_survey(survey=survey, closes_at=AT + DAY, reason="更多人", by=talks.publisher, at=AT)
    assert code_of(caught) == "not_later"
    survey = extend_survey(survey=survey, closes_at=AT + 20 * DAY, reason="更多人", by=talks.publisher, at=AT + DAY)
    give(survey, at=AT + 15 * DAY)
    with pytest.raises(SurveyRefusedError) as caught:
        close_survey(survey=survey, reason=" ", by=talks.publisher, at=AT + 16 * DAY)
    assert code_of(caught) == "reason_missing"
    survey = close_survey(survey=survey, reason="已够", by=talks.publisher, at=AT + 16 * DAY)
    assert survey.closed_at == AT + 16 * DAY


def test_a_withdrawn_survey_forgets_its_key_and_takes_no_answers(talks: Talks) -> None:
    survey = withdraw_survey(survey=published(talks), reason="有误", by=talks.publisher, at=AT + DAY)
    assert Gate.objects.get(pk=survey.gate_id).key == ""
    with pytest.raises(SurveyRefusedError):
        give(survey)


def test_comments_are_shown_only_after_someone_read_them_and_never_with_identity_numbers(talks: Talks) -> None:
    survey = consultation(talks)
    give(survey, {"q1": "牌子太小"}, who=visitor(1))
    give(survey, {"q1": "我的号码 11010519491231002X"}, who=visitor(2))
    assert set(Comment.objects.values_list("state", flat=True)) == {"waiting"}
    good, bad = Comment.objects.get(text="牌子太小"), Comment.objects.exclude(text="牌子太小").get()
    show_comment(comment=good, by=talks.editor, at=AT + DAY)
    with pytest.raises(SurveyRefusedError) as caught:
        show_comment(comment=bad, by=talks.editor, at=AT + DAY, seen_findings=True)
    assert code_of(caught) == "blocking_findings"
    with pytest.raises(NotAllowedError):
        hide_comment(comment=bad, reason="含身份证号", by=talks.world.city_editor, at=AT)
    hide_comment(comment=bad, reason="含身份证号", by=talks.editor, at=AT)


def closed_consultation(talks: Talks) -> Survey:
    survey = consultation(talks)
    give(survey, {"q1": "牌子太小"}, who=visitor(1))
    keep_time(at=survey.closes_at)
    survey.refresh_from_db()
    return survey


def test_the_outcome_of_a_consultation_is_owed_within_the_declared_limit(talks: Talks) -> None:
    survey = closed_consultation(talks)
    due = survey.summary_due_on
    assert due is not None
    assert due > survey.closes_at.date()
    assert survey in waiting_for(talks.editor)
    assert not late_summaries(on=due).exists()
    assert list(late_summaries(on=due + DAY)) == [survey]
    at = dt.datetime.combine(due + DAY, dt.time(9), AT.tzinfo)
    Account.objects.filter(pk=talks.editor.account.pk).update(email="editor@example.com")  # type: ignore[union-attr]
    assert remind_late(at=at, root="http://localhost") > 0
    assert remind_late(at=at, root="http://localhost") == 0


def test_what_was_not_adopted_needs_a_reason_and_another_reviews_it(talks: Talks) -> None:
    survey = closed_consultation(talks)
    at = survey.closes_at + DAY
    bare = [Opinion(opinion="牌子太小", count=1, decision="declined")]
    save_summary(survey=survey, text="收到 1 条。", items=bare, by=talks.editor, at=at)
    with pytest.raises(SurveyRefusedError) as caught:
        send_summary(survey=survey, by=talks.editor, at=at)
    assert code_of(caught) == "summary_empty"
    whole = [Opinion(opinion="牌子太小", count=1, decision="declined", reason="已有国家标准")]
    save_summary(survey=survey, text="收到 1 条。", items=whole, by=talks.editor, at=at)
    send_summary(survey=survey, by=talks.editor, at=at)
    publish_summary(survey=survey, by=talks.reviewer, at=at)
    assert Summary.objects.get(survey=survey).stage == "published"
    assert survey not in waiting_for(talks.editor)
    assert not late_summaries(on=at.date() + 90 * DAY).exists()


def test_an_open_consultation_has_no_outcome_yet(talks: Talks) -> None:
    with pytest.raises(SurveyRefusedError) as caught:
        save_summary(survey=consultation(talks), text="早了", items=(), by=talks.editor, at=AT)
    assert code_of(caught) == "nothing_to_summarize"
