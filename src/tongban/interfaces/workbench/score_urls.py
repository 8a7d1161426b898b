"""Addresses of scores, objections and bulletins, below those of the workbench."""

from __future__ import annotations

from django.urls import URLPattern, path

from tongban.interfaces.workbench.views import bulletins, objections, scores

urlpatterns: list[URLPattern] = [
    path("scores/", scores.table, name="scores"),
    path("scores/mine/", scores.mine, name="scores_mine"),
    path("scores/me/", scores.me, name="scores_me"),
    path("scores/scheme/", scores.scheme, name="score_scheme"),
    path("scores/enter/", scores.by_hand, name="score_by_hand"),
    path("scores/units/<str:code>/", scores.unit, name="score_unit"),
    path("scores/units/<str:code>/cases/", scores.cases, name="score_cases"),
    path("scores/units/<str:code>/people/<int:key>/", scores.person, name="score_person"),
    path("scores/entries/<int:key>/", scores.entry, name="score_entry"),
    path("scores/entries/<int:key>/object/", objections.file, name="object"),
    path("objections/", objections.objections, name="objections"),
    path("objections/<slug:number>/", objections.objection, name="objection"),
    path("objections/<slug:number>/files/<int:key>/", objections.evidence, name="objection_file"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/publish/", bulletins.publish, name="bulletin_publish"),
    path("bulletins/<int:key>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:key>/workbook/", bulletins.workbook, name="bulletin_workbook"),
    path("bulletins/<int:key>/paper/", bulletins.paper, name="bulletin_paper"),
]
