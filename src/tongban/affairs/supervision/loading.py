"""Loads the rules of supervision from a pack: every rule in code must be declared, and every declared one exist in code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from tongban.affairs.supervision.models import SupervisionRule
from tongban.affairs.supervision.rules.registry import all_rules
from tongban.affairs.supervision.schema import RulesFile, RuleSpec
from tongban.foundation.packs.errors import PackError, Problem
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome

ORDERS: dict[str, dict[str, type]] = {"SUP-04": {"reply_days": int}, "SUP-05": {"reply_days": int}}
"""Entries that set terms of orders and look for nothing."""


def load_rules(documents: Sequence[Document], loading: Loading) -> Outcome:  # noqa: ARG001 - the same for every section
    """Create or change rules from ``supervision/rules.yaml``. Alarms raised before keep their words.

    :raises PackError: with every mistake: unknown code, signal or source, missing threshold, unknown word, rule left out
    """
    outcome = Outcome()
    problems: list[Problem] = []
    rows: list[SupervisionRule] = []
    for document in documents:
        file = parse(RulesFile, document)
        problems.extend(_problems(file, document))
        if not problems:
            rows.extend(_row(file, spec, place) for place, spec in enumerate(file.rules))
    if problems:
        raise PackError(problems)
    known = {row.code: row for row in SupervisionRule.objects.all()}
    for row in rows:
        held = known.get(row.code)
        differs = held is None or held.digest != row.digest
        if differs:
            row.pk = held.pk if held else None
            row.save()
        outcome.count(created=held is None, changed=differs)
    return outcome


def _problems(file: RulesFile, document: Document) -> Iterator[Problem]:
    held = all_rules()
    seen: set[str] = set()
    for place, spec in enumerate(file.rules):
        at = ("rules", place)
        if spec.code in seen:
            yield document.problem((*at, "code"), f"{spec.code} 写了两次，请删去一个")
        seen.add(spec.code)
        if spec.signal not in file.signals:
            yield document.problem((*at, "signal"), f"signals 里没有 {spec.signal}")
        if spec.source not in file.sources:
            yield document.problem((*at, "source"), f"sources 里没有 {spec.source}")
        rule = held.get(spec.code)
        if rule is None and spec.code not in ORDERS:
            yield document.problem((*at, "code"), f"程序里没有规则 {spec.code}；新规则要先写判断函数")
            continue
        wanted = ORDERS[spec.code] if rule is None else rule.params
        words = {"allowed"} if rule is None else rule.words
        if set(spec.params) != set(wanted):
            yield document.problem((*at, "params"), f"参数应为：{'、'.join(sorted(wanted)) or '无'}")
        if spec.words() - words:
            yield document.problem((*at, "finding"), f"没有这些词：{'、'.join(sorted(spec.words() - words))}")
    for code in sorted((set(held) | set(ORDERS)) - seen):
        yield document.problem(("rules",), f"缺少规则 {code}；不用的规则请写 active: false")


def _row(file: RulesFile, spec: RuleSpec, place: int) -> SupervisionRule:
    signal = file.signals[spec.signal]
    body = {**spec.model_dump(mode="json"), **signal.model_dump(), "source": file.sources[spec.source].model_dump()}
    text = json.dumps([place, body], ensure_ascii=False, sort_keys=True)
    return SupervisionRule(
        code=spec.code, order=place, group=spec.group, signal=spec.signal, color=signal.color,
        severity=signal.severity, title=body["title"], explanation=body["explanation"], finding=body["finding"],
        basis=body["basis"], source=body["source"], mark=spec.mark, params=spec.params, active=spec.active,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
