"""Tells the people concerned, in the transaction of what they are told about; one message a person and run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from tongban.affairs.supervision.models import Alarm, Order
from tongban.affairs.supervision.queries.alarms import subject_title
from tongban.foundation.accounts.models import Account
from tongban.foundation.accounts.queries import identity_of
from tongban.foundation.clock.now import local_date
from tongban.foundation.messaging.actions import Recipient, queue
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.queries import holders
from tongban.foundation.organizations.roles import Role
from tongban.foundation.packs.localized import localized

ZH = "zh-hans"
LETTER = "supervision-letter"


def recipient(account: Account) -> Recipient:
    """Return how to reach an official: the phone on file, else the mail address."""
    identity = identity_of(account)
    return Recipient(phone=identity.phone if identity is not None else "", email=account.email, account_id=account.pk)


def people(unit: Unit, account: Account | None, *, on: dt.date) -> list[Account]:
    """Return who must know: the person in charge and the heads of the unit."""
    found = {head.pk: head for head in holders(unit, Role.UNIT_HEAD, on=on)}
    if account is not None and account.is_active:
        found[account.pk] = account
    return list(found.values())


def tell(
    accounts: Iterable[Account], *, template: str, params: Mapping[str, str], about: str, key: str, at: dt.datetime
) -> int:
    """Queue one message for each person who can be reached; return for how many. The same key tells nobody twice."""
    sent = [
        queue(
            template=template, to=recipient(each), params=params, about=about, key=f"{key}:{each.pk}"[:160], at=at
        )
        for each in accounts
    ]  # fmt: skip
    return sum(message is not None for message in sent)


def tell_of_alarms(alarms: Sequence[Alarm], *, at: dt.datetime) -> None:
    """Tell each person in charge (without one, the heads of the unit) of the new alarms, all in one message."""
    heads: dict[int, list[Account]] = {}
    persons = Account.objects.in_bulk({alarm.account_id for alarm in alarms if alarm.account_id is not None})
    concerned: dict[int, tuple[Account, list[Alarm]]] = {}
    for alarm in alarms:
        if alarm.account_id is not None:
            whom = [persons[alarm.account_id]]
        else:
            if alarm.unit_id not in heads:
                heads[alarm.unit_id] = list(holders(alarm.unit, Role.UNIT_HEAD, on=local_date(at)))
            whom = heads[alarm.unit_id]
        for account in whom:
            concerned.setdefault(account.pk, (account, []))[1].append(alarm)
    for account, mine in concerned.values():
        worst = max(mine, key=lambda alarm: (("blue", "yellow", "red").index(alarm.color), alarm.number))
        tell(
            [account],
            template="supervision-alarm",
            params={
                "count": str(len(mine)),
                "signal": str(worst.get_color_display()),
                "title": localized(worst.title, language=ZH),
                "number": worst.about.removeprefix("case:"),
            },
            about=worst.about,
            key=f"alarm:{worst.number}",
            at=at,
        )


def tell_of_order(order: Order, accounts: Iterable[Account], *, template: str, text: str, at: dt.datetime) -> int:
    """Tell people of an order or of what became of it."""
    params = {"order": order.number, "text": text[:200]}
    if template != LETTER:
        params["number"] = subject_title(None, order.about.removeprefix("case:"))
    if template in (LETTER, "supervision-order"):
        params["due"] = order.due_on.isoformat() if order.due_on else ""
    return tell(
        accounts,
        template=template,
        params=params,
        about=f"order:{order.number}",
        key=f"order:{order.number}:{order.event_seq}:{template}",
        at=at,
    )
