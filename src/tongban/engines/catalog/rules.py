"""What makes a service item consistent: code schemes, code lists and the checks an item audit applies.

Sources: GB/T 39046-2020 (code lists and elements), the national exchange tables of service items, the Administrative
License Law (Art. 42, 58) and the Regulation on Improving the Business Environment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tongban.foundation.clock.rules import Unit


class ItemType(StrEnum):
    """Type of a service item, GB/T 39046-2020."""

    POWER = "00"
    LICENSE = "01"
    PENALTY = "02"
    COERCION = "03"
    LEVY = "04"
    PAYMENT = "05"
    INSPECTION = "06"
    CONFIRMATION = "07"
    AWARD = "08"
    RULING = "09"
    OTHER = "10"
    PUBLIC_SERVICE = "20"


class CaseKind(StrEnum):
    """Case type of GB/T 39046-2020: done at once (即办件), or within a promised period (承诺件)."""

    INSTANT = "instant"
    PROMISED = "promised"


class OnlineDepth(StrEnum):
    """How far an item can be done over the internet."""

    NONE = "none"
    CONSULT = "consult"
    PRE_REVIEW = "pre_review"
    ACCEPT = "accept"
    FULL = "full"


class Mark(StrEnum):
    """How well a legal figure is verified: text read (V), second-hand (V2), from knowledge only (K)."""

    READ = "V"
    SECOND_HAND = "V2"
    UNVERIFIED = "K"


class CodeScheme(StrEnum):
    """How an implementation code is built."""

    NATIONAL = "national"
    LOCAL = "local"


ONLINE = frozenset({OnlineDepth.PRE_REVIEW, OnlineDepth.ACCEPT, OnlineDepth.FULL})
SINGLE_AGENCY_LIMIT = 20
JOINT_LIMIT = 45
_BASIC = re.compile(r"^\d{12}$")
_NATIONAL = re.compile(r"^[0-9A-HJ-NPQRTUWXY]{18}[1-6]\d{12}$")
_LOCAL = re.compile(r"^\d{6,12}-[1-6]-\d{12}$")
_VALIDATORS: dict[CodeScheme, re.Pattern[str]] = {CodeScheme.NATIONAL: _NATIONAL, CodeScheme.LOCAL: _LOCAL}


def implementation_code(*, basic_code: str, level: int, credit_code: str, region_code: str) -> tuple[str, CodeScheme]:
    """Return the code of a unit's implementation and its scheme.

    With a unified social credit code: 18 + level 1 + basic code 12 = 31 characters (national platform). Without one:
    region, level and basic code joined by hyphens, so that nobody takes it for a national code.
    """
    if credit_code:
        return f"{credit_code}{level}{basic_code}", CodeScheme.NATIONAL
    return f"{region_code}-{level}-{basic_code}", CodeScheme.LOCAL


def is_implementation_code(code: str, scheme: CodeScheme) -> bool:
    """Tell whether a code has the form of its scheme."""
    return bool(_VALIDATORS[scheme].match(code))


def is_basic_code(code: str) -> bool:
    """Tell whether a code is a basic code: province 2, type 2, department 2, main item 3, sub-item 3."""
    return bool(_BASIC.match(code))


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction: the place inside the item's file, what is wrong and what to do."""

    place: tuple[str | int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Period:
    """A limit of ``figure`` units; figure 0 means at once."""

    figure: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Checked:
    """The values of one implementation that must agree with one another."""

    statutory: Period | None
    promised: Period | None
    case_kind: CaseKind
    visits: int
    visits_reason: bool
    online_depth: OnlineDepth
    courier: bool
    charges: bool
    fees: int
    fees_complete: bool
    online_payment: bool | None
    special_law: bool
    joint_units: int
    result_kind: str
    result_name: str
    license_type: str
    at: tuple[str | int, ...] = ()
    codes: dict[str, frozenset[str]] = field(default_factory=dict)


_DAYS: dict[Unit, float] = {
    Unit.HOUR: 1 / 24,
    Unit.CALENDAR_DAY: 1.0,
    Unit.WORKING_DAY: 1.4,
    Unit.MONTH: 30.0,
    Unit.YEAR: 365.0,
}


def _longer(one: Period, other: Period) -> bool:
    """Tell whether a period is longer; unlike units are compared by their usual length in calendar days."""
    if one.unit is other.unit:
        return one.figure > other.figure
    return one.figure * _DAYS[one.unit] > other.figure * _DAYS[other.unit]


def _check_promise(item: Checked) -> Iterator[Finding]:
    if item.statutory and item.promised and _longer(item.promised, item.statutory):
        yield Finding(
            ("promised",),
            f"承诺时限（{item.promised.figure}）长于法定时限（{item.statutory.figure}），请缩短承诺时限",
        )
    if item.case_kind is CaseKind.INSTANT and item.promised and item.promised.figure > 0:
        yield Finding(("promised",), "即办件不应有承诺时限，请删去承诺时限，或把办件类型改为 promised（承诺件）")
    if item.case_kind is CaseKind.PROMISED and (item.promised is None or item.promised.figure == 0):
        yield Finding(("case_kind",), "承诺件要写承诺时限；当场办结的请把办件类型改为 instant（即办件）")


def _check_statute(item: Checked) -> Iterator[Finding]:
    limit = JOINT_LIMIT if item.joint_units else SINGLE_AGENCY_LIMIT
    if item.statutory is None or item.special_law:
        return
    if _longer(item.statutory, Period(limit, Unit.WORKING_DAY)):
        yield Finding(
            ("statutory",),
            f"法定时限超过 {limit} 个工作日（行政许可法第四十二条），请核对；另有法律、法规规定的，写明依据并标 special_law: true",
        )


def _check_visits(item: Checked) -> Iterator[Finding]:
    if item.visits > 0 and not item.visits_reason:
        yield Finding(("elements", "visits"), "到办事现场次数不为 0 时，要在 visits_reason 说明必须现场办理的原因")
    if item.online_depth is OnlineDepth.FULL and item.visits > 0:
        yield Finding(("elements", "online_depth"), "全程网办（full）的事项到办事现场次数应为 0，请改其中一项")
    if item.visits == 0 and item.online_depth not in ONLINE and not item.courier:
        yield Finding(("elements", "visits"), "不能网上办理又不用到现场的，要提供寄递（courier: true）")


def _check_fees(item: Checked) -> Iterator[Finding]:
    if item.charges and item.fees == 0:
        yield Finding(
            ("fees",), "标明收费的，要在 fees 写出项目名称、收费标准和法律、行政法规依据（行政许可法第五十八条）"
        )
    if not item.charges and item.fees:
        yield Finding(("elements", "charges"), "写了收费项目，却标明不收费，请改其中一项")
    if item.charges and not item.fees_complete:
        yield Finding(("fees",), "每个收费项目都要有名称、标准和依据")
    if item.charges and item.online_payment is None:
        yield Finding(("elements", "online_payment"), "收费事项要写明是否支持网上支付")


def _check_result(item: Checked) -> Iterator[Finding]:
    if item.result_kind == "certificate" and not item.license_type:
        yield Finding(("result", "license_type"), "结果为证照的，要写电子证照类型代码")
    if item.result_kind == "none" and item.result_name:
        yield Finding(("result", "kind"), "写了结果名称，结果类型却为 none，请改其中一项")


_CHECKS: tuple[Callable[[Checked], Iterator[Finding]], ...] = (
    _check_promise,
    _check_statute,
    _check_visits,
    _check_fees,
    _check_result,
)


def check(item: Checked) -> list[Finding]:
    """Return every contradiction among the values of one implementation."""
    return [finding for rule in _CHECKS for finding in rule(item)]


def unknown_codes(kind: str, used: Iterable[tuple[tuple[str | int, ...], str]], known: frozenset[str]) -> list[Finding]:
    """Return a finding for every code that a list does not have.

    :param kind: what the code names, in Chinese, for the message
    """
    hint = "、".join(sorted(known)[:8]) or "（目前一个也没有）"
    return [
        Finding(place, f"没有这个{kind}代码：{code}。现有的有 {hint}；请改正，或先载入定义它的文件")
        for place, code in used
        if code not in known
    ]


def fee_amount(bands: Sequence[Mapping[str, int | None]], quantity: int) -> int:
    """Return what a number of units costs by a published standard, in fen; each band counts only for its own part.

    :param bands: ``above``, ``fen`` and, for prices that go on rising, ``every`` and ``more``; from low to high
    """
    total = 0
    for place, band in enumerate(bands):
        start = int(band["above"] or 0)
        end = int(bands[place + 1]["above"] or 0) if place + 1 < len(bands) else quantity
        total += _band_amount(band, min(quantity, end) - start)
    return total


def _band_amount(band: Mapping[str, int | None], units: int) -> int:
    price, every, more = int(band["fen"] or 0), band.get("every"), band.get("more")
    if units <= 0:
        return 0
    if not every or not more:
        return units * price
    full, rest = divmod(units, every)
    return every * sum(price + step * more for step in range(full)) + rest * (price + full * more)
