"""Forms of the score pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongban.foundation.accounts.models import Account
from tongban.foundation.organizations.models import Unit

DATE = {"required": _("请填写日期。"), "invalid": _("请填写有效的日期，如 2026-11-21。")}


class ByHand(forms.Form):
    """Points entered by a person: what for, which unit, who, when, on what ground."""

    rule = forms.ChoiceField(label=_("记分项目"), error_messages={"required": _("请选择记分项目。")})
    unit = forms.CharField(
        label=_("单位代码"),
        max_length=64,
        help_text=_("如 420102-market_supervision，得分表和单位页上都有。"),
        widget=forms.TextInput(attrs={"class": "w-full"}),
        error_messages={"required": _("请填写单位代码。")},
    )
    account = forms.CharField(
        label=_("人员的登录名"),
        max_length=150,
        required=False,
        help_text=_("记到个人的填写；只记单位的不填。"),
        widget=forms.TextInput(attrs={"class": "w-16", "autocomplete": "off"}),
    )
    day = forms.DateField(
        label=_("日期"),
        widget=forms.DateInput(attrs={"type": "date", "class": "w-8"}, format="%Y-%m-%d"),
        error_messages=DATE,
    )
    note = forms.CharField(
        label=_("依据和事由"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明文件名称、文号和事由，被记分的单位看得到。"),
        error_messages={"required": _("请写明依据的文件和事由。")},
    )

    def __init__(self, *args: Any, rules: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the rules that take entries by hand."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["rule"]
        field.choices = rules

    def clean_unit(self) -> Unit:
        """Return the unit with the code.

        :raises forms.ValidationError: if there is none
        """
        found = Unit.objects.filter(code=self.cleaned_data["unit"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("没有这个单位代码，请核对。"))
        return found

    def clean_account(self) -> Account | None:
        """Return the person with the name, or nobody if none is given.

        :raises forms.ValidationError: if there is none
        """
        name = self.cleaned_data["account"].strip()
        if not name:
            return None
        found = Account.objects.filter(username=name, kind=Account.Kind.OFFICIAL).first()
        if found is None:
            raise forms.ValidationError(_("没有这个登录名的工作人员，请核对。"))
        return found
