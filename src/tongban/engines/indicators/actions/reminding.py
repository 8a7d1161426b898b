"""Reminds of objections: those who decide while decisions are due or overdue, units and persons before their time ends."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from tongban.engines.indicators.addressing import link, recipient_of, supervisors_of
from tongban.engines.indicators.models import Objection, PointEntry
from tongban.engines.indicators.queries import closing_entries
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.messaging.actions import queue
from tongban.foundation.organizations.queries import holders
from tongban.foundation.organizations.roles import Role


def remind_of_objections(*, at: dt.datetime) -> int:
    """Send what is to be sent on a working day, each once; return for how many messages (those sent before included)."""
    on = local_date(at)
    if not calendar_for().is_workday(on):
        return 0
    return _remind_deciders(on, at) + _remind_of_filing(on, at)


def _remind_deciders(on: dt.date, at: dt.datetime) -> int:
    """Tell each supervisor once a working day what waits for a decision by tomorrow or is overdue."""
    near = calendar_for().add_working_days(on, 1)
    rows = Objection.objects.filter(state=Objection.State.OPEN, due_on__lte=near)
    concerned: dict[int, tuple[Account, list[Objection]]] = {}
    for row in rows.select_related("unit").order_by("due_on", "pk"):
        for account in supervisors_of(row.unit, on=on):
            concerned.setdefault(account.pk, (account, []))[1].append(row)
    sent = 0
    for account, held in concerned.values():
        late = sum(row.due_on < on for row in held)
        params = {
            "count": str(len(held)),
            "late": str(late),
            "number": held[0].number,
            "due": held[0].due_on.isoformat(),
            "link": link("objection", held[0].number),
        }
        message = queue(
            template="score-objection-overdue" if late else "score-objection-due",
            to=recipient_of(account),
            params=params if late else {name: text for name, text in params.items() if name != "late"},
            about=f"objection:{held[0].number}",
            key=f"objections-due:{on}:{account.pk}",
            at=at,
        )
        sent += message is not None
    return sent


def _remind_of_filing(on: dt.date, at: dt.datetime) -> int:
    """Tell a unit's heads and the persons concerned, once, that the time for objecting ends by tomorrow."""
    near = calendar_for().add_working_days(on, 1)
    ending = [pair for pair in closing_entries(PointEntry.objects.all(), on=on) if pair[0] <= near]
    heads: dict[int, list[Account]] = {}
    concerned: dict[tuple[int, int, dt.date], list[PointEntry]] = defaultdict(list)
    people: dict[int, Account] = {}
    for last, entry in ending:
        if entry.unit_id not in heads:
            heads[entry.unit_id] = list(holders(entry.unit, Role.UNIT_HEAD, on=on))
        told = [*heads[entry.unit_id], *([entry.account] if entry.account is not None else [])]
        for account in {each.pk: each for each in told if each.is_active}.values():
            people[account.pk] = account
            concerned[account.pk, entry.unit_id, last].append(entry)
    sent = 0
    for (key, unit, last), entries in concerned.items():
        message = queue(
            template="score-objecting-ends",
            to=recipient_of(people[key]),
            params={
                "count": str(len(entries)),
                "unit": entries[0].unit.name,
                "due": last.isoformat(),
                "link": link("objectable", ""),
            },
            about=f"objecting:{entries[0].unit.code}:{last}",
            key=f"objecting-ends:{unit}:{last}:{key}",
            at=at,
        )
        sent += message is not None
    return sent
