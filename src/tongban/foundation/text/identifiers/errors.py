"""What may be wrong with an identifier, in a sentence that names the place and the remedy."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, str | _StrPromise] = {
    "empty": _("{name}没有填写，请填写。"),
    "length": _("{name}应为 {expected} 位，现为 {found} 位，请检查是否漏填或多填。"),
    "character": _("{name}第 {place} 位“{character}”不在允许的字符之内，请检查。"),
    "credit_code.character": _(
        "{name}第 {place} 位“{character}”不在允许的字符之内（不用字母 I、O、S、V、Z），请检查是否看错。"
    ),
    "digit": _("{name}第 {place} 位“{character}”应为数字，请检查。"),
    "check": _("{name}的校验位不对，应有一位写错，请对照证件逐位核对。"),
    "date": _("{name}中的出生日期不存在，请对照证件核对第 7 至 14 位。"),
    "future": _("{name}中的出生日期晚于今天，请对照证件核对第 7 至 14 位。"),
    "parts": _("{name}应由根、类型、发证机关、流水号、版本和校验位六段以点相连，请从证照上完整抄录。"),
    "part": _("{name}的{part}“{found}”不合格式，请对照证照核对。"),
}

NAMES: dict[str, str | _StrPromise] = {
    "credit_code": _("统一社会信用代码"),
    "organization_code": _("组织机构代码"),
    "citizen_number": _("公民身份号码"),
    "registration_number": _("注册号"),
    "license_identifier": _("电子证照标识"),
}

PARTS: dict[str, str | _StrPromise] = {
    "root": _("根标识"),
    "type": _("类型代码"),
    "issuer": _("发证机关代码"),
    "serial": _("流水号"),
    "version": _("版本号"),
}


class IdentifierError(ValueError):
    """An identifier that cannot be right. ``code`` is stable; ``message`` is said in the reader's language."""

    def __init__(self, identifier: str, code: str, **params: object) -> None:
        """Keep the code and what fills its sentence."""
        self.identifier = identifier
        self.code = code
        self.params = params
        super().__init__(f"{identifier}: {code} {params}")

    @property
    def message(self) -> str:
        """Return the sentence, in the language of the present request."""
        filled = {name: str(PARTS.get(str(value), value)) for name, value in self.params.items()}
        sentence = SENTENCES.get(f"{self.identifier}.{self.code}", SENTENCES[self.code])
        return str(sentence).format(name=NAMES[self.identifier], **filled)

    def __str__(self) -> str:
        return self.message


def plain(text: str) -> str:
    """Return an identifier as typed without blanks and hyphens, half width, upper case."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(letter for letter in folded if not letter.isspace() and letter not in "-–—−‐")


def sized(identifier: str, text: str, *lengths: int) -> str:
    """Return :func:`plain` text of one of the lengths.

    :raises IdentifierError: ``empty`` or ``length``
    """
    code = plain(text)
    if not code:
        raise IdentifierError(identifier, "empty")
    if len(code) not in lengths:
        raise IdentifierError(identifier, "length", expected=max(lengths), found=len(code))
    return code


def digits_only(identifier: str, code: str) -> None:
    """Refuse anything but the digits 0 to 9.

    :raises IdentifierError: ``digit`` with the place
    """
    for place, character in enumerate(code, start=1):
        if character not in "0123456789":
            raise IdentifierError(identifier, "digit", place=place, character=character)
