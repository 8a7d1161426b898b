"""Checks a PDF that someone brings: is it sealed, by whom, and was it changed afterwards?"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

MAX_BYTES = 20 * 1024 * 1024


class Integrity(enum.StrEnum):
    """What can be said about the bytes."""

    INTACT = "intact"
    ALTERED = "altered"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found.

    ``trusted`` means that the signature is intact and its certificate comes from the installed seal provider;
    ``modified_after`` that bytes were added behind the signature; ``keywords`` are the document's own marks.
    """

    integrity: Integrity
    signer: str = ""
    unit_code: str = ""
    trusted: bool = False
    modified_after: bool = False
    signed_at: dt.datetime | None = None
    is_state_seal: bool = False
    seal_label: str = ""
    keywords: tuple[str, ...] = ()


def check_pdf(data: bytes, *, language: str = "zh-hans") -> Verdict:
    """Check the seal of a PDF. Never raises for bad input: what cannot be read is ``UNREADABLE``."""
    if len(data) > MAX_BYTES or not data.startswith(b"%PDF-"):
        return Verdict(Integrity.UNREADABLE)
    from tongban.foundation.documents.pades import read_seal

    return read_seal(data, language=language)
