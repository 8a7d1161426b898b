"""Turns what was typed into a value of its type, or says in one sentence what to do."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from tongban.foundation.forms.schema import (
    AddressField,
    BooleanField,
    ChoiceField,
    ChoicesField,
    CitizenNumberField,
    CreditCodeField,
    DateField,
    DecimalField,
    EmailField,
    IntegerField,
    PhoneField,
    Question,
    RegionField,
    TextareaField,
    TextField,
    UploadField,
)
from tongban.foundation.text.identifiers import IdentifierError, citizen_number, credit_code

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?")
REGION = re.compile(r"\d{6}(\d{3}|\d{6})?")


class WrongAnswerError(ValueError):
    """An answer cannot be taken; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What answers are judged against.

    :param files: ids of files that belong to this applicant; ``None`` accepts any
    :param region_known: tells whether a division code exists below another; ``None`` accepts any code of the right shape
    """

    today: dt.date
    files: frozenset[str] | None = None
    region_known: Callable[[str, str], bool] | None = field(default=None)


def blank(raw: Any) -> bool:
    """Tell whether nothing was given."""
    if isinstance(raw, Mapping):
        return all(blank(part) for part in raw.values())
    if isinstance(raw, list | tuple):
        return all(blank(part) for part in raw)
    return raw is None or (isinstance(raw, str) and not raw.strip())


def truth(raw: Any) -> bool | None:
    """Return what a yes-or-no answer means, typed or sent; nothing if it is neither."""
    return raw if isinstance(raw, bool) else {"true": True, "on": True, "false": False}.get(str(raw))


def parse(question: Question, raw: Any, around: Surroundings) -> Any:
    """Return the value of an answer that is not blank.

    :raises WrongAnswerError: if it is not acceptable
    """
    return _PARSERS[type(question)](question, raw, around)


def day_of(text: str, today: dt.date) -> dt.date:
    """Return the date that ``2026-11-21``, ``today`` or ``today+30`` means."""
    if text.startswith("today"):
        return today + dt.timedelta(days=int(text[5:] or 0))
    return dt.date.fromisoformat(text)


def _line(raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise WrongAnswerError(_("请填写文字"))
    text = unicodedata.normalize("NFC", str(raw)).strip()
    if "\x00" in text:
        raise WrongAnswerError(_("含有不能识别的字符，请重新填写"))
    return text


def _half(raw: Any) -> str:
    """Return text with full-width digits, letters and signs made half-width and spaces removed."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", _line(raw)))


def _length(text: str, shortest: int, longest: int) -> None:
    if len(text) > longest:
        raise WrongAnswerError(_("最多 %(max)s 个字，现在有 %(now)s 个，请缩短") % {"max": longest, "now": len(text)})
    if len(text) < shortest:
        raise WrongAnswerError(_("至少 %(min)s 个字，现在有 %(now)s 个") % {"min": shortest, "now": len(text)})


def _text(question: TextField, raw: Any, _around: Surroundings) -> str:
    text = re.sub(r"\s+", " ", _line(raw))
    _length(text, question.min_length, question.max_length)
    if question.pattern and not re.fullmatch(question.pattern, text):
        raise WrongAnswerError(str(question.pattern_hint))
    return text


def _textarea(question: TextareaField, raw: Any, _around: Surroundings) -> str:
    text = _line(raw).replace("\r\n", "\n")
    _length(text, question.min_length, question.max_length)
    return text


def _bounds(value: Decimal, low: float | None, high: float | None) -> None:
    if low is not None and value < Decimal(str(low)):
        raise WrongAnswerError(_("不能小于 %(min)s") % {"min": f"{low:g}"})
    if high is not None and value > Decimal(str(high)):
        raise WrongAnswerError(_("不能大于 %(max)s") % {"max": f"{high:.12g}"})


def _integer(question: IntegerField, raw: Any, _around: Surroundings) -> int:
    text = _half(raw).replace(",", "")
    if not re.fullmatch(r"-?\d{1,15}", text):
        raise WrongAnswerError(_("只填整数，如 %(example)s") % {"example": question.example})
    _bounds(Decimal(text), question.min, question.max)
    return int(text)


def _decimal(question: DecimalField, raw: Any, _around: Surroundings) -> str:
    text = _half(raw).replace(",", "")
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text):
        raise WrongAnswerError(_("只填数字，如 %(example)s") % {"example": f"{question.example:.12g}"})
    try:
        value = Decimal(text)
    except InvalidOperation as wrong:
        raise WrongAnswerError(_("只填数字，如 %(example)s") % {"example": question.example}) from wrong
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > question.places:
        raise WrongAnswerError(_("最多保留 %(places)s 位小数") % {"places": question.places})
    _bounds(value, question.min, question.max)
    return format(value.normalize(), "f") if value else "0"


