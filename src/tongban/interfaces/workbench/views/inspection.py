"""What the inspection of sites found: ranking, work lists, accepted explanations, the report to take away."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.affairs.disclosure.actions.excusing import excuse
from tongban.affairs.disclosure.errors import DisclosureError
from tongban.affairs.disclosure.permissions import EXCUSE, INSPECTION
from tongban.affairs.disclosure.queries import inspection as queries
from tongban.engines.publishing.models import Site
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import allows

PAGE = 50
MOST_EXPORTED = 10_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@permitted(INSPECTION.code)
@require_safe
def overview(request: ActorRequest) -> HttpResponse:
    """Show how the sites and the units stand; ``format=xlsx`` gives the report."""
    at = now()
    sites = queries.ranking()
    units = queries.unit_ranking(request.actor, at=at)
    spec = queries.newest_spec()
    if request.GET.get("format") == "xlsx":
        return _report(request, sites, units)
    context = {"sites": sites, "units": units, "spec": spec, "open": queries.open_count(request.actor), "at": at}
    return render(request, "workbench/inspection/overview.html", context)


@permitted(INSPECTION.code)
@require_safe
def findings(request: ActorRequest) -> HttpResponse:
    """List findings, the oldest first."""
    at = now()
    wanted = queries.FindingFilter(
        site=request.GET.get("site", "")[:40],
        unit=request.GET.get("unit", "")[:60],
        indicator=request.GET.get("indicator", "")[:10],
        state=request.GET.get("state", "") or "open",
    )
    found = queries.findings(request.actor, wanted)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    spec = queries.newest_spec()
    context = {
        "wanted": wanted,
        "page": page,
        "rows": queries.rows_of(page.object_list, at=at),
        "sites": Site.objects.order_by("order", "code"),
        "indicators": spec.indicators if spec else (),
        "states": [("open", _("待处理")), ("excused", _("已说明")), ("gone", _("已消除"))],
        "excuses": allows(request.actor, EXCUSE.code),
    }
    return render(request, "workbench/inspection/findings.html", context)


@permitted(INSPECTION.code)
@require_safe
def site_history(request: ActorRequest, code: str) -> HttpResponse:
    """Show how a site stood day by day."""
    site = get_object_or_404(Site, code=code)
    spec = queries.newest_spec()
    titles = {one.check.value: str(one.title) for one in spec.indicators} if spec else {}
    days = [
        (day, [(titles.get(name, name), points) for name, points in day.deductions.items()], _named(day.vetoes, titles))
        for day in queries.site_days(site)
    ]
    return render(request, "workbench/inspection/site.html", {"site": site, "days": days})


def _named(names: Iterable[str], titles: dict[str, str]) -> list[str]:
    return [titles.get(name, name) for name in names]


@permitted(EXCUSE.code)
@require_http_methods(["GET", "HEAD", "POST"])
def excuse_finding(request: ActorRequest, key: int) -> HttpResponseBase:
    """Accept an explanation for a finding."""
    at = now()
    wanted = queries.FindingFilter()
    finding = queries.findings(request.actor, wanted).filter(pk=key).first()
    if finding is None or not queries.may_excuse(request.actor, finding):
        raise Http404
    problem = ""
    typed = request.POST.get("reason", "")
    if request.method == "POST":
        try:
            excuse(finding=finding, reason=typed, by=request.actor, at=at)
        except DisclosureError as wrong:
            problem = str(wrong)
        else:
            return redirect("workbench:inspection_findings")
    context = {"row": queries.rows_of([finding], at=at)[0], "problem": problem, "typed": typed}
    return render(request, "workbench/inspection/excuse.html", context, status=422 if problem else 200)


def _report(request: ActorRequest, sites: Sequence[queries.SiteRow], units: Sequence[queries.UnitRow]) -> HttpResponse:
    """Return the ranking of sites and units, and the open findings, as a workbook."""
    at = now()
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    site_lines = [
        [
            row.rank,
            str(row.site),
            row.score,
            _("合格") if row.passed else _("不合格"),
            "、".join(row.vetoes),
            row.findings,
        ]
        for row in sites
    ]
    heads = [_("名次"), _("站点"), _("得分"), _("结论"), _("单项否决"), _("问题数")]
    _sheet(book, _("站点"), heads, site_lines)
    unit_lines = [[row.unit.title, row.findings, row.old, row.points] for row in units]
    _sheet(book, _("单位"), [_("单位"), _("问题数"), _("其中超过 10 天"), _("涉及扣分")], unit_lines)
    found = queries.findings(request.actor, queries.FindingFilter())[:MOST_EXPORTED]
    lines = [
        [row.finding.indicator, row.title, row.place, row.finding.unit.title, row.text, row.finding.url, row.days]
        for row in queries.rows_of(found, at=at)
    ]
    heads = [_("指标"), _("检查项"), _("站点和栏目"), _("责任单位"), _("问题"), _("地址"), _("已有天数")]
    _sheet(book, _("问题"), heads, lines)
    book.close()
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="inspection-{local_date(at).isoformat()}.xlsx"'
    return response


def _sheet(book: xlsxwriter.Workbook, name: str, heads: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    sheet = book.add_worksheet(name[:31])
    sheet.write_row(0, 0, heads, book.add_format({"bold": True}))
    for number, line in enumerate(lines, 1):
        sheet.write_row(number, 0, line)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
