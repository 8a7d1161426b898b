"""Forms of the console."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongban.foundation.accounts.models import Account, fold_username
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.roles import Role

REQUIRED = _("请填写此项。")
DATE = {"required": REQUIRED, "invalid": _("请填写日期，如 2026-11-21。")}


def _text(
    label: Any, *, hint: Any = "", width: str = "w-18", required: bool = True, longest: int = 200
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=longest,
        error_messages={"required": REQUIRED},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": width}),
    )


def _date(label: Any, *, hint: Any = "", required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        error_messages=DATE,
        widget=forms.DateInput(attrs={"type": "date", "class": "w-18"}, format="%Y-%m-%d"),
    )


class AccountForm(forms.Form):
    """A new official's account."""

    display_name = _text(_("姓名"), longest=100)
    username = _text(_("登录名"), hint=_("4 至 32 个字母、数字、点、下划线或连字符，以字母开头。"), longest=32)


class ReasonForm(forms.Form):
    """A reason, kept in the audit record."""

    reason = _text(_("理由"), hint=_("写入审计记录，不能修改。"), width="w-full")


class ProposalForm(forms.Form):
    """Roles for a person in a unit."""

    username = _text(_("人员的登录名"), longest=32)
    unit = _text(_("单位代码"), hint=_("如 420102-market_supervision。"), width="w-full", longest=64)
    roles = forms.MultipleChoiceField(
        label=_("角色"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("系统、安全、审计三类管理员须由三人分任，且不得兼任其他角色。"),
        error_messages={"required": _("请至少选择一个角色。")},
    )
    title = _text(_("职务或科室"), required=False, longest=60)
    valid_from = _date(_("任职日期"))
    valid_to = _date(_("离任日期"), hint=_("不填表示没有期限。"), required=False)

    def clean_username(self) -> Account:
        """Find the person."""
        account = Account.objects.filter(username=fold_username(self.cleaned_data["username"])).first()
        if account is None or account.kind != Account.Kind.OFFICIAL:
            raise forms.ValidationError(_("没有使用这个登录名的工作人员账户，请先由系统管理员开立。"))
        return account

    def clean_unit(self) -> Unit:
        """Find the unit."""
        unit = Unit.objects.filter(code=self.cleaned_data["unit"].strip()).first()
        if unit is None:
            raise forms.ValidationError(_("没有这个单位代码，请在单位目录中核对。"))
        return unit


class WindowForm(forms.Form):
    """A document shown at a window."""

    username = _text(_("登录名"), longest=64)
    name = _text(_("证件上的姓名或名称"), longest=100)
    number = _text(_("证件号码"), hint=_("居民身份证号码，或统一社会信用代码。"), longest=24)
    phone = _text(_("新手机号码"), hint=_("只在本人要求更换时填写。"), required=False, longest=11)


class UnlockForm(ReasonForm):
    """Lifting a sign-in lock."""

    username = _text(_("登录名"), longest=64)
    field_order = ("username", "reason")


class ArrangementForm(forms.Form):
    """A year's days off and make-up workdays, as published."""

    year = forms.IntegerField(
        label=_("年份"),
        min_value=2000,
        max_value=2200,
        error_messages={"required": REQUIRED, "invalid": _("请填写四位年份。")},
        widget=forms.NumberInput(attrs={"class": "w-8", "inputmode": "numeric"}),
    )
    jurisdiction = _text(
        _("适用地区的区划代码"),
        hint=_("全国的安排留空。民族自治地方等自行规定的节日，填写区划代码或其前几位，只写与全国不同的日子。"),
        required=False,
        longest=12,
    )
    source = _text(_("通知名称"), hint=_("如“国务院办公厅关于2027年部分节假日安排的通知”。"), width="w-full")
    source_number = _text(_("文号"), required=False, longest=60)
    text = forms.CharField(
        label=_("放假和调休上班的日子"),
        help_text=_("粘贴通知原文，或者每个节日写一行，如“春节：2月5日至11日放假，2月14日、2月20日上班”。"),
        max_length=6000,
        error_messages={"required": REQUIRED},
        widget=forms.Textarea(attrs={"rows": 9, "class": "w-full", "autocomplete": "off"}),
    )


class DeclineForm(forms.Form):
    """Why an entry is sent back."""

    note = _text(_("退回的理由"), width="w-full", required=False, longest=300)
