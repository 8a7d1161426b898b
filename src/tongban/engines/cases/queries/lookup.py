"""Progress by number and query code, for anyone who holds both."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from tongban.engines.cases.errors import LookupThrottled
from tongban.engines.cases.models import Case, LookupAttempt
from tongban.engines.cases.queries.codes import secret_fits
from tongban.engines.cases.queries.scope import SELECTED

WINDOW = dt.timedelta(minutes=15)
MOST_PER_NUMBER = 5
MOST_PER_CLIENT = 20


def by_number_and_secret(number: str, secret: str, *, at: dt.datetime, client: str = "") -> Case | None:
    """Return the case if number and code belong together; a failure is counted against number and client.

    :param client: who asks, as a digest of the address; empty counts only the number
    :raises LookupThrottled: after too many failures within a quarter of an hour
    """
    number, secret = number.strip(), secret.strip().upper()
    subjects = {f"number:{number[:18]}": MOST_PER_NUMBER}
    if client:
        subjects[f"client:{client[:64]}"] = MOST_PER_CLIENT
    recent = LookupAttempt.objects.filter(subject__in=subjects, at__gt=at - WINDOW).values_list("subject", flat=True)
    held = list(recent)
    if any(held.count(subject) >= most for subject, most in subjects.items()):
        raise LookupThrottled
    case = Case.objects.select_related(*SELECTED).filter(number=number).first()
    if case is not None and secret_fits(case, secret):
        return case
    LookupAttempt.objects.bulk_create([LookupAttempt(subject=subject, at=at) for subject in subjects])
    return None


def stale_attempts(at: dt.datetime) -> QuerySet[LookupAttempt]:
    """Return the failed look-ups that no longer count."""
    return LookupAttempt.objects.filter(at__lt=at - WINDOW)
