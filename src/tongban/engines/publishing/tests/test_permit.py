"""Who may do what: the table is written here a second time, by hand, and every role is tried on every act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tongban.engines.publishing.actions.deciding import accept, approve, decline, send_back, send_to_review, submit
from tongban.engines.publishing.actions.drafting import begin_correction, save_draft
from tongban.engines.publishing.actions.placing import hide, pin, share
from tongban.engines.publishing.actions.publishing import publish, withdraw
from tongban.engines.publishing.tests.world import AT, World, approved, content, drafted, in_review, offered, published
from tongban.foundation.organizations.actor import ANONYMOUS, Actor
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.organizations.roles import ADMINISTRATORS, Role
from tongban.foundation.organizations.tests.world import official

EDITOR, REVIEWER, PUBLISHER = Role.COLUMN_EDITOR, Role.COLUMN_REVIEWER, Role.COLUMN_PUBLISHER
OFFICER = Role.INFORMATION_OFFICER
BELOW = (OFFICER, EDITOR, REVIEWER, PUBLISHER)

Act = Callable[[World, Any, Actor], object]
ACTS: dict[str, tuple[Callable[[World], Any], Act, set[Role], bool]] = {
    # what stands there · the act · roles that may, in the unit that answers for the column · or in the unit that wrote it
    "begin": (lambda w: None, lambda w, _x, by: save_draft(column=w.headlines, content=content(), by=by, at=AT), set(BELOW), False),
    "save": (drafted, lambda w, x, by: save_draft(column=w.headlines, content=content("改"), by=by, at=AT, article=x), set(BELOW), True),
    "submit": (drafted, lambda w, x, by: submit(article=x, by=by, at=AT), set(BELOW), True),
    "accept": (offered, lambda w, x, by: accept(submission=x, by=by, at=AT), {EDITOR}, False),
    "decline": (offered, lambda w, x, by: decline(submission=x, reason="不合适", by=by, at=AT), {EDITOR}, False),
    "send": (drafted, lambda w, x, by: send_to_review(article=x, by=by, at=AT), {EDITOR}, False),
    "approve": (in_review, lambda w, x, by: approve(article=x, by=by, at=AT, seen_findings=True), {REVIEWER}, False),
    "send_back": (in_review, lambda w, x, by: send_back(article=x, reason="核对", by=by, at=AT), {REVIEWER}, False),
    "publish": (approved, lambda w, x, by: publish(article=x, by=by, at=AT), {PUBLISHER}, False),
    "correct": (published, lambda w, x, by: begin_correction(article=x, by=by, at=AT), {EDITOR}, False),
    "withdraw": (published, lambda w, x, by: withdraw(article=x, reason="有误", by=by, at=AT), {PUBLISHER}, False),
    "share": (published, lambda w, x, by: share(article=x, columns=[w.city_notices], by=by, at=AT), {PUBLISHER}, False),
    "pin": (published, lambda w, x, by: pin(article=x, column=w.headlines, by=by, at=AT), {EDITOR, PUBLISHER}, False),
    "hide": (published, lambda w, x, by: hide(article=x, column=w.headlines, reason="无关", by=by, at=AT), {EDITOR, PUBLISHER}, False),
}  # fmt: skip


def allowed(act: Act, world: World, thing: Any, by: Actor) -> bool:
    try:
        act(world, thing, by)
    except NotAllowedError:
        return False
    return True


@pytest.mark.parametrize("name", ACTS)
def test_roles_of_the_unit_that_answers_for_the_column(world, name) -> None:
    make, act, roles, writers_only = ACTS[name]
    people = {role: official(f"x-{role}", (world.province, role)) for role in Role if role not in ADMINISTRATORS}
    may = {role for role, by in people.items() if allowed(act, world, make(world), by)}
    assert may == (set() if writers_only else roles)


@pytest.mark.parametrize("name", ACTS)
def test_roles_of_the_unit_that_wrote_it(world, name) -> None:
    make, act, roles, writers_only = ACTS[name]
    people = {role: official(f"y-{role}", (world.county, role)) for role in BELOW}
    may = {role for role, by in people.items() if allowed(act, world, make(world), by)}
    assert may == (roles if writers_only or name == "begin" else set())


@pytest.mark.parametrize("name", ACTS)
def test_strangers_administrators_and_other_sites_may_nothing(world, name) -> None:
    make, act, _roles, _writers = ACTS[name]
    others = [ANONYMOUS, official("root", (world.province, Role.SYSTEM_ADMIN))]
    if name != "begin":
        others += [world.city_editor, world.city_reviewer, world.city_publisher]
    if name == "share":
        others.remove(world.city_publisher)  # a city takes a public item of the province into its own column
    assert not [by for by in others if allowed(act, world, make(world), by)]
