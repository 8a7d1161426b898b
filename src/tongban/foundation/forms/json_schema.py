"""Derives a JSON Schema (draft 2020-12) from a form, for machines that submit answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tongban.foundation.forms.schema import (
    AddressField,
    AnyField,
    BooleanField,
    ChoiceField,
    ChoicesField,
    Condition,
    DecimalField,
    FormSpec,
    GroupField,
    InfoField,
    IntegerField,
    Question,
    TextareaField,
    TextField,
    UploadField,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REGION = {"type": "string", "pattern": r"^\d{6}(\d{3}|\d{6})?$"}
SIMPLE: dict[str, dict[str, Any]] = {
    "date": {"type": "string", "format": "date"},
    "phone": {"type": "string", "maxLength": 32},
    "email": {"type": "string", "format": "email", "maxLength": 254},
    "citizen_number": {"type": "string", "pattern": r"^\d{17}[\dXx]$"},
    "credit_code": {"type": "string", "pattern": r"^[0-9A-Za-z]{18}$"},
    "region": REGION,
}


def json_schema(spec: FormSpec) -> dict[str, Any]:
    """Return the schema of a form's answers.

    What a schema cannot say (check digits, dates relative to today, rules over several fields, known divisions) is
    checked on submission. A field that may be hidden is required only when its condition holds.
    """
    properties, required, rules = _members([(item, page.when) for page, item in spec.top_fields()])
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": f"urn:tongban:form:{spec.id}:{spec.version}",
        "title": str(spec.title),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    if rules:
        schema["allOf"] = rules
    return schema


def _members(
    items: list[tuple[AnyField, Condition | None]],
) -> tuple[dict[str, Any], list[str], list[dict[str, Any]]]:
    properties: dict[str, Any] = {}
    required: list[str] = []
    rules: list[dict[str, Any]] = []
    for item, outer in items:
        if isinstance(item, InfoField):
            continue
        properties[item.id] = _property(item)
        needed = item.min > 0 if isinstance(item, GroupField) else item.required
        conditions = [_condition(part) for part in (outer, item.when) if part is not None]
        if needed and conditions:
            rules.append({"if": {"allOf": conditions}, "then": {"required": [item.id]}})
        elif needed:
            required.append(item.id)
    return properties, required, rules


def _condition(condition: Condition) -> dict[str, Any]:
    if condition.all is not None:
        return {"allOf": [_condition(part) for part in condition.all]}
    if condition.any is not None:
        return {"anyOf": [_condition(part) for part in condition.any]}
    name = str(condition.field)
    wanted = {"enum": list(condition.in_ or [])}
    either = {"anyOf": [wanted, {"type": "array", "contains": wanted}]}
    return {"properties": {name: either}, "required": [name]}


def _property(item: AnyField) -> dict[str, Any]:
    if isinstance(item, GroupField):
        return _group(item)
    if isinstance(item, InfoField):
        return {}
    shape = dict(SIMPLE.get(item.type) or _SHAPES[type(item)](item))
    shape["title"] = str(item.label)
    if item.hint is not None:
        shape["description"] = str(item.hint)
    if not item.editable:
        shape["readOnly"] = True
    return shape


def _group(group: GroupField) -> dict[str, Any]:
    # Conditions inside a row that look at the form cannot be said here; such fields are left optional in the schema.
    own = {inner.id for inner in group.fields}
    items = [(inner, None) for inner in group.fields]
    properties, required, rules = _members(list(items))
    rules = [rule for rule in rules if _names(rule["if"]) <= own]
    row: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    if rules:
        row["allOf"] = rules
    return {
        "type": "array",
        "title": str(group.label),
        "minItems": group.min,
        "maxItems": group.max,
        "items": row,
    }


def _names(condition: dict[str, Any]) -> set[str]:
    found: set[str] = set(condition.get("required", []))
    for part in (*condition.get("allOf", []), *condition.get("anyOf", [])):
        found |= _names(part)
    return found


def _text(item: TextField | TextareaField) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "string", "maxLength": item.max_length}
    if item.min_length:
        shape["minLength"] = item.min_length
    if isinstance(item, TextField) and item.pattern:
        shape["pattern"] = f"^(?:{item.pattern})$"
    return shape


def _integer(item: IntegerField) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "integer"}
    shape.update({key: value for key, value in (("minimum", item.min), ("maximum", item.max)) if value is not None})
    return shape


def _decimal(item: DecimalField) -> dict[str, Any]:
    number: dict[str, Any] = {"type": "number"}
    number.update({key: value for key, value in (("minimum", item.min), ("maximum", item.max)) if value is not None})
    return {"anyOf": [number, {"type": "string", "pattern": r"^-?\d{1,15}(\.\d{1,6})?$"}]}


def _choice(item: ChoiceField) -> dict[str, Any]:
    return {"type": "string", "enum": [option.value for option in item.options]}


def _choices(item: ChoicesField) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "type": "array",
        "items": {"enum": [option.value for option in item.options]},
        "uniqueItems": True,
        "minItems": item.min,
    }
    if item.max is not None:
        shape["maxItems"] = item.max
    return shape


def _boolean(item: BooleanField) -> dict[str, Any]:
    return {"const": True} if item.must else {"type": "boolean"}


def _address(_item: AddressField) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"region": REGION, "detail": {"type": "string", "minLength": 1, "maxLength": 200}},
        "required": ["region", "detail"],
        "additionalProperties": False,
    }


def _upload(item: UploadField) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": item.max_files}


_SHAPES: dict[type[Question], Callable[[Any], dict[str, Any]]] = {
    TextField: _text,
    TextareaField: _text,
    IntegerField: _integer,
    DecimalField: _decimal,
    ChoiceField: _choice,
    ChoicesField: _choices,
    BooleanField: _boolean,
    AddressField: _address,
    UploadField: _upload,
}
