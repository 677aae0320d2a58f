"""Word documents: the one way to build a .docx, for letters and reports alike."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response

from network.i18n import language

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Heading:
    words: str
    level: int = 1


@dataclass(frozen=True)
class Strong:
    """A paragraph in bold."""

    words: str


@dataclass(frozen=True)
class Table:
    """Every row as long as the head; the first column says what the row is about."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Signatures:
    """Who signs, side by side, with room for the name."""

    who: tuple[str, ...]


Block = str | Heading | Strong | Table | Signatures


def word_file(name: str, title: str, author: str, blocks: Iterable[Block]) -> Response:
    """A document to keep, fill in and print, in the language of the request. `name` has no suffix."""
    from docx import Document

    paper = Document()
    paper.core_properties.title = title
    paper.core_properties.author = author
    paper.core_properties.language = language()
    for block in blocks:
        _write(paper, block)
    file = io.BytesIO()
    paper.save(file)
    headers = {"Content-Disposition": f'attachment; filename="{name}.docx"'}
    return Response(file.getvalue(), content_type=WORD, headers=headers)


def _write(paper: Any, block: Block) -> None:
    match block:
        case Heading(words, level):
            paper.add_heading(words, level=level)
        case Strong(words):
            paper.add_paragraph(words).runs[0].bold = True
        case Table(head, rows):
            _write_table(paper, (head, *rows), "Table Grid")
        case Signatures(who):
            _write_table(paper, (who, ("\n\n\n",) * len(who)), "Normal Table")
        case _:
            paper.add_paragraph(block)


def _write_table(paper: Any, rows: tuple[tuple[str, ...], ...], style: str) -> None:
    """The first row in bold; Word repeats it on every page that the table reaches."""
    from docx.oxml import OxmlElement

    table = paper.add_table(rows=0, cols=len(rows[0]), style=style)
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    paper.add_paragraph()
