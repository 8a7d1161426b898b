"""Where each kind of official arrives after signing in: at a page that is theirs, never at one that does not exist for them."""

from __future__ import annotations

import pytest
from django.test import Client

from tongban.affairs.hall.demo.people import ACCOUNTS, PASSWORD, DemoAccount, create_accounts
from tongban.engines.cases.permissions import HANDLERS
from tongban.engines.cases.tests import factories
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import region, unit

PLACES = {
    "citizen": "/hall/",
    "firm": "/hall/",
    "supervisor": "/desk/supervision/",
    "sysadmin": "/console/accounts/",
    "secadmin": "/console/postings/",
    "auditor": "/console/audit/",
}
"""Where demonstration accounts arrive; those who handle cases at their inbox, those who write for the sites on a desk of theirs."""
CASE_ROLES = {*HANDLERS, Role.UNIT_HEAD}


@pytest.fixture
def accounts(law: None, db: None) -> None:
    """Open the demonstration accounts at the units they belong to."""
    places = {"420000": region("420000", 2, None, "湖北省")}
    places["420100"] = region("420100", 3, places["420000"], "武汉市")
    places["420102"] = region("420102", 4, places["420100"], "江岸区")
    for line, code in sorted({(demo.line, demo.region) for demo in ACCOUNTS}):
        unit(places[code], line)
    create_accounts(at=factories.AT)


@pytest.mark.parametrize("demo", ACCOUNTS, ids=lambda demo: demo.username)
def test_everyone_arrives_at_a_page_of_their_own(accounts: None, demo: DemoAccount) -> None:
    client = Client()
    answer = client.post("/accounts/login/", {"login": demo.username, "password": PASSWORD}, follow=True)
    assert answer.status_code == 200, answer.redirect_chain
    place = answer.request["PATH_INFO"]
    if demo.username in PLACES:
        assert place == PLACES[demo.username]
    else:
        assert (place == "/desk/") is bool(CASE_ROLES & set(demo.roles))
        assert place.startswith("/desk/")


def test_an_official_without_cases_finds_no_list_of_cases(accounts: None) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": "supervisor", "password": PASSWORD})
    assert client.get("/desk/", {"view": "unit"}).status_code == 404
