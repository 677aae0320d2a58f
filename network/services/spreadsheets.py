"""Reading a spreadsheet that somebody sends: which column is which, and the text of every filled cell.

The file is looked at from outside first: a small file can unfold to gigabytes, and a sheet can say that it has a
million rows. Nothing in it is carried out; a formula counts with the value it was saved with.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.errors import Invalid
from models.texts import fold

LARGEST_UNFOLDED = 40 * 1024 * 1024
MOST_PARTS = 400
MOST_ROWS = 500
MOST_COLUMNS = 60
LOOKED_AT = 2000
"""Rows that are looked at: between filled ones, some may be empty."""

HEAD_WITHIN = 5
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Row:
    """`number` as the spreadsheet shows it; `cells` are the filled ones by the key of their column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """`columns` gives the letter of each known column, `unknown` the heading and letter of every other one."""

    columns: Mapping[str, str]
    unknown: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]

    def address(self, number: int, column: str) -> str:
        """'F7', or the row alone where there is no such column."""
        return f"{self.columns.get(column, '')}{number}"

    def as_json(self) -> dict[str, Any]:
        rows = [[row.number, dict(row.cells)] for row in self.rows]
        return {"columns": dict(self.columns), "unknown": [list(pair) for pair in self.unknown], "rows": rows}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Sheet":
        unknown = tuple((heading, letter) for heading, letter in stored.get("unknown", ()))
        return cls(stored.get("columns", {}), unknown, tuple(Row(n, cells) for n, cells in stored.get("rows", ())))


def normal(heading: str) -> str:
    """A heading as it is compared: its letters and digits, without diacritics."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(heading)).split())


def read(data: bytes, headings: Mapping[str, str], preferred: Iterable[str] = ()) -> Sheet:
    """The first sheet of the workbook, or the one named in `preferred`.

    `headings` gives the key of a column for each of its names, as `normal` makes them. Raises Invalid when the file is
    no workbook or too large, when its headings are not found, or when it has no rows or too many.
    """
    grid = _grid(data, set(preferred))
    position, columns, unknown = _headings(grid, headings)
    rows = []
    for number, cells in grid[position + 1 :]:
        filled = {key: cells[index] for key, index in columns.items() if index < len(cells) and cells[index]}
        if filled:
            rows.append(Row(number, filled))
    if not rows:
        raise Invalid("sheet_empty")
    if len(rows) > MOST_ROWS:
        raise Invalid("sheet_too_many_rows", most=MOST_ROWS)
    return Sheet({key: letter(index) for key, index in columns.items()}, unknown, tuple(rows))


def letter(index: int) -> str:
    """0 -> 'A', 26 -> 'AA'."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def text(value: object) -> str:
    """The value of a cell as somebody would have typed it."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return _CONTROL.sub("", str(value)).replace("\r\n", "\n").strip()


def _grid(data: bytes, preferred: set[str]) -> list[tuple[int, list[str]]]:
    """Number and cells of the rows that are looked at."""
    _look_from_outside(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = next((s for s in book.worksheets if s.title in preferred), None) or book.worksheets[0]
        rows = sheet.iter_rows(max_row=LOOKED_AT, max_col=MOST_COLUMNS, values_only=True)
        return [(number, [text(value) for value in cells]) for number, cells in enumerate(rows, start=1)]
    except Exception as error:  # whatever the reader stumbles over in a damaged file, the file is what is wrong
        raise Invalid("sheet_unreadable") from error


def _look_from_outside(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            listed = parts.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Invalid("sheet_unreadable") from error
    if "xl/workbook.xml" not in {part.filename for part in listed}:
        raise Invalid("sheet_unreadable")
    if len(listed) > MOST_PARTS or sum(part.file_size for part in listed) > LARGEST_UNFOLDED:
        raise Invalid("sheet_too_large")


@dataclass
class _Head:
    place: int
    columns: dict[str, int]
    unknown: list[tuple[str, str]]
    twice: str | None = None


def _headings(
    grid: list[tuple[int, list[str]]], headings: Mapping[str, str]
) -> tuple[int, dict[str, int], tuple[tuple[str, str], ...]]:
    """The row of the first few that has most known headings: its place, the known columns, and the others."""
    heads = [_head(place, *row, headings) for place, row in enumerate(grid[:HEAD_WITHIN])]
    best = max(heads, key=lambda head: (len(head.columns), -head.place), default=None)
    if best is None or not {"title_vi", "title_en"} & set(best.columns):
        raise Invalid("sheet_without_headings")
    if best.twice:
        raise Invalid("sheet_heading_twice", word=best.twice)
    return best.place, best.columns, tuple(best.unknown)


def _head(place: int, number: int, cells: list[str], headings: Mapping[str, str]) -> _Head:
    head = _Head(place, {}, [])
    for index, heading in enumerate(cells):
        key = _key(heading, headings)
        if key in head.columns:
            head.twice = f"{letter(index)}{number}"
        elif key:
            head.columns[key] = index
        elif heading:
            head.unknown.append((heading[:60], letter(index)))
    return head


def _key(heading: str, headings: Mapping[str, str]) -> str | None:
    """Of a heading in one language, or in both on two lines."""
    lines = [heading, *heading.splitlines()]
    return next((headings[normal(line)] for line in lines if normal(line) in headings), None)
