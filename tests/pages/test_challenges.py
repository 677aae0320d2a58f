"""Challenges as people meet them, from the list to the decision on an answer."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Challenge, ChallengeAnswer, OutboxMail
from models.types import AnswerState, ChallengeKind, ChallengeResult, ChallengeState, ProfileState
from network.formatting import today
from network.mail import render
from network.queries.challenges import ChallengeCriteria, Phase, listing, own_challenge, phase_on
from tests.factories import Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
DAY = date(2026, 11, 24)


def test_the_deadline_is_a_whole_day() -> None:
    published = ChallengeState.PUBLISHED
    assert phase_on(DAY, published, DAY) is Phase.OPEN
    assert phase_on(DAY, published, DAY - timedelta(days=1)) is Phase.REVIEW
    assert phase_on(DAY, ChallengeState.CLOSED, DAY) is Phase.CLOSED
    assert phase_on(DAY, ChallengeState.DRAFT, DAY) is None


def test_the_list_is_in_groups_and_is_narrowed(client: Any, session: Session, make: Make) -> None:
    owner = make.organisation("City", "partner")
    for name, days, more in (
        ("Later", 30, {"kind": ChallengeKind.ENTERPRISE}),
        ("Soon", 2, {}),
        ("Read", -3, {}),
        ("Done", -9, {"state": ChallengeState.CLOSED, "result": ChallengeResult.SOLVED}),
        ("Draft", 9, {"state": ChallengeState.DRAFT, "published_at": None}),
    ):
        make.challenge(owner, name, answer_by=today() + timedelta(days=days), **more)
    make.challenge(make.organisation(state=ProfileState.SUSPENDED), "Suspended")
    session.commit()
    client.get("/en/challenges")
    assert client.texts("main h2") == ["Takes answers", "Answers are being read", "Closed"]
    assert client.texts("main h3") == ["Soon", "Later", "Read", "Done"]
    client.get("/en/challenges?kind=enterprise&phase=open")
    assert client.texts("main h3") == ["Later"]


def test_what_the_network_has_stands_below_the_challenge(client: Any, make: Make, index: Callable[[], None]) -> None:
    owner, lab = make.organisation("City", "partner"), make.organisation("Lab", "institute")
    make.technology(lab, "Sensor for flooded lanes")
    make.technology(owner if owner.kind == "institute" else lab, "Something else")
    entry = make.challenge(owner, "Flooded lanes need a sensor")
    index()
    client.get(f"/en/challenges/{entry.id}")
    assert "What the network has for it" in client.texts("main h2")
    assert "Sensor for flooded lanes" in client.texts(".suggestion h3")


def test_from_the_answer_to_the_decision(client: Any, session: Session, make: Make, sign_in: SignIn, app: Any) -> None:
    owner, solver = make.organisation("City", "partner", slug="city"), make.organisation("Lab", "institute", slug="lab")
    judge, author, third = (
        make.user(owner),
        make.user(solver, language="en"),
        make.user(make.organisation(slug="third")),
    )
    technology, entry = make.technology(solver, "Sensor"), make.challenge(owner, "Flooded lanes")
    sign_in(client, author).get(f"/en/challenges/{entry.id}")
    assert client.texts(".aside a") == ["Answer this challenge"]
    sent = f"/en/workspace/lab/answers/new/{entry.id}"
    assert client.submit(sent).status_code == 422
    client.submit(sent, text="We can warn you.", subject=f"technology:{technology.id}")
    answer = session.scalars(sa.select(ChallengeAnswer)).one()
    assert client.texts("h1") == ["Our answer"]
    assert client.submit(sent, text="Twice").status_code == 422
    client.get(f"/en/challenges/{entry.id}")
    assert client.texts(".aside a") == ["See our answer"]

    sign_in(client, third)
    assert client.get(f"/en/workspace/third/answers/{answer.id}").status_code == 404
    client.get(f"/en/challenges/{entry.id}")
    assert "We can warn you." not in client.page.get_text()

    sign_in(client, judge).get(f"/en/workspace/city/challenges/{entry.id}")
    assert client.texts(".entries h3") == ["Lab"]
    client.get(f"/en/workspace/city/answers/{answer.id}")
    assert "We can warn you." in client.texts(".letter .prose")
    assert client.submit(f"/en/workspace/city/answers/{answer.id}/decline").status_code == 422
    client.submit(f"/en/workspace/city/answers/{answer.id}/shortlist")
    assert client.submit(f"/en/workspace/city/challenges/{entry.id}/close", result="no_result").status_code == 422
    client.submit(f"/en/workspace/city/answers/{answer.id}/accept", **{"accept-reply": "Come on Monday"})
    session.expire_all()
    assert answer.state is AnswerState.ACCEPTED
    assert author.email in client.texts("main a")
    client.submit(f"/en/workspace/city/challenges/{entry.id}/close", result="solved", outcome_en="It works")
    client.get(f"/en/challenges/{entry.id}")
    assert "It works" in client.texts("main .prose")

    letters = [render(app, m) for m in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]
    assert [str(m["Subject"]) for m in letters] == [
        "Có lời giải cho bài toán: Flooded lanes (vi)",
        "Your answer is on the shortlist: Flooded lanes",
        "Your answer is accepted: Flooded lanes",
    ]


def test_a_challenge_is_drafted_published_and_mended(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    owner = make.organisation("City", "partner", slug="city")
    sign_in(client, make.user(owner))
    base = "/en/workspace/city/challenges"
    assert client.submit(f"{base}/new").status_code == 422
    sent = {"title_en": "Flooded lanes", "problem_en": "Water rises", "wanted_en": "Warn us", "kind": "city"}
    client.submit(f"{base}/new", **sent, answer_by="2099-01-31", budget="150")
    entry = session.scalars(sa.select(Challenge)).one()
    assert (entry.state, entry.budget_vnd) == (ChallengeState.DRAFT, 150_000_000)
    client.submit(f"{base}/{entry.id}/publish")
    client.submit(f"{base}/{entry.id}/edit", **{**sent, "title_en": "Wet lanes"}, answer_by="2099-01-31")
    client.get(base)
    assert client.texts(".entries h2") == ["Wet lanes"]


def test_lists_take_the_same_statements_however_many_there_are(session: Session, make: Make) -> None:
    def sent() -> int:
        with statements_of(session) as statements:
            listing(session, None, ChallengeCriteria(), 1, today=DAY)
        return len(statements)

    owner = make.organisation(kind="partner")
    entry, owner_id = make.challenge(owner, fields=[make.field("102")]), owner.id
    few, number = sent(), entry.id
    for _ in range(5):
        other = make.challenge(make.organisation(kind="partner"), fields=[make.field("102")])
        make.answer(other, make.organisation())
        make.answer(session.get_one(Challenge, number), make.organisation())
    assert sent() == few == 9
    with statements_of(session) as statements:
        own_challenge(session, owner_id, number, today=DAY)
    assert len(statements) == 4
