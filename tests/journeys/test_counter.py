"""Filing at the counter: a clerk files for a firm that came in person, without script; the firm follows it with the receipt."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import shot
from tests.journeys.site import Site
from tests.journeys.steps import PICTURE, examples, put
from tongban.foundation.text.identifiers import citizen_number, credit_code, organization_code

PHONE = "13900000077"
CODE = credit_code.make("9", "1", "420102", organization_code.make("MA4K1234"))
BEARER = citizen_number.make("420102", dt.date(1985, 6, 12), 7)


@pytest.mark.parametrize("script", [True, False], ids=["script", "noscript"])
def test_a_clerk_files_for_a_firm_that_came_in_person(open_page: Callable[..., Page], site: Site, script: bool) -> None:
    mark = "script" if script else "noscript"
    clerk = open_page("clerk", script=script)
    clerk.goto("/desk/file/?q=食品经营许可（新办）")
    clerk.get_by_role("link", name=re.compile("^代录申请")).first.click()
    for name, value in {
        "kind": "organization",
        "name": "窗口小馆餐饮有限公司",
        "number": CODE[:-1] + "?",
        "phone": PHONE,
    }.items():
        put(clerk, name, value)
    clerk.locator("form.form-main button.btn-lg").click()
    assert clerk.locator(".errsum").count()
    for name, value in {"number": CODE, "bearer_name": "何小川", "bearer_number": BEARER}.items():
        put(clerk, name, value)
    shot(clerk, f"counter-{mark}-1-applicant")
    clerk.locator("form.form-main button.btn-lg").click()
    clerk.wait_for_url("**/form/**")
    for _page in range(24):
        if "/form/" not in clerk.url:
            break
        for name, value in examples("food_business", phone=PHONE).items():
            put(clerk, name, value)
        clerk.locator("form.form-main button.btn-lg").click()
        clerk.wait_for_load_state()
    for number, box in enumerate(clerk.locator("fieldset.material").all()):
        if number:
            box.locator("input[type=radio][value=paper]").check()
        else:
            box.locator("input[type=radio][value=upload]").check()
            box.locator("input[type=file]").set_input_files(str(PICTURE))
    shot(clerk, f"counter-{mark}-2-materials")
    clerk.locator("form.form-main button.btn-lg").click()
    clerk.wait_for_url("**/check/")
    clerk.locator("#declared").check()
    clerk.locator("form.form-main button.btn-lg").click()
    clerk.wait_for_url("**/done/")
    clerk.locator("a[href$='/receipt/']").click()
    shot(clerk, f"counter-{mark}-3-receipt")
    receipt = clerk.locator("main").inner_text()
    number, secret = re.findall(r"办件编号\s+(\d{18}).*?查询码\s+([0-9A-Z]{8})", receipt, re.DOTALL)[0]
    stranger = open_page(script=script)
    stranger.goto("/progress/")
    for name, value in (("number", number), ("secret", secret)):
        stranger.locator(f"main input[name={name}]").fill(value)
    stranger.locator("main form button").first.click()
    stranger.wait_for_load_state()
    assert number in stranger.locator("main").inner_text()
    rows = site.rows("SELECT channel, applicant_name FROM cases_case WHERE number = %s", number)
    assert rows == [("window", "窗口小馆餐饮有限公司")]
