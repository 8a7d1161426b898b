"""Writing: drafts, edits and corrections; every save is a revision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from tongban.engines.publishing.actions.base import (
    check_lock,
    enter,
    locked,
    note,
    refuse,
    require_row,
    stage_after,
    takes_articles,
)
from tongban.engines.publishing.actions.stamps import bump
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import Article, Column, MediaItem, Placement, Revision, Subject
from tongban.engines.publishing.permissions import DRAFT, EDIT, VIEW
from tongban.engines.publishing.rules.chain import Act, Stage
from tongban.engines.publishing.rules.comparing import FieldChange, compare
from tongban.engines.publishing.rules.content import Content
from tongban.engines.publishing.sanitizing import clean
from tongban.engines.publishing.wording import mistake
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import RuleMissingError, calendar_for, rule
from tongban.foundation.clock.rules import BeyondHorizonError, Limit, Unit, due_on
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require
from tongban.foundation.rows.statements import insert, update

DISCLOSURE_RULE = "OGI-01"
"""Publish within 20 working days: 政府信息公开条例 Art. 26."""
COPIED = (
    "title", "subtitle", "summary", "body", "source", "author", "keywords", "kind", "language", "image", "doc_no",
    "subject", "written_on", "effective_on", "validity", "abolished_on", "legal", "publish_due_on",
)  # fmt: skip
"""Names of the article's fields that a content fills."""


def content_of(values: Mapping[str, Any]) -> Content:
    """Return clean content from what an editor typed.

    :raises PublishingRefusedError: ``invalid`` with a sentence for each wrong field
    """
    try:
        return Content.model_validate({**values, "body": clean(str(values.get("body") or ""))})
    except ValidationError as wrong:
        fields = {
            str(error["loc"][0]) if error["loc"] else "abolished_on": mistake(error["type"]) for error in wrong.errors()
        }
        raise PublishingRefusedError("".join(fields.values()), code="invalid", fields=fields) from wrong


def save_draft(
    *,
    column: Column,
    content: Mapping[str, Any],
    by: Actor,
    at: dt.datetime,
    article: Article | None = None,
    version: int | None = None,
    note_text: str = "",
) -> Article:
    """Save an article's text as a new revision; without ``article`` begin a new one in ``column``.

    Another ``column`` than before moves an article that was never public. The unit drafts (:data:`~tongban.engines.publishing.permissions.DRAFT`); once its column has taken it, the column's
    editors edit it. What is public does not change. Saving the same text again writes nothing.

    :param content: the fields of :class:`~tongban.engines.publishing.rules.content.Content`; the body is cleaned
    :param version: the article's ``version`` as the editor opened it; guards against two at once
    :raises PublishingRefusedError: ``invalid``, ``conflict``, ``locked``, ``column_closed``, ``home_fixed``, ``wrong_stage``
    """
    fresh = content_of(content)
    with transaction.atomic():
        _check_references(fresh, article, by)
        if article is None:
            return _begin(column, fresh, by=by, at=at, note_text=note_text)
        row = locked(article)
        require_row(by, EDIT if row.stage == Stage.EDITING else DRAFT, row)
        if version is not None and version != row.version:
            raise refuse("conflict")
        check_lock(row, by=by, at=at)
        stage = stage_after(row, Act.SAVE)
        moves, changed = column.pk != row.column_id, _changed(row, fresh)
        if moves:
            _move(row, column, by)
        if changed:
            _write(row, fresh, by=by, at=at, note_text=note_text)
        if moves or changed:
            names = enter(row, stage, at=at)
            update(row, [*names, *_taken_over(row, fresh), "latest_n", "column"])
            note(row, Act.SAVE, by=by, at=at, data={"column": column.pk} if moves else None)
        return row


