"""Takes in what was adopted or published elsewhere: statutes, items of an older website. No editor of ours wrote it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from tongban.engines.publishing.actions.base import locked
from tongban.engines.publishing.actions.drafting import COPIED, content_of, fill
from tongban.engines.publishing.actions.publishing import go_public
from tongban.engines.publishing.models import Article, Column, Placement, Revision
from tongban.engines.publishing.permissions import PUBLISH
from tongban.engines.publishing.rules.chain import Stage
from tongban.engines.publishing.rules.content import Content
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import NotAllowedError, require
from tongban.foundation.rows.statements import insert, update


def take_in(
    *,
    column: Column,
    content: Mapping[str, Any],
    by: Actor,
    at: dt.datetime,
    article: Article | None = None,
    published_at: dt.datetime | None = None,
) -> Article:
    """Publish a text that comes from a checked source as it is, or its new version; only the system may.

    It goes round the editorial chain because nobody here answers for its wording; the events say ``take_in``.

    :param published_at: the date shown; by default the moment it is taken in
    :raises NotAllowedError: for a person: people publish by the chain
    """
    require(by, PUBLISH.code)
    if not by.system:
        raise NotAllowedError(PUBLISH.code)
    fresh = content_of(content)
    with transaction.atomic():
        row = _new(column, fresh, at) if article is None else _next(article, fresh, at)
        revision = Revision(article=row, n=row.latest_n, content=fresh.plain(), at=at, sha256=fresh.sha256)
        insert([revision])
        return go_public(row, by=by, at=at, shown_at=published_at, act="take_in")


def _new(column: Column, content: Content, at: dt.datetime) -> Article:
    row = Article(
        column=column, unit=column.unit, stage=Stage.APPROVED, stage_since=at, created_at=at, latest_n=1, approved_n=1
    )
    fill(row, content)
    insert([row])
    insert([Placement(article=row, column=column, is_home=True)])
    return row


def _next(article: Article, content: Content, at: dt.datetime) -> Article:
    row = locked(article)
    row.stage, row.stage_since = Stage.APPROVED, at
    row.latest_n += 1
    row.approved_n = row.latest_n
    fill(row, content)
    update(row, [*COPIED, "stage", "stage_since", "latest_n", "approved_n"])
    return row
