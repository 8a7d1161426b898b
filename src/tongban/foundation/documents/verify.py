"""Checks a PDF that someone brings: is it sealed, by whom, and was it changed afterwards?"""

from __future__ import annotations

import datetime as dt
import enum
import io
from dataclasses import dataclass

from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError, UnacceptableSignerError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from tongban.foundation.documents import seals

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
    keywords: tuple[str, ...] = ()
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        if reader.encrypted:
            return Verdict(Integrity.UNREADABLE)
        keywords = _keywords(reader)
        found = reader.embedded_regular_signatures
        if not found:
            return Verdict(Integrity.UNSIGNED, keywords=keywords)
        status = validate_pdf_signature(found[0], signer_validation_context=_context())
    except (SigningError, SignatureValidationError, UnacceptableSignerError):
        return Verdict(Integrity.ALTERED, keywords=keywords)
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError):
        return Verdict(Integrity.UNREADABLE)
    return _verdict(status, keywords, language)


def _verdict(status: PdfSignatureStatus, keywords: tuple[str, ...], language: str) -> Verdict:
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    intact = bool(status.intact and status.valid and whole)
    trusted = bool(intact and status.trusted)
    subject = status.signing_cert.subject.native
    provider = seals.provider()
    return Verdict(
        integrity=Integrity.INTACT if intact else Integrity.ALTERED,
        signer=str(subject.get("common_name", "")),
        unit_code=str(subject.get("organizational_unit_name", "")),
        trusted=trusted,
        modified_after=not whole,
        signed_at=status.signer_reported_dt,
        is_state_seal=trusted and provider.is_state_seal,
        seal_label=provider.label(language) if trusted else "",
        keywords=keywords,
    )


def _context() -> ValidationContext:
    roots = [
        asn1_x509.Certificate.load(root.public_bytes(serialization.Encoding.DER)) for root in seals.provider().roots()
    ]
    return ValidationContext(trust_roots=roots, allow_fetching=False)


def _keywords(reader: PdfFileReader) -> tuple[str, ...]:
    """Return the keywords of the document's information."""
    try:
        text = str(reader.trailer["/Info"]["/Keywords"])
    except KeyError:
        return ()
    return tuple(part.strip() for part in text.split(",") if part.strip())
