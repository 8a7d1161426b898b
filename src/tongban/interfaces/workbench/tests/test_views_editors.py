"""The editors' desk: who may open and do what, what is typed is never lost, and each act goes through its form."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from tongban.engines.publishing.actions.deciding import submit
from tongban.engines.publishing.actions.drafting import save_draft
from tongban.engines.publishing.models import Article, MediaItem, Placement, Revision
from tongban.engines.publishing.tests.test_check import word_document
from tongban.engines.publishing.tests.world import (
    AT,
    World,
    approved,
    content,
    drafted,
    in_review,
    make_world,
    published,
)
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections
from tongban.interfaces.portal.views import preview
from tongban.interfaces.workbench.views import articles, editing, media

SECTIONS = ("calendars", "rules", "messages")
TABLES = (
    "clock_calendarday",
    "clock_calendaryear",
    "clock_calendarstamp",
    "clock_limitrule",
    "messaging_messagetemplate",
)


@pytest.fixture(scope="module")
def texts(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    root = project.PROJECT_ROOT / "packs" / "law"
    with django_db_blocker.unblock():
        for section in sections():
            if section.name in SECTIONS:
                section.load(read_section(section, root=root), Loading(root, "law", AT))
        connection.close()
    yield
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        connection.close()


@pytest.fixture
def site(texts: None, db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})
    for module in (articles, editing, media, preview):
        monkeypatch.setattr(module, "now", lambda: AT)
    return make_world()


@pytest.fixture
def at_desk() -> Callable[[Actor], Client]:
    def sign_in(who: Actor) -> Client:
        client = Client()
        assert who.account is not None
        who.account.password_changed_at = AT
        who.account.save(update_fields=["password_changed_at"])
        client.force_login(who.account)
        return client

    return sign_in


def filled(world: World, **changes: str) -> dict[str, str]:
    values = {
        "site": "hubei", "title": "全省政务服务会议召开", "column": str(world.headlines.pk), "kind": "news",
        "body": "<p>会议在武汉召开。</p>", "language": "zh-hans", "source": "省政府办公厅",
    }  # fmt: skip
    return values | changes


def picture() -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (900, 600), "#336699").save(target, "JPEG")
    return SimpleUploadedFile("hall.jpg", target.getvalue(), content_type="image/jpeg")


def test_an_article_is_written_on_one_page_and_shown_with_what_can_be_done(site: World, at_desk: Any) -> None:
    client = at_desk(site.officer)
    answer = client.post("/desk/articles/new/", filled(site))
    article = Article.objects.get()
    assert answer["Location"] == f"/desk/articles/{article.pk}/"
    page = client.get(answer["Location"]).content.decode()
    assert "全省政务服务会议召开" in page
    assert f"/desk/articles/{article.pk}/act/submit/" in page
    assert f"/desk/articles/{article.pk}/act/publish/" not in page


def test_what_was_typed_stays_when_a_field_is_wrong(site: World, at_desk: Any) -> None:
    answer = at_desk(site.officer).post("/desk/articles/new/", filled(site, title="", summary="会议的摘要"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请先改正以下内容" in page
    assert "会议的摘要" in page
    assert "会议在武汉召开" in page
    assert not Article.objects.exists()


def test_two_people_cannot_overwrite_each_other(site: World, at_desk: Any) -> None:
    article = drafted(site)
    save_draft(column=article.column, content=content("别人改过的标题"), by=site.officer, at=AT, article=article)
    stale = filled(site, version="1", title="我的标题")
    answer = at_desk(site.officer).post(f"/desk/articles/{article.pk}/edit/", stale)
    assert answer.status_code == 422
    assert "我的标题" in answer.content.decode()
    assert not Revision.objects.filter(content__title="我的标题").exists()


def test_an_article_under_review_cannot_be_edited(site: World, at_desk: Any) -> None:
    article = in_review(site)
    answer = at_desk(site.editor).get(f"/desk/articles/{article.pk}/edit/")
    assert answer["Location"] == f"/desk/articles/{article.pk}/"


def test_a_stranger_to_the_column_finds_nothing(site: World, at_desk: Any) -> None:
    article = drafted(site)
    for path in ("", "edit/", "revisions/", "preview/"):
        assert at_desk(site.city_editor).get(f"/desk/articles/{article.pk}/{path}").status_code == 404
    assert at_desk(site.city_editor).get(f"/preview/{article.pk}/").status_code == 404


def test_a_reviewer_sees_the_checks_and_must_heed_them(site: World, at_desk: Any) -> None:
    article = in_review(site)
    client = at_desk(site.reviewer)
    refused = client.post(f"/desk/articles/{article.pk}/act/approve/", {"approve-opinion": "同意"})
    if refused.status_code == 422:
        assert "同意" in refused.content.decode()
        refused = client.post(f"/desk/articles/{article.pk}/act/approve/", {"approve-seen": "on"})
    assert refused.status_code == 302
    article.refresh_from_db()
    assert article.stage == "approved"


def test_an_act_that_is_not_offered_changes_nothing(site: World, at_desk: Any) -> None:
    article = drafted(site)
    answer = at_desk(site.officer).post(f"/desk/articles/{article.pk}/act/publish/", {})
    assert answer.status_code == 422
    article.refresh_from_db()
    assert article.status == "unpublished"


def test_withdrawing_asks_for_a_reason(site: World, at_desk: Any) -> None:
    article = published(site)
    client = at_desk(site.publisher)
    path = f"/desk/articles/{article.pk}/act/withdraw/"
    assert client.post(path, {"withdraw-reason": ""}).status_code == 422
    assert client.post(path, {"withdraw-reason": "内容有误"}).status_code == 302
    article.refresh_from_db()
    assert article.status == "withdrawn"


def test_a_city_takes_the_provinces_item_into_its_own_column(site: World, at_desk: Any) -> None:
    article = published(site)
    client = at_desk(site.city_publisher)
    assert client.get(f"/desk/articles/{article.pk}/").status_code == 404
    Placement.objects.create(article=article, column=site.city_notices, live=True, published_at=AT)
    page = client.get(f"/desk/articles/{article.pk}/").content.decode()
    assert "采用到本单位的栏目" in page
    columns = {"share-columns": [str(site.city_news.pk)]}
    assert client.post(f"/desk/articles/{article.pk}/act/share/", columns).status_code == 302
    assert Placement.objects.filter(article=article, column=site.city_news, live=True).exists()


def test_a_submission_from_below_waits_in_the_list_of_offers(site: World, at_desk: Any) -> None:
    article = published(site)
    submit(article=article, by=site.officer, at=AT, column=site.topic_news)
    page = at_desk(site.publisher).get("/desk/articles/?view=offers").content.decode()
    assert article.title in page


def test_a_batch_says_of_each_article_why_it_was_refused(site: World, at_desk: Any) -> None:
    ready, draft = approved(site), drafted(site)
    answer = at_desk(site.publisher).post(
        "/desk/articles/batch/",
        {"do": "publish", "article": [ready.pk, draft.pk], "next": "//evil.example/"},
        follow=True,
    )
    page = answer.content.decode()
    assert answer.redirect_chain[0][0] == "/desk/articles/"
    ready.refresh_from_db()
    assert ready.status == "published"
    assert "已处理 1 篇" in page


def test_a_word_document_fills_the_form_and_saves_nothing(site: World, at_desk: Any) -> None:
    upload = SimpleUploadedFile("通知.docx", word_document())
    answer = at_desk(site.officer).post("/desk/articles/new/", filled(site, title="", read="1") | {"word": upload})
    page = answer.content.decode()
    assert "人民至上" in page
    assert 'value="通知"' in page
    assert not Article.objects.exists()


def test_a_picture_without_words_for_the_blind_is_not_taken(site: World, at_desk: Any) -> None:
    client = at_desk(site.editor)
    assert client.post("/desk/media/", {"upload": picture(), "alt": " "}).status_code == 422
    assert client.post("/desk/media/", {"upload": picture(), "alt": "办事大厅的窗口"}).status_code == 302
    assert MediaItem.objects.get().alt == "办事大厅的窗口"


def test_revisions_stand_side_by_side_and_an_earlier_one_comes_back(site: World, at_desk: Any) -> None:
    article = drafted(site)
    save_draft(column=article.column, content=content("改过的标题"), by=site.officer, at=AT, article=article)
    client = at_desk(site.officer)
    page = client.get(f"/desk/articles/{article.pk}/revisions/").content.decode()
    assert "<ins>" in page
    assert "<del>" in page
    assert client.post(f"/desk/articles/{article.pk}/revisions/1/restore/").status_code == 302
    article.refresh_from_db()
    assert article.latest_n == 3


def test_the_preview_shows_the_working_copy_in_large_text_and_may_stand_in_a_frame(site: World, at_desk: Any) -> None:
    article = drafted(site)
    answer = at_desk(site.officer).get(f"/preview/{article.pk}/?site=hubei&mode=elder")
    page = answer.content.decode()
    assert 'data-mode="elder"' in page
    assert article.title in page
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]


def test_the_desk_speaks_english(site: World, at_desk: Any) -> None:
    article = published(site)
    client = at_desk(site.publisher)
    for path in (
        "/desk/articles/?view=all",
        f"/desk/articles/{article.pk}/",
        "/desk/articles/new/?site=hubei",
        "/desk/words/",
    ):
        page = client.get(path, headers={"accept-language": "en"}).content.decode()
        assert '<html lang="en"' in page
        assert "写稿" not in page
