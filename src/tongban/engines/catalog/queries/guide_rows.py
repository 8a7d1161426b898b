"""The frozen rows of a guide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from tongban.engines.catalog.models import FormDownload
from tongban.engines.catalog.queries.element_rows import ElementRow


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A period: its figure and unit for computing, its words for reading, its source and how well it is verified."""

    figure: int
    unit: str
    text: str
    source: str = ""
    mark: str = ""
    mark_text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One material of a guide. ``spared`` tells whether a license held or a commitment can stand in for it."""

    code: str
    name: str
    issuer: str
    source: str
    form: str
    form_code: str
    necessity: str
    necessity_code: str
    originals: int
    copies: int
    where: str
    purpose: str
    time_demand: str
    note: str
    basis: str
    accept: tuple[str, ...]
    reuse: tuple[str, ...]
    commitment: bool
    when: Mapping[str, tuple[str, ...]]
    when_text: str
    blank: FormDownload | None
    sample: FormDownload | None

    @property
    def spared(self) -> bool:
        """Tell whether the applicant may not have to bring it."""
        return bool(self.reuse) or self.commitment

    @property
    def uploads(self) -> bool:
        """Tell whether it is handed in as a file."""
        return self.form_code in ("electronic", "either")


@dataclass(frozen=True, slots=True)
class StepRow:
    """One link of the process."""

    name: str
    text: str
    limit: str


@dataclass(frozen=True, slots=True)
class SpecialRow:
    """A special procedure that may be run, and whether its time counts."""

    kind: str
    code: str
    text: str
    basis: str
    stops_clock: bool
    limit: str
    mark: str
    mark_text: str


@dataclass(frozen=True, slots=True)
class BasisRow:
    """A legal basis with how well it is verified."""

    law: str
    article: str
    gist: str
    purpose: str
    source: str
    mark: str
    mark_text: str


@dataclass(frozen=True, slots=True)
class FeeRow:
    """A fee."""

    name: str
    standard: str
    basis: str
    reduction: str
    mark: str
    mark_text: str


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A question whose answer changes the materials."""

    code: str
    question: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """Everything there is to say about one implementation, in the language of the request."""

    pk: int
    item_id: int
    code: str
    scheme: str
    item_code: str
    title: str
    description: str
    icon: str
    item_type: str
    item_type_code: str
    objects: str
    objects_codes: tuple[str, ...]
    for_persons: bool
    for_organizations: bool
    unit_id: int
    unit: str
    unit_code: str
    region: str
    region_code: str
    region_path: str
    level: str
    subject_nature: str
    case_kind: str
    case_kind_code: str
    statutory: LimitRow | None
    promised: LimitRow | None
    promise: str
    visits: int
    visits_reason: str
    online_depth: str
    online_depth_code: str
    is_online: bool
    online_address: str
    booking: bool
    courier: bool
    cross_area: str
    cross_area_code: str
    charges: bool
    fees: tuple[FeeRow, ...]
    conditions: tuple[str, ...]
    conditions_note: str
    notes: tuple[str, ...]
    materials: tuple[MaterialRow, ...]
    scenarios: tuple[ScenarioRow, ...]
    steps: tuple[StepRow, ...]
    specials: tuple[SpecialRow, ...]
    bases: tuple[BasisRow, ...]
    result: str
    result_kind: str
    result_validity: str
    result_note: str
    faqs: tuple[tuple[str, str], ...]
    themes: tuple[tuple[str, str, str], ...]
    events: tuple[tuple[str, str], ...]
    place: str
    window: str
    hours: str
    consultation: str
    supervision_phone: str
    review_address: str
    litigation_address: str
    process_code: str
    form_code: str
    license_type: str
    version: int
    updated_on: dt.date
    status: str
    elements: tuple[ElementRow, ...]

    @property
    def spared(self) -> int:
        """Return how many materials may not have to be brought."""
        return sum(material.spared for material in self.materials)

    @property
    def stopping(self) -> tuple[SpecialRow, ...]:
        """Return the special procedures whose time is not counted."""
        return tuple(special for special in self.specials if special.stops_clock)

    @property
    def limit(self) -> LimitRow | None:
        """Return the period the applicant may rely on: the promised one, else the statutory one."""
        return self.promised or self.statutory
