"""The whole implementation list of one implementation as label and value, in the order of the standard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongban.engines.catalog import labels
from tongban.engines.catalog.elements import ELEMENTS, HOTLINE
from tongban.engines.catalog.models import Implementation
from tongban.foundation.packs.localized import localized


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One element; ``value`` is empty if nothing is stated."""

    key: str
    label: str
    value: str
    standard: bool


Value = Callable[[Implementation], Any]


def _stored(key: str) -> Value:
    return lambda row: localized(row.elements.get(key))


def _coded(key: str, names: dict[str, Any]) -> Value:
    return lambda row: names.get(row.elements.get(key), "")


def _flag(key: str) -> Value:
    return lambda row: labels.yes_no(row.elements.get(key))


def _statutory(key: str) -> Value:
    return lambda row: localized((row.standard_item.statutory or {}).get(key))


def _joined(values: Any) -> str:
    return _("；").join(str(value) for value in values if value)


def _materials(attribute: str) -> Value:
    def value(row: Implementation) -> str:
        return _joined(
            f"{material}：{shown}"
            for material in row.standard_item.materials.all()
            if (shown := localized(getattr(material, attribute)))
        )

    return value


def _material_count(attribute: str) -> Value:
    return lambda row: _joined(
        f"{material}：{count}"
        for material in row.standard_item.materials.all()
        if (count := getattr(material, attribute))
    )


def _material_label(method: Callable[[Any], Any]) -> Value:
    return lambda row: _joined(f"{material}：{method(material)}" for material in row.standard_item.materials.all())


def _with_download(kind: str) -> Value:
    def value(row: Implementation) -> str:
        codes = {one.material_code for one in row.standard_item.downloads.all() if one.kind == kind}
        return _joined(str(material) for material in row.standard_item.materials.all() if material.code in codes)

    return value


def _themes(audience: str) -> Value:
    return lambda row: _("、").join(
        str(theme) for theme in row.standard_item.themes.all() if theme.audience == audience
    )


def _unit_of(unit: str) -> str:
    names = {
        "working_day": _("工作日"),
        "calendar_day": _("自然日"),
        "month": _("月"),
        "year": _("年"),
        "hour": _("小时"),
    }
    return names.get(unit, "")


def _step_limits(row: Implementation) -> str:
    steps = row.elements.get("steps") or row.standard_item.steps
    return _joined(
        f"{localized(step['name'])}：{labels.limit_text(step['limit'])}" for step in steps if step.get("limit")
    )


