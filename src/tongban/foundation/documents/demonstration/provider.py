"""Seals with a local certificate: a PAdES signature whose visible picture says that it is a demonstration."""

from __future__ import annotations

import binascii
import datetime as dt
import functools
import io
import uuid
from collections.abc import Sequence
from typing import Any

import pikepdf
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import Certificate
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner, fields
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tongban.foundation.documents.demonstration.authority import Credential, root, unit_credential
from tongban.foundation.documents.seals import SealError, Spot
from tongban.foundation.organizations.models import Unit

SEAL_SIDE = 42 / 25.4 * 72
_FIELD = "Seal"
_PICTURE_TIME = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


class DemonstrationSeals:
    """The default provider."""

    name = "demonstration"
    is_state_seal = False

    def label(self, language: str) -> str:
        """Return the honest label."""
        if language.startswith("en"):
            return "Demonstration seal – not the unified state electronic seal"
        return "演示印章，非国家统一电子印章"

    def sign(self, pdf: bytes, *, unit: Unit, reason: str, at: dt.datetime, spot: Spot | None, language: str) -> bytes:
        """Return the PDF certified by the unit's demonstration certificate; no later change is allowed by it."""
        credential = unit_credential(unit)
        try:
            writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
            place = _field(pdf, spot)
            style = (
                StaticStampStyle(background=_Picture(picture(unit.name, language)), border_width=0) if spot else None
            )
            metadata = PdfSignatureMetadata(
                field_name=_FIELD,
                name=f"{unit.name}（演示印章）",
                reason=reason,
                md_algorithm="sha256",
                certify=True,
                docmdp_permissions=fields.MDPPerm.NO_CHANGES,
                subfilter=fields.SigSeedSubFilter.PADES,
            )
            signer = _DatedSigner(metadata, signer=_signer(credential), stamp_style=style, new_field_spec=place)
            signer.at = at
            return bytes(signer.sign_pdf(writer).getvalue())
        except PdfError as wrong:
            raise SealError(str(wrong)) from wrong

    def roots(self) -> Sequence[Certificate]:
        """Return the demonstration's root certificate."""
        return [root().certificate]


class _DatedSigner(PdfSigner):
    """Writes the moment of issue as the moment of signing."""

    at: dt.datetime | None = None

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        """Start a session dated as told."""
        session = super().init_signing_session(*args, **kwargs)
        started = session[0] if isinstance(session, tuple) else session
        if self.at is not None:
            started.system_time = self.at
        return session


class _Picture(PdfContent):
    """One page of a PDF held in memory, as the picture of a signature."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self.pdf = pdf

    def render(self) -> bytes:
        """Import the page and draw it."""
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self.pdf)), page_ix=0)
        name = b"/Seal" + binascii.hexlify(uuid.uuid4().bytes)
        self.resources.xobject[name.decode("ascii")] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return name + b" Do"


@functools.lru_cache(maxsize=64)
def picture(unit_name: str, language: str) -> bytes:
    """Return the drawn seal of a unit as a one-page PDF."""
    from tongban.foundation.documents.typesetting import compile_layout

    english = language.startswith("en")
    data = {
        "lang": "zh",
        "name": unit_name,
        "center": "演示印章",
        "below": "DEMONSTRATION SEAL" if english else "非国家统一电子印章",
        "label": "演示印章，非国家统一电子印章",
    }
    return compile_layout("seal", data, at=_PICTURE_TIME)[0]


def _field(pdf: bytes, spot: Spot | None) -> fields.SigFieldSpec:
    """Return the signature field, centered on the spot and kept inside the page."""
    if spot is None:
        return fields.SigFieldSpec(_FIELD)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        _left, _bottom, width, height = (float(side) for side in opened.pages[spot.page - 1].mediabox)
    half = SEAL_SIDE / 2
    center_x = min(max(spot.x, half), width - half)
    center_y = min(max(height - spot.y, half), height - half)
    box = (round(center_x - half), round(center_y - half), round(center_x + half), round(center_y + half))
    return fields.SigFieldSpec(_FIELD, on_page=spot.page - 1, box=box)


def _signer(credential: Credential) -> SimpleSigner:
    der = credential.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    registry.register(_asn1(root().certificate))
    return SimpleSigner(
        signing_cert=_asn1(credential.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(der),
        cert_registry=registry,
        embed_roots=True,
    )


def _asn1(certificate: Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
