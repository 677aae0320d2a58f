"""Events: from the draft to the day, places given in the order in which people ask, and what each is told."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Event, OutboxMail, Registration, User
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.states import EVENT, REGISTRATION
from models.texts import Bilingual
from models.types import EventKind, EventState, MembershipRole, ProfileState, Provenance, RegistrationState
from network.services import events
from network.services.accounts import erase_account
from network.services.events import EventValues
from tests.factories import NOW, PASSWORD, Make, both

DAY = NOW + timedelta(days=30)
VALUES = EventValues(
    Bilingual("Ngày mở cửa", None),
    Bilingual("Mời vào", None),
    EventKind.WORKSHOP,
    DAY,
    DAY + timedelta(hours=2),
    both("Hall"),
)


def mails(session: Session) -> list[tuple[str, str]]:
    return [(m.template, m.to) for m in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]


def states(session: Session, event: Event) -> dict[str, str]:
    found = sa.select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
    return {r.user.name: r.state.value for r in session.scalars(found)}


def people(make: Make, *names: str) -> list[User]:
    return [make.user(name=name, email=f"{name.lower()}@example.org") for name in names]


def test_a_manager_drafts_and_publishes(session: Session, make: Make, now: datetime) -> None:
    host = make.organisation("Lotus", "centre", provenance=Provenance.ILLUSTRATIVE)
    manager = make.user(host)
    event = events.create_event(session, manager, host, replace(VALUES, title=Bilingual(" Ngày\nmở cửa ")), now=now)
    assert (event.state, event.provenance, event.title.vi) == (EventState.DRAFT, Provenance.ILLUSTRATIVE, "Ngày mở cửa")
    events.publish_event(session, manager, event, now=now)
    assert event.state is EventState.PUBLISHED
    assert session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all() == [
        "event.create",
        "event.publish",
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": Bilingual(" ")}, "title_missing"),
        ({"summary": Bilingual()}, "summary_missing"),
        ({"summary": Bilingual(None, "Come in")}, "languages_apart"),
        ({"ends_at": DAY}, "ends_before_it_begins"),
        ({"place": Bilingual()}, "place_missing"),
        ({"register_by": DAY + timedelta(minutes=1)}, "registers_too_late"),
        ({"online": True, "link": "javascript:x"}, "not_a_web_address"),
    ],
)
def test_what_does_not_go_together_is_refused(
    session: Session, make: Make, now: datetime, changes: dict[str, Any], code: str
) -> None:
    host = make.organisation(kind="centre")
    with pytest.raises(Invalid) as refused:
        events.create_event(session, make.user(host), host, replace(VALUES, **changes), now=now)
    assert refused.value.code == code
    assert make.count(Event) == 0


def test_members_and_suspended_hosts_may_not(session: Session, make: Make, now: datetime) -> None:
    host, closed = make.organisation(kind="centre"), make.organisation(state=ProfileState.SUSPENDED)
    for person, organisation in (
        (make.user(host, membership=MembershipRole.MEMBER), host),
        (make.user(closed), closed),
    ):
        with pytest.raises(NotPermitted):
            events.create_event(session, person, organisation, VALUES, now=now)


def test_every_step_of_the_table_and_no_other() -> None:
    assert {s: set(t) for s, t in EVENT.items() if t} == {
        EventState.DRAFT: {EventState.PUBLISHED},
        EventState.PUBLISHED: {EventState.CANCELLED},
    }
    assert RegistrationState.WAITING not in REGISTRATION[RegistrationState.REGISTERED]


def test_the_last_place_is_given_once_and_who_waits_moves_up_in_order(
    session: Session, make: Make, now: datetime
) -> None:
    event = make.event(make.organisation(kind="centre"), starts_at=DAY, capacity=1)
    an, binh, chi = people(make, "An", "Binh", "Chi")
    for minute, person in enumerate((an, binh, chi)):
        events.register(session, person, event, now=now + timedelta(minutes=minute))
    assert states(session, event) == {"An": "registered", "Binh": "waiting", "Chi": "waiting"}
    events.register(session, binh, event, now=now)  # asking twice changes nothing
    events.give_up(session, an, event, now=now)
    assert states(session, event) == {"An": "cancelled", "Binh": "registered", "Chi": "waiting"}
    events.register(session, an, event, now=now + timedelta(hours=1))
    events.give_up(session, binh, event, now=now)
    assert states(session, event) == {"An": "waiting", "Binh": "cancelled", "Chi": "registered"}
    assert mails(session) == [
        ("event_registered", "an@example.org"),
        ("event_waiting", "binh@example.org"),
        ("event_waiting", "chi@example.org"),
        ("event_moved_up", "binh@example.org"),
        ("event_waiting", "an@example.org"),
        ("event_moved_up", "chi@example.org"),
    ]


def test_a_larger_room_lets_them_in_and_a_smaller_one_is_refused(session: Session, make: Make, now: datetime) -> None:
    host = make.organisation(kind="centre")
    manager, event = make.user(host), make.event(host, starts_at=DAY, capacity=2)
    for minute, person in enumerate(people(make, "An", "Binh", "Chi")):
        events.register(session, person, event, now=now + timedelta(minutes=minute))
    with pytest.raises(Invalid, match="fewer_places_than_taken"):
        events.update_event(session, manager, event, replace(VALUES, capacity=1), now=now)
    events.update_event(session, manager, event, replace(VALUES, capacity=None), now=now)
    assert set(states(session, event).values()) == {"registered"}
    assert event.revision == 1
    # The place was renamed, so all three were told.
    assert [to for template, to in mails(session) if template == "event_changed"] == [
        "an@example.org",
        "binh@example.org",
        "chi@example.org",
    ]


def test_registration_ends_in_time(session: Session, make: Make, now: datetime) -> None:
    host, (an,) = make.organisation(kind="centre"), people(make, "An")
    early = make.event(host, starts_at=DAY, register_by=now)
    for event, code in (
        (early, "registration_closed"),
        (make.event(host, starts_at=now - timedelta(hours=1)), "registration_closed"),
        (make.event(host, state=EventState.CANCELLED, cancel_reason="Storm"), "event_cancelled"),
    ):
        with pytest.raises(Conflict, match=code):
            events.register(session, an, event, now=now)
    with pytest.raises(NotFound):
        events.give_up(session, an, early, now=now)


def test_calling_off_tells_everybody_why(session: Session, make: Make, now: datetime) -> None:
    host = make.organisation(kind="centre")
    manager, event = make.user(host), make.event(host, starts_at=DAY, capacity=1)
    an, binh, chi = people(make, "An", "Binh", "Chi")
    for person in (an, binh, chi):
        events.register(session, person, event, now=now)
    events.give_up(session, chi, event, now=now)
    with pytest.raises(Invalid, match="cancel_reason_missing"):
        events.cancel_event(session, manager, event, " ", now=now)
    events.cancel_event(session, manager, event, "Bão số 9", now=now)
    assert (event.state, event.cancel_reason) == (EventState.CANCELLED, "Bão số 9")
    assert [to for t, to in mails(session) if t == "event_cancelled"] == ["an@example.org", "binh@example.org"]
    with pytest.raises(Conflict, match="forbidden_transition"):
        events.cancel_event(session, manager, event, "Again", now=now)


def test_only_drafts_are_deleted(session: Session, make: Make, now: datetime) -> None:
    host = make.organisation(kind="centre")
    manager = make.user(host)
    with pytest.raises(Conflict, match="not_a_draft"):
        events.delete_event(session, manager, make.event(host), now=now)
    draft = make.event(host, state=EventState.DRAFT)
    events.delete_event(session, manager, draft, now=now)
    session.flush()
    assert session.get(Event, draft.id) is None


def test_an_account_that_goes_leaves_its_place_to_who_waits(session: Session, make: Make, now: datetime) -> None:
    event = make.event(make.organisation(kind="centre"), starts_at=DAY, capacity=1)
    an, binh = people(make, "An", "Binh")
    for person in (an, binh):
        events.register(session, person, event, now=now)
    erase_account(session, an, PASSWORD, now=now)
    assert states(session, event) == {"Binh": "registered"}
