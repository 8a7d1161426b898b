"""Loads a case as it is in the database now."""

from __future__ import annotations

from tongban.engines.cases.loading import HEAVY, Loaded, load_case
from tongban.engines.cases.models import Case


def fresh(case: Case) -> Loaded:
    """Return a case with its tasks, clocks and procedures as they are now."""
    row = (
        Case.objects.select_related("definition", "unit", "unit__region", "implementation")
        .defer(*HEAVY)
        .get(pk=case.pk)
    )
    return load_case(row)
