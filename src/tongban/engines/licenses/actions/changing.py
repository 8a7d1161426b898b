"""Changes the standing of a license."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.engines.licenses.actions.recording import note
from tongban.engines.licenses.errors import LicenseRefusedError
from tongban.engines.licenses.models import License, LicenseEvent
from tongban.engines.licenses.registers import kept
from tongban.engines.licenses.rules import last_day, may, result
from tongban.engines.licenses.schema import LicenseTypeSpec
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import Actor, system_actor
from tongban.foundation.organizations.permissions import require

BATCH = 500
RENEWAL = "《中华人民共和国行政许可法》第五十条第二款"


def suspend(*, license_: License, reason: str, by: Actor, at: dt.datetime, basis: str = "") -> License:
    """Suspend a valid license; a reason is required."""
    return _move(license_, "suspend", LicenseEvent.Kind.SUSPENDED, by=by, at=at, reason=reason, basis=basis)


def resume(*, license_: License, reason: str, by: Actor, at: dt.datetime, basis: str = "") -> License:
    """Put a suspended license in force again; a reason is required."""
    return _move(license_, "resume", LicenseEvent.Kind.RESUMED, by=by, at=at, reason=reason, basis=basis)


def revoke(*, license_: License, reason: str, by: Actor, at: dt.datetime, basis: str = "") -> License:
    """Revoke a license for good; a reason is required."""
    return _move(license_, "revoke", LicenseEvent.Kind.REVOKED, by=by, at=at, reason=reason, basis=basis)


def cancel(*, license_: License, reason: str, by: Actor, at: dt.datetime, basis: str = "") -> License:
    """Cancel a license at its holder's wish or because the holder is gone; a reason is required."""
    return _move(license_, "cancel", LicenseEvent.Kind.CANCELLED, by=by, at=at, reason=reason, basis=basis)


def expire_due(*, at: dt.datetime) -> int:
    """Mark the licenses whose last day is over; return how many. Interrupted, it goes on the next time.

    One whose timely renewal is undecided is left alone: the law renews it (行政许可法 Art. 50).
    """
    by = system_actor("licenses.expire")
    due = License.objects.unscoped(reason="the nightly job minds all units").filter(
        status__in=[License.Status.VALID, License.Status.SUSPENDED], valid_to__lt=local_date(at)
    )
    done = last = 0
    while True:
        with transaction.atomic():
            rows = list(
                due.filter(pk__gt=last)
                .order_by("pk")
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("document")[:BATCH]
            )
            staying = kept([license_.pk for license_ in rows])
            for license_ in rows:
                if license_.pk not in staying:
                    license_.status = License.Status.EXPIRED
                    license_.save(update_fields=["status"])
                    note(license_, LicenseEvent.Kind.EXPIRED, by=by, at=at)
                    done += 1
        if len(rows) < BATCH:
            return done
        last = rows[-1].pk


def renew_by_law(*, license_: License, case_number: str, by: Actor, at: dt.datetime) -> License:
    """Let a license go on for another term because its timely renewal was undecided when it expired.

    The term runs from the day after the old last day. The paper of the new version is issued in the case.

    :raises LicenseRefusedError: if it was revoked or cancelled meanwhile
    :raises NotAllowedError: if the actor may not change licenses
    """
    require(by, "licenses.change", license_)
    with transaction.atomic():
        rows = License.objects.unscoped(reason="the law itself renews it")
        locked = rows.select_for_update(of=("self",)).select_related("document", "type").get(pk=license_.pk)
        if locked.status not in (License.Status.VALID, License.Status.SUSPENDED, License.Status.EXPIRED):
            raise LicenseRefusedError(
                _("证照目前的状态是“%(status)s”，不能这样办理。") % {"status": locked.get_status_display()}
            )
        years = LicenseTypeSpec.model_validate(locked.type.spec).validity.years
        before = locked.valid_to
        if before is None or not years:
            return locked
        locked.valid_to = last_day(before + dt.timedelta(days=1), years)
        if locked.status == License.Status.EXPIRED:
            locked.status = License.Status.VALID
        locked.save(update_fields=["status", "valid_to"])
        note(
            locked,
            LicenseEvent.Kind.RENEWED,
            by=by,
            at=at,
            reason=f"{case_number}：{before}→{locked.valid_to}",
            basis=RENEWAL,
        )
    return locked


def _move(
    license_: License, move: str, kind: LicenseEvent.Kind, *, by: Actor, at: dt.datetime, reason: str, basis: str
) -> License:
    """Change the status under a lock.

    :raises LicenseRefusedError: without a reason, or if the status does not allow it
    :raises NotAllowedError: if the actor may not
    """
    require(by, "licenses.change", license_)
    if not reason.strip():
        raise LicenseRefusedError(_("请写明理由。"))
    with transaction.atomic():
        rows = License.objects.unscoped(reason="the right to change this license was required before")
        locked = rows.select_for_update(of=("self",)).select_related("document").get(pk=license_.pk)
        if not may(move, locked.status):
            raise LicenseRefusedError(
                _("证照目前的状态是“%(status)s”，不能这样办理。") % {"status": locked.get_status_display()}
            )
        locked.status = License.Status(result(move))
        locked.save(update_fields=["status"])
        note(locked, kind, by=by, at=at, reason=reason.strip(), basis=basis.strip())
    license_.status = locked.status
    return locked
