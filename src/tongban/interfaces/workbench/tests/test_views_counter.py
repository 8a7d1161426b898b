"""Filing at the counter: the clerk's own unit only, numbers checked, nothing lost, one case, and the record says who."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tongban.affairs.hall.models import CounterFiling
from tongban.engines.cases.models import Case, CaseMaterial, CaseNote
from tongban.engines.cases.queries.codes import secret_of
from tongban.engines.cases.tests.factories import World, at
from tongban.engines.catalog.models import Implementation, Material
from tongban.foundation.accounts.actions import confirm_identity
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, Identity
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.forms.actions import publish_form
from tongban.foundation.forms.models import Draft
from tongban.foundation.forms.rules import FormSpec
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Posting
from tongban.interfaces.workbench.tests.test_views_officials import pdf

Desk = Callable[[Actor], Client]
FIRM, PERSON = "91350100M000100Y43", "11010519491231002X"
VISITOR = {
    "kind": "organization",
    "name": "窗口小馆",
    "number": FIRM,
    "phone": "13900000077",
    "bearer_name": "何小川",
    "bearer_number": PERSON,
}


def text(zh: str) -> dict[str, str]:
    return {"zh": zh, "en": zh}


FORM: dict[str, Any] = {
    "id": "counter_form",
    "version": 1,
    "title": text("申请书"),
    "steps": [
        {
            "id": "who",
            "title": text("申请人"),
            "fields": [
                {"id": "name", "type": "text", "label": text("名称"), "example": "某店", "prefill": "identity.name", "editable": False},
                {"id": "phone", "type": "phone", "label": text("电话"), "prefill": "identity.phone"},
            ],
        },
        {"id": "shop", "title": text("店"), "fields": [{"id": "area", "type": "integer", "label": text("面积"), "example": 20}]},
    ],
}  # fmt: skip


@pytest.fixture
def item(world: World) -> Implementation:
    made = world.item()
    made.form_code = "counter_form"
    made.save()
    publish_form(spec=FormSpec.model_validate(FORM), at=at("2026-01-05"))
    for place, (code, form) in enumerate((("plan", "electronic"), ("lease", "either"))):
        Material.objects.create(
            item=made.standard_item, order=place, code=code, name=text(code), form=form, necessity="required",
            where="application", accept=["pdf"],
        )  # fmt: skip
    return made


def begin(client: Client, item: Implementation, **changes: str) -> Any:
    return client.post(reverse("workbench:counter_new", args=[item.code]), VISITOR | changes)


def page(name: str, *more: str) -> str:
    key = CounterFiling.objects.latest("pk").draft.submission_key
    return reverse(f"workbench:counter_{name}", args=[key, *more])


def fill(client: Client) -> None:
    client.post(page("step", "who"), {"phone": "13900000077"})
    client.post(page("step", "shop"), {"area": "80"})
    answer = client.post(
        page("materials"),
        {"plan-way": "upload", "lease-way": "paper", "plan-file": SimpleUploadedFile("plan.pdf", pdf())},
    )
    assert answer["Location"] == page("check")


def test_the_list_shows_the_items_of_the_own_unit_only(world: World, item: Implementation, desk: Desk) -> None:
    foreign = world.item(unit_=world.units["next"])
    body = desk(world.clerk).get(reverse("workbench:counter")).content.decode()
    assert item.code in body
    assert foreign.code not in body
    assert begin(desk(world.clerk), foreign).status_code == 404
    assert not CounterFiling.objects.exists()


@pytest.mark.parametrize("who", ["reviewer", "approver", "head", "supervisor", "citizen"])
def test_nobody_but_a_window_clerk_files_at_the_counter(
    world: World, item: Implementation, desk: Desk, who: str
) -> None:
    client = desk(getattr(world, who))
    assert client.get(reverse("workbench:counter")).status_code == 404
    assert begin(client, item).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number": FIRM[:-1] + "4"}, "校验位不对"),
        ({"kind": "citizen", "number": PERSON[:-1] + "1"}, "校验位不对"),
        ({"kind": ""}, "请选择申请人是个人还是单位"),
        ({"phone": "12345"}, "请填写 11 位手机号码"),
        ({"bearer_name": "", "bearer_number": ""}, "请填写来办理的人的姓名"),
        ({"bearer_number": PERSON[:-1] + "1"}, "校验位不对"),
    ],
)
def test_a_wrong_entry_about_the_applicant_is_named_and_all_that_was_typed_stays(
    world: World, item: Implementation, desk: Desk, changes: dict[str, str], words: str
) -> None:
    answer = begin(desk(world.clerk), item, **changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "窗口小馆" in answer.content.decode()
    assert not Draft.objects.exists()


def test_the_error_summary_leads_to_the_fields(world: World, item: Implementation, desk: Desk) -> None:
    body = begin(desk(world.clerk), item, kind="", name="").content.decode()
    for anchor in ("id_kind", "id_name"):
        assert f'href="#{anchor}"' in body
        assert f'id="{anchor}"' in body


def test_a_number_verified_under_another_name_is_refused(world: World, item: Implementation, desk: Desk) -> None:
    account = Account.objects.create(
        username="firm", kind="organization", display_name="某公司", joined_at=at("2026-01-05")
    )
    Identity.objects.create(
        account=account, kind="organization", name="另一家公司", number=FIRM, number_digest=digest(FIRM),
        verified_by="test", verified_at=at("2026-01-05"),
    )  # fmt: skip
    assert "另一个姓名或名称" in begin(desk(world.clerk), item).content.decode()
    assert begin(desk(world.clerk), item, name="另一家公司").status_code == 302
    assert CounterFiling.objects.get().account == account


def test_what_was_typed_is_saved_at_every_step_and_mistakes_come_back_with_it(
    world: World, item: Implementation, desk: Desk
) -> None:
    client = desk(world.clerk)
    begin(client, item)
    body = client.get(page("step", "who")).content.decode()
    assert "窗口小馆" in body
    assert "从证件录入" in body or "按证件录入" in body
    client.post(page("step", "who"), {"phone": "13900000077"})
    answer = client.post(page("step", "shop"), {"area": "很大"})
    assert answer.status_code == 422
    assert "很大" in answer.content.decode()
    assert "继续录入" in client.get(reverse("workbench:counter")).content.decode()
    assert "很大" in desk(world.clerk).get(page("step", "shop")).content.decode()
    assert client.post(page("materials"), {}).status_code == 422


def test_a_filing_becomes_one_case_of_the_applicant_with_paper_and_scan(
    world: World, item: Implementation, desk: Desk
) -> None:
    client = desk(world.clerk)
    begin(client, item)
    fill(client)
    assert client.post(page("check"), {}).status_code == 422
    for _again in range(2):
        answer = client.post(page("check"), {"declared": "1"})
        assert answer["Location"] == page("done")
    case = Case.objects.get()
    assert (case.channel, case.applicant_name, case.applicant_digest) == ("window", "窗口小馆", digest(FIRM))
    assert (case.applicant_id, case.applicant_kind) == (None, "organization")
    assert case.form.applicant_number == FIRM
    assert {row.code: row.source for row in CaseMaterial.objects.filter(case=case)} == {
        "plan": "upload",
        "lease": "paper",
    }
    record = AuditEvent.objects.get(kind="case.filed_at_counter")
    assert record.actor == world.clerk.key
    assert record.data["applicant"] == digest(FIRM)
    assert "何小川" in CaseNote.objects.get(case=case).text
    assert PERSON not in CaseNote.objects.get(case=case).text
    for name in ("done", "receipt"):
        body = client.get(page(name)).content.decode()
        assert case.number in body
        assert secret_of(case) in body
    assert client.get(page("step", "shop")).status_code == 302


def test_the_applicant_finds_the_case_after_verifying_the_same_number(
    world: World, item: Implementation, desk: Desk
) -> None:
    client = desk(world.clerk)
    begin(client, item)
    fill(client)
    client.post(page("check"), {"declared": "1"})
    case = Case.objects.get()
    account = Account.objects.create(
        username="firm", kind="organization", display_name="窗口小馆", joined_at=at("2026-03-04"), password_changed_at=at("2026-03-04")
    )  # fmt: skip
    identity = Identity.objects.create(
        account=account, kind="organization", name="窗口小馆", number=FIRM, number_digest=digest(FIRM)
    )
    applicant = Client()
    applicant.force_login(account)
    assert case.number not in applicant.get("/my/").content.decode()
    confirm_identity(identity=identity, verified_by="window:test", by=Self(account), at=at("2026-03-04"))
    assert case.number in applicant.get("/my/").content.decode()
    assert AuditEvent.objects.filter(kind="case.applicant_known", stream=f"case:{case.number}").count() == 1


def test_another_clerk_and_a_clerk_who_moved_do_not_reach_a_filing(
    world: World, item: Implementation, desk: Desk
) -> None:
    begin(desk(world.clerk), item)
    for name, more in (("step", ["who"]), ("materials", []), ("check", []), ("applicant", [])):
        assert desk(world.second_clerk).get(page(name, *more)).status_code == 404
    assert desk(world.clerk).get(reverse("workbench:counter_step", args=[uuid.uuid4(), "who"])).status_code == 404
    assert world.clerk.account is not None
    Posting.objects.filter(account=world.clerk.account).update(unit=world.units["next"])
    assert desk(world.clerk).get(page("step", "who")).status_code == 404


def test_the_applicant_can_be_corrected_and_the_answers_stay(world: World, item: Implementation, desk: Desk) -> None:
    client = desk(world.clerk)
    begin(client, item)
    fill(client)
    answer = client.post(page("applicant"), VISITOR | {"name": "窗口小馆（更名）", "phone": "13900000078"})
    assert answer.status_code == 302
    body = client.get(page("check")).content.decode()
    assert "窗口小馆（更名）" in body
    assert "80" in re.sub(r"<[^>]+>", "", body)
    client.post(page("check"), {"declared": "1"})
    assert Case.objects.get().applicant_name == "窗口小馆（更名）"


def test_a_filing_can_be_thrown_away_until_it_is_handed_in(world: World, item: Implementation, desk: Desk) -> None:
    client = desk(world.clerk)
    begin(client, item)
    fill(client)
    client.post(page("check"), {"declared": "1"})
    assert client.post(page("discard")).status_code == 404
    begin(client, item)
    client.post(page("discard"))
    assert CounterFiling.objects.filter(draft__submitted_at__isnull=True).count() == 0


def test_every_page_of_the_counter_is_there_in_english(world: World, item: Implementation, desk: Desk) -> None:
    client = desk(world.clerk)
    begin(client, item)
    client.cookies["django_language"] = "en"
    for address in (
        reverse("workbench:counter"),
        reverse("workbench:counter_new", args=[item.code]),
        page("materials"),
        page("check"),
    ):
        body = client.get(address, headers={"accept-language": "en"}).content.decode()
        assert "窗口代录" not in body, address


def test_an_uploaded_pdf_opens_in_the_materials_page_and_can_be_downloaded(
    world: World, item: Implementation, desk: Desk
) -> None:
    client = desk(world.clerk)
    begin(client, item)
    fill(client)
    client.post(page("check"), {"declared": "1"})
    held = CaseMaterial.objects.get(code="plan")
    address = reverse("workbench:material_file", args=[held.case.number, held.pk])
    body = desk(world.reviewer).get(reverse("workbench:material", args=[held.case.number, held.pk])).content.decode()
    assert f'<iframe class="viewer" src="{address}"' in body
    assert f'href="{address}?download"' in body
    shown, saved = desk(world.reviewer).get(address), desk(world.reviewer).get(f"{address}?download")
    assert shown["Content-Disposition"].startswith("inline; ")
    assert saved["Content-Disposition"].startswith("attachment; ")
    assert shown["X-Content-Type-Options"] == saved["X-Content-Type-Options"] == "nosniff"
    shown.close()
    saved.close()
