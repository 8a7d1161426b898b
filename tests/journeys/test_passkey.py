"""A passkey in a browser: bound to the account with the machine's own key, then used instead of the password."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import shot, sign_in
from tests.journeys.site import Site


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A visitor who reaches the site by name, with a key built into the machine (Chromium's virtual authenticator)."""
    context = browser.new_context(base_url=site.url.replace("127.0.0.1", "localhost"), locale="zh-CN")
    context.set_default_timeout(15_000)
    opened = context.new_page()
    session = context.new_cdp_session(opened)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield opened
    context.close()


def test_a_person_binds_a_passkey_and_signs_in_with_it_alone(page: Page, site: Site) -> None:
    sign_in(page, "citizen")
    page.goto("/accounts/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.locator("input[name=password]").fill("Tongban-2026")
        page.locator("main form button").first.click()
        page.wait_for_url("**/webauthn/add/")
    page.locator("#id_name").fill("我的电脑")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda address: "/webauthn/add/" not in address)
    page.goto("/accounts/2fa/webauthn/")
    assert "我的电脑" in page.locator("main").inner_text()
    shot(page, "passkey-1-bound")
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    shot(page, "passkey-2-sign-in")
    page.locator("#passkey_login").click()
    page.wait_for_url(lambda address: "/accounts/login" not in address)
    page.goto("/accounts/")
    assert "citizen" in page.locator("main").inner_text()
    method = site.rows(
        "SELECT s.method FROM accounts_signin s JOIN accounts_account a ON a.id = s.account_id"
        " WHERE a.username = 'citizen' AND s.outcome = 'succeeded' ORDER BY s.id DESC LIMIT 1"
    )
    assert "webauthn" in method[0][0]


def test_at_a_bare_address_the_page_says_why_there_is_no_passkey(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/accounts/login/")
    assert not page.locator("#passkey_login").count()
