"""The door to cases: what an actor may see, and nothing else."""

from __future__ import annotations

from django.db.models import QuerySet

from tongban.engines.cases.loading import HEAVY
from tongban.engines.cases.models import Case
from tongban.engines.cases.permissions import VIEW
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import scopes, visible

SELECTED = ("definition", "unit", "unit__region", "implementation", "form", "applicant", "rating")


def cases_for(actor: Actor, *, permission: str = VIEW.code) -> QuerySet[Case]:
    """Return the cases an actor may see (or touch with another permission)."""
    return visible(actor, permission, Case.objects.all())


def case_for(actor: Actor, number: str, *, permission: str = VIEW.code) -> Case:
    """Return one case by its number.

    :raises Case.DoesNotExist: if there is none or the actor may not see it (answer 404 in both cases)
    """
    return cases_for(actor, permission=permission).select_related(*SELECTED).defer(*HEAVY).get(number=number)


def my_cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases of a person, and of those the person may act for, newest first."""
    if actor.account is None:
        return Case.objects.none()
    return (
        Case.objects.filter(applicant__in=actor.principals)
        .select_related("unit", "implementation", "definition")
        .defer(*HEAVY)
        .order_by("-submitted_at")
    )


def unit_cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases led by the official's unit, newest first (by index also among millions)."""
    if actor.unit is None or not scopes(actor, VIEW.code):
        return Case.objects.none()
    return (
        Case.objects.filter(unit=actor.unit.pk)
        .select_related("unit", "implementation", "definition")
        .defer(*HEAVY)
        .order_by("-submitted_at")
    )
