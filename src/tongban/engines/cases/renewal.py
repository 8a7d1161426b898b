"""Renewal of a license: in time or too late, whom it belongs to, and where the new term begins (行政许可法 Art. 50)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext as _

from tongban.engines.cases.errors import ActionRefused
from tongban.engines.cases.models import Case, CaseClock
from tongban.engines.catalog.models import Implementation
from tongban.engines.licenses.models import License
from tongban.engines.licenses.rules import may
from tongban.foundation.clock.queries import calendar_for, rule
from tongban.foundation.clock.rules import Calendar, Limit, Unit

IN_TIME = "LIC-14"
"""The rule that says how many days before the expiry a renewal is to be applied for."""
DAY = dt.timedelta(days=1)


def last_timely_day(last: dt.date, *, limit: Limit, calendar: Calendar) -> dt.date:
    """Return the last day on which a renewal is in time, so long before the license's last day as the limit says."""
    if limit.unit is not Unit.WORKING_DAY:
        return last - limit.figure * DAY
    day, left = last, limit.figure
    while left > 0:
        day -= DAY
        left -= calendar.is_workday(day)
    return day


def limit_of(item: Implementation | None, *, on: dt.date, jurisdiction: str) -> Limit:
    """Return how long before its last day a license is to be renewed: the item's own rule, else the general one."""
    own = ((item.standard_item.renewal or {}) if item is not None else {}).get("in_time")
    if own:
        return Limit(int(own["figure"]), Unit(own["unit"]))
    return Limit(rule(IN_TIME, on=on, jurisdiction=jurisdiction).figure or 0, Unit.CALENDAR_DAY)


def timely_until(
    license_: License, applicant_digest: str, *, on: dt.date, jurisdiction: str, item: Implementation | None = None
) -> dt.date | None:
    """Return the last day of a license if its renewal is applied for in time, or None if the day is too late for that.

    A late application is taken too, but nothing is deemed if the license expires meanwhile.

    :raises ActionRefused: if the license is someone else's, or can no longer be renewed
    """
    if license_.holder_digest != applicant_digest:
        raise ActionRefused(_("这份证照不是申请人的，不能申请延续。"), code="renews_other")
    if not may("supersede", license_.status):
        raise ActionRefused(_("这份证照已经失效，不能申请延续，请重新申请。"), code="renews_void")
    if Case.objects.filter(renews=license_, closed_at__isnull=True).exists():
        raise ActionRefused(_("这份证照的延续申请正在办理，不用再次申请。"), code="renews_twice")
    if license_.valid_to is None:
        return None
    limit = limit_of(item, on=on, jurisdiction=jurisdiction)
    latest = last_timely_day(license_.valid_to, limit=limit, calendar=calendar_for(jurisdiction))
    return license_.valid_to if on <= latest else None


def new_term(case: Case) -> dt.date | None:
    """Return the first day of a renewed license: the day after the old one's last (市场监管总局令第16号 Art. 27)."""
    clock = CaseClock.objects.filter(case=case, kind=CaseClock.Kind.EXPIRY).first()
    last = clock.started_on if clock is not None else case.renews.valid_to if case.renews is not None else None
    return None if last is None else last + DAY


def being_renewed(keys: Collection[int]) -> set[int]:
    """Return which licenses have a renewal under way that was applied for in time: they do not just expire."""
    live = CaseClock.objects.filter(kind=CaseClock.Kind.EXPIRY, ended_on__isnull=True, case__renews__in=keys)
    return {int(key) for key in live.values_list("case__renews", flat=True) if key is not None}
