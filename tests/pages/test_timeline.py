"""The timeline of an organisation: what it shows to whom, and what it never shows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import AuditEvent, Organisation, User
from models.types import DeclineReason, InterestState, MembershipRole
from network.queries.timeline import KINDS, timeline
from network.services.documents import delete_document
from network.services.interests import decline_interest, send_interest
from network.trail import STEPS, TIMELINE_KINDS
from tests.factories import NOW, Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]


class Past:
    """Writes audit rows an hour apart, as use cases would."""

    def __init__(self, session: Session) -> None:
        self.session, self.at = session, NOW - timedelta(days=2)

    def __call__(
        self, action: str, subject: str, organisation: Any, actor: User | None = None, **data: Any
    ) -> datetime:
        self.at += timedelta(hours=1)
        owner = organisation.id if organisation else None
        row = AuditEvent(action=action, subject=subject, organisation_id=owner, at=self.at, data=data)
        row.actor_id = actor.id if actor else None
        self.session.add(row)
        self.session.flush()
        return self.at


@pytest.fixture
def past(session: Session) -> Past:
    return Past(session)


def shown(session: Session, organisation: Any, kind: str | None = None) -> list[tuple[Any, ...]]:
    page = timeline(session, organisation, kind, 1)
    return [
        (row.action, row.title.en if row.title else None, row.other.name.en if row.other else None, row.person)
        for row in page.items
    ]


def test_both_sides_of_a_request_read_its_steps(session: Session, make: Make) -> None:
    startup, lab, third = make.organisation("Dryers"), make.organisation("Lab", "institute"), make.organisation("Third")
    lan, minh = make.user(startup, name="Lan"), make.user(lab, name="Minh")
    need = make.need(startup, "Moisture")
    interest = send_interest(session, lan, startup, need.id, lab.id, "May we?", now=NOW, reply_days=10)
    decline_interest(session, minh, interest, DeclineReason.NO_CAPACITY, "Later", now=NOW + timedelta(days=1))
    ours = [("interest.decline", "Moisture", "Lab", None), ("interest.send", "Moisture", "Lab", "Lan")]
    theirs = [("interest.decline", "Moisture", "Dryers", "Minh"), ("interest.send", "Moisture", "Dryers", None)]
    assert shown(session, startup) == ours
    assert shown(session, lab) == theirs
    assert shown(session, third) == []
    assert [row.reason for row in timeline(session, startup, "requests", 1).items] == ["no_capacity", None]


def test_only_what_the_organisation_may_know(session: Session, make: Make, past: Past) -> None:
    """Every row of the trail, and who of three organisations sees it."""
    owner, answering, other = (make.organisation(name) for name in ("Owner", "Answering", "Other"))
    challenge = make.challenge(owner, "Flooded lanes")
    answer = make.answer(challenge, answering)
    need, foreign = make.need(owner, "Ours"), make.need(other, "Theirs")
    interest = make.interest(need, answering)
    unsent = make.interest(make.need(owner, "Two"), answering, sent_at=None, state=InterestState.DRAFT, reply_by=None)
    deck = make.document(owner, "Deck")
    coordinator, guest = make.coordinator(), make.user(name="A guest")
    member = make.user(owner, name="Lan")
    about = f"challenge_answer:{answer.id}"
    rows = [
        ("need.publish", f"need:{need.id}", owner, member),
        ("need.publish", f"need:{foreign.id}", other, None),
        ("answer.send", about, answering, guest),
        ("answer.shortlisted", about, owner, member),
        ("answer.accepted", about, owner, member),
        ("interest.remind", f"interest:{interest.id}", answering, None),
        ("interest.send", f"interest:{unsent.id}", owner, None),
        ("profile.verified", f"organisation:{owner.id}", owner, coordinator),
        ("document.add", f"document:{deck.id}", owner, member),
        ("event.registered", "event:999", owner, guest),
        ("search.save", "saved_search:1", owner, member),
        ("review.submit", "review:1", owner, member),
        ("account.update", f"user_account:{member.id}", None, member),
    ]
    for row in rows:
        past(*row)
    assert shown(session, owner) == [
        ("event.registered", None, None, None),
        ("document.add", "Deck", None, "Lan"),
        ("profile.verified", None, None, None),
        ("interest.send", "Two", "Answering", None),
        ("interest.remind", "Ours", "Answering", None),
        ("answer.accepted", "Flooded lanes", None, "Lan"),
        ("answer.shortlisted", "Flooded lanes", None, "Lan"),
        ("answer.send", "Flooded lanes", None, None),
        ("need.publish", "Ours", None, "Lan"),
    ]
    assert shown(session, answering) == [
        ("interest.remind", "Ours", "Owner", None),
        ("answer.accepted", "Flooded lanes", None, None),
        ("answer.send", "Flooded lanes", None, None),
    ]
    assert shown(session, other) == [("need.publish", "Theirs", None, None)]
    assert [row.coordinator for row in timeline(session, owner, "organisation", 1).items] == [True]


def test_every_kind_has_a_name_and_no_two_hold_the_same() -> None:
    assert list(TIMELINE_KINDS) == list(KINDS)
    prefixes = [prefix for prefixes in KINDS.values() for prefix in prefixes]
    assert len(prefixes) == len(set(prefixes))
    hidden = {action.partition(".")[0] for action in STEPS if not action.startswith(tuple(prefixes))}
    assert not hidden & {kind.partition(".")[0] for kind in prefixes}


def test_the_page_by_day_and_by_kind(client: Any, make: Make, sign_in: SignIn, past: Past, session: Session) -> None:
    startup = make.organisation("Dryers")
    user = make.user(startup, name="Lan")
    need, deck = make.need(startup, "Moisture"), make.document(startup, "Deck")
    past("need.create", f"need:{need.id}", startup, user)
    past("need.close", f"need:{need.id}", startup, user, reason="met_elsewhere")
    past.at += timedelta(days=1)
    past("interest.remind", "interest:999", startup)
    past("event.registered", "event:999", startup, make.user())
    delete_document(session, user, deck, now=past.at)
    address = f"/en/workspace/{startup.slug}/timeline"
    sign_in(client, user).get(address)
    assert client.texts(".subnav [aria-current]") == ["Timeline"]
    assert client.texts("main h2.group-title") == ["23 November 2026", "22 November 2026"]
    assert client.texts(".course li") == [
        "Document deleted 14:00 · Lan",
        "Took a place at an event 14:00 · somebody who is no member",
        "Reminded of an answer that is due 13:00 · the site",
        "Need closed Moisture Reason: Met elsewhere 12:00 · Lan",
        "Need drafted Moisture 11:00 · Lan",
    ]
    assert [a["href"] for a in client.page.select(".course a")] == [f"/en/workspace/{startup.slug}/needs/{need.id}"] * 2
    client.get(f"{address}?kind=documents")
    assert client.texts(".course-title") == ["Document deleted"]
    client.get(f"{address}?kind=programmes")
    assert client.texts(".empty h2") == ["Nothing of this kind yet"]
    assert client.get(f"{address}?kind=nonsense").status_code == 404


def test_the_timeline_comes_in_pages(client: Any, make: Make, sign_in: SignIn, past: Past) -> None:
    startup = make.organisation()
    need = make.need(startup, "Moisture")
    for _ in range(25):
        past("need.update", f"need:{need.id}", startup)
    address = f"/en/workspace/{startup.slug}/timeline"
    sign_in(client, make.user(startup)).get(f"{address}?kind=needs")
    assert (len(client.texts(".course li")), client.texts(".count")) == (20, ["1–20 of 25"])
    client.get(client.page.select_one("a[rel=next]")["href"])
    assert len(client.texts(".course li")) == 5


def test_strangers_and_reviewers_do_not_read_it(client: Any, make: Make, sign_in: SignIn) -> None:
    centre = make.organisation("House", "centre")
    address = f"/en/workspace/{centre.slug}/timeline"
    sign_in(client, make.user(make.organisation()))
    assert client.get(address).status_code == 403
    sign_in(client, make.user(centre, membership=MembershipRole.REVIEWER))
    assert client.get(address).status_code == 403
    client.get(f"/en/workspace/{centre.slug}")
    assert "Timeline" not in client.texts(".subnav a")
    sign_in(client, make.user(centre, membership=MembershipRole.MEMBER))
    assert client.get(address).status_code == 200
    assert client.texts(".empty h2") == ["Nothing has happened yet"]


def test_the_number_of_statements_is_bound(session: Session, make: Make, past: Past) -> None:
    kept = make.organisation().id
    lab_id = make.organisation(kind="institute").id
    numbers = []
    for _ in range(2):
        startup, lab = session.get_one(Organisation, kept), session.get_one(Organisation, lab_id)
        for n in range(8):
            need = make.need(startup, f"Need {n}")
            interest = make.interest(need, lab)
            message = make.message(interest, lab)
            deck, event = make.document(startup, f"Deck {n}"), make.event(startup)
            past("need.publish", f"need:{need.id}", startup)
            past("interest.send", f"interest:{interest.id}", startup)
            past("message.write", f"message:{message.id}", lab)
            past("document.add", f"document:{deck.id}", startup)
            past("event.publish", f"event:{event.id}", startup)
        with statements_of(session) as sent:
            found = session.get_one(Organisation, kept)
            assert len(timeline(session, found, None, 1).items) == 20
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] <= 12
