"""The seam for malware scanners, and a client for ClamAV's daemon.

Without a scanner the state of a file is ``not_scanned`` and shown as such. With one that does not answer, the file
waits as ``pending`` and cannot be opened until a later scan.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

from django.conf import settings

from tongban.foundation.files.models import StoredFile

Scanner = Callable[[bytes], bool]
"""Takes the bytes, returns whether they are clean, and raises :class:`ScannerUnavailableError` if it cannot tell."""

_CHUNK = 256 * 1024
_TIMEOUT_SECONDS = 30.0
_registered: list[Scanner] = []


class ScannerUnavailableError(Exception):
    """The scanner cannot be reached or gave no verdict."""


def register_scanner(scanner: Scanner | None) -> None:
    """Use a scanner for every upload; ``None`` removes it."""
    _registered[:] = [scanner] if scanner else []


def active_scanner() -> Scanner | None:
    """Return the registered scanner, else ClamAV if its address is set, else none."""
    if _registered:
        return _registered[0]
    address = settings.OPTIONS.clamd
    return ClamdScanner(address) if address else None


def scan(content: bytes) -> StoredFile.Scan:
    """Return what the scanner says of the bytes."""
    scanner = active_scanner()
    if scanner is None:
        return StoredFile.Scan.NOT_SCANNED
    try:
        return StoredFile.Scan.CLEAN if scanner(content) else StoredFile.Scan.INFECTED
    except ScannerUnavailableError:
        return StoredFile.Scan.PENDING


class ClamdScanner:
    """Sends bytes to clamd over its socket (``unix:/path`` or ``tcp:host:port``) with the INSTREAM command."""

    def __init__(self, address: str) -> None:
        """Keep the address.

        :raises ValueError: if it is neither ``unix:`` nor ``tcp:``
        """
        kind, _colon, rest = address.partition(":")
        if kind not in ("unix", "tcp") or not rest:
            msg = "the address of clamd is unix:/path or tcp:host:port"
            raise ValueError(msg)
        self.kind, self.rest = kind, rest

    def __call__(self, content: bytes) -> bool:
        """Tell whether the bytes are clean."""
        try:
            with self._connect() as channel:
                channel.sendall(b"zINSTREAM\x00")
                for start in range(0, len(content), _CHUNK):
                    part = content[start : start + _CHUNK]
                    channel.sendall(struct.pack(">I", len(part)) + part)
                channel.sendall(struct.pack(">I", 0))
                answer = _read_answer(channel)
        except (OSError, ValueError) as wrong:
            raise ScannerUnavailableError(str(wrong)) from wrong
        if answer.endswith("OK"):
            return True
        if answer.endswith("FOUND"):
            return False
        raise ScannerUnavailableError(answer)

    def _connect(self) -> socket.socket:
        if self.kind == "unix":
            channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            channel.settimeout(_TIMEOUT_SECONDS)
            try:
                channel.connect(self.rest)
            except OSError:
                channel.close()
                raise
            return channel
        host, _colon, port = self.rest.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=_TIMEOUT_SECONDS)


def _read_answer(channel: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\x00") and len(answer) < 4096:
        part = channel.recv(1024)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\x00\n").decode(errors="replace")
