"""The table of submissions as a workbook: a sheet for each section, and what the figures mean."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tongban.affairs.disclosure.wording import section_words
from tongban.foundation.packs.localized import localized

FIGURES = ("submitted", "accepted", "declined", "returned", "points", "before", "place_before")


def heads() -> list[str]:
    """Return the headings of a table."""
    return [
        _("名次"), _("单位或地区"), _("代码"), _("报送（条）"), _("采用（条）"), _("未采用（条）"), _("退回修改（条）"),
        pgettext("报送情况", "得分"), _("上季度得分"), _("上季度名次"),
    ]  # fmt: skip


def explained(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a table counts, as labels and texts."""
    return [
        (_("期间"), f"{data['from']} – {data['to']}"),
        (_("发布单位"), data["issuer"]),
        (_("计入的站点"), _("、").join(localized(name) for name in data["site_names"])),
        (pgettext("报送情况", "报送"), _("在期间内报送的稿件，不论后来怎样处理。")),
        (_("采用、未采用、退回修改"), _("在期间内作出的处理，报送可能在期间之前。")),
        (pgettext("报送情况", "得分"), _("采用时按栏目规定的分值计入，之后不变。")),
        (_("名次"), _("按得分排列，得分相同的名次相同。")),
        (_("地区"), _("地区的数字是该地区各级单位之和。")),
    ]


def make(data: Mapping[str, Any], *, title: str) -> bytes:
    """Return the workbook in the present language. Texts are written as texts: no cell becomes a formula."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "author": data["issuer"]})
    bold = book.add_format({"bold": True, "bg_color": "#F3F1EC", "border": 1, "text_wrap": True, "valign": "vcenter"})
    for number, section in enumerate(data["sections"], start=1):
        sheet = book.add_worksheet(f"{number} {section_words(section)}"[:31])
        rows = [
            [_figure(row["place"]), localized(row["name"]), row["code"], *(_figure(row[name]) for name in FIGURES)]
            for row in section["rows"]
        ]
        _fill(sheet, [heads(), *rows], bold)
        sheet.set_column(1, 1, 40)
        sheet.set_column(2, 2, 26)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), len(heads()) - 1)
        sheet.set_landscape()
        sheet.repeat_rows(0)
    notes = book.add_worksheet(_("说明"))
    _fill(notes, [[_("标题"), title], *explained(data)], bold, down=True)
    notes.set_column(0, 0, 26)
    notes.set_column(1, 1, 90)
    book.close()
    return held.getvalue()


def _figure(value: int | None) -> int | str:
    return "" if value is None else value


def _fill(sheet: Any, rows: Sequence[Sequence[Any]], bold: Any, *, down: bool = False) -> None:
    """Write rows; the first row (or with ``down`` the first column) in bold."""
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            form = bold if (x == 0 if down else y == 0) else None
            if isinstance(value, str):
                sheet.write_string(y, x, value, form)
            else:
                sheet.write_number(y, x, value, form)
