"""No word of the interface goes past the translations: every page is shown with every translated string in ⟦marks⟧.

The words of entries are turned into Cyrillic letters beforehand, so that a Latin letter outside the marks can only
come from a template or from code.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

import flask_babel
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup, Comment, NavigableString
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from models import Base, User
from models.texts import Bilingual
from network.auth import Access, access_of
from network.extensions import db
from network.services.demonstration import PEOPLE
from tests.world import starter_site

LATIN, CYRILLIC = "abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопярстуввхыз"
LETTERS = str.maketrans(LATIN + LATIN.upper(), CYRILLIC + CYRILLIC.upper())

PLAIN = {"ExpressionOfInterest.message", "ExpressionOfInterest.reply", "User.name", "Invitation.name", "Claim.reason"}
PLAIN |= {"ChallengeAnswer.text", "ChallengeAnswer.reply", "Event.cancel_reason", "Technology.ip_territory"}
PLAIN |= {"Organisation.address", "Technology.ip_number", "TechnologyOwner.name"}
PLAIN |= {"Message.text", "Agreement.note", "Agreement.objection", "ConnectionStep.note"}
PLAIN |= {"Outcome.evidence", "Outcome.dispute_note", "Outcome.correction_reason"}
PLAIN |= {
    "Application.title",
    "Application.summary",
    "Application.team",
    "ApplicationAnswer.text",
    "Call.cancel_reason",
}
PLAIN |= {"DecisionLetter.note", "Review.comment", "ReviewScore.comment", "MentorHours.mentor", "MentorHours.topic"}
PLAIN |= {"Commitment.asks", "Commitment.note"}
"""Columns of words in one language."""

ALLOWED = (
    r"https?://\S+",  # addresses
    r"[\w.+-]+@[\w.-]+",  # of mail
    r"\b(?:[\w-]+\.)+(?:vn|com|org|net|info|asia|io|edu|gov)\b(?:/\S*)?",  # sites that sources stand on
    r"\b(?:VI|EN|TRL|MVP|VND|CSV|PDF|HTML|JSON|SVG|API|WCAG|AA|URL|IP)\b",  # the same in both languages
    r"Tiếng Việt|English",  # a language is named in itself
    r"tỷ đồng|triệu đồng|đồng|billion|million",  # money, put together by language in network/formatting.py
    r"January|February|March|April|May|June|July|August|September|October|November|December",  # dates, by Babel
    r"\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b",
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
    r"Thứ (?:Hai|Ba|Tư|Năm|Sáu|Bảy)|Chủ Nhật|[Tt]háng \d+|Thg \d+",
)
ATTRIBUTES = ("alt", "aria-label", "placeholder", "title", "data-label", "data-confirm")
SHOWN_AS_THEY_ARE = "script, style, template, textarea, .examples"
"""What people write in and no words at all; and the examples of questions, in both languages on purpose."""

NOT_WALKED = {
    "accounts_recovery.confirm_email",
    "accounts_recovery.new_password",
    "accounts_recovery.sent",
    "contact.sent",
    "design.index",  # development only
    "home.suggestions",
    "installed.manifest",
    "installed.offline",
    "invitations.decline",
    "invitations.detail",
    "notifications.unsubscribe",
    "saved_searches.stop",
    "search.suggest",
    "technologies.picture",  # no page
    "why_not.index",
}
"""Public addresses that no link leads to."""

PER_ENDPOINT = 2
"""How many pages of one kind are looked at."""


def masked(text: str | None) -> str | None:
    """The text in other letters; addresses in it stay."""
    if text is None:
        return None
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in plain if not unicodedata.combining(c)).translate(LETTERS)


def mask(session: Session) -> None:
    """All words that people wrote."""
    session.flush()
    for mapper in Base.registry.mappers:
        for column in mapper.local_table.columns:  # type: ignore[attr-defined]
            name = f"{mapper.class_.__name__}.{column.name}"
            if not (column.name.endswith(("_vi", "_en")) or name in PLAIN):
                continue
            key = list(mapper.local_table.primary_key.columns)  # type: ignore[attr-defined]
            for *identity, value in session.execute(sa.select(*key, column).where(column.is_not(None))).all():
                where = [k == i for k, i in zip(key, identity, strict=True)]
                session.execute(sa.update(mapper.local_table).where(*where).values({column.name: masked(value)}))
    session.expire_all()


class Marked:
    """Translations that put every string between marks, whatever the language."""

    def ugettext(self, text: str) -> str:
        return f"⟦{text}⟧"

    def ungettext(self, one: str, many: str, number: int) -> str:
        return f"⟦{one if number == 1 else many}⟧"

    def upgettext(self, context: str, text: str) -> str:
        return f"⟦{text}⟧"

    def unpgettext(self, context: str, one: str, many: str, number: int) -> str:
        return self.ungettext(one, many, number)


@pytest.fixture(scope="module")
def marked_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    database = tmp_path_factory.mktemp("marked") / "site.sqlite3"
    pick = Bilingual.pick

    def masked_pick(self: Bilingual, language: str) -> tuple[str, Any]:
        text, code = pick(self, language)
        return masked(text) or "", code

    site = starter_site(database, change=mask)
    site.config["WTF_CSRF_ENABLED"] = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Bilingual, "pick", masked_pick)  # for names that are not in the database: fields, districts
        patch.setattr(flask_babel.Domain, "get_translations", lambda self: Marked())
        yield site


def unmarked(page: BeautifulSoup) -> set[str]:
    """What a reader, or a screen reader, meets outside the marks."""
    for hidden in page.select(SHOWN_AS_THEY_ARE):
        hidden.decompose()
    texts = [t for t in page.find_all(string=True) if isinstance(t, NavigableString) and not isinstance(t, Comment)]
    found = {outside(str(text)) for text in texts if text.parent is not None and text.parent.name != "[document]"}
    for attribute in ATTRIBUTES:
        found |= {outside(str(element[attribute])) for element in page.find_all(attrs={attribute: True})}
    for element in page.select("meta[name=description], meta[property^=og\\:title], meta[property^=og\\:desc]"):
        found.add(outside(str(element["content"])))
    return found - {""}


def outside(text: str) -> str:
    """The text without what is marked or allowed; empty when no Latin letter is left."""
    left, depth = "", 0
    for letter in text:
        depth = max(0, depth + (letter == "⟦") - (letter == "⟧"))
        left += letter if depth == 0 and letter != "⟧" else ""
    for pattern in ALLOWED:
        left = re.sub(pattern, "", left)
    plain = unicodedata.normalize("NFD", left.lower().replace("đ", "d"))
    words = re.findall(r"[a-z\u0300-\u036f]{2,}", plain)
    return " ".join(left.split()) if words else ""


class Walk:
    """Follows links from `start` on; with an account only to pages that need one.

    `wrong`: what is unmarked, with where; `seen`: how many addresses of each kind of page there were;
    `forms`: where those for new entries are sent.
    """

    def __init__(self, site: Flask, start: str, account: str | None = None) -> None:
        self.site, self.client, self.start, self.signed_in = site, site.test_client(), start, account is not None
        self.routes = site.url_map.bind("localhost")
        self.seen, self.wrong, self.forms = Counter[str](), dict[str, list[str]](), list[str]()
        if account:
            with site.app_context():
                user_id = db.session.scalars(sa.select(User).where(User.email == account)).one().get_id()
            with self.client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = user_id, True
        self._follow()

    def _follow(self) -> None:
        waiting, met = [self.start], {self.start}
        while waiting:
            address = waiting.pop(0)
            if not self._wanted(address):
                continue
            page = self.look(address, self.client.get(address, follow_redirects=True))
            for link in page.find_all("a", href=True):
                target = str(link["href"]).split("#")[0]
                if target.startswith(self.start[:4]) and target not in met:
                    met.add(target)
                    waiting.append(target)
            self.forms += [
                str(form["action"]) for form in page.select("form.form[action$='s/new']:not([action$='interests/new'])")
            ]

    def _wanted(self, address: str) -> bool:
        try:
            endpoint, _ = self.routes.match(address.split("?")[0])
        except HTTPException:
            return False
        if self.signed_in and access_of(self.site, endpoint) is Access.PUBLIC:
            return False
        kind = endpoint + "?" * ("?" in address)
        self.seen[kind] += 1
        return self.seen[kind] <= PER_ENDPOINT

    def look(self, address: str, answer: TestResponse) -> BeautifulSoup:
        if answer.mimetype != "text/html":
            return BeautifulSoup("", "html5lib")
        page = BeautifulSoup(answer.get_data(as_text=True), "html5lib")
        for text in unmarked(BeautifulSoup(answer.get_data(as_text=True), "html5lib")):
            self.wrong.setdefault(text, []).append(address)
        return page

    def send_empty(self, *addresses: str) -> None:
        """Sends forms with nothing in them, for what they say then."""
        for address in addresses:
            answer = self.client.post(address)
            assert answer.status_code == 422, address
            self.look(address, answer)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_word_of_the_public_site_is_translated(marked_site: Flask, lang: str) -> None:
    walk = Walk(marked_site, f"/{lang}/")
    pages = {
        rule.endpoint
        for rule in marked_site.url_map.iter_rules()
        if access_of(marked_site, rule.endpoint) is Access.PUBLIC
        and "GET" in (rule.methods or ())
        and "lang" in rule.arguments
    }
    assert pages - set(walk.seen) == NOT_WALKED
    walk.send_empty(*(f"/{lang}/{form}" for form in ("sign-in", "sign-up", "contact")))
    more = ("nothing-here", "?q=a", f"?q={'x' * 9000}", "?q=zzzz", "directory?q=zzzz", "search?q=zzzz", "search?q=khop")
    more += (
        "why-not?q=a&name=khop",
        "why-not?q=a&name=zzzz",
        *(f"why-not?q=nuoc&entry={k}-3" for k in ("offer", "organisation")),
    )
    for part in (*more, "contact/sent", "offline"):
        walk.look(f"/{lang}/{part}", walk.client.get(f"/{lang}/{part}"))
    assert walk.wrong == {}


@pytest.mark.slow
@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: p.role)
def test_every_word_of_the_workplaces_is_translated(marked_site: Flask, person: Any) -> None:
    walk = Walk(marked_site, "/vi/workspace" if person.organisation_key else "/vi/coordination", person.email)
    assert set(walk.seen) >= {"workspace.index", "accounts.index", "accounts.password"}
    walk.send_empty(*walk.forms, "/vi/account/password")
    assert walk.wrong == {}


def test_a_word_outside_the_marks_is_found() -> None:
    page = BeautifulSoup(
        "<p>⟦Needs %s⟧ 12 Црасх</p><p>hanoi.gov.vn, 3 May 2026</p>"
        '<p>⟦Due⟧ soon</p><input placeholder="Name"><textarea>Dear all</textarea>',
        "html5lib",
    )
    assert unmarked(page) == {"soon", "Name"}
