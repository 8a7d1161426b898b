"""Forms and answers shared by the tests of declared forms."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml
from django.http import QueryDict

from tongban.foundation.forms.rules import FormSpec
from tongban.foundation.forms.schema import AddressField, DateField, GroupField, InfoField

ROOT = Path(__file__).resolve().parents[5]
TODAY = dt.date(2026, 11, 21)
AT = dt.datetime(2026, 11, 21, 2, 30, tzinfo=dt.UTC)
PACK_FORMS = sorted((ROOT / "packs").glob("*/forms/*.yaml"))


def form(path: Path) -> FormSpec:
    return FormSpec.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def sample() -> FormSpec:
    """Return the README's example."""
    text = (ROOT / "src/tongban/foundation/forms/README.md").read_text(encoding="utf-8")
    return FormSpec.model_validate(yaml.safe_load(text.split("```yaml\n")[1].split("```")[0]))


def small(*fields: dict[str, Any], checks: list[dict[str, Any]] | None = None) -> FormSpec:
    """Return a one-page form of some fields; labels are the ids."""
    full = [{"label": {"zh": item["id"], "en": item["id"]}, **item} for item in fields]
    step = {"id": "one", "title": {"zh": "一", "en": "One"}, "fields": full}
    return FormSpec.model_validate(
        {"id": "small", "version": 1, "title": {"zh": "小", "en": "Small"}, "steps": [step], "checks": checks or []}
    )


def options(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": {"zh": value, "en": value}} for value in values]


def post(spec: FormSpec, step: str, values: dict[str, Any]) -> QueryDict:
    """Return what a browser without script sends for a page filled in with values."""
    data = QueryDict(mutable=True)
    for item in spec.step(step).fields:
        _fill(data, item, item.id, values.get(item.id))
    return data


def _fill(data: QueryDict, item: Any, name: str, value: Any) -> None:
    if isinstance(item, InfoField) or value is None:
        return
    if isinstance(item, GroupField):
        for number, row in enumerate(value):
            data[f"{name}-{number}-_row"] = "1"
            for inner in item.fields:
                _fill(data, inner, f"{name}-{number}-{inner.id}", row.get(inner.id))
    elif isinstance(item, DateField):
        for key, part in zip("ymd", str(value).split("-"), strict=True):
            data[f"{name}-{key}"] = part
    elif isinstance(item, AddressField):
        data[f"{name}-region"], data[f"{name}-detail"] = value["region"], value["detail"]
    elif isinstance(value, list):
        data.setlist(name, value)
    else:
        data[name] = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
