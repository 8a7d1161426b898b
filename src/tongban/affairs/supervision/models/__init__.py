"""The tables of supervision."""

from tongban.affairs.supervision.models.orders import (
    OPEN_STATES,
    Alarm,
    Order,
    OrderEvent,
    OrderReply,
    ReplyFile,
)
from tongban.affairs.supervision.models.rollups import (
    DayFigure,
    LiveFigure,
    Measures,
    PlaceDayFigure,
    RollupState,
    StepDayFigure,
    Touched,
)
from tongban.affairs.supervision.models.rulebook import Color, SerialCounter, SupervisionRule, Watermark

__all__ = [
    "OPEN_STATES",
    "Alarm",
    "Color",
    "DayFigure",
    "LiveFigure",
    "Measures",
    "Order",
    "OrderEvent",
    "OrderReply",
    "PlaceDayFigure",
    "ReplyFile",
    "RollupState",
    "SerialCounter",
    "StepDayFigure",
    "SupervisionRule",
    "Touched",
    "Watermark",
]
