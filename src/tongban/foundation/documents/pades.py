"""Reads the signatures of a PDF. Apart from :mod:`verify` so that the heavy libraries are loaded at the first check."""

from __future__ import annotations

import io

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
from tongban.foundation.documents.verify import Integrity, Verdict
from tongban.foundation.files.checks.pdfs import check_unpacking
from tongban.foundation.files.checks.refusal import RefusedError


def read_seal(data: bytes, *, language: str) -> Verdict:
    """Return the verdict on a PDF; what cannot be read is ``UNREADABLE``."""
    keywords: tuple[str, ...] = ()
    try:
        check_unpacking(data)
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
    except (
        PdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        RecursionError,
        RefusedError,
    ):
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
        signer=str(subject.get("organization_name") or subject.get("common_name", "")),
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
