"""Addresses of surveys, consultations and interviews on every site; the columns come before those of articles."""

from __future__ import annotations

from django.urls import path

from tongban.interfaces.portal.views import talks

talk_pages = [
    path("columns/interaction/surveys/", talks.surveys, name="surveys"),
    path("columns/interaction/consultations/", talks.consultations, name="consultations"),
    path("columns/interaction/interviews/", talks.interviews, name="interviews"),
    path("surveys/<int:pk>/", talks.survey, name="survey"),
    path("surveys/<int:pk>/thanks/", talks.thanks, name="survey_thanks"),
    path("surveys/<int:pk>/results/", talks.results, name="survey_results"),
    path("interviews/<int:pk>/", talks.interview, name="interview"),
    path("interviews/<int:pk>/lines/", talks.lines, name="interview_lines"),
]
