"""What someone can do with a case now, with the fields each action asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from tongban.engines.cases import wording
from tongban.engines.cases.loading import Loaded, who
from tongban.engines.cases.models import Case
from tongban.engines.cases.permissions import ACT
from tongban.engines.cases.queries.loading import fresh
from tongban.engines.cases.rules.compiled import ActionDef
from tongban.engines.cases.rules.decide import Offer, offers
from tongban.engines.cases.rules.state import TaskView
from tongban.engines.cases.rules.vocabulary import BY_SYSTEM, FIELDS, FieldType, Kind
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Posting, Unit
from tongban.foundation.organizations.permissions import allows_row
from tongban.foundation.packs.localized import localized

MOST_UNITS = 80


@dataclass(frozen=True, slots=True)
class ActionField:
    """One thing to fill in. ``type`` is text, textarea, number, date, choice, items, account, unit, units, file or checkbox."""

    name: str
    type: str
    label: str
    hint: str
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    initial: str = ""


@dataclass(frozen=True, slots=True)
class ActionOffer:
    """An action on someone's screen; ``disabled_reason`` says why it cannot be used now."""

    code: str
    title: str
    style: str
    kind: str
    fields: tuple[ActionField, ...] = ()
    disabled_reason: str = ""
    task: int | None = None
    notices: tuple[str, ...] = ()


@dataclass(slots=True)
class _Choices:
    """Looks people and units up once a page."""

    loaded: Loaded
    on: dt.date
    people: dict[tuple[int, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)
    known_units: tuple[tuple[str, str], ...] | None = None

    def accounts(self, unit: int, role: str) -> tuple[tuple[str, str], ...]:
        if (unit, role) not in self.people:
            held = Posting.objects.filter(
                Q(valid_to__isnull=True) | Q(valid_to__gte=self.on),
                Q(proposed_by__isnull=True) | Q(confirmed_by__isnull=False),
                unit=unit,
                role=role,
                valid_from__lte=self.on,
                account__is_active=True,
            ).select_related("account")
            found = {str(row.account_id): row.account.display_name for row in held}
            self.people[unit, role] = tuple(sorted(found.items(), key=lambda pair: pair[1]))
        return self.people[unit, role]

    def units(self) -> tuple[tuple[str, str], ...]:
        if self.known_units is None:
            lead = self.loaded.case.unit
            near = Q(region=lead.region_id) | Q(line=lead.line, parent=lead.parent_id) | Q(pk=lead.parent_id)
            held = Unit.objects.filter(near, Q(valid_to__isnull=True) | Q(valid_to__gte=self.on)).order_by("code")
            self.known_units = tuple((str(row.pk), row.name) for row in held[:MOST_UNITS])
        return self.known_units


def available_actions(case: Case, actor: Actor, *, at: dt.datetime, loaded: Loaded | None = None) -> list[ActionOffer]:
    """Return everything that is this person's business with a case, in the order of the process."""
    if not allows_row(actor, ACT.code, case):
        return []
    loaded = loaded or fresh(case)
    on = local_date(at)
    state = loaded.state(on)
    lists = _Choices(loaded, on)
    return [
        _offer(found, loaded, lists)
        for found in offers(loaded.compiled, state, who(actor, loaded.case))
        if found.action.kind not in BY_SYSTEM
    ]


def _offer(found: Offer, loaded: Loaded, lists: _Choices) -> ActionOffer:
    action = found.action
    needed = action.all_needs
    fields = tuple(
        _field(name, action, found.task, loaded, lists, required=name in needed)
        for name in (*needed, *action.all_offers)
    )
    reason = wording.say(found.refusal, loaded.compiled) if found.refusal else ""
    return ActionOffer(
        code=action.code,
        title=localized(action.title),
        style=action.style,
        kind=action.kind.value,
        fields=fields,
        disabled_reason=reason,
        task=found.task.ref if found.task else None,
        notices=tuple(notice.template for notice in action.notices),
    )


def _field(
    name: str, action: ActionDef, task: TaskView | None, loaded: Loaded, lists: _Choices, *, required: bool
) -> ActionField:
    kind = FIELDS[name].type
    options: Sequence[tuple[str, str]] = ()
    if kind is FieldType.CHOICE:
        options = wording.choices(name, action, action.codes_of(name) or FIELDS[name].choices)
    elif kind is FieldType.ACCOUNT and task is not None and action.kind is not Kind.TRANSFER:
        options = lists.accounts(task.unit, task.role)
    elif kind in (FieldType.UNIT, FieldType.UNITS):
        options = lists.units()
    return ActionField(
        name=name,
        type=kind.value,
        label=wording.label(name),
        hint=wording.hint(name, action),
        required=required,
        choices=tuple(options),
        initial=_initial(name, action, loaded),
    )


def _initial(name: str, action: ActionDef, loaded: Loaded) -> str:
    if name == "remedies":
        return wording.remedies()
    if name == "days" and action.kind is Kind.REQUEST_CORRECTION and loaded.compiled.correction:
        return str(loaded.compiled.correction.default_days)
    if name == "days" and action.kind is Kind.REQUEST_EXTENSION and loaded.compiled.extension:
        return str(loaded.compiled.extension.limit.figure or "")
    if name == "items" and action.kind is Kind.REQUEST_CORRECTION:
        rejected = loaded.case.materials.filter(current=True, state="rejected").order_by("pk")
        return "\n".join(f"{row.name}：{row.note}" if row.note else row.name for row in rejected)
    if name == "delivery":
        return "electronic"
    return ""
