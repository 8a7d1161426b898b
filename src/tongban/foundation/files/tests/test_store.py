"""Uploads are kept under their checksum, and nothing of a refused one."""

from __future__ import annotations

import datetime as dt
import os
import socket
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import translation

from tongban.foundation.clock.now import CHINA
from tongban.foundation.files import store
from tongban.foundation.files.actions import rescan, store_generated, store_upload, sweep_orphans, verify_bytes
from tongban.foundation.files.errors import FileMissingError, UploadRejected
from tongban.foundation.files.models import StoredFile
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.files.scanning import ClamdScanner, ScannerUnavailableError, register_scanner
from tongban.foundation.files.tests import samples as s
from tongban.foundation.files.views import file_response

AT = dt.datetime(2026, 11, 21, 9, 0, tzinfo=CHINA)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    yield settings.MEDIA_ROOT
    register_scanner(None)


def upload(name: str = "营业执照.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, s.pdf() if content is None else content, content_type="text/html")


def test_an_upload_is_kept_under_its_checksum_and_its_true_type(folder) -> None:
    stored = store_upload(upload=upload(), by=None, at=AT)
    assert store.path_of(stored.sha256).is_relative_to(folder)
    assert stored.content_type == "application/pdf"
    assert stored.scan == StoredFile.Scan.NOT_SCANNED
    assert verify_bytes(stored=stored)


def test_the_same_content_is_kept_once(folder) -> None:
    content = s.pdf()
    first, second = (store_upload(upload=upload(content=content), by=None, at=AT) for _ in range(2))
    assert first.pk != second.pk
    assert len(list(store.kept())) == 1


def test_a_refused_upload_leaves_nothing_and_says_what_to_do() -> None:
    with pytest.raises(UploadRejected) as refused:
        store_upload(upload=upload("a.pdf", b"<html>"), by=None, at=AT)
    assert "打印为 PDF" in refused.value.message
    assert not list(store.kept())
    assert not StoredFile.objects.exists()


def test_the_reason_is_told_in_english_too() -> None:
    with translation.override("en"), pytest.raises(UploadRejected) as refused:
        store_upload(upload=upload("a.pdf", b""), by=None, at=AT)
    assert refused.value.message.isascii()


def test_a_lying_size_does_not_pass_the_limit() -> None:
    big = upload()
    big.size = 3
    with pytest.raises(UploadRejected) as refused:
        store_upload(upload=big, by=None, at=AT, max_bytes=50)
    assert refused.value.code == "too-large"


def test_altered_bytes_are_never_handed_out() -> None:
    stored = store_upload(upload=upload(), by=None, at=AT)
    store.path_of(stored.sha256).write_bytes(b"other")
    with pytest.raises(FileMissingError):
        read_bytes(stored)


def test_orphans_are_swept_and_referenced_bytes_stay() -> None:
    stored = store_upload(upload=upload(), by=None, at=AT)
    orphan = store.path_of(store.write(b"left behind"))
    half = orphan.with_name(".half.part")
    half.write_bytes(b"x")
    for path in (orphan, half, store.path_of(stored.sha256)):
        os.utime(path, (1, 1))
    assert sweep_orphans(before=AT) == 2
    assert not orphan.exists()
    assert read_bytes(stored)


def test_young_orphans_stay() -> None:
    store.write(b"just written")
    assert sweep_orphans(before=dt.datetime(2020, 1, 1, tzinfo=CHINA)) == 0


def test_only_a_checksum_makes_a_path() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        store.path_of("../../etc/passwd")


def test_what_no_browser_shows_safely_is_sent_as_an_attachment_that_runs_nowhere() -> None:
    stored = store_upload(upload=upload(), by=None, at=AT)
    stored.content_type = "application/msword"
    response = file_response(stored, inline=True)
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    response.close()


def test_an_uploaded_pdf_is_shown_in_the_browser_s_viewer_and_nothing_in_it_may_run_or_load() -> None:
    response = file_response(store_upload(upload=upload(), by=None, at=AT), inline=True)
    assert response["Content-Disposition"].startswith("inline; ")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert "script-src" not in response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    response.close()


def test_the_name_of_a_download_cannot_break_the_header() -> None:
    stored = store_upload(upload=upload('a"\r\nSet-Cookie: x=1.pdf'), by=None, at=AT)
    response = file_response(stored, inline=False)
    header = response["Content-Disposition"]
    response.close()
    assert "\n" not in header
    assert "%20" in header or "_" in header


def test_pictures_and_generated_documents_may_be_shown_in_the_page() -> None:
    picture = store_upload(upload=upload("a.png", s.picture("PNG")), by=None, at=AT)
    made = store_generated(content=s.pdf(), name="决定书.pdf", content_type="application/pdf", at=AT)
    for stored in (picture, made):
        response = file_response(stored, inline=True)
        assert response["Content-Disposition"].startswith("inline; ")
        response.close()


def test_a_proxy_may_send_the_bytes(settings) -> None:
    stored = store_upload(upload=upload(), by=None, at=AT)
    with override_settings(OPTIONS=settings.OPTIONS.model_copy(update={"accel_prefix": "/protected/"})):
        response = file_response(stored, inline=False)
    assert response["X-Accel-Redirect"] == f"/protected/{stored.sha256[:2]}/{stored.sha256[2:4]}/{stored.sha256}"


def test_an_infected_upload_is_refused() -> None:
    register_scanner(lambda _content: False)
    with pytest.raises(UploadRejected) as refused:
        store_upload(upload=upload(), by=None, at=AT)
    assert refused.value.code == "infected"


def test_a_file_waits_while_the_scanner_is_down_and_cannot_be_opened() -> None:
    def down(_content: bytes) -> bool:
        raise ScannerUnavailableError

    register_scanner(down)
    stored = store_upload(upload=upload(), by=None, at=AT)
    assert stored.scan == StoredFile.Scan.PENDING
    assert file_response(stored, inline=False).status_code == 503
    register_scanner(lambda _content: True)
    assert rescan(stored=stored) == StoredFile.Scan.CLEAN
    register_scanner(lambda _content: False)
    StoredFile.objects.update(scan=StoredFile.Scan.PENDING)
    stored.refresh_from_db()
    rescan(stored=stored)
    assert file_response(stored, inline=False).status_code == 410


class FakeClamd:
    """Answers one INSTREAM as clamd does."""

    def __init__(self, answer: bytes) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.answer, self.received = answer, b""
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"tcp:127.0.0.1:{self.server.getsockname()[1]}"

    def serve(self) -> None:
        channel, _peer = self.server.accept()
        with channel, self.server:
            data = channel.recv(65536)
            while not data.endswith(b"\x00\x00\x00\x00"):
                data += channel.recv(65536)
            self.received = data
            channel.sendall(self.answer)


@pytest.mark.parametrize(("answer", "clean"), [(b"stream: OK\x00", True), (b"stream: Eicar-Test FOUND\x00", False)])
def test_clamd_is_asked_over_its_socket(answer: bytes, clean: bool) -> None:
    daemon = FakeClamd(answer)
    assert ClamdScanner(daemon.address)(b"some bytes") is clean
    daemon.thread.join()
    assert daemon.received == b"zINSTREAM\x00\x00\x00\x00\x0asome bytes\x00\x00\x00\x00"


def test_clamd_without_a_verdict_counts_as_down() -> None:
    daemon = FakeClamd(b"INSTREAM size limit exceeded. ERROR\x00")
    with pytest.raises(ScannerUnavailableError):
        ClamdScanner(daemon.address)(b"x")
    daemon.thread.join()
    with pytest.raises(ScannerUnavailableError):
        ClamdScanner("unix:/nowhere/clamd.sock")(b"x")
    with pytest.raises(ValueError, match="clamd"):
        ClamdScanner("clamd.sock")
