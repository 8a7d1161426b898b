"""What the files under ``portal/`` of a pack may hold."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tongban.foundation.packs.localized import LocalizedText

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
ColumnCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}(\.[a-z][a-z0-9-]{0,39})?$")]
LineCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Prefix = Annotated[str, StringConstraints(pattern=r"^/([a-z0-9-]+/)*$")]
Host = Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]+(\.[a-z0-9-]+)*)?$")]
Identification = Annotated[str, StringConstraints(pattern=r"^(\d{10}|bm\d{8})$")]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Watch = Literal["news", "notices", "other", "none"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ColumnSpec(_Strict):
    """One column of the scheme. ``cycle`` (days) is needed where the watch has none of its own."""

    slug: Slug
    name: LocalizedText
    description: LocalizedText | None = None
    kind: Literal["list", "single", "interactive", "special", "open_information", "library", "service"] | None = None
    watch: Watch = "none"
    cycle: int | None = Field(default=None, ge=1, le=1100)
    line: LineCode
    keywords: str = ""
    cities: Literal["own", "mirror"] = "own"
    columns: list[ColumnSpec] = []

    @model_validator(mode="after")
    def _cycle_is_known(self) -> Self:
        if self.watch == "other" and self.cycle is None:
            msg = "watch: other 的栏目要写 cycle（更新周期，天）"
            raise ValueError(msg)
        if self.watch == "none" and self.cycle is not None:
            msg = "写了 cycle 的栏目要写 watch（news、notices 或 other）"
            raise ValueError(msg)
        return self


class LocalColumnSpec(ColumnSpec):
    """A column that one site adds, below a top column of the scheme (or as a top column of its own)."""

    parent: Slug | None = None


class Limits(_Strict):
    """Working days for each step of the editorial chain."""

    submitted: int = Field(ge=1, le=30)
    editing: int = Field(ge=1, le=30)
    review: int = Field(ge=1, le=30)
    approved: int = Field(ge=1, le=30)


class Posts(_Strict):
    """Names of the posts that edit and review."""

    editor: str
    reviewer: str


class Cycles(_Strict):
    """Days within which columns of these watches must be renewed."""

    news: int = Field(ge=1)
    notices: int = Field(ge=1)


class Points(_Strict):
    """Points for an accepted submission, by kind of site."""

    main: int = Field(ge=0, le=100)
    city: int = Field(ge=0, le=100)
    topic: int = Field(ge=0, le=100)


class Taken(_Strict):
    """A column that topic sites take from the scheme."""

    column: ColumnCode
    mirror: bool = False


class Scheme(_Strict):
    """``portal/scheme.yaml``: the columns that every site follows."""

    limits: Limits
    posts: Posts
    cycles: Cycles
    points: Points
    columns: list[ColumnSpec] = Field(min_length=1)
    topic_sites: list[Taken] = []

    def walk(self) -> Iterator[tuple[str, ColumnSpec, tuple[str | int, ...]]]:
        """Yield every column with its code (``news.notices``) and its place in the file."""
        for index, top in enumerate(self.columns):
            yield top.slug, top, ("columns", index)
            for second, column in enumerate(top.columns):
                yield f"{top.slug}.{column.slug}", column, ("columns", index, "columns", second)


class Look(_Strict):
    """What a site may vary within the one design: its color."""

    color: Color


class SiteSpec(_Strict):
    """One site of the group."""

    code: Slug
    kind: Literal["main", "city", "topic"]
    name: LocalizedText
    short_name: LocalizedText
    host: Host
    path_prefix: Prefix
    region: str
    line: LineCode
    identification_code: Identification
    organizer: LocalizedText
    operator: LocalizedText
    look: Look
    columns: list[LocalColumnSpec] = []

    @model_validator(mode="after")
    def _code_begins_with_region(self) -> Self:
        if re.match(r"\d", self.identification_code) and not self.identification_code.startswith(self.region[:6]):
            msg = "网站标识码前 6 位应为区划代码"
            raise ValueError(msg)
        return self


class Footer(_Strict):
    """What every site's footer says."""

    icp: str
    police: str
    hotline: str


class SiteFile(_Strict):
    """``portal/sites.yaml``."""

    footer: Footer
    sites: list[SiteSpec] = Field(min_length=1)


class SubjectSpec(_Strict):
    """A subject of the open-information catalogue."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,12}$")]
    name: LocalizedText
    subjects: list[SubjectSpec] = []


class SubjectFile(_Strict):
    """``portal/subjects.yaml``."""

    subjects: list[SubjectSpec] = Field(min_length=1)


class WordSpec(_Strict):
    """A wording that is looked for before publication."""

    text: Annotated[str, StringConstraints(min_length=2, max_length=60)]
    kind: Literal["wrong", "sensitive", "name"]
    replacement: str = ""
    blocks: bool = False
    note: str = ""


class WordFile(_Strict):
    """``portal/words.yaml``."""

    words: list[WordSpec] = Field(min_length=1)


class Ended(_Strict):
    """When a statute ceased to be in force, by which other statute of the library, and how."""

    date: dt.date
    by: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,63}$")] | None = None
    how: Literal["abolished", "revised"]


class LawFile(_Strict):
    """``portal/library/*.yaml``: one version of a statute.

    In ``text`` a line is a paragraph; ``# `` and ``## `` begin the headings of chapters and sections. ``note`` is the note
    below the title (题注): when it was adopted and by which acts it was amended; its last date is ``version_on``.
    ``text_from`` names the source of the text.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,63}$")]
    title: Annotated[str, StringConstraints(min_length=2, max_length=200)]
    level: Literal["constitution", "law", "regulation", "local_regulation", "rule", "normative"]
    issuer: Annotated[str, StringConstraints(min_length=2, max_length=100)]
    doc_no: Annotated[str, StringConstraints(max_length=60)] = ""
    version_on: dt.date
    in_force_from: dt.date
    ended: Ended | None = None
    subject: str = ""
    note: Annotated[str, StringConstraints(max_length=2000)] = ""
    text_from: Annotated[str, StringConstraints(max_length=100)] = ""
    text: Annotated[str, StringConstraints(min_length=10)]
