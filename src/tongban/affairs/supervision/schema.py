"""How the rules of supervision are written in a pack."""

from __future__ import annotations

import datetime as dt
from string import Formatter
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tongban.foundation.packs.localized import LocalizedText


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SignalSpec(_Strict):
    """A signal of electronic supervision: its color and how grave it is."""

    color: Literal["blue", "yellow", "red"]
    severity: Literal["notice", "minor", "serious"]


class RuleSpec(_Strict):
    """One rule: its signal, its words, what it rests on, and its thresholds."""

    code: str = Field(pattern=r"^[A-Z]{3}-\d{2}$")
    group: Literal["limit", "procedure", "off_hall", "order"]
    signal: str
    title: LocalizedText
    explanation: LocalizedText
    finding: LocalizedText
    basis: LocalizedText
    source: str
    mark: str = Field(pattern=r"^(V|V2|P)(/(V|V2|P))?$")
    params: dict[str, int] = Field(default_factory=dict)
    active: bool = True

    def words(self) -> set[str]:
        """Return the names in braces in the text of a finding."""
        texts = (self.finding.zh, self.finding.en)
        return {name for text in texts for _literal, name, _spec, _conversion in Formatter().parse(text) if name}


class RulesFile(_Strict):
    """The file of rules: sources by short name, signals by code, and the rules."""

    checked_on: dt.date
    sources: dict[str, LocalizedText]
    signals: dict[str, SignalSpec]
    rules: list[RuleSpec]
