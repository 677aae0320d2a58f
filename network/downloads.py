"""Tables to take away: CSV that spreadsheets open rightly, with the origin of every row."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from models.types import Provenance, SourceRef

BOM = "\ufeff"
"""Without it, spreadsheets take the Vietnamese letters for another encoding."""

ORIGIN = ("provenance", "source_address", "source_date")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """The text of a cell. One that a spreadsheet would run as a formula is quoted."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def origin_cells(provenance: Provenance, sources: Sequence[SourceRef]) -> tuple[str, str, str]:
    addresses, dates = (" ".join(str(source.get(key) or "") for source in sources) for key in ("url", "date"))
    return provenance.value, addresses.strip(), dates.strip()


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(BOM + file.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
