"""Issue the inspection's report as a sealed paper of the unit that inspects the group."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.affairs.disclosure.errors import DisclosureError
from tongban.affairs.disclosure.permissions import INSPECTION
from tongban.affairs.disclosure.queries.inspection import FindingRow
from tongban.affairs.disclosure.queries.report import (
    MOST,
    Report,
    Subject,
    first_seen_on,
    may_report,
    mended_on,
    office,
    report,
    shown,
)
from tongban.foundation.documents.actions import ensure_file, issue
from tongban.foundation.documents.models import IssuedDocument
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import NotAllowedError

TEMPLATE = "inspection-report"


@transaction.atomic
def issue_report(*, subject: Subject, by: Actor, at: dt.datetime) -> IssuedDocument:
    """Issue the report as of the last inspected day, sealed; the same content again is the same document.

    :raises NotAllowedError: if not everything in it lies in the actor's scope
    :raises DisclosureError: if nothing was inspected yet
    """
    if not may_report(by, subject):
        raise NotAllowedError(INSPECTION.code)
    found, unit = report(subject), office()
    if found is None or unit is None:
        raise DisclosureError(_("还没有检查过，没有可以报告的内容。"))
    data = paper_data(found)
    mark = hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:6].upper()
    document = issue(
        template=TEMPLATE,
        data=data,
        number=f"网站检查〔{found.day:%Y%m%d}〕{mark}",
        about=f"inspection:{subject.code}",
        unit=unit,
        sign=True,
        at=at,
        language=get_language() or "zh-hans",
    )
    ensure_file(document=document, at=at)
    return document


def paper_data(found: Report) -> dict[str, Any]:
    """Return what the paper says, in the language of the request."""
    subject, spec = found.subject, found.spec
    name = subject.title or _("网站群")
    data: dict[str, Any] = {
        "heading": _("%(name)s检查报告") % {"name": name},
        "day": found.day.isoformat(),
        "since": found.since.isoformat(),
        "source": spec.source,
        "base": str(spec.base),
        "least": str(spec.pass_from),
        "facts": [{"label": label, "value": str(value)} for label, value in facts(found)],
        "indicators": [
            {"code": one.code, "title": one.title, "open": str(one.open), "excused": str(one.excused), "mended": str(one.mended)}
            for one in found.indicators
        ],
        "open": [_open(row) for row in shown(found.open)],
        "mended": [_mended(row) for row in shown(found.mended)],
        "excused": [_excused(row) for row in shown(found.excused)],
        "sites": [
            {
                "place": str(row.rank), "name": str(row.site), "score": str(row.score),
                "verdict": _("合格") if row.passed else _("不合格"),
                "vetoes": _("、").join(row.vetoes) or "—", "findings": str(row.findings),
            }
            for row in found.sites
        ],
        "units": [
            {
                "place": str(line.place), "name": line.unit.title, "findings": str(line.findings), "old": str(line.old),
                "points": str(line.points), "mended": str(line.mended),
            }
            for line in found.units
        ],
        "days": [
            {
                "day": line.day.isoformat(), "mean": str(line.mean), "sites": str(line.sites), "failed": str(line.failed),
                "findings": str(line.findings),
            }
            for line in found.days
        ],
    }  # fmt: skip
    cut = max(len(found.open), len(found.mended), len(found.excused)) > MOST
    return data | {"cut": _("每张清单最多列 %(most)s 项，全部问题见系统。") % {"most": MOST} if cut else ""}


def facts(found: Report) -> list[tuple[str, str | int]]:
    """Return the report's figures for the whole, as labels and values."""
    failed = [row for row in found.sites if not row.passed]
    held: list[tuple[str, str | int]] = []
    if found.subject.site is not None and found.sites:
        row = found.sites[0]
        held = [
            (_("得分"), row.score),
            (_("在各站点中的名次"), row.rank),
            (_("结论"), _("合格") if row.passed else _("不合格")),
        ]
    elif found.subject.unit is None:
        mean = f"{found.days[0].mean}" if found.days else "—"
        held = [(_("检查的站点"), len(found.sites)), (_("不合格的站点"), len(failed)), (_("平均得分"), mean)]
    elif found.units:
        line = found.units[0]
        held = [(_("涉及扣分"), line.points), (_("扣分在各单位中的名次"), line.place)]
    return [
        *held,
        (_("待处理的问题"), len(found.open)),
        (_("已采纳说明的问题"), len(found.excused)),
        (_("近 30 天消除"), len(found.mended)),
    ]


def _open(row: FindingRow) -> dict[str, str]:
    held = {"title": row.title, "place": row.place, "text": row.text, "unit": row.finding.unit.title}
    return held | {"since": first_seen_on(row).isoformat(), "days": str(row.days)}


def _excused(row: FindingRow) -> dict[str, str]:
    return {"title": row.title, "place": row.place, "text": row.text, "excuse": row.finding.excuse}


def _mended(row: FindingRow) -> dict[str, str]:
    held = {"title": row.title, "place": row.place, "unit": row.finding.unit.title}
    return held | {"since": first_seen_on(row).isoformat(), "gone": mended_on(row).isoformat(), "days": str(row.days)}
