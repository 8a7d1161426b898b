"""Changes: the ledger, a month's settlement, objections, bulletins."""

from tongban.engines.indicators.actions.entering import Signal, enter_by_hand, enter_signals, take_back
from tongban.engines.indicators.actions.objecting import decide_objection, file_objection
from tongban.engines.indicators.actions.publishing import Column, Extras, note_read, period_name, publish
from tongban.engines.indicators.actions.settling import Facts, Measure, Settled, resettle, settle_month

__all__ = [
    "Column",
    "Extras",
    "Facts",
    "Measure",
    "Settled",
    "Signal",
    "decide_objection",
    "enter_by_hand",
    "enter_signals",
    "file_objection",
    "note_read",
    "period_name",
    "publish",
    "resettle",
    "settle_month",
    "take_back",
]
