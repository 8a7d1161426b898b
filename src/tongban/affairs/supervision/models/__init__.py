"""The tables of supervision."""

from tongban.affairs.supervision.models.orders import (
    OPEN_STATES,
    Alarm,
    Order,
    OrderEvent,
    OrderReply,
    ReplyFile,
)
from tongban.affairs.supervision.models.rulebook import Color, SerialCounter, SupervisionRule, Watermark

__all__ = [
    "OPEN_STATES",
    "Alarm",
    "Color",
    "Order",
    "OrderEvent",
    "OrderReply",
    "ReplyFile",
    "SerialCounter",
    "SupervisionRule",
    "Watermark",
]
