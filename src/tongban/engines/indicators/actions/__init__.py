"""Changes: the ledger, a month's settlement, objections, bulletins."""

from tongban.engines.indicators.actions.bulletins import (
    Issue,
    Paper,
    check_publishable,
    freeze,
    note_read,
    period_name,
    titled,
)
from tongban.engines.indicators.actions.entering import Signal, enter_by_hand, enter_signals, take_back
from tongban.engines.indicators.actions.objecting import decide_objection, file_objection
from tongban.engines.indicators.actions.publishing import Column, Extras, publish
from tongban.engines.indicators.actions.reminding import remind_of_objections
from tongban.engines.indicators.actions.settling import Facts, Measure, Settled, resettle, settle_month

__all__ = [
    "Column",
    "Extras",
    "Facts",
    "Issue",
    "Measure",
    "Paper",
    "Settled",
    "Signal",
    "check_publishable",
    "decide_objection",
    "enter_by_hand",
    "enter_signals",
    "file_objection",
    "freeze",
    "note_read",
    "period_name",
    "publish",
    "remind_of_objections",
    "resettle",
    "settle_month",
    "take_back",
    "titled",
]
