"""What the inspection of sites found: ranking, work lists, accepted explanations, the report to take away."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.affairs.disclosure import inspection_book
from tongban.affairs.disclosure.actions.excusing import excuse
from tongban.affairs.disclosure.actions.reporting import issue_report
from tongban.affairs.disclosure.errors import DisclosureError
from tongban.affairs.disclosure.permissions import EXCUSE, INSPECTION
from tongban.affairs.disclosure.queries import inspection as queries
from tongban.affairs.disclosure.queries import report as reports
from tongban.engines.publishing.models import Site
from tongban.foundation.clock.now import now
from tongban.foundation.documents.actions import ensure_file
from tongban.foundation.files.views import file_response
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import allows

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@permitted(INSPECTION.code)
@require_safe
def overview(request: ActorRequest) -> HttpResponse:
    """Show how the sites and the units stand."""
    at = now()
    sites = queries.ranking()
    units = queries.unit_ranking(request.actor, at=at)
    spec = queries.newest_spec()
    own = request.actor.unit
    context = {
        "sites": sites,
        "units": units,
        "spec": spec,
        "open": queries.open_count(request.actor),
        "reports": reports.may_report(request.actor, reports.Subject()),
        "own": own if own is not None and reports.may_report(request.actor, reports.Subject(unit=own)) else None,
    }
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
    site = get_object_or_404(Site.objects.select_related("unit"), code=code)
    spec = queries.newest_spec()
    titles = {one.check.value: str(one.title) for one in spec.indicators} if spec else {}
    days = [
        (day, [(titles.get(name, name), points) for name, points in day.deductions.items()], _named(day.vetoes, titles))
        for day in queries.site_days(site)
    ]
    return render(
        request,
        "workbench/inspection/site.html",
        {"site": site, "days": days, "reports": reports.may_report(request.actor, reports.Subject(site=site))},
    )


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


@permitted(INSPECTION.code)
@require_safe
def report(request: ActorRequest) -> HttpResponseBase:
    """Give the report on the group, a site or a unit: the sealed paper, or with ``format=xlsx`` the workbook."""
    subject = _subject(request)
    if not reports.may_report(request.actor, subject):
        raise Http404
    found = reports.report(subject)
    if found is None:
        raise Http404
    if request.GET.get("format") == "xlsx":
        name = f"inspection-{subject.code}-{found.day.isoformat()}.xlsx"
        response = HttpResponse(inspection_book.make(found), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    at = now()
    document = issue_report(subject=subject, by=request.actor, at=at)
    return file_response(ensure_file(document=document, at=at), inline=True)


def _subject(request: ActorRequest) -> reports.Subject:
    site, unit = request.GET.get("site", "")[:40], request.GET.get("unit", "")[:64]
    if site:
        return reports.Subject(site=get_object_or_404(Site.objects.select_related("unit"), code=site))
    if unit:
        return reports.Subject(unit=get_object_or_404(Unit.objects.select_related("region"), code=unit))
    return reports.Subject()
