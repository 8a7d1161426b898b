"""What every editorial act does: lock the article, ask permission and rules, move it, write it down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import Article, Column, EditorialEvent, Lock
from tongban.engines.publishing.rules.chain import TIMED, Act, ChainError, Copy, Stage, step
from tongban.engines.publishing.wording import refusal
from tongban.foundation.audit.actions import append
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Limit, Unit, due_on
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import NotAllowedError, Permission, allows_row
from tongban.foundation.rows.statements import insert


def refuse(code: str, **values: str) -> PublishingRefusedError:
    """Return the refusal with a code."""
    return PublishingRefusedError(refusal(code, **values), code=code)


def locked(article: Article) -> Article:
    """Read an article anew, with column, site and unit, and hold its row until the transaction ends."""
    rows = Article.objects.select_related("column__site", "unit").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=article.pk)


def require_row(by: Actor, permission: Permission, row: Article | Column) -> None:
    """Let pass or refuse, without asking the database.

    :raises NotAllowedError: if the actor does not hold the permission on the row
    """
    if not allows_row(by, permission.code, row):
        raise NotAllowedError(permission.code)


def copy_of(article: Article) -> Copy:
    """Return the working copy as the rules see it."""
    return Copy(Stage(article.stage), article.latest_n, article.approved_n, article.published_n)


def stage_after(article: Article, act: Act) -> Stage:
    """Return where an act leads.

    :raises PublishingRefusedError: if it does not fit
    """
    try:
        return step(copy_of(article), act)
    except ChainError as wrong:
        raise refuse(wrong.code) from wrong


def enter(article: Article, stage: Stage, *, at: dt.datetime) -> list[str]:
    """Move to a stage and start its clock; return the names of the changed fields."""
    if stage != article.stage:
        article.stage = stage
        article.stage_since = at
        article.stage_due_on = stage_due(article.column, stage, at=at)
    article.version += 1
    return ["stage", "stage_since", "stage_due_on", "version"]


def stage_due(column: Column, stage: Stage, *, at: dt.datetime) -> dt.date | None:
    """Return the last day for a stage by the column's limits in working days; None where the stage has none."""
    figure = column.limits.get(stage) if stage in TIMED else None
    if not figure:
        return None
    return due_on(local_date(at), Limit(int(figure), Unit.WORKING_DAY), calendar_for())


def note(
    article: Article,
    act: str,
    *,
    by: Actor,
    at: dt.datetime,
    due: dt.date | None = None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append the event and its audit record; ``due`` is the last day of the stage that the act ended."""
    event = EditorialEvent(
        article=article,
        act=act,
        stage=article.stage,
        revision_n=article.latest_n,
        by=by.account,
        by_name=by.name,
        unit=by.unit,
        at=at,
        due_on=due,
        was_late=due is not None and local_date(at) > due,
        reason=reason,
        data=dict(data or {}),
    )
    insert([event])
    append(
        stream=f"article:{article.pk}",
        kind=f"article.{act}",
        actor=by.key,
        at=at,
        data={"stage": article.stage, "status": article.status, "revision": article.latest_n, **(data or {})},
    )


def check_lock(article: Article, *, by: Actor, at: dt.datetime) -> None:
    """Refuse while someone else has the working copy open."""
    held = Lock.objects.select_related("account").filter(article=article, until__gt=at).first()
    if held is not None and (by.account is None or held.account_id != by.account.pk):
        raise refuse("locked", name=held.account.display_name, until=held.until.strftime("%H:%M"))


def takes_articles(column: Column) -> bool:
    """Tell whether a column may be the home of articles."""
    closed = (Column.Kind.TOP, Column.Kind.SERVICE, Column.Kind.INTERACTIVE)
    return column.is_open and column.mirror_of_id is None and column.kind not in closed
