"""The visits at the desk: each reader sees the own sites, robots stand apart, and every table can be taken away."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tongban.engines.publishing.actions.visits import VisitKey, add_visits
from tongban.engines.publishing.models import ColumnVisits
from tongban.engines.publishing.tests.world import AT, World, make_world
from tongban.foundation.organizations.actor import Actor
from tongban.interfaces.portal.tests.sites import put
from tongban.interfaces.workbench.views import visits

TODAY = AT.date()


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})
    monkeypatch.setattr(visits, "now", lambda: AT)
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


def read(world: World, ago: int, *, main: int = 0, city: int = 0, robots: int = 0, article: int = 0) -> None:
    day = TODAY - dt.timedelta(days=ago)
    add_visits(
        counts={
            VisitKey(day, world.main.pk, world.headlines.pk, article, False): main,
            VisitKey(day, world.wuhan.pk, world.city_news.pk, 0, False): city,
            VisitKey(day, world.main.pk, 0, 0, True): robots,
        }
    )


def test_the_main_site_s_editor_sees_all_sites_and_a_city_s_editor_the_own_one(
    world: World, at_desk: Callable[[Actor], Client]
) -> None:
    read(world, 0, main=30, city=7, robots=500)
    everything = at_desk(world.editor).get("/desk/visits/").context
    assert everything["screen"].people == 37
    assert everything["screen"].robots == 500
    assert [(row.title, row.people) for row in everything["site_rows"]][:2] == [("hubei", 30), ("wuhan", 7)]
    own = at_desk(world.city_editor).get("/desk/visits/").context["screen"]
    assert own.site == world.wuhan
    assert own.people == 7
    assert at_desk(world.city_editor).get("/desk/visits/?site=hubei").status_code == 404
    assert at_desk(world.officer).get("/desk/visits/").status_code in {403, 404}


def test_a_unit_with_columns_on_another_s_site_sees_these_columns_only(
    world: World, at_desk: Callable[[Actor], Client]
) -> None:
    world.notices.unit = world.city
    world.notices.save()
    read(world, 0, main=30, city=7)
    add_visits(counts={VisitKey(TODAY, world.main.pk, world.notices.pk, 0, False): 4})
    page = at_desk(world.city_editor).get("/desk/visits/?site=hubei")
    assert page.context["screen"].people == 4
    assert [row.title for row in page.context["columns"]] == ["notices"]


def test_a_period_is_compared_with_the_one_before_by_day_week_and_month(
    world: World, at_desk: Callable[[Actor], Client]
) -> None:
    read(world, 0, main=30)
    read(world, 6, main=30)
    read(world, 7, main=40)
    client = at_desk(world.editor)
    week = client.get("/desk/visits/?period=7").context
    assert (week["screen"].people, week["screen"].people_before, week["change"]) == (60, 40, 50.0)
    assert week["trend"][0] == (TODAY, 30, 0, 40)
    assert week["trend"][-1] == (TODAY - dt.timedelta(days=6), 30, 0, 0)
    weeks = client.get("/desk/visits/?period=30&by=week").context["trend"]
    assert [(day.weekday(), people) for day, people, _robots, _before in weeks[:2]] == [(0, 30), (0, 70)]
    months = client.get("/desk/visits/?period=365").context["trend"]
    assert (months[0][0].day, months[0][1]) == (1, 100)
    assert len(months) >= 12


def test_pages_are_named_and_shares_are_of_the_whole(world: World, at_desk: Callable[[Actor], Client]) -> None:
    article = put(world.headlines, "新闻甲")
    read(world, 1, main=30, article=article.pk)
    read(world, 1, main=10)
    context = at_desk(world.editor).get("/desk/visits/").context
    assert [(title, line.people) for line, title, _place, _url in context["pages"]][:2] == [
        ("新闻甲", 30),
        ("栏目列表", 10),
    ]
    assert [(row.title, row.share) for row in context["columns"]] == [("headlines", 100.0), ("local", 0.0)]


@pytest.mark.parametrize("name", ["days", "columns", "pages", "sites"])
def test_every_table_can_be_taken_away(world: World, at_desk: Callable[[Actor], Client], name: str) -> None:
    read(world, 1, main=30, city=3, robots=2)
    client = at_desk(world.editor)
    text = b"".join(client.get(f"/desk/visits/?period=7&table={name}&format=csv").streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/desk/visits/?period=7&table={name}&format=xlsx").content))
    lines = text.strip().splitlines()
    assert len(lines) == len(list(book.worksheets[0].rows)) > 2
    assert any("30" in line or "33" in line for line in lines)


def test_sums_of_columns_are_those_of_their_pages(world: World) -> None:
    read(world, 0, main=3, city=2, article=put(world.headlines, "新闻甲").pk)
    read(world, 0, main=4, robots=1)
    found = {row.column_id: (row.count, row.robots) for row in ColumnVisits.objects.all()}
    assert found == {world.headlines.pk: (7, 0), world.city_news.pk: (2, 0), None: (0, 1)}
