"""What a finding says, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.affairs.disclosure.rules.inspection import Check

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Params = Mapping[str, Any]

ELEMENT_WORDS: Mapping[str, _StrPromise] = {
    "place": gettext_lazy("办理地点"),
    "hours": gettext_lazy("办理时间"),
    "bases": gettext_lazy("设定依据"),
    "conditions": gettext_lazy("受理条件"),
    "steps": gettext_lazy("办理流程"),
    "materials": gettext_lazy("申请材料"),
}

FAULT_WORDS: Mapping[str, _StrPromise] = {
    "missing": gettext_lazy("缺少标签"),
    "domain": gettext_lazy("域名与网站不符"),
    "lang": gettext_lazy("没有写明页面语言"),
    "title": gettext_lazy("没有页面标题"),
    "main": gettext_lazy("没有标出主要内容区"),
    "alt": gettext_lazy("图片没有替代文字"),
    "h1": gettext_lazy("一级标题应有且只有一个"),
    "heading_skipped": gettext_lazy("标题跳级"),
    "label": gettext_lazy("输入框没有标签"),
    "link_text": gettext_lazy("链接没有文字"),
    "button_text": gettext_lazy("按钮没有文字"),
    "frame_title": gettext_lazy("嵌入内容没有名称"),
    "tabindex": gettext_lazy("改动了按键顺序"),
    "table_heads": gettext_lazy("表格没有表头"),
    "zoom": gettext_lazy("不允许放大页面"),
    "markup": gettext_lazy("代码有误"),
    "id_twice": gettext_lazy("标识重复"),
    "obsolete": gettext_lazy("用了已废除的标记"),
}


def _stale(params: Params) -> str:
    if params.get("last"):
        text = _("已有 %(days)s 天没有更新，最近一次是 %(last)s，应每 %(cycle)s 天更新。")
    else:
        text = _("开设 %(days)s 天没有更新，应每 %(cycle)s 天更新。")
    return text % params


def _home(params: Params) -> str:
    return _("首页所列栏目已有 %(days)s 天没有更新，最近一次是 %(last)s，应每 %(cycle)s 天更新。") % params


def _guide(params: Params) -> str:
    words = [str(ELEMENT_WORDS.get(name, name)) for name in str(params["missing"]).split("、")]
    return _("办事指南“%(name)s”缺少：%(missing)s。") % {"name": params["name"], "missing": "、".join(words)}


def _dead(params: Params) -> str:
    if "status" in params:
        return _("页面打不开（返回码 %(status)s）。") % params
    return _("链接打不开：%(link)s") % params


def _faults(params: Params) -> str:
    words = []
    for one in str(params["faults"]).split("; "):
        code, colon, detail = one.partition(": ")
        name = str(FAULT_WORDS.get(code, code))
        words.append(_("%(fault)s（%(detail)s）") % {"fault": name, "detail": detail} if colon else name)
    return _("%(count)s 处：%(faults)s") % {"count": params["count"], "faults": "；".join(words)}


_TEXTS: Mapping[str, Callable[[Params], str]] = {
    Check.UNREACHABLE: lambda params: _("%(days)s 天内访问 %(visits)s 次，%(failed)s 次打不开或过慢。") % params,
    Check.HOME_STALE: _home,
    Check.WATCHED_STALE: _stale,
    Check.OTHER_STALE: _stale,
    Check.EMPTY: lambda params: _("开设 %(days)s 天没有内容。") % params,
    Check.UNANSWERED: lambda params: _("“%(title)s”已有 %(days)s 天没有答复。") % params,
    Check.GUIDE: _guide,
    Check.DISCLOSURE_LATE: lambda params: _("“%(title)s”应在 %(due)s 前公开。") % params,
    Check.DEAD_LINK: _dead,
    Check.TAGS: _faults,
    Check.ACCESSIBILITY: _faults,
    Check.MARKUP: _faults,
}


def sentence(check: str, params: Params) -> str:
    """Return what is wrong, in one sentence."""
    return _TEXTS[check](params)


def section_words(section: Mapping[str, Any]) -> str:
    """Return the heading of a section of the table of submissions."""
    return str(_SECTIONS[section["kind"], section["level"]])


_SECTIONS: Mapping[tuple[str, int], _StrPromise] = {
    ("departments", 0): gettext_lazy("本级部门"),
    ("regions", 3): gettext_lazy("市州"),
    ("regions", 4): gettext_lazy("县市区"),
    ("units", 0): gettext_lazy("下级单位"),
    ("others", 0): gettext_lazy("其他单位"),
}
