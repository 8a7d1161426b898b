"""Where the embedded database lies and which system user it belongs to.

PostgreSQL refuses to run as root. Started by root, the server runs as an unprivileged system user; the rights of existing
folders are never changed for that: what the user cannot reach is placed in a folder of the system instead.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tongban.interfaces.console.running.binaries import Binaries
from tongban.interfaces.console.running.progress import Failure, say

SERVER_USERS = ("postgres", "nobody")
SYSTEM_FOLDERS = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 - ownership is checked in private_folder
LONGEST_SOCKET_FOLDER = 80
"""A socket's path holds 107 bytes; the server appends ``/.s.PGSQL.5432`` and a lock file's ending."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The system user that the server runs as."""

    uid: int
    gid: int
    name: str
    other: bool
    """Whether it is another user than the one who runs this program."""

    def spawn(self) -> dict[str, Any]:
        """Return the arguments that make :class:`subprocess.Popen` run a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}

    def reaches(self, path: Path, mode: int = os.X_OK) -> bool:
        """Try, as that user, whether a path can be used; nothing is changed."""
        if not self.other:
            return os.access(path, mode)
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(self.gid)
                os.setuid(self.uid)
                allowed = os.access(path, mode)
            except OSError:
                allowed = False
            os._exit(0 if allowed else 1)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def owner(home: Path) -> Owner:
    """Return the user to run the server as: this one, or an unprivileged one if this is root.

    Started by root in a data directory whose database an ordinary user made, the server runs as that user.

    :raises Failure: if there is none
    """
    uid = os.geteuid()
    if uid != 0:
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            msg = (
                f"User number {uid} has no entry in /etc/passwd, and PostgreSQL needs one. "
                "Add one, or set TONGBAN_DATABASE_URL to a server."
            )
            raise Failure(msg) from None
        return Owner(uid, os.getegid(), name, other=False)
    for entry in _unprivileged(home / "database"):
        return Owner(entry.pw_uid, entry.pw_gid, entry.pw_name, other=True)
    msg = (
        "PostgreSQL does not run as root, and there is no unprivileged user (postgres or nobody) to run it as. "
        "Start as an ordinary user, or set TONGBAN_DATABASE_URL to a server."
    )
    raise Failure(msg)


def _unprivileged(database: Path) -> Iterator[pwd.struct_passwd]:
    with contextlib.suppress(OSError, KeyError):
        held_by = database.stat().st_uid
        if held_by:
            yield pwd.getpwuid(held_by)
    for name in SERVER_USERS:
        with contextlib.suppress(KeyError):
            yield pwd.getpwnam(name)


def make_home(home: Path) -> None:
    """Make the data directory; an existing one keeps its rights.

    :raises Failure: if it cannot be written
    """
    try:
        if not home.is_dir():
            home.parent.mkdir(parents=True, exist_ok=True)
            home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)
            home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        (home / "logs").mkdir(mode=0o700, exist_ok=True)
    except OSError as wrong:
        msg = f"The data directory {home} cannot be made: {wrong.strerror}. Set TONGBAN_HOME to another."
        raise Failure(msg) from wrong
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        msg = f"The data directory {home} belongs to another user. Set TONGBAN_HOME to one of your own."
        raise Failure(msg)


def database_parent(home: Path, user: Owner) -> Path:
    """Return the folder in which the database directory lies: the data directory, or one that the server's user reaches."""
    if not user.other or user.reaches(home):
        return home
    return system_folder(home)


def system_folder(home: Path) -> Path:
    """Return a folder of root's for this data directory below /var, made at need.

    :raises Failure: if none can be made
    """
    for base in SYSTEM_FOLDERS:
        try:
            return private_folder(base / _system_name(home), mode=0o711)
        except OSError:
            continue
    msg = "Neither /var/lib nor /var/tmp can be written. Set TONGBAN_HOME to a folder that every user can reach."
    raise Failure(msg)


def remove_system_folder(home: Path) -> None:
    """Remove what was placed below /var for a data directory."""
    for base in SYSTEM_FOLDERS:
        shutil.rmtree(base / _system_name(home), ignore_errors=True)


def _system_name(home: Path) -> str:
    return f"tongban-{hashlib.sha256(str(home).encode()).hexdigest()[:10]}"


def private_folder(path: Path, *, mode: int, uid: int | None = None, gid: int | None = None) -> Path:
    """Make a folder of this user's, or give it to another; refuse one that somebody else put there.

    :raises Failure: if a foreign folder or a link is in the way
    """
    path.mkdir(mode=mode, exist_ok=True)
    found = path.lstat()
    mine = os.geteuid()
    wanted = mine if uid is None else uid
    if path.is_symlink() or found.st_uid not in (mine, wanted):
        msg = f"{path} was put there by another user. Remove it, or set TONGBAN_HOME to another folder."
        raise Failure(msg)
    path.chmod(mode)
    if found.st_uid != wanted:
        os.chown(path, wanted, -1 if gid is None else gid, follow_symlinks=False)
    return path


def socket_folder(database: Path, user: Owner) -> Path:
    """Return the folder of the server's socket: the database directory, or a private one if that path is too long."""
    if len(os.fsencode(database)) <= LONGEST_SOCKET_FOLDER:
        return database
    name = f"tongban-{user.uid}-{hashlib.sha256(str(database).encode()).hexdigest()[:10]}"
    return private_folder(Path("/tmp") / name, mode=0o700, uid=user.uid, gid=user.gid)  # noqa: S108


def reachable_binaries(binaries: Binaries, home: Path, user: Owner) -> Binaries:
    """Return programs that the server's user can run: these, or a copy of them in a folder of the system."""
    if user.reaches(binaries.folder / "postgres"):
        return binaries
    stamp = hashlib.sha256(f"{binaries.tree}:{(binaries.folder / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[
        :10
    ]
    place = system_folder(home) / f"postgresql-{binaries.major}-{stamp}"
    package = binaries.tree.parent
    copy = place / package.name / binaries.tree.name
    if not place.is_dir():
        say(f"    PostgreSQL's programs are copied to {place}, where user {user.name} can run them")
        fresh = place.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(binaries.tree, fresh / package.name / binaries.tree.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        _open_to_all(fresh)
        fresh.rename(place)
    return Binaries(copy / binaries.folder.name, binaries.major, binaries.source)


def _open_to_all(tree: Path) -> None:
    tree.chmod(0o755)
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) and path.stat().st_mode & 0o111 else 0o644)
