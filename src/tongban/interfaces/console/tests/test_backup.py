from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)


@pytest.fixture
def stored(tmp_path: Path, settings: SimpleNamespace) -> Path:
    settings.MEDIA_ROOT = tmp_path / "stored"
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "one").write_bytes(b"scan")
    return settings.MEDIA_ROOT


def test_what_was_backed_up_comes_back(tmp_path: Path, stored: Path) -> None:
    people = get_user_model().objects
    people.create(username="lin", joined_at=AT)
    call_command("backup", str(tmp_path / "backup"))
    people.all().delete()
    people.create(username="wang", joined_at=AT)
    (stored / "one").unlink()
    call_command("restore", str(tmp_path / "backup"), "--replace")
    assert [person.username for person in people.all()] == ["lin"]
    assert (stored / "one").read_bytes() == b"scan"


def test_a_backup_is_private_and_never_overwrites_another(tmp_path: Path, stored: Path) -> None:
    call_command("backup", str(tmp_path / "backup"))
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="not empty"):
        call_command("backup", str(tmp_path / "backup"))


def test_nothing_is_replaced_without_confirmation_or_without_a_backup(tmp_path: Path, stored: Path) -> None:
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(tmp_path))
    with pytest.raises(CommandError, match=r"database\.dump is missing"):
        call_command("restore", str(tmp_path), "--replace")
