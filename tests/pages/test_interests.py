"""Questions between two organisations: the lists, one question with its next step, asking, answering, withdrawing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from models.base import utc_now
from models.types import DeclineReason, InterestState, MembershipRole, NeedState
from network.queries import interests as queries
from tests.factories import Make

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def startup(make: Make) -> Any:
    return make.organisation("Sun Dryers")


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Food Lab", "institute")


def home(organisation: Any) -> str:
    return f"/en/workspace/{organisation.slug}/interests"


def answered(state: InterestState, days_ago: int = 1, **values: Any) -> dict[str, Any]:
    return {"state": state, "answered_at": utc_now() - timedelta(days=days_ago), **values}


def test_the_lists_say_what_waits_for_whom_and_what_is_under_way(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    now = utc_now()
    make.interest(make.need(startup, "Late"), lab, reply_by=now - timedelta(days=3, minutes=1))
    make.interest(make.need(startup, "Soon"), lab, reply_by=now + timedelta(days=2, hours=1), message="A story " * 60)
    make.interest(make.need(startup, "Talking"), lab, **answered(InterestState.ACCEPTED, reply="Come on Tuesday."))
    no = answered(InterestState.DECLINED, 5, decline_reason=DeclineReason.TERMS)
    make.interest(make.need(startup, "No"), lab, **no)
    make.interest(make.need(startup, "Never mind"), lab, state=InterestState.WITHDRAWN)
    make.session.commit()
    sign_in(client, make.user(lab)).get(home(lab))
    assert client.texts("section h2") == ["Waiting for your answer", "Talks under way", "Settled"]
    assert client.texts("section h3") == ["Late", "Soon", "Talking", "Never mind", "No"]
    assert client.texts(".entry-side .tag") == ["3 days late", "2 days left", "Accepted", "Withdrawn", "Declined"]
    excerpts = client.texts(".entry-excerpt")
    assert (len(excerpts[1]) <= 180, excerpts[2]) == (True, "Come on Tuesday.")
    sign_in(client, make.user(startup)).get(home(startup))
    assert client.texts("section h2") == ["Waiting for the other side", "Talks under way", "Settled"]


def test_what_is_settled_comes_in_pages(client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any) -> None:
    for n in range(21):
        make.interest(make.need(startup, f"Need {n}"), lab, **answered(InterestState.ENDED, n + 1))
    sign_in(client, make.user(lab)).get(home(lab))
    assert client.texts("section h3")[:2] == ["Need 0", "Need 1"]
    client.get(f"{home(lab)}?page=2")
    assert client.texts("section h3") == ["Need 20"]


def test_an_empty_list_shows_the_way(client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any) -> None:
    for organisation, link in ((startup, "See who could help with your needs"), (lab, "See whom you could help")):
        sign_in(client, make.user(organisation)).get(home(organisation))
        assert client.texts(".empty a") == [link]


def test_the_asked_side_reads_who_asks_what_and_by_when(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    asker = make.user(startup)
    need = make.need(startup, "Moisture")
    due = utc_now() + timedelta(days=2, hours=1)
    interest = make.interest(need, lab, author=asker, reply_by=due, offer=make.offer(lab, "Tests"))
    sign_in(client, make.user(lab)).get(f"{home(lab)}/{interest.id}")
    assert client.texts(".page-head .eyebrow") == ["Sun Dryers asked you"]
    assert client.texts(".aside h2") == ["They are waiting for your answer"]
    assert client.texts(".aside .tag") == ["2 days left"]
    assert client.texts(".aside .btn") == ["Accept", "Decline"]
    assert client.texts(".letter .prose") == ["May we talk?"]
    assert client.texts("section h3") == ["Moisture", "Sun Dryers"]
    assert asker.email not in client.page.get_text()
    sign_in(client, make.user(lab, membership=MembershipRole.MEMBER)).get(f"{home(lab)}/{interest.id}")
    assert client.texts(".aside .btn") == []
    for step in ("accept", "decline"):
        sign_in(client, make.user(lab)).get(f"{home(lab)}/{interest.id}/{step}")
        assert client.texts(".asked .prose") == ["May we talk?"]


def test_after_a_yes_each_side_knows_whom_to_write_to(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    asker, answerer = make.user(startup, name="An"), make.user(lab, name="Bình")
    interest = make.interest(make.need(startup), lab, author=asker)
    sign_in(client, answerer)
    client.submit(f"{home(lab)}/{interest.id}/accept", reply="Tuesday at nine.")
    assert client.texts(".notice") == ["Accepted. The other side has been told, and its contact is on this page."]
    assert client.texts(".aside strong, .aside a[href^=mailto]") == ["An", asker.email]
    sign_in(client, asker).get(f"{home(startup)}/{interest.id}")
    assert client.texts(".aside h2") == ["Get in touch"]
    assert client.texts(".aside strong, .aside a[href^=mailto]") == ["Bình", answerer.email]
    assert len(client.texts(".aside .steps li")) == 3


def test_without_the_person_its_managers_are_named(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    manager = make.user(lab)
    make.user(lab, membership=MembershipRole.MEMBER)
    make.user(lab, active=False)
    interest = make.interest(make.need(startup), lab, **answered(InterestState.ACCEPTED))
    sign_in(client, make.user(startup)).get(f"{home(startup)}/{interest.id}")
    assert client.texts(".aside a[href^=mailto]") == [manager.email]


def test_after_a_no_the_next_step_is_another(client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any) -> None:
    make.user(lab)
    no = answered(InterestState.DECLINED, decline_reason=DeclineReason.NO_CAPACITY)
    interest = make.interest(make.need(startup), lab, **no)
    sign_in(client, make.user(startup)).get(f"{home(startup)}/{interest.id}")
    assert "Reason for declining: No capacity now" in client.texts("main p")
    assert client.texts(".aside a") == ["Who else could help"]
    assert client.page.select(".aside a[href^=mailto]") == []
    sign_in(client, make.user(lab)).get(f"{home(lab)}/{interest.id}")
    assert client.texts(".aside a") == ["See whom you could help"]


def test_asking_says_what_will_happen_and_keeps_what_was_typed(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    need = make.need(startup, "Moisture")
    sign_in(client, make.user(startup)).get(f"{home(startup)}/new?need={need.id}&organisation={lab.slug}")
    assert client.texts("form strong") == ["Moisture"]
    assert client.texts(".aside .steps li")[0].startswith("They have 10 days to answer, until ")
    sent = {"need": need.id, "organisation": lab.slug}
    assert client.submit(f"{home(startup)}/new", **sent, message=" ").status_code == 422
    assert client.texts(".error-summary li") == [
        "Your message: Write a short message: who you are and what you hope for."
    ]
    client.submit(f"{home(startup)}/new", **sent, message="May we talk?")
    assert client.texts(".aside h2") == ["Waiting for their answer"]
    client.get(f"{home(startup)}/new?need={need.id}&organisation={lab.slug}")
    assert client.texts("main .notice a") == ["See how it stands"]
    assert client.page.select("main form.form") == []


def test_one_of_several_needs_is_chosen_and_none_leads_to_the_first(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    sign_in(client, make.user(startup)).get(f"{home(startup)}/new?organisation={lab.slug}")
    assert client.texts(".empty a") == ["Describe a need"]
    for title in ("Moisture", "Toxins"):
        make.need(startup, title)
    make.need(startup, "Draft", state=NeedState.DRAFT, published_at=None)
    make.session.commit()
    client.get(f"{home(startup)}/new?organisation={lab.slug}")
    assert client.texts("select[name=need] option") == ["Moisture", "Toxins"]


def test_a_request_is_withdrawn_after_a_question(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    interest = make.interest(make.need(startup), lab)
    sign_in(client, make.user(startup)).get(f"{home(startup)}/{interest.id}/withdraw")
    assert client.texts("h1") == ["Withdraw this request?"]
    client.submit(f"{home(startup)}/{interest.id}/withdraw")
    assert client.texts(".tags .tag") == ["Withdrawn"]
    assert client.submit(f"{home(startup)}/{interest.id}/withdraw").status_code == 409


@pytest.mark.parametrize("step", ["accept", "decline"])
def test_an_answer_that_comes_second_is_refused_on_the_page_of_the_question(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any, step: str
) -> None:
    interest = make.interest(make.need(startup), lab, state=InterestState.WITHDRAWN)
    sign_in(client, make.user(lab))
    assert client.get(f"{home(lab)}/{interest.id}/{step}").location == f"{home(lab)}/{interest.id}"
    client.submit(f"{home(lab)}/{interest.id}/{step}", reply="Tuesday", reason="terms")
    assert client.texts(".notice-error") == [
        "This step is not possible any more: somebody has moved the matter on meanwhile."
    ]
    assert client.texts(".tags .tag") == ["Withdrawn"]


def test_lists_take_the_same_number_of_statements_however_long(
    session: Session, make: Make, startup: Any, lab: Any
) -> None:
    for state in (InterestState.SENT, InterestState.ACCEPTED, InterestState.ENDED):
        for _n in range(3):
            make.interest(make.need(startup), lab, state=state)
    lab_id = lab.id
    session.commit()
    statements: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda c, cursor, sql, *_: statements.append(sql))
    queries.lists(session, lab_id, now=utc_now())
    assert len(statements) <= 5
