"""What changes the public: publish, schedule, expire, withdraw, lift a withdrawal.

Publishing costs the same however many articles there are: one article, its placements, one statement for all stamps. In the
same transaction the article enters the search, the lists and the feeds; whoever withdraws takes it out of all of them.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from tongban.engines.publishing.actions.base import enter, locked, note, refuse, require_row, stage_after
from tongban.engines.publishing.actions.drafting import COPIED, content_of_revision, fill
from tongban.engines.publishing.actions.relating import relate, shown_with
from tongban.engines.publishing.actions.stamps import bump
from tongban.engines.publishing.actions.tracing import trace
from tongban.engines.publishing.indexing import article_grams, search_texts, vector
from tongban.engines.publishing.models import Article, Attachment, Column, LocalOverride, Withdrawal
from tongban.engines.publishing.permissions import PUBLISH
from tongban.engines.publishing.rules.chain import Act, Stage
from tongban.engines.publishing.rules.content import Content
from tongban.engines.publishing.rules.numbering import index_number, organization_part
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import Actor, system_actor
from tongban.foundation.organizations.permissions import require
from tongban.foundation.rows.statements import insert, ready, update

_NUMBERED = (Article.Kind.DOCUMENT, Article.Kind.INFORMATION)
_NEXT_SERIAL = (
    "INSERT INTO publishing_indexcounter (unit_id, year, last) VALUES (%s, %s, 1) "
    "ON CONFLICT (unit_id, year) DO UPDATE SET last = publishing_indexcounter.last + 1 RETURNING last"
)
_GO_LIVE = (
    "UPDATE publishing_placement SET live = true, published_at = CASE WHEN is_home THEN %s ELSE greatest(shared_at, %s) END "
    "WHERE article_id = %s RETURNING column_id"
)
_STAY_LIVE = "SELECT column_id FROM publishing_placement WHERE article_id = %s AND live"
_TAKE_OUT = "UPDATE publishing_placement SET live = false WHERE article_id = %s AND live RETURNING column_id"


def publish(
    *,
    article: Article,
    by: Actor,
    at: dt.datetime,
    published_at: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
) -> Article:
    """Publish the approved text, first or as a correction; every column that shows the article shows it at once.

    :param published_at: the date shown, by default ``at`` (a correction keeps the first one)
    :param expires_at: when it goes by itself
    :raises PublishingRefusedError: ``not_approved``, ``wrong_stage``, ``past_moment``
    """
    with transaction.atomic():
        row = locked(article)
        require_row(by, PUBLISH, row)
        if expires_at is not None:
            if expires_at <= at:
                raise refuse("past_moment")
            row.expires_at = expires_at
        return go_public(row, by=by, at=at, shown_at=published_at)


def go_public(
    row: Article, *, by: Actor, at: dt.datetime, shown_at: dt.datetime | None, act: str = Act.PUBLISH
) -> Article:
    """Make the approved revision of an article at hand and held the public text; the caller has asked for permission.

    :param act: the name of the event
    """
    stage = stage_after(row, Act.PUBLISH)
    due = row.stage_due_on
    content = content_of_revision(row, row.latest_n)
    was_public = row.status == Article.Status.PUBLISHED
    refilled = COPIED if row.published_n else ()  # before, the row held the latest text already
    if refilled:
        fill(row, content)
    if not was_public or shown_at is not None:
        row.published_at = shown_at or at
    row.first_published_at = row.first_published_at or at
    row.changed_at = at
    row.status, row.scheduled_at = Article.Status.PUBLISHED, None
    row.published_n = row.latest_n
    names = enter(row, stage, at=at)
    if row.kind in _NUMBERED and not row.index_no and row.column.kind != Column.Kind.LIBRARY:
        row.index_no = _next_number(row, at)
    _make_searchable(row)
    update(row, [*names, *refilled, *_PUBLIC])
    _attach(row, content, at=at)
    relate(row, content)
    if row.kind == Article.Kind.DOCUMENT:
        trace(row)
    columns = (
        _columns(_STAY_LIVE, row.pk) if was_public else _columns(_GO_LIVE, row.published_at, row.published_at, row.pk)
    )
    note(row, act, by=by, at=at, due=due)
    grown = 0 if was_public else 1
    bump(columns, at=at, day=local_date(at), more=grown, new=not was_public, beside=shown_with(row.pk))
    return row


_PUBLIC = (
    "published_at", "first_published_at", "changed_at", "status", "scheduled_at", "published_n", "expires_at", "index_no",
    "search_title", "search_text", "search_grams",
)  # fmt: skip


def _columns(sql: str, *values: object) -> list[int]:
    with ready() as cursor:
        cursor.execute(sql, values)
        return [pk for (pk,) in cursor.fetchall()]


def _next_number(row: Article, at: dt.datetime) -> str:
    year = (row.written_on or local_date(at)).year
    (serial,) = _columns(_NEXT_SERIAL, row.unit_id, year)
    return index_number(organization_part(row.unit.credit_code, row.unit.code), year, serial)


def _make_searchable(row: Article) -> None:
    fields = [row.subtitle, row.summary, row.doc_no, row.index_no, row.keywords, row.unit.name, row.source]
    row.search_title, row.search_text = search_texts(row.title, fields, row.body)
    day = local_date(row.published_at) if row.published_at else None
    if day is not None:
        grams = article_grams(row.search_title, row.search_text, published_on=day, kind=row.kind)
        row.search_grams = vector(grams)


def _attach(row: Article, content: Content, *, at: dt.datetime) -> None:
    """Make the public attachments those of the content."""
    if not content.attachments and row.published_n <= 1:
        return
    Attachment.objects.filter(article=row).delete()
    insert(
        [
            Attachment(article=row, file_id=UUID(each.file), name=each.name, order=order, added_at=at)
            for order, each in enumerate(content.attachments)
        ]
    )


def schedule(
    *, article: Article, publish_at: dt.datetime, by: Actor, at: dt.datetime, expires_at: dt.datetime | None = None
) -> Article:
    """Publish the approved text at a later moment; the job :func:`publish_due` does it.

    :raises PublishingRefusedError: ``past_moment``, ``not_approved``
    """
    if publish_at <= at or (expires_at is not None and expires_at <= publish_at):
        raise refuse("past_moment")
    with transaction.atomic():
        row = locked(article)
        require_row(by, PUBLISH, row)
        names = enter(row, stage_after(row, Act.SCHEDULE), at=at)
        row.scheduled_at, row.expires_at = publish_at, expires_at or row.expires_at
        if row.status != Article.Status.PUBLISHED:
            row.status = Article.Status.SCHEDULED
        update(row, [*names, "scheduled_at", "expires_at", "status"])
        note(row, Act.SCHEDULE, by=by, at=at, data={"publish_at": publish_at.isoformat()})
        return row


def publish_due(*, at: dt.datetime) -> int:
    """Publish what was scheduled up to a moment; return how many."""
    actor = system_actor("publishing")
    done = 0
    rows = Article.objects.filter(scheduled_at__lte=at, stage=Stage.APPROVED)
    for pk in rows.order_by("scheduled_at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = locked(Article(pk=pk))
            if row.scheduled_at is None or row.scheduled_at > at or row.approved_n != row.latest_n:
                continue
            go_public(row, by=actor, at=at, shown_at=None)
            done += 1
    return done


def expire_due(*, at: dt.datetime) -> int:
    """Take out what has reached its end; return how many."""
    require(system_actor("publishing"), PUBLISH.code)
    done = 0
    rows = Article.objects.filter(status=Article.Status.PUBLISHED, expires_at__lte=at)
    for pk in rows.order_by("expires_at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = locked(Article(pk=pk))
            if row.status == Article.Status.PUBLISHED and row.expires_at is not None and row.expires_at <= at:
                _take_out(row, Article.Status.EXPIRED, "expire", by=system_actor("publishing"), at=at)
                done += 1
    return done


def withdraw(*, article: Article, reason: str, by: Actor, at: dt.datetime, public_note: str = "") -> Withdrawal:
    """Take an article out of every column, the search, the feeds, and its files, at once; the trace stays.

    :param public_note: what the article's address says to readers; empty for the usual sentence
    :raises PublishingRefusedError: ``reason_missing``, ``not_public``
    """
    if not reason.strip():
        raise refuse("reason_missing")
    with transaction.atomic():
        row = locked(article)
        require_row(by, PUBLISH, row)
        if row.status not in (Article.Status.PUBLISHED, Article.Status.EXPIRED):
            raise refuse("not_public")
        columns = _take_out(row, Article.Status.WITHDRAWN, "withdraw", by=by, at=at, reason=reason.strip())
        trace = Withdrawal(
            article=row,
            reason=reason.strip(),
            public_note=public_note.strip(),
            revision_n=row.published_n,
            columns=columns,
            by=by.account,
            at=at,
        )
        insert([trace])
        return trace


def _take_out(
    row: Article, status: Article.Status, act: str, *, by: Actor, at: dt.datetime, reason: str = ""
) -> list[int]:
    row.status, row.changed_at = status, at
    row.scheduled_at = None
    row.version += 1
    update(row, ["status", "changed_at", "scheduled_at", "version"])
    columns = _columns(_TAKE_OUT, row.pk)
    note(row, act, by=by, at=at, reason=reason, data={"columns": columns})
    bump(columns, at=at, day=local_date(at), more=-1, beside=shown_with(row.pk))
    return columns


def lift_withdrawal(*, article: Article, reason: str, by: Actor, at: dt.datetime) -> Article:
    """Show a withdrawn article again as it was, with its old date, in the columns that showed it.

    :raises PublishingRefusedError: ``not_withdrawn``, ``reason_missing``
    """
    if not reason.strip():
        raise refuse("reason_missing")
    with transaction.atomic():
        row = locked(article)
        require_row(by, PUBLISH, row)
        trace = Withdrawal.objects.filter(article=row, lifted_at__isnull=True).first()
        if row.status != Article.Status.WITHDRAWN or trace is None:
            raise refuse("not_withdrawn")
        row.status, row.changed_at = Article.Status.PUBLISHED, at
        row.version += 1
        update(row, ["status", "changed_at", "version"])
        trace.lifted_at = at
        update(trace, ["lifted_at"])
        columns = _columns(_GO_LIVE, row.published_at, row.published_at, row.pk)
        note(row, "lift_withdrawal", by=by, at=at, reason=reason.strip())
        bump(columns, at=at, day=local_date(at), more=1, beside=shown_with(row.pk))
        return row


def end_pins(*, at: dt.datetime) -> int:
    """Take away local emphasis whose time is over; return how many."""
    with transaction.atomic():
        over = LocalOverride.objects.filter(until__lte=at)
        columns = sorted(set(over.values_list("column_id", flat=True)))
        ended = over.delete()[0]
        bump(columns, at=at, day=local_date(at))
    return ended


def end_validity(*, at: dt.datetime) -> int:
    """Mark public documents whose last day in force is over as abolished (or as their ending says); return how many."""
    actor = system_actor("publishing")
    done = 0
    rows = Article.objects.filter(
        status=Article.Status.PUBLISHED, abolished_on__lte=local_date(at), validity__in=("in_force", "amended")
    )
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = locked(Article(pk=pk))
            row.validity = str(row.legal.get("ending") or Article.Validity.ABOLISHED)
            row.changed_at = at
            row.version += 1
            update(row, ["validity", "changed_at", "version"])
            note(row, "end_validity", by=actor, at=at, data={"validity": row.validity})
            bump(_columns(_STAY_LIVE, row.pk), at=at, day=local_date(at))
            done += 1
    return done


def refresh_columns(*, at: dt.datetime) -> int:
    """Count every column's list anew and say until when it is fresh; return how many columns were wrong (each night)."""
    with transaction.atomic(), ready() as cursor:
        cursor.execute(_REFRESH, {"day": local_date(at)})
        return int(cursor.rowcount)


_REFRESH = """
WITH counted AS (
    SELECT c.id,
        (SELECT count(*) FROM publishing_placement p WHERE p.column_id = coalesce(c.mirror_of_id, c.id) AND p.live) AS n,
        (SELECT max(p.published_at) FROM publishing_placement p
          WHERE p.column_id = coalesce(c.mirror_of_id, c.id) AND p.live) AS last
    FROM publishing_column c
), wanted AS (
    SELECT k.id, k.n, greatest(k.last, c.last_published_at) AS last,
        CASE WHEN c.update_cycle_days IS NULL THEN NULL
             ELSE coalesce((greatest(k.last, c.last_published_at) AT TIME ZONE 'Asia/Shanghai')::date, date '2000-01-01')
                  + c.update_cycle_days END AS fresh
    FROM counted k JOIN publishing_column c ON c.id = k.id
)
UPDATE publishing_column c SET published_count = w.n, last_published_at = w.last, fresh_until = w.fresh
FROM wanted w WHERE w.id = c.id
  AND (c.published_count, c.last_published_at, c.fresh_until) IS DISTINCT FROM (w.n, w.last, w.fresh)
"""
