"""Encrypts sensitive answers one by one, so that stored answers stay searchable by everything else."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from tongban.foundation.accounts.fields import decrypt, encrypt
from tongban.foundation.forms.schema import AnyField, FormSpec, GroupField, InfoField

MARK = "enc"


def seal(spec: FormSpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers with every value marked sensitive replaced by ``{"enc": "…"}``; sealing twice changes nothing."""
    return _walk(spec, values, _encrypt)


def unseal(spec: FormSpec, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain answers from stored ones."""
    return _walk(spec, stored, _decrypt)


def _walk(spec: FormSpec, values: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    result = dict(values)
    for _page, item in spec.top_fields():
        if item.id in result:
            result[item.id] = _one(item, result[item.id], change)
    return result


def _one(item: AnyField, value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(item, GroupField):
        rows = value if isinstance(value, list) else []
        return [
            {**row, **{inner.id: _one(inner, row[inner.id], change) for inner in item.fields if inner.id in row}}
            for row in rows
            if isinstance(row, Mapping)
        ]
    if isinstance(item, InfoField) or not item.sensitive:
        return value
    return change(value)


def _is_sealed(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {MARK}


def _encrypt(value: Any) -> Any:
    if _is_sealed(value) or value in (None, ""):
        return value
    return {MARK: base64.b64encode(encrypt(json.dumps(value, ensure_ascii=False))).decode()}


def _decrypt(value: Any) -> Any:
    if not _is_sealed(value):
        return value
    return json.loads(decrypt(base64.b64decode(value[MARK])))
