"""Loads themes and life events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tongban.engines.catalog.models import LifeEvent, Theme
from tongban.engines.catalog.schema import LifeEvents, Themes
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome


def _keep(model: type[Theme] | type[LifeEvent], code: str, values: Mapping[str, Any], outcome: Outcome) -> None:
    row, created = model.objects.get_or_create(code=code, defaults=dict(values))
    changed = {name: value for name, value in values.items() if not created and getattr(row, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=sorted(changed))
    outcome.count(created=created, changed=bool(changed))


def load_themes(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Load ``themes.yaml``; the order of the file is the order of the screen."""
    outcome = Outcome()
    for document in documents:
        for order, theme in enumerate(parse(Themes, document).themes):
            values = {"audience": theme.audience, "name": theme.name.model_dump(), "icon": theme.icon, "order": order}
            _keep(Theme, theme.code, values, outcome)
    return outcome


def load_events(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Load ``events.yaml``; the order of the file is the order of the screen."""
    outcome = Outcome()
    for document in documents:
        for order, event in enumerate(parse(LifeEvents, document).events):
            values = {
                "audience": event.audience,
                "name": event.name.model_dump(),
                "summary": event.summary.model_dump(),
                "icon": event.icon,
                "order": order,
            }
            _keep(LifeEvent, event.code, values, outcome)
    return outcome
