"""Texts to the people of the chain, inside the transaction of the act."""

from __future__ import annotations

import datetime as dt

from tongban.engines.publishing.models import Article, Submission
from tongban.foundation.accounts.models import Account, Identity
from tongban.foundation.messaging.actions import Recipient, queue
from tongban.foundation.messaging.queries import current_template

_TEMPLATES = {
    Submission.State.ACCEPTED: "article-accepted",
    Submission.State.DECLINED: "article-declined",
    Submission.State.RETURNED: "article-returned",
}


def tell(offered: Submission, row: Article, *, at: dt.datetime) -> None:
    """Tell whoever submitted what became of it."""
    template = _TEMPLATES.get(Submission.State(offered.state))
    if template is None or offered.submitted_by is None:
        return
    texts = current_template(template)
    params = {"title": row.title, "column": str(offered.column)}
    if offered.state == Submission.State.ACCEPTED:
        params["points"] = str(offered.points)
    else:
        params["reason"] = offered.reason
    queue(
        template=texts,
        to=recipient(offered.submitted_by),
        params=params,
        about=f"article:{row.pk}",
        key=f"submission:{offered.pk}:{offered.state}",
        at=at,
    )


def recipient(account: Account) -> Recipient:
    """Return how an official is reached: the phone of the identity, else the account's mail."""
    identity = Identity.objects.filter(account=account).first()
    return Recipient(
        phone=identity.phone if identity else "",
        email=account.email,
        account_id=account.pk,
        language=account.language,
    )
