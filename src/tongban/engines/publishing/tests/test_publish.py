"""An item entered once shows everywhere it belongs at once, and leaves everywhere at once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.engines.publishing.actions.batches import in_batch
from tongban.engines.publishing.actions.deciding import accept, approve, send_to_review, submit
from tongban.engines.publishing.actions.drafting import (
    begin_correction,
    compare_revisions,
    drop_correction,
    link_translation,
    restore_revision,
    save_draft,
)
from tongban.engines.publishing.actions.locking import lock, unlock
from tongban.engines.publishing.actions.media import keep_attachment
from tongban.engines.publishing.actions.placing import clear_override, hide, pin, share, shows, unshare
from tongban.engines.publishing.actions.publishing import (
    end_pins,
    expire_due,
    lift_withdrawal,
    publish,
    publish_due,
    refresh_columns,
    schedule,
    withdraw,
)
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import Article, Column, LocalOverride, Placement, Site, Subject, Withdrawal
from tongban.engines.publishing.queries.working import stale_columns, to_disclose
from tongban.engines.publishing.tests.test_check import picture
from tongban.engines.publishing.tests.world import AT, BODY, approved, content, drafted, published
from tongban.foundation.organizations.permissions import NotAllowedError


def stamps(world) -> dict[int, int]:
    return dict(Column.objects.values_list("pk", "stamp"))


def test_a_mirrored_column_shows_the_item_at_once_without_a_row(world) -> None:
    before, frames = stamps(world), dict(Site.objects.values_list("pk", "stamp"))
    article = published(world)
    assert Placement.objects.filter(article=article).count() == 1
    mirror = Column.objects.get(pk=world.city_mirror.pk)
    assert shows(mirror, article)
    assert mirror.published_count == 1
    after = stamps(world)
    changed = {pk for pk in after if after[pk] > before[pk]}
    assert changed == {world.headlines.pk, world.news.pk, mirror.pk, mirror.parent_id}
    assert dict(Site.objects.values_list("pk", "stamp")) == frames


def test_an_item_shared_to_three_sites_stays_one_and_is_withdrawn_everywhere_at_once(world) -> None:
    article = published(world)
    share(article=article, columns=[world.city_notices, world.topic_news], by=world.publisher, at=AT)
    shown = [world.headlines, world.city_mirror, world.city_notices, world.topic_news]
    assert all(shows(column, article) for column in shown)
    trace = withdraw(article=article, reason="内容有误", by=world.publisher, at=AT)
    assert not any(shows(column, article) for column in shown)
    assert Article.objects.get(pk=article.pk).status == "withdrawn"
    assert sorted(trace.columns) == sorted([world.headlines.pk, world.city_notices.pk, world.topic_news.pk])
    counts = Column.objects.filter(pk__in=[column.pk for column in shown]).values_list("published_count", flat=True)
    assert set(counts) == {0}


def test_a_withdrawn_item_comes_back_where_it_was(world) -> None:
    article = published(world)
    withdraw(article=article, reason="核实", by=world.publisher, at=AT)
    lift_withdrawal(article=article, reason="核实无误", by=world.publisher, at=AT)
    assert shows(world.city_mirror, article)
    assert Withdrawal.objects.get(article=article).lifted_at == AT


def test_a_correction_is_seen_everywhere_and_until_then_the_old_text_stays(world) -> None:
    article = published(world)
    begin_correction(article=article, by=world.editor, at=AT)
    save_draft(column=article.column, content=content("更正后的标题"), by=world.editor, at=AT, article=article)
    assert Article.objects.get(pk=article.pk).title == "推进会召开"
    send_to_review(article=article, by=world.editor, at=AT)
    approve(article=article, by=world.reviewer, at=AT, seen_findings=True)
    later = AT + dt.timedelta(hours=3)
    corrected = publish(article=article, by=world.publisher, at=later)
    assert (corrected.title, corrected.published_at, corrected.changed_at) == ("更正后的标题", AT, later)
    assert Column.objects.get(pk=world.headlines.pk).published_count == 1
    changes = compare_revisions(article=article, old=1, new=2, by=world.editor)
    assert [change.field for change in changes] == ["title"]


def test_a_dropped_correction_leaves_the_public_text(world) -> None:
    article = published(world)
    begin_correction(article=article, by=world.editor, at=AT)
    save_draft(column=article.column, content=content("改了又算了"), by=world.editor, at=AT, article=article)
    dropped = drop_correction(article=article, by=world.editor, at=AT)
    assert (dropped.stage, dropped.status, dropped.title) == ("done", "published", "推进会召开")
    assert dropped.published_n == dropped.latest_n == 3


def test_an_earlier_revision_becomes_the_latest_again(world) -> None:
    article = drafted(world)
    save_draft(column=world.headlines, content=content("第二版"), by=world.officer, at=AT, article=article)
    restored = restore_revision(article=article, n=1, by=world.officer, at=AT)
    assert (restored.title, restored.latest_n) == ("推进会召开", 3)
    with pytest.raises(PublishingRefusedError, match="没有这个版次"):
        restore_revision(article=article, n=9, by=world.officer, at=AT)


def test_saving_the_same_text_again_writes_nothing(world) -> None:
    article = drafted(world)
    assert save_draft(column=world.headlines, content=content(), by=world.officer, at=AT, article=article).latest_n == 1


def test_scheduled_and_expiring_items_come_and_go_by_themselves(world) -> None:
    article = approved(world)
    hour = dt.timedelta(hours=1)
    schedule(article=article, publish_at=AT + hour, expires_at=AT + 3 * hour, by=world.publisher, at=AT)
    assert publish_due(at=AT) == 0
    assert publish_due(at=AT + hour) == 1
    assert shows(world.headlines, article)
    assert publish_due(at=AT + hour) == 0
    assert expire_due(at=AT + 3 * hour) == 1
    assert not shows(world.city_mirror, article)
    assert Article.objects.get(pk=article.pk).status == "expired"
    with pytest.raises(PublishingRefusedError):
        schedule(article=approved(world), publish_at=AT, by=world.publisher, at=AT)


def test_a_city_offers_its_item_to_the_province_which_shows_it_at_once(world) -> None:
    article = published(world, column=world.city_news)
    offer = submit(article=article, by=world.officer, at=AT, column=world.headlines)
    with pytest.raises(NotAllowedError):
        accept(submission=offer, by=world.city_publisher, at=AT)
    accept(submission=offer, by=world.publisher, at=AT, points=8)
    assert shows(world.headlines, article)
    assert offer.unit == world.county
    assert Placement.objects.get(article=article, column=world.headlines).accepted_by == world.publisher.account


def test_a_city_shares_only_down_and_takes_what_it_likes(world) -> None:
    city_item = published(world, column=world.city_news)
    with pytest.raises(NotAllowedError):
        share(article=published(world), columns=[world.topic_news], by=world.city_publisher, at=AT)
    with pytest.raises(PublishingRefusedError) as refused:
        share(article=city_item, columns=[world.headlines], by=world.city_publisher, at=AT)
    assert refused.value.code == "outside_group"
    provincial = published(world)
    share(article=provincial, columns=[world.city_notices], by=world.city_publisher, at=AT)
    assert shows(world.city_notices, provincial)
    unshare(article=provincial, column=world.city_notices, by=world.city_publisher, at=AT)
    assert not shows(world.city_notices, provincial)
    with pytest.raises(PublishingRefusedError, match="撤回"):
        unshare(article=provincial, column=world.headlines, by=world.publisher, at=AT)


def test_a_city_pins_and_hides_what_it_mirrors_for_itself_only(world) -> None:
    article = published(world)
    before = stamps(world)
    hide(article=article, column=world.city_mirror, reason="与本市无关", by=world.city_editor, at=AT)
    after = stamps(world)
    assert after[world.city_mirror.pk] > before[world.city_mirror.pk]
    assert after[world.headlines.pk] == before[world.headlines.pk]
    pin(article=article, column=world.city_mirror, by=world.city_editor, at=AT)
    assert LocalOverride.objects.get(column=world.city_mirror, article=article).kind == "pinned"
    clear_override(article=article, column=world.city_mirror, by=world.city_editor, at=AT)
    assert not LocalOverride.objects.exists()
    hour = dt.timedelta(hours=1)
    pin(article=article, column=world.city_mirror, by=world.city_editor, at=AT, until=AT + hour)
    before = stamps(world)
    assert (end_pins(at=AT), end_pins(at=AT + hour), LocalOverride.objects.count()) == (0, 1, 0)
    assert stamps(world)[world.city_mirror.pk] > before[world.city_mirror.pk]
    with pytest.raises(NotAllowedError):
        pin(article=article, column=world.headlines, by=world.city_editor, at=AT)


def test_publishing_costs_the_same_however_many_columns_mirror(world) -> None:
    article = approved(world)
    with CaptureQueriesContext(connection) as caught:
        publish(article=article, by=world.publisher, at=AT)
    said = [query["sql"] or "" for query in caught]
    assert len([sql for sql in said if not sql.startswith(("SAVEPOINT", "RELEASE"))]) <= 10


def test_open_information_gets_an_index_number_and_a_last_day(world) -> None:
    Subject.objects.create(code="A01", name={"zh": "规范性文件", "en": "Normative documents"}, path="/A01/")
    world.county.credit_code = "11420102MB0X00011W"
    world.county.save()
    written = dt.date(2026, 11, 19)
    more = {"kind": "document", "subject": "A01", "written_on": written, "doc_no": "岸市监〔2026〕1号"}
    waiting = drafted(world, column=world.documents, **more)
    assert waiting.publish_due_on == dt.date(2026, 12, 17)  # 20 working days: 政府信息公开条例 Art. 26
    assert list(to_disclose(by=dt.date(2026, 12, 17))) == [waiting]
    first = published(world, column=world.documents, **more)
    second = published(world, column=world.documents, **more)
    assert [first.index_no, second.index_no] == ["MB0X00011/2026-00001", "MB0X00011/2026-00002"]
    assert first not in to_disclose(by=dt.date(2027, 1, 1))


def test_a_stale_column_is_seen_and_publishing_makes_it_fresh(world) -> None:
    refresh_columns(at=AT)
    assert {column.pk for column in stale_columns(on=AT.date())} >= {world.headlines.pk, world.city_news.pk}
    published(world)
    fresh = Column.objects.get(pk=world.headlines.pk)
    assert fresh.fresh_until == dt.date(2026, 12, 4)
    assert fresh.pk not in {column.pk for column in stale_columns(on=dt.date(2026, 12, 4))}
    assert fresh.pk in {column.pk for column in stale_columns(on=dt.date(2026, 12, 5))}
    assert refresh_columns(at=AT) == 0


def test_someone_elses_lock_is_respected_until_it_is_taken_over(world) -> None:
    article = published(world)
    begin_correction(article=article, by=world.editor, at=AT)
    lock(article=article, by=world.reviewer, at=AT)
    with pytest.raises(PublishingRefusedError) as refused:
        save_draft(column=article.column, content=content("改"), by=world.editor, at=AT, article=article)
    assert refused.value.code == "locked"
    lock(article=article, by=world.editor, at=AT, take_over=True)
    save_draft(column=article.column, content=content("改"), by=world.editor, at=AT, article=article)
    unlock(article=article, by=world.editor)


def test_a_batch_tells_each_refusal(world) -> None:
    ready, waiting = approved(world), drafted(world)
    outcome = in_batch(action=publish, articles=[ready, waiting], values={"by": world.publisher, "at": AT})
    assert outcome.done == [ready.pk]
    assert list(outcome.refused) == [waiting.pk]


def test_published_text_is_found_by_any_two_characters_and_withdrawn_text_is_not(world) -> None:
    article = published(world, body=BODY)
    found = Article.objects.filter(status="published").extra(where=["search_grams @@ %s::tsquery"], params=["'改革'"])
    assert list(found) == [article]
    withdraw(article=article, reason="内容有误", by=world.publisher, at=AT)
    assert not found.all().exists()


def test_files_of_an_article_are_the_writers_own_and_public_with_it(world, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    upload = SimpleUploadedFile("附件.png", picture(20, 10))
    mine = keep_attachment(upload=upload, by=world.officer, at=AT, name="申请表")
    rows = [mine.model_dump()]
    with pytest.raises(PublishingRefusedError) as refused:
        save_draft(column=world.headlines, content=content(attachments=rows), by=world.city_officer, at=AT)
    assert set(refused.value.fields) == {"attachments"}
    article = published(world, attachments=rows)
    assert [(row.name, str(row.file_id)) for row in article.attachments.all()] == [("申请表", mine.file)]
    begin_correction(article=article, by=world.editor, at=AT)
    kept = content("更正", attachments=rows)
    assert save_draft(column=article.column, content=kept, by=world.editor, at=AT, article=article).latest_n == 2


def test_unknown_subjects_and_pictures_are_told(world) -> None:
    with pytest.raises(PublishingRefusedError) as refused:
        save_draft(column=world.headlines, content=content(subject="Z9", image=999), by=world.officer, at=AT)
    assert set(refused.value.fields) == {"subject", "image"}


def test_a_translation_points_to_its_original(world) -> None:
    original, english = published(world), published(world, title="Meeting held", language="en")
    before = stamps(world)
    linked = link_translation(article=english, original=original, by=world.editor, at=AT)
    assert linked.translation_of == original
    assert stamps(world)[world.headlines.pk] > before[world.headlines.pk]
    with pytest.raises(PublishingRefusedError):
        link_translation(article=original, original=linked, by=world.editor, at=AT)


def test_an_article_moves_to_another_home_until_it_is_public(world) -> None:
    article = drafted(world)
    moved = save_draft(column=world.notices, content=content(), by=world.officer, at=AT, article=article)
    assert (moved.column, moved.latest_n) == (world.notices, 1)
    assert Placement.objects.get(article=article, is_home=True).column == world.notices
    offer = submit(article=article, by=world.officer, at=AT)
    accept(submission=offer, by=world.editor, at=AT)
    with pytest.raises(NotAllowedError):
        save_draft(column=world.city_news, content=content(), by=world.editor, at=AT, article=article)
    public = published(world)
    begin_correction(article=public, by=world.editor, at=AT)
    with pytest.raises(PublishingRefusedError) as refused:
        save_draft(column=world.notices, content=content(), by=world.editor, at=AT, article=public)
    assert refused.value.code == "home_fixed"
