"""Documents: declared, filled, typeset, sealed, and checked when they come back."""

from __future__ import annotations

import datetime as dt
import io
import json
import stat
import threading
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings as site
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.foundation.clock.now import CHINA
from tongban.foundation.documents import glyphs, seals
from tongban.foundation.documents.actions import ensure_file, issue, preview
from tongban.foundation.documents.declarations import load
from tongban.foundation.documents.demonstration import authority
from tongban.foundation.documents.demonstration.provider import DemonstrationSeals
from tongban.foundation.documents.models import DocumentTemplate, IssuedDocument
from tongban.foundation.documents.queries import by_checksum, documents_about
from tongban.foundation.documents.rules import DocumentDataError, arrange, check_data, clean, official_date
from tongban.foundation.documents.schema import DocumentSpec
from tongban.foundation.documents.typesetting import typeset
from tongban.foundation.documents.verify import Integrity, check_pdf
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.organizations.tests.world import region, unit
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document, parse, read_yaml
from tongban.foundation.packs.sections import Loading

AT = dt.datetime(2026, 11, 21, 9, 30, tzinfo=CHINA)
LATER = AT + dt.timedelta(days=3)
LAW = site.PROJECT_ROOT / "packs" / "law"
PACK = sorted((LAW / "documents").glob("*.yaml"))
HOSTILE = '#set page(fill: red)\n*粗* _斜_ $x$ \\ "引号" `code` <label> @ref {{item}} {number} // 注释'


def loading() -> Loading:
    return Loading(Path(), "law", AT)


def spec_of(path: Path) -> DocumentSpec:
    return parse(DocumentSpec, read_yaml(path, root=LAW))


def sample(spec: DocumentSpec, text: str = "武汉某某餐饮管理有限公司") -> dict:
    values = {
        "text": text,
        "date": "2026-12-05",
        "list": [text, "第二项"],
        "table": [{"name": text, "label": text, "value": text}],
    }
    return {name: values[kind.rstrip("?")] for name, kind in spec.fields.items()}


def set_spec(spec: DocumentSpec, data: dict, language: str = "zh-hans"):
    automatic = {
        "number": "江市监〔2026〕1号",
        "unit": "武汉市江岸区市场监督管理局",
        "issued_on": "2026年11月21日",
        "seal_label": "演示印章",
    }
    check_data(spec, data)
    return typeset(arrange(spec, data, automatic=automatic, language=language), at=AT)


