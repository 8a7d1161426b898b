"""Addresses of the workbench."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, register_converter

from tongban.interfaces.workbench.article_urls import urlpatterns as article_pages
from tongban.interfaces.workbench.converters import CaseNumber
from tongban.interfaces.workbench.league_urls import urlpatterns as league_pages
from tongban.interfaces.workbench.score_urls import urlpatterns as score_pages
from tongban.interfaces.workbench.survey_urls import urlpatterns as survey_pages
from tongban.interfaces.workbench.views import (
    alarms,
    case,
    charging,
    doing,
    files,
    filing,
    inbox,
    inspection,
    late_reasons,
    orders,
    supervision,
)

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
    path("cases/<case:number>/charges/new/", charging.new, name="charge_new"),
    path("cases/<case:number>/charges/<int:pk>/<slug:do>/", charging.change, name="charge_change"),
    path("cases/<case:number>/remind/", orders.remind_case, name="remind_case"),
    path("cases/<case:number>/order/", orders.order_case, name="order_case"),
    path("supervision/alarms/", alarms.alarms, name="alarms"),
    path("supervision/alarms/remind/", orders.remind_batch, name="remind_batch"),
    path("supervision/alarms/<slug:number>/", alarms.alarm, name="alarm"),
    path("supervision/alarms/<slug:number>/withdraw/", alarms.withdraw, name="alarm_withdraw"),
    path("supervision/alarms/<slug:number>/send/<slug:do>/", orders.send_from_alarm, name="alarm_send"),
    path("supervision/orders/", orders.orders, name="orders"),
    path("supervision/orders/to-answer/", orders.to_answer, name="orders_to_answer"),
    path("supervision/orders/<slug:number>/", orders.order, name="order"),
    path("supervision/orders/<slug:number>/answer/", orders.answer, name="order_answer"),
    path("supervision/orders/<slug:number>/paper/", orders.paper, name="order_paper"),
    path("supervision/orders/<slug:number>/judge/", orders.judge, name="order_judge"),
    path("supervision/orders/<slug:number>/withdraw/", orders.withdraw, name="order_withdraw"),
    path("supervision/orders/<slug:number>/files/<int:key>/", orders.reply_file, name="reply_file"),
    path("supervision/rules/", alarms.rules, name="rules"),
    path("inspection/", inspection.overview, name="inspection"),
    path("inspection/report/", inspection.report, name="inspection_report"),
    path("inspection/findings/", inspection.findings, name="inspection_findings"),
    path("inspection/findings/<int:key>/", inspection.excuse_finding, name="inspection_excuse"),
    path("inspection/sites/<slug:code>/", inspection.site_history, name="inspection_site"),
    path("late-reasons/", late_reasons.late_reasons, name="late_reasons"),
    path("late-reasons/<case:number>/", late_reasons.late_reason, name="late_reason"),
    path("supervision/", supervision.overview, name="supervision"),
    path("supervision/wall/", supervision.wall, name="supervision_wall"),
    path("supervision/cases/", supervision.cases, name="supervision_cases"),
    path("supervision/happened/", supervision.happened, name="supervision_happened"),
    *score_pages,
    *league_pages,
    *article_pages,
    *survey_pages,
]
