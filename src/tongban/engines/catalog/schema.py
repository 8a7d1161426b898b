"""The shape of ``packs/*/items/*.yaml``: one standard item a file, with what each level makes of it.

Every text is ``{zh: …, en: …}``. Every legal figure names its law and carries a mark (V read, V2 second-hand,
K unverified). The slice's README shows one complete file.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tongban.engines.catalog.rules import CaseKind, ItemType, Mark, OnlineDepth
from tongban.foundation.clock.rules import Unit
from tongban.foundation.packs.localized import LocalizedText

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
BasicCode = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
ServiceObject = Literal["person", "enterprise", "institution", "society", "agency", "other"]
HandlingForm = Literal["window", "web", "mobile", "courier", "other"]
LevelName = Literal["province", "city", "county", "town", "village"]
FileKind = Literal["pdf", "jpg", "png", "docx", "xlsx", "zip"]


class Strict(BaseModel):
    """Refuses unknown keys, so that a misspelt one is reported with its line."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Basis(Strict):
    """A legal basis. ``gist`` says the rule in our own words, never as a quotation of the text."""

    law: LocalizedText
    article: LocalizedText | None = None
    gist: LocalizedText
    kind: Literal["law", "regulation", "rule", "local_regulation", "local_rule", "document"] = "law"
    purpose: Literal["setting", "limit", "condition", "procedure", "fee", "result"] = "setting"
    source: str = ""
    mark: Mark


class Limit(Strict):
    """A period. ``source`` names law and article; ``special_law`` says that a law allows more than 20 (45) days."""

    figure: int = Field(ge=0, le=3650)
    unit: Unit
    source: LocalizedText | None = None
    mark: Mark | None = None
    special_law: bool = False
    note: LocalizedText | None = None


class StatutoryLimit(Limit):
    """A legal period: source and mark are required."""

    source: LocalizedText
    mark: Mark


class SpecialProcedure(Strict):
    """A procedure that may be run while handling, and whether its time is counted (license law Art. 45)."""

    kind: Literal[
        "survey",
        "inspection",
        "testing",
        "quarantine",
        "appraisal",
        "expert_review",
        "hearing",
        "tender",
        "auction",
        "publication",
    ]
    stops_clock: bool
    limit: Limit | None = None
    text: LocalizedText
    basis: LocalizedText
    mark: Mark


class Step(Strict):
    """One link of the process as the guide shows it."""

    name: LocalizedText
    text: LocalizedText
    limit: Limit | None = None


class Material(Strict):
    """One application material.

    ``form``: how it is handed in; ``reuse``: license types that stand in for it, so that nothing need be uploaded;
    ``commitment``: a signed commitment may take its place; ``when``: only in these scenario choices
    (``{scenario: [choice, …]}``, all named scenarios must match).
    """

    code: Code
    name: LocalizedText
    issuer: LocalizedText | None = None
    issuer_kind: Literal["applicant", "government", "other"] = "applicant"
    form: Literal["online_form", "electronic", "paper", "either"] = "electronic"
    necessity: Literal["required", "conditional", "optional"] = "required"
    originals: int = Field(default=0, ge=0, le=20)
    copies: int = Field(default=0, ge=0, le=20)
    where: Literal["application", "acceptance", "survey", "delivery"] = "application"
    purpose: LocalizedText | None = None
    time_demand: LocalizedText | None = None
    note: LocalizedText | None = None
    reuse: list[Code] = []
    accept: list[FileKind] = ["pdf", "jpg", "png"]
    commitment: bool = False
    when: dict[str, list[str]] = {}
    blank: str = ""
    sample: str = ""
    basis: LocalizedText | None = None


class Band(Strict):
    """What each unit above a number of units costs, in fen; beyond it each ``every`` units the price rises by ``more``."""

    above: int = Field(ge=0)
    fen: int = Field(ge=1)
    every: int | None = Field(default=None, ge=1)
    more: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _both(self) -> Band:
        if (self.every is None) != (self.more is None):
            msg = "every（每增加多少）和 more（提高多少分）要一起写"
            raise ValueError(msg)
        return self


class Fee(Strict):
    """A fee: only with a law or an administrative regulation (license law Art. 58).

    ``rate`` is the standard as figures, bands from low to high; without it the amount is entered and gives a reason.
    """

    name: LocalizedText
    standard: LocalizedText
    unit: LocalizedText | None = None
    rate: list[Band] = []
    basis: LocalizedText
    mark: Mark
    reduction: LocalizedText | None = None


class Renewal(Strict):
    """The license type that the item renews, and how long before its last day to apply; else the general rule (Art. 50)."""

    license_type: Code
    in_time: StatutoryLimit | None = None


class Faq(Strict):
    """A question people ask, and its answer."""

    question: LocalizedText
    answer: LocalizedText


class Choice(Strict):
    """One answer to a scenario's question."""

    code: Code
    label: LocalizedText
    note: LocalizedText | None = None


class Scenario(Strict):
    """A question whose answer changes the materials. ``code`` is the id of the form field that asks it."""

    code: Code
    question: LocalizedText
    choices: list[Choice] = Field(min_length=2)


class Result(Strict):
    """What the applicant gets. ``license_type`` is the code of an electronic license type."""

    kind: Literal["certificate", "approval", "record", "other", "none"]
    name: LocalizedText | None = None
    license_type: str = ""
    sample: str = ""
    validity: LocalizedText | None = None
    note: LocalizedText | None = None


class Process(Strict):
    """A version of how the item is handled, in force from one day to another."""

    process: str
    form: str
    effective_from: dt.date
    effective_to: dt.date | None = None


