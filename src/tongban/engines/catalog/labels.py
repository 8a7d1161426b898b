"""What people read for the codes of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OBJECTS: dict[str, _StrPromise] = {
    "person": gettext_lazy("自然人"),
    "enterprise": gettext_lazy("企业和个体工商户"),
    "institution": gettext_lazy("事业单位"),
    "society": gettext_lazy("社会组织"),
    "agency": gettext_lazy("行政机关"),
    "other": gettext_lazy("其他组织"),
}
HANDLING_FORMS: dict[str, _StrPromise] = {
    "window": gettext_lazy("窗口办理"),
    "web": gettext_lazy("网上办理"),
    "mobile": gettext_lazy("移动端办理"),
    "courier": gettext_lazy("快递申请"),
    "other": gettext_lazy("其他"),
}
SUBJECT_NATURES: dict[str, _StrPromise] = {
    "statutory": gettext_lazy("法定机关"),
    "authorized": gettext_lazy("授权组织"),
    "entrusted": gettext_lazy("受委托组织"),
    "other": gettext_lazy("其他"),
}
POWER_SOURCES: dict[str, _StrPromise] = {
    "own": gettext_lazy("法定本级行使"),
    "delegated": gettext_lazy("上级下放"),
    "entrusted": gettext_lazy("上级委托"),
}
CROSS_AREAS: dict[str, _StrPromise] = {
    "none": gettext_lazy("不通办"),
    "county": gettext_lazy("全县通办"),
    "city": gettext_lazy("全市通办"),
    "province": gettext_lazy("全省通办"),
    "nation": gettext_lazy("跨省通办"),
}
SYSTEM_LEVELS: dict[str, _StrPromise] = {
    "nation": gettext_lazy("国家级"),
    "province": gettext_lazy("省级"),
    "city": gettext_lazy("市级"),
    "county": gettext_lazy("县级"),
}
RESULT_KINDS: dict[str, _StrPromise] = {
    "certificate": gettext_lazy("证照"),
    "approval": gettext_lazy("批文"),
    "record": gettext_lazy("备案回执"),
    "other": gettext_lazy("其他"),
    "none": gettext_lazy("无"),
}
SPECIAL_KINDS: dict[str, _StrPromise] = {
    "survey": gettext_lazy("现场核查"),
    "inspection": gettext_lazy("检验"),
    "testing": gettext_lazy("检测"),
    "quarantine": gettext_lazy("检疫"),
    "appraisal": gettext_lazy("鉴定"),
    "expert_review": gettext_lazy("专家评审"),
    "hearing": gettext_lazy("听证"),
    "tender": gettext_lazy("招标"),
    "auction": gettext_lazy("拍卖"),
    "publication": gettext_lazy("公示"),
}
WHERE: dict[str, _StrPromise] = {
    "application": gettext_lazy("申请时"),
    "acceptance": gettext_lazy("受理时"),
    "survey": gettext_lazy("现场核查时"),
    "delivery": gettext_lazy("领取结果时"),
}
SOURCES: dict[str, _StrPromise] = {
    "applicant": gettext_lazy("申请人自备"),
    "government": gettext_lazy("政府部门核发"),
    "other": gettext_lazy("其他机构出具"),
}
PURPOSES: dict[str, _StrPromise] = {
    "setting": gettext_lazy("设定依据"),
    "limit": gettext_lazy("时限依据"),
    "condition": gettext_lazy("条件依据"),
    "procedure": gettext_lazy("程序依据"),
    "fee": gettext_lazy("收费依据"),
    "result": gettext_lazy("结果依据"),
}
MARKS: dict[str, _StrPromise] = {
    "V": gettext_lazy("已核对条文"),
    "V2": gettext_lazy("转引自公开材料，未见条文全文"),
    "K": gettext_lazy("未经核实，请以现行条文为准"),
}
PARTS: dict[str, _StrPromise] = {
    "aliases": gettext_lazy("搜索用的别名"),
    "bases": gettext_lazy("设定依据"),
    "conditions": gettext_lazy("办理条件"),
    "conditions_note": gettext_lazy("办理条件"),
    "description": gettext_lazy("事项简介"),
    "elements": gettext_lazy("实施清单要素"),
    "events": gettext_lazy("一件事"),
    "faqs": gettext_lazy("常见问题"),
    "fees": gettext_lazy("收费"),
    "icon": gettext_lazy("图标"),
    "implementations": gettext_lazy("实施单位"),
    "materials": gettext_lazy("申请材料"),
    "name": gettext_lazy("事项名称"),
    "notes": gettext_lazy("提示"),
    "objects": gettext_lazy("服务对象"),
    "processes": gettext_lazy("办理版本"),
    "promised": gettext_lazy("承诺办结时限"),
    "result": gettext_lazy("办理结果"),
    "scenarios": gettext_lazy("办理情形"),
    "sort": gettext_lazy("顺序"),
    "special_procedures": gettext_lazy("特别程序"),
    "statutory": gettext_lazy("法定办结时限"),
    "steps": gettext_lazy("办理流程"),
    "themes": gettext_lazy("主题"),
    "type": gettext_lazy("事项类型"),
    "updated_on": gettext_lazy("更新日期"),
}


def yes_no(value: bool | None) -> str:  # noqa: FBT001 - a value to be shown, not a switch
    """Return 是 or 否, nothing if not stated."""
    if value is None:
        return ""
    return _("是") if value else _("否")


def period(figure: int | None, unit: str) -> str:
    """Return a period in words, such as 20 个工作日; empty if there is none."""
    if figure is None or not unit:
        return ""
    if figure == 0:
        return _("当场办结")
    words = {
        "working_day": ngettext("%(n)s 个工作日", "%(n)s 个工作日", figure),
        "calendar_day": ngettext("%(n)s 日", "%(n)s 日", figure),
        "month": ngettext("%(n)s 个月", "%(n)s 个月", figure),
        "year": ngettext("%(n)s 年", "%(n)s 年", figure),
        "hour": ngettext("%(n)s 小时", "%(n)s 小时", figure),
    }
    return words[unit] % {"n": figure}


def limit_text(limit: Mapping[str, Any] | None) -> str:
    """Return a stored limit in words."""
    return period(limit["figure"], limit["unit"]) if limit else ""


def listed(codes: list[str], names: Mapping[str, Any]) -> str:
    """Return the names of several codes, joined."""
    return _("、").join(str(names.get(code, code)) for code in codes)