def words(pdf: bytes) -> str:
    """Return the text of a PDF by way of its character maps."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            maps = {name: char_map(font) for name, font in page.obj.Resources.get("/Font", {}).items()}
            current: dict[str, str] = {}
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    current = maps.get(str(operands[0]), {})
                if str(operator) in ("Tj", "TJ"):
                    parts = operands[0] if str(operator) == "TJ" else [operands[0]]
                    for part in parts:
                        if isinstance(part, pikepdf.String):
                            code = bytes(part).hex().upper()
                            found.extend(current.get(code[i : i + 4], "") for i in range(0, len(code), 4))
    return "".join(found)


def char_map(font) -> dict[str, str]:
    table: dict[str, str] = {}
    for line in font.ToUnicode.read_bytes().decode("latin-1").splitlines():
        parts = line.replace("<", " ").replace(">", " ").split()
        if len(parts) == 2 and all(set(p) <= set("0123456789abcdefABCDEF") for p in parts) and len(parts[0]) == 4:
            table[parts[0].upper()] = bytes.fromhex(parts[1]).decode("utf-16-be", "replace")
    return table


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", PACK, ids=lambda path: path.stem)
def test_every_document_of_the_pack_is_set_with_embedded_fonts(path: Path, language: str) -> None:
    spec = spec_of(path)
    page = set_spec(spec, sample(spec), language)
    with pikepdf.open(io.BytesIO(page.pdf)) as pdf:
        fonts = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
        assert "pdfaid" in pdf.Root.Metadata.read_bytes().decode()
    assert page.seal_spot is not None


@pytest.mark.parametrize("path", PACK, ids=lambda path: path.stem)
def test_every_document_of_the_pack_stands_without_its_optional_fields(path: Path) -> None:
    spec = spec_of(path)
    needed = {name: value for name, value in sample(spec).items() if not spec.fields[name].endswith("?")}
    assert set_spec(spec, needed).pdf.startswith(b"%PDF-")


def test_data_never_become_markup() -> None:
    spec = spec_of(LAW / "documents" / "refusal-decision.yaml")
    data = sample(spec, HOSTILE)
    shown = words(set_spec(spec, data).pdf)
    for mark in ("#set", "*粗*", "_斜_", "$x$", "`code`", "<label>", "{number}", "{{item}}"):
        assert mark in shown.replace(" ", "").replace("#setpage", "#set page") or mark in shown


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_any_text_can_be_set(text: str) -> None:
    spec = spec_of(LAW / "documents" / "correction-notice.yaml")
    assert set_spec(spec, sample(spec, text.strip() or "字")).pdf.startswith(b"%PDF-")


def test_a_character_the_font_lacks_is_marked_and_said() -> None:
    spec = spec_of(LAW / "documents" / "termination-notice.yaml")
    shown = words(set_spec(spec, sample(spec, "张\U0001cf00")).pdf)
    assert "张〓" in shown
    assert "字库中没有的字" in shown


def test_rare_characters_of_names_are_shown() -> None:
    assert all(glyphs.shown(char) for char in "㛃䶮𠅤𫖯𬭎龘")


def test_the_same_document_is_the_same_bytes() -> None:
    spec = spec_of(LAW / "documents" / "acceptance-notice.yaml")
    assert set_spec(spec, sample(spec)).pdf == set_spec(spec, sample(spec)).pdf


def test_long_words_get_break_points_and_controls_go() -> None:
    assert "\u200b" in clean("A" * 80)
    assert clean("1.2.156.3005.2") == "1.2.156.3005.2"
    assert clean("a\x00\u202eb") == "ab"


def test_dates_are_written_as_documents_write_them() -> None:
    assert official_date(dt.date(2026, 1, 5), "zh-hans") == "2026年1月5日"
    assert official_date(dt.date(2026, 1, 5), "en") == "5 January 2026"


@pytest.mark.parametrize(
    "change",
    [
        {"body": []},
        {"body": [{"paragraph": {"zh": "{nothing}", "en": "{nothing}"}}]},
        {"body": [{"paragraph": {"zh": "a", "en": "a"}, "note": {"zh": "a", "en": "a"}}]},
        {"body": [{"items": {"field": "item"}}]},
        {"body": [{"paragraph": {"zh": "固定", "en": "fixed"}}]},
        {"fields": {"item": "number"}},
        {"title": "只有中文"},
    ],
)
def test_a_wrong_template_is_refused_with_its_place(change: dict) -> None:
    right = {
        "code": "x-notice", "version": 1, "title": {"zh": "通知", "en": "Notice"}, "fields": {"item": "text"},
        "body": [{"paragraph": {"zh": "{item}", "en": "{item}"}}],
    }  # fmt: skip
    parse(DocumentSpec, Document("documents/x.yaml", right))
    with pytest.raises(PackError):
        parse(DocumentSpec, Document("documents/x.yaml", right | change))


def test_data_that_do_not_fit_are_refused_by_name() -> None:
    spec = spec_of(LAW / "documents" / "correction-notice.yaml")
    with pytest.raises(
        DocumentDataError, match="unknown field colour.*received_on is not a date.*missing field corrections"
    ):
        check_data(spec, {"applicant": "a", "item": "b", "case_number": "c", "received_on": "morgen", "colour": "red"})


# ---- with the database ---------------------------------------------------------------------------------------------


@pytest.fixture
def office(db, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})
    load([read_yaml(path, root=LAW) for path in PACK], loading())
    yield unit(region("420102", 4, name="江岸区"), "市场监督管理局")
    seals.register_provider(None)


def put(office, number: str = "1号", **more):
    spec = spec_of(LAW / "documents" / "acceptance-notice.yaml")
    options = {"data": sample(spec), "about": "case:1", "unit": office, "sign": True, "at": AT} | more
    return issue(template="acceptance-notice", number=number, **options)


def test_a_document_is_issued_once(office) -> None:
    first = put(office)
    assert put(office, at=LATER).pk == first.pk
    assert put(office, number="2号").pk != first.pk
    assert documents_about("case:1").count() == 2


def test_the_pdf_is_made_at_first_need_and_states_the_moment_of_issue(office) -> None:
    document = put(office)
    assert (document.state, document.file) == (IssuedDocument.State.PENDING, None)
    stored = ensure_file(document=document, at=LATER)
    again = IssuedDocument.objects.get(pk=document.pk)
    assert ensure_file(document=again, at=LATER).pk == stored.pk
    pdf = read_bytes(stored)
    assert check_pdf(pdf).signed_at == AT
    assert by_checksum(stored.sha256) == document
    assert "2026年11月21日" in words(pdf).replace(" ", "")


def test_personal_data_of_a_document_are_encrypted_at_rest(office) -> None:
    put(office)
    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM documents_issueddocument d")
        assert "某某餐饮" not in cursor.fetchone()[0]


def test_a_sealed_document_is_intact_trusted_and_honest(office) -> None:
    pdf = read_bytes(ensure_file(document=put(office), at=AT))
    verdict = check_pdf(pdf)
    assert (verdict.integrity, verdict.trusted, verdict.is_state_seal) == (Integrity.INTACT, True, False)
    assert office.name in verdict.signer
    assert verdict.seal_label == "演示印章，非国家统一电子印章"
    assert "演示印章，非国家统一电子印章" in words(pdf)
    assert "case:1" in verdict.keywords


def test_any_change_behind_or_inside_is_seen(office) -> None:
    pdf = read_bytes(ensure_file(document=put(office), at=AT))
    assert check_pdf(pdf + b"\n% more").integrity is Integrity.ALTERED
    for place in range(400, len(pdf) - 30_000, len(pdf) // 23):
        changed = bytearray(pdf)
        changed[place] ^= 1
        assert check_pdf(bytes(changed)).integrity is not Integrity.INTACT, place
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        target = io.BytesIO()
        opened.save(target)
    assert check_pdf(target.getvalue()).integrity is not Integrity.INTACT


def test_a_document_appended_to_by_another_program_is_seen(office) -> None:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    pdf = read_bytes(ensure_file(document=put(office), at=AT))
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Note"] = generic.TextStringObject("changed")
    writer.update_root()
    target = io.BytesIO()
    writer.write(target)
    verdict = check_pdf(target.getvalue())
    assert (verdict.integrity, verdict.modified_after, verdict.trusted) == (Integrity.ALTERED, True, False)


def test_a_seal_of_another_authority_is_not_trusted(office, tmp_path, settings) -> None:
    pdf = read_bytes(ensure_file(document=put(office), at=AT))
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path / "elsewhere"})
    verdict = check_pdf(pdf)
    assert (verdict.integrity, verdict.trusted) == (Integrity.INTACT, False)
    assert verdict.seal_label == ""


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"%PDF-" + b"\x00" * 1000])
def test_what_cannot_be_read_is_said_to_be_unreadable(data: bytes) -> None:
    assert check_pdf(data).integrity is Integrity.UNREADABLE


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600))
def test_checking_never_raises(tail: bytes) -> None:
    assert check_pdf(b"%PDF-1.7\n" + tail).integrity in (Integrity.UNREADABLE, Integrity.UNSIGNED)


def test_an_unsealed_document_is_unsigned(office) -> None:
    document = put(office, sign=False, unit=None)
    assert check_pdf(read_bytes(ensure_file(document=document, at=AT))).integrity is Integrity.UNSIGNED
    with pytest.raises(ValueError, match="unit"):
        put(office, number="3号", sign=True, unit=None)


def test_a_unit_with_a_long_name_seals_too(office) -> None:
    office.name = "恩施土家族苗族自治州巴东县住房和城乡建设与综合行政执法局" * 2
    office.save()
    pdf = read_bytes(ensure_file(document=put(office), at=AT))
    assert check_pdf(pdf).trusted


def test_keys_are_for_this_user_only_and_made_once(office) -> None:
    first, second = authority.unit_credential(office), authority.unit_credential(office)
    assert first.certificate == second.certificate
    folder = authority.keys_folder()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_keys_made_by_two_at_once_are_one(tmp_path, settings) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})
    found = []
    threads = [threading.Thread(target=lambda: found.append(authority.root().certificate)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({certificate.fingerprint(certificate.signature_hash_algorithm) for certificate in found}) == 1


def test_a_registered_provider_takes_over(office) -> None:
    class StateSeals(DemonstrationSeals):
        name, is_state_seal = "state", True

        def label(self, language):
            return ""

    seals.register_provider(StateSeals())
    document = put(office)
    pdf = read_bytes(ensure_file(document=document, at=AT))
    assert document.seal == "state"
    assert check_pdf(pdf).is_state_seal
    assert "演示印章，非国家统一电子印章" not in words(pdf)


def test_a_seal_that_cannot_be_had_leaves_the_document_pending(office) -> None:
    class Down(DemonstrationSeals):
        def sign(self, pdf, **_more):
            raise seals.SealError("no answer")

    seals.register_provider(Down())
    document = put(office)
    with pytest.raises(seals.SealError):
        ensure_file(document=document, at=AT)
    seals.register_provider(None)
    assert ensure_file(document=IssuedDocument.objects.get(pk=document.pk), at=AT)


def test_a_job_may_make_the_pdf(office) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from tongban.foundation.documents.tasks import render

    document = put(office, render="job")
    job = ProcrastinateJob.objects.get(task_name="documents.render")
    render(**job.args)
    document.refresh_from_db()
    assert document.state == IssuedDocument.State.READY
    assert put(office, number="9号", render="now").file is not None


def test_a_published_template_cannot_be_changed_only_replaced(office) -> None:
    document = read_yaml(PACK[0], root=LAW)
    assert load([document], loading()).same == 1
    changed = json.loads(json.dumps(document.data)) | {"source": "另一依据"}
    with pytest.raises(PackError, match="version 改为 2"):
        load([Document("documents/a.yaml", changed)], loading())
    load([Document("documents/a.yaml", changed | {"version": 2})], loading())
    assert DocumentTemplate.objects.filter(code=changed["code"]).count() == 2


def test_editors_see_a_preview() -> None:
    spec = spec_of(LAW / "documents" / "grant-decision.yaml")
    pdf = preview(spec=spec, data=sample(spec), number="1号", unit_name="某局", at=AT, language="zh-hans")
    assert check_pdf(pdf).integrity is Integrity.UNSIGNED


@pytest.mark.parametrize("times", [1, 8, 24])
def test_a_license_with_much_to_say_stays_on_one_page(times: int) -> None:
    spec = spec_of(LAW / "documents" / "license-portrait.yaml")
    data = sample(spec) | {"facts": [{"label": "经营范围", "value": "餐饮服务；食品销售；酒类经营；" * times}] * 3}
    with pikepdf.open(io.BytesIO(set_spec(spec, data).pdf)) as pdf:
        assert len(pdf.pages) == 1


def test_a_real_installation_is_warned_of_demonstration_seals(settings) -> None:
    from tongban.foundation.documents.checks import state_seal

    assert state_seal() == []
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"mode": "production"})
    assert [found.id for found in state_seal()] == ["documents.W001"]
