"""Everything that changes alarms and orders."""

from tongban.affairs.supervision.actions.answering import accept, answer, may_answer, send_back, withdraw_order
from tongban.affairs.supervision.actions.correcting import uphold_alarm, withdraw_alarm
from tongban.affairs.supervision.actions.following import close_done, escalate_due
from tongban.affairs.supervision.actions.issuing import (
    Subject,
    default_reply_days,
    issue_order,
    remind,
    subject_of_alarm,
    subject_of_case,
)
from tongban.affairs.supervision.actions.raising import Examined, examine
from tongban.affairs.supervision.actions.watching import watch, watch_history
from tongban.affairs.supervision.errors import OrderRefused

__all__ = [
    "Examined",
    "OrderRefused",
    "Subject",
    "accept",
    "answer",
    "close_done",
    "default_reply_days",
    "escalate_due",
    "examine",
    "issue_order",
    "may_answer",
    "remind",
    "send_back",
    "subject_of_alarm",
    "subject_of_case",
    "uphold_alarm",
    "watch",
    "watch_history",
    "withdraw_alarm",
    "withdraw_order",
]
