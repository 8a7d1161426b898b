"""Tells officials what changed in the work they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tongban.engines.cases.loading import compiled_of
from tongban.engines.cases.models import Case, Task
from tongban.foundation.accounts.models import Account
from tongban.foundation.accounts.queries import identity_of
from tongban.foundation.messaging.actions import Recipient, queue
from tongban.foundation.packs.localized import localized

TEMPLATE = "due-moved"


def tell_holders(tasks: Sequence[Task], *, key: str, at: dt.datetime) -> int:
    """Tell whoever holds a task that it is due earlier now; return how many messages were queued.

    A task that nobody has taken yet has no holder. The same key tells nobody twice.
    """
    held = [task for task in tasks if task.assignee_id is not None]
    if not held:
        return 0
    accounts = Account.objects.in_bulk({task.assignee_id for task in held})
    cases = Case.objects.select_related("definition", "implementation").in_bulk({task.case_id for task in held})
    sent = 0
    for task in held:
        account, case = accounts[task.assignee_id or 0], cases[task.case_id]
        identity = identity_of(account)
        to = Recipient(
            phone=identity.phone if identity else "",
            email=account.email,
            account_id=account.pk,
            language=account.language or "zh-hans",
        )
        message = queue(
            template=TEMPLATE,
            to=to,
            params={
                "number": case.number,
                "item": localized(case.implementation.name) if case.implementation else case.title,
                "step": localized(compiled_of(case).title_of(task.step)),
                "due": task.due_on.isoformat() if task.due_on else "",
            },
            about=f"case:{case.number}",
            key=f"{key}:{task.pk}",
            at=at,
        )
        sent += message is not None
    return sent
