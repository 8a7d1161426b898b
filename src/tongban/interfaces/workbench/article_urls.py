"""Addresses of the editors' desk."""

from __future__ import annotations

from django.urls import path

from tongban.interfaces.workbench.views import articles, editing, media, visits

urlpatterns = [
    path("articles/", articles.articles, name="articles"),
    path("articles/batch/", articles.batch, name="articles_batch"),
    path("articles/new/", editing.new, name="article_new"),
    path("articles/<int:key>/", articles.article, name="article"),
    path("articles/<int:key>/edit/", editing.edit, name="article_edit"),
    path("articles/<int:key>/hold/", editing.hold, name="article_hold"),
    path("articles/<int:key>/release/", editing.release, name="article_release"),
    path("articles/<int:key>/preview/", editing.preview_frame, name="article_preview"),
    path("articles/<int:key>/revisions/", editing.revisions, name="article_revisions"),
    path("articles/<int:key>/revisions/<int:n>/restore/", editing.restore, name="article_restore"),
    path("articles/<int:key>/act/<slug:code>/", articles.act, name="article_act"),
    path("media/", media.library, name="media"),
    path("media/<int:key>/", media.describe, name="media_describe"),
    path("words/", media.words, name="words"),
    path("words/<int:key>/switch/", media.switch, name="words_switch"),
    path("visits/", visits.visits, name="visits"),
    path("columns/", media.columns, name="columns"),
]
