"""Renewal of a license: in time or too late, whom it belongs to, and where the new term begins (行政许可法 Art. 50)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext as _

from tongban.engines.cases.errors import ActionRefused
from tongban.engines.cases.models import Case, CaseClock
from tongban.engines.licenses.models import License
from tongban.engines.licenses.rules import may
from tongban.foundation.clock.queries import rule

IN_TIME = "LIC-14"
"""The rule that says how many days before the expiry a renewal is to be applied for."""
DAY = dt.timedelta(days=1)


def timely_until(license_: License, applicant_digest: str, *, on: dt.date, jurisdiction: str) -> dt.date | None:
    """Return the last day of a license if its renewal is applied for in time, or None if the day is too late for that.

    A late application is taken too, but nothing is deemed if the license expires meanwhile.

    :raises ActionRefused: if the license is someone else's, or can no longer be renewed
    """
    if license_.holder_digest != applicant_digest:
        raise ActionRefused(_("这份证照不是申请人的，不能申请延续。"), code="renews_other")
    if not may("supersede", license_.status):
        raise ActionRefused(_("这份证照已经失效，不能申请延续，请重新申请。"), code="renews_void")
    if license_.valid_to is None:
        return None
    days = rule(IN_TIME, on=on, jurisdiction=jurisdiction).figure or 0
    return license_.valid_to if on <= license_.valid_to - days * DAY else None


def new_term(case: Case) -> dt.date | None:
    """Return the first day of a renewed license: the day after the old one's last (市场监管总局令第16号 Art. 27)."""
    clock = CaseClock.objects.filter(case=case, kind=CaseClock.Kind.EXPIRY).first()
    last = clock.started_on if clock is not None else case.renews.valid_to if case.renews is not None else None
    return None if last is None else last + DAY


def being_renewed(keys: Collection[int]) -> set[int]:
    """Return which licenses have a renewal under way that was applied for in time: they do not just expire."""
    live = CaseClock.objects.filter(kind=CaseClock.Kind.EXPIRY, ended_on__isnull=True, case__renews__in=keys)
    return {int(key) for key in live.values_list("case__renews", flat=True) if key is not None}
