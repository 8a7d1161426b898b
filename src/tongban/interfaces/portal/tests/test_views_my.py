from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tongban.engines.cases.models import Case, CaseDocument, CaseMaterial, CaseNote, Rating
from tongban.engines.cases.tests.factories import World, publish_law, world
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import now, today
from tongban.foundation.messaging.models import Message
from tongban.foundation.organizations.actor import Actor

YESTERDAY = (today() - dt.timedelta(days=1)).isoformat()


@pytest.fixture
def scene(db: None, settings: Any, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})
    publish_law()
    return world()


@pytest.fixture
def case(scene: World) -> Case:
    return scene.submit(when=YESTERDAY)


def picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(held, "PNG")
    return held.getvalue()


def content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def as_(actor: Actor) -> Client:
    Account.objects.filter(pk=actor.account.pk).update(password_changed_at=now())
    client = Client()
    client.force_login(actor.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def ask_correction(scene: World, case: Case) -> None:
    scene.do(case, "request_correction", YESTERDAY, items=["布局图看不清"], days=10)


def close(scene: World, case: Case) -> None:
    for action in ("accept", "pass", "grant", "issue", "deliver"):
        scene.do(case, action, YESTERDAY)


def secret_of(case: Case) -> str:
    body = Message.objects.filter(about=f"case:{case.number}").earliest("created_at").body
    return body.partition("查询码")[2].strip()[:8].strip("，。 ")


def test_my_page_lists_own_cases_and_nobody_elses(scene: World, case: Case) -> None:
    assert case.number in as_(scene.citizen).get("/my/").content.decode()
    assert case.number not in as_(scene.stranger).get("/my/").content.decode()


def test_the_case_page_says_who_acts_until_when_and_how_it_was_counted(scene: World, case: Case) -> None:
    html = as_(scene.citizen).get(f"/my/cases/{case.number}/").content.decode()
    for words in ("现在到了", "您现在不用做任何事", "最迟告知", "到期日是这样算的", "提交申请", "撤回申请"):
        assert words in html, words


def test_strangers_and_officials_do_not_find_the_applicants_page(scene: World, case: Case) -> None:
    for path in ("", "withdraw/"):
        for someone in (scene.stranger, scene.clerk, scene.supervisor):
            assert as_(someone).get(f"/my/cases/{case.number}/{path}").status_code == 404
    for path in ("supplement/", "note/", "rate/"):
        assert as_(scene.stranger).post(f"/my/cases/{case.number}/{path}").status_code == 404
    assert as_(scene.citizen).get("/my/cases/000000000000000000/").status_code == 404


def test_strangers_not_signed_in_are_sent_to_sign_in(client: Client, case: Case) -> None:
    for path in ("/my/", f"/my/cases/{case.number}/"):
        assert "/accounts/login/" in client.get(path)["Location"]


def test_a_correction_is_answered_with_files_and_a_note(scene: World, case: Case) -> None:
    ask_correction(scene, case)
    client = as_(scene.citizen)
    assert "有 1 个办件等您补正材料" in client.get("/my/").content.decode()
    assert "布局图看不清" in client.get(f"/my/cases/{case.number}/").content.decode()
    upload = SimpleUploadedFile("layout.png", picture(), "image/png")
    answer = client.post(f"/my/cases/{case.number}/supplement/", {"file-layout": upload, "note": "已重拍"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.status == "submitted"
    newest = CaseMaterial.objects.get(case=case, code="layout", current=True)
    assert (newest.round, newest.file.name) == (2, "layout.png")
    assert content(client.get(f"/my/cases/{case.number}/materials/{newest.pk}/")).startswith(b"\x89PNG")
    assert as_(scene.stranger).get(f"/my/cases/{case.number}/materials/{newest.pk}/").status_code == 404


def test_an_empty_answer_or_a_bad_file_is_refused_and_the_note_is_kept(scene: World, case: Case) -> None:
    ask_correction(scene, case)
    client = as_(scene.citizen)
    assert client.post(f"/my/cases/{case.number}/supplement/", {"note": ""}).status_code == 422
    bad = SimpleUploadedFile("layout.png", b"MZ\x90\x00", "image/png")
    answer = client.post(f"/my/cases/{case.number}/supplement/", {"file-layout": bad, "note": "已重拍"})
    assert answer.status_code == 422
    assert "layout.png" in answer.content.decode()
    assert "已重拍" in answer.content.decode()
    case.refresh_from_db()
    assert case.status == "correction"


def test_the_same_answer_twice_counts_once(scene: World, case: Case) -> None:
    ask_correction(scene, case)
    client = as_(scene.citizen)
    for _ in range(2):
        client.post(f"/my/cases/{case.number}/supplement/", {"note": "已补", "key": "supplement-2"})
    assert case.events.filter(act="supplement").count() == 1


def test_withdrawing_asks_once_more(scene: World, case: Case) -> None:
    client = as_(scene.citizen)
    assert "不能恢复" in client.get(f"/my/cases/{case.number}/withdraw/").content.decode()
    assert client.post(f"/my/cases/{case.number}/withdraw/", {"reason": "不办了"}).status_code == 302
    case.refresh_from_db()
    assert case.status == "withdrawn"
    assert client.post(f"/my/cases/{case.number}/withdraw/").status_code == 302


def test_a_message_reaches_the_office(scene: World, case: Case) -> None:
    client = as_(scene.citizen)
    assert client.post(f"/my/cases/{case.number}/note/", {"text": "什么时候上门？"}).status_code == 302
    note = CaseNote.objects.get(case=case)
    assert (note.from_applicant, note.text) == (True, "什么时候上门？")
    assert client.post(f"/my/cases/{case.number}/note/", {"text": " "}).status_code == 422


def test_papers_are_had_by_the_applicant_only(scene: World, case: Case) -> None:
    paper = CaseDocument.objects.filter(case=case).first()
    assert paper is not None
    address = f"/my/cases/{case.number}/documents/{paper.pk}/"
    assert content(as_(scene.citizen).get(address)).startswith(b"%PDF")
    assert as_(scene.stranger).get(address).status_code == 404
    assert as_(scene.citizen).get(f"/my/cases/{case.number}/documents/999999/").status_code == 404


def test_a_closed_case_is_rated_once_and_a_bad_review_needs_a_reason(scene: World, case: Case) -> None:
    client = as_(scene.citizen)
    close(scene, case)
    address = f"/my/cases/{case.number}/rate/"
    assert "评价这次办理" in client.get(f"/my/cases/{case.number}/").content.decode()
    for wrong in ({}, {"score": "9"}, {"score": "5"}, {"score": "x"}):
        assert client.post(address, wrong).status_code == 422, wrong
    assert client.post(address, {"score": "5", "reasons": ["slow"], "comment": "慢"}).status_code == 302
    assert Rating.objects.get(case=case).is_bad
    assert client.post(address, {"score": "1"}).status_code == 422


def test_progress_needs_both_number_and_code_and_never_tells_which_was_wrong(
    scene: World, case: Case, client: Client
) -> None:
    secret = secret_of(case)
    shown = client.post("/progress/", {"number": case.number, "secret": secret.lower()})
    assert shown.status_code == 200
    assert "现在到了" in shown.content.decode()
    wrong = [
        client.post("/progress/", {"number": case.number, "secret": "WRONG123"}).content.decode(),
        client.post("/progress/", {"number": "420102260302999999", "secret": secret}).content.decode(),
    ]
    assert all("对不上" in html for html in wrong)


def test_progress_shows_no_personal_data(scene: World, case: Case, client: Client) -> None:
    html = client.post("/progress/", {"number": case.number, "secret": secret_of(case)}).content.decode()
    for private in ("张三", "13900000000", "420102199001011234", "江畔小厨", "/documents/"):
        assert private not in html, private


def test_guessing_codes_is_stopped(scene: World, case: Case, client: Client) -> None:
    answers = [client.post("/progress/", {"number": case.number, "secret": f"GUESS{n}"}) for n in range(7)]
    assert answers[-1].status_code == 429
    assert client.post("/progress/", {"number": case.number, "secret": secret_of(case)}).status_code == 429


def test_missing_entries_are_named(client: Client, db: None) -> None:
    html = client.post("/progress/", {"number": "", "secret": ""}).content.decode()
    assert "请填写办件编号" in html
    assert "请填写查询码" in html


@pytest.mark.parametrize("state", ["submitted", "correction", "accepted", "closed"])
def test_the_page_opens_in_every_state_and_language(scene: World, case: Case, state: str) -> None:
    if state == "correction":
        ask_correction(scene, case)
    if state == "accepted":
        scene.do(case, "accept", YESTERDAY)
    if state == "closed":
        close(scene, case)
    client = as_(scene.citizen)
    for cookies in ({}, {"display": "elder"}, {"django_language": "en"}):
        client.cookies.load(cookies)
        html = client.get(f"/my/cases/{case.number}/").content.decode()
        assert html.count("<h1") == 1
        assert ' style="' not in html
