"""Machines find items, submit once, and read only their own cases."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tongban.engines.cases.models import Case
from tongban.engines.cases.tests.factories import publish_law
from tongban.foundation.accounts.models import Account
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.clock.now import now
from tongban.interfaces.api.tokens import create_token, revoke_token
from tongban.interfaces.portal.tests.test_apply import CODE, account, hall, picture  # noqa: F401 - fixtures

ANSWERS: dict[str, Any] = {"business_type": "catering", "seats": 20, "phone": "13900000009", "staff": [{"who": "张某"}]}


@pytest.fixture
def firm(hall: Path) -> Account:  # noqa: F811
    publish_law()
    return account("firm")


def client_of(owner: Account) -> Client:
    return Client(headers={"authorization": f"Bearer {create_token(account=owner, name='test', by='test', at=now())}"})


def submit(client: Client, key: str, **changes: Any) -> Any:
    body = {"item": CODE, "answers": ANSWERS, "materials": {}, **changes}
    return client.post("/api/v1/cases", body, content_type="application/json", headers={"idempotency-key": key})


def complete(client: Client) -> dict[str, Any]:
    """Upload one file and give it for every material the API says is missing."""
    upload = client.post("/api/v1/files", {"file": picture()})
    assert upload.status_code == 201, upload.json()
    lacking = [problem["path"] for problem in submit(client, str(uuid.uuid4())).json()["problems"]]
    return {code: {"way": "upload", "files": [upload.json()["id"]]} for code in lacking}


def test_anyone_finds_items_and_reads_guide_and_form(firm: Account) -> None:
    anyone = Client()
    assert anyone.get("/api/v1/items").json()["total"] >= 1
    guide = anyone.get(f"/api/v1/items/{CODE}").json()
    assert guide["statutory"]["unit"] == "working_day"
    assert all(basis["mark"] for basis in guide["bases"])
    form = anyone.get(f"/api/v1/items/{CODE}/form").json()
    assert form["schema"]["properties"]["business_type"]["enum"] == ["catering", "sales"]


def test_an_unknown_item_answers_404_and_a_wrong_region_says_so(firm: Account) -> None:
    assert Client().get("/api/v1/items/nothing").status_code == 404
    assert Client().get("/api/v1/items?region=999999").status_code == 422
    assert Client().get("/api/v1/items?region=abc").json()["problems"]


def test_the_same_key_yields_one_case(firm: Account) -> None:
    client = client_of(firm)
    materials = complete(client)
    key = str(uuid.uuid4())
    first, second = (submit(client, key, materials=materials) for _again in range(2))
    assert (first.status_code, second.status_code) == (201, 200), first.json()
    assert first.json()["number"] == second.json()["number"]
    assert Case.objects.filter(applicant=firm).count() == 1
    assert Case.objects.get().channel == Case.Channel.API


def test_an_incomplete_application_names_every_place(firm: Account) -> None:
    answer = submit(client_of(firm), str(uuid.uuid4()), answers={"business_type": "catering"})
    assert answer.status_code == 422
    assert {"seats", "staff"} <= {problem["path"].split(".")[0] for problem in answer.json()["problems"]}
    assert not Case.objects.exists()


def test_without_a_key_or_with_a_withdrawn_one_nothing_is_given(firm: Account) -> None:
    assert Client().get("/api/v1/cases").status_code == 401
    client = client_of(firm)
    assert client.get("/api/v1/cases").status_code == 200
    revoke_token(account=firm, name="test", by="test", at=now())
    assert client.get("/api/v1/cases").status_code == 401


def test_someone_elses_case_answers_like_one_that_does_not_exist(firm: Account) -> None:
    client = client_of(firm)
    number = submit(client, str(uuid.uuid4()), materials=complete(client)).json()["number"]
    assert client.get(f"/api/v1/cases/{number}").json()["events"]
    stranger = client_of(account("other", number="91350211M00100Y43X"))
    foreign, absent = stranger.get(f"/api/v1/cases/{number}"), stranger.get("/api/v1/cases/000000000000000000")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()


def test_one_may_not_apply_for_somebody_without_delegation(firm: Account) -> None:
    account("other", number="91350211M00100Y43X")
    assert submit(client_of(firm), str(uuid.uuid4()), applicant="other").status_code == 422


def test_progress_needs_number_and_code_and_locks_after_failures(firm: Account) -> None:
    client = client_of(firm)
    number = submit(client, str(uuid.uuid4()), materials=complete(client)).json()["number"]
    codes = [
        Client()
        .post("/api/v1/progress", {"number": number, "secret": "WRONG123"}, content_type="application/json")
        .status_code
        for _attempt in range(6)
    ]
    assert codes == [404] * 5 + [429]


def test_a_hostile_upload_is_refused_with_a_remedy(firm: Account) -> None:
    answer = client_of(firm).post("/api/v1/files", {"file": SimpleUploadedFile("photo.jpg", b"<html><script>")})
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_creating_a_key_is_recorded_without_the_key(firm: Account) -> None:
    key = create_token(account=firm, name="exchange", by="test", at=now())
    event = AuditEvent.objects.filter(stream__name=f"account:{firm.pk}").latest("pk")
    assert key not in bytes(event.body).decode()


def test_the_description_names_every_operation(firm: Account) -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert {"/api/v1/items", "/api/v1/cases", "/api/v1/progress", "/api/v1/licenses/{identifier}"} <= set(
        described["paths"]
    )
    page = Client().get("/api/").content.decode()
    assert all(path in page for path in described["paths"])
