"""Meetings and calendar files as the two sides of a connection meet them."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar
from sqlalchemy.orm import Session

from models import ExpressionOfInterest, Meeting, OutboxMail, User
from models.base import utc_now
from models.meetings import MeetingState
from models.types import InterestState, MembershipRole
from network import mail
from network.formatting import HANOI
from tests.factories import Make
from tests.statements import statements_of

Story = tuple[ExpressionOfInterest, User, User]


@pytest.fixture
def story(make: Make) -> Story:
    startup, lab = make.organisation("Seeker", slug="seeker"), make.organisation("Lab", "institute", slug="lab")
    talk = make.connection(make.need(startup, "A clean room"), lab, InterestState.IN_DISCUSSION)
    return talk, make.user(startup, name="Lan", language="en"), make.user(lab, name="Chi", language="vi")


def address(slug: str, talk: ExpressionOfInterest, rest: str = "") -> str:
    return f"/en/workspace/{slug}/connections/{talk.id}/meetings{rest}"


def at(days: int) -> datetime:
    """Nine o'clock in Hanoi, so many days from now."""
    return (utc_now().astimezone(HANOI) + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)


def form(*days: int, **changes: str) -> dict[str, str]:
    slots = {f"slot_{n}": at(day).strftime("%Y-%m-%dT%H:%M") for n, day in enumerate(days, start=1)}
    return {"subject": "First talk", "minutes": "90", "place": "Hồ Tây 1", "link": "", **slots, **changes}


def entries(text: bytes) -> list[Any]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def test_one_side_proposes_the_other_picks_and_both_get_the_file(
    app: Flask, session: Session, story: Story, sign_in: Any
) -> None:
    talk, lan, chi = story
    here, there = sign_in(app.test_client(), lan), sign_in(app.test_client(), chi)
    here.get(f"/en/workspace/seeker/interests/{talk.id}")
    here.get(here.page.find("a", string="Propose a meeting", href=lambda h: h and h.endswith("new"))["href"])
    here.submit(address("seeker", talk, "/new"), **form(3, 4))
    assert here.texts(".notice") == ["Proposed. The other side picks a time or asks for others."]
    assert len(here.texts("#meetings .slots li")) == 2
    assert here.page.select("#meetings .slots form") == []  # one does not answer oneself
    assert here.page.find("a", href=address("seeker", talk, "/new")) is None  # one at a time

    there.get(f"/en/workspace/lab/interests/{talk.id}")
    assert there.texts("#meetings h3") == ["First talk"]
    pick = there.page.select("#meetings .slots form")[1]
    there.submit(pick["action"], slot=pick.select_one("[name=slot]")["value"])
    assert there.texts(".notice") == ["Agreed. Both sides get it by mail, for their calendars."]
    assert there.texts("#meetings .tag") == ["Time agreed on"]
    answer = there.get(there.page.find("a", href=lambda h: h and h.endswith("meeting.ics"))["href"])
    assert (answer.mimetype, answer.headers["Content-Disposition"][:10]) == ("text/calendar", "attachment")
    [entry] = entries(answer.data)
    assert entry["DTSTART"].dt == at(4)
    assert entry["DTEND"].dt - entry["DTSTART"].dt == timedelta(minutes=90)
    assert (entry["SUMMARY"], entry["LOCATION"]) == ("First talk: Seeker – Lab", "Hồ Tây 1")
    assert "/en/workspace/lab/interests/" in entry["URL"]

    letters = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "meeting_agreed")).all()
    assert {m.to for m in letters} == {lan.email, chi.email}
    for letter in letters:
        message = mail.render(app, letter)
        [file] = list(message.iter_attachments())
        assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "meeting.ics")
        assert file.get_param("method") == "PUBLISH"
        [inside] = entries(file.get_content().encode())
        assert (inside["UID"], inside["DTSTART"].dt) == (entry["UID"], at(4))
        assert message.get_body(("html",)) is not None
        assert message["List-Unsubscribe"]