_VALUES: dict[str, Value] = {
    "name": lambda row: row.title,
    "basic_code": lambda row: row.standard_item.code,
    "code": lambda row: row.code,
    "item_type": lambda row: row.standard_item.get_item_type_display(),
    "bases": lambda row: _joined(
        f"{basis}{' ' if localized(basis.article).isascii() else ''}{localized(basis.article)}"
        for basis in row.standard_item.bases.all()
    ),
    "level": lambda row: row.get_level_display(),
    "authority_division": _stored("authority_division"),
    "content": _stored("content"),
    "unit": lambda row: row.unit.title,
    "unit_code": lambda row: row.unit.credit_code or row.unit.code,
    "subject_nature": _coded("subject_nature", labels.SUBJECT_NATURES),
    "statutory": lambda row: row.statutory_figure,
    "statutory_unit": lambda row: _unit_of(row.statutory_unit),
    "statutory_note": _statutory("note"),
    "promised": lambda row: row.promised_figure,
    "promised_unit": lambda row: _unit_of(row.promised_unit),
    "promised_note": _stored("promised_note"),
    "conditions": lambda row: _joined(localized(text).rstrip("。；;.") for text in row.standard_item.conditions),
    "steps": lambda row: " → ".join(
        localized(step["name"]) for step in row.elements.get("steps") or row.standard_item.steps
    ),
    "joint_units": lambda row: _("、").join(localized(unit) for unit in row.elements["joint_units"]),
    "undertaking_unit": _stored("undertaking_unit"),
    "intermediary": _stored("intermediary"),
    "quantity_limit": _stored("quantity_limit"),
    "result": lambda row: localized(row.standard_item.result.get("name")),
    "result_sample": lambda row: row.standard_item.result.get("sample", ""),
    "charges": lambda row: labels.yes_no(row.charges),
    "fee_basis": lambda row: _joined(localized(fee.basis) for fee in row.standard_item.fees.all()),
    "cross_area": _coded("cross_area", labels.CROSS_AREAS),
    "objects": lambda row: labels.listed(row.standard_item.objects_served, labels.OBJECTS),
    "themes_personal": _themes("personal"),
    "themes_legal": _themes("legal"),
    "handling_forms": lambda row: labels.listed(row.elements["handling_forms"], labels.HANDLING_FORMS),
    "special_procedure": lambda row: (
        _("、").join(str(labels.SPECIAL_KINDS[special["kind"]]) for special in row.standard_item.special_procedures)
        or labels.yes_no(row.elements["special_procedure"])
    ),
    "jurisdiction": _stored("jurisdiction"),
    "case_kind": lambda row: row.get_case_kind_display(),
    "booking": _flag("booking"),
    "online_payment": _flag("online_payment"),
    "courier": _flag("courier"),
    "is_online": lambda row: labels.yes_no(row.is_online),
    "online_address": _stored("online_address"),
    "system_level": _coded("system_level", labels.SYSTEM_LEVELS),
    "place": lambda row: localized(row.elements["place"]) or row.unit.address,
    "hours": lambda row: localized(row.elements["hours"]) or row.unit.hours,
    "consultation": lambda row: row.elements["consultation"] or row.unit.phone or HOTLINE,
    "supervision_phone": lambda row: row.elements["supervision_phone"] or row.unit.supervision_phone or HOTLINE,
    "faqs": lambda row: _joined(str(faq) for faq in row.standard_item.faqs.all()),
    "materials": lambda row: _joined(str(material) for material in row.standard_item.materials.all()),
    "material_issuer": _materials("issuer"),
    "material_time": _materials("time_demand"),
    "material_where": _material_label(lambda material: labels.WHERE[material.where]),
    "material_purpose": _materials("purpose"),
    "material_originals": _material_count("originals"),
    "material_copies": _material_count("copies"),
    "material_necessity": _material_label(lambda material: material.get_necessity_display()),
    "material_form": _material_label(lambda material: material.get_form_display()),
    "material_blank": _with_download("blank"),
    "material_sample": _with_download("sample"),
    "material_note": _materials("note"),
    "scenarios": lambda row: _joined(localized(scenario["question"]) for scenario in row.standard_item.scenarios),
    "fee_name": lambda row: _joined(str(fee) for fee in row.standard_item.fees.all()),
    "fee_standard": lambda row: _joined(localized(fee.standard) for fee in row.standard_item.fees.all()),
    "fee_reduction": lambda row: _joined(localized(fee.reduction) for fee in row.standard_item.fees.all()),
    "window": _stored("window"),
    "status": lambda row: row.get_status_display(),
    "visits": lambda row: row.visits,
    "visits_reason": _stored("visits_reason"),
    "online_depth": lambda row: row.get_online_depth_display(),
    "single_sign_on": _flag("single_sign_on"),
    "version": lambda row: row.version,
    "effective_from": lambda row: row.elements.get("effective_from"),
    "effective_to": lambda row: row.elements.get("effective_to"),
    "power_source": _coded("power_source", labels.POWER_SOURCES),
    "entrusted_by": _stored("entrusted_by"),
    "result_kind": lambda row: labels.RESULT_KINDS[row.standard_item.result["kind"]],
    "result_validity": lambda row: localized(row.standard_item.result.get("validity")),
    "review_address": _stored("review_address"),
    "litigation_address": _stored("litigation_address"),
    "step_limits": _step_limits,
    "life_events": lambda row: _("、").join(str(event) for event in row.standard_item.events.all()),
}


def element_rows(row: Implementation) -> list[ElementRow]:
    """Return every element of the list with its value for one implementation."""
    rows = []
    for element in ELEMENTS:
        value = _VALUES[element.key](row)
        shown = "" if value is None else str(value)
        rows.append(ElementRow(element.key, str(element.title), shown, element.standard))
    return rows
