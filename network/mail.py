"""Mails out of the outbox, as plain text and as HTML in the reader's language, sent by SMTP.

Beside its own context a wording gets `site_url` and `lang`, `signed` for the token of an invitation, and may use
url_for with _external=True (network/notices.py reads it). Every mail to somebody with an account says why it came and
how its kind is turned off; mail programs find the same in its headers (RFC 2369 and 8058).
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, render_template, url_for
from jinja2 import TemplateNotFound

from models import OutboxMail
from models.base import utc_now
from models.notices import WITHOUT_CHOICE, NoticeKind
from network.calendar import calendar_text, of_meeting
from network.i18n import speaking
from network.links import sign_unsubscribe
from network.notices import Words, words, words_or_none
from network.services.notice_table import DIGEST, notice
from network.services.outbox import Refused
from network.settings import Settings

TIMEOUT = 20


class _AsItIs(UnstructuredHeader, BaseHeader):
    """A header that is a long address: folding would turn it into an encoded word, which no mail program follows."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _AsItIs)
POLICY = default.clone(header_factory=_HEADERS)


class Letter(EmailMessage):
    """A mail in two forms; its content, where one is asked for, is the plain one."""

    def get_content(self, *args: Any, **values: Any) -> Any:
        plain = self.get_body(("plain",)) if self.is_multipart() else None
        return super().get_content(*args, **values) if plain is None else plain.get_content(*args, **values)


@dataclass(frozen=True)
class Group:
    """The notices of one kind in a daily mail, and where that kind is turned off."""

    kind: NoticeKind
    notices: tuple[Words, ...]
    unsubscribe: str


def render(app: Flask, mail: OutboxMail) -> Letter:
    settings: Settings = app.config["SETTINGS"]
    site_url = settings.site_url.rstrip("/")
    with app.test_request_context(base_url=site_url), speaking(mail.language):
        more = {"groups": _groups(mail)} if mail.template == DIGEST else {}
        found, unsubscribe = words(mail.template, mail.context, **more), _unsubscribe(mail)
        kinds = _kinds(mail)
        facts = {
            "words": found,
            "kind": kinds[0] if mail.template != DIGEST else None,
            "unsubscribe": unsubscribe,
            "settings": url_for("notifications.settings", _external=True) if unsubscribe else None,
            "site_url": site_url,
            "lang": mail.language,
            **more,
        }
        calendar, method = _calendar(mail)
        text, html = render_template("email/layout/plain.txt", **facts), render_template(_html_of(app, mail), **facts)
    message = Letter(POLICY)
    message["To"] = mail.to
    message["From"] = settings.mail_from or "no-reply@localhost"
    message["Subject"] = found.subject
    message["Date"] = format_datetime(mail.created_at or utc_now())
    message["Message-ID"] = f"<outbox-{mail.id}@{urlsplit(site_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text.strip() + "\n")
    message.add_alternative(html, subtype="html")
    if calendar:
        message.add_attachment(calendar, subtype="calendar", filename="meeting.ics", params={"method": method})
    return message


def _calendar(mail: OutboxMail) -> tuple[str | None, str]:
    """The calendar file that goes with a mail about a meeting."""
    facts = mail.context.get("calendar")
    if not facts:
        return None, ""
    method = "CANCEL" if facts["cancelled"] else "PUBLISH"
    occasion = of_meeting(facts, mail.context["slug"], mail.context["interest_id"])
    return calendar_text([occasion], method=method).decode(), method


def _html_of(app: Flask, mail: OutboxMail) -> str:
    """The form of its own that a mail has, or the one for all."""
    own = f"email/{mail.template}.html"
    try:
        app.jinja_env.get_template(own)
    except TemplateNotFound:
        return "email/layout/notice.html"
    return own


def _kinds(mail: OutboxMail) -> tuple[NoticeKind, ...]:
    if mail.template != DIGEST:
        return (notice(mail.template).kind,)
    return tuple(dict.fromkeys(NoticeKind(entry["kind"]) for entry in mail.context["notices"]))


def _unsubscribe(mail: OutboxMail) -> str | None:
    """None where the reader has no account, or no choice."""
    kinds = _kinds(mail)
    return None if mail.user_id is None or WITHOUT_CHOICE & set(kinds) else _turn_off(mail.user_id, kinds)


def _turn_off(user_id: int, kinds: tuple[NoticeKind, ...]) -> str:
    return url_for("notifications.unsubscribe", token=sign_unsubscribe(user_id, kinds), _external=True)


def _groups(mail: OutboxMail) -> tuple[Group, ...]:
    """What a daily mail gathers, by kind. A notice that can no longer be read is left out."""
    found = []
    entries = sorted(mail.context["notices"], key=lambda entry: list(NoticeKind).index(NoticeKind(entry["kind"])))
    for value, of_kind in groupby(entries, key=lambda entry: str(entry["kind"])):
        kind = NoticeKind(value)
        readable = [words_or_none(entry["template"], entry["context"]) for entry in of_kind]
        found.append(Group(kind, tuple(w for w in readable if w), _turn_off(mail.user_id or 0, (kind,))))
    return tuple(group for group in found if group.notices)


def send(app: Flask, mail: OutboxMail) -> None:
    """Raises OSError when the mail server cannot be reached, is not who it says, or refuses; Refused when for good."""
    settings: Settings = app.config["SETTINGS"]
    message = render(app, mail)
    connect = smtplib.SMTP_SSL if settings.mail_security == "tls" else smtplib.SMTP
    with connect(settings.mail_host, settings.mail_port, timeout=TIMEOUT) as server:
        if settings.mail_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.mail_user:
            server.login(settings.mail_user, settings.mail_password)
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = {address: code for address, (code, _words) in error.recipients.items()}
            if all(code >= 500 for code in codes.values()):  # 5xx: permanent (RFC 5321, 4.2.1)
                raise Refused(f"the address is refused ({', '.join(map(str, codes.values()))})") from error
            raise
