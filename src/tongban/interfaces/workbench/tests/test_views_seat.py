"""The independent supervisor's seat is read-only by construction: it sees everything in scope and may only order.

Every address of the site is tried with a written request; what may answer is named here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tongban.engines.cases.actions import ActionRefused, act
from tongban.engines.cases.models import Case, Task
from tongban.engines.cases.queries import available_actions
from tongban.engines.cases.tests.factories import World, at
from tongban.engines.indicators.loading import load_schemes
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.guards import OFFICIAL, PUBLIC, SIGNED_IN
from tongban.foundation.organizations.permissions import NotAllowedError, all_permissions
from tongban.foundation.organizations.roles import Role
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections

MAY_WRITE = {
    "supervision.alarms", "supervision.orders", "supervision.remind", "supervision.order", "supervision.judge",
    "supervision.withdraw_alarm", "scores.decide", "scores.enter", "scores.publish", "scores.objections",
    "inspection.excuse",
}  # fmt: skip
"""What a supervisor writes: orders, alarms, objections, scores and their bulletins, findings on sites."""
CHOSEN = {"desk/articles/batch/"}
"""Addresses that act on what was chosen in a list, each through its own permission; nothing chosen, they go back."""
OWN = {PUBLIC, SIGNED_IN, OFFICIAL}
REFUSED = (403, 404, 405)
SAMPLES = {
    "case": "{number}",
    "uuid": "0e9b7a34-3f0d-4b1b-9d5e-5f7d4c1f2a11",
    "int": "1",
    "slug": "accept",
    "str": "x",
    "path": "x",
}
FOLDERS_OF_OTHERS = ("accounts/", "__", "static/", "media/")
WATCHED = ("cases", "licenses", "catalog", "publishing")


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every address of our own with its view."""
    for item in (resolver or get_resolver()).url_patterns:
        route = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from addresses(item, route)
        elif isinstance(item, URLPattern) and "^" not in route and not route.startswith(FOLDERS_OF_OTHERS):
            yield route, item.callback


def filled(route: str, number: str) -> str:
    """Return an address with its places filled: a real case, and names of actions that exist."""
    found = re.sub(r"<(?:(\w+):)?(\w+)>", lambda each: SAMPLES.get(each[1] or "str", "x"), route)
    return "/" + found.format(number=number)


def state() -> list[Any]:
    """Return the rows of cases, licenses and items, as they stand."""
    models = [model for label in WATCHED for model in apps.get_app_config(label).get_models()]
    return [list(model._default_manager.order_by("pk").values_list()) for model in models]


@pytest.fixture
def cases(world: World) -> list[Case]:
    """A case for each stage: handed in, accepted, with a survey going on, decided."""
    found = [world.submit(), *(world.do(world.submit(), "accept", "2026-03-03") for _number in range(3))]
    found[2] = world.do(found[2], "start_survey", "2026-03-03")
    found[3] = world.do(world.do(found[3], "pass", "2026-03-03"), "grant", "2026-03-03")
    return found


@pytest.fixture
def scheme(world: World) -> None:
    """How points are given."""
    root = settings.PROJECT_ROOT / "packs" / "law"
    section = next(each for each in sections() if each.name == "scores")
    load_schemes(read_section(section, root=root), Loading(root, "law", at("2026-01-01")))


def test_every_written_request_is_refused_but_orders_alarms_and_objections(
    world: World, cases: list[Case], scheme: None, desk: Callable[[Actor], Client]
) -> None:
    client = desk(world.supervisor)
    before = state()
    answered: dict[str, tuple[str, int]] = {}
    tried = 0
    for route, view in addresses():
        code = str(getattr(view, "permission_code", ""))
        if code in MAY_WRITE:
            continue
        response = client.post(filled(route, cases[1].number), {"text": "试", "key": "1", "do": "accept"})
        tried += 1
        refused = response.status_code in REFUSED or (response.status_code == 302 and route in CHOSEN)
        if not refused and code not in OWN:
            answered[route] = (code, response.status_code)
    assert tried > 150
    assert answered == {}
    assert state() == before


def test_the_seat_holds_no_permission_that_changes_a_case() -> None:
    held = {code for code, permission in all_permissions().items() if Role.SUPERVISOR in permission.roles}
    reads = {code for code in held if code.rsplit(".", 1)[1] in
             {"view", "alarms", "orders", "rules", "person", "objections", "bulletins", "processes",
              "case", "visits"}}  # fmt: skip
    assert held - reads - MAY_WRITE - {"scores.object_self"} == set()


@pytest.mark.parametrize("process", ["licensing-survey", "licensing-joint", "licensing-instant"])
def test_every_action_that_anyone_is_offered_is_refused(world: World, cases: list[Case], process: str) -> None:
    held = [*cases, world.submit(world.item(process, statutory=None, promised=None))]
    moment = at("2026-03-03")
    tried = 0
    for case in held:
        assert available_actions(case, world.supervisor, at=moment) == []
        codes = {offer.code for who in world.people.values() for offer in available_actions(case, who, at=moment)}
        codes |= {str(each["code"]) for each in case.definition.compiled.get("actions", []) if isinstance(each, dict)}
        for code in sorted(codes):
            with pytest.raises((NotAllowedError, ActionRefused)):
                act(case=case, action=code, by=world.supervisor, at=moment, data={})
            tried += 1
    assert tried > 10
    assert not Task.objects.filter(closed_by=world.supervisor.account).exists()
