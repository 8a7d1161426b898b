"""The media library: pictures get smaller copies, and need an alternative text."""

from __future__ import annotations

import datetime as dt
import io

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from tongban.engines.publishing.actions.base import refuse
from tongban.engines.publishing.models import MediaItem, Rendition
from tongban.engines.publishing.permissions import MEDIA
from tongban.engines.publishing.rules.content import AttachedFile
from tongban.foundation.audit.actions import record
from tongban.foundation.files.actions import store_generated, store_upload
from tongban.foundation.files.models import StoredFile
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require

WIDTHS = (320, 640, 1280)
"""Greatest widths of the smaller copies, in pixels; none is made larger than the picture."""
PICTURES = ("jpg", "png")
MOST_PIXELS = 60_000_000


def add_picture(
    *, upload: UploadedFile[bytes], title: str, alt: str, by: Actor, at: dt.datetime, credit: str = ""
) -> MediaItem:
    """Put a picture into the library of the actor's unit, with smaller copies.

    :param alt: what a screen reader says; never empty
    :raises PublishingRefusedError: ``alt_missing``, ``not_image``, ``no_unit``
    :raises UploadRejected: by the checks of files
    """
    require(by, MEDIA.code)
    if not alt.strip():
        raise refuse("alt_missing")
    with transaction.atomic():
        stored = store_upload(upload=upload, by=by.account, at=at, accept=PICTURES)
        return keep_picture(stored=stored, title=title, alt=alt, by=by, at=at, credit=credit)


def keep_attachment(*, upload: UploadedFile[bytes], by: Actor, at: dt.datetime, name: str = "") -> AttachedFile:
    """Keep an upload as a file that the actor may attach to an article (in the content's ``attachments``).

    :param name: what readers see; by default the file's own name
    :raises UploadRejected: by the checks of files
    """
    require(by, MEDIA.code)
    stored = store_upload(upload=upload, by=by.account, at=at)
    return AttachedFile(file=str(stored.pk), name=name.strip() or stored.name)


def keep_picture(
    *, stored: StoredFile, title: str, alt: str, by: Actor, at: dt.datetime, credit: str = ""
) -> MediaItem:
    """Make a stored file an item of the library.

    :raises PublishingRefusedError: ``not_image``, ``no_unit``
    """
    if by.unit is None:
        raise refuse("no_unit")
    picture = _open(read_bytes(stored))
    media = MediaItem.objects.create(
        unit=by.unit,
        file=stored,
        title=title.strip()[:120] or stored.name[:120],
        alt=alt.strip()[:300],
        credit=credit.strip(),
        width=picture.width,
        height=picture.height,
        uploaded_by=by.account,
        uploaded_at=at,
    )
    for width in WIDTHS:
        if width < picture.width:
            _render(media, picture, width, at)
    record(stream=f"media:{media.pk}", kind="media.added", actor=by.key, at=at, data={"file": stored.sha256})
    return media


def _open(content: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content))
        if picture.width * picture.height > MOST_PIXELS:
            raise refuse("not_image")
        return ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as wrong:
        raise refuse("not_image") from wrong


def _render(media: MediaItem, picture: Image.Image, width: int, at: dt.datetime) -> None:
    """Keep a smaller copy as WebP, without the camera's data."""
    height = max(1, round(picture.height * width / picture.width))
    mode = "RGBA" if "A" in picture.getbands() or picture.mode == "P" else "RGB"
    small = picture.convert(mode).resize((width, height), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    small.save(target, "WEBP", quality=80, method=4)
    stored = store_generated(
        content=target.getvalue(), name=f"{media.pk}-w{width}.webp", content_type="image/webp", at=at
    )
    Rendition.objects.create(media=media, spec=f"w{width}", file=stored, width=width, height=height)


def describe_media(
    *, media: MediaItem, title: str, alt: str, by: Actor, at: dt.datetime, credit: str = ""
) -> MediaItem:
    """Change what is said of a picture; texts that show it keep the words they were given.

    :raises PublishingRefusedError: ``alt_missing``
    """
    require(by, MEDIA.code, media)
    if media.kind == MediaItem.Kind.IMAGE and not alt.strip():
        raise refuse("alt_missing")
    with transaction.atomic():
        media.title, media.alt, media.credit = title.strip(), alt.strip(), credit.strip()
        media.save(update_fields=["title", "alt", "credit"])
        record(stream=f"media:{media.pk}", kind="media.described", actor=by.key, at=at, data={})
    return media
