"""Keeps the list of wrong and sensitive wordings."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from tongban.engines.publishing.actions.base import refuse
from tongban.engines.publishing.models import ListedWord
from tongban.engines.publishing.permissions import WORDS
from tongban.foundation.audit.actions import record
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require

STREAM = "publishing:words"


def add_word(
    *, text: str, kind: str, by: Actor, at: dt.datetime, replacement: str = "", blocks: bool = False, note: str = ""
) -> ListedWord:
    """Put a wording on the list.

    :raises PublishingRefusedError: ``word_known``
    """
    require(by, WORDS.code)
    try:
        with transaction.atomic():
            word = ListedWord.objects.create(
                text=text.strip(), kind=kind, replacement=replacement.strip(), blocks=blocks, note=note.strip()
            )
            record(stream=STREAM, kind="word.added", actor=by.key, at=at, data={"word": word.text, "kind": kind})
    except IntegrityError as known:
        raise refuse("word_known") from known
    return word


def switch_word(*, word: ListedWord, active: bool, by: Actor, at: dt.datetime) -> ListedWord:
    """Use a wording again, or no longer."""
    require(by, WORDS.code)
    with transaction.atomic():
        word.is_active = active
        word.save(update_fields=["is_active"])
        kind = "word.enabled" if active else "word.disabled"
        record(stream=STREAM, kind=kind, actor=by.key, at=at, data={"word": word.text})
    return word
