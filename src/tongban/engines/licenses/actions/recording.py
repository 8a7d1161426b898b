"""Writes down what happened to a license, on its own list and in the audit chain."""

from __future__ import annotations

import datetime as dt

from tongban.engines.licenses.models import License, LicenseEvent
from tongban.foundation.audit.actions import append
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.rows.statements import write


def note(
    license_: License, kind: LicenseEvent.Kind, *, by: Actor, at: dt.datetime, reason: str = "", basis: str = ""
) -> LicenseEvent:
    """Append an event and its audit record in the present transaction."""
    append(
        stream=f"license:{license_.identifier}",
        kind=f"license.{kind.value}",
        actor=by.key,
        at=at,
        data={
            "identifier": license_.identifier,
            "number": license_.number,
            "status": license_.status,
            "holder_digest": license_.holder_digest,
            "case_number": license_.case_number,
            "valid_from": license_.valid_from.isoformat(),
            "valid_to": license_.valid_to.isoformat() if license_.valid_to else "",
            "document": license_.document.content_sha256 if license_.document else "",
        },
    )
    event = LicenseEvent(
        license=license_, kind=kind, at=at, actor_key=by.key, actor_name=by.name, reason=reason, basis=basis
    )
    write([event])
    return event
