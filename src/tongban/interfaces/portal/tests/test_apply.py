"""Applying online: every page without script, everything typed kept, handed in exactly once."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tongban.affairs.hall.actions.apply import ApplicationError, submit_answers, submit_application
from tongban.engines.cases.models import Case, CaseMaterial
from tongban.engines.cases.tests.factories import publish_law
from tongban.engines.catalog.models import Implementation, Usage
from tongban.engines.catalog.tests.material import item, load, load_lists, organize, text
from tongban.engines.licenses.models import License, LicenseType
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, Delegation, Identity
from tongban.foundation.clock.now import now
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.actions import publish_form
from tongban.foundation.forms.models import Draft
from tongban.foundation.forms.rules import FormSpec
from tongban.foundation.forms.sealing import unseal
from tongban.foundation.organizations.actor import actor_of
from tongban.foundation.organizations.models import Unit

CODE = "11420102MB1A2B3C4D4420131020001"
BASE = f"/hall/items/{CODE}/apply/"
AT = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
FORM: dict[str, Any] = {
    "id": "food_business",
    "version": 1,
    "title": text("食品经营许可申请书"),
    "steps": [
        {
            "id": "situation",
            "title": text("办理情形", "Situation"),
            "fields": [
                {
                    "id": "business_type",
                    "type": "choice",
                    "label": text("经营什么？", "What business?"),
                    "options": [
                        {"value": "catering", "label": text("餐饮服务", "Catering")},
                        {"value": "sales", "label": text("食品销售", "Sales")},
                    ],
                },
                {
                    "id": "seats",
                    "type": "integer",
                    "label": text("座位数", "Seats"),
                    "example": 20,
                    "when": {"field": "business_type", "in": ["catering"]},
                },
            ],
        },
        {
            "id": "people",
            "title": text("人员", "People"),
            "fields": [
                {"id": "name", "type": "text", "label": text("名称"), "example": "某店", "prefill": "identity.name", "editable": False},
                {"id": "phone", "type": "phone", "label": text("电话"), "prefill": "identity.phone"},
                {
                    "id": "staff",
                    "type": "group",
                    "label": text("从业人员"),
                    "item": text("人员"),
                    "fields": [{"id": "who", "type": "text", "label": text("姓名"), "sensitive": "personal", "example": "张某"}],
                },
                {"id": "plan", "type": "upload", "material": "plan", "required": False, "label": text("平面图")},
            ],
        },
    ],
}  # fmt: skip


def account(username: str, kind: str = "organization", number: str = "91350100M000100Y43") -> Account:
    made = Account.objects.create(username=username, kind=kind, display_name=f"{username}公司", joined_at=AT)
    Identity.objects.create(
        account=made,
        kind="organization" if kind == "organization" else "citizen",
        name=f"{username}公司",
        number=number,
        number_digest=digest(number),
        phone="13900000009",
        verified_by="demonstration",
        verified_at=AT,
    )
    return made


@pytest.fixture
def hall(tmp_path: Path, db: None) -> Path:
    organize()
    load_lists(tmp_path)
    load(
        tmp_path,
        item(
            processes=[{"process": "licensing-review", "form": "food_business", "effective_from": dt.date(2024, 1, 1)}]
        ),
    )
    publish_form(spec=FormSpec.model_validate(FORM), at=AT)
    return tmp_path


@pytest.fixture
def firm(hall: Path) -> Account:
    return account("firm")


@pytest.fixture
def browser(firm: Account, client: Client) -> Client:
    client.force_login(firm)
    return client


def picture(name: str = "plan.png") -> SimpleUploadedFile:
    made = BytesIO()
    Image.new("RGB", (40, 30), (240, 240, 240)).save(made, "PNG")
    return SimpleUploadedFile(name, made.getvalue(), content_type="image/png")


def begin(browser: Client) -> Draft:
    answer = browser.post(BASE)
    assert answer.status_code == 302
    assert answer["Location"] == f"{BASE}form/situation/"
    return Draft.objects.get(submitted_at__isnull=True)


def fill(browser: Client) -> None:
    browser.post(f"{BASE}form/situation/", {"business_type": "catering", "seats": "20"})
    answer = browser.post(f"{BASE}form/people/", {"phone": "13900000001", "staff-0-_row": "1", "staff-0-who": "张某"})
    assert answer["Location"] == f"{BASE}materials/"
    answer = browser.post(
        f"{BASE}materials/",
        {"business_license-file": picture("license.png"), "layout-file": [picture("a.png"), picture("b.png")]},
    )
    assert answer["Location"] == f"{BASE}check/"


def page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_stranger_is_sent_to_sign_in(hall: Path, client: Client) -> None:
    answer = client.get(BASE)
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_an_item_that_cannot_be_done_online_has_no_application(browser: Client) -> None:
    Implementation.objects.filter(code=CODE).update(is_online=False)
    assert browser.get(BASE).status_code == 404


def test_a_page_without_a_draft_leads_to_the_start(browser: Client) -> None:
    for path in ("form/situation/", "materials/", "check/"):
        assert browser.get(BASE + path)["Location"] == BASE


def test_an_empty_page_answers_422_with_a_summary_and_the_title_says_so(browser: Client) -> None:
    begin(browser)
    answer = browser.post(f"{BASE}form/situation/", {"_shown": "business_type"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>有错误：办理情形（第 1 步，共 4 步）" in html
    assert '<a href="#business_type">请回答：经营什么？</a>' in html
    assert 'aria-invalid="true"' in html or 'id="business_type-error"' in html


def test_a_question_that_an_answer_brings_is_asked_without_a_reproach(browser: Client) -> None:
    begin(browser)
    answer = browser.post(f"{BASE}form/situation/", {"_shown": "business_type", "business_type": "catering"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "errsum" not in html
    assert 'name="seats"' in html
    assert "还有几项要回答" in html


def test_what_was_typed_wrong_stays_on_the_page_and_in_the_draft(browser: Client) -> None:
    draft = begin(browser)
    answer = browser.post(f"{BASE}form/situation/", {"business_type": "catering", "seats": "二十"})
    assert answer.status_code == 422
    assert 'value="二十"' in answer.content.decode()
    draft.refresh_from_db()
    assert forms.answers_of(draft)["seats"] == "二十"
    assert 'value="二十"' in page(browser, f"{BASE}form/situation/")


def test_rows_are_added_and_removed_without_script(browser: Client) -> None:
    begin(browser)
    path = f"{BASE}form/people/"
    added = browser.post(path, {"staff-0-_row": "1", "staff-0-who": "张某", "_add": "staff"})
    assert added["Location"] == f"{path}#staff-1"
    html = page(browser, path)
    assert 'name="staff-1-who"' in html
    assert 'value="张某"' in html
    browser.post(path, {"staff-0-who": "张某", "staff-1-who": "李某", "_remove": "staff-0"})
    html = page(browser, path)
    assert "李某" in html
    assert "张某" not in html


def test_known_data_is_shown_and_cannot_be_changed_by_a_forged_field(browser: Client) -> None:
    draft = begin(browser)
    html = page(browser, f"{BASE}form/people/")
    assert "取自实名信息" in html
    assert 'name="name"' not in html
    browser.post(f"{BASE}form/people/", {"name": "别家公司", "phone": "1", "staff-0-who": "x"})
    draft.refresh_from_db()
    assert forms.answers_of(draft)["name"] == "firm公司"


def test_saving_for_later_checks_nothing_and_resumes_at_the_page(browser: Client) -> None:
    begin(browser)
    answer = browser.post(f"{BASE}form/people/", {"phone": "12", "_later": "1"})
    assert answer["Location"] == BASE
    html = page(browser, BASE)
    assert f'href="{BASE}form/people/"' in html
    assert "草稿已保存" in html


def test_a_file_that_is_not_what_it_says_is_refused_and_the_page_kept(browser: Client) -> None:
    begin(browser)
    fake = SimpleUploadedFile("plan.pdf", b"MZ this is no pdf", content_type="application/pdf")
    answer = browser.post(f"{BASE}form/people/", {"phone": "13900000001", "staff-0-who": "张某", "plan-file": fake})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "plan.pdf：" in html
    assert 'value="张某"' in html


def test_a_file_goes_with_its_question_and_can_be_removed(browser: Client) -> None:
    draft = begin(browser)
    path = f"{BASE}form/people/"
    browser.post(path, {"phone": "13900000001", "staff-0-who": "张某", "plan-file": picture()})
    draft.refresh_from_db()
    (kept,) = forms.answers_of(draft)["plan"]
    assert "plan.png" in page(browser, path)
    sent = browser.get(f"{BASE}files/{kept}/")
    assert sent.getvalue().startswith(b"\x89PNG")
    browser.post(path, {"phone": "13900000001", "staff-0-who": "张某", "plan": kept, "_remove_file": f"plan:{kept}"})
    draft.refresh_from_db()
    assert forms.answers_of(draft)["plan"] == []


def test_nobody_else_gets_a_file_or_a_draft(browser: Client, hall: Path) -> None:
    draft = begin(browser)
    browser.post(f"{BASE}form/people/", {"phone": "13900000001", "staff-0-who": "张某", "plan-file": picture()})
    draft.refresh_from_db()
    (kept,) = forms.answers_of(draft)["plan"]
    other = Client()
    other.force_login(account("other", number="91420102MA4KXXXX01"))
    assert other.get(f"{BASE}files/{kept}/").status_code == 404
    assert other.get(f"{BASE}form/people/")["Location"] == BASE


def test_materials_follow_the_situation(browser: Client) -> None:
    begin(browser)
    browser.post(f"{BASE}form/situation/", {"business_type": "sales"})
    assert "布局图" not in page(browser, f"{BASE}materials/")
    browser.post(f"{BASE}form/situation/", {"business_type": "catering", "seats": "1"})
    assert "布局图" in page(browser, f"{BASE}materials/")


def test_missing_materials_are_named_with_a_link(browser: Client) -> None:
    begin(browser)
    browser.post(f"{BASE}form/situation/", {"business_type": "catering", "seats": "1"})
    answer = browser.post(f"{BASE}materials/")
    assert answer.status_code == 422
    assert '<a href="#layout">请提交“布局图”</a>' in answer.content.decode()


def test_the_check_page_lists_what_is_missing_and_offers_no_button(browser: Client) -> None:
    begin(browser)
    html = page(browser, f"{BASE}check/")
    assert f"{BASE}form/situation/#business_type" in html
    assert "提交申请</button>" not in html
    assert browser.post(f"{BASE}check/", {"declared": "1"}).status_code == 422


@pytest.fixture
def law(hall: Path) -> None:
    publish_law()


def test_an_application_is_handed_in_once_and_the_receipt_names_its_number(browser: Client, law: None) -> None:
    draft = begin(browser)
    fill(browser)
    assert browser.post(f"{BASE}check/").status_code == 422
    form = {"declared": "1", "key": str(draft.submission_key)}
    answer = browser.post(f"{BASE}check/", form)
    case = Case.objects.select_related("form").get()
    assert answer["Location"] == f"{BASE}done/{case.number}/"
    again = browser.post(f"{BASE}check/", form)
    assert again["Location"] == answer["Location"]
    assert Case.objects.count() == 1
    html = page(browser, answer["Location"])
    assert case.number in html
    assert "尾号 0001" in html
    assert Usage.objects.get().applications == 1


def test_the_case_holds_answers_materials_and_who_applies(browser: Client, firm: Account, law: None) -> None:
    begin(browser)
    fill(browser)
    browser.post(f"{BASE}check/", {"declared": "1"})
    case = Case.objects.select_related("form__form_version").get()
    assert (case.applicant, case.applicant_name, case.applicant_kind) == (firm, "firm公司", "organization")
    assert case.form.phone == "13900000001"
    spec = case.form.form_version.definition
    assert set(case.form.answers["staff"][0]["who"]) == {"enc"}
    answers = unseal(spec, case.form.answers)
    assert answers["seats"] == 20
    assert answers["staff"] == [{"who": "张某"}]
    rows = list(CaseMaterial.objects.filter(case=case).values_list("code", "source").order_by("pk"))
    assert rows == [("application", "form"), ("business_license", "upload"), ("layout", "upload"), ("layout", "upload")]


def test_handing_in_the_same_draft_twice_in_code_gives_the_same_case(browser: Client, firm: Account, law: None) -> None:
    draft = begin(browser)
    fill(browser)
    by = actor_of(firm, on=now().date())
    first = submit_application(draft=draft, by=by, at=now())
    assert submit_application(draft=draft, by=by, at=now()) == first


def test_an_incomplete_application_is_refused_with_every_open_point(firm: Account) -> None:
    by = actor_of(firm, on=now().date())
    implementation = Implementation.objects.get(code=CODE)
    with pytest.raises(ApplicationError) as refused:
        submit_answers(
            implementation=implementation,
            applicant=firm,
            form_version=forms.current("food_business", now().date()),
            answers={},
            materials={},
            channel="api",
            key=Draft().submission_key,
            by=by,
            at=now(),
        )
    assert {problem.path for problem in refused.value.problems} >= {"business_type", "business_license"}


def test_a_delegate_applies_for_the_firm(firm: Account, law: None) -> None:
    agent = account("agent", kind="person", number="11010519491231002X")
    Delegation.objects.create(principal=firm, agent=agent, valid_from=dt.date(2025, 1, 1))
    browser = Client()
    browser.force_login(agent)
    assert "为谁办理" in page(browser, BASE)
    browser.post(BASE, {"applicant": str(firm.pk)})
    assert "firm公司" in page(browser, f"{BASE}form/people/")
    fill(browser)
    browser.post(f"{BASE}check/", {"declared": "1"})
    case = Case.objects.get()
    assert (case.applicant, case.agent, case.applicant_name) == (firm, agent, "firm公司")


def test_one_may_not_name_a_stranger_as_applicant(browser: Client, firm: Account) -> None:
    stranger = account("stranger", number="91420102MA4KXXXX01")
    browser.post(BASE, {"applicant": str(stranger.pk)})
    assert Draft.objects.get().extra["applicant"] == firm.pk


def test_a_scenario_that_the_form_does_not_ask_gets_its_own_page(tmp_path: Path, browser: Client) -> None:
    asked = {key: value for key, value in FORM.items() if key != "steps"}
    publish_form(spec=FormSpec.model_validate({**asked, "version": 2, "steps": FORM["steps"][1:]}), at=AT)
    browser.post(BASE)
    html = page(browser, f"{BASE}form/scenarios/")
    assert 'name="business_type"' in html
    browser.post(f"{BASE}form/scenarios/", {"business_type": "sales"})
    assert "布局图" not in page(browser, f"{BASE}materials/")


def test_no_page_of_the_application_needs_script_or_carries_inline_style(browser: Client) -> None:
    begin(browser)
    for path in ("", "form/situation/", "form/people/", "materials/", "check/"):
        html = page(browser, BASE + path)
        assert not re.search(r"<[^>]+\sstyle=", html)
        assert not re.search(r"<script(?![^>]*src=)", html)
        assert not re.search(r"<[^>]+\son[a-z]+=", html)


def hold(firm: Account, serial: str = "1", **changes: Any) -> License:
    """Give a firm a business license of the register."""
    kind, _new = LicenseType.objects.get_or_create(
        code="business_license",
        defaults={
            "type_code": "11100000MB0143028R001",
            "name": text("营业执照", "Business license"),
            "spec": {
                "code": "business_license",
                "type_code": "11100000MB0143028R001",
                "name": text("营业执照", "Business license"),
                "number": "{region}{year}{serial:6}",
                "validity": {"long_term": True},
                "holders": ["organization"],
                "reusable": True,
            },
            "sha256": "0" * 64,
        },
    )
    values: dict[str, Any] = {
        "identifier": f"1.2.156.3005.2.{serial}",
        "number": f"执照-{serial}",
        "type": kind,
        "issuer_code": "11420102MB1A2B3C4D",
        "serial": serial,
        "holder_kind": "organization",
        "holder_name": firm.display_name,
        "holder_digest": digest("91350100M000100Y43"),
        "unit": Unit.objects.get(code="420102-market_supervision"),
        "issued_at": AT,
        "valid_from": dt.date(2025, 1, 1),
    }
    return License.objects.create(**{**values, **changes})


def test_a_license_held_stands_for_a_material_without_upload(browser: Client, firm: Account, law: None) -> None:
    held = hold(firm)
    begin(browser)
    browser.post(f"{BASE}form/situation/", {"business_type": "sales"})
    browser.post(f"{BASE}form/people/", {"phone": "13900000001", "staff-0-who": "张某"})
    html = page(browser, f"{BASE}materials/")
    assert "用电子证照“营业执照”，不用上传" in html
    assert re.search(rf'value="license:{re.escape(held.identifier)}" checked', html)
    answer = browser.post(f"{BASE}materials/", {"business_license-way": f"license:{held.identifier}"})
    assert answer["Location"] == f"{BASE}check/"
    browser.post(f"{BASE}check/", {"declared": "1"})
    row = CaseMaterial.objects.get(code="business_license")
    assert (row.source, row.license_identifier, row.state) == ("license", held.identifier, "accepted")


@pytest.mark.parametrize("changes", [{"status": "revoked"}, {"valid_to": dt.date(2025, 6, 1)}])
def test_a_license_no_longer_in_force_is_not_offered(browser: Client, firm: Account, changes: dict[str, Any]) -> None:
    hold(firm, **changes)
    begin(browser)
    assert "不用上传</span>" not in page(browser, f"{BASE}materials/")


def test_a_stranger_s_license_cannot_be_named(browser: Client, firm: Account, law: None) -> None:
    other = hold(firm, "2", holder_digest=digest("91420102MA4KXXXX01"))
    begin(browser)
    answer = browser.post(f"{BASE}materials/", {"business_license-way": f"license:{other.identifier}"})
    assert answer.status_code == 422


def test_someone_whose_name_is_not_verified_gets_no_licenses_by_claiming_a_number(
    browser: Client, firm: Account
) -> None:
    hold(firm)
    Identity.objects.filter(account=firm).update(verified_at=None, verified_by="")
    begin(browser)
    html = page(browser, f"{BASE}materials/")
    assert "用电子证照" not in html
    assert "取自实名信息" not in page(browser, f"{BASE}form/people/")
