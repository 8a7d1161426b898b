"""What people do on the pages, said once: apply, act, read the phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.journeys.site import ROOT, Site
from tongban.foundation.clock.now import today
from tongban.foundation.forms.answers import example_answers
from tongban.foundation.forms.schema import FormSpec
from tongban.foundation.packs.reading import parse, read_yaml

FIRM_PHONE = "13800000002"
FIELD = "f-{}"
PICTURE = Path(__file__).with_name("plan.png")


def examples(form: str, **changes: Any) -> dict[str, Any]:
    """Return answers to a form of the province's pack from the form's own examples."""
    root = ROOT / "packs" / "hubei"
    spec = parse(FormSpec, read_yaml(root / "forms" / f"{form}.yaml", root=root))
    return example_answers(spec, today=today()) | changes


def item_code(site: Site, name: str, region: str = "420102") -> str:
    """Return the public code of an item at the unit of a region."""
    rows = site.rows(
        "SELECT i.code FROM catalog_implementation i JOIN organizations_unit u ON u.id = i.unit_id"
        " JOIN organizations_region r ON r.id = u.region_id WHERE i.name->>'zh' LIKE %s AND r.code = %s ORDER BY i.code",
        f"{name}%",
        region,
    )
    return str(rows[0][0])


def start_application(page: Page, code: str) -> None:
    """Go from the guide to the first page of the form; an older draft is thrown away."""
    page.goto(f"/hall/items/{code}/apply/")
    if page.locator("button[name=discard]").count():
        page.locator("button[name=discard]").click()
    page.locator("main form button.btn-lg").click()
    page.wait_for_url("**/apply/form/**")


def fill_form(page: Page, answers: dict[str, Any]) -> None:
    """Fill and send every page of the form until the materials are asked for."""
    for _page in range(24):
        if "/apply/form/" not in page.url:
            return
        for name, value in answers.items():
            put(page, name, value)
        page.locator("form.form-main button.btn-lg").click()
        page.wait_for_load_state()
    msg = f"the form does not end: {page.url} {page.locator('main').inner_text()[:1500]}"
    raise AssertionError(msg)


def put(page: Page, name: str, value: Any) -> None:
    """Put an answer into whatever input the page shows for it; an absent or fixed question is passed over."""
    if isinstance(value, dict):
        for key, part in value.items():
            put(page, f"{name}-{key}", part)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, row in enumerate(value):
            for key, part in row.items():
                put(page, f"{name}-{number}-{key}", part)
    elif page.locator(f"[name='{name}-y']").count():
        for key, part in zip("ymd", str(value).split("-"), strict=True):
            page.locator(f"[name='{name}-{key}']").fill(part)
    else:
        for one in value if isinstance(value, list) else [value]:
            _put_one(page, name, one)


def _put_one(page: Page, name: str, value: Any) -> None:
    found = page.locator(f"main [name='{name}']:not([type=hidden])")
    if not found.count():
        return
    kind = found.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if kind in ("radio", "checkbox"):
        chosen = page.locator(f"main [name='{name}'][value='{text}']")
        if chosen.count():
            chosen.first.check()
    elif kind == "select":
        if page.locator(f"main [name='{name}'] option[value='{text}']").count():
            found.first.select_option(text)
    elif kind != "file":
        found.first.fill(text)


def give_materials(page: Page) -> None:
    """Upload the picture for every material that can be uploaded, else take the first way offered."""
    for box in page.locator("fieldset.material").all():
        if box.locator("input[type=radio][value=upload]").count():
            box.locator("input[type=radio][value=upload]").check()
        if box.locator("input[type=file]").count():
            box.locator("input[type=file]").set_input_files(str(PICTURE))
        elif box.locator("input[type=radio]").count():
            box.locator("input[type=radio]").first.check()
    page.locator("form.form-main button.btn-lg").click()
    page.wait_for_url("**/apply/check/")


def declare_and_submit(page: Page) -> str:
    """Sign the declaration and submit; return the case number."""
    page.locator("#declared").check()
    page.locator("form.form-main button.btn-lg").click()
    page.wait_for_url("**/apply/done/**")
    found = re.search(r"/done/(\d{18})/", page.url)
    assert found, page.url
    return found[1]


def apply(page: Page, code: str, form: str, **changes: Any) -> str:
    """Apply from the first page to the receipt; return the case number."""
    start_application(page, code)
    fill_form(page, examples(form, **({"phone": FIRM_PHONE} | changes)))
    give_materials(page)
    return declare_and_submit(page)


def act(page: Page, number: str, action: str, **data: Any) -> None:
    """Do something with a case at the workbench."""
    page.goto(f"/desk/cases/{number}/?action={action}")
    section = page.locator("section.act-form")
    assert section.count(), f"{action} is not offered: {page.locator('main').inner_text()[:1500]}"
    for name, value in data.items():
        put(page, FIELD.format(name), value)
    section.locator("form button.btn").last.click()
    page.wait_for_load_state()
    assert not page.locator(".errsum").count(), page.locator(".errsum").inner_text()


def texts(page: Page, phone: str = FIRM_PHONE) -> str:
    """Return everything on the demonstration phone."""
    page.goto(f"/phone/?number={phone}")
    return page.locator("main").inner_text()


def wait_for_text(page: Page, fragment: str, phone: str = FIRM_PHONE, tries: int = 30) -> str:
    """Wait until a text with a fragment has arrived on the demonstration phone, and return them all."""
    for _attempt in range(tries):
        found = texts(page, phone)
        if fragment in found:
            return found
        page.wait_for_timeout(1000)
    msg = f"no text with {fragment!r} arrived:\n{found}"
    raise AssertionError(msg)
