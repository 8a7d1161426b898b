"""The table of submissions at the desk: each figure links to a list of just as many items, and who may open what."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tongban.engines.publishing.models import Article, Column, Submission
from tongban.engines.publishing.tests.world import AT, World, make_world
from tongban.foundation.organizations.actor import Actor
from tongban.interfaces.workbench.views import league

FIGURE = re.compile(r'href="(/desk/league/running/submissions/\?[^"]+)">(\d+)')


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(league, "now", lambda: AT)
    monkeypatch.setattr(league, "today", AT.date)
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


def offer(world: World, column: Column, days: int, state: str, points: int = 0) -> Submission:
    at = AT - dt.timedelta(days=days)
    article = Article.objects.create(
        column=column, unit=world.county, title="社区窗口", changed_at=at, created_at=at, stage_since=at
    )
    decided = at + dt.timedelta(hours=2) if state != "submitted" else None
    return Submission.objects.create(
        article=article,
        unit=world.county,
        column=column,
        state=state,
        points=points,
        submitted_at=at,
        decided_at=decided,
    )


@pytest.fixture
def offers(world: World) -> World:
    for days, state, points in ((1, "accepted", 5), (2, "accepted", 3), (3, "declined", 0), (4, "submitted", 0)):
        offer(world, world.headlines, days, state, points)
    offer(world, world.headlines, 60, "accepted", 5)
    return world


def test_every_figure_of_the_page_opens_as_many_items(offers: World, at_desk: Callable[[Actor], Client]) -> None:
    client = at_desk(offers.editor)
    found = FIGURE.findall(client.get("/desk/league/running/").content.decode())
    assert len(found) >= 5 * 3
    for address, figure in found:
        shown = client.get(address.replace("&amp;", "&")).context
        points = "what=points" in address or "what=before" in address
        assert int(figure) == (shown["points"] if points else shown["page"].paginator.count), address


def test_titles_that_are_not_public_are_read_at_their_own_desk_only(
    offers: World, at_desk: Callable[[Actor], Client]
) -> None:
    address = "/desk/league/running/submissions/?what=declined"
    assert "社区窗口" in at_desk(offers.editor).get(address).content.decode()
    context = at_desk(offers.city_editor).get("/desk/league/running/submissions/?what=submitted").context
    assert context["page"].paginator.count == 0


@pytest.mark.parametrize("who", ["officer", "city_officer"])
def test_the_draft_is_for_those_who_make_the_bulletin(
    offers: World, at_desk: Callable[[Actor], Client], who: str
) -> None:
    client = at_desk(getattr(offers, who))
    assert client.get("/desk/league/").status_code == 200
    for path in ("running/", "running/submissions/?what=points", "publish/"):
        assert client.get(f"/desk/league/{path}").status_code in (403, 404)


@pytest.mark.parametrize(
    "query", ["", "what=nothing", "what=points&unit=none", "what=points&region=000000", "what=points&unit=%00"]
)
def test_a_list_that_no_figure_names_is_not_there(
    offers: World, at_desk: Callable[[Actor], Client], query: str
) -> None:
    status = at_desk(offers.editor).get(f"/desk/league/running/submissions/?{query}").status_code
    assert status == (200 if query.endswith("%00") else 404)


def test_only_a_quarter_that_is_over_is_offered(offers: World, at_desk: Callable[[Actor], Client]) -> None:
    client = at_desk(offers.editor)
    assert [code for code, _name in client.get("/desk/league/publish/").context["periods"]] == ["2026-Q3"]
    answer = client.post("/desk/league/publish/", {"period": "2026-Q4", "reason": "早发"})
    assert answer.status_code == 422
    assert "早发" in answer.content.decode()


def test_drafts_are_taken_away_as_workbook(offers: World, at_desk: Callable[[Actor], Client]) -> None:
    answer: Any = at_desk(offers.editor).get("/desk/league/running/?format=xlsx")
    assert answer.content.startswith(b"PK")
    assert "draft" in answer["Content-Disposition"]
