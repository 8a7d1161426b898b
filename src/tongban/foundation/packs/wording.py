"""Says a schema mistake in the reader's words, with the remedy."""

from __future__ import annotations

from typing import Any

_TEXTS = {
    "missing": "缺少这一项，请补上",
    "extra_forbidden": "没有这一项，请检查拼写或删去",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "string_type": "应为文字，必要时加引号",
    "bool_parsing": "应为 true 或 false",
    "date_from_datetime_parsing": "应为日期，如 2026-11-21",
    "date_parsing": "应为日期，如 2026-11-21",
    "list_type": "应为列表",
    "dict_type": "应为键值对",
    "model_type": "应为键值对",
    "model_attributes_type": "应为键值对",
    "union_tag_not_found": "缺少 type，请写明类型",
    "too_short": "项数太少，请补上",
    "too_long": "项数太多，请删减",
    "string_too_short": "不能为空",
    "string_too_long": "文字太长，请缩短",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "decimal_type": "应为数字",
    "decimal_parsing": "应为数字",
}


def explain(error: dict[str, Any]) -> str:
    """Return one sentence for a pydantic error."""
    kind = str(error["type"])
    context = error.get("ctx", {})
    if kind in ("enum", "literal_error"):
        return f"只能取 {context.get('expected', '')}，现为 {error.get('input')!r}"
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind == "string_pattern_mismatch":
        return f"格式不符（{context.get('pattern')}），现为 {error.get('input')!r}"
    if kind == "union_tag_invalid":
        return f"没有 {context.get('tag')!r} 这种 {context.get('discriminator')}，可用：{context.get('expected_tags')}"
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        return f"数值超出范围（{', '.join(f'{k}={v}' for k, v in context.items())}），现为 {error.get('input')!r}"
    return _TEXTS.get(kind, str(error["msg"]))
