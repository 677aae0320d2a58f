"""Events as people meet them: the list, registering with one button, the calendar file, and the host's own pages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session

from models import Event, OutboxMail
from models.base import utc_now
from models.types import EventKind, EventState, MembershipRole, ProfileState, RegistrationState
from network.mail import render
from network.queries.events import EventCriteria, When, detail, listing
from tests.factories import Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]


def titles(client: Any) -> list[str]:
    return client.texts("main .entries h3")


def test_the_list_shows_what_comes_first_and_then_what_is_over(client: Any, session: Session, make: Make) -> None:
    host = make.organisation("Lotus", "centre")
    for name, days, more in (
        ("Later", 9, {"kind": EventKind.TRAINING}),
        ("Soon", 2, {}),
        ("Long ago", -90, {}),
        ("Last week", -7, {}),
        ("Off", 5, {"state": EventState.CANCELLED, "cancel_reason": "Storm"}),
        ("Draft", 3, {"state": EventState.DRAFT}),
    ):
        make.event(host, name, starts_at=utc_now() + timedelta(days=days), **more)
    make.event(make.organisation(kind="centre", state=ProfileState.SUSPENDED), "Suspended")
    session.commit()
    client.get("/en/events")
    assert titles(client) == ["Soon", "Off", "Later", "Last week", "Long ago"]
    assert client.texts("main h2") == ["Coming up", "Past events"]
    client.get("/en/events?when=past")
    assert titles(client) == ["Last week", "Long ago"]
    client.get("/en/events?kind=training&q=lat")
    assert titles(client) == ["Later"]


def test_the_list_says_where_places_are_left(client: Any, session: Session, make: Make) -> None:
    host, start = make.organisation("Centre", "centre"), utc_now() + timedelta(days=9)
    make.event(host, "Open to all", starts_at=start)
    counted = make.event(host, "Counted", starts_at=start + timedelta(days=1), capacity=2)
    full = make.event(host, "Full", starts_at=start + timedelta(days=2), capacity=1)
    off = make.event(host, "Off", starts_at=start + timedelta(days=3), capacity=9)
    off.state, off.cancel_reason = EventState.CANCELLED, "Rain"
    make.registration(counted)
    make.registration(counted, state=RegistrationState.CANCELLED)
    make.registration(full)
    session.commit()
    client.get("/en/events")
    assert client.texts(".event-row .tag") == ["1 place free", "Full: waiting list", "Called off"]


def test_moments_are_shown_by_the_clock_of_hanoi(client: Any, session: Session, make: Make) -> None:
    event = make.event(make.organisation(kind="centre"), starts_at=datetime(2027, 1, 12, 18, 30, tzinfo=UTC))
    session.commit()
    client.get(f"/vi/events/{event.id}")
    assert client.texts(".facts dd")[0] == "Thứ Tư, 13/01/2027, 01:30–03:30"
    client.get(f"/en/events/{event.id}")
    assert client.texts(".facts dd")[0] == "Wednesday 13 January 2027, 01:30–03:30"


def test_one_button_takes_a_place_and_another_gives_it_up(client: Any, make: Make, sign_in: SignIn) -> None:
    event = make.event(
        make.organisation("Lotus", "centre"), "Open day", capacity=1, online=True, link="https://join.example"
    )
    first, second = make.user(), make.user()
    make.session.commit()
    client.get(f"/en/events/{event.id}")
    assert [str(a["href"]) for a in client.page.select(".aside a.btn")] == [f"/en/sign-in?next=/en/events/{event.id}"]
    sign_in(client, first).submit(f"/en/events/{event.id}/register")
    assert client.texts("h1") == ["You have a place"]
    assert "https://join.example" in client.texts("main a")
    sign_in(client, second).get(f"/en/events/{event.id}")
    assert client.texts(".aside button") == ["Join the waiting list"]
    client.submit(f"/en/events/{event.id}/register")
    assert client.texts("h1") == ["You are on the waiting list"]
    assert "https://join.example" not in client.texts("main a")
    sign_in(client, first).submit(f"/en/events/{event.id}/give-up")
    sign_in(client, second).get("/en/events/mine")
    assert (titles(client), client.texts(".entries .tag")) == (["Open day"], ["You have a place"])


def test_the_calendar_file_says_when_where_and_whether(client: Any, session: Session, make: Make) -> None:
    host = make.organisation("Lotus", "centre")
    starts_at = datetime(2027, 1, 12, 1, 30, tzinfo=UTC)
    event = make.event(host, "Open day", starts_at=starts_at)
    make.event(host, "Off", state=EventState.CANCELLED, cancel_reason="Storm")
    draft = make.event(host, "Draft", state=EventState.DRAFT)
    session.commit()
    answer = client.get(f"/en/events/{event.id}/calendar.ics")
    assert (answer.mimetype, answer.status_code) == ("text/calendar", 200)
    (entry,) = Calendar.from_ical(answer.get_data()).walk("VEVENT")
    assert (str(entry["summary"]), entry.decoded("dtstart"), str(entry["location"])) == (
        "Open day",
        starts_at,
        "The hall",
    )
    assert str(entry["url"]).endswith(f"/en/events/{event.id}")
    feed = Calendar.from_ical(client.get("/vi/events/calendar.ics").get_data()).walk("VEVENT")
    assert [str(e["status"]) for e in feed] == ["CONFIRMED", "CANCELLED"]
    assert len({str(e["uid"]) for e in feed}) == 2
    assert client.get(f"/en/events/{draft.id}/calendar.ics").status_code == 404


def test_a_host_plans_publishes_sees_who_comes_and_calls_off(
    client: Any, session: Session, make: Make, sign_in: SignIn, app: Any
) -> None:
    host = make.organisation("Lotus", "centre", slug="lotus")
    manager, guest = make.user(host), make.user(make.organisation("Sun"), name="Guest", email="guest@example.org")
    sign_in(client, manager)
    base = "/en/workspace/lotus/events"
    assert client.submit(f"{base}/new", title_en="Open day").status_code == 422
    assert "Kind of event: Choose one." in client.texts(".error-summary li")
    sent = {"title_en": "Open day", "summary_en": "Come in", "kind": "workshop", "place_en": "Hall", "capacity": "5"}
    moments = {"starts_at": "2099-01-12T08:30", "ends_at": "2099-01-12T07:30"}
    client.submit(f"{base}/new", **sent, **moments)
    assert client.texts(".error") == ["The event must end after it begins."]
    client.submit(f"{base}/new", **sent, **{**moments, "ends_at": "2099-01-12T11:30"})
    event = session.scalars(sa.select(Event)).one()
    assert event.starts_at == datetime(2099, 1, 12, 1, 30, tzinfo=UTC)
    client.get(f"{base}/{event.id}/edit")
    assert client.page.select_one("#starts_at")["value"] == "2099-01-12T08:30"
    client.submit(f"{base}/{event.id}/publish")
    sign_in(client, guest).submit(f"/en/events/{event.id}/register")
    sign_in(client, manager).get(f"{base}/{event.id}/people")
    assert client.texts("tbody th, tbody td")[:3] == ["Guest", "guest@example.org", "Sun"]
    client.submit(f"{base}/{event.id}/cancel", reason="Storm")
    assert client.texts(".entries .tag") == ["Called off"]
    letters = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [(m.template, m.to) for m in letters] == [
        ("event_registered", "guest@example.org"),
        ("event_cancelled", "guest@example.org"),
    ]
    texts = [render(app, letter) for letter in letters]
    assert [str(t["Subject"]) for t in texts] == ["Bạn đã có chỗ: Open day", "Đã hủy: Open day"]
    assert "Storm" in texts[1].get_content()


def test_members_see_the_list_but_no_names(client: Any, make: Make, sign_in: SignIn) -> None:
    host = make.organisation("Lotus", "centre", slug="lotus")
    event = make.event(host, "Open day")
    sign_in(client, make.user(host, membership=MembershipRole.MEMBER)).get("/en/workspace/lotus/events")
    assert client.texts(".entries .actions") == []
    assert client.get(f"/en/workspace/lotus/events/{event.id}/people").status_code == 403


def test_list_and_page_take_the_same_statements_however_many_there_are(session: Session, make: Make) -> None:
    def sent() -> int:
        with statements_of(session) as statements:
            listing(session, None, EventCriteria(when=When.UPCOMING), 1, now=utc_now())
        return len(statements)

    first = make.event(make.organisation(kind="centre"))
    few, number = sent(), first.id
    for _ in range(5):
        make.registration(make.event(make.organisation(kind="centre")))
    assert sent() == few == 7
    with statements_of(session) as statements:
        detail(session, None, number, now=utc_now())
    assert len(statements) == 2
