"""What a file under ``license_types/`` of a pack may hold."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from tongban.foundation.packs.localized import LocalizedText
from tongban.foundation.text.identifiers import IdentifierError, credit_code

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{1,63}$")]
TypeCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NP-RTUW-Y]{18}[0-9A-Z]{3}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_PLACE = re.compile(r"\{(region|year|serial)(?::(\d{1,2}))?\}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Shown(_Strict):
    """A field on the license's face; ``public`` ones are also shown to anyone who verifies the license."""

    name: Name
    label: LocalizedText
    public: bool = False
    optional: bool = False


class Validity(_Strict):
    """How long the license holds: a number of years (with the legal source), or long-term."""

    years: int | None = Field(default=None, ge=1, le=100)
    long_term: bool = False
    source: str = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.long_term == (self.years is not None):
            msg = "有效期要写 years（年数）或 long_term: true（长期），只写一种"
            raise ValueError(msg)
        return self


class LicenseTypeSpec(_Strict):
    """A kind of license.

    ``number`` makes the number on its face from ``{region}`` (6 digits), ``{year}`` and ``{serial:6}`` (padded).
    """

    code: Code
    type_code: TypeCode
    name: LocalizedText
    number: str
    validity: Validity
    document: Code = "license-portrait"
    holders: Annotated[list[Literal["person", "organization"]], Field(min_length=1)]
    mask_holder: bool = False
    fields: list[Shown] = []
    reusable: bool = True
    source: str = ""

    @field_validator("type_code")
    @classmethod
    def _agency_is_right(cls, text: str) -> str:
        """Refuse a type code whose first 18 characters are no unified social credit code."""
        try:
            credit_code.check(text[:18])
        except IdentifierError as wrong:
            msg = f"类型代码前 18 位应为定义机构的统一社会信用代码：{wrong}"
            raise ValueError(msg) from wrong
        return text

    @model_validator(mode="after")
    def _number_is_unique(self) -> Self:
        found = {match.group(1) for match in _PLACE.finditer(self.number)}
        if not {"year", "serial"} <= found or re.search(r"[{}]", _PLACE.sub("", self.number)):
            msg = "证照编号规则要含 {year} 和 {serial:6}，可含 {region}，如 许可{region}{year}{serial:6}"
            raise ValueError(msg)
        return self

    def make_number(self, *, region: str, year: int, serial: int) -> str:
        """Return the number on the face of a license."""
        values = {"region": region, "year": str(year), "serial": str(serial)}
        return _PLACE.sub(lambda found: values[found.group(1)].zfill(int(found.group(2) or 0)), self.number)
