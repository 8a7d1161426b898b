"""Which limit applies when a clock starts: the item's own figure, the rule of law in force, or the process's figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from tongban.engines.cases.compiling import source_of
from tongban.engines.cases.rules.compiled import Compiled, LimitRef
from tongban.engines.cases.rules.limits import fit, limit_of
from tongban.foundation.clock.models import LimitRule
from tongban.foundation.clock.queries import rule
from tongban.foundation.clock.rules import Limit, Unit


@dataclass(frozen=True, slots=True)
class ItemLimits:
    """The item's own limits, each figure with its unit; None where the item has none.

    ``statutory_source`` says where the statutory figure comes from; asked only when that clock starts.
    """

    statutory: tuple[int, str] | None = None
    promised: tuple[int, str] | None = None
    statutory_source: Callable[[], str] = str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A limit as it is frozen on the case's clock."""

    figure: int
    unit: str
    basis: str = ""
    rule_id: str = ""
    rule_version: str = ""

    @property
    def limit(self) -> Limit:
        """Return figure and unit."""
        return Limit(self.figure, Unit(self.unit))


@dataclass(slots=True)
class Resolver:
    """Resolves the limits of one case; the rules of law are those in force on the day a clock starts."""

    compiled: Compiled
    item: ItemLimits
    jurisdiction: str = ""
    _rules: dict[tuple[str, dt.date], LimitRule] = field(default_factory=dict)

    def resolve(self, key: str, on: dt.date) -> Resolved | None:
        """Return the limit a clock starts with, or None if none applies."""
        kind, _, code = key.partition(":")
        if kind in ("step", "special", "ask"):
            ref = limit_of(self.compiled, code)
            return None if ref is None else self._of(ref, on, cut=fit(self.compiled, self.item.promised).get(code))
        clock = self.compiled.clocks.get(kind)
        return None if clock is None else self._of(clock.limit, on)

    def limit(self, key: str, on: dt.date) -> Limit | None:
        """Return just figure and unit."""
        found = self.resolve(key, on)
        return None if found is None else found.limit

    def _of(self, ref: LimitRef, on: dt.date, *, cut: int | None = None) -> Resolved | None:
        own = {"statutory": self.item.statutory, "promised": self.item.promised}.get(ref.item)
        if own is not None:
            source = self.item.statutory_source() if ref.item == "statutory" else ""
            return Resolved(own[0], own[1], basis=source)
        if ref.rule:
            found = self._rule(ref.rule, on)
            if found.figure is not None:
                limit = found.limit
                return Resolved(
                    cut or limit.figure, limit.unit.value, source_of(found)["zh"], found.rule_id, str(found.version)
                )
        if ref.figure is None:
            return None
        basis = ref.source["zh"] if ref.source else ""
        return Resolved(cut or ref.figure, ref.unit, basis)

    def _rule(self, rule_id: str, on: dt.date) -> LimitRule:
        if (rule_id, on) not in self._rules:
            self._rules[rule_id, on] = rule(rule_id, on=on, jurisdiction=self.jurisdiction)
        return self._rules[rule_id, on]
