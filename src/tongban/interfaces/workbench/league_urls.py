"""Addresses of the table of submissions, below those of the workbench. Its files are those of every bulletin."""

from __future__ import annotations

from django.urls import URLPattern, path

from tongban.interfaces.workbench.views import league

urlpatterns: list[URLPattern] = [
    path("league/", league.bulletins, name="league"),
    path("league/running/", league.draft, name="league_draft"),
    path("league/publish/", league.publish, name="league_publish"),
    path("league/<int:key>/", league.bulletin, name="league_bulletin"),
    path("league/<slug:which>/submissions/", league.submissions, name="league_submissions"),
]
