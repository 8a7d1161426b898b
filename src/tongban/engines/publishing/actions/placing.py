"""Where an article shows: shares to further columns, local emphasis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from tongban.engines.publishing.actions.base import locked, note, refuse, require_row, takes_articles
from tongban.engines.publishing.actions.stamps import bump
from tongban.engines.publishing.models import Article, Column, LocalOverride, Placement
from tongban.engines.publishing.permissions import ARRANGE, PUBLISH
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import allows_row
from tongban.foundation.rows.statements import insert

MOST_SITES_UP = 5


def place(
    row: Article, columns: Sequence[Column], *, by: Actor, at: dt.datetime, accepted: bool = False
) -> list[Placement]:
    """Show an article in further columns, at once if it is public; the caller holds the article and has asked."""
    live = row.status == Article.Status.PUBLISHED
    placed = [
        Placement(
            article=row,
            column=column,
            live=live,
            published_at=at if live else None,
            shared_by=None if accepted else by.account,
            shared_at=at,
            accepted_by=by.account if accepted else None,
        )
        for column in columns
    ]
    insert(placed)
    if live:
        bump([column.pk for column in columns], at=at, day=local_date(at), more=1, new=True)
    return placed


def share(*, article: Article, columns: Sequence[Column], by: Actor, at: dt.datetime) -> list[Placement]:
    """Show an article in further columns of its own site or of the sites below it: one row each, still one item.

    A unit may also take an article into a column it answers for itself (a city the province's item).

    :raises PublishingRefusedError: ``outside_group`` (submit instead), ``already_there``, ``column_closed``
    """
    with transaction.atomic():
        row = locked(article)
        for column in columns:
            _check_target(row, column, by)
        placed = place(row, columns, by=by, at=at)
        note(row, "share", by=by, at=at, data={"columns": [column.pk for column in columns]})
        return placed


def _check_target(row: Article, column: Column, by: Actor) -> None:
    if not takes_articles(column):
        raise refuse("column_closed", column=str(column))
    own = allows_row(by, PUBLISH.code, column) and row.status == Article.Status.PUBLISHED
    if not own:
        require_row(by, PUBLISH, row)
        if row.column.site_id not in _sites_up(column):
            raise refuse("outside_group")
    if row.placements.filter(column=column).exists():
        raise refuse("already_there", column=str(column))


def _sites_up(column: Column) -> list[int]:
    """Return the ids of a column's site and the sites above it."""
    site, found = column.site, [column.site_id]
    while site.parent is not None and len(found) < MOST_SITES_UP:
        site = site.parent
        found.append(site.pk)
    return found


def unshare(*, article: Article, column: Column, by: Actor, at: dt.datetime) -> None:
    """Take an article out of a column it was shared to; its home and the other columns keep it.

    :raises PublishingRefusedError: ``home_column``, ``not_shown_here``
    """
    with transaction.atomic():
        row = locked(article)
        if not allows_row(by, PUBLISH.code, column):
            require_row(by, PUBLISH, row)
        held = Placement.objects.filter(article=row, column=column).first()
        if held is None:
            raise refuse("not_shown_here", column=str(column))
        if held.is_home:
            raise refuse("home_column")
        was_live = held.live
        held.delete()
        note(row, "unshare", by=by, at=at, data={"columns": [column.pk]})
        if was_live:
            bump([column.pk], at=at, day=local_date(at), more=-1)


def shows(column: Column, article: Article) -> bool:
    """Tell whether a column shows an article: by a placement of its own or of the column it mirrors."""
    return Placement.objects.filter(article=article, column=column.source_id, live=True).exists()


def pin(
    *, article: Article, column: Column, by: Actor, at: dt.datetime, until: dt.datetime | None = None
) -> LocalOverride:
    """Put an article on top of one column only, for a time or until unpinned.

    :raises PublishingRefusedError: ``not_shown_here``, ``past_moment``
    """
    return _override(article, column, LocalOverride.Kind.PINNED, by=by, at=at, until=until, reason="")


def hide(*, article: Article, column: Column, reason: str, by: Actor, at: dt.datetime) -> LocalOverride:
    """Leave an article out of one column only; everywhere else it stays.

    :raises PublishingRefusedError: ``not_shown_here``, ``reason_missing``
    """
    if not reason.strip():
        raise refuse("reason_missing")
    return _override(article, column, LocalOverride.Kind.HIDDEN, by=by, at=at, until=None, reason=reason.strip())


def _override(
    article: Article,
    column: Column,
    kind: LocalOverride.Kind,
    *,
    by: Actor,
    at: dt.datetime,
    until: dt.datetime | None,
    reason: str,
) -> LocalOverride:
    with transaction.atomic():
        require_row(by, ARRANGE, column)
        if until is not None and until <= at:
            raise refuse("past_moment")
        if not shows(column, article):
            raise refuse("not_shown_here", column=str(column))
        held, _created = LocalOverride.objects.update_or_create(
            column=column,
            article=article,
            defaults={"kind": kind, "until": until, "reason": reason, "by": by.account, "at": at},
        )
        note(article, kind, by=by, at=at, reason=reason, data={"column": column.pk})
        bump([column.pk], at=at, day=local_date(at))
        return held


def clear_override(*, article: Article, column: Column, by: Actor, at: dt.datetime) -> None:
    """Show an article in a column as it comes: neither pinned nor hidden."""
    with transaction.atomic():
        require_row(by, ARRANGE, column)
        if LocalOverride.objects.filter(article=article, column=column).delete()[0]:
            note(article, "clear_override", by=by, at=at, data={"column": column.pk})
            bump([column.pk], at=at, day=local_date(at))
