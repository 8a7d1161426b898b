"""Forms and samples that a pack brings as files."""

from __future__ import annotations

import datetime as dt
import hashlib
import mimetypes
from pathlib import Path

from tongban.engines.catalog.models import FormDownload, StandardItem
from tongban.engines.catalog.rules import Finding
from tongban.engines.catalog.schema import Item
from tongban.foundation.files.actions import store_generated

FOLDER = Path("items") / "files"


def check_downloads(item: Item, root: Path) -> list[Finding]:
    """Return a finding for every form or sample the item names and the pack does not hold."""
    named = [
        (("materials", number, kind), getattr(material, kind))
        for number, material in enumerate(item.materials)
        for kind in ("blank", "sample")
    ]
    return [
        Finding(place, f"找不到文件 {FOLDER / name}，请把文件放进去，或删去这一项")
        for place, name in named
        if name and not (root / FOLDER / name).is_file()
    ]


def attach_downloads(item: Item, row: StandardItem, *, root: Path, at: dt.datetime) -> None:
    """Keep the downloads of an item as its file names them; counts of those that stay are kept.

    A material filled in online always has a blank form and a sample, made from the declared form and its examples when no
    file is given.
    """
    kept: list[int] = []
    for material in item.materials:
        for kind in FormDownload.Kind:
            name = material.blank if kind is FormDownload.Kind.BLANK else material.sample
            generated = material.form == "online_form"
            if not name and not generated:
                continue
            download, _ = FormDownload.objects.get_or_create(item=row, material_code=material.code, kind=kind)
            if name:
                _attach(download, root / FOLDER / name, at)
            elif download.file_id is not None:
                download.file = None
                download.save(update_fields=["file"])
            kept.append(download.pk)
    FormDownload.objects.filter(item=row).exclude(pk__in=kept).delete()


def _attach(download: FormDownload, path: Path, at: dt.datetime) -> None:
    content = path.read_bytes()
    if download.file is not None and download.file.sha256 == hashlib.sha256(content).hexdigest():
        return
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    download.file = store_generated(content=content, name=path.name, content_type=kind, at=at)
    download.save(update_fields=["file"])
