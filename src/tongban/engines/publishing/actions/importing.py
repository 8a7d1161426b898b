"""Reads Word documents: headings, tables and pictures stay, looks do not."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import dataclass, field
from typing import Any

import mammoth
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tongban.engines.publishing.actions.base import refuse
from tongban.engines.publishing.actions.media import keep_picture
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import MediaItem
from tongban.engines.publishing.permissions import DRAFT
from tongban.engines.publishing.sanitizing import clean
from tongban.foundation.files.actions import store_generated, store_upload
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require

STYLES = """
p[style-name='Title'] => h2:fresh
p[style-name='标题'] => h2:fresh
p[style-name='标题 1'] => h2:fresh
p[style-name='heading 1'] => h2:fresh
p[style-name='Heading 1'] => h2:fresh
p[style-name='标题 2'] => h3:fresh
p[style-name='heading 2'] => h3:fresh
p[style-name='Heading 2'] => h3:fresh
p[style-name='标题 3'] => h4:fresh
p[style-name='heading 3'] => h4:fresh
p[style-name='Heading 3'] => h4:fresh
"""
MOST_UNPACKED = 200 * 1024 * 1024
_PICTURES = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(slots=True)
class Imported:
    """A document as an editor gets it: clean markup, the pictures now in the library, and what could not be kept."""

    body: str
    media: list[MediaItem] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def import_word(*, upload: UploadedFile[bytes], by: Actor, at: dt.datetime) -> Imported:
    """Read a Word document (``.docx``) into markup for an article's body; the pictures go into the media library.

    A picture without an alternative text in Word gets an empty one in the markup: the checks ask for it before approval.

    :raises PublishingRefusedError: ``not_word``, ``unreadable_word``
    :raises UploadRejected: by the checks of files
    """
    require(by, DRAFT.code)
    if not (upload.name or "").lower().endswith(".docx"):
        raise refuse("not_word")
    with transaction.atomic():
        stored = store_upload(upload=upload, by=by.account, at=at, accept=("docx",))
        return convert(read_bytes(stored), by=by, at=at)


def convert(content: bytes, *, by: Actor, at: dt.datetime) -> Imported:
    """Turn the bytes of a Word document into markup.

    :raises PublishingRefusedError: ``unreadable_word``
    """
    found = Imported("")

    def keep(image: Any) -> dict[str, str]:
        suffix = _PICTURES.get(image.content_type)
        if suffix is None:
            found.lost.append(str(image.content_type))
            return {"src": ""}
        with image.open() as source:
            stored = store_generated(
                content=source.read(), name=f"word.{suffix}", content_type=image.content_type, at=at
            )
        alt = (image.alt_text or "").strip()
        try:
            media = keep_picture(stored=stored, title=alt or stored.name, alt=alt or "…", by=by, at=at)
        except PublishingRefusedError:
            found.lost.append(str(image.content_type))
            return {"src": ""}
        found.media.append(media)
        return {"src": f"/media/{media.pk}/original", "alt": alt}

    try:
        _check_size(content)
        result = mammoth.convert_to_html(
            io.BytesIO(content),
            style_map=STYLES,
            convert_image=mammoth.images.img_element(keep),
            ignore_empty_paragraphs=True,
        )
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as wrong:
        raise refuse("unreadable_word") from wrong
    found.body = clean(result.value)
    found.lost += [message.message for message in result.messages if message.type == "error"]
    return found


def _check_size(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
            raise refuse("unreadable_word")
