"""The tables of supervision."""

from tongban.affairs.supervision.models.orders import (
    OPEN_STATES,
    WITH_REPLY,
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
    PlaceLiveFigure,
    PlaceStepDayFigure,
    RollupState,
    StepDayFigure,
    Touched,
)
from tongban.affairs.supervision.models.rulebook import Color, SerialCounter, SupervisionRule, Watermark
from tongban.affairs.supervision.models.standard import LateReason, PublishedMonth, ServiceFigure

__all__ = [
    "OPEN_STATES",
    "WITH_REPLY",
    "Alarm",
    "Color",
    "DayFigure",
    "LateReason",
    "LiveFigure",
    "Measures",
    "Order",
    "OrderEvent",
    "OrderReply",
    "PlaceDayFigure",
    "PlaceLiveFigure",
    "PlaceStepDayFigure",
    "PublishedMonth",
    "ReplyFile",
    "RollupState",
    "SerialCounter",
    "ServiceFigure",
    "StepDayFigure",
    "SupervisionRule",
    "Touched",
    "Watermark",
]
