"""The embedded PostgreSQL server of one data directory: made, started, found again, stopped.

It listens on a socket in a private folder only, never on the network, and admits two system users by name (the one who runs
the platform and the one the server runs as). Exactly one process owns a server, by a lock file in the data directory;
commands that find the lock taken use the running server.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psutil
import psycopg

from tongban.interfaces.console.running import binaries as programs
from tongban.interfaces.console.running import places
from tongban.interfaces.console.running.progress import Failure, say, step

PATIENCE_SECONDS = 600
"""How long a start may take: recovery after a crash reads up to a gigabyte of log."""
STOP_SECONDS = 60
DATABASE = ROLE = "tongban"
SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "max_wal_size": "512MB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # starting helpers takes longer than our queries do
    "log_min_messages": "warning",
    "log_timezone": "UTC",
}
SCRATCH_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class EmbeddedServer:
    """The server of one data directory.

    :param home: the data directory
    :param scratch: for data that may be lost, as in tests: writes are not forced to disk
    """

    def __init__(self, home: Path, *, scratch: bool = False) -> None:
        """Keep the place; nothing is touched yet."""
        self.home = home
        self.scratch = scratch
        self._process: subprocess.Popen[bytes] | None = None
        self._adopted: int | None = None
        self._lock: IO[str] | None = None

    def acquire(self, note: dict[str, Any]) -> dict[str, Any] | None:
        """Become the owner of the data directory, or return the note that the present owner left.

        :raises Failure: if the directory cannot be made
        """
        places.make_home(self.home)
        lock = (self.home / "server.lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            held = lock.read()
            lock.close()
            try:
                return dict(json.loads(held))
            except ValueError:
                return {"command": "another command"}
        lock.truncate(0)
        lock.write(json.dumps({**note, "pid": os.getpid()}))
        lock.flush()
        self._lock = lock
        return None

    def release(self) -> None:
        """Give the data directory back."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def start(self) -> str:
        """Start the server, making the database at the first time, and return its address.

        :raises Failure: with the remedy, if it does not come up
        """
        self._place()
        if not (self.data / "PG_VERSION").exists():
            self._initialize()
        self._admit()
        if not self._find_running():
            self._process = self._spawn()
        self._wait(self._process)
        self._ensure_database()
        self._record()
        return self.url

    def alive(self) -> bool:
        """Tell whether the server's process still runs."""
        if self._process:
            return self._process.poll() is None
        return self._adopted is not None and _runs(self._adopted)

    def stop(self) -> None:
        """Stop the server and wait until it is gone: first politely, in the end hard (its log then restores it)."""
        pid = self._process.pid if self._process else self._adopted
        if pid is None:
            return
        for order, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, STOP_SECONDS / 4), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, order)
            if self._gone(pid, patience):
                break
        self._process = self._adopted = None

    @property
    def url(self) -> str:
        """The address for Django, psycopg and psql."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.socket))}"

    def program(self, name: str) -> Path:
        """Return one of PostgreSQL's programs that fits this server, such as ``pg_dump``."""
        self._place()
        return self.binaries.folder / name

    def reset(self) -> None:
        """Remove the database and everything the platform keeps in the data directory."""
        self._place()
        for path in (self.data, self.data.with_name("database.new"), self.home / "files", self.home / "static"):
            shutil.rmtree(path, ignore_errors=True)
        for name in ("server.json", "prepared.json"):
            (self.home / name).unlink(missing_ok=True)
        if self.socket != self.data:
            shutil.rmtree(self.socket, ignore_errors=True)
        places.remove_system_folder(self.home)

    def _place(self) -> None:
        self.user = places.owner(self.home)
        recorded = self._recorded_data()
        self.data = recorded or places.database_parent(self.home, self.user) / "database"
        version = self.data / "PG_VERSION"
        major = int(version.read_text(encoding="ascii")) if version.exists() else None
        self.binaries = places.reachable_binaries(programs.find(major=major), self.home, self.user)
        self.socket = places.socket_folder(self.data, self.user)

    def _recorded_data(self) -> Path | None:
        with contextlib.suppress(OSError, ValueError, KeyError):
            data = Path(json.loads((self.home / "server.json").read_text(encoding="utf-8"))["data"])
            if (data / "PG_VERSION").exists():
                return data
        return None

    def _initialize(self) -> None:
        """Make a new database aside and put it in place when it is whole."""
        fresh = self.data.with_name("database.new")
        shutil.rmtree(fresh, ignore_errors=True)
        places.private_folder(fresh, mode=0o700, uid=self.user.uid, gid=self.user.gid)
        locale = ["--locale=C"]
        if self.binaries.major >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        with step(
            f"Make the database (PostgreSQL {self.binaries.major}, {self.binaries.source}, user {self.user.name})"
        ):
            if self.data.parent != self.home:
                say(f"    It lies in {self.data.parent}: user {self.user.name} cannot reach {self.home}")
            made = subprocess.run(
                [
                    self.binaries.folder / "initdb", "-D", fresh, "-U", SUPERUSER, "--encoding=UTF8", "--auth=peer", *locale,
                    *(["--no-sync"] if self.scratch else []),
                ],
                env=_environment(), cwd="/", capture_output=True, text=True, check=False, **self.user.spawn(),
            )  # fmt: skip
            if made.returncode:
                msg = f"PostgreSQL could not make the database in {fresh}:\n{made.stderr.strip()}"
                raise Failure(msg)
            fresh.rename(self.data)

    def _admit(self) -> None:
        """Write who may connect: only the two system users, known to the kernel, through the socket."""
        names = sorted({self.user.name, pwd.getpwuid(os.geteuid()).pw_name})
        access = [f"local {kind} {role} peer map=tongban" for kind, role in _ACCESS]
        people = [f'tongban "{name}" {role}' for name in names for role in (SUPERUSER, ROLE)]
        self._write("pg_hba.conf", "\n".join(access) + "\n")
        self._write("pg_ident.conf", "\n".join(people) + "\n")

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        fresh = self.data / f"{name}.new"
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            if self.user.other:
                os.fchown(file.fileno(), self.user.uid, self.user.gid)
        fresh.rename(path)

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = {
            **SETTINGS,
            "unix_socket_directories": str(self.socket),
            **(SCRATCH_SETTINGS if self.scratch else {}),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self.binaries.folder / "postgres", "-D", self.data, *options],
                env=_environment(), cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT), **self.user.spawn(),
            )  # fmt: skip

    @property
    def _log(self) -> Path:
        return self.home / "logs" / "database.log"

    def _find_running(self) -> bool:
        """Adopt a server that an earlier run left behind; remove the mark of one that is gone.

        The number in ``postmaster.pid`` may by now belong to any other process, so the process is looked at.
        """
        mark = self.data / "postmaster.pid"
        try:
            lines = mark.read_text(encoding="utf-8").splitlines()
            pid, started = int(lines[0]), int(lines[2])
        except (FileNotFoundError, IndexError, ValueError):
            return False
        if _is_server(pid, started):
            say("    An earlier run left the database server running; it is used")
            self._adopted = pid
            return True
        mark.unlink(missing_ok=True)
        return False

    def _wait(self, process: subprocess.Popen[bytes] | None) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if process and process.poll() is not None:
                msg = f"The database server did not start; the end of {self._log}:\n{tail(self._log)}"
                raise Failure(msg)
            with contextlib.suppress(psycopg.OperationalError), self._connect("postgres") as connection:
                row = connection.execute("SHOW data_directory").fetchone()
                if row and Path(row[0]).resolve() == self.data.resolve():
                    return
                msg = f"Another database server answers in {self.socket}; stop it or set TONGBAN_HOME"
                raise Failure(msg)
            time.sleep(0.05)
        msg = f"The database server was not ready after {PATIENCE_SECONDS} s; see {self._log}"
        raise Failure(msg)

    def _connect(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.socket), user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=10
        )

    def _ensure_database(self) -> None:
        with self._connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone():
                connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
            if self.scratch:  # tests play the intruder who gets past the triggers of the audit record
                connection.execute(f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}")

    def _record(self) -> None:
        record = self.home / "server.json"
        fresh = record.with_suffix(".new")
        fresh.write_text(json.dumps({"url": self.url, "data": str(self.data)}), encoding="utf-8")
        fresh.chmod(0o600)
        fresh.replace(record)

    def _gone(self, pid: int, patience: float) -> bool:
        if self._process:
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                return False
            return True
        deadline = time.monotonic() + patience
        while _runs(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        return not _runs(pid)


_ACCESS = (("all", SUPERUSER), ("all", ROLE), ("replication", SUPERUSER))


@contextlib.contextmanager
def database(home: Path, *, command: str, scratch: bool = False) -> Iterator[str]:
    """Give the address of a running database for the length of a command.

    ``TONGBAN_DATABASE_URL`` wins; else a running server of this data directory is used; else one is started and stopped again.
    """
    given = os.environ.get("TONGBAN_DATABASE_URL", "")
    if given:
        yield given
        return
    server = EmbeddedServer(home, scratch=scratch)
    if server.acquire({"command": command}):
        yield running_address(home)
        return
    try:
        yield server.start()
    finally:
        server.stop()
        server.release()


def running_address(home: Path) -> str:
    """Wait until the server that another command starts can be reached, and return its address.

    :raises Failure: if it does not come up
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError, KeyError, psycopg.OperationalError):
            url = str(json.loads((home / "server.json").read_text(encoding="utf-8"))["url"])
            psycopg.connect(url, connect_timeout=5).close()
            return url
        time.sleep(0.2)
    msg = f"The server of {home}, started by another command, did not answer; see {home / 'logs' / 'database.log'}"
    raise Failure(msg)


def die_with_parent(order: signal.Signals) -> Callable[[], None]:
    """Return what a child has to run before its program, so that it gets a signal if this process is killed (Linux)."""
    library = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def prepare() -> None:
        if library is not None:
            library.prctl(1, int(order), 0, 0, 0)

    return prepare


def tail(path: Path, lines: int = 12) -> str:
    """Return the last lines of a log, indented."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "    (no log)"
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _is_server(pid: int, started: int) -> bool:
    try:
        process = psutil.Process(pid)
        return bool(
            process.status() != psutil.STATUS_ZOMBIE
            and process.name().startswith("postgres")
            and abs(process.create_time() - started) < 30
        )
    except psutil.Error:
        return False


def _environment() -> dict[str, str]:
    """Return a clean environment: the locale of the terminal may not exist on this machine."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR", "LD_LIBRARY_PATH")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
