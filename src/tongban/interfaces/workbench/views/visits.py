"""How often the sites are read: trend, columns, pages, sites, beside the period before; all of it to download."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.engines.publishing.permissions import VISITS
from tongban.engines.publishing.queries import visits as queries
from tongban.engines.publishing.rules.visiting import DayVisits, Period, Step, added_up, change, share
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.workbench.charts import Chart, Series
from tongban.interfaces.workbench.tables import FORMATS, MOST, Row, table

SHOWN = 10
PERIODS = {"7": 7, "30": 30, "90": 90, "365": 365}
STEPS = {"7": Step.DAY, "30": Step.DAY, "90": Step.WEEK, "365": Step.MONTH}


def _period_titles() -> dict[str, str]:
    return {"7": _("近 7 天"), "30": _("近 30 天"), "90": _("近 90 天"), "365": _("近 365 天")}


def _step_titles() -> dict[str, str]:
    return {Step.DAY: _("按日"), Step.WEEK: _("按周"), Step.MONTH: _("按月")}


@dataclass(frozen=True, slots=True)
class Rated:
    """A line of a table: what it names, its views, those of the former period, its share of all."""

    title: str
    beside: str
    url: str
    people: int
    robots: int
    before: int
    share: float

    @property
    def change(self) -> float | None:
        """Return by how many percent it differs from the former period."""
        return change(self.people, self.before)


class Screen:
    """What one reader sees of one choice of site, period and step."""

    def __init__(self, request: ActorRequest) -> None:
        """Take the choice from the address.

        :raises Http404: for a site the reader may not see
        """
        self.all = queries.reach(request.actor)
        code = request.GET.get("site", "")
        self.site = next((site for site in self.all.sites if site.code == code), None)
        if code and self.site is None:
            raise Http404
        if self.site is None and len(self.all.sites) == 1:
            self.site = self.all.sites[0]
        self.held = self.all.at(self.site)
        self.code = request.GET.get("period", "") if request.GET.get("period") in PERIODS else "30"
        wanted = request.GET.get("by", "")
        self.step = Step(wanted) if wanted in list(Step) else STEPS[self.code]
        today = local_date(now())
        self.period = Period(today - dt.timedelta(days=PERIODS[self.code] - 1), today)

    @cached_property
    def days(self) -> list[DayVisits]:
        """Return the days of the period."""
        return queries.visits_of_days(self.held, since=self.period.since, until=self.period.until)

    @cached_property
    def days_before(self) -> list[DayVisits]:
        """Return the days of the period before."""
        before = self.period.before
        return queries.visits_of_days(self.held, since=before.since, until=before.until)

    @property
    def people(self) -> int:
        """Return all views by people."""
        return sum(each.people for each in self.days)

    @property
    def people_before(self) -> int:
        """Return all views by people in the period before."""
        return sum(each.people for each in self.days_before)

    @property
    def robots(self) -> int:
        """Return all views by robots."""
        return sum(each.robots for each in self.days)

    def address(self, **more: str) -> str:
        """Return the query of this choice."""
        chosen = {"site": self.site.code if self.site else "", "period": self.code, "by": str(self.step)}
        return urlencode({name: value for name, value in {**chosen, **more}.items() if value})

    def trend(self) -> list[tuple[dt.date, int, int, int | None]]:
        """Return the steps with views by people, by robots, and by people in the same step of the period before."""
        steps = added_up(self.days, self.step)
        former = [each.people for each in added_up(self.days_before, self.step)] if self.step is Step.DAY else []
        return [
            (each.day, each.people, each.robots, former[place] if former else None) for place, each in enumerate(steps)
        ]

    def columns(self, most: int) -> list[Rated]:
        """Return the columns read most."""
        lines = queries.visits_of_columns(self.held, since=self.period.since, until=self.period.until, most=most)
        titles = queries.column_titles([line.id for line in lines])
        before = self.period.before
        former = {
            line.id: line.people
            for line in queries.visits_of_columns(self.held, since=before.since, until=before.until, most=MOST)
        }
        named = ((line, *titles[line.id]) for line in lines if line.id in titles)
        return [self._rated(line, title, site, former.get(line.id, 0)) for line, title, site in named]

    def sites(self) -> list[Rated]:
        """Return the sites, the most read first; those nobody read at the end."""
        before = self.period.before
        lines = queries.visits_of_sites(self.held, since=self.period.since, until=self.period.until)
        former = {
            line.id: line.people for line in queries.visits_of_sites(self.held, since=before.since, until=before.until)
        }
        seen = {line.id: line for line in lines}
        ordered = sorted(self.held.sites, key=lambda site: -seen[site.pk].people if site.pk in seen else 0)
        return [
            self._rated(
                seen.get(site.pk) or queries.Line(site.pk, 0, 0),
                str(site),
                "",
                former.get(site.pk, 0),
                "?" + urlencode({"site": site.code, "period": self.code}),
            )
            for site in ordered
        ]

    def _rated(self, line: queries.Line, title: str, beside: str, before: int, url: str = "") -> Rated:
        return Rated(title, beside, url, line.people, line.robots, before, share(line.people, self.people))

    def pages(self, most: int) -> list[tuple[queries.PageLine, str, str, str]]:
        """Return the pages read most, with what they are called, where they stand and, of articles, their address."""
        lines = queries.visits_of_pages(self.held, since=self.period.since, until=self.period.until, most=most)
        titles = queries.column_titles([line.column for line in lines if line.column])
        sites = {site.pk: site for site in self.all.sites}
        found = []
        for line in lines:
            column, _site = titles.get(line.column or 0, ("", ""))
            title = line.title or (_("栏目列表") if line.column else _("首页、搜索等"))
            site = sites[line.site]
            where = f"{site}　{column}" if column else str(site)
            url = reverse("portal:site:article", args=[site.code, line.article]) if line.article else ""
            found.append((line, title, where, url))
        return found


def _charts(
    trend: Sequence[tuple[dt.date, int, int, int | None]], screen: Screen, columns: Sequence[Rated]
) -> dict[str, Any]:
    names = tuple(_point(day, screen.step) for day, *_rest in trend)
    lines = [Series(_("本期"), "brand", tuple(people for _day, people, _robots, _before in trend))]
    if screen.step is Step.DAY:
        lines.append(Series(_("上期"), "paused", tuple(before or 0 for *_rest, before in trend)))
    found = {
        "trend": Chart("line", _("次"), names, tuple(lines), ()),
        "columns": Chart(
            "bar",
            "%",
            tuple(f"{row.title} {row.beside}" if screen.site is None else row.title for row in columns),
            (Series(_("占比"), "h3", tuple(row.share for row in columns)),),
            (),
        ),
    }
    return {name: asdict(chart) for name, chart in found.items() if chart.names}


def _point(day: dt.date, step: Step) -> str:
    return f"{day.year}-{day.month:02}" if step is Step.MONTH else f"{day.month}-{day.day}"


@permitted(VISITS.code)
@require_safe
@never_cache
def visits(request: ActorRequest) -> HttpResponseBase:
    """Show the visits of the sites one answers for; ``table`` and ``format`` give one table as a file."""
    screen = Screen(request)
    wanted, kind = request.GET.get("table", ""), request.GET.get("format", "")
    if wanted in _FILES and kind in FORMATS:
        title, heads, rows = _FILES[wanted](screen)
        return table(f"visits-{wanted}-{screen.period.since}-{screen.period.until}", title, heads, rows, kind=kind)
    return _page(request, screen)


def _page(request: ActorRequest, screen: Screen) -> HttpResponse:
    trend = screen.trend()
    columns = screen.columns(SHOWN)
    moved = change(screen.people, screen.people_before)
    highest = max(screen.days, key=lambda each: each.people)
    context = {
        "screen": screen,
        "sites": screen.all.sites,
        "periods": _period_titles().items(),
        "steps": _step_titles().items(),
        "change": moved,
        "fall": abs(moved or 0.0),
        "average": round(screen.people / screen.period.days),
        "highest": highest if highest.people else None,
        "robot_share": share(screen.robots, screen.people + screen.robots),
        "ever": queries.visits_ever(screen.held),
        "trend": list(reversed(trend)),
        "columns": columns,
        "site_rows": screen.sites() if screen.site is None else [],
        "pages": screen.pages(SHOWN),
        "where": screen.address(),
        "charts": _charts(trend, screen, columns),
    }
    return render(request, "workbench/visits.html", context)


File = tuple[str, list[str], list[Row]]


def _days_file(screen: Screen) -> File:
    heads = [_("日期"), _("浏览次数"), _("机器访问次数")]
    return _("访问趋势"), heads, [(each.day.isoformat(), each.people, each.robots) for each in screen.days]


def _columns_file(screen: Screen) -> File:
    return _("栏目浏览"), _heads(_("栏目"), _("站点")), [_cells(row) for row in screen.columns(MOST)]


def _sites_file(screen: Screen) -> File:
    rows = screen.sites()
    return _("站点浏览"), _heads(_("站点"), ""), [_cells(row) for row in rows]


def _heads(first: str, second: str) -> list[str]:
    rest = [_("浏览次数"), _("上期"), _("增减（%）"), _("占比（%）"), _("机器访问次数")]
    return [first, *([second] if second else []), *rest]


def _cells(row: Rated) -> Row:
    moved = "" if row.change is None else f"{row.change:g}"
    beside = (row.beside,) if row.beside else ()
    return (row.title, *beside, row.people, row.before, moved, f"{row.share:g}", row.robots)


def _pages_file(screen: Screen) -> File:
    heads = [_("页面"), _("所在"), pgettext("页面", "编号"), _("浏览次数"), _("机器访问次数")]
    rows = [
        (title, place, line.article or "", line.people, line.robots) for line, title, place, _url in screen.pages(MOST)
    ]
    return _("页面浏览"), heads, list(rows)


_FILES: dict[str, Callable[[Screen], File]] = {
    "days": _days_file,
    "columns": _columns_file,
    "sites": _sites_file,
    "pages": _pages_file,
}
