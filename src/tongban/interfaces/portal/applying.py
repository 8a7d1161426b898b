"""What the portal adds to an application being filled in: whose draft it is, for whom one may apply, and its addresses."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import reverse

from tongban.affairs.hall import filling
from tongban.affairs.hall.filling import Application
from tongban.engines.catalog import queries as catalog
from tongban.engines.catalog.models import Implementation
from tongban.foundation.accounts.models import Account
from tongban.foundation.accounts.queries import identity_of
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.models import Draft
from tongban.foundation.organizations.actor import Actor, actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest


def purpose_of(code: str) -> str:
    """Return the purpose under which drafts for an implementation are kept."""
    return f"apply:{code}"


def item_or_404(code: str) -> Implementation:
    """Return an implementation in force that can be applied for online.

    :raises Http404: if there is none
    """
    found = catalog.by_code(code)
    if found is None or not found.is_online:
        raise Http404
    return found


def application_of(request: HttpRequest, code: str, on: dt.date) -> Application | None:
    """Return the application a person has begun for an implementation; nothing if none is open."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    draft = forms.draft_of(actor, purpose_of(code))
    return None if draft is None else open_application(draft, actor, on)


def open_application(draft: Draft, actor: Actor, on: dt.date) -> Application:
    """Return a draft with everything around it."""
    code = draft.purpose.removeprefix("apply:")

    def address(name: str, *args: str) -> str:
        return reverse(f"portal:{name}", args=[code, *args])

    return filling.open_application(draft, item_or_404(code), actor, on, address=address)


def principals(actor: Actor) -> list[Account]:
    """Return for whom a person may apply: first the one chosen for this session, then oneself, then the others."""
    rows = Account.objects.filter(pk__in=actor.principals).exclude(kind=Account.Kind.OFFICIAL).order_by("pk")
    first = [one.pk for one in (actor.principal, actor.account) if one is not None]
    return sorted(rows, key=lambda account: first.index(account.pk) if account.pk in first else len(first))


def verified(account: Account) -> bool:
    """Tell whether the real name behind an account is known."""
    identity = identity_of(account)
    return identity is not None and identity.verified_at is not None


def actor_for(account: Account, on: dt.date) -> Actor:
    """Return the applicant as an actor, for what the government knows of them."""
    return actor_of(account, on=on)
