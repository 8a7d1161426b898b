"""The closed vocabulary of processes: what can be done with a case, and what must be said when doing it.

A new need becomes a new word here with its tests; there is no expression language in the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an action does to a case."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    REFUSE_ACCEPTANCE = "refuse_acceptance"
    REQUEST_CORRECTION = "request_correction"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    COMPLETE = "complete"
    RETURN_BACK = "return_back"
    START_SPECIAL = "start_special"
    FINISH_SPECIAL = "finish_special"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    CO_HANDLE = "co_handle"
    REPLY = "reply"
    RECLAIM = "reclaim"
    REQUEST_EXTENSION = "request_extension"
    APPROVE_EXTENSION = "approve_extension"
    REJECT_EXTENSION = "reject_extension"
    GRANT = "grant"
    REFUSE = "refuse"
    ISSUE = "issue"
    DELIVER = "deliver"
    CLOSE = "close"
    TERMINATE = "terminate"
    RETURN_APPLICATION = "return_application"
    DEEMED_ACCEPT = "deemed_accept"
    DEEMED_RENEW = "deemed_renew"
    ABANDON = "abandon"
    LAPSE = "lapse"


DECLARABLE = frozenset(
    {
        Kind.ACCEPT, Kind.REFUSE_ACCEPTANCE, Kind.REQUEST_CORRECTION, Kind.COMPLETE, Kind.RETURN_BACK, Kind.TRANSFER,
        Kind.CO_HANDLE, Kind.REQUEST_EXTENSION, Kind.GRANT, Kind.REFUSE, Kind.ISSUE, Kind.DELIVER, Kind.CLOSE,
        Kind.TERMINATE, Kind.RETURN_APPLICATION,
    }
)  # fmt: skip
"""Kinds that a step of a process may declare; the others come with the procedure that needs them."""

NEEDS_TARGET = frozenset({Kind.ACCEPT, Kind.COMPLETE, Kind.RETURN_BACK, Kind.GRANT, Kind.REFUSE, Kind.ISSUE})
"""Kinds that must say which step comes next."""

ENDS_CASE = frozenset({Kind.REFUSE_ACCEPTANCE, Kind.CLOSE, Kind.TERMINATE, Kind.RETURN_APPLICATION})
"""Kinds after which the case is over. ``deliver`` ends it too when it names no next step."""

BY_APPLICANT = frozenset({Kind.SUPPLEMENT, Kind.WITHDRAW})
BY_SYSTEM = frozenset({Kind.DEEMED_ACCEPT, Kind.DEEMED_RENEW, Kind.ABANDON, Kind.LAPSE})


class Phase(StrEnum):
    """Which of the law's clocks runs while a step is open."""

    ACCEPTANCE = "acceptance"
    HANDLING = "handling"
    DELIVERY = "delivery"


ALLOWED_IN = {
    Kind.ACCEPT: {Phase.ACCEPTANCE},
    Kind.REFUSE_ACCEPTANCE: {Phase.ACCEPTANCE},
    Kind.REQUEST_CORRECTION: {Phase.ACCEPTANCE},
    Kind.REQUEST_EXTENSION: {Phase.HANDLING},
    Kind.GRANT: {Phase.ACCEPTANCE, Phase.HANDLING},
    Kind.REFUSE: {Phase.ACCEPTANCE, Phase.HANDLING},
    Kind.ISSUE: {Phase.DELIVERY},
    Kind.DELIVER: {Phase.DELIVERY},
    Kind.CLOSE: {Phase.DELIVERY},
    Kind.TERMINATE: {Phase.HANDLING},
    Kind.RETURN_APPLICATION: {Phase.ACCEPTANCE, Phase.HANDLING},
}
"""Phases in which a kind makes legal sense; kinds not named here are allowed in each."""

