"""What the API takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema


class Problem(Schema):
    """What is wrong with one value."""

    path: str = Field(description="Place in the request, such as answers.area or materials.lease")
    message: str = Field(description="What to do, in the language asked for by Accept-Language")


class Refused(Schema):
    """Why a request was refused."""

    message: str
    problems: list[Problem] = []


class Limit(Schema):
    """A period with its unit."""

    figure: int
    unit: Literal["working_day", "calendar_day", "month", "year", "hour"]


class ItemOut(Schema):
    """A service item in a list; ``code`` is empty if a unit must be chosen first."""

    item_code: str
    code: str
    title: str
    description: str
    unit: str
    units: int
    promise: str
    visits: int
    is_online: bool


class ItemPage(Schema):
    """One page of items."""

    total: int
    page: int
    pages: int
    items: list[ItemOut]


class MaterialOut(Schema):
    """One material of an item."""

    code: str
    name: str
    necessity: str
    form: str
    note: str


class BasisOut(Schema):
    """One legal basis with its mark (V read, V2 second-hand, K unverified)."""

    law: str
    article: str
    gist: str
    mark: str


class GuideOut(Schema):
    """Everything that is needed to apply for an item at one unit."""

    code: str
    item_code: str
    title: str
    description: str
    unit: str
    unit_code: str
    region: str
    region_code: str
    case_kind: str
    statutory: Limit | None
    promised: Limit | None
    is_online: bool
    conditions: list[str]
    materials: list[MaterialOut]
    bases: list[BasisOut]
    result: str
    version: int
    updated_on: dt.date


class FormOut(Schema):
    """The form of an item as JSON Schema (draft 2020-12), and the item's own questions."""

    code: str
    version: int
    title: str
    schema_: dict[str, Any] = Field(serialization_alias="schema")
    scenarios: list[dict[str, Any]]


class FileOut(Schema):
    """A stored upload."""

    id: UUID
    name: str
    size: int
    content_type: str
    sha256: str


class MaterialIn(Schema):
    """How one material is given: uploaded files, a license already held, or a signed commitment."""

    way: Literal["upload", "license", "commitment"]
    files: list[UUID] = []
    license: str = ""


class CaseIn(Schema):
    """An application."""

    item: str = Field(description="Implementation code of the item")
    answers: dict[str, Any] = Field(description="Answers that fit the item's form")
    materials: dict[str, MaterialIn] = {}
    applicant: str = Field(default="", description="User name of whom to act for; empty for oneself")


class CaseOut(Schema):
    """Where a case stands."""

    number: str
    title: str
    status: str
    status_text: str
    result: str
    unit: str
    submitted_at: dt.datetime
    accepted_at: dt.datetime | None
    decided_at: dt.datetime | None
    closed_at: dt.datetime | None
    promised_due_on: dt.date | None
    statutory_due_on: dt.date | None
    due_provisional: bool


class EventOut(Schema):
    """One entry of a case's course."""

    at: dt.datetime | None
    title: str
    text: str


class ProgressOut(CaseOut):
    """A case with its course."""

    events: list[EventOut]


class ProgressIn(Schema):
    """The two things by which anyone may ask."""

    number: str = Field(min_length=18, max_length=18)
    secret: str = Field(min_length=1, max_length=32)


class LicenseOut(Schema):
    """What anyone may know of a license."""

    identifier: str
    number: str
    type_name: str
    holder: str
    unit_name: str
    issued_on: dt.date
    valid_from: dt.date
    valid_to: dt.date | None
    status: str
    status_text: str
    in_force: bool
