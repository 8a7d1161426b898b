"""Reads for those who write, edit, review and publish."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, QuerySet

from tongban.engines.publishing.models import Article, Column, ListedWord, Revision, Submission
from tongban.engines.publishing.permissions import EDIT, PUBLISH, REVIEW, VIEW
from tongban.engines.publishing.rules.chain import Stage
from tongban.engines.publishing.rules.checks import Finding, Surroundings, Word, check, linked_articles
from tongban.engines.publishing.rules.content import Content
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import visible

DUTY = {Stage.SUBMITTED: EDIT, Stage.EDITING: EDIT, Stage.REVIEW: REVIEW, Stage.APPROVED: PUBLISH}
"""Who must act on what stands in a stage."""


def latest_content(article: Article) -> Content:
    """Return the text of the working copy."""
    row = Revision.objects.get(article=article, n=article.latest_n)
    return Content.model_validate(row.content)


def listed_words() -> list[Word]:
    """Return the wordings in use."""
    rows = ListedWord.objects.filter(is_active=True).order_by("pk")
    return [Word(row.text, row.kind, row.replacement, row.blocks, row.note) for row in rows]


def findings_of(article: Article, *, at: dt.datetime) -> list[Finding]:
    """Return what the checks find in the working copy, the blocking first (shown to the reviewer)."""
    return findings_in(latest_content(article), column=article.column, at=at)


def findings_in(content: Content, *, column: Column, at: dt.datetime) -> list[Finding]:
    """Return what the checks find in a text that shall stand in a column."""
    linked = linked_articles(content.body)
    public: set[int] = set()
    if linked:
        rows = Article.objects.filter(pk__in=linked, status=Article.Status.PUBLISHED)
        public = set(rows.values_list("pk", flat=True))
    around = Surroundings(
        words=listed_words(),
        public_articles=public,
        is_open_information=column.kind == Column.Kind.OPEN_INFORMATION,
        today=local_date(at),
    )
    return check(content, around)


def work_of(actor: Actor) -> QuerySet[Article]:
    """Return the articles that wait for the actor, the most urgent first."""
    found = Article.objects.none()
    for stage, permission in DUTY.items():
        found |= visible(actor, permission.code, Article.objects.filter(stage=stage))
    return found.select_related("column__site", "unit").order_by("stage_due_on", "pk")


def offers_to(actor: Actor) -> QuerySet[Submission]:
    """Return the submissions to further columns that wait for the actor's unit."""
    waiting = Submission.objects.filter(state=Submission.State.SUBMITTED)
    columns = visible(actor, PUBLISH.code, Column.objects.all())
    rows = waiting.filter(column__in=columns).exclude(column=F("article__column"))
    return rows.select_related("article", "column__site", "unit").order_by("due_on", "pk")


def articles_of(actor: Actor) -> QuerySet[Article]:
    """Return every article the actor may see at the desk, newest first."""
    rows = visible(actor, VIEW.code, Article.objects.all())
    return rows.select_related("column__site", "unit").order_by("-pk")


def late_work(*, on: dt.date) -> QuerySet[Article]:
    """Return the articles whose stage is past its limit, the oldest first (for urging and supervision)."""
    rows = Article.objects.filter(stage__in=list(DUTY), stage_due_on__lt=on)
    return rows.select_related("column__site", "column__unit", "unit").order_by("stage_due_on", "pk")


def to_disclose(*, by: dt.date) -> QuerySet[Article]:
    """Return unpublished information that must be public by a day (政府信息公开条例 Art. 26), the most urgent first."""
    rows = Article.objects.filter(first_published_at__isnull=True, publish_due_on__lte=by)
    return rows.exclude(stage=Stage.DECLINED).select_related("column__site", "unit").order_by("publish_due_on", "pk")


def to_disclose_of(actor: Actor) -> QuerySet[Article]:
    """Return the unpublished information with a last day that the actor may see, the most urgent first."""
    rows = visible(actor, VIEW.code, Article.objects.filter(first_published_at__isnull=True))
    rows = rows.filter(publish_due_on__isnull=False).exclude(stage=Stage.DECLINED)
    return rows.select_related("column__site", "unit").order_by("publish_due_on", "pk")


def stale_columns(*, on: dt.date) -> QuerySet[Column]:
    """Return open columns that should have been renewed by a day: past their cycle, or never filled."""
    rows = Column.objects.filter(is_open=True, mirror_of__isnull=True, fresh_until__lt=on)
    return rows.select_related("site", "unit").order_by("fresh_until", "pk")
