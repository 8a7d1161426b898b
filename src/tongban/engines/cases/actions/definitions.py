"""Publishes processes: written, compiled, verified, played through, and from then on unchangeable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import yaml

from tongban.engines.cases import registers
from tongban.engines.cases.actions.facts import known_facts
from tongban.engines.cases.compiling import compile_process, fingerprint
from tongban.engines.cases.limits import ItemLimits, Resolver
from tongban.engines.cases.models import ProcessDefinition
from tongban.engines.cases.rules.compiled import Compiled
from tongban.engines.cases.rules.examples import Example, Line, play
from tongban.engines.cases.rules.mistakes import Mistake
from tongban.engines.cases.rules.verify import Known, verify
from tongban.engines.cases.schema import ExampleSpec, ProcessSpec
from tongban.foundation.clock.models import LimitRule
from tongban.foundation.clock.queries import RuleMissingError, calendar_for, rule
from tongban.foundation.documents.models import DocumentTemplate
from tongban.foundation.messaging.models import MessageTemplate
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome
from tongban.foundation.packs.versions import Versions, load_versions


def known_names() -> Known:
    """Return the names a process may refer to at this moment."""
    checks, effects = registers.names()
    documents = frozenset(DocumentTemplate.objects.values_list("code", flat=True).distinct())
    messages = frozenset(MessageTemplate.objects.values_list("code", flat=True).distinct())
    return Known(checks, effects, documents, messages)


def load_processes(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Publish the processes of a pack; a version that is already published must be the same.

    :raises PackError: with every mistake, its line and its remedy
    """
    held = ProcessDefinition.objects.only("code", "version", "sha256")
    known = known_names()
    return load_versions(documents, Versions(held), lambda document: [_prepare(document, known, loading)])


def _prepare(document: Document, known: Known, loading: Loading) -> ProcessDefinition:
    spec = parse(ProcessSpec, document)
    compiled = compile_spec(spec, document)
    mistakes = [*verify(compiled, known), *template_mistakes(compiled)]
    if not mistakes:
        mistakes = play_examples(spec, compiled)
    if mistakes:
        raise PackError([document.problem(mistake.place, str(mistake)) for mistake in mistakes])
    return ProcessDefinition(
        code=spec.code,
        version=spec.version,
        title=spec.title.model_dump(),
        regime=spec.regime,
        source=yaml.safe_dump(document.data, allow_unicode=True, sort_keys=False),
        compiled=compiled.model_dump(mode="json"),
        sha256=fingerprint(document.data),
        status=ProcessDefinition.Status.PUBLISHED,
        effective_from=spec.effective_from,
        published_at=loading.at,
        published_by=f"pack:{loading.pack}",
    )


def compile_spec(spec: ProcessSpec, document: Document) -> Compiled:
    """Compile a process as read from a file.

    :raises PackError: if a rule it names is not in force
    """

    def rule_of(rule_id: str, on: dt.date) -> LimitRule:
        return rule(rule_id, on=on)

    try:
        return compile_process(spec, rule_of=rule_of)
    except RuleMissingError as wrong:
        text = f"没有生效的时限规则 {wrong.params.get('rule')}，请检查编号 / no rule {wrong.params.get('rule')} is in force"
        raise PackError([document.problem((), text)]) from wrong


def template_mistakes(compiled: Compiled) -> list[Mistake]:
    """Return the templates that need values no case can give."""
    facts = known_facts()
    found: list[Mistake] = []
    wanted: dict[str, tuple[str, set[str]]] = {}
    for row in DocumentTemplate.objects.order_by("code", "version"):
        wanted[f"document:{row.code}"] = (row.code, set(row.spec.get("fields", {})))
    for message in MessageTemplate.objects.order_by("code", "version"):
        wanted[f"message:{message.code}"] = (message.code, set(message.params))
    for key in sorted(_used(compiled)):
        code, names = wanted.get(key, ("", set()))
        strange = sorted(names - facts)
        if strange:
            listed = "、".join(strange)
            found.append(
                Mistake(
                    (),
                    f"模板 {code} 用到办件没有的内容：{listed}",
                    f"template {code} needs values a case does not have: {listed}",
                )
            )
    return found


def _used(compiled: Compiled) -> set[str]:
    actions = [action for step in compiled.steps.values() for action in step.actions.values()]
    actions += [each for special in compiled.specials.values() for each in (special.start, special.finish)]
    if compiled.extension is not None:
        actions.append(compiled.extension.approve)
    used = {f"document:{notice.template}" for action in actions for notice in action.notices}
    used |= {f"message:{name}" for action in actions for name in action.messages}
    for event in compiled.events.values():
        used |= {f"document:{notice.template}" for notice in event.notices}
        used |= {f"message:{name}" for name in event.messages}
    return used


def play_examples(spec: ProcessSpec, compiled: Compiled) -> list[Mistake]:
    """Play every example of a process through on the national calendar."""
    calendar = calendar_for()
    found: list[Mistake] = []
    for index, example in enumerate(spec.examples):
        limits = {kind: (figure, "working_day") for kind, figure in example.item.items()}
        resolver = Resolver(compiled, ItemLimits(limits.get("statutory"), limits.get("promised")))
        found.extend(play(_example(example), compiled, calendar, resolver.limit, index))
    return found


def _example(spec: ExampleSpec) -> Example:
    lines = tuple(Line(act.day, act.do, act.data, act.by, act.refused) for act in spec.acts)
    due = {str(kind): day for kind, day in spec.due.items()}
    return Example(spec.received, lines, spec.status, spec.result, due, spec.line)
