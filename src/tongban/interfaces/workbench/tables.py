"""Lists as files to download: CSV that spreadsheets read as Chinese, and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

FORMATS = ("csv", "xlsx")
MOST = 5000
"""How many lines one file holds at most."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Row = Sequence[str | int]


class _Echo:
    """What a CSV writer writes to: it gives each line back."""

    def write(self, text: str) -> str:
        return text


def table(name: str, title: str, heads: Sequence[str], rows: Iterable[Row], *, kind: str) -> HttpResponseBase:
    """Return a table as a file.

    :param name: name of the file without its ending
    :param title: name of the sheet
    :param kind: ``csv`` or ``xlsx``
    """
    return _xlsx(name, title, heads, rows) if kind == "xlsx" else _csv(name, heads, rows)


def _csv(name: str, heads: Sequence[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow(heads)
        for row in rows:
            yield writer.writerow([_inert(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _inert(cell: str | int) -> str | int:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _xlsx(name: str, title: str, heads: Sequence[str], rows: Iterable[Row]) -> HttpResponse:
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(title[:31])
    sheet.write_row(0, 0, list(heads), book.add_format({"bold": True, "bottom": 1}))
    widths = [len(head) for head in heads]
    count = 0
    for count, row in enumerate(rows, start=1):
        sheet.write_row(count, 0, list(row))
        widths = [max(width, min(len(str(cell)), 40)) for width, cell in zip(widths, row, strict=True)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width * 2 + 2)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, count, len(heads) - 1)
    book.close()
    response = HttpResponse(held.getvalue(), content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
