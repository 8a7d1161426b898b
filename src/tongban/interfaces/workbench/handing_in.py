"""Corrected materials handed in at the counter: a file or the paper for each material, read into a supplement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tongban.engines.cases.actions import SubmittedMaterial
from tongban.engines.cases.models import CaseMaterial
from tongban.foundation.files.actions import UploadRejected, store_upload
from tongban.foundation.files.models import StoredFile
from tongban.interfaces.workbench.acting import own_file

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.datastructures import MultiValueDict

    from tongban.foundation.accounts.models import Account

KIND = "supplement"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One material as the counter takes it: a file, the paper, or nothing."""

    code: str
    name: str
    note: str
    paper: bool = False
    kept: StoredFile | None = None
    error: str = ""

    @property
    def anchor(self) -> str:
        """Return the id of its file input."""
        return f"m-{self.code}"


def empty(materials: Sequence[CaseMaterial]) -> tuple[HandedIn, ...]:
    """Return the lines of a form not filled in yet."""
    return tuple(HandedIn(row.code, row.name, row.note) for row in materials)


def read(
    materials: Sequence[CaseMaterial],
    post: QueryDict,
    files: MultiValueDict[str, Any],
    *,
    by: Account | None,
    at: dt.datetime,
) -> tuple[HandedIn, ...]:
    """Return what was handed in; a file that is refused says why, one that was taken is kept for the next try."""
    lines = []
    for row in materials:
        name = f"m-{row.code}"
        kept, error = own_file(post.get(f"{name}-kept", ""), by), ""
        upload = files.get(name)
        if upload is not None:
            try:
                kept = store_upload(upload=upload, by=by, at=at)
            except UploadRejected as rejected:
                error = rejected.message
        lines.append(HandedIn(row.code, row.name, row.note, bool(post.get(f"{name}-paper")), kept, error))
    return tuple(lines)


def submitted(lines: Sequence[HandedIn]) -> list[SubmittedMaterial]:
    """Return what goes into the new round: files first, else the paper taken at the counter."""
    source = CaseMaterial.Source
    return [
        SubmittedMaterial(line.code, line.name, source.UPLOAD if line.kept else source.PAPER, file=line.kept)
        for line in lines
        if line.kept or line.paper
    ]
