"""An article's editable fields as one value: what a revision holds and what two revisions are compared by."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Line = Annotated[str, StringConstraints(strip_whitespace=True)]


class AttachedFile(BaseModel):
    """A stored file under the name readers see."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Content(BaseModel):
    """Everything an editor may change. ``body`` is clean markup; ``subject`` is a catalogue code; ``image`` a media id;
    ``related`` are numbers of articles to be read with it, the most important first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    subtitle: Annotated[Line, StringConstraints(max_length=200)] = ""
    summary: Annotated[Line, StringConstraints(max_length=600)] = ""
    body: str = ""
    source: Annotated[Line, StringConstraints(max_length=100)] = ""
    author: Annotated[Line, StringConstraints(max_length=100)] = ""
    keywords: Annotated[Line, StringConstraints(max_length=200)] = ""
    kind: Literal["news", "notice", "document", "interpretation", "information", "page", "topic", "video"] = "news"
    language: Literal["zh-hans", "en"] = "zh-hans"
    image: int | None = None
    doc_no: Annotated[Line, StringConstraints(max_length=60)] = ""
    subject: str = ""
    written_on: dt.date | None = None
    effective_on: dt.date | None = None
    validity: Literal["", "in_force", "amended", "abolished", "expired"] = ""
    abolished_on: dt.date | None = None
    legal: dict[str, str] = {}
    attachments: tuple[AttachedFile, ...] = ()
    related: Annotated[tuple[int, ...], Field(max_length=6)] = ()

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.abolished_on and self.written_on and self.abolished_on < self.written_on:
            msg = "abolished_before_written"
            raise ValueError(msg)
        return self

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values; without related articles it reads as it did before there were any."""
        values = self.model_dump(mode="json")
        if not self.related:
            del values["related"]
        return values

    @property
    def sha256(self) -> str:
        """Return the checksum of its canonical form."""
        text = json.dumps(self.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


FIELDS = tuple(Content.model_fields)
