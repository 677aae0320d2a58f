"""The spreadsheet of technologies: its headings and explanations in both languages, and the file to fill in.

One list of columns makes the template, the explanations and the headings that are recognised, so that they cannot
differ. A heading has Vietnamese on its first line and English on its second; either alone is known too.
"""

import io
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _

from models.texts import LANGUAGES, fold
from models.types import TransferForm
from network.i18n import label, speaking, wording
from network.services.spreadsheets import MOST_ROWS, normal
from network.services.technology_rows import COLUMNS, WORDS, Vocabulary
from network.wordings import TRL_LABELS

DATA, EXPLAINED, LISTS = "Công nghệ – Technologies", "Giải thích – Explained", "Danh mục – Lists"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

HEADINGS: Mapping[str, tuple[Any, Any]] = {
    "number": (
        _("Number on this site"),
        _("Leave it empty for a new technology. In your own list it is filled in: the row then changes that one."),
    ),
    "reference": (
        _("Your own number"),
        _("As in your records. A row with a number that is known here changes that technology. Only you see it."),
    ),
    "title_vi": (_("Title in Vietnamese"), _("Required in one of the two languages. At most 200 characters.")),
    "title_en": (_("Title in English"), _("In the same language as a description at least once.")),
    "summary_vi": (
        _("Description in Vietnamese"),
        _("Required in one of the two languages: which problem it solves, for whom, and what it does better."),
    ),
    "summary_en": (_("Description in English"), _("No e-mail addresses and telephone numbers: one asks you here.")),
    "fields": (
        _("Fields"),
        _("Codes or names from the sheet with the lists, with a semicolon between them, for example 205; 304."),
    ),
    "trl": (_("Technology readiness level (TRL)"), _("A number from 1 to 9.")),
    "evidence_vi": (_("Evidence in Vietnamese"), _("What shows this level: tests, where, when, with which result.")),
    "evidence_en": (_("Evidence in English"), _("The same in English.")),
    "ready_for_vi": (_("Ready for what, in Vietnamese"), _("For example a pilot with a craft village, or production.")),
    "ready_for_en": (_("Ready for what, in English"), _("The same in English.")),
    "ip_type": (_("Protection"), _("One of the words in the list.")),
    "ip_number": (_("Number of the right"), _("Of the application or of the granted right, as the register has it.")),
    "ip_status": (_("State of the protection"), _("One of the words in the list.")),
    "ip_territory": (_("Protected in"), _("Country codes, for example VN, US; WO for an international application.")),
    "owners": (_("Owners and shares"), _("For example: University A 60%; Company B 40%. Shares may be left out.")),
    "transfer_form": (_("Preferred form of transfer"), _("One of the words in the list.")),
    "other_forms": (_("Also possible"), _("More of the same words, with a semicolon between them.")),
    "price_basis": (_("Price"), _("What the amounts are for: one of the words in the list.")),
    "price_low": (_("Price from"), _("In dong, for example 1.500.000.000 or 1,5 tỷ. For a lump sum or a yearly fee.")),
    "price_high": (_("Price up to"), _("The same, and not below the first.")),
    "price_note_vi": (
        _("Remark on the price, in Vietnamese"),
        _("For example three to five per cent of sales. Everybody reads it."),
    ),
    "price_note_en": (_("Remark on the price, in English"), _("The same in English.")),
    "visibility": (_("Who may read it"), _("One of the words in the list; everybody if it is left empty.")),
    "details_vi": (_("Details in Vietnamese"), _("For verified members only.")),
    "details_en": (_("Details in English"), _("For verified members only.")),
    "confidential_vi": (
        _("Confidential, in Vietnamese"),
        _("Read only by whoever asked about this technology and was accepted, or whom you asked and who accepted."),
    ),
    "confidential_en": (_("Confidential, in English"), _("The same in English.")),
}

LONG = ("summary", "evidence", "ready_for", "details", "confidential")


def heading(column: str) -> str:
    """In the language of the reader."""
    return str(HEADINGS[column][0])


@cache
def headings() -> dict[str, str]:
    """Every name of a column as `spreadsheets.normal` makes it, and the key of the column."""
    known = {normal(column): column for column in COLUMNS}
    for language in LANGUAGES:
        with speaking(language):
            known |= {normal(str(HEADINGS[column][0])): column for column in COLUMNS}
    return known


@cache
def words() -> dict[str, dict[str, Any]]:
    """For each column with a list of words: the folded words in both languages, and the stored values themselves."""
    known: dict[str, dict[str, Any]] = {column: {w.value: w for w in values} for column, values in WORDS.items()}
    for language in LANGUAGES:
        with speaking(language):
            for column, values in WORDS.items():
                known[column] |= {" ".join(fold(label(word)).split()): word for word in values}
    return known


def vocabulary(fields: Mapping[str, str]) -> Vocabulary:
    return Vocabulary(words(), fields)


