"""What is entered once shows on the main site and all seventeen city sites, and is corrected and withdrawn on all at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from tongban.engines.publishing import queries as publishing
from tongban.engines.publishing.actions.deciding import approve, send_to_review
from tongban.engines.publishing.actions.drafting import begin_correction, save_draft
from tongban.engines.publishing.actions.publishing import publish, withdraw
from tongban.engines.publishing.models import Article, Placement, Site
from tongban.engines.publishing.tests.world import AT, World, content, make_column, make_site, make_world, published
from tongban.foundation.clock import now as clock
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections
from tongban.interfaces.portal.serving.middleware import STORE

CITIES = 17
OLD, NEW = "全省推进会在汉召开", "全省推进会在武汉召开"


@pytest.fixture
def group(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The main site and seventeen city sites whose headlines are those of the main site."""
    STORE.clear()
    publishing.forget()
    root = settings.PROJECT_ROOT / "packs" / "law"
    for section in sections():
        if section.name in ("calendars", "messages"):
            section.load(read_section(section, root=root), Loading(root, "law", AT))
    world = make_world()
    for number in range(2, CITIES + 1):
        site = make_site(f"city{number}", "city", world.city, f"42{number:02}000001", world.main)
        top = make_column(site, "/news/", world.city, kind="top", watch="none", update_cycle_days=None)
        make_column(
            site, "/news/headlines/", world.city, top, mirror_of=world.headlines, watch="none", update_cycle_days=None
        )
    monkeypatch.setattr(clock, "now", lambda: AT)
    yield world
    STORE.clear()


def sites() -> list[str]:
    """Return the codes of the main site and the city sites."""
    return list(Site.objects.filter(kind__in=("main", "city")).order_by("pk").values_list("code", flat=True))


def places(code: str, pk: int) -> dict[str, str]:
    """Return the addresses at which a site shows an item: its page, lists, feeds, search and site map."""
    return {
        "page": f"/sites/{code}/articles/{pk}/",
        "list": f"/sites/{code}/columns/news/headlines/",
        "rss": f"/sites/{code}/columns/news/headlines/feed.rss",
        "json": f"/sites/{code}/columns/news/headlines/feed.json",
        "search": f"/sites/{code}/search/?q=推进会",
    }


def shown(client: Client, code: str, pk: int, title: str) -> set[str]:
    """Return where a site shows a title; lists are asked twice, so that the second answer may be a kept page."""
    found = set()
    for name, address in places(code, pk).items():
        texts = {
            client.get(address).content.decode().replace("<mark>", "").replace("</mark>", "")
            for _time in range(1 + (name == "list"))
        }
        if all(title in text for text in texts):
            found.add(name)
        elif any(title in text for text in texts):
            found.add(f"{name}: once")
    return found


def correct(world: World, article: Article) -> None:
    begin_correction(article=article, reason="写明地点", by=world.editor, at=AT)
    save_draft(column=article.column, article=article, content=content(NEW), by=world.editor, at=AT)
    article.refresh_from_db()
    send_to_review(article=article, by=world.editor, at=AT)
    approve(article=article, by=world.reviewer, at=AT, seen_findings=True)
    publish(article=article, by=world.publisher, at=AT)


def test_one_item_is_on_eighteen_sites_and_is_corrected_and_withdrawn_on_all_at_once(
    group: World, client: Client
) -> None:
    article = published(group, title=OLD)
    everywhere = set(places("hubei", article.pk))
    assert len(sites()) == CITIES + 1
    assert {code: shown(client, code, article.pk, OLD) for code in sites()} == dict.fromkeys(sites(), everywhere)
    assert Placement.objects.filter(article=article).count() == 1
    correct(group, article)
    assert {code: shown(client, code, article.pk, NEW) for code in sites()} == dict.fromkeys(sites(), everywhere)
    assert {code: shown(client, code, article.pk, OLD) for code in sites()} == dict.fromkeys(sites(), set())
    withdraw(article=article, reason="会议改期", by=group.publisher, at=AT)
    assert {code: shown(client, code, article.pk, NEW) for code in sites()} == dict.fromkeys(sites(), set())
    assert {client.get(f"/sites/{code}/articles/{article.pk}/").status_code for code in sites()} == {410}
    assert f"/articles/{article.pk}/" not in client.get("/sitemap-0.xml").content.decode()