def _check_references(content: Content, article: Article | None, by: Actor) -> None:
    """Refuse subjects, pictures and files that are not there; a file must be the actor's own or the article's already."""
    wrong: dict[str, str] = {}
    if content.subject and _subject(content.subject) is None:
        wrong["subject"] = mistake("unknown")
    if content.image is not None and not MediaItem.objects.filter(pk=content.image).exists():
        wrong["image"] = mistake("unknown")
    if content.attachments and not {each.file for each in content.attachments} <= _usable_files(content, article, by):
        wrong["attachments"] = mistake("unknown")
    if Article.objects.filter(pk__in=content.related).count() < len(set(content.related)):
        wrong["related"] = mistake("unknown")
    if wrong:
        raise PublishingRefusedError("".join(wrong.values()), code="invalid", fields=wrong)


def _usable_files(content: Content, article: Article | None, by: Actor) -> set[str]:
    held: set[str] = set()
    if article is not None:
        for old in Revision.objects.filter(article=article).order_by().values_list("content__attachments", flat=True):
            held.update(str(each["file"]) for each in old or ())
    new = {each.file for each in content.attachments} - held
    if new and by.account is not None:
        own = StoredFile.objects.filter(pk__in=new, uploaded_by=by.account)
        held.update(str(pk) for pk in own.values_list("pk", flat=True))
    return held


def _begin(column: Column, content: Content, *, by: Actor, at: dt.datetime, note_text: str) -> Article:
    require(by, DRAFT.code)
    if by.unit is None:
        raise refuse("no_unit")
    if not takes_articles(column):
        raise refuse("column_closed", column=str(column))
    row = Article(
        column=column, unit=by.unit, stage=Stage.DRAFT, stage_since=at, created_by=by.account, created_at=at, version=1,
    )  # fmt: skip
    fill(row, content)
    row.latest_n = 1
    insert([row])
    insert([Placement(article=row, column=column, is_home=True)])
    _store(row, content, by=by, at=at, note_text=note_text)
    note(row, "begin", by=by, at=at, data={"column": column.path})
    return row


def _move(row: Article, column: Column, by: Actor) -> None:
    """Give an article that was never public another home; an editor only one that he edits as well."""
    if row.published_n:
        raise refuse("home_fixed")
    if not takes_articles(column):
        raise refuse("column_closed", column=str(column))
    if row.stage == Stage.EDITING:
        require_row(by, EDIT, column)
    Placement.objects.filter(article=row, column=column, is_home=False).delete()
    Placement.objects.filter(article=row, is_home=True).update(column=column)
    row.column = column


def _changed(row: Article, content: Content) -> bool:
    last = Revision.objects.filter(article=row, n=row.latest_n).order_by().values_list("sha256", flat=True)
    return content.sha256 not in last


def _write(row: Article, content: Content, *, by: Actor, at: dt.datetime, note_text: str) -> None:
    row.latest_n += 1
    _store(row, content, by=by, at=at, note_text=note_text)


def _store(row: Article, content: Content, *, by: Actor, at: dt.datetime, note_text: str) -> None:
    insert(
        [
            Revision(
                article=row,
                n=row.latest_n,
                content=content.plain(),
                note=note_text,
                by=by.account,
                at=at,
                sha256=content.sha256,
            )
        ]
    )


def _taken_over(row: Article, content: Content) -> tuple[str, ...]:
    """Show the latest text in the row itself as long as nothing of it is public."""
    if row.published_n:
        return ()
    fill(row, content)
    return COPIED


def fill(row: Article, content: Content) -> None:
    """Copy a content into the article's own fields."""
    for name in ("title", "subtitle", "summary", "body", "source", "author", "keywords", "kind", "language", "doc_no"):
        setattr(row, name, getattr(content, name))
    row.image_id = content.image
    row.subject_id = _subject(content.subject)
    row.written_on, row.effective_on = content.written_on, content.effective_on
    row.validity, row.abolished_on = content.validity, content.abolished_on
    row.legal = dict(content.legal)
    row.publish_due_on = _disclosure_due(row, content)


def _subject(code: str) -> int | None:
    return Subject.objects.filter(code=code).values_list("pk", flat=True).first() if code else None


