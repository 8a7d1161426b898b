"""Issues a license: number, identifier, row, document and record in one transaction."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.numeric import Int8

from tongban.engines.licenses.actions.recording import note
from tongban.engines.licenses.errors import LicenseRefusedError
from tongban.engines.licenses.models import HolderKind, License, LicenseEvent, LicenseType
from tongban.engines.licenses.queries import issued_for, type_of
from tongban.engines.licenses.rules import last_day, masked_number, may
from tongban.engines.licenses.schema import LicenseTypeSpec
from tongban.foundation.accounts.fields import digest
from tongban.foundation.clock.now import local_date
from tongban.foundation.documents import actions as documents
from tongban.foundation.documents.models import IssuedDocument
from tongban.foundation.documents.rules import official_date
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import NotAllowedError, require, scopes
from tongban.foundation.organizations.roles import Scope
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.running import ask
from tongban.foundation.rows.statements import insert
from tongban.foundation.text.identifiers import license_identifier

_ISSUING = "the right to issue for the unit was required before"
_NEXT = """
INSERT INTO licenses_licensecounter (type_id, issuer_code, year, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (type_id, issuer_code, year) DO UPDATE SET last = licenses_licensecounter.last + 1 RETURNING last
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who gets the license: name, number (citizen number or unified social credit code) and ``person`` or
    ``organization``.
    """

    name: str
    number: str
    kind: str


def issue_license(
    *,
    type_code: str,
    unit: Unit,
    holder: Holder,
    data: Mapping[str, Any],
    case_number: str,
    by: Actor,
    at: dt.datetime,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    replaces: License | None = None,
    language: str = "zh-hans",
) -> License:
    """Issue a license; for the same case, type and holder it returns the first one.

    :param type_code: the type's code in the pack (its 21-character code is accepted too)
    :param data: the values of the type's fields
    :param valid_from: first day; the day of issue if not given
    :param valid_to: last day; computed from the type's years if not given, none for long-term licenses
    :param replaces: the version this one renews: same serial, version + 1, the old one becomes superseded
    :raises LicenseRefusedError: if the unit has no credit code, or holder or data do not fit the type
    :raises NotAllowedError: if the actor may not issue for this unit
    """
    _require_unit(by, unit)
    kind, spec = _type(type_code)
    values = {name: str(value) for name, value in data.items() if value not in (None, "")}
    _check(spec, unit, holder, values)
    holder_digest = digest(holder.number)
    with transaction.atomic():
        known = _already(kind, case_number, holder_digest)
        if known is not None:
            return known
        start = valid_from or local_date(at)
        number, serial, version = _numbering(kind, spec, unit, replaces, year=local_date(at).year)
        # Numbering locked the counter or the old license: whoever issued in the meantime for the same case is seen now.
        known = _already(kind, case_number, holder_digest)
        if known is not None:
            return known
        license_ = License(
            identifier=license_identifier.make(kind.type_code, unit.credit_code, serial, f"{version:03d}"),
            number=number,
            type=kind,
            issuer_code=unit.credit_code,
            serial=serial,
            version=version,
            holder_kind=holder.kind,
            holder_name=holder.name,
            holder_number=holder.number,
            holder_digest=holder_digest,
            content=json.dumps(values, ensure_ascii=False, sort_keys=True),
            unit=unit,
            region_path=unit.region_path,
            case_number=case_number,
            issued_at=at,
            valid_from=start,
            valid_to=valid_to or (last_day(start, spec.validity.years) if spec.validity.years else None),
        )
        license_.document = _document(license_, spec, language=language)
        insert([license_])
        note(license_, LicenseEvent.Kind.ISSUED, by=by, at=at)
        if replaces is not None:
            _supersede(replaces, license_, by=by, at=at)
    return license_


def ensure_file(*, license_: License, at: dt.datetime) -> StoredFile:
    """Return the license's sealed PDF, made at first use."""
    if license_.document is None:
        raise LicenseRefusedError(_("这份证照没有电子文件。"))
    return documents.ensure_file(document=license_.document, at=at)


def verification_url(identifier: str) -> str:
    """Return the public address at which a license can be verified; this is what its QR code says."""
    return f"{settings.BASE_URL}/verify/{identifier}/"


def _require_unit(by: Actor, unit: Unit) -> None:
    """Let pass who may issue for this unit: the unit's own officials and the system."""
    require(by, "licenses.issue")
    if Scope.ANY not in scopes(by, "licenses.issue") and (by.unit is None or by.unit.pk != unit.pk):
        raise NotAllowedError("licenses.issue")


def _type(code: str) -> tuple[LicenseType, LicenseTypeSpec]:
    found = type_of(code)
    if found is None:
        raise LicenseRefusedError(_("没有声明证照类型“%(code)s”，请在数据包中补上。") % {"code": code})
    return found


def _check(spec: LicenseTypeSpec, unit: Unit, holder: Holder, values: Mapping[str, str]) -> None:
    if not unit.credit_code:
        raise LicenseRefusedError(
            _("%(unit)s没有登记统一社会信用代码，不能颁发电子证照；请先补登。") % {"unit": unit.name}
        )
    if holder.kind not in spec.holders or not holder.name or not holder.number:
        raise LicenseRefusedError(_("持证人的类别、名称或证件号码不符合这种证照的要求。"))
    missing = [str(field.label) for field in spec.fields if not field.optional and field.name not in values]
    if missing:
        raise LicenseRefusedError(_("缺少证照照面信息：%(fields)s。") % {"fields": "、".join(missing)})
    unknown = set(values) - {field.name for field in spec.fields}
    if unknown:
        raise LicenseRefusedError(_("证照类型没有这些字段：%(fields)s。") % {"fields": "、".join(sorted(unknown))})


def _already(kind: LicenseType, case_number: str, holder_digest: str) -> License | None:
    return issued_for(kind, case_number, holder_digest) if case_number else None


def _numbering(
    kind: LicenseType, spec: LicenseTypeSpec, unit: Unit, replaces: License | None, *, year: int
) -> tuple[str, str, int]:
    """Return number, serial and version; a renewal keeps number and serial."""
    if replaces is not None:
        replaces = License.objects.unscoped(reason=_ISSUING).select_for_update(of=("self",)).get(pk=replaces.pk)
        same = replaces.type_id == kind.pk and replaces.issuer_code == unit.credit_code
        if not same or not may("supersede", replaces.status):
            raise LicenseRefusedError(_("原证照不是本机关颁发的同种证照，或者已经失效，不能换发。"))
        return replaces.number, replaces.serial, replaces.version + 1
    ((serial,),) = ask(_NEXT, Int8(kind.pk), unit.credit_code, year)
    region = unit.region_code[:6]
    return spec.make_number(region=region, year=year, serial=serial), f"{year}{serial:07d}", 1


def _supersede(old: License, new: License, *, by: Actor, at: dt.datetime) -> None:
    License.objects.unscoped(reason=_ISSUING).filter(pk=old.pk).update(status=License.Status.SUPERSEDED, successor=new)
    old.status, old.successor = License.Status.SUPERSEDED, new
    note(old, LicenseEvent.Kind.SUPERSEDED, by=by, at=at, reason=new.identifier)


def _document(license_: License, spec: LicenseTypeSpec, *, language: str) -> IssuedDocument:
    """Issue the license's face; its PDF is made when it is first needed."""
    english = language.startswith("en")
    rows = [
        {"label": localized(field.label, language=language), "value": license_.data[field.name]}
        for field in spec.fields
        if field.name in license_.data
    ]
    until = official_date(license_.valid_to, language) if license_.valid_to else ("long-term" if english else "长期")
    start = official_date(license_.valid_from, language)
    return documents.issue(
        template=spec.document,
        data={
            "license_name": localized(spec.name, language=language),
            "holder": license_.holder_name,
            "holder_number": masked_number(license_.holder_number, person=license_.holder_kind == HolderKind.PERSON),
            "facts": rows,
            "validity": f"{start} to {until}" if english else f"{start}至{until}",
            "identifier": license_.identifier,
            "verify_url": verification_url(license_.identifier),
        },
        number=license_.number,
        about=f"license:{license_.identifier}",
        unit=license_.unit,
        sign=True,
        at=license_.issued_at,
        language=language,
    )
