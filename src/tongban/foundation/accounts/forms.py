"""Forms of signing in and of the own account. Labels stand above fields; nothing is said in placeholders only."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


def _plain(form: forms.BaseForm, labels: dict[str, Any]) -> None:
    """Give fields their labels and take away placeholders and size attributes."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.help_text = ""
        if name in labels:
            field.label = labels[name]
        if isinstance(field, forms.CharField):
            field.error_messages["required"] = _("请填写此项。")


class SignInForm(LoginForm):  # type: ignore[misc]
    """Sign-in name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Label the fields."""
        super().__init__(*args, **kwargs)
        _plain(self, {"login": _("登录名"), "password": _("密码")})


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """Current and new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Label the fields."""
        super().__init__(*args, **kwargs)
        _plain(self, {"oldpassword": _("当前密码"), "password1": _("新密码"), "password2": _("再填一次新密码")})


class AgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Label the field."""
        super().__init__(*args, **kwargs)
        _plain(self, {"password": _("密码")})


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The code of an authenticator app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Label the field."""
        super().__init__(*args, **kwargs)
        _plain(self, {"code": _("验证码")})


class CodeAgainForm(CodeReauthenticateForm):  # type: ignore[misc]
    """The code once more, before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Label the field."""
        super().__init__(*args, **kwargs)
        _plain(self, {"code": _("验证码")})


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Label the field."""
        super().__init__(*args, **kwargs)
        _plain(self, {"code": _("验证器应用显示的 6 位数字")})


class KeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey or security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Label the fields."""
        super().__init__(*args, **kwargs)
        _plain(self, {"name": _("给这个密钥起个名字"), "passwordless": _("可以代替密码登录（通行密钥）")})


class _Opening(forms.Form):
    """What both kinds of accounts need."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=32,
        help_text=_("4 至 32 个字母、数字、点、下划线或连字符，以字母开头。请勿使用证件号码或手机号码。"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "class": "w-18"}),
    )
    password = forms.CharField(
        label=_("密码"),
        help_text=_("至少 10 个字符，含大写字母、小写字母、数字、符号中的至少 3 种。"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "w-18"}, render_value=False),
    )
    password_again = forms.CharField(
        label=_("再填一次密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "w-18"}, render_value=False),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say in Chinese what is missing."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("请填写此项。")

    def clean(self) -> dict[str, Any]:
        """Compare the two passwords."""
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("password") != cleaned.get("password_again"):
            self.add_error("password_again", _("两次填写的密码不一致。"))
        return cleaned


class PersonForm(_Opening):
    """Opening a person's account."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=50,
        help_text=_("与居民身份证一致。"),
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "w-18"}),
    )
    number = forms.CharField(
        label=_("居民身份证号码"),
        max_length=24,
        help_text=_("18 位，末位可能是字母 X。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-18"}),
    )
    phone = forms.CharField(
        label=_("手机号码"),
        max_length=11,
        help_text=_("办理进度会发到这个号码。"),
        widget=forms.TextInput(attrs={"autocomplete": "tel-national", "inputmode": "numeric", "class": "w-18"}),
    )
    field_order = ("name", "number", "phone", "username", "password", "password_again")


class FirmForm(_Opening):
    """Opening the account of a firm or another organization."""

    name = forms.CharField(
        label=_("企业或组织名称"),
        max_length=100,
        help_text=_("与营业执照或登记证书一致。"),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "class": "w-full"}),
    )
    number = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=24,
        help_text=_("18 位数字和大写字母。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-18"}),
    )
    legal_representative = forms.CharField(
        label=_("法定代表人或负责人"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-18"}),
    )
    phone = forms.CharField(
        label=_("经办人手机号码"),
        max_length=11,
        help_text=_("办理进度会发到这个号码。"),
        widget=forms.TextInput(attrs={"autocomplete": "tel-national", "inputmode": "numeric", "class": "w-18"}),
    )
    field_order = ("name", "number", "legal_representative", "phone", "username", "password", "password_again")


class RecoveryForm(forms.Form):
    """Whose password is lost."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=64,
        error_messages={"required": _("请填写此项。")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "class": "w-18"}),
    )
    phone = forms.CharField(
        label=_("账户登记的手机号码"),
        max_length=11,
        error_messages={"required": _("请填写此项。")},
        widget=forms.TextInput(attrs={"autocomplete": "tel-national", "inputmode": "numeric", "class": "w-18"}),
    )


class NewPasswordForm(forms.Form):
    """The code from the phone, and the new password."""

    code = forms.CharField(
        label=_("短信验证码"),
        max_length=6,
        help_text=_("6 位数字，10 分钟内有效。"),
        error_messages={"required": _("请填写此项。")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "w-8"}),
    )
    password = forms.CharField(
        label=_("新密码"),
        help_text=_("至少 10 个字符，含大写字母、小写字母、数字、符号中的至少 3 种。"),
        strip=False,
        error_messages={"required": _("请填写此项。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "w-18"}, render_value=False),
    )
    password_again = forms.CharField(
        label=_("再填一次新密码"),
        strip=False,
        error_messages={"required": _("请填写此项。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "w-18"}, render_value=False),
    )

    def clean(self) -> dict[str, Any]:
        """Compare the two passwords."""
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("password") != cleaned.get("password_again"):
            self.add_error("password_again", _("两次填写的密码不一致。"))
        return cleaned


class ContactForm(forms.Form):
    """How a person is reached."""

    phone = forms.CharField(
        label=_("手机号码"),
        max_length=11,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel-national", "inputmode": "numeric", "class": "w-18"}),
    )
    email = forms.EmailField(
        label=_("电子邮箱"),
        required=False,
        error_messages={"invalid": _("请填写有效的电子邮箱，如 name@example.com。")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "class": "w-18"}),
    )
    address = forms.CharField(
        label=_("联系地址"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address", "class": "w-full"}),
    )


class DelegationForm(forms.Form):
    """Letting someone act for this account."""

    agent = forms.CharField(
        label=_("代办人的登录名"),
        max_length=32,
        help_text=_("代办人须先有个人账户，请向其本人核对登录名。"),
        error_messages={"required": _("请填写代办人的登录名。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-18"}),
    )
    valid_from = forms.DateField(
        label=_("生效日期"),
        error_messages={"required": _("请填写生效日期。"), "invalid": _("请填写日期，如 2026-11-21。")},
        widget=forms.DateInput(attrs={"type": "date", "class": "w-18"}, format="%Y-%m-%d"),
    )
    valid_to = forms.DateField(
        label=_("截止日期"),
        required=False,
        help_text=_("不填表示长期有效，可以随时解除。"),
        error_messages={"invalid": _("请填写日期，如 2026-11-21。")},
        widget=forms.DateInput(attrs={"type": "date", "class": "w-18"}, format="%Y-%m-%d"),
    )