def _disclosure_due(row: Article, content: Content) -> dt.date | None:
    """Return the last day to publish information that must be published, counted from the day it was made."""
    if content.written_on is None or content.kind not in ("document", "information"):
        return None
    if row.column.kind == Column.Kind.LIBRARY:  # made by others
        return None
    try:
        law = rule(DISCLOSURE_RULE, on=content.written_on)
        return due_on(content.written_on, Limit(law.figure or 0, Unit(law.unit)), calendar_for())
    except (RuleMissingError, BeyondHorizonError):  # made before the first rule in force, or where no calendar is known
        return None


def begin_correction(*, article: Article, by: Actor, at: dt.datetime, reason: str = "") -> Article:
    """Open a published (or withdrawn) article for correction; the public text stays until the correction is published.

    :raises PublishingRefusedError: ``wrong_stage`` if a correction is already under way
    """
    with transaction.atomic():
        row = locked(article)
        require_row(by, EDIT, row)
        names = enter(row, stage_after(row, Act.CORRECT), at=at)
        update(row, names)
        note(row, Act.CORRECT, by=by, at=at, reason=reason)
        return row


def drop_correction(*, article: Article, by: Actor, at: dt.datetime) -> Article:
    """Give up a correction: the working copy becomes the public text again."""
    with transaction.atomic():
        row = locked(article)
        require_row(by, EDIT, row)
        due = row.stage_due_on
        stage = stage_after(row, Act.DROP)
        public = content_of_revision(row, row.published_n)
        if public.sha256 != content_of_revision(row, row.latest_n).sha256:
            _write(row, public, by=by, at=at, note_text=repeating(row.published_n))
        names = enter(row, stage, at=at)
        row.approved_n = row.published_n = row.latest_n
        update(row, [*names, "latest_n", "approved_n", "published_n"])
        note(row, Act.DROP, by=by, at=at, due=due)
        return row


def repeating(n: int) -> str:
    """Return the note of a revision that repeats an earlier one."""
    return f"↩ {n}"


def content_of_revision(article: Article, n: int) -> Content:
    """Return the content of one revision.

    :raises PublishingRefusedError: ``no_such_revision``
    """
    found = Revision.objects.filter(article=article, n=n).order_by().values_list("content", flat=True)[:1]
    if not found:
        raise refuse("no_such_revision")
    return Content.model_validate(found[0])


def link_translation(*, article: Article, original: Article, by: Actor, at: dt.datetime) -> Article:
    """Say that an article is the translation of another; readers of one are offered the other.

    :raises PublishingRefusedError: ``same_language`` unless the two are in different languages and the original is no
        translation itself
    """
    with transaction.atomic():
        row = locked(article)
        require_row(by, EDIT, row)
        if original.language == row.language or original.translation_of_id is not None:
            raise refuse("same_language")
        row.translation_of = original
        row.version += 1
        update(row, ["translation_of", "version"])
        note(row, "link_translation", by=by, at=at, data={"original": original.pk})
        columns = Placement.objects.filter(article__in=[row.pk, original.pk], live=True).values_list(
            "column_id", flat=True
        )
        bump(sorted(set(columns)), at=at, day=local_date(at))
        return row


def restore_revision(*, article: Article, n: int, by: Actor, at: dt.datetime) -> Article:
    """Make an earlier revision the latest text again; it takes the usual way to the public.

    :raises PublishingRefusedError: as :func:`save_draft`, and ``no_such_revision``
    """
    content = content_of_revision(article, n)
    return save_draft(
        column=article.column,
        content=content.plain(),
        by=by,
        at=at,
        article=article,
        note_text=repeating(n),
    )


def compare_revisions(*, article: Article, old: int, new: int, by: Actor) -> list[FieldChange]:
    """Return what changed from one revision to another.

    :raises PublishingRefusedError: ``no_such_revision``
    """
    require(by, VIEW.code, article)
    before, after = content_of_revision(article, old), content_of_revision(article, new)
    return compare(before.plain(), after.plain())
