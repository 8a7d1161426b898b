"""(a) From the guide to a verified license: apply, correct, accept, survey, decide, license, verify; texts on the phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import shot
from tests.journeys.site import Site
from tests.journeys.steps import act, apply, give_materials, item_code, start_application, wait_for_text

SURVEY = {
    "conclusion": "pass",
    "opinion": "场所、设备与申报一致。",
    "members": "张三川\n李四维",
    "record": "两名核查人员到场，经营者在场签字。",
}


@pytest.mark.parametrize("script", [True, False], ids=["script", "noscript"])
def test_a_firm_gets_a_license_that_anyone_can_verify(open_page: Callable[..., Page], site: Site, script: bool) -> None:
    mark = "script" if script else "noscript"
    code = item_code(site, "食品经营许可（新办）")
    firm = open_page("firm", script=script)
    firm.goto("/hall/search/?q=开餐馆")
    assert firm.locator("main a", has_text="食品经营许可（新办）").count()
    firm.goto(f"/hall/items/{code}/")
    shot(firm, f"license-{mark}-1-guide")
    number = apply(firm, code, "food_business")
    shot(firm, f"license-{mark}-2-submitted")

    clerk = open_page("clerk", script=script)
    clerk.goto(f"/desk/?text={number}")
    assert number in clerk.locator("main").inner_text()
    act(clerk, number, "request_correction", items="布局图没有标注面积，请标注后重新上传。", days=10)
    shot(clerk, f"license-{mark}-3-correction-asked")
    wait_for_text(firm, "补正")

    firm.goto(f"/my/cases/{number}/")
    assert "布局图没有标注面积" in firm.locator("main").inner_text()
    firm.locator("input[type=file]").first.set_input_files(str(_picture()))
    firm.get_by_role("button", name="提交补正").click()
    firm.wait_for_load_state()
    shot(firm, f"license-{mark}-4-corrected")

    act(clerk, number, "accept")
    wait_for_text(firm, "受理")
    act(open_page("surveyor", script=script), number, "finish_survey", **SURVEY)
    act(open_page("reviewer", script=script), number, "pass", opinion="材料齐全，核查符合，建议准予。")
    act(open_page("approver", script=script), number, "grant", opinion="同意。")
    act(clerk, number, "issue")
    act(clerk, number, "deliver", delivery="electronic")
    shot(clerk, f"license-{mark}-5-closed")

    wait_for_text(firm, "准予")
    shot(firm, f"license-{mark}-6-phone")
    firm.goto("/my/licenses/")
    shot(firm, f"license-{mark}-7-licenses")
    identifier = site.rows("SELECT identifier FROM licenses_license WHERE case_number = %s", number)[0][0]
    stranger = open_page(script=script)
    stranger.goto(f"/verify/{identifier}/")
    shot(stranger, f"license-{mark}-8-verified")
    assert "有效" in stranger.locator("main").inner_text()
    pdf = firm.request.get(f"/my/licenses/{identifier}/file/").body()
    assert pdf.startswith(b"%PDF")
    stranger.goto("/verify/")
    stranger.locator("input[type=file]").first.set_input_files(
        {"name": "license.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    stranger.locator("form:has(input[type=file]) button").first.click()
    stranger.wait_for_load_state()
    shot(stranger, f"license-{mark}-9-file-verified")
    assert identifier in stranger.content() or "有效" in stranger.locator("main").inner_text()


def test_progress_needs_number_and_code_from_the_text(open_page: Callable[..., Page], site: Site) -> None:
    firm = open_page("firm")
    number = apply(firm, item_code(site, "食品经营许可（新办）"), "food_business")
    body = wait_for_text(firm, number)
    found = re.search(rf"{number}.*?查询码\s*([0-9A-Z]{{6,12}})", body, re.DOTALL)
    assert found, body
    stranger = open_page()
    stranger.goto("/progress/")
    for field, value in (("number", number), ("secret", found[1])):
        stranger.locator(f"main input[name={field}]").fill(value)
    stranger.locator("main form button").first.click()
    stranger.wait_for_load_state()
    assert number in stranger.locator("main").inner_text()
    shot(stranger, "progress-by-code")
    stranger.goto("/progress/")
    for field, value in (("number", number), ("secret", "WRONG999")):
        stranger.locator(f"main input[name={field}]").fill(value)
    stranger.locator("main form button").first.click()
    stranger.wait_for_load_state()
    assert stranger.locator("main .errsum, main .err").count()


def test_a_wrong_upload_is_refused_with_the_remedy_and_keeps_the_rest(
    open_page: Callable[..., Page], site: Site
) -> None:
    from tests.journeys.steps import examples, fill_form

    firm = open_page("firm")
    start_application(firm, item_code(site, "食品经营许可（新办）"))
    fill_form(firm, examples("food_business"))
    firm.locator("fieldset.material input[type=file]").first.set_input_files(
        {"name": "plan.jpg", "mimeType": "image/jpeg", "buffer": b"<html><script>alert(1)</script></html>"}
    )
    firm.locator("form.form-main button.btn-lg").click()
    firm.wait_for_load_state()
    assert firm.locator(".errsum").count()
    shot(firm, "upload-refused")
    give_materials(firm)


def _picture():  # type: ignore[no-untyped-def]
    from tests.journeys.steps import PICTURE

    return PICTURE
