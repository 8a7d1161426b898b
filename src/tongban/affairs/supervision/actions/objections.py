"""What a decided objection to points means for the alarm they were given for."""

from __future__ import annotations

import datetime as dt

from tongban.affairs.supervision.actions.correcting import uphold_alarm, withdraw_alarm
from tongban.affairs.supervision.models import Alarm
from tongban.affairs.supervision.queries.scores import PREFIX
from tongban.engines.indicators.registers import Source
from tongban.foundation.organizations.actor import Actor


def _alarm(about: str) -> Alarm | None:
    """Return the alarm points were given for, unless it is withdrawn already."""
    rows = Alarm.objects.filter(number=about.removeprefix(PREFIX)).exclude(state=Alarm.State.WITHDRAWN)
    return rows.select_related("unit").first()


def withdraw(about: str, decision: str, by: Actor, at: dt.datetime) -> None:
    """Withdraw the alarm of points that were objected to rightly."""
    alarm = _alarm(about)
    if alarm is not None:
        withdraw_alarm(alarm=alarm, reason=decision, by=by, at=at)


def confirm(about: str, decision: str, by: Actor, at: dt.datetime) -> None:  # noqa: ARG001 - the signature of a source
    """Note on the alarm of points that were objected to wrongly that it was reviewed and stands."""
    alarm = _alarm(about)
    if alarm is not None:
        uphold_alarm(alarm=alarm, by=by, at=at)


ALARMS = Source(PREFIX.rstrip(":"), withdraw, confirm)
