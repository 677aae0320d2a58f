"""The documents of an organisation: its own page, and what others find on the profile."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Document
from models.documents import DocumentKind
from models.types import InterestState, MembershipRole, ProfileState
from tests.factories import Make

SignIn = Callable[..., FlaskClient]
PDF = b"%PDF-1.7 a deck"
TYPES = "Send a PDF, Word, Excel or PowerPoint document (docx, xlsx, pptx), or a PNG or JPG picture."


def send(client: Any, address: str, name: str = "deck.pdf", content: bytes = PDF, **values: str) -> Any:
    data = {**values, "file": (io.BytesIO(content), name)}
    return client.post(address, data=data, content_type="multipart/form-data", follow_redirects=True)


def test_a_manager_puts_up_replaces_and_deletes(client: Any, make: Make, sign_in: SignIn, session: Session) -> None:
    startup = make.organisation("Sun Dryers")
    address = f"/en/workspace/{startup.slug}/documents"
    sign_in(client, make.user(startup, name="Lan")).get(address)
    assert client.texts("h1, .empty h2, main a.btn") == ["Documents", "No document yet", "Put up a document"]
    client.get(f"{address}/new")
    assert client.texts("form.form label, form.form legend") == [
        "What it is",
        "File",
        "What readers see it called (optional)",
        "Who may read it",
        "Our organisation only",
        "Both sides of an accepted request",
        "Verified members of the network",
    ]
    assert client.page.select("input[checked]") == []
    values = {"kind": "pitch_deck", "title": "Our deck", "level": "sides"}
    assert send(client, f"{address}/new", **values).status_code == 200
    assert client.texts("main .entries li h2, main .entries .tag") == [
        "Our deck",
        "Both sides of an accepted request",
    ]
    made = session.query(Document).one()
    send(client, f"{address}/{made.id}/replace", "deck 2.pdf", PDF + b"!")
    assert client.texts("main .entries .files li") == ["deck.pdf 1 KB, " + client.texts(".files .entry-meta")[0][6:]]
    assert client.get(f"{address}/{made.id}/file").data == PDF + b"!"
    earlier = client.get(f"{address}/{made.id}/file?version=1")
    assert (earlier.data, earlier.mimetype) == (PDF, "application/pdf")
    assert earlier.headers["Content-Disposition"] == "attachment; filename=deck.pdf"
    assert earlier.headers["X-Content-Type-Options"] == "nosniff"
    assert earlier.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    client.submit(f"{address}/{made.id}/edit", kind="other", title="The deck", level="members")
    assert client.texts("main .entries li h2, main .entries .tag") == ["The deck", "Verified members of the network"]
    client.get(f"{address}/{made.id}/delete")
    assert client.texts("h1") == ["Delete “The deck”?"]
    assert session.query(Document).count() == 1
    client.submit(f"{address}/{made.id}/delete")
    assert client.texts(".empty h2") == ["No document yet"]
    assert client.get(f"{address}/{made.id}/file").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("deck.exe", PDF, TYPES),
        (
            "deck.pdf",
            b"MZ a programme",
            "The file is not what its name says, or holds macros. Save it anew and send it again.",
        ),
        ("deck.html", b"<script>", TYPES),
        ("deck.pdf", b"", "The file is empty."),
        ("deck.pdf", PDF + bytes(10 * 1024 * 1024), "The file is too large: at most 10 MB."),
    ],
    ids=["type", "content", "page", "empty", "large"],
)
def test_what_is_no_document_is_refused(
    client: Any, make: Make, sign_in: SignIn, session: Session, name: str, content: bytes, told: str
) -> None:
    startup = make.organisation()
    sign_in(client, make.user(startup))
    values = {"kind": "pitch_deck", "title": "", "level": "own"}
    answer = send(client, f"/en/workspace/{startup.slug}/documents/new", name, content, **values)
    assert answer.status_code == 422
    assert client.texts(".error-summary li") == [f"File: {told}"]
    assert session.query(Document).count() == 0


def test_an_empty_form_says_all_that_is_missing(client: Any, make: Make, sign_in: SignIn) -> None:
    startup = make.organisation()
    sign_in(client, make.user(startup)).post(f"/en/workspace/{startup.slug}/documents/new")
    assert client.texts(".error-summary li") == [
        "What it is: Choose one.",
        "Who may read it: Choose one.",
        "File: Choose a file.",
    ]


def test_members_read_and_reviewers_read_no_more_than_others(client: Any, make: Make, sign_in: SignIn) -> None:
    centre = make.organisation("House", "centre")
    secret, open_one = make.document(centre, "Plans", "own"), make.document(centre, "Charter", "members")
    address = f"/en/workspace/{centre.slug}/documents"
    sign_in(client, make.user(centre, membership=MembershipRole.MEMBER)).get(address)
    assert client.texts("main .entries h2") == ["Charter", "Plans"]
    assert client.texts("main .btn") == []
    sign_in(client, make.user(centre, membership=MembershipRole.REVIEWER)).get(address)
    assert client.texts("main .entries h2") == ["Charter"]
    assert client.get(f"{address}/{secret.id}/file").status_code == 404
    sign_in(client, make.user(make.organisation()))
    assert client.get(address).status_code == 403
    assert client.get(f"{address}/{open_one.id}/file").status_code == 403


def test_the_profile_shows_each_reader_what_is_for_them(client: Any, make: Make, sign_in: SignIn) -> None:
    owner = make.organisation("Owner")
    for level in ("own", "sides", "members"):
        make.document(owner, level, level, kind=DocumentKind.CERTIFICATE)
    talking = make.organisation(kind="centre", state=ProfileState.CLAIMED)
    make.interest(make.need(owner), talking, state=InterestState.ACCEPTED)
    page = f"/en/directory/{owner.slug}"
    shown = {}
    client.get(page)
    shown["nobody"] = client.texts(".files a")
    for name, user in {
        "unverified": make.user(make.organisation(state=ProfileState.CLAIMED)),
        "verified": make.user(make.organisation()),
        "talking": make.user(talking),
        "own": make.user(owner),
    }.items():
        sign_in(client, user).get(page)
        shown[name] = client.texts(".files a")
    assert shown == {
        "nobody": [],
        "unverified": [],
        "verified": ["members"],
        "talking": ["members", "sides"],
        "own": ["members", "sides", "own"],
    }


def test_an_address_alone_opens_nothing(client: Any, make: Make, sign_in: SignIn) -> None:
    owner = make.organisation("Owner")
    hidden = make.document(owner, "Plans", "sides")
    address = f"/en/directory/{owner.slug}/documents/{hidden.id}"
    assert "/sign-in" in client.get(address).location
    sign_in(client, make.user(make.organisation()))
    assert client.get(address).status_code == 404
    assert "Plans" not in client.get(address).text