class Elements(Strict):
    """Values of the implementation list that may differ by level or unit. All have a default; ``None`` = not stated.

    Name, codes, type, basis, limits, conditions, materials, fees, results and questions stand in their own parts.
    """

    case_kind: CaseKind = CaseKind.PROMISED
    authority_division: LocalizedText | None = None
    content: LocalizedText | None = None
    subject_nature: Literal["statutory", "authorized", "entrusted", "other"] = "statutory"
    power_source: Literal["own", "delegated", "entrusted"] = "own"
    entrusted_by: str = ""
    undertaking_unit: LocalizedText | None = None
    joint_units: list[LocalizedText] = []
    intermediary: LocalizedText | None = None
    quantity_limit: LocalizedText | None = None
    jurisdiction: LocalizedText | None = None
    cross_area: Literal["none", "county", "city", "province", "nation"] = "none"
    handling_forms: list[HandlingForm] = ["window", "web"]
    online_depth: OnlineDepth = OnlineDepth.FULL
    online_address: str = ""
    single_sign_on: bool = True
    system_level: Literal["nation", "province", "city", "county"] = "province"
    visits: int = Field(default=0, ge=0, le=10)
    visits_reason: LocalizedText | None = None
    booking: bool = False
    courier: bool = True
    charges: bool = False
    online_payment: bool | None = None
    special_procedure: bool = False
    place: LocalizedText | None = None
    window: LocalizedText | None = None
    hours: LocalizedText | None = None
    consultation: str = ""
    supervision_phone: str = ""
    review_address: LocalizedText | None = None
    litigation_address: LocalizedText | None = None
    promised_note: LocalizedText | None = None


ELEMENT_NAMES = frozenset(Elements.model_fields)


class UnitOverride(Strict):
    """What one unit does differently."""

    promised: Limit | None = None
    elements: dict[str, Any] = {}

    @model_validator(mode="after")
    def _known_elements(self) -> UnitOverride:
        _refuse_unknown(self.elements)
        return self


class Implementation(Strict):
    """The item at all units of a line and of some levels (or at the units named), with what is different there.

    ``overrides`` is keyed by unit code.
    """

    line: str = ""
    levels: list[LevelName] = []
    units: list[str] = []
    except_units: list[str] = []
    name: LocalizedText | None = None
    promised: Limit | None = None
    elements: dict[str, Any] = {}
    steps: list[Step] | None = None
    processes: list[Process] | None = None
    overrides: dict[str, UnitOverride] = {}

    @model_validator(mode="after")
    def _says_where(self) -> Implementation:
        _refuse_unknown(self.elements)
        if not self.units and not (self.line and self.levels):
            msg = "要写 line 和 levels（条线和层级），或者用 units 列出单位代码"
            raise ValueError(msg)
        return self


def _refuse_unknown(elements: dict[str, Any]) -> None:
    unknown = sorted(set(elements) - ELEMENT_NAMES)
    if unknown:
        msg = f"没有这些要素：{'、'.join(unknown)}，请检查拼写"
        raise ValueError(msg)


class Item(Strict):
    """One standard item."""

    code: BasicCode
    type: ItemType
    name: LocalizedText
    aliases: list[str] = []
    description: LocalizedText
    icon: str = ""
    objects: list[ServiceObject] = Field(min_length=1)
    themes: list[Code] = []
    events: list[Code] = []
    sort: int = 100
    bases: list[Basis] = Field(min_length=1)
    conditions: list[LocalizedText] = Field(min_length=1)
    conditions_note: LocalizedText | None = None
    notes: list[LocalizedText] = []
    statutory: StatutoryLimit | None = None
    promised: Limit | None = None
    special_procedures: list[SpecialProcedure] = []
    steps: list[Step] = Field(min_length=1)
    materials: list[Material] = Field(min_length=1)
    scenarios: list[Scenario] = []
    fees: list[Fee] = []
    result: Result
    renews: Renewal | None = None
    faqs: list[Faq] = []
    processes: list[Process] = Field(min_length=1)
    elements: Elements = Elements()
    implementations: list[Implementation] = Field(min_length=1)
    updated_on: dt.date

    @model_validator(mode="after")
    def _conditions_of_materials(self) -> Item:
        choices = {scenario.code: {choice.code for choice in scenario.choices} for scenario in self.scenarios}
        for material in self.materials:
            for scenario, wanted in material.when.items():
                if scenario not in choices:
                    msg = f"材料 {material.code} 的 when 用了没有定义的情形 {scenario}，请在 scenarios 中定义或改正"
                    raise ValueError(msg)
                if strange := sorted(set(wanted) - choices[scenario]):
                    msg = f"材料 {material.code} 的 when 用了情形 {scenario} 没有的选项：{'、'.join(strange)}"
                    raise ValueError(msg)
        codes = [material.code for material in self.materials]
        if repeated := sorted({code for code in codes if codes.count(code) > 1}):
            msg = f"材料代码重复：{'、'.join(repeated)}，请改用不同的代码"
            raise ValueError(msg)
        return self


class Theme(Strict):
    """A theme of the personal or the legal-person hall."""

    code: Code
    audience: Literal["personal", "legal"]
    name: LocalizedText
    icon: str = ""


class LifeEvent(Strict):
    """Something that happens to a person or a firm, for which several items are needed (一件事)."""

    code: Code
    name: LocalizedText
    summary: LocalizedText
    icon: str = ""
    audience: Literal["personal", "legal"]


class Themes(Strict):
    """The file ``themes.yaml``."""

    themes: list[Theme]


class LifeEvents(Strict):
    """The file ``events.yaml``."""

    events: list[LifeEvent]