def test_asking_for_others_and_calling_off(app: Flask, session: Session, story: Story, sign_in: Any) -> None:
    talk, lan, chi = story
    here, there = sign_in(app.test_client(), lan), sign_in(app.test_client(), chi)
    here.submit(address("seeker", talk, "/new"), **form(3))
    number = session.scalars(sa.select(Meeting.id)).one()
    there.get(address("lab", talk, f"/{number}/others"))
    assert there.submit(address("lab", talk, f"/{number}/others"), note=" ").status_code == 422
    there.submit(address("lab", talk, f"/{number}/others"), note="After the holidays, please.")
    assert "After the holidays, please." in there.texts("#meetings .prose")
    there.submit(address("lab", talk, "/new"), **form(9, place="", link="https://meet.example/1"))
    second = session.scalars(sa.select(Meeting).order_by(Meeting.id.desc())).first()
    assert second is not None
    slot = second.slots[0].id
    assert there.post(address("lab", talk, f"/{second.id}/pick"), data={"slot": slot}).status_code == 403
    assert here.get(address("seeker", talk, f"/{second.id}/meeting.ics")).status_code == 404
    here.submit(address("seeker", talk, f"/{second.id}/pick"), slot=str(slot))
    here.submit(address("seeker", talk, f"/{second.id}/pick"), slot=str(slot))
    assert here.texts(".notice-error, .notice") != []  # too late: said on the page, nothing changed
    there.get(address("lab", talk, f"/{second.id}/cancel"))
    there.submit(address("lab", talk, f"/{second.id}/cancel"), reason="The road is flooded.")
    session.expire_all()
    assert second.state is MeetingState.CANCELLED
    [entry] = entries(here.get(address("seeker", talk, f"/{second.id}/meeting.ics")).data)
    assert (entry["STATUS"], entry["SEQUENCE"]) == ("CANCELLED", 1)
    letters = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "meeting_cancelled")).all()
    [file] = list(mail.render(app, letters[0]).iter_attachments())
    assert file.get_param("method") == "CANCEL"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"slot_1": ""}, "slot_1"),
        ({"slot_1": "2020-01-01T09:00"}, "slot_1"),
        ({"place": ""}, "place"),
        ({"place": "", "link": "nowhere"}, "link"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    client: Any, story: Story, sign_in: Any, changes: dict[str, str], field: str
) -> None:
    talk, lan, _ = story
    sign_in(client, lan)
    assert client.submit(address("seeker", talk, "/new"), **form(3, **changes)).status_code == 422
    assert [a["href"] for a in client.page.select(".error-summary a")] == [f"#{field}"]


def test_nobody_else_meets_and_reviewers_neither(client: Any, make: Make, story: Story, sign_in: Any) -> None:
    talk, _lan, _ = story
    reviewer = make.user(talk.to_organisation, membership=MembershipRole.REVIEWER)
    stranger = make.user(make.organisation("Third", slug="third"))
    sign_in(client, reviewer)
    assert client.get(address("lab", talk, "/new")).status_code == 403
    assert client.get("/en/workspace/lab/calendar.ics").status_code == 403
    sign_in(client, stranger)
    assert client.get(address("third", talk, "/new")).status_code == 404
    assert client.get(address("seeker", talk, "/new")).status_code == 403


def test_a_day_to_answer_by_for_the_calendar(client: Any, make: Make, story: Story, sign_in: Any) -> None:
    talk, lan, _chi = story
    asked = make.interest(talk.need, make.organisation("Centre", "centre", slug="centre"))
    number, due = asked.id, asked.reply_by.astimezone(HANOI).date()
    sign_in(client, lan)
    [entry] = entries(client.get(f"/en/workspace/seeker/interests/{number}/deadline.ics").data)
    assert (entry["DTSTART"].dt, type(entry["DTSTART"].dt)) == (due, date)
    assert entry["SUMMARY"] == "Answer due: Centre"
    assert entry.walk("VALARM")[0]["TRIGGER"].dt == timedelta(hours=-15)
    assert client.get(f"/en/workspace/seeker/interests/{talk.id}/deadline.ics").status_code == 404  # answered


def test_everything_of_an_organisation_in_one_file(
    client: Any, session: Session, make: Make, story: Story, sign_in: Any
) -> None:
    talk, lan, chi = story
    sign_in(client, chi)
    client.submit(address("lab", talk, "/new"), **form(3))
    sign_in(client, lan)
    meeting = session.scalars(sa.select(Meeting)).one()
    client.submit(address("seeker", talk, f"/{meeting.id}/pick"), slot=str(meeting.slots[0].id))
    make.outcome(talk, talk.from_organisation)
    make.interest(make.need(talk.from_organisation), talk.to_organisation)
    sign_in(client, chi)
    found = entries(client.get("/en/workspace/lab/calendar.ics").data)
    assert [str(entry["UID"]).partition("-")[0] for entry in found] == ["reply", "confirm", "meeting"]
    sign_in(client, lan)
    assert len(entries(client.get("/en/workspace/seeker/calendar.ics").data)) == 1  # what others owe is not ours


def test_more_meetings_do_not_mean_more_statements(session: Session, make: Make, story: Story) -> None:
    from network.queries.meetings import of_connection

    talk, _lan, _ = story
    number, own = talk.id, talk.from_organisation_id

    def count() -> int:
        with statements_of(session) as sent:
            of_connection(session, number, own, open_=True, now=utc_now())
        return len(sent)

    def add() -> None:
        session.add(
            Meeting(
                interest_id=number,
                organisation_id=own,
                subject="Talk",
                minutes=30,
                place="Here",
                state=MeetingState.WITHDRAWN,
                proposed_at=utc_now(),
                settled_at=utc_now(),
            )
        )

    add()
    few = count()
    for _ in range(5):
        add()
    assert count() == few == 2
