"""The letter that says what was decided on an application: one wording for the mail, the page and the document."""

import io
from collections.abc import Mapping

from flask import Response, render_template

from network.formatting import iso_day
from network.i18n import language

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def paragraphs(facts: Mapping[str, object], lang: str | None = None) -> tuple[str, ...]:
    """The letter in the language of the request. `facts`: network.services.admissions.letter_facts."""
    text = render_template("letters/decision.txt", lang=lang or language(), **facts)
    return tuple(line for line in (" ".join(part.split()) for part in text.splitlines()) if line)


def document(facts: Mapping[str, object]) -> Response:
    """The letter as a file to keep and print, dated and with its two sides named."""
    from docx import Document

    lang = language()
    subject, *text = paragraphs(facts)
    letter = Document()
    letter.core_properties.title = subject
    letter.core_properties.author = _name(facts, "centre", lang)
    letter.core_properties.language = lang
    letter.add_paragraph(_name(facts, "centre", lang)).runs[0].bold = True
    letter.add_paragraph(iso_day(str(facts["issued_at"])))
    letter.add_paragraph(_name(facts, "applicant", lang))
    letter.add_heading(subject, level=1)
    for part in text:
        letter.add_paragraph(part)
    file = io.BytesIO()
    letter.save(file)
    name = f"decision-{facts['application_id']}-{facts['letter_id']}.docx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(file.getvalue(), content_type=WORD, headers=headers)


def _name(facts: Mapping[str, object], side: str, lang: str) -> str:
    names = facts[side]
    assert isinstance(names, Mapping)
    return str(names[lang])
