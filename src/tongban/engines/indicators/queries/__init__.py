"""Reads over schemes, the ledger, league tables, objections and bulletins."""

from tongban.engines.indicators.queries.bulletins import bulletins_for, deliveries, is_latest, unopened
from tongban.engines.indicators.queries.league import (
    LeagueRow,
    MonthScore,
    grades_of,
    league,
    months_of,
    periods_held,
    person_standings,
    unit_standings,
)
from tongban.engines.indicators.queries.ledger import (
    EntryRow,
    Subject,
    derive,
    differences,
    in_months,
    lines_by_subject,
    of_subject,
    reason,
    shown,
    standing,
    with_words,
)
from tongban.engines.indicators.queries.objections import file_by, may_object, objectable, objections_for
from tongban.engines.indicators.queries.schemes import bulletin_spec, scheme_on, spec_of

__all__ = [
    "EntryRow",
    "LeagueRow",
    "MonthScore",
    "Subject",
    "bulletin_spec",
    "bulletins_for",
    "deliveries",
    "derive",
    "differences",
    "file_by",
    "grades_of",
    "in_months",
    "is_latest",
    "league",
    "lines_by_subject",
    "may_object",
    "months_of",
    "objectable",
    "objections_for",
    "of_subject",
    "periods_held",
    "person_standings",
    "reason",
    "scheme_on",
    "shown",
    "spec_of",
    "standing",
    "unit_standings",
    "unopened",
    "with_words",
]
