from __future__ import annotations

import ast
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tongban.interfaces.console.running import demo, places, tools
from tongban.interfaces.console.running.embedded import EmbeddedServer, database
from tongban.interfaces.console.running.layout import ROOT
from tongban.interfaces.console.running.progress import Failure
from tongban.interfaces.console.running.suite import Tally
from tongban.interfaces.console.running.supervisor import Child, Supervisor


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a data directory that every user can reach, and remove it."""
    monkeypatch.delenv("TONGBAN_DATABASE_URL", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("LC_ALL", "zh_CN.NO-SUCH-LOCALE")
    base = Path(tempfile.mkdtemp(prefix="tongban-test-"))
    base.chmod(0o711)
    yield base / "data"
    EmbeddedServer(base / "data").reset()
    shutil.rmtree(base)


def _one(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
        return row[0] if row else None


def _until(done: Callable[[], bool], seconds: float = 15) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if done():
            return True
        time.sleep(0.05)
    return False


def test_a_database_is_made_kept_and_stopped_whatever_the_terminals_language(home: Path) -> None:
    with database(home, command="first") as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE note (text text)")
            connection.execute("INSERT INTO note VALUES ('武汉')")
        assert _one(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert _one(url, "SHOW listen_addresses") == ""
        assert _one(url, "SHOW server_encoding") == "UTF8"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)
    with database(home, command="second") as url:
        assert _one(url, "SELECT text FROM note") == "武汉"


def test_the_server_never_runs_as_root_and_its_files_are_private(home: Path) -> None:
    server = EmbeddedServer(home)
    assert server.acquire({}) is None
    server.start()
    try:
        process = psutil.Process(int((server.data / "postmaster.pid").read_text().splitlines()[0]))
        assert process.uids().effective != 0
        assert server.data.stat().st_mode & 0o077 == 0
        assert server.socket.stat().st_mode & 0o077 == 0
    finally:
        server.stop()
        server.release()


def test_a_mark_left_by_a_process_that_is_gone_or_another_program_does_not_hinder(home: Path) -> None:
    with database(home, command="first"):
        data = Path(str(EmbeddedServer(home)._recorded_data()))
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n{int(time.time())}\n5432\n{data}\n\n0 0\nready\n")
    with database(home, command="second") as url:
        assert _one(url, "SELECT 1") == 1


def test_a_server_left_running_by_a_killed_command_is_taken_over(home: Path) -> None:
    first = EmbeddedServer(home)
    first.acquire({})
    first.start()
    first.release()
    second = EmbeddedServer(home)
    assert second.acquire({}) is None
    second.start()
    assert second.alive()
    second.stop()
    assert not first.alive()
    second.release()


def test_a_second_command_uses_the_running_server(home: Path) -> None:
    with database(home, command="demo") as url:
        with database(home, command="manage") as other:
            assert other == url
        assert _one(url, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(home: Path) -> None:
    deep = home / ("deep" * 12) / ("down" * 12)
    deep.parent.mkdir(parents=True)
    for folder in (home, deep.parent):
        folder.chmod(0o711)
    with database(deep, command="x") as url:
        folder = Path(url.split("host=")[1])
        assert _one(url, "SELECT 1") == 1
        assert folder.parent == Path("/tmp")
        assert folder.stat().st_mode & 0o077 == 0
    EmbeddedServer(deep).reset()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as somebody else")
def test_folders_above_the_data_keep_their_rights_when_root_starts_the_server(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    closed.chmod(0o700)
    user = places.owner(closed)
    assert user.uid != 0
    assert places.database_parent(closed / "data", user).parent in places.SYSTEM_FOLDERS
    assert closed.stat().st_mode & 0o777 == 0o700
    places.system_folder(closed / "data").rmdir()


def test_a_folder_that_somebody_else_put_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises((Failure, FileExistsError)):
        places.private_folder(tmp_path / "link", mode=0o700)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    keeper = Supervisor(tmp_path, dict(os.environ))
    yield keeper
    keeper.stop()


def _sleeper() -> list[str]:
    return [sys.executable, "-c", "import time; time.sleep(600)"]


def test_a_killed_program_is_started_again(supervisor: Supervisor) -> None:
    child = Child("web", _sleeper())
    supervisor.add(child)
    assert child.process
    first = child.process.pid
    os.kill(first, signal.SIGKILL)

    def again() -> bool:
        supervisor.look()
        return child.process is not None and child.process.pid != first

    assert _until(again)


def test_a_program_that_does_not_stay_up_ends_everything_with_its_last_words(supervisor: Supervisor) -> None:
    child = Child("web", [sys.executable, "-c", "raise SystemExit('no such table')"])
    supervisor.add(child)

    def given_up() -> bool:
        child.next_start = 0.0
        supervisor.look()
        return False

    with pytest.raises(Failure, match="no such table"):
        _until(given_up, 30)


def test_stopping_leaves_no_process_behind(supervisor: Supervisor) -> None:
    spawns = f"import subprocess, sys, time; subprocess.Popen({_sleeper()!r}); time.sleep(600)"
    child = Child("web", [sys.executable, "-c", spawns])
    supervisor.add(child)
    assert child.process
    parent = psutil.Process(child.process.pid)
    assert _until(lambda: len(parent.children()) == 1)
    grandchild = parent.children()[0]
    supervisor.stop()
    assert _until(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE)


def test_an_occupied_port_is_told_in_one_line_with_the_remedy() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        done = subprocess.run(
            [sys.executable, ROOT / "tb.py", "demo"], env={**os.environ, "TONGBAN_PORT": port}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "TONGBAN_PORT=" in done.stderr


def test_the_lock_files_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        assert text.count("--hash=sha256:") > 100


def test_results_of_both_parts_of_the_suite_are_counted(tmp_path: Path) -> None:
    report = tmp_path / "unit.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="1" errors="1" skipped="2"/></testsuites>', "utf-8")
    tally = Tally()
    tally.add(report)
    tally.add(report)
    assert (tally.passed, tally.failed, tally.skipped) == (10, 4, 4)


def test_a_missing_tool_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "TOOLS", (tools.Tool("Chromium", "chromium", lambda: False),))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Failure, match="apt-get update && apt-get install -y chromium"):
        tools.ensure()


def test_the_demonstration_does_not_start_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGBAN_MODE", "production")
    with pytest.raises(Failure, match="invented people"):
        demo.run(reset=False)


def test_tb_py_is_understood_by_an_older_python_which_it_tells_to_go() -> None:
    source = (ROOT / "tb.py").read_text("utf-8")
    ast.parse(source, feature_version=(3, 7))
    assert source.index("sys.version_info < (3, 11)") < source.index("import argparse")
