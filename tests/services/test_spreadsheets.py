"""Reading what people send as a spreadsheet: any cell, any order of columns, any damage."""

import contextlib
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from models.errors import Invalid
from network.services import spreadsheets
from network.services.spreadsheets import MOST_ROWS, Row, Sheet, letter, normal, read, text

HEADINGS = {normal(name): key for name, key in (("Tên", "title_vi"), ("Title", "title_en"), ("TRL", "trl"))}


def book(*rows: Sequence[Any], title: str = "Sheet", more: Sequence[Any] = ()) -> bytes:
    made = Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(list(row))
    for row in more:
        made.create_sheet("Second").append(list(row))
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_columns_are_known_by_their_headings_in_any_order() -> None:
    sheet = read(book(["trl", "Chưa biết", "TÊN *"], [5, "x", " Màng lọc "], [], [None, None, "Cảm biến"]), HEADINGS)
    assert sheet.columns == {"trl": "A", "title_vi": "C"}
    assert sheet.unknown == (("Chưa biết", "B"),)
    assert sheet.rows == (Row(2, {"trl": "5", "title_vi": "Màng lọc"}), Row(4, {"title_vi": "Cảm biến"}))
    assert sheet.address(4, "title_vi") == "C4"
    assert sheet.address(4, "title_en") == "4"
    assert Sheet.from_json(sheet.as_json()) == sheet


def test_the_row_with_most_headings_is_the_head() -> None:
    sheet = read(book(["Title of this list"], [], ["Tên\nTitle", "TRL"], ["Màng lọc", 4]), HEADINGS)
    assert sheet.rows == (Row(4, {"title_vi": "Màng lọc", "trl": "4"}),)


def test_a_sheet_can_be_preferred() -> None:
    data = book(["Title"], ["First"], more=[["Title"]])
    assert read(data, HEADINGS).rows[0].cells == {"title_en": "First"}
    with pytest.raises(Invalid, match="sheet_empty"):
        read(data, HEADINGS, {"Second"})


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", bytes(spreadsheets.LARGEST_UNFOLDED + 1))
    return file.getvalue()


def entities() -> bytes:
    """A workbook whose text asks for itself a billion times."""
    file = io.BytesIO()
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><sst>&b;</sst>'
    with zipfile.ZipFile(io.BytesIO(book(["Title"], ["x"]))) as good, zipfile.ZipFile(file, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, laughs if name.endswith("workbook.xml") else good.read(name))
    return file.getvalue()


REFUSED: dict[str, list[bytes]] = {
    "sheet_unreadable": [b"", b"Title,TRL\nA,5\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 99, entities()],
    "sheet_too_large": [bomb()],
    "sheet_without_headings": [book(["A", "B"], [1, 2]), book(), book(["TRL"], [5])],
    "sheet_heading_twice": [book(["Title", "title"], ["a", "b"])],
    "sheet_empty": [book(["Title"]), book(["Title"], [" "])],
    "sheet_too_many_rows": [book(["Title"], *([["x"]] * (MOST_ROWS + 1)))],
}


@pytest.mark.parametrize(("code", "data"), [(code, data) for code, files in REFUSED.items() for data in files])
def test_files_that_cannot_be_read_say_why(code: str, data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read(data, HEADINGS)
    assert refused.value.code == code


def test_values_as_somebody_would_have_typed_them() -> None:
    values = [None, True, 5, 5.0, 1.5, 1e20, "a\r\nb ", date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC), "x\x00y"]
    wanted = ["", "true", "5", "5", "1.5", "1e+20", "a\nb", "2026-01-02", "2026-01-02", "xy"]
    assert [text(value) for value in values] == wanted


def test_letters_of_columns() -> None:
    assert [letter(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 3)),  # a workbook keeps fifteen digits
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    st.text(max_size=40).filter(lambda t: not ILLEGAL_CHARACTERS_RE.search(t) and not t.startswith("=")),
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(anything, min_size=3, max_size=3), max_size=12))
def test_whatever_the_cells_hold_each_filled_row_is_read_once(rows: list[list[Any]]) -> None:
    data = book(["Tên", "Title", "TRL"], *rows)
    filled = {
        number: {key: text(value) for key, value in zip(("title_vi", "title_en", "trl"), row, strict=True)}
        for number, row in enumerate(rows, start=2)
    }
    wanted = {n: {key: value for key, value in cells.items() if value} for n, cells in filled.items()}
    if not any(wanted.values()):
        with pytest.raises(Invalid, match="sheet_empty"):
            read(data, HEADINGS)
        return
    sheet = read(data, HEADINGS)
    assert {row.number: row.cells for row in sheet.rows} == {n: cells for n, cells in wanted.items() if cells}
    assert all(sheet.address(row.number, key)[0] in "ABC" for row in sheet.rows for key in row.cells)


def test_a_row_that_looks_like_headings_is_a_row() -> None:
    assert read(book(["Tên", "TRL"], ["Title", "title"]), HEADINGS).rows == (
        Row(2, {"title_vi": "Title", "trl": "title"}),
    )


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=10))
def test_a_damaged_file_is_read_or_refused_and_breaks_nothing(damage: list[tuple[float, int]]) -> None:
    whole = bytearray(book(["Title", "TRL"], ["Membrane", 5]))  # its length depends on the hour
    for place, byte in damage:
        whole[int(place * len(whole))] = byte
    with contextlib.suppress(Invalid):
        assert read(bytes(whole), HEADINGS).rows
