"""Everything that reads cases."""

from tongban.engines.cases.queries.applicant import ApplicantFile, applicant_file, ratable, replaceable
from tongban.engines.cases.queries.case_file import CaseFile, case_file, material_rows
from tongban.engines.cases.queries.diagram import Diagram, diagram, diagram_of_definition
from tongban.engines.cases.queries.inbox import (
    DeskCounts,
    InboxChoices,
    InboxFilter,
    InboxRow,
    InboxTabs,
    bad_reviews,
    desk_counts,
    done_by,
    inbox,
    inbox_choices,
    inbox_rows,
    inbox_tabs,
)
from tongban.engines.cases.queries.lookup import by_number_and_secret
from tongban.engines.cases.queries.offers import ActionField, ActionOffer, available_actions
from tongban.engines.cases.queries.scope import case_for, cases_for, my_cases, unit_cases
from tongban.engines.cases.queries.strip import DayStrip, day_strip, strip_of
from tongban.engines.cases.queries.timeline import TimelineEntry, ahead, timeline

__all__ = [
    "ActionField",
    "ActionOffer",
    "ApplicantFile",
    "CaseFile",
    "DayStrip",
    "DeskCounts",
    "Diagram",
    "InboxChoices",
    "InboxFilter",
    "InboxRow",
    "InboxTabs",
    "TimelineEntry",
    "ahead",
    "applicant_file",
    "available_actions",
    "by_number_and_secret",
    "case_file",
    "case_for",
    "cases_for",
    "day_strip",
    "bad_reviews",
    "desk_counts",
    "diagram",
    "diagram_of_definition",
    "done_by",
    "inbox",
    "inbox_choices",
    "inbox_rows",
    "inbox_tabs",
    "material_rows",
    "my_cases",
    "ratable",
    "replaceable",
    "strip_of",
    "timeline",
    "unit_cases",
]
