"""Journeys go through a real browser to a real web server with a real worker and the demonstration province."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys.site import ARTEFACTS, Site, copied_site

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "Tongban-2026"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every journey as one that needs a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str, testrun_uid: str) -> Iterator[Site]:
    """Yield a running demonstration province with a small history; each test process has one of its own."""
    here = tmp_path_factory.getbasetemp()
    shared = here if worker_id == "master" else here.parent
    running = copied_site(os.environ["TONGBAN_DATABASE_URL"], shared, worker_id, testrun_uid)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield Debian's chromium."""
    found = next((p for d in os.environ["PATH"].split(":") for n in CHROMIUM if (p := Path(d) / n).exists()), None)
    assert found, "Chromium is missing: install the package chromium (python3 tb.py test does it where it may)"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(found), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Yield a function that opens a page for a new visitor.

    ``open_page(user="clerk")`` signs in; ``script=False`` switches JavaScript off; ``language``, ``width``, ``elder``.
    """
    contexts: list[BrowserContext] = []

    def visit(
        user: str = "",
        *,
        script: bool = True,
        language: str = "zh-CN",
        width: int = 1280,
        elder: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=site.url,
            locale=language,
            java_script_enabled=script,
            viewport={"width": width, "height": 900},
            bypass_csp=False,
        )
        context.set_default_timeout(15_000)
        if elder:
            context.add_cookies([{"name": "display", "value": "elder", "url": site.url}])
        contexts.append(context)
        page = context.new_page()
        if user:
            sign_in(page, user)
        return page

    yield visit
    for context in contexts:
        context.close()


def sign_in(page: Page, user: str, password: str = PASSWORD) -> None:
    """Sign in through the sign-in page."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(user)
    page.locator("input[name=password]").fill(password)
    page.locator("main form button[type=submit], main form button:not([type])").first.click()
    page.wait_for_load_state()
    assert "/accounts/login" not in page.url, page.locator("main").inner_text()


def shot(page: Page, name: str) -> None:
    """Keep a picture of the whole page as a test artefact if ``TONGBAN_PICTURES`` asks for them; they take time."""
    if not os.environ.get("TONGBAN_PICTURES"):
        return
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(ARTEFACTS / f"{name}.png"), full_page=True)
