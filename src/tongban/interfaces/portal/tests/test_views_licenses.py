from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tongban.engines.licenses.actions import Holder, ensure_file, issue_license, revoke
from tongban.engines.licenses.declarations import load
from tongban.engines.licenses.models import License
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, Identity
from tongban.foundation.clock.now import CHINA
from tongban.foundation.documents.declarations import load as load_documents
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.organizations.tests.world import person, region, unit
from tongban.foundation.packs.reading import Document, read_yaml
from tongban.foundation.packs.sections import Loading

AT = dt.datetime(2026, 11, 21, 9, 30, tzinfo=CHINA)
NUMBER = "42010219800101001X"
FOOD = {
    "code": "food-business",
    "type_code": "11100000MB0143028R055",
    "name": {"zh": "食品经营许可证", "en": "Food business license"},
    "number": "JY{region}{year}{serial:6}",
    "validity": {"years": 50, "source": "测试"},
    "holders": ["person", "organization"],
    "fields": [
        {"name": "address", "label": {"zh": "经营场所", "en": "Premises"}, "public": True},
        {"name": "phone", "label": {"zh": "电话", "en": "Phone"}, "optional": True},
    ],
}


@pytest.fixture
def license_(db: None, settings: Any, tmp_path: Path) -> License:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})
    law = settings.PROJECT_ROOT / "packs" / "law"
    loading = Loading(tmp_path, "test", AT)
    load_documents([read_yaml(path, root=law) for path in sorted((law / "documents").glob("license-*"))], loading)
    load([Document("license_types/food.yaml", FOOD)], loading)
    office = unit(region("420102", 4, name="江岸区"), "市场监督管理局")
    office.credit_code = "11420102MB0X00011W"
    office.save()
    return issue_license(
        type_code="food-business",
        unit=office,
        holder=Holder("李明", NUMBER, "person"),
        data={"address": "中山大道1024号", "phone": "13800000001"},
        case_number="420102261121000001",
        by=system_actor("cases"),
        at=AT,
    )


def someone(username: str, *, number: str = NUMBER, verified: bool = True) -> Account:
    account = person(username)
    Identity.objects.create(
        account=account,
        kind=Identity.Kind.CITIZEN,
        name="李明",
        number=number,
        number_digest=digest(number),
        phone="13800000001",
        phone_digest=digest("13800000001"),
        verified_by="test" if verified else "",
        verified_at=AT if verified else None,
    )
    return account


def as_(client: Client, account: Account) -> Client:
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_qr_code_leads_to_a_page_that_says_the_license_is_in_force(client: Client, license_: License) -> None:
    answer = client.get(f"/verify/{license_.identifier}/")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "真实有效" in html
    assert "中山大道1024号" in html


def test_strangers_never_see_the_holders_number_phone_or_full_name(client: Client, license_: License) -> None:
    html = client.get(f"/verify/{license_.identifier}/").content.decode()
    for secret in (NUMBER, "13800000001", "李明"):
        assert secret not in html


def test_a_revoked_license_is_real_but_not_to_be_used(client: Client, license_: License) -> None:
    revoke(license_=license_, reason="测试", by=system_actor("cases"), at=AT)
    html = client.get(f"/verify/{license_.identifier}/").content.decode()
    assert "不能使用" in html
    assert "真实有效" not in html


def test_a_license_is_found_by_identifier_or_number(client: Client, license_: License) -> None:
    for text in (license_.identifier, f" {license_.identifier.lower()} ", license_.number):
        answer = client.get("/verify/", {"number": text}, follow=True)
        assert "真实有效" in answer.content.decode(), text


def test_an_unknown_number_is_answered_with_the_remedy_and_kept_in_the_field(client: Client, license_: License) -> None:
    answer = client.get("/verify/", {"number": "JY000"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "请逐位核对" in html
    assert 'value="JY000"' in html
    assert client.get("/verify/1.2.3/").status_code == 404


def test_an_identifier_with_a_wrong_check_character_is_told_so(client: Client, license_: License) -> None:
    wrong = license_.identifier[:-1] + ("A" if license_.identifier[-1] != "A" else "B")
    assert "校验位不对" in client.get("/verify/", {"number": wrong}).content.decode()


def test_an_empty_question_is_answered_with_what_to_type(client: Client, db: None) -> None:
    assert client.get("/verify/").status_code == 200
    assert "请输入证照标识" in client.get("/verify/", {"number": " "}).content.decode()
    assert "请先选择" in client.post("/verify/", {"file": ""}).content.decode()


def test_an_uploaded_original_is_genuine_an_altered_one_is_not(client: Client, license_: License) -> None:
    original = read_bytes(ensure_file(license_=license_, at=AT))

    def answer(content: bytes) -> str:
        upload = SimpleUploadedFile("license.pdf", content, "application/pdf")
        return client.post("/verify/", {"file": upload}).content.decode()

    assert "文件是真的" in answer(original)
    assert "被改动过" in answer(original + b"\n% more")
    assert "读不出来" in answer(b"hello")


def test_holders_see_and_download_their_licenses_and_nobody_else_does(client: Client, license_: License) -> None:
    as_(client, someone("holder"))
    assert license_.number in client.get("/my/licenses/").content.decode()
    answer = client.get(f"/my/licenses/{license_.identifier}/file/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    other = as_(Client(), someone("other", number="420506199912310023"))
    assert license_.number not in other.get("/my/licenses/").content.decode()
    assert other.get(f"/my/licenses/{license_.identifier}/file/").status_code == 404


def test_a_number_one_only_claims_opens_nothing(client: Client, license_: License) -> None:
    as_(client, someone("pretender", verified=False))
    html = client.get("/my/licenses/").content.decode()
    assert license_.number not in html
    assert "还没有实名核验" in html
    assert client.get(f"/my/licenses/{license_.identifier}/file/").status_code == 404


def test_strangers_are_sent_to_sign_in(client: Client, license_: License) -> None:
    for path in ("/my/licenses/", f"/my/licenses/{license_.identifier}/file/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]


def test_the_demonstration_phone_is_not_there_in_production(client: Client, db: None, settings: Any) -> None:
    assert client.get("/phone/").status_code == 200
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"mode": "production"})
    assert client.get("/phone/").status_code == 404
