"""Moves running cases to another version of their process: a dry run first, then one explicit, recorded change."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from tongban.engines.cases.actions.extras import record_event
from tongban.engines.cases.errors import ActionRefused
from tongban.engines.cases.loading import compiled_definition
from tongban.engines.cases.models import Case, ProcessDefinition, Task
from tongban.engines.cases.permissions import DEFINITIONS
from tongban.engines.cases.rules.compiled import BUILT_IN_STEPS, Compiled
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require
from tongban.foundation.packs.localized import localized


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """What moving would do: live cases by open step, and steps that have no place in the new version."""

    source: ProcessDefinition
    target: ProcessDefinition
    steps: Mapping[str, int]
    renamed: Mapping[str, str]
    homeless: tuple[str, ...]
    cases: int

    @property
    def possible(self) -> bool:
        """Tell whether every open step has a place to go."""
        return not self.homeless


@dataclass(slots=True)
class MigrationResult:
    """How many cases moved."""

    moved: int = 0
    steps: Counter[str] = field(default_factory=Counter)


def plan_migration(
    *, source: ProcessDefinition, target: ProcessDefinition, renamed: Mapping[str, str] | None = None
) -> MigrationPlan:
    """Return what moving the running cases of one version to another would do; nothing is changed.

    :param renamed: old step codes and what they are called in the new version
    :raises ActionRefused: if the versions belong to different processes
    """
    if source.code != target.code:
        raise ActionRefused(f"{source.code} ≠ {target.code}", code="other_process")
    names = dict(renamed or {})
    compiled = compiled_definition(target)
    tasks = Task.objects.filter(case__definition=source, closed_at__isnull=True).exclude(kind=Task.Kind.EXTENSION)
    steps = Counter(tasks.values_list("step", flat=True))
    homeless = sorted(step for step in steps if not _known(compiled, names.get(step, step)))
    cases = Case.objects.filter(definition=source, closed_at__isnull=True).count()
    return MigrationPlan(source, target, dict(steps), names, tuple(homeless), cases)


def _known(compiled: Compiled, step: str) -> bool:
    return step in compiled.steps or step in compiled.specials or step in BUILT_IN_STEPS


def migrate_cases(*, plan: MigrationPlan, by: Actor, at: dt.datetime, batch: int = 200) -> MigrationResult:
    """Move every live case of the plan, in batches; each case keeps its clocks and gets an event.

    Clocks do not change: the law under which a case was accepted goes on to apply.

    :raises ActionRefused: if an open step has no place in the new version
    """
    require(by, DEFINITIONS.code)
    if not plan.possible:
        raise ActionRefused(f"no place for: {', '.join(plan.homeless)}", code="homeless")
    compiled = compiled_definition(plan.target)
    result = MigrationResult()
    while _move(plan, compiled, by, at, batch, result):
        pass
    return result


def _move(
    plan: MigrationPlan, compiled: Compiled, by: Actor, at: dt.datetime, batch: int, result: MigrationResult
) -> bool:
    with transaction.atomic():
        cases = list(
            Case.objects.filter(definition=plan.source, closed_at__isnull=True)
            .order_by("pk")
            .select_for_update(of=("self",))[:batch]
        )
        for case in cases:
            case.definition = plan.target
            case.open_steps = " ".join(plan.renamed.get(step, step) for step in case.open_steps.split())
            case.version += 1
            case.save(update_fields=["definition", "open_steps", "version"])
            for task in Task.objects.filter(case=case, closed_at__isnull=True):
                step = plan.renamed.get(task.step, task.step)
                if step != task.step:
                    task.step, task.title = step, localized(compiled.title_of(step), language="zh-hans")
                    task.save(update_fields=["step", "title"])
                result.steps[step] += 1
            record_event(
                case=case,
                act="moved_to_version",
                title={"zh": "改用流程新版本", "en": "Moved to a new version of the process"},
                by=by,
                at=at,
                data={"from": plan.source.version, "to": plan.target.version},
            )
            result.moved += 1
        return bool(cases)
