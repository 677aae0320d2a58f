"""The letter that says what was decided on an application: one wording for the mail, the page and the document."""

from collections.abc import Mapping

from flask import Response, render_template

from network.formatting import iso_day
from network.i18n import language
from network.word import Heading, Strong, word_file


def paragraphs(facts: Mapping[str, object], lang: str | None = None) -> tuple[str, ...]:
    """The letter in the language of the request. `facts`: network.services.admissions.letter_facts."""
    text = render_template("letters/decision.txt", lang=lang or language(), **facts)
    return tuple(line for line in (" ".join(part.split()) for part in text.splitlines()) if line)


def document(facts: Mapping[str, object]) -> Response:
    """The letter as a file to keep and print, dated and with its two sides named."""
    subject, *text = paragraphs(facts)
    centre, applicant = _name(facts, "centre"), _name(facts, "applicant")
    head = (Strong(centre), iso_day(str(facts["issued_at"])), applicant, Heading(subject))
    return word_file(f"decision-{facts['application_id']}-{facts['letter_id']}", subject, centre, (*head, *text))


def _name(facts: Mapping[str, object], side: str) -> str:
    names = facts[side]
    assert isinstance(names, Mapping)
    return str(names[language()])
