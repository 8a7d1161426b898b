"""Pages kept in memory are true, meant for everyone, and counted."""

from __future__ import annotations

import datetime as dt
import gzip
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tongban.engines.catalog.models import SearchTerm
from tongban.engines.publishing import queries as publishing
from tongban.engines.publishing.actions.publishing import withdraw
from tongban.engines.publishing.actions.stamps import bump
from tongban.engines.publishing.actions.visits import VisitKey, add_visits
from tongban.engines.publishing.models import Article, Column, Placement, Site, SiteVisits, VisitCount
from tongban.engines.publishing.queries.line import hang_up
from tongban.engines.publishing.queries.visits import total_visits
from tongban.engines.publishing.tests.world import AT, World, make_world
from tongban.foundation.accounts.models import Account
from tongban.foundation.organizations.models import Unit
from tongban.interfaces.portal.serving.counting import COUNTING, Counting, is_robot
from tongban.interfaces.portal.serving.middleware import STORE
from tongban.interfaces.portal.serving.store import MOST_BYTES_OF_A_PAGE, Visit
from tongban.interfaces.portal.tests.sites import put

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150.0"
READERS = 4


@pytest.fixture
def world(db: None) -> Iterator[World]:
    STORE.clear()
    publishing.forget()
    COUNTING._counts.clear()  # noqa: SLF001
    yield make_world()
    STORE.clear()


def changed(world: World) -> None:
    bump([world.headlines.pk], at=AT, day=AT.date())


def test_a_page_is_made_once_and_again_when_its_column_changes(
    world: World, client: Client, django_assert_num_queries: Any
) -> None:
    article = put(world.headlines, "新闻甲")
    path = f"/articles/{article.pk}/"
    first = client.get(path)
    with django_assert_num_queries(1):  # the stamps
        assert client.get(path).content == first.content
    with django_assert_num_queries(1):
        assert Client().get(path).content == first.content
    article.title = "新闻甲（更正）"
    article.save()
    changed(world)
    assert "更正" in client.get(path).content.decode()
    other = put(world.notices, "别的栏目")
    bump([world.notices.pk], at=AT, day=AT.date())
    with django_assert_num_queries(1):
        client.get(path)
    assert client.get(f"/articles/{other.pk}/").status_code == 200


def test_a_changed_name_of_a_site_column_unit_or_region_shows_on_the_next_page_however_it_was_changed(
    world: World, client: Client
) -> None:
    put(world.headlines, "新闻甲")
    page = "/columns/news/headlines/"

    def kept_anew() -> str:
        first = client.get(page).content
        assert client.get(page).content == first
        assert len(STORE) >= 1
        return first.decode()

    kept_anew()
    Column.objects.filter(pk=world.headlines.pk).update(name={"zh": "省内要闻", "en": "Headlines"})
    assert "省内要闻" in kept_anew()
    world.main.name = {"zh": "新名称的网站", "en": "Renamed"}
    world.main.save()
    assert "新名称的网站" in kept_anew()
    Unit.objects.filter(pk=world.province.pk).update(name="改名后的单位", name_en="The unit renamed")
    assert "改名后的单位" in kept_anew()
    assert "The unit renamed" in client.get(page, headers={"accept-language": "en"}).content.decode()
    world.notices.name = {"zh": "公示", "en": "Public notices"}
    Column.objects.bulk_update([world.notices], ["name"])
    assert "公示" in kept_anew()
    Column.objects.filter(pk=world.notices.pk).update(is_open=False)
    assert "公示" not in kept_anew()


def test_publishing_leaves_the_frames_of_sites_alone(world: World) -> None:
    before = Site.objects.values_list("stamp", flat=True).get(pk=world.main.pk)
    changed(world)
    assert Site.objects.values_list("stamp", flat=True).get(pk=world.main.pk) == before


def test_language_display_host_and_query_are_kept_apart(world: World) -> None:
    put(world.headlines, "新闻甲")
    page = "/columns/news/headlines/"
    chinese, english, elder = (Client().get(page, **extra).content for extra in (
        {}, {"headers": {"accept-language": "en"}}, {"headers": {"cookie": "display=elder"}},
    ))  # fmt: skip
    assert b"English" in chinese
    assert "中文".encode() in english
    assert b'data-mode="elder"' in elder
    assert Client().get(page).content == chinese
    there = Client().get(page, headers={"host": "wuhan.localhost"}).content
    assert there != chinese
    assert b'content="wuhan.localhost"' in there


