"""The editorial chain: nobody publishes his own text unreviewed, and each step has its people, its limit and its trace."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.engines.publishing.actions.deciding import (
    accept,
    approve,
    decline,
    recall,
    return_for_changes,
    send_back,
    send_to_review,
    submit,
)
from tongban.engines.publishing.actions.drafting import save_draft
from tongban.engines.publishing.actions.publishing import publish, withdraw
from tongban.engines.publishing.actions.reminding import remind_late
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import Article, EditorialEvent, Submission
from tongban.engines.publishing.queries.working import late_work, work_of
from tongban.engines.publishing.rules.chain import Act, ChainError, Copy, Stage, check_reviewer, step
from tongban.engines.publishing.tests.world import AT, approved, content, drafted, in_review, offered, published
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.clock.now import CHINA
from tongban.foundation.messaging.models import Message
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official


def test_a_text_goes_from_the_county_to_the_public_by_four_people(world) -> None:
    article = published(world)
    assert (article.status, article.stage) == ("published", "done")
    acts = list(EditorialEvent.objects.filter(article=article).order_by("pk").values_list("act", flat=True))
    assert acts == ["begin", "submit", "accept", "send", "approve", "publish"]
    assert EditorialEvent.objects.filter(article=article).values("by").distinct().count() == 4
    kinds = AuditEvent.objects.filter(stream_id=f"article:{article.pk}").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == [f"article.{act}" for act in acts]


def test_nobody_reviews_his_own_text(world) -> None:
    both = official("both", (world.province, Role.COLUMN_EDITOR), (world.province, Role.COLUMN_REVIEWER))
    article = save_draft(column=world.headlines, content=content(), by=both, at=AT)
    send_to_review(article=article, by=both, at=AT)
    with pytest.raises(PublishingRefusedError) as refused:
        approve(article=article, by=both, at=AT, seen_findings=True)
    assert refused.value.code == "own_text"
    assert approve(article=article, by=world.reviewer, at=AT, seen_findings=True).stage == "approved"


def test_whoever_changed_a_submitted_text_does_not_review_it(world) -> None:
    both = official("both", (world.province, Role.COLUMN_EDITOR), (world.province, Role.COLUMN_REVIEWER))
    offer = offered(world)
    accept(submission=offer, by=both, at=AT)
    save_draft(column=world.headlines, content=content("改过的标题"), by=both, at=AT, article=offer.article)
    send_to_review(article=offer.article, by=both, at=AT)
    with pytest.raises(PublishingRefusedError, match="他人审核"):
        approve(article=offer.article, by=both, at=AT, seen_findings=True)


def test_what_was_not_approved_is_not_published(world) -> None:
    article = in_review(world)
    with pytest.raises(PublishingRefusedError):
        publish(article=article, by=world.publisher, at=AT)
    with pytest.raises(NotAllowedError):
        approve(article=article, by=system_actor("publishing"), at=AT, seen_findings=True)


@pytest.mark.parametrize("who", ["officer", "reviewer", "publisher", "city_editor"])
def test_only_the_columns_editor_takes_a_submission(world, who) -> None:
    with pytest.raises(NotAllowedError):
        accept(submission=offered(world), by=getattr(world, who), at=AT)


@pytest.mark.parametrize("who", ["officer", "editor", "reviewer", "city_publisher"])
def test_only_the_columns_publisher_publishes_and_withdraws(world, who) -> None:
    with pytest.raises(NotAllowedError):
        publish(article=approved(world), by=getattr(world, who), at=AT)
    with pytest.raises(NotAllowedError):
        withdraw(article=published(world), reason="错误", by=getattr(world, who), at=AT)


def test_an_accepted_submission_earns_the_columns_points_and_its_author_is_told(world) -> None:
    author = world.officer.account
    author.email = "officer@example.org"
    author.save()
    offer = accept(submission=offered(world), by=world.editor, at=AT)
    assert (offer.state, offer.points, offer.decided_by) == ("accepted", 5, world.editor.account)
    told = Message.objects.get(about=f"article:{offer.article_id}")
    assert "采用" in told.body


def test_declining_and_returning_need_a_reason(world) -> None:
    for act in (decline, return_for_changes):
        with pytest.raises(PublishingRefusedError) as refused:
            act(submission=offered(world), reason=" ", by=world.editor, at=AT)
        assert refused.value.code == "reason_missing"


def test_a_returned_text_is_changed_and_submitted_again(world) -> None:
    offer = return_for_changes(submission=offered(world), reason="请补充时间地点", by=world.editor, at=AT)
    article = save_draft(
        column=world.headlines, content=content("补充后"), by=world.officer, at=AT, article=offer.article
    )
    assert article.stage == "draft"
    again = submit(article=article, by=world.officer, at=AT)
    assert Submission.objects.filter(article=article).count() == 2
    assert accept(submission=again, by=world.editor, at=AT).state == "accepted"
    assert Article.objects.get(pk=article.pk).title == "补充后"


def test_a_decided_submission_is_not_decided_again(world) -> None:
    offer = decline(submission=offered(world), reason="不属于本栏目", by=world.editor, at=AT)
    with pytest.raises(PublishingRefusedError) as refused:
        accept(submission=offer, by=world.editor, at=AT)
    assert refused.value.code == "not_offered"


def test_an_offer_is_taken_back_before_it_is_decided(world) -> None:
    offer = recall(submission=offered(world), by=world.officer, at=AT)
    assert Article.objects.get(pk=offer.article_id).stage == "draft"


def test_a_reviewer_sends_back_with_a_reason(world) -> None:
    article = send_back(article=in_review(world), reason="数据请核对", by=world.reviewer, at=AT)
    assert article.stage == "editing"
    assert EditorialEvent.objects.filter(article=article, act="send_back", reason="数据请核对").exists()


def test_each_step_has_a_limit_in_working_days_and_late_work_is_seen(world) -> None:
    offer = offered(world)
    assert Article.objects.get(pk=offer.article_id).stage_due_on == dt.date(2026, 11, 24)
    assert not late_work(on=dt.date(2026, 11, 24)).exists()
    assert [row.pk for row in late_work(on=dt.date(2026, 11, 25))] == [offer.article_id]
    accept(submission=offer, by=world.editor, at=AT + dt.timedelta(days=6))
    assert EditorialEvent.objects.get(article=offer.article, act="accept").was_late


def test_the_one_whose_turn_it_is_is_reminded_once_a_working_day(world) -> None:
    editor = world.editor.account
    editor.email = "editor@example.org"
    editor.save()
    offer = offered(world)
    assert remind_late(at=dt.datetime(2026, 11, 24, 9, 30, tzinfo=CHINA)) == 0
    late = dt.datetime(2026, 11, 26, 9, 30, tzinfo=CHINA)
    assert (remind_late(at=late), remind_late(at=late)) == (1, 1)
    told = Message.objects.get(about=f"article:{offer.article_id}")
    assert (told.account, "2个工作日" in told.body) == (editor, True)
    assert remind_late(at=dt.datetime(2026, 11, 28, 9, 30, tzinfo=CHINA)) == 0  # a Saturday


def test_everyone_sees_the_work_that_waits_for_him(world) -> None:
    article = in_review(world)
    assert [row.pk for row in work_of(world.reviewer)] == [article.pk]
    for other in (world.editor, world.publisher, world.city_reviewer, world.officer):
        assert not work_of(other).exists()


def test_a_unit_sees_no_drafts_of_another(world) -> None:
    article = drafted(world)
    with pytest.raises(NotAllowedError):
        save_draft(column=world.headlines, content=content("别人的"), by=world.city_officer, at=AT, article=article)


def test_two_at_once_are_told(world) -> None:
    article = drafted(world)
    save_draft(column=world.headlines, content=content("第一人"), by=world.officer, at=AT, article=article, version=1)
    with pytest.raises(PublishingRefusedError) as refused:
        save_draft(
            column=world.headlines, content=content("第二人"), by=world.officer, at=AT, article=article, version=1
        )
    assert refused.value.code == "conflict"


PEOPLE = st.integers(1, 3)
STEPS = st.lists(st.tuples(st.sampled_from(list(Act)), PEOPLE), max_size=40)


@given(STEPS)
def test_whatever_people_do_the_public_text_was_approved_by_someone_who_did_not_write_it(steps) -> None:
    """Three people with every role act at random; the rules alone keep the four eyes."""
    copy, writers, reviewers = Copy(Stage.DRAFT, latest=1), {1: 1}, {}
    for act, who in steps:
        try:
            if act is Act.APPROVE:
                check_reviewer(who, [writer for n, writer in writers.items() if n > copy.published])
            stage = step(copy, act)
        except ChainError:
            continue
        latest, done, public = copy.latest, copy.approved, copy.published
        if act is Act.SAVE:
            latest += 1
            writers[latest] = who
        elif act is Act.APPROVE:
            done, reviewers[latest] = latest, who
        elif act is Act.PUBLISH:
            assert reviewers[latest] not in {w for n, w in writers.items() if public < n <= latest}
            public = latest
        elif act is Act.DROP:
            latest = done = public = latest + 1
            writers[latest] = who
        copy = Copy(stage, latest, done, public)
