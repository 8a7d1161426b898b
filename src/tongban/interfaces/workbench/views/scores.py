"""Scores: the league table, a unit's and a person's points with every entry behind them, and points by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.affairs.supervision.queries import scores
from tongban.affairs.supervision.queries.rollups import OnTime
from tongban.affairs.supervision.queries.scores import SCHEME
from tongban.engines.cases.permissions import VIEW as CASES
from tongban.engines.indicators.actions import enter_by_hand, period_name, resettle
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import PointEntry, ScoreScheme, Standing
from tongban.engines.indicators.permissions import ENTER, PERSON, VIEW
from tongban.engines.indicators.queries import (
    LeagueRow,
    file_by,
    grades_of,
    in_months,
    league,
    limit_light,
    may_object,
    months_of,
    objectable,
    of_subject,
    person_standings,
    scheme_on,
    spec_of,
    unit_standings,
)
from tongban.engines.indicators.rules import Period
from tongban.engines.indicators.schema import Rule
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import now, today
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.models import Level, Posting, Region, Unit
from tongban.foundation.organizations.paths import under
from tongban.foundation.organizations.permissions import allows, visible
from tongban.interfaces.workbench import score_pages, tables
from tongban.interfaces.workbench.score_forms import ByHand

PAGE = 50
MOST_PLACES = 40


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of the league table with what supervision adds."""

    row: LeagueRow
    rate: OnTime
    cards: dict[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which table: of whom, when, where."""

    period: Period
    people: bool
    level: int
    region: str
    text: str


@permitted(VIEW.code)
@require_safe
def table(request: ActorRequest) -> HttpResponseBase:
    """Show the league table of units or people; ``format`` gives it as a file."""
    wanted = _wanted(request)
    rows, region = _rows(request, wanted)
    found = _ranked(rows, wanted.period)
    if wanted.text:
        found = [row for row in found if _holds(row, wanted.text)]
    kind = request.GET.get("format", "")
    if kind in tables.FORMATS:
        name = f"scores-{wanted.period.code}"
        return tables.table(name, _("得分"), _heads(), _cells(_with_facts(found[: tables.MOST], wanted)), kind=kind)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "period": wanted.period,
        "period_name": period_name(wanted.period),
        "choices": score_pages.choices(wanted.period),
        "levels": [(level.value, level.label) for level in Level],
        "region": region,
        "places": _places(region),
        "page": page,
        "lines": _with_facts(list(page.object_list), wanted),
        "grades": _grades(found, wanted.period),
        "mean": sum(row.total for row in found) / len(found) if found else None,
        "hand": allows(request.actor, ENTER.code),
        "today": today(),
    }
    return render(request, "workbench/scores/league.html", context)


def _wanted(request: ActorRequest) -> Wanted:
    level = request.GET.get("level", "")
    return Wanted(
        period=score_pages.chosen(request.GET.get("period", ""), on=today()),
        people=request.GET.get("of") == "people",
        level=int(level) if level in {str(each.value) for each in Level} else 0,
        region=request.GET.get("region", "")[:12],
        text=request.GET.get("q", "").replace("\x00", "").strip()[:60],
    )


def _rows(request: ActorRequest, wanted: Wanted) -> tuple[QuerySet[Standing], Region | None]:
    """Return the standings to rank, and the region they are narrowed to.

    :raises Http404: for a region outside the actor's own
    """
    actor = request.actor
    rows = person_standings(actor, SCHEME) if wanted.people else unit_standings(actor, SCHEME)
    if wanted.level:
        rows = rows.filter(level=wanted.level)
    home = actor.unit.region_path if actor.unit else ""
    inside = Region.objects.filter(path__startswith=home)
    region = inside.filter(code=wanted.region).first() if wanted.region else inside.filter(path=home).first()
    if wanted.region and region is None:
        raise Http404
    if wanted.region and region is not None:
        rows = rows.filter(under("unit__region_path", region.path))
    return rows, region


def _places(region: Region | None) -> list[Region]:
    """Return the regions below, for drilling down to the counties."""
    if region is None or region.level >= Level.COUNTY:
        return []
    return list(Region.objects.filter(parent=region, level__lte=Level.COUNTY).order_by("code")[:MOST_PLACES])


def _holds(row: LeagueRow, text: str) -> bool:
    return text in row.unit.name or (row.account is not None and text in row.account.display_name)


def _with_facts(rows: Sequence[LeagueRow], wanted: Wanted) -> list[TableLine]:
    units = sorted({row.unit.pk for row in rows})
    if wanted.people or not units:
        return [TableLine(row, OnTime(), {}) for row in rows]
    rates, cards = scores.on_time_in(units, wanted.period, on=today()), scores.cards(units, wanted.period)
    return [TableLine(row, rates.get(row.unit.pk, OnTime()), cards.get(row.unit.pk, {})) for row in rows]


def _grades(rows: Sequence[LeagueRow], period: Period) -> list[tuple[str, str, int]]:
    if not rows:
        return []
    spec = spec_of(scheme_on(SCHEME, period.start))
    return [(grade.code, str(grade.title), count) for grade, count in grades_of(spec, rows)]


def _heads() -> list[str]:
    return [
        _("名次"), _("单位"), _("人员"), _("层级"), _("得分"), _("等次"), _("上期得分"), _("扣分"), _("加分"), _("办结"),
        _("按时率（%）"), _("超期办结"), _("在办超期"), _("停计"), _("红牌"), _("黄牌"), _("蓝色提醒"),
    ]  # fmt: skip


def _cells(lines: Sequence[TableLine]) -> Iterator[list[str | int]]:
    for line in lines:
        row, rate = line.row, line.rate
        yield [
            row.place,
            row.unit.name,
            row.account.display_name if row.account else "",
            row.unit.get_level_display(),
            str(row.total),
            str(row.grade.title),
            "" if row.before is None else str(row.before),
            str(row.deducted),
            str(row.bonus),
            row.volume,
            "" if rate.rate is None else f"{rate.rate:.1f}",
            rate.closed - rate.on_time,
            rate.open_overdue,
            rate.suspended,
            *(line.cards.get(color, 0) for color in ("red", "yellow", "blue")),
        ]


# -- one unit, one person ----------------------------------------------------------------------------------------------


@permitted(VIEW.code)
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """Show the points of the own unit."""
    if request.actor.unit is None:
        raise Http404
    return _subject(request, request.actor.unit, None)


@permitted(VIEW.code)
@require_safe
def unit(request: ActorRequest, code: str) -> HttpResponse:
    """Show a unit's months, parts and entries in a period."""
    return _subject(request, score_pages.unit_of(request.actor, code), None)


@permitted(PERSON.code)
@require_safe
def me(request: ActorRequest) -> HttpResponse:
    """Show the own points in the present unit."""
    if request.actor.unit is None or request.actor.account is None:
        raise Http404
    return _subject(request, request.actor.unit, request.actor.account)


@permitted(PERSON.code)
@require_safe
def person(request: ActorRequest, code: str, key: int) -> HttpResponse:
    """Show a person's points in a unit, to the person, the head and the supervisor."""
    posts = visible(request.actor, PERSON.code, Posting.objects.filter(unit__code=code, account=key))
    post = posts.select_related("unit__region", "account").first()
    if post is None:
        raise Http404
    return _subject(request, post.unit, post.account)


def _subject(request: ActorRequest, place: Unit, account: Account | None) -> HttpResponse:
    actor = request.actor
    period = score_pages.chosen(request.GET.get("period", ""), on=today())
    rows = person_standings(actor, SCHEME) if account else unit_standings(actor, SCHEME)
    ranked = _ranked(rows.filter(unit=place, account=account), period)
    entries = score_pages.read(in_months(of_subject(SCHEME, place, account), period.months))
    show = request.GET.get("show", "")
    if show in ("taken", "given"):
        entries = entries.filter(points__lt=0) if show == "taken" else entries.filter(points__gt=0)
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    rate = scores.on_time_in([place.pk], period, on=today()).get(place.pk, OnTime()) if account is None else OnTime()
    context = {
        "unit": place,
        "account": account,
        "period": period,
        "period_name": period_name(period),
        "choices": score_pages.choices(period),
        "row": ranked[0] if ranked else None,
        "months": months_of(rows, place, account, period),
        "page": page,
        "lines": score_pages.lines(actor, list(page.object_list)),
        "show": show,
        "rate": rate,
        "late": rate.closed - rate.on_time,
        "people": _people(actor, place, period) if account is None else [],
        "today": today(),
    }
    return render(request, "workbench/scores/subject.html", context)


def _ranked(rows: QuerySet[Standing], period: Period) -> list[LeagueRow]:
    """Return the table of a period; nothing for one before any scheme began."""
    if not ScoreScheme.objects.filter(code=SCHEME, effective_from__lte=period.start).exists():
        return []
    return league(rows, period, code=SCHEME)


def _people(actor: Actor, place: Unit, period: Period) -> list[LeagueRow]:
    """Return the unit's people whose points the actor may see."""
    return _ranked(person_standings(actor, SCHEME).filter(unit=place), period)


# -- behind the points -------------------------------------------------------------------------------------------------


@permitted(VIEW.code)
@require_safe
def entry(request: ActorRequest, key: int) -> HttpResponse:
    """Show one entry with what it came from, what took it back, and the objection to it."""
    return entry_page(request, found_entry(request, key))


def found_entry(request: ActorRequest, key: int) -> PointEntry:
    """Return an entry the actor may see.

    :raises Http404: if there is none
    """
    row = score_pages.read(score_pages.entries_for(request.actor)).filter(pk=key).first()
    if row is None:
        raise Http404
    return row


def entry_page(request: ActorRequest, row: PointEntry, **more: Any) -> HttpResponse:
    """Show an entry; with ``problems`` the objection form again as it was typed."""
    (line,) = score_pages.lines(request.actor, [row])
    rule = spec_of(row.scheme).rule(row.rule)
    last = file_by(row) if row.reverses_id is None else None
    context = {
        "line": line,
        "rule": rule,
        "whose": may_object(request.actor, row) if objectable(row, on=today()) else "",
        "file_by": last,
        "light": limit_light(last, row.unit.region_code, on=today()) if last else ("", ""),
        **more,
    }
    return render(request, "workbench/scores/entry.html", context, status=422 if more.get("problem") else 200)


@permitted(CASES.code)
@require_safe
def cases(request: ActorRequest, code: str) -> HttpResponse:
    """List the finished cases behind a figure of a unit."""
    place = score_pages.unit_of(request.actor, code)
    period = score_pages.chosen(request.GET.get("period", ""), on=today())
    what = request.GET.get("what", "")
    titles = {
        scores.CLOSED: _("办结的件"),
        scores.LATE: _("超期办结的件"),
        scores.EARLY: _("早于承诺日办结的件"),
        scores.SHORTER: _("比较承诺与法定期限的件"),
        scores.INCOMPLETE: _("记录不完整的件"),
    }
    if what not in titles:
        raise Http404
    page = Paginator(scores.cases_behind(request.actor, place, period, what), PAGE).get_page(request.GET.get("page"))
    context = {"unit": place, "period": period, "period_name": period_name(period), "title": titles[what], "page": page}
    return render(request, "workbench/scores/cases.html", context)


@permitted(VIEW.code)
@require_safe
def scheme(request: ActorRequest) -> HttpResponse:
    """Show the scheme in force: parts, rules with their sources, volume, grades, objection."""
    period = score_pages.chosen(request.GET.get("period", ""), on=today())
    try:
        row = scheme_on(SCHEME, period.start)
    except ScoreScheme.DoesNotExist:
        raise Http404 from None
    spec = spec_of(row)
    rules_ = [(rule, spec.part(rule.part)) for rule in spec.rules]
    marks = {"V": _("已核对原文"), "V2": _("间接引用"), "K": _("未核实"), "proposal": _("本平台建议值")}
    context = {"spec": spec, "rules": [(rule, part, marks[rule.mark]) for rule, part in rules_], "marks": marks}
    context |= {"volume_mark": marks[spec.volume_mark], "grades_mark": marks[spec.grades_mark]}
    return render(request, "workbench/scores/scheme.html", context | {"objection_mark": marks[spec.objection.mark]})


@permitted(ENTER.code)
@require_http_methods(["GET", "HEAD", "POST"])
def by_hand(request: ActorRequest) -> HttpResponseBase:
    """Enter points that only a person can give."""
    at, actor = now(), request.actor
    spec = spec_of(scheme_on(SCHEME, at.date()))
    rules_ = [(rule.code, _hand_title(rule)) for rule in spec.rules if rule.by_hand]
    form = ByHand(request.POST or None, rules=rules_, initial={"unit": request.GET.get("unit", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = enter_by_hand(
                code=SCHEME,
                rule_code=data["rule"],
                unit=data["unit"],
                account=data["account"],
                day=data["day"],
                note=data["note"],
                by=actor,
                at=at,
            )
        except ScoreError as wrong:
            form.add_error(wrong.field if wrong.field in form.fields else None, str(wrong))
        else:
            resettle(entry=made, by=actor, at=at)
            messages.success(request, _("已记分。"))
            return redirect("workbench:score_entry", made.pk)
    return render(request, "workbench/scores/by_hand.html", {"form": form}, status=422 if form.errors else 200)


def _hand_title(rule: Rule) -> str:
    return _("%(rule)s（%(points)s 分）") % {"rule": rule.title, "points": f"{rule.points.normalize():f}"}
