"""Says refusals, fields and outcomes in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tongban.engines.cases.rules.compiled import BUILT_IN_STEPS, ActionDef, Compiled
from tongban.engines.cases.rules.state import Refusal
from tongban.foundation.organizations.roles import Role
from tongban.foundation.packs.localized import localized

_REFUSALS = {
    "case_over": lazy("办件已经结束，不能再办理。"),
    "not_offered": lazy("当前环节没有这项操作，可能刚刚有人办理过。请刷新页面，按最新状态办理。"),
    "only_by_law": lazy("这一步由法律规定的期限自动产生，不能人工操作。"),
    "only_applicant": lazy("只有申请人或者其代办人可以这样做。"),
    "unknown_action": lazy("没有这项操作，请刷新页面。"),
    "other_unit": lazy("这项工作由其他单位承办。"),
    "other_role": lazy("这项工作需要“%(role)s”岗位，您没有在本单位任此岗位。"),
    "assigned_to_other": lazy("这项工作已由他人承办，需要接手的请单位负责人重新分派。"),
    "same_person": lazy("您办理过“%(step)s”环节，按照职责分离的要求，不能由同一人办理本环节。请由其他人员办理。"),
    "special_missing": lazy("“%(special)s”还没有完成，完成后才能办理本项。"),
    "special_open": lazy("“%(special)s”正在进行，不能重复启动。"),
    "already_accepted": lazy("申请已经受理（包括逾期未告知而视为受理），不能再作不予受理或者补正告知。"),
    "correction_once": lazy("补正只能一次性告知，本件已经告知过。请依法作出受理或者不予受理的决定。"),
    "correction_running": lazy("补正期限还没有届满，请等申请人补正。"),
    "correction_lapsed": lazy("补正期限已过，申请视为放弃。需要办理的，请重新提交申请。"),
    "correction_late": lazy("告知补正的期间（收到申请之日起七个工作日）已过，不能再要求补正，请按现有申请答复。"),
    "no_written_notice": lazy("“%(special)s”要停止计时，必须书面告知所需时间。本流程没有配置告知文书，不能启动。"),
    "only_by_hand": lazy("期限没有届满，或者法律没有规定由此产生这一结果，要由承办人办理。"),
    "no_correction": lazy("本事项的流程没有补正环节。"),
    "no_extension": lazy("本事项的流程不允许延期。"),
    "extension_pending": lazy("已有一份延期申请等待批准。"),
    "extension_used": lazy("依法只能延期 %(times)s 次，本件已经延期。"),
    "no_clock": lazy("办理期限没有在计时，不需要延期。"),
    "not_expired": lazy("期限还没有届满。"),
    "data": lazy("有 %(count)s 处需要改正，请看各项下的说明。"),
    "stale": lazy("这个办件刚刚被他人办理过，页面内容已经过时。请刷新后再办理。"),
}

_MISTAKES = {
    "missing": lazy("请填写这一项。"),
    "too_long": lazy("内容太长，请精简。"),
    "not_text": lazy("含有不能识别的字符，请重新输入。"),
    "not_number": lazy("请填大于零的整数。"),
    "not_choice": lazy("请从列出的选项中选择。"),
    "not_date": lazy("请按“2026-11-21”的写法填写日期。"),
    "too_many": lazy("最多填写 50 条。"),
    "too_many_days": lazy("最多 %(max)s 天。"),
    "too_few_people": lazy("至少写明 %(count)s 名人员，每行一名。"),
    "same_unit": lazy("请选择其他单位或者人员。"),
    "no_such_file": lazy("没有找到这个文件，请重新上传。"),
    "no_such_unit": lazy("没有这个单位，或者已经撤销。"),
    "not_posted": lazy("该人员没有在承办单位任相应岗位。"),
}

_LABELS = {
    "reason": lazy("理由"),
    "basis": lazy("法律依据"),
    "remedies": lazy("救济途径"),
    "opinion": lazy("意见"),
    "items": lazy("需要补正的全部内容"),
    "days": lazy("天数（工作日）"),
    "expected_days": lazy("所需时间（工作日）"),
    "conclusion": lazy("结论"),
    "members": lazy("参加人员"),
    "record": lazy("记录"),
    "report": lazy("记录或报告文件"),
    "place": lazy("地点"),
    "held_on": lazy("日期"),
    "notified_on": lazy("通知日期"),
    "question": lazy("会商问题"),
    "units": lazy("会商单位"),
    "unit": lazy("转往单位"),
    "assignee": lazy("承办人"),
    "delivery": lazy("送达方式"),
    "recipient": lazy("签收人"),
    "valid_from": lazy("有效期自"),
    "valid_to": lazy("有效期至"),
    "conditions": lazy("附加要求"),
    "ground": lazy("情形"),
    "public_summary": lazy("向社会公开的摘要"),
    "competent_unit": lazy("有权办理的机关"),
    "note": lazy("说明"),
    "confirmed": lazy("我已核对"),
}

_HINTS = {
    "items": lazy("每行一条，一次写全；告知以后不能再要求补正。"),
    "members": lazy("每行一名。"),
    "remedies": lazy("写明申请行政复议、提起行政诉讼的途径和期限。"),
    "basis": lazy("写明法律、法规、规章的名称和条款。"),
    "expected_days": lazy("这段时间不计入办理期限，将书面告知申请人。"),
    "assignee": lazy("不选即由本人承办。"),
    "conclusion": "",
    "held_on": lazy("例如 2026-11-21"),
    "valid_to": lazy("不填即按证照类型的规定。"),
}

_HINTS_BY_KIND = {
    ("request_correction", "days"): lazy("申请人补正的期限，从告知次日起算。"),
    ("request_extension", "days"): lazy("需要延长的工作日数，不超过法律规定。"),
    ("request_extension", "reason"): lazy("批准后将告知申请人。"),
    ("co_handle", "days"): lazy("希望对方答复的期限，可以不填。"),
}

_CHOICES = {
    "electronic": lazy("电子送达"),
    "window": lazy("窗口领取"),
    "courier": lazy("邮寄送达"),
    "no_licence_needed": lazy("依法不需要取得许可"),
    "not_our_authority": lazy("不属于本机关职权范围"),
    "not_corrected": lazy("逾期未补正或者补正后仍不符合要求"),
    "other_by_law": lazy("法律、法规规定的其他情形"),
    "applicant_died": lazy("申请人死亡或者丧失行为能力"),
    "organization_ended": lazy("申请人依法终止"),
    "law_changed": lazy("法律、法规、政策调整，不再需要许可"),
    "applicant_withdrew_object": lazy("申请事项已经不存在"),
    "force_majeure": lazy("不可抗力致使无法办理"),
    "agree": lazy("同意"),
    "agree_with_conditions": lazy("有条件同意"),
    "disagree": lazy("不同意"),
    "not_ours": lazy("不属于本单位职责"),
}

_CAUSES = {
    "accepted": lazy("受理"),
    "deemed_accepted": lazy("视为受理"),
    "correction": lazy("等待补正"),
    "correction_requested": lazy("已告知补正"),
    "corrected": lazy("已补正"),
    "lapsed": lazy("逾期未补正"),
    "co_handle": lazy("会商"),
    "reply": lazy("会商答复"),
    "reclaimed": lazy("收回会商"),
    "extension": lazy("批准延期"),
    "granted": lazy("准予许可"),
    "refused": lazy("不予许可"),
    "delivered": lazy("送达"),
    "withdrawn": lazy("撤回"),
    "abandoned": lazy("视为放弃"),
    "terminated": lazy("终止办理"),
    "not_accepted": lazy("不予受理"),
    "closed": lazy("办结"),
    "returned": lazy("退回"),
    "sent_up": lazy("报送上级机关"),
    "deemed_renewed": lazy("视为准予延续"),
}

_OUTCOMES = {
    "pass": lazy("通过"),
    "object": lazy("拟不予许可"),
    "returned": lazy("退回"),
    "transferred": lazy("转办"),
    "issued": lazy("已制证"),
    "rejected": lazy("未批准"),
    "void": lazy("不再需要"),
}


def say(refusal: Refusal, compiled: Compiled | None = None) -> str:
    """Return the sentence of a refusal."""
    params: dict[str, Any] = dict(refusal.params)
    if "role" in params:
        params["role"] = role_name(str(params["role"]))
    for name in ("step", "special"):
        if name in params and compiled is not None:
            params[name] = localized(compiled.title_of(str(params[name])))
    params.setdefault("count", len(refusal.fields))
    return str(_REFUSALS.get(refusal.code, _REFUSALS["not_offered"])) % params


def say_fields(refusal: Refusal) -> dict[str, str]:
    """Return a sentence for each field that is wrong."""
    return {name: mistake(code, refusal.params) for name, code in refusal.fields.items()}


def mistake(code: str, params: Mapping[str, Any] | None = None) -> str:
    """Return the sentence of a mistake in a field."""
    return str(_MISTAKES[code]) % dict(params or {})


def label(field: str) -> str:
    """Return the label of a field."""
    return str(_LABELS[field])


def hint(field: str, action: ActionDef) -> str:
    """Return the hint of a field for an action."""
    return str(_HINTS_BY_KIND.get((action.kind.value, field)) or _HINTS.get(field, ""))


def choices(field: str, action: ActionDef, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the choices of a field with their texts."""
    own = action.choices.get(field, {})
    return [(code, localized(own[code]) if code in own else str(_CHOICES.get(code, code))) for code in codes]


