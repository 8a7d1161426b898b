"""The implementation list of GB/T 39046-2020 and of the national exchange tables: every element, in order.

``key`` says where its value is found in a :class:`~tongban.engines.catalog.queries.guides.Guide`'s element rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its key, what people call it, and whether it comes from the standard or from the exchange tables."""

    key: str
    title: str | _StrPromise
    standard: bool = True


ELEMENTS: tuple[Element, ...] = (
    Element("name", _("事项名称")),
    Element("basic_code", _("基本编码")),
    Element("code", _("实施编码")),
    Element("item_type", _("事项类型")),
    Element("bases", _("设定依据")),
    Element("level", _("行使层级")),
    Element("authority_division", _("权限划分")),
    Element("content", _("行使内容")),
    Element("unit", _("实施主体")),
    Element("unit_code", _("实施主体编码")),
    Element("subject_nature", _("实施主体性质")),
    Element("statutory", _("法定办结时限")),
    Element("statutory_unit", _("法定办结时限单位")),
    Element("statutory_note", _("法定办结时限说明")),
    Element("promised", _("承诺办结时限")),
    Element("promised_unit", _("承诺办结时限单位")),
    Element("promised_note", _("承诺办结时限说明")),
    Element("conditions", _("受理条件")),
    Element("steps", _("办理流程")),
    Element("joint_units", _("联办机构")),
    Element("undertaking_unit", _("承办机构")),
    Element("intermediary", _("中介服务")),
    Element("quantity_limit", _("数量限制")),
    Element("result", _("办理结果名称")),
    Element("result_sample", _("办理结果样本")),
    Element("charges", _("是否收费")),
    Element("fee_basis", _("收费依据")),
    Element("cross_area", _("通办范围")),
    Element("objects", _("服务对象")),
    Element("themes_personal", _("面向自然人主题")),
    Element("themes_legal", _("面向法人主题")),
    Element("handling_forms", _("办理形式")),
    Element("special_procedure", _("特别程序")),
    Element("jurisdiction", _("管辖范围")),
    Element("case_kind", _("办件类型")),
    Element("booking", _("预约办理")),
    Element("online_payment", _("网上支付")),
    Element("courier", _("物流快递")),
    Element("is_online", _("网上办理")),
    Element("online_address", _("网上办理地址")),
    Element("system_level", _("运行系统层级")),
    Element("place", _("办理地点")),
    Element("hours", _("办理时间")),
    Element("consultation", _("咨询方式")),
    Element("supervision_phone", _("监督投诉电话")),
    Element("faqs", _("常见问题")),
    Element("materials", _("材料名称")),
    Element("material_issuer", _("材料来源")),
    Element("material_time", _("材料时间要求")),
    Element("material_where", _("材料提交环节")),
    Element("material_purpose", _("材料用途")),
    Element("material_originals", _("材料原件份数")),
    Element("material_copies", _("材料复印件份数")),
    Element("material_necessity", _("材料必要性")),
    Element("material_form", _("材料形式")),
    Element("material_blank", _("材料空白表格")),
    Element("material_sample", _("材料示例样表")),
    Element("material_note", _("材料填报须知")),
    Element("scenarios", _("办理情形")),
    Element("fee_name", _("收费项目名称")),
    Element("fee_standard", _("收费标准")),
    Element("fee_reduction", _("收费减免")),
    Element("window", _("办理窗口")),
    Element("status", _("事项状态"), standard=False),
    Element("visits", _("到办事现场次数"), standard=False),
    Element("visits_reason", _("必须现场办理的原因"), standard=False),
    Element("online_depth", _("网办深度"), standard=False),
    Element("single_sign_on", _("单点登录"), standard=False),
    Element("version", _("事项版本"), standard=False),
    Element("effective_from", _("办理版本启用日期"), standard=False),
    Element("effective_to", _("办理版本停用日期"), standard=False),
    Element("power_source", _("权力来源"), standard=False),
    Element("entrusted_by", _("委托部门"), standard=False),
    Element("result_kind", _("办理结果类型"), standard=False),
    Element("result_validity", _("办理结果有效期"), standard=False),
    Element("review_address", _("行政复议机关"), standard=False),
    Element("litigation_address", _("行政诉讼法院"), standard=False),
    Element("step_limits", _("各环节时限"), standard=False),
    Element("life_events", _("所属“一件事”"), standard=False),
)

HOTLINE = "12345"
"""The government service hotline, which answers questions and takes complaints where a unit names no number of its own."""
