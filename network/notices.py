"""The words of a notice: one wording (templates/email/<name>.txt) for the list in the site, the mail and the digest.

A wording begins with 'Subject: …', a blank line follows, then the text. An address of this site that stands at the end
of a line, or alone on one, is what the notice leads to; the line before it, if it ends with a colon, is its caption.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from jinja2 import TemplateError
from werkzeug.routing import BuildError

from network.i18n import language
from network.links import sign_invitation
from network.settings import Settings

LONGEST_CAPTION = 60
"""A caption that is longer stays a sentence, and what leads on gets a caption of its own."""

_ADDRESS = re.compile(r"^(?P<before>.*?)\s*(?P<address>https?://\S+)$")


@dataclass(frozen=True)
class Leads:
    """Something to follow; without a caption it gets the general one."""

    address: str
    caption: str | None


@dataclass(frozen=True)
class Paragraph:
    lines: tuple[str, ...]
    leads: tuple[Leads, ...]


@dataclass(frozen=True)
class Words:
    subject: str
    text: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def excerpt(self) -> str:
        """What it is about, in a line."""
        return next((line for paragraph in self.paragraphs for line in paragraph.lines), "")

    @property
    def leads(self) -> tuple[Leads, ...]:
        return tuple(lead for paragraph in self.paragraphs for lead in paragraph.leads)

    @property
    def path(self) -> str | None:
        """Where it leads first, as a path of this site."""
        if not self.leads:
            return None
        address = urlsplit(self.leads[0].address)
        return address.path + (f"?{address.query}" if address.query else "")


def words(template: str, context: dict[str, Any], **more: Any) -> Words:
    """The notice in the language of the request. Raises what a wording raises that does not fit its context."""
    settings: Settings = current_app.config["SETTINGS"]
    site_url = settings.site_url.rstrip("/")
    wording = current_app.jinja_env.get_template(f"email/{template}.txt")
    page = wording.render(site_url=site_url, lang=language(), signed=sign_invitation, **{**context, **more})
    head, _, text = page.partition("\n\n")
    text = re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"
    own = (f"{site_url}/", request.host_url)
    return Words(" ".join(head.removeprefix("Subject:").split()), text, _paragraphs(text, own))


def words_or_none(template: str, context: dict[str, Any]) -> Words | None:
    """None for a notice of former days whose wording is gone or asks for more than was kept then."""
    try:
        return words(template, context)
    except (TemplateError, BuildError, KeyError, TypeError, ValueError):
        current_app.logger.warning("a notice of the kind %s can no longer be read", template)
        return None


def _paragraphs(text: str, own: tuple[str, ...]) -> tuple[Paragraph, ...]:
    return tuple(_paragraph(block.splitlines(), own) for block in text.strip().split("\n\n"))


def _paragraph(block: list[str], own: tuple[str, ...]) -> Paragraph:
    lines: list[str] = []
    leads: list[Leads] = []
    for line in block:
        found = _ADDRESS.match(line.strip())
        if found is None or not found["address"].startswith(own):
            lines.append(line.strip())
            continue
        caption = found["before"]
        if not caption and lines and lines[-1].endswith(":") and len(lines[-1]) <= LONGEST_CAPTION:
            caption = lines.pop()
        leads.append(Leads(found["address"], caption.rstrip(": ") or None))
    return Paragraph(tuple(line for line in lines if line), tuple(leads))
