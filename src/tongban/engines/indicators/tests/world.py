"""A small world for tests of points: units, people, and signals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tongban.engines.indicators.actions import Facts, Settled, Signal, enter_signals, settle_month
from tongban.engines.indicators.models import PointEntry, Standing
from tongban.foundation.clock.now import CHINA
from tongban.foundation.organizations.actor import Actor, system_actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official, region, unit

AT = dt.datetime(2026, 11, 20, 10, 0, tzinfo=CHINA)
"""A Friday."""
OCTOBER = dt.date(2026, 10, 1)
CODE = "efficiency"
JOB = system_actor("test")


@dataclass(frozen=True)
class Small:
    province: Unit
    here: Unit
    there: Unit
    supervisor: Actor
    local_supervisor: Actor
    head: Actor
    reviewer: Actor
    clerk: Actor
    other_head: Actor
    admin: Actor

    def signal(
        self, number: str, color: str = "red", *, day: int = 12, who: Actor | None = None, **more: object
    ) -> Signal:
        values: dict[str, object] = {
            "signal": color,
            "cause": "SUP-31",
            "unit": self.here,
            "account_id": who.account.pk if who and who.account else None,
            "day": dt.date(2026, 10, day),
            "about": f"alarm:{number}",
            "matter": "case:420102261001000001",
            "params": {"finding": {"zh": "超过法定时限", "en": "Statutory period exceeded"}},
        }
        return Signal(**{**values, **more})  # type: ignore[arg-type]

    def enter(self, *signals: Signal, at: dt.datetime = AT) -> list[PointEntry]:
        return enter_signals(code=CODE, signals=signals, by=JOB, at=at)

    def settle(self, facts: dict[tuple[int, int | None], Facts] | None = None, month: dt.date = OCTOBER) -> Settled:
        return settle_month(code=CODE, month=month, facts=facts or {}, by=JOB, at=AT)

    def total(self, unit_: Unit | None = None, who: Actor | None = None) -> str:
        row = Standing.objects.get(
            unit=unit_ or self.here, account=who.account if who else None, month=OCTOBER, code=CODE
        )
        return str(row.total)


def small() -> Small:
    top = region("420000", 2, None, "湖北省")
    city = region("420100", 3, top, "武汉市")
    county, other = region("420102", 4, city, "江岸区"), region("420103", 4, city, "江汉区")
    office = unit(top, "government_service")
    line = unit(city, "market_supervision")
    here, there = unit(county, "market_supervision", line), unit(other, "market_supervision", line)
    local = unit(county, "government_service", office)
    return Small(
        province=office,
        here=here,
        there=there,
        supervisor=official("supervisor", (office, Role.SUPERVISOR)),
        local_supervisor=official("local", (local, Role.SUPERVISOR)),
        head=official("head", (here, Role.UNIT_HEAD)),
        reviewer=official("reviewer", (here, Role.REVIEWER)),
        clerk=official("clerk", (here, Role.WINDOW_CLERK)),
        other_head=official("other-head", (there, Role.UNIT_HEAD)),
        admin=official("admin", (office, Role.SYSTEM_ADMIN)),
    )
