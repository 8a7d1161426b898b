#!/usr/bin/env python3
"""The one command of Tongban. Needs only Python 3.11 or newer; everything else is installed beside this file.

    python3 tb.py demo      a running platform with a real province's data
    python3 tb.py test      the whole test suite

This file makes the environment in .venv from the hashed lock file, then hands over to tongban.interfaces.console.running.
"""

from __future__ import print_function

import sys

if sys.version_info < (3, 11):
    sys.exit("tb.py: Tongban needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])

import argparse
import hashlib
import json
import os
import shutil
import socket
import subprocess
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "installed.json"
TOOLS = ROOT / ".tongban" / "tools"
LOCKS = {"core": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
COMMANDS = {
    "demo": "start the platform with the demonstration province; --reset starts over; Ctrl-C stops it",
    "test": "run the whole test suite; further arguments go to pytest instead",
    "check": "check every gate: lint, types, imports, templates, translations, migrations, packs, shape",
    "bench": "run the benchmarks",
    "manage": "run a management command with the database at hand, for example: manage settings_help",
    "lock": "pin the packages of requirements/*.in in the lock files; arguments go to uv (for example --upgrade)",
}
NEEDS_DEV = {"test", "check", "bench"}


class Failure(Exception):
    """Something the user has to mend; the text names place and remedy."""


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


def check_port() -> None:
    """Refuse an occupied port before anything is started.

    :raises Failure: with the remedy
    """
    text = os.environ.get("TONGBAN_PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Failure(f"TONGBAN_PORT must be a number from 1 to 65535, not {text!r}.")
    host = os.environ.get("TONGBAN_HOST") or "127.0.0.1"
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(text)))
        except OSError as wrong:
            raise Failure(
                f"Port {text} cannot be used ({wrong.strerror}). Choose another: TONGBAN_PORT={int(text) % 65535 + 1} python3 tb.py demo"
            ) from wrong


def fingerprint(lock: Path) -> str:
    """Return a short text that changes with the lock file."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def installed() -> dict[str, str]:
    """Return the fingerprints of what the environment holds, or nothing if it cannot be used."""
    try:
        state = json.loads(STAMP.read_text(encoding="utf-8"))
        # After an update of the system's Python the environment may point to nothing, or look for packages elsewhere.
        subprocess.run([PYTHON, "-c", "import django"], check=True, capture_output=True, timeout=60)
    except (OSError, ValueError, subprocess.SubprocessError):
        return {}
    return dict(state)


def ensure_environment(*, dev: bool) -> None:
    """Make the environment, or bring it up to date if a lock file has changed.

    :raises Failure: if packages cannot be installed
    """
    wanted = {name: fingerprint(lock) for name, lock in LOCKS.items() if dev or name == "core"}
    state = installed()
    if all(state.get(name) == value for name, value in wanted.items()):
        return
    started = time.monotonic()
    say(f"==> Install the Python packages into {ENVIRONMENT}")
    try:
        if not state:
            venv.EnvBuilder(with_pip=False, symlinks=True, clear=ENVIRONMENT.exists()).create(ENVIRONMENT)
        installer = find_installer(ENVIRONMENT)
        STAMP.unlink(missing_ok=True)
        install([*installer, "--require-hashes", "-r", LOCKS["dev" if dev else "core"]])
        # The development lock holds the same versions of the core packages and more beside them.
        STAMP.write_text(json.dumps(wanted), encoding="utf-8")
    except PermissionError as wrong:
        raise Failure(
            f"{wrong.filename} cannot be written: {wrong.strerror}. Use a copy of the project of your own."
        ) from wrong
    say(f"    done in {time.monotonic() - started:.1f} s")


def install(command: list[str | Path]) -> None:
    """Install packages, from the index that pip is configured for; a second try trusts the system's certificates.

    :raises Failure: if both tries fail
    """
    environment = dict(os.environ)
    index = "" if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & set(environment) else configured_index()
    if index:
        environment["UV_DEFAULT_INDEX"] = index
    for more in ({}, {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true"}):
        done = subprocess.run(
            command, env={**environment, **more}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return
    say(done.stdout + done.stderr)
    raise Failure("The packages could not be installed; the reason stands above. Start again after mending it.")


def configured_index() -> str:
    """Return the package index that pip is configured to use, which uv does not read by itself; empty if none."""
    pip = pip_command()
    if pip is None:
        return os.environ.get("PIP_INDEX_URL", "")
    done = subprocess.run([*pip, "config", "get", "global.index-url"], capture_output=True, text=True, check=False)
    return os.environ.get("PIP_INDEX_URL") or (done.stdout.strip() if done.returncode == 0 else "")


def find_installer(environment: Path) -> list[str | Path]:
    """Return the command that installs into the environment: uv, else pip.

    :raises Failure: if neither can be had
    """
    uv = find_uv()
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", environment / "bin" / "python"]
    say("    uv is not available for this machine; pip is used and takes longer")
    bootstrap = pip_command()
    if bootstrap is None:
        raise Failure(
            "Neither pip nor ensurepip is here to install packages with. On Debian and Ubuntu: apt-get install python3-venv python3-pip"
        )
    return [*bootstrap, "--python", environment / "bin" / "python", "install", "--quiet", "--disable-pip-version-check"]


def find_uv() -> str | None:
    """Return a path to uv: one of the system, one fetched before, or one fetched now; None if there is none."""
    found = shutil.which("uv") or shutil.which("uv", path=str(TOOLS / "bin"))
    if found:
        return found
    pip = pip_command()
    if pip is None:
        return None
    say("    fetch the installer uv")
    done = subprocess.run(
        [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input", "--target", TOOLS, "uv"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        say(f"    {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'pip failed'}")
    return shutil.which("uv", path=str(TOOLS / "bin"))


def pip_command() -> list[str | Path] | None:
    """Return a command for pip: of this Python, else of an environment made for that, else None."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        return [sys.executable, "-m", "pip"]
    own = TOOLS / "pip"
    if not (own / "bin" / "pip").exists():
        made = subprocess.run([sys.executable, "-m", "venv", own], capture_output=True, check=False)
        if made.returncode:
            shutil.rmtree(own, ignore_errors=True)
            return None
    return [own / "bin" / "python", "-m", "pip"]


def run(command: list[str | Path]) -> None:
    """Run a command and let it speak.

    :raises Failure: if it fails
    """
    done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Failure(
            f"{Path(command[0]).name} failed with code {done.returncode}; the reason stands above. Start again after mending it."
        )


def lock(arguments: list[str]) -> int:
    """Write the lock files: names, versions and hashes, but no host."""
    uv = find_uv()
    if uv is None:
        raise Failure("Locking needs uv: install it with your package manager or pip.")
    sources = {"core": ["core.in"], "dev": ["core.in", "dev.in"]}
    for name, files in sources.items():
        run([
            uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-emit-index-url", "--no-header",
            "--python-version", "3.11", *[f"requirements/{file}" for file in files], "-o", LOCKS[name].name, *arguments,
        ])  # fmt: skip
        say(f"{LOCKS[name].name} written")
    return 0


def hand_over(command: str, arguments: list[str]) -> None:
    """Become the project's own Python, so that signals reach it directly."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
    module = "tongban.interfaces.console.running"
    os.execve(PYTHON, [str(PYTHON), "-m", module, command, *arguments], environment)  # noqa: S606


def main() -> int:
    """Carry out one command."""
    parser = argparse.ArgumentParser(
        prog="tb.py",
        description="Tongban: one platform on which a government runs.",
        epilog="Environment: TONGBAN_PORT (8000), TONGBAN_HOME (data directory, .tongban), TONGBAN_DATABASE_URL "
        "(a real PostgreSQL server). All settings: python3 tb.py manage settings_help",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in COMMANDS.items():
        commands.add_parser(name, help=text, add_help=False)
    options, rest = parser.parse_known_args(sys.argv[1:2])
    rest = sys.argv[2:]
    os.chdir(ROOT)
    if options.command == "lock":
        return lock(rest)
    if options.command == "demo" and "-h" not in rest and "--help" not in rest:
        check_port()
    ensure_environment(dev=options.command in NEEDS_DEV)
    hand_over(options.command, rest)
    return 0


if __name__ == "__main__":
    if os.name != "posix":
        sys.exit("tb.py: Tongban runs on Linux and macOS; on Windows use the Linux subsystem (WSL).")
    try:
        sys.exit(main())
    except Failure as wrong:
        sys.exit(f"tb.py: {wrong}")
    except KeyboardInterrupt:
        sys.exit(130)
