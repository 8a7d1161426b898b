"""The one place where rules of supervision are registered: a stable code, a pure function, and the words it fills in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tongban.affairs.supervision.rules.casefile import CaseFile, Found

Judge = Callable[[CaseFile, Mapping[str, Any]], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as code knows it.

    :param words: names that the rule's text may use in braces
    :param params: thresholds that the pack must declare, with the type of each
    """

    code: str
    judge: Judge
    words: frozenset[str]
    params: Mapping[str, type]


_rules: dict[str, Rule] = {}


def rule(code: str, *, words: str = "", **params: type) -> Callable[[Judge], Judge]:
    """Register a function as a rule.

    :raises ValueError: if the code is taken by another function
    """

    def register(judge: Judge) -> Judge:
        held = _rules.get(code)
        if held is not None and held.judge.__qualname__ != judge.__qualname__:
            msg = f"two rules have the code {code}"
            raise ValueError(msg)
        _rules[code] = Rule(code, judge, frozenset(words.split()), params)
        return judge

    return register


def all_rules() -> Mapping[str, Rule]:
    """Return every rule by code."""
    from tongban.affairs.supervision.rules import findings, offhall, signals  # noqa: F401 - they register themselves

    return dict(_rules)


def judge(file: CaseFile, settings: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Found]]:
    """Apply rules to a case, in the order of their codes; pure, so the same file always gives the same findings.

    :param settings: the thresholds of the rules in force, by code
    """
    held = all_rules()
    return [
        (code, found) for code in sorted(settings) if code in held for found in held[code].judge(file, settings[code])
    ]
