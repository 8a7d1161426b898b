"""A certification authority of this installation's own, for demonstrations. Keys never leave ``TONGBAN_HOME/keys``."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from tongban.foundation.organizations.models import Unit

VALID_FROM = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
VALID_TO = dt.datetime(2045, 1, 1, tzinfo=dt.UTC)
_ROOT_FILE = "demonstration-root.pem"


@dataclass(frozen=True, slots=True)
class Credential:
    """A private key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def keys_folder() -> Path:
    """Return the folder of keys, readable by this user only."""
    folder = Path(settings.OPTIONS.home) / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return folder


def root() -> Credential:
    """Return the authority, made at first use."""
    return _read(keys_folder() / _ROOT_FILE) or _publish(keys_folder() / _ROOT_FILE, _new_root())


def unit_credential(unit: Unit) -> Credential:
    """Return the credential of a unit under its present name, made at first use."""
    marked = hashlib.sha256(f"{unit.code}\n{unit.name}".encode()).hexdigest()[:24]
    path = keys_folder() / f"unit-{marked}.pem"
    return _read(path) or _publish(path, _new_unit(unit, root()))


def _new_root() -> Credential:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("通办演示根证书", "通办演示（非国家统一电子印章系统）", "demonstration")
    certificate = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Credential(key, certificate)


def _new_unit(unit: Unit, authority: Credential) -> Credential:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name("演示印章，非国家统一电子印章", unit.name, unit.code)
    certificate = (
        _builder(subject, authority.certificate.subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return Credential(key, certificate)


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_TO)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str, organization: str, unit: str) -> x509.Name:
    """Return a name. The common name holds 64 bytes, too few for many units; the organization's holds 64 characters."""
    parts = [
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, organization[:64]),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit[:64]),
        (NameOID.COMMON_NAME, common),
    ]
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def _publish(path: Path, made: Credential) -> Credential:
    """Write a credential unless another process was faster; return the one that counts."""
    draft = path.with_name(f".{secrets.token_hex(8)}.part")
    text = made.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.certificate.public_bytes(serialization.Encoding.PEM)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return _read(path) or made
        return made
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> Credential | None:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    key = serialization.load_pem_private_key(text, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        msg = f"{path.name} holds a key of another kind"
        raise TypeError(msg)
    return Credential(key, x509.load_pem_x509_certificate(text))
