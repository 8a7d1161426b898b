"""Addresses of the workbench."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, register_converter

from tongban.interfaces.workbench.converters import CaseNumber
from tongban.interfaces.workbench.views import case, doing, files, filing, inbox, inspection, supervision

register_converter(CaseNumber, "case")

app_name = "workbench"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", inbox.inbox_page, name="inbox"),
    path("batch/", inbox.batch, name="batch"),
    path("ratings/", inbox.ratings, name="ratings"),
    path("file/", filing.counter, name="counter"),
    path("file/new/<str:code>/", filing.new, name="counter_new"),
    path("file/<uuid:key>/applicant/", filing.applicant, name="counter_applicant"),
    path("file/<uuid:key>/form/<slug:step>/", filing.step, name="counter_step"),
    path("file/<uuid:key>/materials/", filing.materials, name="counter_materials"),
    path("file/<uuid:key>/check/", filing.check, name="counter_check"),
    path("file/<uuid:key>/done/", filing.done, name="counter_done"),
    path("file/<uuid:key>/receipt/", filing.receipt, name="counter_receipt"),
    path("file/<uuid:key>/discard/", filing.discard, name="counter_discard"),
    path("file/<uuid:key>/files/<uuid:pk>/", filing.file, name="counter_file"),
    path("cases/<case:number>/", case.case, name="case"),
    path("cases/<case:number>/application/", case.application, name="application"),
    path("cases/<case:number>/clock/", case.clock, name="clock"),
    path("cases/<case:number>/sent/", case.sent, name="sent"),
    path("cases/<case:number>/print/", case.sheet, name="sheet"),
    path("cases/<case:number>/process.bpmn", case.process, name="process"),
    path("cases/<case:number>/rating/", doing.rating, name="rating"),
    path("cases/<case:number>/act/<slug:action>/", doing.do, name="act"),
    path("cases/<case:number>/note/", doing.note, name="note"),
    path("cases/<case:number>/reveal/", doing.uncover, name="reveal"),
    path("cases/<case:number>/materials/accept/", doing.accept_materials, name="accept_materials"),
    path("cases/<case:number>/materials/<int:key>/", doing.material, name="material"),
    path("cases/<case:number>/materials/<int:key>/file/", files.material_file, name="material_file"),
    path("cases/<case:number>/reports/<uuid:key>/", files.report, name="report"),
    path("cases/<case:number>/documents/<int:key>/", files.document, name="document"),
    path("inspection/", inspection.overview, name="inspection"),
    path("inspection/findings/", inspection.findings, name="inspection_findings"),
    path("inspection/findings/<int:key>/", inspection.excuse_finding, name="inspection_excuse"),
    path("inspection/sites/<slug:code>/", inspection.site_history, name="inspection_site"),
    path("supervision/", supervision.overview, name="supervision"),
    path("supervision/wall/", supervision.wall, name="supervision_wall"),
    path("supervision/cases/", supervision.cases, name="supervision_cases"),
    path("supervision/happened/", supervision.happened, name="supervision_happened"),
]
