"""Tables point the way imports point. The import contracts do not see keys given as strings, so the models are walked."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models.fields.related import RelatedField

from tests.shape.places import RINGS

ENGINES = (("catalog", "publishing", "indicators"), ("licenses",), ("cases",))
FOUNDATION = (
    ("text",),
    ("clock", "packs"),
    ("files", "audit"),
    ("accounts",),
    ("organizations",),
    ("forms", "messaging", "documents"),
    ("ui",),
)


def _keys() -> Iterator[tuple[type[models.Model], RelatedField, type[models.Model]]]:
    for model in apps.get_models():
        if model.__module__.startswith("tongban."):
            for field in model._meta.get_fields():
                if isinstance(field, RelatedField) and isinstance(field.related_model, type):
                    yield model, field, field.related_model


def _height(module: str) -> tuple[int, int] | None:
    """Return how high a module stands: its ring, and its layer inside the ring; None for third-party tables."""
    parts = module.split(".")
    if parts[0] != "tongban":
        return None
    ring, name = parts[1], parts[2]
    if ring == "foundation":
        return RINGS.index(ring), _layer(FOUNDATION, name)
    return RINGS.index(ring), _layer(ENGINES, name) if ring == "engines" else 0


def _layer(order: tuple[tuple[str, ...], ...], name: str) -> int:
    return next(place for place, layer in enumerate(order) if name in layer)


def _slice(module: str) -> str:
    return ".".join(module.split(".")[:3])


def test_keys_point_to_the_own_slice_or_downward() -> None:
    """The account is named by a setting, not by its slice, so every slice may point to it."""
    wrong = []
    for model, field, target in _keys():
        mine, other = _height(model.__module__), _height(target.__module__)
        if other is None or target is get_user_model() or _slice(model.__module__) == _slice(target.__module__):
            continue
        if mine is None or other >= mine:
            wrong.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert not wrong


def test_keys_across_slices_leave_no_trace_on_the_other_side() -> None:
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model, field, target in _keys()
        if _slice(model.__module__) != _slice(target.__module__)
        and field.remote_field.related_name != "+"
        and not isinstance(field, models.OneToOneField | models.ManyToManyField)
        and (model._meta.label, field.name) != ("organizations.Posting", "account")
        and not field.remote_field.parent_link
    ]
    assert not wrong