def test_someone_with_a_session_never_gets_a_kept_page_nor_leaves_one(world: World) -> None:
    put(world.headlines, "新闻甲")
    account = Account.objects.create(username="reader", display_name="读者甲", joined_at=AT)
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    mine = client.get("/columns/news/headlines/")
    assert account.display_name in mine.content.decode()
    assert mine["Cache-Control"] == "private, no-store"
    assert len(STORE) == 0
    assert account.display_name not in Client().get("/columns/news/headlines/").content.decode()
    assert account.display_name in client.get("/columns/news/headlines/").content.decode()


def test_pages_with_forms_of_ones_own_or_unknown_parameters_are_not_kept(world: World, client: Client) -> None:
    client.get("/hall/")
    client.get("/accounts/login/")
    client.get("/search/?q=新闻")
    client.get("/columns/news/headlines/?utm=1")
    client.get("/no-such-page/")
    assert len(STORE) == 0


def test_a_kept_page_is_sent_compressed_or_not_at_all(world: World, client: Client) -> None:
    put(world.headlines, "新闻甲")
    plain = client.get("/columns/news/headlines/")
    packed = client.get("/columns/news/headlines/", headers={"accept-encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Content-Length"] == str(len(packed.content))
    assert "Content-Security-Policy" in packed
    assert {"Accept-Encoding", "Cookie", "Accept-Language"} <= set(packed["Vary"].replace(" ", "").split(","))
    again = client.get("/columns/news/headlines/", headers={"if-none-match": plain["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_the_memory_for_pages_has_an_end(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = [put(world.headlines, f"新闻{number}") for number in range(6)]
    size = len(client.get(f"/articles/{articles[0].pk}/").content)
    monkeypatch.setattr(STORE, "most_bytes", 3 * size)
    for article in articles:
        client.get(f"/articles/{article.pk}/")
    assert 0 < len(STORE) < 6
    assert size < MOST_BYTES_OF_A_PAGE


@pytest.mark.django_db(transaction=True)
def test_no_reader_is_shown_an_item_once_its_withdrawal_is_committed() -> None:
    """Readers hammer the article, the list, the home page and a mirroring city while items are withdrawn."""
    STORE.clear()
    publishing.forget()
    world = make_world()
    articles = [put(world.headlines, f"待撤新闻{number}号", AT - dt.timedelta(minutes=number)) for number in range(6)]
    gone: set[int] = set()
    stale: list[str] = []
    seen = [0]
    stop = threading.Event()
    pages = (
        "/columns/news/headlines/",
        "/columns/news/",
        "/sites/wuhan/columns/news/headlines/",
        "/columns/news/headlines/feed.rss",
    )

    def read(offset: int) -> None:
        client = Client()
        turn = offset
        try:
            while not stop.is_set():
                turn += 1
                before = set(gone)
                article = articles[turn % len(articles)]
                answer = client.get(f"/articles/{article.pk}/")
                if article.pk in before and answer.status_code != 410:
                    stale.append(f"article {article.pk}: {answer.status_code}")
                path = pages[turn % len(pages)]
                html = client.get(path).content.decode()
                stale.extend(f"{path} shows {one.pk}" for one in articles if one.pk in before and one.title in html)
                seen[0] += 1
        finally:
            hang_up()
            connection.close()

    readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for reader in readers:
        reader.start()
    for article in articles:
        target = seen[0] + 3 * READERS
        while seen[0] < target and all(reader.is_alive() for reader in readers):
            stop.wait(0.01)
        withdraw(article=article, reason="内容有误", by=world.publisher, at=AT)
        gone.add(article.pk)
    target = seen[0] + 3 * READERS
    while seen[0] < target and all(reader.is_alive() for reader in readers):
        stop.wait(0.01)
    stop.set()
    for reader in readers:
        reader.join()
    assert not stale
    assert seen[0] >= target
    STORE.clear()


def test_results_of_a_search_are_kept_until_anything_is_published_or_taken_back(
    world: World, client: Client, django_assert_num_queries: Any
) -> None:
    first, second = put(world.headlines, "森林防火通知"), put(world.notices, "森林防火公告")
    page = "/search/?q=森林防火"
    asked = client.get(page).content
    assert b"mark" in asked
    with django_assert_num_queries(1):  # the stamps
        assert client.get(page).content == asked
    filtered = client.get(page + "&where=title")
    assert filtered.status_code == 200
    assert len(STORE) == 1, "results with filters are seldom asked for twice"
    Article.objects.filter(pk=second.pk).update(status="withdrawn")
    Placement.objects.filter(article=second).update(live=False)
    bump([world.notices.pk], at=AT, day=AT.date())
    shown = client.get(page).content.decode()
    assert f"/articles/{first.pk}/" in shown
    assert f"/articles/{second.pk}/" not in shown


def test_searches_are_counted_with_the_views_by_people_only_and_without_numbers(world: World) -> None:
    counting = Counting()
    for searched in ("开饭店", "开饭店", "13900000000", ""):
        counting.count(Visit(world.main.pk, searched=searched), BROWSER)
    counting.count(Visit(world.main.pk, searched="开饭店"), "Googlebot/2.1")
    assert counting.flush() == 5
    assert list(SearchTerm.objects.values_list("term", "count")) == [("开饭店", 2)]


def test_views_are_counted_by_page_column_site_and_day_without_cookies_and_robots_apart(
    world: World, client: Client
) -> None:
    article = put(world.headlines, "新闻甲")
    for agent in (BROWSER, BROWSER, "Googlebot/2.1"):
        answer = client.get(f"/articles/{article.pk}/", headers={"user-agent": agent})
        assert not answer.cookies
    client.get("/columns/news/headlines/", headers={"user-agent": BROWSER})
    client.get("/", headers={"user-agent": BROWSER})
    client.get("/search/?q=新闻", headers={"user-agent": BROWSER})
    client.head("/", headers={"user-agent": BROWSER})
    client.get("/columns/news/headlines/feed.rss", headers={"user-agent": BROWSER})
    client.get("/no-such-page/", headers={"user-agent": BROWSER})
    assert COUNTING.flush() == 6
    rows = {
        (row.column_id, row.article_id): (row.count, row.robots) for row in VisitCount.objects.filter(site=world.main)
    }
    assert rows == {
        (world.headlines.pk, article.pk): (2, 1),
        (world.headlines.pk, None): (1, 0),
        (None, None): (2, 0),
    }
    day = SiteVisits.objects.get(site=world.main)
    assert (day.count, day.robots) == (5, 1)
    assert total_visits(world.main.pk) == 5
    STORE.clear()
    assert "本站累计浏览 5 次" in client.get("/").content.decode()


def test_counts_add_up_and_nothing_is_lost_when_writing_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting()
    for _time in range(3):
        counting.count(Visit(world.main.pk), BROWSER)

    def refuse(**_more: object) -> None:
        from django.db import OperationalError

        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr("tongban.interfaces.portal.serving.counting.add_visits", refuse)
        counting.stop()
    counting.count(Visit(world.main.pk), "curl/8")
    assert counting.flush() == 4
    assert counting.flush() == 0
    add_visits(
        counts={VisitKey(AT.date(), world.main.pk, 0, 0, robot=False): 2, VisitKey(AT.date(), 0, 0, 0, robot=False): 9}
    )
    assert total_visits(world.main.pk) == 5


@pytest.mark.parametrize(
    ("agent", "robot"), [(BROWSER, False), ("", True), ("Baiduspider/2.0", True), ("curl/8.5", True)]
)
def test_programs_are_told_from_people_by_their_name(agent: str, robot: bool) -> None:
    assert is_robot(agent) is robot


def test_pages_drawn_into_a_kept_frame_are_those_of_the_whole_template(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = put(world.headlines, '新闻甲 <b>&"粗"</b>', summary="摘要")
    put(world.notices, "公告乙", doc_no="鄂政发〔2026〕1号", kind="document")
    pages = ["/", "/map/", "/open/", f"/articles/{article.pk}/?x=1&y='2'", f"/sites/wuhan/articles/{article.pk}/"]
    pages += [f"/sites/{site.code}/" for site in Site.objects.all()]
    pages += [f"/sites/{one.site.code}/columns{one.path}" for one in Column.objects.select_related("site")]
    readers: list[dict[str, Any]] = [
        {},
        {"cookie": "display=elder"},
        {"accept-language": "en"},
        {"host": "wuhan.localhost"},
    ]

    def looked_at() -> dict[tuple[str, int], bytes]:
        STORE.clear()
        return {
            (path, place): Client().get(path, headers=headers).content
            for path in pages
            for place, headers in enumerate(readers)
        }

    looked_at()
    framed = looked_at()
    assert publishing.group().drawn
    with monkeypatch.context() as whole:
        whole.setattr("tongban.interfaces.portal.sites.draw", lambda *_more: None)
        for key, page in looked_at().items():
            assert page == framed[key], key