ART_45 = frozenset(
    {"hearing", "bidding", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"}
)
"""Special procedures whose time is not counted, 行政许可法 Art. 45. Survey and publication are not among them."""

CONSULTATIONS = frozenset({"third_party", "other_agency"})
"""Consultations whose time is not counted, 政府信息公开条例 Art. 33."""

SPECIAL_KINDS = ART_45 | CONSULTATIONS | {"survey", "publication"}

APPROVERS = {
    "agency_head": ("unit_head", "lead"),
    "government_head": ("unit_head", "government"),
    "information_office_head": ("disclosure_head", "lead"),
}
"""Who the law names as approver of an extension: the role, and where it is held (the handling unit, the government)."""


class Status(StrEnum):
    """Where a case stands."""

    SUBMITTED = "submitted"
    PRE_REVIEW = "pre_review"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    HANDLING = "handling"
    DECIDED = "decided"
    DELIVERED = "delivered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ABANDONED = "abandoned"


OVER = frozenset({Status.NOT_ACCEPTED, Status.CLOSED, Status.WITHDRAWN, Status.ABANDONED})
"""Statuses in which nothing is left to do."""

BEFORE_DECISION = frozenset({Status.SUBMITTED, Status.PRE_REVIEW, Status.CORRECTION, Status.ACCEPTED, Status.HANDLING})
"""Statuses in which the applicant may withdraw."""


class FieldType(StrEnum):
    """How a value is entered."""

    TEXT = "text"
    TEXTAREA = "textarea"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"
    ITEMS = "items"
    ACCOUNT = "account"
    UNITS = "units"
    UNIT = "unit"
    FILE = "file"
    CHECKBOX = "checkbox"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be said with an action. Labels and hints are in :mod:`tongban.engines.cases.wording`."""

    name: str
    type: FieldType
    choices: tuple[str, ...] = ()
    limit: int = 4000


_T = FieldType
FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("reason", _T.TEXTAREA),
        Field("basis", _T.TEXTAREA, limit=1000),
        Field("remedies", _T.TEXTAREA, limit=1000),
        Field("opinion", _T.TEXTAREA),
        Field("items", _T.ITEMS),
        Field("days", _T.NUMBER, limit=365),
        Field("expected_days", _T.NUMBER, limit=365),
        Field("conclusion", _T.CHOICE),
        Field("members", _T.ITEMS),
        Field("record", _T.TEXTAREA),
        Field("report", _T.FILE),
        Field("place", _T.TEXT, limit=200),
        Field("held_on", _T.DATE),
        Field("notified_on", _T.DATE),
        Field("question", _T.TEXTAREA),
        Field("units", _T.UNITS),
        Field("unit", _T.UNIT),
        Field("assignee", _T.ACCOUNT),
        Field("delivery", _T.CHOICE, choices=("electronic", "window", "courier")),
        Field("recipient", _T.TEXT, limit=100),
        Field("valid_from", _T.DATE),
        Field("valid_to", _T.DATE),
        Field("conditions", _T.TEXTAREA),
        Field("ground", _T.CHOICE),
        Field("public_summary", _T.TEXTAREA, limit=1000),
        Field("competent_unit", _T.TEXT, limit=200),
        Field("note", _T.TEXTAREA),
        Field("confirmed", _T.CHECKBOX),
    )
}

MANDATORY: dict[Kind, tuple[str, ...]] = {
    Kind.REFUSE_ACCEPTANCE: ("ground", "reason", "remedies"),
    Kind.REQUEST_CORRECTION: ("items", "days"),
    Kind.RETURN_APPLICATION: ("items",),
    Kind.RETURN_BACK: ("reason",),
    Kind.START_SPECIAL: ("reason",),
    Kind.FINISH_SPECIAL: ("conclusion", "opinion"),
    Kind.TRANSFER: ("unit", "reason"),
    Kind.CO_HANDLE: ("units", "question"),
    Kind.REPLY: ("conclusion", "opinion"),
    Kind.RECLAIM: ("reason",),
    Kind.REQUEST_EXTENSION: ("days", "reason"),
    Kind.REJECT_EXTENSION: ("reason",),
    Kind.REFUSE: ("reason", "basis", "remedies"),
    Kind.DELIVER: ("delivery",),
    Kind.TERMINATE: ("ground", "reason"),
}
"""What must always be said, whatever a process declares (行政许可法 Art. 32, 38, 42, 45)."""

OPTIONAL: dict[Kind, tuple[str, ...]] = {
    Kind.ACCEPT: ("opinion",),
    Kind.COMPLETE: ("opinion",),
    Kind.GRANT: ("opinion",),
    Kind.ASSIGN: ("assignee", "note"),
    Kind.TRANSFER: ("assignee",),
    Kind.CO_HANDLE: ("days",),
    Kind.APPROVE_EXTENSION: ("opinion",),
    Kind.REFUSE_ACCEPTANCE: ("competent_unit",),
    Kind.WITHDRAW: ("reason",),
    Kind.SUPPLEMENT: ("note",),
    Kind.DELIVER: ("recipient", "note"),
    Kind.ISSUE: ("note",),
    Kind.CLOSE: ("note",),
    Kind.RETURN_APPLICATION: ("note",),
}

GROUNDS: dict[Kind, tuple[str, ...]] = {
    Kind.REFUSE_ACCEPTANCE: ("no_licence_needed", "not_our_authority", "not_corrected", "other_by_law"),
    Kind.TERMINATE: (
        "applicant_died", "organization_ended", "law_changed", "applicant_withdrew_object", "force_majeure",
        "other_by_law",
    ),
}  # fmt: skip
"""Closed lists of grounds: not accepting (行政许可法 Art. 32), ending a case (市场监管总局令第16号 Art. 30 as model)."""

REPLIES = ("agree", "agree_with_conditions", "disagree", "not_ours")
