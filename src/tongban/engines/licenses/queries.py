"""Reads licenses: by identifier, by holder, for reuse, and for anyone who verifies one."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import pgettext
from psycopg.types.numeric import Int8

from tongban.engines.licenses.models import HolderKind, License, LicenseType
from tongban.engines.licenses.rules import masked, standing
from tongban.engines.licenses.schema import LicenseTypeSpec
from tongban.foundation.clock.now import local_date
from tongban.foundation.documents.queries import by_checksum
from tongban.foundation.documents.verify import Integrity, Verdict, check_pdf
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.stamps import declare_table, stamp
from tongban.foundation.rows.statements import load
from tongban.foundation.text.identifiers import IdentifierError, license_identifier

_ABOUT = "license:"


@dataclass(frozen=True, slots=True)
class VerifiedLicense:
    """What anyone may see of a license. ``in_force`` is the answer; ``status_text`` says it in words."""

    identifier: str
    number: str
    type_name: str
    holder: str
    unit_name: str
    issued_on: dt.date
    valid_from: dt.date
    valid_to: dt.date | None
    version: int
    status: str
    status_text: str
    in_force: bool
    facts: tuple[tuple[str, str], ...]
    replaced_by: str
    changes: tuple[tuple[dt.date, str, str], ...]


class FileState(enum.StrEnum):
    """What can be said about a file that someone brings."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What was found about a file: its state, the seal's verdict, and the license as the register has it now."""

    state: FileState
    seal: Verdict
    license: VerifiedLicense | None


TYPES = "licenses.types"
declare_table(TYPES, "licenses_licensetype")

_held: dict[str, tuple[LicenseType, LicenseTypeSpec]] = {}
_held_at: str | None = None


def type_of(code: str) -> tuple[LicenseType, LicenseTypeSpec] | None:
    """Return a license type and its declaration by its short or 21-character code.

    They are kept in the process until any type changes: only for reading.
    """
    global _held, _held_at  # noqa: PLW0603 - what the process keeps
    now = stamp(TYPES)
    if _held_at != now:
        pairs = [(kind, LicenseTypeSpec.model_validate(kind.spec)) for kind in LicenseType.objects.all()]
        _held = {kind.type_code: (kind, spec) for kind, spec in pairs} | {
            kind.code: (kind, spec) for kind, spec in pairs
        }
        _held_at = now
    return _held.get(code)


def type_spec(code: str) -> LicenseTypeSpec | None:
    """Return the declaration of a license type by its short or 21-character code."""
    found = type_of(code)
    return found[1] if found else None


def by_identifier(identifier: str) -> License | None:
    """Return a license by its identifier; spaces, full-width characters and letter case do not matter."""
    wanted = _canonical(identifier)
    return _full("anyone may verify a license by its identifier").filter(identifier=wanted).first() if wanted else None


def mistyped(identifier: str) -> bool:
    """Tell whether a text looks like an identifier whose check character is wrong: copied with a mistake, or invented."""
    wanted = _canonical(identifier)
    if not wanted.startswith(license_identifier.ROOT):
        return False
    try:
        license_identifier.check(wanted)
    except IdentifierError:
        return True
    return False


def by_number(number: str) -> License | None:
    """Return the newest version of the license with a number on its face."""
    wanted = number.strip()
    return (
        _full("anyone may verify a license by its number")
        .filter(number=wanted)
        .order_by("-version", "-issued_at")
        .first()
        if wanted
        else None
    )


def held_by(digest: str) -> QuerySet[License]:
    """Return all licenses of a holder, newest first, superseded versions left out."""
    return (
        _full("the holder asks for their own licenses")
        .filter(holder_digest=digest)
        .exclude(status=License.Status.SUPERSEDED)
        if digest
        else License.objects.none()
    )


_IN_FORCE = (
    "holder_digest = %s AND type_id = ANY(%s) AND status = %s AND valid_from <= %s "
    "AND (valid_to IS NULL OR valid_to >= %s)"
)
_ISSUED = "type_id = %s AND case_number = %s AND holder_digest = %s"
_FACE = ("content", "holder_name", "holder_number")


def reusable(digest: str, type_codes: Sequence[str], on: dt.date) -> list[License]:
    """Return the holder's licenses in force on a day that can stand for a material, of the types named, newest first.

    :param type_codes: codes of license types, short or 21 characters
    """
    if not digest or not type_codes:
        return []
    held = [found for code in type_codes if (found := type_of(code)) is not None]
    kinds = {kind.pk: kind for kind, _spec in held}
    wanted = [Int8(kind.pk) for kind, _spec in held if kind.spec.get("reusable")]
    if not wanted:
        return []
    rows = load(License, _IN_FORCE, digest, wanted, License.Status.VALID.value, on, on, without=_FACE)
    for row in rows:
        row.type = kinds[row.type_id]
    return sorted(rows, key=lambda each: each.issued_at, reverse=True)


