"""Bulletins (通报): a period's table frozen, as data, workbook and sealed paper, and handed to the heads of the units."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tongban.engines.indicators import rules, workbook
from tongban.engines.indicators.actions.entering import lock_ledger
from tongban.engines.indicators.addressing import link, recipient_of
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import Bulletin, BulletinDelivery, PointEntry, ScoreScheme, Standing
from tongban.engines.indicators.permissions import PUBLISH
from tongban.engines.indicators.queries import LeagueRow, grades_of, league, ledger, scheme_on, spec_of
from tongban.engines.indicators.rules import Period, PeriodKind
from tongban.foundation.accounts.models import Account
from tongban.foundation.audit.actions import record
from tongban.foundation.clock.now import local_date
from tongban.foundation.documents.actions import issue
from tongban.foundation.files.actions import store_generated
from tongban.foundation.messaging.actions import queue
from tongban.foundation.messaging.queries import current_template
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Level, Unit
from tongban.foundation.organizations.paths import under
from tongban.foundation.organizations.permissions import require
from tongban.foundation.organizations.queries import postings_in_force
from tongban.foundation.organizations.roles import Role

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
Words = Mapping[str, str]
"""A text in both languages, by ``zh`` and ``en``."""


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
    if period.kind is PeriodKind.HALF or local_date(at) <= period.end:
        raise ScoreError(_("只有已经结束的月、季、年可以发布通报。"))
    lock_ledger(code, period.start)
    earlier = Bulletin.objects.filter(code=code, unit=unit, period=period.code).order_by("-version").first()
    if earlier is not None and not reason.strip():
        raise ScoreError(_("这一期已经发布过。要更正，请写明更正原因。"), "reason")
    scheme = scheme_on(code, period.start)
    data = content(scheme, period, unit, extras)
    if not any(level["rows"] for level in data["levels"]):
        raise ScoreError(_("这一期还没有得分，请先计分。"))
    title = {each: _title(extras.title[each], period, each) for each in LANGUAGES}
    version = earlier.version + 1 if earlier else 1
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    name = f"{title['zh']}-v{version}.xlsx"
    with translation.override("zh-hans"):
        book = workbook.make(data, title=title["zh"], language="zh-hans")
    bulletin = Bulletin.objects.create(
        scheme=scheme,
        code=code,
        kind=period.kind.value,
        starts_on=period.start,
        period=period.code,
        unit=unit,
        version=version,
        title=title,
        reason=reason.strip(),
        data=data,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        workbook=store_generated(content=book, name=name, content_type=XLSX, at=at),
        document=_paper(data, title["zh"], period, unit, version, reason.strip(), at=at),
        published_at=at,
        published_by=by.name,
    )
    record(
        stream=f"bulletins:{code}",
        kind="bulletin.published",
        actor=by.key,
        at=at,
        data={"unit": unit.code, "period": period.code, "version": version, "sha256": bulletin.sha256},
    )
    _deliver(bulletin, at=at)
    return bulletin


def note_read(*, bulletin: Bulletin, account: Account, at: dt.datetime) -> None:
    """Note that someone whom a bulletin was handed to has opened it; the first time counts."""
    BulletinDelivery.objects.filter(bulletin=bulletin, account=account, read_at__isnull=True).update(read_at=at)


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


def _title(lead: str, period: Period, language: str) -> str:
    """Return the title with its period: ``…（2026年10月）``."""
    with translation.override(LANGUAGES[language]):
        return _("%(lead)s（%(period)s）") % {"lead": lead, "period": period_name(period)}


def period_name(period: Period) -> str:
    """Return a period in the words of the present language."""
    year = period.start.year
    number = (period.start.month - 1) // rules.LENGTH[period.kind] + 1
    if period.kind is PeriodKind.MONTH:
        return date_format(period.start, _("Y年n月"))
    if period.kind is PeriodKind.QUARTER:
        return _("%(year)s年第%(number)s季度") % {"year": year, "number": number}
    if period.kind is PeriodKind.HALF:
        return (_("%(year)s年上半年") if number == 1 else _("%(year)s年下半年")) % {"year": year}
    return _("%(year)s年") % {"year": year}


def _paper(
    data: Mapping[str, Any], title: str, period: Period, unit: Unit, version: int, reason: str, *, at: dt.datetime
) -> Any:
    """Issue the sealed paper, in Chinese."""
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
    return issue(
        template="score-bulletin",
        data={
            "heading": title,
            "region": data["region"],
            "starts_on": data["from"],
            "ends_on": data["to"],
            "scheme": f"{scheme['title']['zh']}（第 {scheme['version']} 版）",
            "facts": facts,
            "units": units,
            "correction": reason,
        },
        number=f"效能通报〔{period.code}〕第{version}版",
        about=f"bulletin:{scheme['code']}:{unit.code}",
        unit=unit,
        sign=True,
        at=at,
        render="job",
    )


# -- delivery ----------------------------------------------------------------------------------------------------------


def _deliver(bulletin: Bulletin, *, at: dt.datetime) -> None:
    """Hand the bulletin to the heads of the units in it: on their desk, and by message where they can be reached."""
    named = {row["code"] for level in bulletin.data["levels"] for row in level["rows"]}
    on = local_date(at)
    posts = postings_in_force(on=on).filter(
        role=Role.UNIT_HEAD, unit__code__in=named, valid_from__lte=on, account__is_active=True
    )
    rows = list(posts.select_related("account__identity", "unit").order_by("unit__code", "pk"))
    BulletinDelivery.objects.bulk_create(
        [BulletinDelivery(bulletin=bulletin, unit=post.unit, account=post.account, delivered_at=at) for post in rows],
        ignore_conflicts=True,
        batch_size=500,
    )
    texts = current_template("score-bulletin")
    for post in rows:
        queue(
            template=texts,
            to=recipient_of(post.account),
            params={"title": bulletin.title["zh"], "unit": post.unit.name, "link": link("bulletin", str(bulletin.pk))},
            about=f"bulletin:{bulletin.pk}",
            key=f"bulletin:{bulletin.pk}:{post.unit.code}:{post.account.pk}",
            at=at,
        )
