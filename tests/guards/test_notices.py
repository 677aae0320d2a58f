"""Every wording of a notice stands in the one table and reads in both languages: as text, as HTML, in the site."""

from pathlib import Path
from types import SimpleNamespace

import html5lib
import pytest
from bs4 import BeautifulSoup
from flask import Flask

from models import OutboxMail
from models.base import utc_now
from models.notices import DEFAULTS, WITHOUT_CHOICE, MailChoice, NoticeKind
from network import mail
from network.i18n import LABELS, speaking
from network.notices import words
from network.services.notice_table import DIGEST, NOTICES
from tests.letters import context_of

WORDINGS = sorted(path.stem for path in (Path(__file__).parents[2] / "templates" / "email").glob("*.txt"))


def test_the_table_names_every_wording_and_no_other() -> None:
    assert sorted([*NOTICES, DIGEST]) == WORDINGS


def test_every_kind_has_a_name_and_a_default() -> None:
    assert DEFAULTS.keys() == set(NoticeKind)
    assert all((NoticeKind, kind.value) in LABELS for kind in NoticeKind)
    assert all((MailChoice, choice.value) in LABELS for choice in MailChoice)
    assert {kind for kind in NoticeKind if DEFAULTS[kind] is MailChoice.OFF} == set()


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("template", [name for name in WORDINGS if name != DIGEST])
def test_a_mail_reads_as_text_and_as_html(app: Flask, template: str, lang: str) -> None:
    letter = OutboxMail(
        id=3,
        user_id=5,
        to="lan@lab.vn",
        language=lang,
        template=template,
        context=context_of(template),
        created_at=utc_now(),
    )
    message = mail.render(app, letter)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    text, page = plain.get_content(), html.get_content()
    assert message["Subject"]
    assert len(text.strip()) > 40
    assert "\n\n\n" not in text
    assert "%(" not in text
    html5lib.HTMLParser(strict=True).parse(page)
    parsed = BeautifulSoup(page, "html5lib")
    assert parsed.html is not None
    assert (parsed.html["lang"], parsed.h1 and parsed.h1.get_text()) == (lang, message["Subject"])
    assert parsed.find(["script", "style", "i", "b", "device"]) is None  # what people wrote is text
    assert all(tag.get("class") is None for tag in parsed.find_all(True))
    kind = NOTICES[template].kind
    assert (message["List-Unsubscribe"] is None) == (kind in WITHOUT_CHOICE)
    if kind not in WITHOUT_CHOICE:
        with app.app_context(), speaking(lang):
            assert str(LABELS[NoticeKind, kind.value]) in text
        address = message["List-Unsubscribe"].strip("<>")
        assert address in text
        assert f"\nList-Unsubscribe: <{address}>\n" in message.as_string()  # not encoded, not folded
        assert address in {a["href"] for a in parsed.find_all("a")}
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("template", [name for name, what in NOTICES.items() if what.in_site])
def test_a_notice_in_the_site_says_what_and_leads_on_without_any_secret(app: Flask, template: str) -> None:
    context = context_of(template)
    assert "secret" not in context
    with app.test_request_context("/en/notifications"):
        found = words(template, context)
    assert found.subject
    assert found.excerpt
    no_way_on = ("membership_removed", "claim_overtaken", "email_changed", "email_change_asked")
    assert (found.path or "").startswith("/en/") or template in no_way_on


def test_the_parts_of_a_wording(app: Flask) -> None:
    with app.test_request_context("/en/x"):
        found = words("event_registered", context_of("event_registered"))
    first, second = found.paragraphs
    assert first.lines[0].startswith("You have a place at")
    assert "https://meet.example/1" in first.lines[-1]  # not ours: it stays words
    assert [(lead.caption, lead.address.rpartition("/")[2]) for lead in second.leads] == [
        ("For your calendar", "calendar.ics"),
        (None, "registration"),
    ]
    assert second.lines == ("If you cannot come, give up your place here so that somebody else can:",)
    assert SimpleNamespace(path=found.path).path == "/en/events/7/calendar.ics"
