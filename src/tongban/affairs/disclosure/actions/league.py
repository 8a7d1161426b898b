"""The quarter's bulletin of submissions: published by the job once the quarter is over, or by the duty editor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tongban.affairs.disclosure import league_book
from tongban.affairs.disclosure.errors import DisclosureError
from tongban.affairs.disclosure.permissions import LEAGUE
from tongban.affairs.disclosure.queries.league import SERIES, Issuer, bounds, issuer_of, issuers, table
from tongban.affairs.disclosure.wording import section_words
from tongban.engines.indicators.actions import Issue, Paper, freeze, titled
from tongban.engines.indicators.models import Bulletin
from tongban.engines.indicators.rules import Period, PeriodKind, period_of
from tongban.engines.publishing.models import Submission
from tongban.foundation.clock.now import local_date
from tongban.foundation.documents.actions import preview
from tongban.foundation.documents.queries import current_template
from tongban.foundation.documents.schema import DocumentSpec
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import require

TITLE = {"zh": "政府网站信息报送采用情况通报", "en": "Bulletin of submissions to government websites"}
TEMPLATE = "submission-bulletin"
PAGE = "submission-bulletin"
PUBLISH_FROM = 3
"""The day of the month from which the job publishes the last quarter."""


def publish_quarter(*, period: Period, unit: Unit, by: Actor, at: dt.datetime, reason: str = "") -> Bulletin:
    """Publish a quarter's bulletin on the sites a unit runs; a further one for the same quarter is a correction.

    :param reason: why an earlier version is corrected
    :raises NotAllowedError: if the actor may not publish such bulletins
    :raises DisclosureError: if the unit is not the actor's or runs no site, or the period is no quarter
    :raises ScoreError: if the quarter is not over, or a correction gives no reason
    """
    require(by, LEAGUE.code)
    issuer = issuer_of(unit)
    if issuer is None or (not by.system and by.unit != unit):
        raise DisclosureError(_("只能由主管站点的单位发布本级站点的通报。"))
    if period.kind is not PeriodKind.QUARTER:
        raise DisclosureError(_("报送采用情况按季度通报，请选择季度。"))
    data = table(issuer, period)
    with translation.override("zh-hans"):
        book = league_book.make(data, title=titled(TITLE, period)["zh"])
    issued = Issue(
        code=SERIES,
        period=period,
        unit=unit,
        title=TITLE,
        data=data,
        workbook=book,
        paper=Paper(TEMPLATE, paper_data(data), "报送通报"),
        told={row["code"] for section in data["sections"] for row in section["rows"] if row["kind"] == "unit"},
        message=TEMPLATE,
        page=PAGE,
    )
    return freeze(issued, by=by, at=at, reason=reason)


def publish_due(*, by: Actor, at: dt.datetime, from_day: int = PUBLISH_FROM) -> list[Bulletin]:
    """Publish the last quarter of every unit that runs a site and has not published it; again it publishes nothing.

    :param from_day: the day of the month before which nothing is due
    """
    on = local_date(at)
    period = period_of(on, PeriodKind.QUARTER).before
    if on < (period.after.start + dt.timedelta(days=from_day - 1)):
        return []
    return [
        publish_quarter(period=period, unit=issuer.unit, by=by, at=at)
        for issuer in issuers()
        if _is_due(issuer, period)
    ]


def _is_due(issuer: Issuer, period: Period) -> bool:
    """Tell whether no bulletin speaks of a quarter yet, and submissions had begun by its end."""
    if Bulletin.objects.filter(code=SERIES, unit=issuer.unit, period=period.code).exists():
        return False
    _first, after = bounds(period)
    return Submission.objects.filter(column__site__in=issuer.sites, submitted_at__lt=after).exists()


def draft_paper(*, issuer: Issuer, period: Period, at: dt.datetime) -> bytes:
    """Return an unsealed PDF of the table as it stands, marked as a draft, in the reader's language."""
    data = table(issuer, period)
    spec = DocumentSpec.model_validate(current_template(TEMPLATE).spec)
    language = translation.get_language() or "zh-hans"
    short = "en" if language == "en" else "zh"
    heading = _("%(title)s（草稿）") % {"title": titled(TITLE, period)[short]}
    content = {**paper_data(data, short), "heading": heading, "correction": ""}
    name = issuer.unit.title
    return preview(spec=spec, data=content, number=_("草稿"), unit_name=name, at=at, language=language)


def paper_data(data: Mapping[str, Any], language: str = "zh") -> dict[str, Any]:
    """Return what the paper says: sums, and one table for each section."""
    totals = data["totals"]
    with translation.override("en" if language == "en" else "zh-hans"):
        labels = [
            (_("报送（条）"), totals["submitted"]),
            (_("采用（条）"), totals["accepted"]),
            (_("未采用（条）"), totals["declined"]),
            (_("退回修改（条）"), totals["returned"]),
            (pgettext("报送情况", "得分"), totals["points"]),
            (_("上季度得分"), totals["before"]),
            (_("列入通报的单位"), data["units"]),
            (_("没有报送的单位"), data["silent"]),
        ]
        sections = [(section["kind"], section["level"], section_words(section)) for section in data["sections"]]
        comma = _("、")
    found: dict[str, Any] = {
        "region": data["region"],
        "starts_on": data["from"],
        "ends_on": data["to"],
        "sites": comma.join(name.get(language) or name["zh"] for name in data["site_names"]),
        "facts": [{"label": label, "value": str(value)} for label, value in labels],
    }
    for section, (kind, level, title) in zip(data["sections"], sections, strict=True):
        name = f"{kind}_{level}" if level else kind
        found[f"{name}_title"] = title
        found[name] = [_paper_row(row, language) for row in section["rows"]]
    return found


def _paper_row(row: Mapping[str, Any], language: str) -> dict[str, str]:
    figures = ("place", "submitted", "accepted", "declined", "returned", "points", "before", "place_before")
    return {
        "name": row["name"].get(language) or row["name"]["zh"],
        **{name: "—" if row[name] is None else str(row[name]) for name in figures},
    }
