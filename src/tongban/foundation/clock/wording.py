"""Says errors, notes and holidays of the clock in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tongban.foundation.clock.rules import ClockError, DayMark, Limit, Unit

if TYPE_CHECKING:
    import datetime as dt

    from django.utils.functional import _StrPromise

    from tongban.foundation.clock.models import LimitRule

SENTENCES: dict[str, str | _StrPromise] = {
    "limit.negative": gettext_lazy("期限不能小于零（现为 {figure}）。"),
    "limit.units": gettext_lazy("延长的单位应与原期限相同，请改用原期限的单位。"),
    "calendar.empty": gettext_lazy("尚未载入工作日安排，请先运行 manage.py load_pack law。"),
    "calendar.gap": gettext_lazy("工作日安排缺少 {year} 年，请补录后再算。"),
    "calendar.horizon": gettext_lazy(
        "{day} 不在已有的工作日安排之内（{first} 年至 {last} 年），无法推算；请先录入该年度的安排。"
    ),
    "rule.no_figure": gettext_lazy("规则 {rule} 没有规定期限。"),
    "rule.missing": gettext_lazy("没有找到在该日、该地区有效的规则 {rule}，请核对规则编号和日期。"),
    "ledger.no_start": gettext_lazy("计时记录应从起算开始。"),
    "ledger.second_start": gettext_lazy("计时只能起算一次；重新起算请写在恢复计时里。"),
    "ledger.backwards": gettext_lazy("{on} 的记录早于前一条（{before}），请按先后顺序填写。"),
    "ledger.after_end": gettext_lazy("计时已经结束，不能再添加记录。"),
    "ledger.not_running": gettext_lazy("计时已经停止，不能再次停止；请先恢复。"),
    "ledger.not_stopped": gettext_lazy("计时没有停止，不能恢复。"),
    "ledger.no_resumption": gettext_lazy("恢复计时要写明是接着计算还是重新计算。"),
    "ledger.no_extra": gettext_lazy("延长期限要写明延长多少。"),
    "entry.moment": gettext_lazy("以小时计的期限要写明具体时刻（含时区）。"),
    "notice.both": gettext_lazy("{day} 同时列为放假和上班，请核对通知后只保留一处。"),
    "notice.far": gettext_lazy("{day} 离 {year} 年太远，请核对年份。"),
    "notice.weekday": gettext_lazy("{day} 本来就是工作日，不能列为补班日，请核对日期。"),
    "notice.fixed": gettext_lazy("{day} 是法定节假日，通知里应当放假，请补上。"),
    "notice.unread": gettext_lazy("没有读懂这一句，请改写或手工录入：{text}"),
    "notice.unnamed": gettext_lazy("看不出这几天是哪个节日，请在前面写上节日名称，如“春节：”：{text}"),
    "proposal.waiting": gettext_lazy("{year} 年已有一份待确认的安排（{by}录入），请先确认、退回或者撤回。"),
    "proposal.same_person": gettext_lazy("录入人不能自己确认，请由另一人核对后确认。"),
    "proposal.settled": gettext_lazy("这份安排已经处理过了，请刷新页面。"),
    "proposal.source": gettext_lazy("请写明通知的名称，作为来源。"),
    "proposal.place": gettext_lazy("区划代码应为数字，全国的请留空。"),
    "proposal.note": gettext_lazy("请写明退回的理由。"),
    "notice.weekday_differs": gettext_lazy("{day} 不是{said}，请核对通知原文。"),
}

HOLIDAYS: dict[str, str | _StrPromise] = {
    "new_year": gettext_lazy("元旦"),
    "spring_festival": gettext_lazy("春节"),
    "qingming": gettext_lazy("清明节"),
    "labour_day": gettext_lazy("劳动节"),
    "dragon_boat": gettext_lazy("端午节"),
    "mid_autumn": gettext_lazy("中秋节"),
    "national_day": gettext_lazy("国庆节"),
    "victory_day": gettext_lazy("抗战胜利纪念日"),
}

UNITS: dict[Unit, str | _StrPromise] = {
    Unit.WORKING_DAY: gettext_lazy("{figure} 个工作日"),
    Unit.CALENDAR_DAY: gettext_lazy("{figure} 日"),
    Unit.MONTH: gettext_lazy("{figure} 个月"),
    Unit.YEAR: gettext_lazy("{figure} 年"),
    Unit.HOUR: gettext_lazy("{figure} 小时"),
}

_ONE: dict[Unit, str | _StrPromise] = {
    Unit.WORKING_DAY: gettext_lazy("1 个工作日"),
    Unit.CALENDAR_DAY: gettext_lazy("1 日"),
    Unit.MONTH: gettext_lazy("1 个月"),
    Unit.YEAR: gettext_lazy("1 年"),
    Unit.HOUR: gettext_lazy("1 小时"),
}

WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)

MARKS: dict[str, str | _StrPromise] = {
    "start": gettext_lazy("起算日，不计入"),
    "counted": gettext_lazy("计入"),
    "rest": gettext_lazy("不计入"),
    "stopped": gettext_lazy("停止计时，不计入"),
    "due": pgettext_lazy("逐日", "到期日"),
    "future": gettext_lazy("未到"),
}


def weekday_text(day: dt.date) -> str:
    """Return the day of the week."""
    return str(WEEKDAYS[day.weekday()])


def mark_text(mark: DayMark) -> str:
    """Return what a day is in a count."""
    return str(MARKS[mark.kind])


def say(error: ClockError) -> str:
    """Return the sentence of an error: what is wrong and what to do."""
    sentence = SENTENCES.get(error.code)
    return str(sentence).format(**error.params) if sentence is not None else str(error)


def limit_text(limit: Limit) -> str:
    """Return a limit in words: ``20 个工作日``."""
    return str(_ONE[limit.unit]) if limit.figure == 1 else str(UNITS[limit.unit]).format(figure=limit.figure)


def rule_text(rule: LimitRule) -> str:
    """Return a version of a rule and the sets it belongs to: ``LIC-04 第 1 版（cn-2024、cn-2026）``."""
    text = _("{rule} 第 {version} 版").format(rule=rule.rule_id, version=rule.version)
    return f"{text}（{'、'.join(rule.tags)}）" if rule.tags else text


def holiday_text(name: str) -> str:
    """Return the name of a holiday; a local one is its own name."""
    return str(HOLIDAYS.get(name, name))


def note_text(note: str) -> str:
    """Return a day's note (see ``DayMark.note``) in words."""
    kind, _colon, about = note.partition(":")
    match kind:
        case "weekend":
            return _("周末")
        case "holiday":
            return holiday_text(about)
        case "makeup":
            return _("{holiday}调休上班").format(holiday=holiday_text(about)) if about else _("调休上班")
        case "stop":
            return about
        case "roll":
            return _("期满日为休息日，顺延")
        case "extend":
            return _("延长 {figure}").format(figure=about)
        case "restart":
            return _("重新起算")
    return note
