"""Addresses of surveys and interviews at the desk."""

from __future__ import annotations

from django.urls import path

from tongban.interfaces.workbench.views import interviews, questions, surveys

urlpatterns = [
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/new/", surveys.new, name="survey_new"),
    path("surveys/<int:key>/", surveys.survey, name="survey"),
    path("surveys/<int:key>/edit/", surveys.edit, name="survey_edit"),
    path("surveys/<int:key>/questions/", questions.questions, name="survey_questions"),
    path("surveys/<int:key>/questions/new/", questions.question, name="survey_question_new"),
    path("surveys/<int:key>/questions/<slug:question>/", questions.question, name="survey_question"),
    path("surveys/<int:key>/preview/", questions.preview, name="survey_preview"),
    path("surveys/<int:key>/comments/", surveys.comments, name="survey_comments"),
    path("surveys/<int:key>/summary/", surveys.summary, name="survey_summary"),
    path("surveys/<int:key>/answers.<slug:kind>", surveys.export, name="survey_export"),
    path("surveys/<int:key>/act/<slug:code>/", surveys.act, name="survey_act"),
    path("interviews/", interviews.interviews, name="interviews"),
    path("interviews/new/", interviews.new, name="interview_new"),
    path("interviews/<int:key>/", interviews.interview, name="interview"),
    path("interviews/<int:key>/edit/", interviews.edit, name="interview_edit"),
    path("interviews/<int:key>/say/", interviews.speak, name="interview_say"),
    path("interviews/<int:key>/questions/<int:number>/", interviews.question, name="interview_question"),
    path("interviews/<int:key>/transcript/", interviews.transcript, name="interview_transcript"),
    path("interviews/<int:key>/act/<slug:code>/", interviews.act, name="interview_act"),
]