def template(fields: Iterable[tuple[str, str, str]], contents: Iterable[tuple[int, Mapping[str, Any]]] = ()) -> bytes:
    """The file to fill in. `fields` are codes with their Vietnamese and English names; `contents` technologies with
    their numbers, to start from what is there."""
    from openpyxl import Workbook

    book = Workbook()
    data, explained, lists = book.active, book.create_sheet(EXPLAINED), book.create_sheet(LISTS)
    data.title = DATA
    _fill(data, _lists(lists, list(fields)), contents)
    _explain(explained)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _both(text: Any, between: str = "\n") -> str:
    parts = []
    for language in LANGUAGES:
        with speaking(language):
            parts.append(str(text))
    return between.join(dict.fromkeys(parts))


def _write(sheet: Any, row: int, column: int, value: Any, **style: Any) -> Any:
    """A cell that stays what it is: a text that begins like a formula is a text."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font

    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:32000]
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
    else:
        cell.value = value
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=style.get("bold", False))
    return cell


def _fill(data: Any, ranges: Mapping[str, str], contents: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for index, column in enumerate(COLUMNS, start=1):
        _write(data, 1, index, _both(HEADINGS[column][0]), bold=True)
        letter = get_column_letter(index)
        data.column_dimensions[letter].width = 44 if column[:-3] in LONG else 26 if column != "number" else 12
        if column in ranges:
            choice = DataValidation(type="list", formula1=ranges[column], allow_blank=True, showErrorMessage=False)
            choice.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
            data.add_data_validation(choice)
    for row, (number, content) in enumerate(contents, start=2):
        for index, value in enumerate(cells(number, content).values(), start=1):
            if value not in (None, ""):
                _write(data, row, index, value)
    data.row_dimensions[1].height = 48
    data.freeze_panes = "D2"


def cells(number: int, content: Mapping[str, Any]) -> dict[str, Any]:
    """What a technology says (network.services.versions) as the cells of its row, in the order of the columns."""
    said: dict[str, Any] = {"number": number}
    for name, value in content.items():
        if f"{name}_vi" in HEADINGS:
            said[f"{name}_vi"], said[f"{name}_en"] = value
        elif name in WORDS:
            said[name] = _word(WORDS[name](value)) if value else None
        else:
            said[name] = value
    forms = [_word(TransferForm(form)) for form in content["transfer_forms"]]
    said["transfer_form"], said["other_forms"] = (forms[0] if forms else None), "; ".join(forms[1:])
    said["fields"] = "; ".join(content["fields"])
    said["owners"] = "; ".join(f"{owner} {share / 100:g}%" if share else owner for owner, share in content["owners"])
    return {column: said.get(column) for column in COLUMNS}


def _word(word: Any) -> str:
    """The word in Vietnamese, as the lists of the file have it."""
    with speaking("vi"):
        return str(wording(word))


def _explain(sheet: Any) -> None:
    rules = (
        _(
            "One row for each technology, at most %(rows)s rows. Keep the headings as they are; any order will do.",
            rows=MOST_ROWS,
        ),
        _("An empty cell leaves as it is what stands there already; a hyphen empties it."),
        _("Nothing is written when you send the file: first you see, row by row, what would be done."),
    )
    row = 1
    for rule in rules:
        for index, language in enumerate(LANGUAGES, start=2):
            with speaking(language):
                _write(sheet, row, index, str(rule))
        row += 1
    for column in COLUMNS:
        name, explanation = HEADINGS[column]
        row += 1
        _write(sheet, row, 1, _both(name), bold=True)
        for index, language in enumerate(LANGUAGES, start=2):
            with speaking(language):
                _write(sheet, row, index, str(explanation))
    for letter, width in (("A", 34), ("B", 70), ("C", 70)):
        sheet.column_dimensions[letter].width = width


def _lists(sheet: Any, fields: list[tuple[str, str, str]]) -> dict[str, str]:
    """The words of each list below each other; returns the range of each for the columns that take them."""
    from openpyxl.utils import get_column_letter

    ranges = {}
    for index, (column, values) in enumerate(WORDS.items(), start=1):
        letter = get_column_letter(index)
        _write(sheet, 1, index, _both(HEADINGS[column][0]), bold=True)
        for row, word in enumerate(values, start=2):
            _write(sheet, row, index, _word(word))
        sheet.column_dimensions[letter].width = 30
        if column != "other_forms":
            ranges[column] = f"'{LISTS}'!${letter}$2:${letter}${len(values) + 1}"
    first = len(WORDS) + 2
    for row, code_and_names in enumerate(fields, start=2):
        for offset, value in enumerate(code_and_names):
            _write(sheet, row, first + offset, value)
    for offset, width in enumerate((8, 44, 44)):
        sheet.column_dimensions[get_column_letter(first + offset)].width = width
    _write(sheet, 1, first, _both(HEADINGS["fields"][0]), bold=True)
    level = first + 4
    _write(sheet, 1, level, "TRL", bold=True)
    for row, (number, name) in enumerate(TRL_LABELS.items(), start=2):
        _write(sheet, row, level, f"{number} – {_both(name, ' / ')}")
    sheet.column_dimensions[get_column_letter(level)].width = 60
    return ranges
