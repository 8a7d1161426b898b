"""Bulletins of scores: the league table of a period with the ledger behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from tongban.engines.indicators import workbook
from tongban.engines.indicators.actions.bulletins import (
    LANGUAGES,
    Issue,
    Paper,
    Words,
    check_publishable,
    freeze,
    titled,
)
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import Bulletin, PointEntry, ScoreScheme, Standing
from tongban.engines.indicators.permissions import PUBLISH
from tongban.engines.indicators.queries import LeagueRow, grades_of, league, ledger, scheme_on, spec_of
from tongban.engines.indicators.rules import Period
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Level, Unit
from tongban.foundation.organizations.paths import under
from tongban.foundation.organizations.permissions import require


@dataclass(frozen=True, slots=True)
class Column:
    """A figure that an affair adds to each unit's line, such as the on-time rate."""

    code: str
    title: Words
    values: Mapping[int, str | int]
    """By the unit's key."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What an affair adds to a bulletin: columns, and figures for the whole period (label in both languages, value)."""

    title: Words
    columns: Sequence[Column] = ()
    totals: Sequence[tuple[Words, str]] = field(default_factory=tuple)


@transaction.atomic
def publish(
    *, code: str, period: Period, unit: Unit, extras: Extras, by: Actor, at: dt.datetime, reason: str = ""
) -> Bulletin:
    """Publish the table of a period over the region of a unit; a further one for the same period is a correction.

    :param unit: who issues and seals it
    :param reason: why an earlier version is corrected
    :raises NotAllowedError: if the actor may not publish for the unit
    :raises ScoreError: if the period is not over or has no scores, or a correction gives no reason
    """
    require(by, PUBLISH.code)
    if not by.system and by.unit != unit:
        raise ScoreError(_("只能以本单位的名义发布通报。"))
    check_publishable(code=code, period=period, unit=unit, reason=reason, at=at)
    scheme = scheme_on(code, period.start)
    data = content(scheme, period, unit, extras)
    rows = [row for level in data["levels"] for row in level["rows"]]
    if not rows:
        raise ScoreError(_("这一期还没有得分，请先计分。"))
    with translation.override("zh-hans"):
        book = workbook.make(data, title=titled(extras.title, period)["zh"], language="zh-hans")
    issued = Issue(
        code=code,
        period=period,
        unit=unit,
        title=extras.title,
        data=data,
        workbook=book,
        paper=Paper("score-bulletin", _paper(data), "效能通报"),
        told={row["code"] for row in rows},
        message="score-bulletin",
        scheme=scheme,
    )
    return freeze(issued, by=by, at=at, reason=reason)


# -- content -----------------------------------------------------------------------------------------------------------


def content(scheme: ScoreScheme, period: Period, unit: Unit, extras: Extras) -> dict[str, Any]:
    """Return what a bulletin freezes: units by level, the ledger behind them, figures of the period. No persons."""
    spec = spec_of(scheme)
    region = unit.region
    inside = Standing.objects.filter(under("unit__region_path", region.path), code=scheme.code, account__isnull=True)
    levels = []
    rows: list[LeagueRow] = []
    for level in Level:
        table = league(inside.filter(level=level), period, code=scheme.code)
        rows += table
        lines = [_line(row, extras) for row in table]
        levels.append({"level": level.value, "title": _both_labels(level), "rows": lines})
    return {
        "period": period.code,
        "kind": period.kind.value,
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "issuer": unit.name,
        "region": region.name,
        "scheme": {
            "code": spec.code,
            "version": spec.version,
            "title": spec.title.model_dump(),
            "source": spec.source.model_dump(),
        },
        "columns": [{"code": each.code, "title": dict(each.title)} for each in extras.columns],
        "totals": [{"label": dict(label), "value": value} for label, value in extras.totals],
        "grades": [
            {"code": each.code, "title": each.title.model_dump(), "count": count}
            for each, count in grades_of(spec, rows)
        ],
        "levels": [level for level in levels if level["rows"]],
        "entries": _entries(scheme.code, period, region.path),
    }


def _line(row: LeagueRow, extras: Extras) -> dict[str, Any]:
    return {
        "place": row.place,
        "code": row.unit.code,
        "name": row.unit.name,
        "region": row.unit.region.name,
        "total": str(row.total),
        "grade": row.grade.title.model_dump(),
        "deducted": str(row.deducted),
        "bonus": str(row.bonus),
        "volume": row.volume,
        "before": "" if row.before is None else str(row.before),
        "extra": {each.code: each.values.get(row.unit.pk, "") for each in extras.columns},
    }


def _entries(code: str, period: Period, path: str) -> list[dict[str, Any]]:
    rows = ledger.in_months(PointEntry.objects.filter(scheme__code=code), period.months)
    rows = ledger.with_words(rows.filter(under("unit__region_path", path))).order_by("unit__code", "day", "pk")
    found = []
    for entry in rows:
        spec = spec_of(entry.scheme)
        rule = spec.rule(entry.rule)
        words = rule.reason.model_dump()
        found.append(
            {
                "day": entry.day.isoformat(),
                "unit": entry.unit.name,
                "part": spec.part(entry.part).title.model_dump(),
                "rule": rule.title.model_dump(),
                "reason": {each: ledger.reason(entry, words, language=each) for each in LANGUAGES},
                "points": str(entry.points),
                "about": entry.about,
                "matter": entry.matter,
                "taken_back": entry.reverses_id is None and hasattr(entry, "reversed_by"),
                "counter": entry.reverses_id is not None,
            }
        )
    return found


def _both_labels(level: Level) -> dict[str, str]:
    found = {}
    for each, language in LANGUAGES.items():
        with translation.override(language):
            found[each] = str(level.label)
    return found


def _paper(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the sealed paper says, in Chinese."""
    units = [
        {
            "level": level["title"]["zh"],
            "place": str(row["place"]),
            "name": row["name"],
            "total": row["total"],
            "grade": row["grade"]["zh"],
            "deducted": row["deducted"],
            "bonus": row["bonus"],
            "volume": str(row["volume"]),
            "before": row["before"],
            "rate": str(row["extra"].get("on_time", "")),
        }
        for level in data["levels"]
        for row in level["rows"]
    ]
    facts = [{"label": each["label"]["zh"], "value": each["value"]} for each in data["totals"]]
    facts += [{"label": each["title"]["zh"], "value": f"{each['count']} 个单位"} for each in data["grades"]]
    scheme = data["scheme"]
    return {
        "region": data["region"],
        "starts_on": data["from"],
        "ends_on": data["to"],
        "scheme": f"{scheme['title']['zh']}（第 {scheme['version']} 版）",
        "facts": facts,
        "units": units,
    }