def issued_for(kind: LicenseType, case_number: str, holder_digest: str) -> License | None:
    """Return the license of a type that a case already gave a holder."""
    rows = load(License, _ISSUED, Int8(kind.pk), case_number, holder_digest)
    return rows[0] if rows else None


def issued_in_case(case_number: str) -> QuerySet[License]:
    """Return the licenses issued in a case."""
    return (
        _full("whoever may see the case sees its licenses").filter(case_number=case_number).order_by("issued_at")
        if case_number
        else License.objects.none()
    )


def verification(identifier: str, *, on: dt.date) -> VerifiedLicense | None:
    """Return what anyone may see of a license, or nothing if there is none of this identifier or number.

    :param on: the day for which its standing is told, normally today
    """
    found = by_identifier(identifier) or by_number(identifier)
    return public_view(found, on=on) if found else None


def public_view(license_: License, *, on: dt.date) -> VerifiedLicense:
    """Return what anyone may see of a license: persons' names masked, public fields only."""
    spec = LicenseTypeSpec.model_validate(license_.type.spec)
    person = license_.holder_kind == HolderKind.PERSON
    stands = standing(
        license_.status,
        valid_from=license_.valid_from,
        valid_to=license_.valid_to,
        on=on,
    )
    data = license_.data
    return VerifiedLicense(
        identifier=license_.identifier,
        number=license_.number,
        type_name=localized(license_.type.name),
        holder=masked(license_.holder_name, person=person or spec.mask_holder),
        unit_name=license_.unit.title,
        issued_on=local_date(license_.issued_at),
        valid_from=license_.valid_from,
        valid_to=license_.valid_to,
        version=license_.version,
        status=stands.status,
        status_text=status_text(stands.status),
        in_force=stands.in_force,
        facts=tuple((str(f.label), data[f.name]) for f in spec.fields if f.public and f.name in data),
        replaced_by=license_.successor.identifier if license_.successor else "",
        changes=tuple(
            (local_date(event.at), event.get_kind_display(), event.reason) for event in license_.events.all()
        ),
    )


def verify_file(data: bytes, *, on: dt.date) -> FileVerdict:
    """Tell whether a PDF is a license of this register, unchanged, and how the license stands now.

    Genuine is only the very file of the register, or one with an intact seal of this installation that names a
    registered license with the same content.
    """
    known = by_checksum(hashlib.sha256(data).hexdigest())
    seal = check_pdf(data)
    license_ = _named(seal) if known is None else _about(known.about)
    view = public_view(license_, on=on) if license_ else None
    if license_ is not None and (known is not None or (seal.trusted and _same_content(license_, seal))):
        return FileVerdict(FileState.GENUINE, seal, view)
    if seal.integrity is Integrity.UNREADABLE:
        return FileVerdict(FileState.UNREADABLE, seal, None)
    if license_ is not None:
        return FileVerdict(FileState.ALTERED, seal, view)
    return FileVerdict(FileState.UNKNOWN, seal, None)


def status_text(status: str) -> str:
    """Return a standing in words."""
    if status == "not_yet":
        return pgettext("license", "尚未生效")
    return str(License.Status(status).label)


def _canonical(identifier: str) -> str:
    """Return an identifier as the register writes it."""
    plain = unicodedata.normalize("NFKC", identifier).replace("\u200b", "").replace("。", ".")
    return "".join(plain.split()).upper()


def _named(seal: Verdict) -> License | None:
    """Return the license that a file names in its keywords."""
    for word in seal.keywords:
        if word.startswith(_ABOUT):
            return by_identifier(word.removeprefix(_ABOUT))
    return None


def _about(about: str) -> License | None:
    return by_identifier(about.removeprefix(_ABOUT)) if about.startswith(_ABOUT) else None


def _same_content(license_: License, seal: Verdict) -> bool:
    return license_.document is not None and f"sha256:{license_.document.content_sha256}" in seal.keywords


def _full(reason: str) -> QuerySet[License]:
    return (
        License.objects.unscoped(reason=reason)
        .select_related("type", "unit", "document", "document__file", "successor")
        .prefetch_related("events")
    )