def _date(question: DateField, raw: Any, around: Surroundings) -> str:
    example = day_of(question.example, around.today)
    missing = _("填写完整的年、月、日，如 %(example)s") % {"example": example.isoformat()}
    if isinstance(raw, Mapping):
        parts = [_half(raw.get(key) or "") for key in ("y", "m", "d")]
        if not all(re.fullmatch(r"\d{1,4}", part) for part in parts):
            raise WrongAnswerError(missing)
        numbers = [int(part) for part in parts]
    else:
        match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", _half(raw))
        if match is None:
            raise WrongAnswerError(missing)
        numbers = [int(part) for part in match.groups()]
    if not 1000 <= numbers[0] <= 9999:
        raise WrongAnswerError(_("年份写四位数，如 %(year)s") % {"year": example.year})
    try:
        day = dt.date(*numbers)
    except ValueError as wrong:
        raise WrongAnswerError(_("没有这一天，请核对月和日")) from wrong
    _day_range(question, day, around.today)
    return day.isoformat()


def _day_range(question: DateField, day: dt.date, today: dt.date) -> None:
    if question.earliest and day < day_of(question.earliest, today):
        raise WrongAnswerError(_("不能早于 %(day)s") % {"day": day_of(question.earliest, today)})
    if question.latest and day > day_of(question.latest, today):
        raise WrongAnswerError(_("不能晚于 %(day)s") % {"day": day_of(question.latest, today)})


def _choice(question: ChoiceField, raw: Any, _around: Surroundings) -> str:
    value = _line(raw)
    if value not in {option.value for option in question.options}:
        raise WrongAnswerError(_("从所列的选项中选一项"))
    return value


def _choices(question: ChoicesField, raw: Any, _around: Surroundings) -> list[str]:
    given = raw if isinstance(raw, list | tuple) else [raw]
    picked = {_line(item) for item in given if not blank(item)}
    known = [option.value for option in question.options]
    if not picked <= set(known):
        raise WrongAnswerError(_("从所列的选项中选择"))
    if len(picked) < question.min:
        raise WrongAnswerError(_("至少选 %(min)s 项") % {"min": question.min})
    if question.max is not None and len(picked) > question.max:
        raise WrongAnswerError(_("最多选 %(max)s 项") % {"max": question.max})
    return [value for value in known if value in picked]


def _boolean(question: BooleanField, raw: Any, _around: Surroundings) -> bool:
    value = truth(raw)
    if value is None:
        raise WrongAnswerError(_("选“是”或“否”"))
    if question.must and not value:
        raise WrongAnswerError(_("需要勾选后才能继续"))
    return value


def _phone(_question: PhoneField, raw: Any, _around: Surroundings) -> str:
    text = _half(raw).replace("+86", "")
    mobile = text.replace("-", "")
    if MOBILE.fullmatch(mobile):
        return mobile
    if LANDLINE.fullmatch(text):
        return text
    raise WrongAnswerError(_("填写 11 位手机号码，或者带区号的电话，如 027-12345678"))


def _email(_question: EmailField, raw: Any, _around: Surroundings) -> str:
    text = _half(raw)
    if len(text) > 254 or not EMAIL.fullmatch(text):
        raise WrongAnswerError(_("填写完整的电子邮箱，如 name@example.com"))
    return text


def _citizen(_question: CitizenNumberField, raw: Any, _around: Surroundings) -> str:
    try:
        return citizen_number.check(_half(raw))
    except IdentifierError as wrong:
        raise WrongAnswerError(str(wrong)) from wrong


def _credit(_question: CreditCodeField, raw: Any, _around: Surroundings) -> str:
    try:
        return credit_code.check(_half(raw))
    except IdentifierError as wrong:
        raise WrongAnswerError(str(wrong)) from wrong


def _region(question: RegionField | AddressField, raw: Any, around: Surroundings) -> str:
    code = _half(raw)
    known = around.region_known
    if not REGION.fullmatch(code) or (known is not None and not known(code, question.within)):
        raise WrongAnswerError(_("从列表中选择所在地区"))
    return code


def _address(question: AddressField, raw: Any, around: Surroundings) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise WrongAnswerError(_("填写地区和详细地址"))
    if blank(raw.get("region")):
        raise WrongAnswerError(_("从列表中选择所在地区"))
    code = _region(question, raw["region"], around)
    if blank(raw.get("detail")):
        raise WrongAnswerError(_("填写路名、门牌号和楼层"))
    detail = re.sub(r"\s+", " ", _line(raw["detail"]))
    _length(detail, 0, 200)
    return {"region": code, "detail": detail}


def _upload(question: UploadField, raw: Any, around: Surroundings) -> list[str]:
    given = raw if isinstance(raw, list | tuple) else [raw]
    ids = list(dict.fromkeys(_line(item) for item in given if not blank(item)))
    if around.files is not None and not set(ids) <= around.files:
        raise WrongAnswerError(_("文件没有找到，请重新上传"))
    if len(ids) > question.max_files:
        raise WrongAnswerError(_("最多上传 %(max)s 个文件，请删去多余的") % {"max": question.max_files})
    return ids


_PARSERS: dict[type, Callable[[Any, Any, Surroundings], Any]] = {
    TextField: _text,
    TextareaField: _textarea,
    IntegerField: _integer,
    DecimalField: _decimal,
    DateField: _date,
    ChoiceField: _choice,
    ChoicesField: _choices,
    BooleanField: _boolean,
    PhoneField: _phone,
    EmailField: _email,
    CitizenNumberField: _citizen,
    CreditCodeField: _credit,
    RegionField: _region,
    AddressField: _address,
    UploadField: _upload,
}
