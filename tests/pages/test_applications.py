"""Applications for those who apply: the list with what is next, the form, checking, sending, letters, the cohort."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Application, CohortMilestone, DecisionLetter, MentorHours, MilestoneDone
from models.applications import ApplicationState, Verdict
from models.calls import CallState
from models.types import DeclineReason, MembershipRole
from network.formatting import day as in_words
from network.formatting import today
from network.queries.applications import own_application, own_applications
from tests.factories import NOW, Make, both
from tests.intake import make_application, make_call, make_cohort
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
S = ApplicationState


def test_the_list_says_how_each_stands_and_what_is_next(client: Any, app: Any, make: Make, sign_in: SignIn) -> None:
    sun = make.organisation("Sun", slug="sun")
    centre, day = make.organisation("House", "centre"), today()

    def apply(name: str, stands: S, closes: int = 9, **values: Any) -> Application:
        more = values.pop("more", {})
        call = make_call(make, programme=make.programme(centre, name), day=day, closes=closes, **values)
        return make_application(make, call, sun, stands, **more)

    apply("Draft", S.DRAFT)
    apply("Late draft", S.DRAFT, -1)
    apply("Sent", S.SUBMITTED)
    apply("Read", S.UNDER_REVIEW, -1)
    apply("Late", S.UNDER_REVIEW, -90, decide_by=day - timedelta(days=1))
    apply("In", S.ACCEPTED, -1, state=CallState.DECIDED)
    waits = apply("Waits", S.WAITLISTED, -1, state=CallState.DECIDED, more={"waitlist_rank": 7})
    make_application(make, waits.call, state=S.WAITLISTED, waitlist_rank=3)
    apply("Out", S.REJECTED, -1, state=CallState.DECIDED)
    apply("Gone", S.WITHDRAWN)
    open_call = make_call(make, programme=make.programme(centre, "Open"), day=day, closes=2)
    make_call(make, programme=make.programme(centre, "Coming"), day=day, closes=60)
    make.session.commit()
    sign_in(client, make.user(sun)).get("/en/workspace/sun/applications")
    with app.test_request_context("/en/"):
        until, decided, begins = (in_words(day + timedelta(days=n)) for n in (9, 39, 59))
        read, yesterday = in_words(day + timedelta(days=29)), in_words(day - timedelta(days=1))
    rows = client.page.select("main .entries")[0].select("li")
    found = {
        " ".join(row.h2.get_text(" ").split()): " ".join(row.select("div > p")[-1].get_text(" ").split())
        for row in rows
    }
    assert list(found.items()) == [
        ("Late draft, Spring", "The call has closed. Your draft stays here."),
        ("Draft, Spring", f"Complete it and send it by {until} (9 days left)"),
        ("Sent, Spring", f"You can change it until {until}; decision by {decided}"),
        ("Late, Spring", f"The decision was promised by {yesterday} and is late. The coordinators see that."),
        ("Read, Spring", f"Decision by {read}"),
        ("Waits, Spring", "Place 2 on the waiting list. You move up by yourself as soon as a place is free."),
        ("In, Spring", f"You have a place. The cohort begins on {begins}."),
        ("Gone, Spring", "Nothing more to do."),
        ("Out, Spring", "Reason: Too early a stage. You can apply to another call."),
    ]
    assert client.texts("#open-title ~ ul h3") == ["Open, Spring", "Gone, Spring"]
    assert f"/en/workspace/sun/applications/new/{open_call.id}" in str(client.page)


def test_a_draft_is_saved_checked_and_sent(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    sun = make.organisation("Sun", slug="sun")
    call = make_call(make, make.organisation("House", "centre"), day=today())
    session.commit()
    sign_in(client, make.user(sun)).get(f"/en/workspace/sun/applications/new/{call.id}")
    assert client.texts("main h2")[:2] == ["What is expected", "What you are asked"]
    client.submit(f"/en/workspace/sun/applications/new/{call.id}")
    application = session.query(Application).one()
    here = f"/en/workspace/sun/applications/{application.id}"
    assert client.texts("main form label[for], main form legend")[0] == "Your project in one line"
    client.submit(f"{here}/edit", title="Lamp", step="check")
    assert client.texts(".notice-warning li") == [
        "What it does, for whom, and how far you are",
        "Stage",
        "Who you are",
        "What have you tried?",
    ]
    client.submit(f"{here}/submit")
    assert client.texts(".notice-error") == ["Something that must be answered is still empty."]
    first = call.questions[0].id
    sent = {"title": "Lamp", "summary": "Light", "stage": "pilot", "team": "Lan", f"answer_{first}": "Two winters"}
    client.submit(f"{here}/edit", **sent, step="check")
    assert client.texts("main h3") == ["What the project does", "Team", "What have you tried?", "Who are you?"]
    client.submit(f"{here}/submit")
    assert client.texts(".page-head .tag") == ["Submitted"]
    refused = client.submit(f"{here}/edit", **{**sent, "team": ""})
    assert (refused.status_code, client.texts(".error")) == (422, ["Fill this in."])
    client.submit(f"{here}/edit", **{**sent, "title": "Lights"})
    session.expire_all()
    assert (application.state, application.title) == (S.SUBMITTED, "Lights")


def test_what_is_too_long_stays_in_the_form(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    sun = make.organisation(slug="sun")
    draft = make_application(make, make_call(make, day=today()), sun, S.DRAFT)
    session.commit()
    here = f"/en/workspace/sun/applications/{draft.id}/edit"
    assert sign_in(client, make.user(sun)).post(here, data={"title": "x" * 201}).status_code == 422
    assert client.get(here).status_code == 200


def test_members_write_and_managers_send(client: Any, session: Session, make: Make, sign_in: SignIn) -> None:
    sun = make.organisation(slug="sun")
    draft = make_application(make, make_call(make, day=today()), sun, S.DRAFT)
    session.commit()
    here = f"/en/workspace/sun/applications/{draft.id}"
    sign_in(client, make.user(sun, membership=MembershipRole.MEMBER)).get(f"{here}/edit")
    assert client.texts("main form.form button[name=step]") == ["Save"]
    assert client.post(f"{here}/submit").status_code == 403
    assert client.get(f"{here}/withdraw").status_code == 403
    client.submit(f"{here}/edit", title="Lamp", step="keep")
    session.expire_all()
    assert draft.title == "Lamp"


@pytest.mark.parametrize(
    ("state", "question"),
    [
        (S.DRAFT, "Give up this draft?"),
        (S.SUBMITTED, "Withdraw this application?"),
        (S.ACCEPTED, "Give up your place?"),
    ],
)
def test_withdrawing_asks_first(
    client: Any, session: Session, make: Make, sign_in: SignIn, state: S, question: str
) -> None:
    sun = make.organisation(slug="sun")
    application = make_application(make, make_call(make, day=today()), sun, state)
    session.commit()
    here = f"/en/workspace/sun/applications/{application.id}"
    sign_in(client, make.user(sun)).get(f"{here}/withdraw")
    assert client.texts("h1") == [question]
    client.submit(f"{here}/withdraw")
    assert client.texts(".page-head .tag") == ["Withdrawn"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"verdict": Verdict.ACCEPTED}, "We are glad to tell you that your application “Lamp” to Incubation, Spring,"),
        ({"verdict": Verdict.ACCEPTED, "moved_up": True}, "A place has become free, and it is yours:"),
        ({"verdict": Verdict.WAITLISTED, "place": 2}, "You are on the waiting list, at place 2."),
        (
            {"verdict": Verdict.REJECTED, "reason": DeclineReason.TERMS, "note": "Come\r\nagain"},
            "The reason: Terms not acceptable.",
        ),
    ],
)
def test_the_letter_as_a_page_and_as_a_document(
    client: Any, session: Session, make: Make, sign_in: SignIn, values: dict[str, Any], words: str
) -> None:
    sun, house = make.organisation("Sun", slug="sun"), make.organisation("House", "centre", slug="house")
    call = make_call(make, programme=make.programme(house, "Incubation"), state=CallState.DECIDED)
    application = make_application(make, call, sun, title="Lamp")
    letter = DecisionLetter(application_id=application.id, issued_at=NOW, **values)
    session.add(letter)
    session.commit()
    here = f"/en/workspace/sun/applications/{application.id}/letters/{letter.id}"
    sign_in(client, make.user(sun, membership=MembershipRole.MEMBER)).get(here)
    page = client.texts(".paper h1, .paper p")
    assert any(words in text for text in page)
    assert page[-1] == "House, 24 November 2026"
    file = client.get(f"{here}/document")
    assert file.headers["Content-Disposition"] == f'attachment; filename="decision-{application.id}-{letter.id}.docx"'
    document = [p.text for p in Document(io.BytesIO(file.data)).paragraphs]
    assert document == ["House", "24 November 2026", "Sun", *page]
    assert client.get(here.replace("/en/", "/vi/")).status_code == 200
    sign_in(client, make.user(make.organisation(slug="moon")))
    assert client.get(here.replace("/sun/", "/moon/")).status_code == 404


def test_nobody_else_reads_an_application(client: Any, make: Make, sign_in: SignIn) -> None:
    sun, moon = make.organisation(slug="sun"), make.organisation(slug="moon")
    application = make_application(make, make_call(make, day=today()), sun, S.SUBMITTED)
    make.session.commit()
    sign_in(client, make.user(moon))
    for part in ("", "/edit", "/submit", "/withdraw", "/team"):
        assert client.get(f"/en/workspace/moon/applications/{application.id}{part}").status_code == 404
        assert client.get(f"/en/workspace/sun/applications/{application.id}{part}").status_code == 403
    sign_in(client, make.coordinator())
    assert client.get(f"/en/workspace/sun/applications/{application.id}").status_code == 403


def test_a_team_sees_its_milestones_and_hours_and_nothing_of_others(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    sun = make.organisation("Sun", slug="sun")
    day = today()
    call = make_call(make, make.organisation(kind="centre"), day=day, closes=-90, state=CallState.DECIDED)
    team, other = make_application(make, call, sun, S.ACCEPTED), make_application(make, call, state=S.ACCEPTED)
    cohort = make_cohort(make, call)
    done, late, coming, theirs = (
        CohortMilestone(cohort=cohort, title=both(name), due_on=day + timedelta(days=n), application_id=of)
        for name, n, of in (("Pilot", -9, None), ("Permit", -1, team.id), ("Sale", 9, None), ("Theirs", 1, other.id))
    )
    session.add_all([done, late, coming, theirs])
    session.flush()
    session.add(MilestoneDone(milestone_id=done.id, application_id=team.id, done_on=day, recorded_at=NOW))
    for application, mentor in ((team, "Ms Hoa"), (other, "Mr Nam")):
        entry = {"on_day": day, "minutes": 90, "mentor": mentor, "topic": "Prices", "entered_at": NOW}
        session.add(MentorHours(application_id=application.id, **entry))
    session.commit()
    sign_in(client, make.user(sun)).get(f"/en/workspace/sun/applications/{team.id}/team")
    assert client.texts(".course-title") == ["Pilot", "Permit", "Sale"]
    assert [" ".join(li.get("class", [])) for li in client.page.select(".course > li")] == ["", "bad", "coming"]
    assert client.texts("tbody td")[1:] == ["Ms Hoa", "Prices", "1.5 h"]
    assert (
        dict(zip(client.texts(".facts dt"), client.texts(".facts dd"), strict=True))["Milestones reached"] == "1 of 3"
    )


def test_the_first_page_of_the_workspace_names_what_is_under_way(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    sun, house = make.organisation(slug="sun"), make.organisation(kind="centre", slug="house")
    call = make_call(make, programme=make.programme(house, "Incubation"), day=today(), closes=3)
    make_application(make, call, sun, S.DRAFT)
    make_application(make, make_call(make, closes=-1, day=today()), sun, S.DRAFT)
    session.commit()
    sign_in(client, make.user(sun)).get("/en/workspace/sun")
    assert client.texts("#applications-title ~ ul h3") == ["Incubation, Spring"]
    sign_in(client, make.user(house)).get("/en/workspace/house")
    assert client.texts("#calls-title ~ ul h3") == ["Incubation, Spring"]


def test_lists_take_the_same_statements_however_many_there_are(session: Session, make: Make) -> None:
    sun = make.organisation()
    one, number = make_application(make, make_call(make), sun, S.DRAFT).id, sun.id

    def sent() -> list[int]:
        numbers = []
        for read in (
            lambda: own_applications(session, number, today=today()),
            lambda: own_application(session, number, one, today=today()),
        ):
            with statements_of(session) as statements:
                read()
            numbers.append(len(statements))
        return numbers

    few = sent()
    for _ in range(4):
        make_application(make, make_call(make), session.get_one(type(sun), number), S.DRAFT)
    assert sent() == few == [3, 7]
