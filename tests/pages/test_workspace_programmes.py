"""A centre's own programmes and calls: whole lists, forms that say what is missing, and what each state allows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Programme
from models.applications import ApplicationState
from models.calls import CallState
from models.types import MembershipRole, ProfileState, SupplyState
from network.formatting import today
from network.queries.own_programmes import own_call, own_programmes
from tests.factories import Make
from tests.intake import make_application, make_call, make_reviewer
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]


def links(client: Any) -> list[str]:
    return client.texts(".aside .links a, .aside .links button")  # type: ignore[no-any-return]


def test_the_list_has_programmes_with_their_calls(client: Any, make: Make, sign_in: SignIn) -> None:
    centre = make.organisation(kind="centre", slug="house")
    day = today()
    spring = make.programme(centre, "Spring programme")
    make_call(make, programme=spring, day=day, closes=5)
    late = make_call(make, programme=spring, day=day, closes=-60, decide_by=day - timedelta(days=2), name=spring.name)
    make_application(make, late)
    make.programme(centre, "Draft programme", state=SupplyState.DRAFT)
    make.programme(make.organisation(kind="centre"), "Of another")
    make.session.commit()
    sign_in(client, make.user(centre)).get("/en/workspace/house/programmes")
    assert client.texts("main h2") == ["Spring programme", "Draft programme"]
    assert client.texts("main li > p") == [
        f"Spring Open until {client.texts('main li > p')[0].split('until ')[1]}",
        client.texts("main li > p")[1],
        "No call yet: nobody can apply.",
    ]
    assert "(5 days left)" in client.texts("main li > p")[0]
    assert client.texts("main li > p")[1].endswith("applications are being read · 1 application Decision late")


def test_a_programme_is_written_published_and_withdrawn(
    client: Any, session: Session, make: Make, sign_in: SignIn, index: Callable[[], None]
) -> None:
    centre = make.organisation(kind="centre", slug="house")
    session.commit()
    sign_in(client, make.user(centre))
    new = "/en/workspace/house/programmes/new"
    assert client.submit(new).status_code == 422
    assert client.texts(".error-summary li") == [
        "Name in Vietnamese: Give the programme a name in Vietnamese or in English.",
        "Description in Vietnamese: Describe it in a few sentences, in Vietnamese or in English.",
    ]
    client.submit(new, programme_name_en="Incubation", summary_en="A year of water", stages=["idea"])
    programme = session.query(Programme).one()
    here = f"/en/workspace/house/programmes/{programme.id}"
    assert links(client) == ["Publish", "See it as others do", "Edit", "Draft a call", "Delete the draft"]
    assert client.get("/en/programmes").status_code == 200
    assert client.texts("main h3") == []
    client.get(f"/en/programmes/{programme.id}")
    assert "Only your organisation sees this page: the programme is not published." in client.texts(".notice")
    client.submit(f"{here}/publish")
    assert links(client) == ["Add a call", "See it as others do", "Edit", "Move back to the drafts", "Withdraw"]
    client.get("/en/programmes")
    assert client.texts("main h3") == ["Incubation"]
    client.submit(f"{here}/edit", programme_name_en="Incubator", summary_en="A year of water")
    client.submit(f"{here}/withdraw")
    client.get("/en/programmes")
    assert client.texts("main h3") == []
    client.submit(f"{here}/unpublish")
    client.submit(f"{here}/delete")
    assert client.texts("h1") == ["Our programmes"]
    assert make.count(Programme) == 0


def test_what_is_not_published_is_open_to_its_centre_alone(client: Any, make: Make, sign_in: SignIn) -> None:
    centre = make.organisation(kind="centre")
    draft = make.programme(centre, state=SupplyState.DRAFT)
    member, stranger = make.user(centre, membership=MembershipRole.MEMBER), make.user(make.organisation())
    make.session.commit()

    def status(person: Any) -> int:
        return int(sign_in(client, person).get(f"/en/programmes/{draft.id}").status_code)

    assert client.get(f"/en/programmes/{draft.id}").status_code == 404
    assert [status(member), status(stranger), status(make.coordinator())] == [200, 404, 404]


def test_a_call_says_what_is_wrong_with_it(client: Any, make: Make, sign_in: SignIn) -> None:
    centre = make.organisation(kind="centre", slug="house")
    programme = make.programme(centre)
    make.session.commit()
    sign_in(client, make.user(centre))
    new = f"/en/workspace/house/calls/new/{programme.id}"
    assert client.submit(new, pass_mark="7").status_code == 422
    assert client.texts(".error-summary li") == [
        "Opens on: Choose a day.",
        "Closes on: Choose a day.",
        "Decision by: Choose a day.",
        "Places: Say how many teams you can take.",
        "Reviews for each application: Fill this in.",
        "Points by which reviewers may differ: Fill this in.",
        "Least mean of points: Write a number from 1 to 5.",
    ]
    sent = {"name_en": "Spring", "opens_on": "2027-02-01", "closes_on": "2027-01-01", "decide_by": "2027-03-01"}
    sent |= {"capacity": "2", "reviews_wanted": "2", "spread": "1", "pass_mark": "3"}
    client.submit(new, **sent)
    assert client.texts(".error-summary li") == ["Closes on: The last day must not lie before the first."]
    client.submit(new, **{**sent, "closes_on": "2027-02-20"})
    assert client.texts(".error-summary li") == [
        "Criterion 1 in Vietnamese: Name at least one criterion by which reviewers judge."
    ]


def test_what_each_state_of_a_call_allows(client: Any, make: Make, sign_in: SignIn) -> None:
    centre = make.organisation(kind="centre", slug="house")
    programme, day = make.programme(centre), today()
    states = [
        make_call(make, programme=programme, day=day, state=CallState.DRAFT),
        make_call(make, programme=programme, day=day),
        make_call(make, programme=programme, day=day, closes=-1, state=CallState.DECIDED),
        make_call(make, programme=programme, day=day, state=CallState.CANCELLED, cancel_reason="No house"),
    ]
    make_application(make, states[1], state=ApplicationState.DRAFT)
    make.session.commit()

    def allowed(person: Any) -> list[list[str]]:
        sign_in(client, person)
        found = []
        for call in states:
            client.get(f"/en/workspace/house/calls/{call.id}")
            found.append(links(client))
        return found

    manager, member = make.user(centre), make.user(centre, membership=MembershipRole.MEMBER)
    make.session.commit()
    assert allowed(manager) == [
        ["Publish", "Edit", "Delete the draft"],
        ["Applications", "Edit", "See it as others do", "Call it off"],
        ["Applications", "Edit", "See it as others do"],
        ["Applications", "See it as others do"],
    ]
    assert allowed(member) == [["Edit", "Delete the draft"], *[["See it as others do"]] * 3]


def test_a_published_call_keeps_questions_and_is_called_off_with_a_reason(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    centre = make.organisation(kind="centre", slug="house")
    call = make_call(make, centre, day=today())
    session.commit()
    here = f"/en/workspace/house/calls/{call.id}"
    sign_in(client, make.user(centre)).get(f"{here}/edit")
    assert client.page.select("[name^=criterion_], [name^=question_]") == []
    names = ("opens_on", "closes_on", "decide_by", "capacity", "minimum", "reviews_wanted", "spread", "pass_mark")
    sent = {name: str(getattr(call, name)) for name in names} | {"name_en": "Spring"}
    earlier = (call.closes_on - timedelta(days=1)).isoformat()
    client.submit(f"{here}/edit", **{**sent, "closes_on": earlier})
    assert client.texts(".error-summary li") == [
        "Closes on: Applicants rely on the last day: it can be put off, not brought forward."
    ]
    client.submit(f"{here}/edit", **{**sent, "capacity": "9"})
    session.expire_all()
    assert (call.capacity, len(call.criteria), len(call.questions)) == (9, 2, 2)
    assert client.submit(f"{here}/cancel").status_code == 422
    client.submit(f"{here}/cancel", reason="No house")
    assert client.texts(".notice-warning") == ["No house"]


def test_programmes_belong_to_centres(client: Any, make: Make, sign_in: SignIn) -> None:
    startup = make.organisation(slug="sun")
    centre = make.organisation(kind="centre", slug="house")
    other = make_call(make)
    make.session.commit()
    sign_in(client, make.user(startup))
    assert client.get("/en/workspace/sun/programmes").status_code == 404
    sign_in(client, make.user(centre))
    assert client.get(f"/en/workspace/house/calls/{other.id}").status_code == 404
    assert client.get(f"/en/workspace/house/programmes/{other.programme_id}").status_code == 404
    reviewer = make_reviewer(make, centre)
    make.session.commit()
    sent = {"programme_name_en": "Mine", "summary_en": "Mine"}
    assert sign_in(client, reviewer).post("/en/workspace/house/programmes/new", data=sent).status_code == 403


def test_the_page_of_a_programme_leads_to_an_application(client: Any, make: Make, sign_in: SignIn) -> None:
    centre = make.organisation("House", "centre", slug="house")
    programme, day = make.programme(centre, "Incubation"), today()
    call = make_call(make, programme=programme, day=day, closes=5)
    make_call(make, programme=programme, day=day, closes=90, name=programme.name)
    make_call(make, programme=programme, day=day, closes=-5)
    make_call(make, programme=programme, day=day, state=CallState.DRAFT)
    founder, other = make.user(make.organisation(slug="sun")), make.user(make.organisation(kind="institute"))
    manager = make.user(centre)
    make.session.commit()
    here = f"/en/programmes/{programme.id}"
    client.get(here)
    assert client.texts("main h2") == ["How to apply", "Spring", "Incubation", "At a glance", "Where this comes from"]
    assert client.texts(".aside a") == ["Sign in to apply", "Join"]
    assert client.texts(".call .weights li span:first-child")[:2] == ["Benefit", "Team"]
    sign_in(client, founder).get(here)
    assert [str(a["href"]) for a in client.page.select(".aside a")] == [f"/en/workspace/sun/applications/new/{call.id}"]
    sign_in(client, other).get(here)
    assert client.texts(".aside p") == [
        "Startups and enterprises apply in their workspace. Your account belongs to none."
    ]
    sign_in(client, manager).get(here)
    assert client.texts(".aside h2") == ["This is yours"]


def test_own_lists_take_the_same_statements_however_many_there_are(session: Session, make: Make) -> None:
    centre = make.organisation(kind="centre")
    centre_id = centre.id
    call_id = make_call(make, centre).id

    def sent() -> list[int]:
        numbers = []
        for read in (
            lambda: own_programmes(session, centre_id, today=today()),
            lambda: own_call(session, centre_id, call_id, today=today()),
        ):
            with statements_of(session) as statements:
                read()
            numbers.append(len(statements))
        return numbers

    few = sent()
    for _ in range(4):
        make_application(make, make_call(make, session.get_one(type(centre), centre_id)))
    assert sent() == few == [4, 5]


def test_a_suspended_centre_shows_no_call(client: Any, make: Make) -> None:
    centre = make.organisation(kind="centre", state=ProfileState.SUSPENDED)
    call = make_call(make, centre, day=today())
    make.session.commit()
    assert client.get(f"/en/programmes/{call.programme_id}").status_code == 404
