"""The inspection's report as a workbook: the same figures as the paper, all findings, with addresses."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from tongban.affairs.disclosure.queries.inspection import FindingRow
from tongban.affairs.disclosure.queries.report import Report, first_seen_on, mended_on


def make(found: Report) -> bytes:
    """Return the workbook in the present language. Texts are written as texts: no cell becomes a formula."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    heads = [_("名次"), _("站点"), _("得分"), _("结论"), _("单项否决"), _("问题数")]
    _sheet(book, _("站点"), heads, _sites(found))
    heads = [_("名次"), _("单位"), _("待处理"), _("其中超过 10 天"), _("涉及扣分"), _("近 30 天消除")]
    units = [[row.place, row.unit.title, row.findings, row.old, row.points, row.mended] for row in found.units]
    _sheet(book, _("单位"), heads, units)
    heads = [_("指标"), _("检查项"), _("待处理"), _("已采纳说明"), _("近 30 天消除")]
    _sheet(
        book, _("指标"), heads, [[row.code, row.title, row.open, row.excused, row.mended] for row in found.indicators]
    )
    if found.days:
        heads = [_("检查日"), _("平均得分"), _("检查的站点"), _("不合格的站点"), _("问题数")]
        days = [[row.day.isoformat(), float(row.mean), row.sites, row.failed, row.findings] for row in found.days]
        _sheet(book, _("逐日"), heads, days)
    heads = [_("指标"), _("检查项"), _("站点和栏目"), _("责任单位"), _("问题"), _("地址"), _("发现日期"), _("已有天数")]
    _sheet(book, _("待处理的问题"), heads, _findings(found.open))
    if found.excused:
        excused = [
            [*line, row.finding.excuse] for line, row in zip(_findings(found.excused), found.excused, strict=True)
        ]
        _sheet(book, _("已采纳说明的问题"), [*heads, _("情况说明")], excused)
    mended = [
        [*line, mended_on(row).isoformat()] for line, row in zip(_findings(found.mended), found.mended, strict=True)
    ]
    _sheet(book, _("消除的问题"), [*heads[:-1], _("历时（天）"), _("消除日期")], mended)
    book.close()
    return held.getvalue()


def _sites(found: Report) -> list[list[Any]]:
    return [
        [
            row.rank,
            str(row.site),
            row.score,
            _("合格") if row.passed else _("不合格"),
            _("、").join(row.vetoes),
            row.findings,
        ]
        for row in found.sites
    ]


def _findings(rows: Iterable[FindingRow]) -> list[list[Any]]:
    return [
        [
            row.finding.indicator, row.title, row.place, row.finding.unit.title, row.text, row.finding.url,
            first_seen_on(row).isoformat(), row.days,
        ]
        for row in rows
    ]  # fmt: skip


def _sheet(book: xlsxwriter.Workbook, name: str, heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(name[:31])
    sheet.write_row(0, 0, heads, book.add_format({"bold": True, "bg_color": "#F3F1EC", "bottom": 1}))
    for number, line in enumerate(lines, 1):
        sheet.write_row(number, 0, line)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
