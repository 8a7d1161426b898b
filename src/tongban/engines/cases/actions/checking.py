"""Checks what an act refers to: people, units and files that must exist and fit."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Q
from django.utils.translation import gettext as _

from tongban.engines.cases.models import Case, CaseMaterial, Task
from tongban.engines.cases.registers import ActContext
from tongban.engines.cases.rules.state import Change
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Posting, Unit
from tongban.foundation.rows.statements import load

HEARING_NOTICE_DAYS = 7


def check_references(change: Change, task: Task | None, case: Case, *, on: dt.date) -> dict[str, str]:
    """Return the codes of what is wrong by field."""
    wrong: dict[str, str] = {}
    data = change.data
    units = list(data.get("units", ())) + ([data["unit"]] if "unit" in data else [])
    if units:
        held = Unit.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), pk__in=units)
        if held.count() != len(set(units)):
            wrong["units" if "units" in data else "unit"] = "no_such_unit"
    person = data.get("assignee")
    if person is not None and task is not None:
        unit = data.get("unit", task.unit_id)
        postings = Posting.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on), account=person, unit=unit, valid_from__lte=on
        )
        if task.role:
            postings = postings.filter(role=task.role)
        if not postings.exists():
            wrong["assignee"] = "not_posted"
    report = data.get("report")
    if report and not _has_file(report):
        wrong["report"] = "no_such_file"
    return wrong


def _has_file(key: str) -> bool:
    try:
        return StoredFile.objects.filter(pk=uuid.UUID(str(key))).exists()
    except ValueError:
        return False


def no_rejected_material(context: ActContext) -> str | None:
    """Refuse to go on while a material is marked as to be corrected."""
    rejected = load(
        CaseMaterial, "case_id = %s AND current AND state = %s", context.case.pk, CaseMaterial.State.REJECTED.value
    )
    names = [row.name for row in rejected[:5]]
    if not names:
        return None
    return _("还有材料须补正：%(names)s。请先一次性告知补正，或者重新核验。") % {"names": "、".join(names)}


def hearing_announced_in_time(context: ActContext) -> str | None:
    """Refuse a hearing called less than seven working days ahead (行政许可法 Art. 48 with Art. 82)."""
    held = context.data.get("held_on")
    if not held:
        return None
    calendar = calendar_for(context.case.unit.region_code)
    first = calendar.add_working_days(local_date(context.at), HEARING_NOTICE_DAYS)
    if dt.date.fromisoformat(held) >= first:
        return None
    return _("听证应当至少提前七个工作日通知，最早可以定在 %(day)s。") % {"day": first.isoformat()}