def choice(code: str) -> str:
    """Return the text of a built-in choice."""
    return str(_CHOICES.get(code, code))


def cause(code: str, compiled: Compiled | None = None) -> str:
    """Return why a clock stopped, went on or ended."""
    if compiled is not None and (code in compiled.specials or code in compiled.steps or code in BUILT_IN_STEPS):
        return localized(compiled.title_of(code))
    return str(_CAUSES.get(code, code))


def outcome(code: str, compiled: Compiled | None = None, step: str = "") -> str:
    """Return the outcome of a task."""
    if compiled is not None and step in compiled.specials and code in compiled.specials[step].conclusions:
        return localized(compiled.specials[step].conclusions[code])
    for table in (_OUTCOMES, _CAUSES, _CHOICES):
        if code in table:
            return str(table[code])
    return code


def role_name(code: str) -> str:
    """Return the name of a role."""
    return str(Role(code).label) if code in Role.values else code


def remedies() -> str:
    """Return the usual wording of remedies, for the clerk to check and complete."""
    return _(
        "不服本决定的，可以自收到决定书之日起六十日内依法申请行政复议，或者自知道作出决定之日起六个月内依法向人民法院提起行政诉讼。"
    )


def late(days: int) -> str:
    """Return that a step was late."""
    return _("超环节时限 %(days)s 天") % {"days": days}


def concluded(text: str) -> str:
    """Return a conclusion as a sentence."""
    return _("结论为“%(text)s”。") % {"text": text}


def in_step(step: str) -> str:
    """Return that a case is in a step: 审查中."""
    return _("%(step)s中") % {"step": step}


def closed_with(result: str) -> str:
    """Return that a case is closed with a result."""
    return _("已办结（%(result)s）") % {"result": result}


def ended(*, late: bool) -> str:
    """Return how a clock ended."""
    return _("已办结，超出时限") if late else _("已办结，按时")


def actor(key: str, name: str) -> str:
    """Return who acted; the law's own effects have no person."""
    return _("依法自动产生") if key.startswith("system:") else name
