"""Gives cases filed at the counter to the account that is later verified with the same certificate number."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongban.engines.cases.models import Case
from tongban.foundation.accounts.models import Identity
from tongban.foundation.audit.actions import record


def adopt(identity: Identity, at: dt.datetime) -> None:
    """Make a verified person or firm the applicant of the cases that were filed for them without an account."""
    rows = Case.objects.filter(applicant__isnull=True, applicant_digest=identity.number_digest)
    if not identity.is_verified or not identity.number_digest:
        return
    with transaction.atomic():
        for case in rows.select_for_update(of=("self",)).only("pk", "number"):
            Case.objects.filter(pk=case.pk).update(applicant=identity.account_id)
            record(
                stream=f"case:{case.number}",
                kind="case.applicant_known",
                actor=f"account:{identity.account_id}",
                at=at,
                data={"account": identity.account_id, "verified_by": identity.verified_by},
            )
