"""A bulletin as a workbook: the table, the ledger behind it, and what the columns mean."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tongban.foundation.packs.localized import localized

Data = Mapping[str, Any]


def make(data: Data, *, title: str, language: str) -> bytes:
    """Return the workbook of a bulletin's frozen content. Texts are written as texts: no cell becomes a formula."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "author": data["issuer"]})
    head = book.add_format({"bold": True, "bg_color": "#F3F1EC", "border": 1, "text_wrap": True, "valign": "vcenter"})
    figure = book.add_format({"num_format": "0.00"})
    _units(book.add_worksheet(_("得分表")), data, head, figure, language)
    _entries(book.add_worksheet(_("记分明细")), data, head, figure, language)
    _notes(book.add_worksheet(_("说明")), data, title, head, language)
    book.close()
    return held.getvalue()


def _units(sheet: Worksheet, data: Data, head: Format, figure: Format, language: str) -> None:
    extra = data["columns"]
    titles = [
        _("名次"), _("层级"), _("单位"), _("单位代码"), _("得分"), _("等次"), _("扣分"), _("加分"), _("办结数"), _("上期得分"),
        *(localized(each["title"], language=language) for each in extra),
    ]  # fmt: skip
    rows = (
        [
            row["place"],
            localized(level["title"], language=language),
            row["name"],
            row["code"],
            Decimal(row["total"]),
            localized(row["grade"], language=language),
            Decimal(row["deducted"]),
            Decimal(row["bonus"]),
            row["volume"],
            Decimal(row["before"]) if row["before"] else "",
            *(_cell(row["extra"].get(each["code"], "")) for each in extra),
        ]
        for level in data["levels"]
        for row in level["rows"]
    )
    _table(sheet, titles, rows, head, figure, widths=(6, 8, 40, 24))


def _entries(sheet: Worksheet, data: Data, head: Format, figure: Format, language: str) -> None:
    titles = [
        _("日期"),
        _("单位"),
        _("分项"),
        pgettext("得分", "项目"),
        pgettext("得分", "事由"),
        _("分值"),
        _("事由对象"),
        _("相关事项"),
        _("状态"),
    ]
    rows = (
        [
            row["day"],
            row["unit"],
            localized(row["part"], language=language),
            localized(row["rule"], language=language),
            localized(row["reason"], language=language),
            Decimal(row["points"]),
            row["about"],
            row["matter"],
            _("已冲销") if row["taken_back"] else _("冲销") if row["counter"] else pgettext("得分", "有效"),
        ]
        for row in data["entries"]
    )
    _table(sheet, titles, rows, head, figure, widths=(12, 36, 12, 18, 60, 8, 26, 26))


def _notes(sheet: Worksheet, data: Data, title: str, head: Format, language: str) -> None:
    pairs = [
        (_("标题"), title),
        (_("期间"), f"{data['from']} – {data['to']}"),
        (_("发布单位"), data["issuer"]),
        (_("评分办法"), f"{localized(data['scheme']['title'], language=language)} v{data['scheme']['version']}"),
        (_("出处"), localized(data["scheme"]["source"], language=language)),
        *((localized(each["label"], language=language), each["value"]) for each in data["totals"]),
    ]
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for number, (label, value) in enumerate(pairs):
        sheet.write_string(number, 0, label, head)
        sheet.write_string(number, 1, str(value))


def _table(
    sheet: Worksheet,
    titles: Sequence[str],
    rows: Iterable[Sequence[Any]],
    head: Format,
    figure: Format,
    *,
    widths: Sequence[int],
) -> None:
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, head)
        sheet.set_column(column, column, widths[column] if column < len(widths) else 14)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(last, column, value)
            else:
                sheet.write_number(last, column, float(value), figure if isinstance(value, Decimal) else None)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(last, 1), len(titles) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)


def _cell(value: Any) -> Any:
    """Return a figure of an affair as a number where it is one."""
    if isinstance(value, int):
        return value
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return str(value)
