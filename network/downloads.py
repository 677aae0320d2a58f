"""Tables as files: CSV that spreadsheets open rightly, and Excel. No cell is ever run as a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import Response

from network.queries.tables import Table

BOM = "\ufeff"
"""Without it, spreadsheets take the Vietnamese letters for another encoding."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST = 32_000
"""Characters that fit a cell of Excel."""

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cell(value: object) -> str:
    """The text of a cell. One that a spreadsheet would run as a formula is quoted."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return _attached(f"{name}.csv", BOM + file.getvalue(), "text/csv; charset=utf-8")


def excel_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Numbers stay numbers; everything else is text, also what begins like a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"

    def written(value: object, bold: bool = False) -> Any:
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST])
        made.data_type = "s"
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([written(name, bold=True) for name in head])
    for row in rows:
        sheet.append([written(value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return _attached(f"{name}.xlsx", file.getvalue(), EXCEL)


FORMS: Mapping[str, Callable[[str, Sequence[str], Iterable[Sequence[object]]], Response]] = {
    "csv": csv_file,
    "xlsx": excel_file,
}


def table_file(name: str, table: Table, form: str = "csv") -> Response:
    return FORMS[form](name, table.head, table.rows)


def _attached(name: str, content: str | bytes, content_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=content_type, headers=headers)
