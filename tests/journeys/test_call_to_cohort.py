"""From a call to a cohort in both languages: a programme is written, teams apply, reviewers judge without names, the
manager decides, the waiting list takes over, and the team sees its milestones and mentor hours.
"""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Application, AuditEvent, Call, Cohort, OutboxMail, Programme, Review, User
from models.applications import ApplicationState
from network.formatting import today
from network.mail import render
from tests.factories import Make
from tests.intake import make_reviewer

SignIn = Callable[[FlaskClient, User], FlaskClient]

WORDS = {
    "vi": {"apply": "Nộp hồ sơ", "accepted": "Được nhận", "waiting": "Danh sách chờ"},
    "en": {"apply": "Apply now", "accepted": "Accepted", "waiting": "On the waiting list"},
}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_from_a_call_to_a_cohort(
    client: Any, session: Session, make: Make, sign_in: SignIn, app: Any, lang: str
) -> None:
    words = WORDS[lang]
    house = make.organisation("Green House", "centre", slug="house")
    manager = make.user(house, language=lang)
    reviewers = [make_reviewer(make, house, name, language=lang) for name in ("Reader One", "Reader Two")]
    teams = [make.organisation(f"Secret Team {n}", slug=f"team-{n}") for n in (1, 2, 3)]
    founders = [make.user(team, language=lang) for team in teams]
    session.commit()
    desk = f"/{lang}/workspace/house"
    day = today()

    # The manager writes a programme and a call, and publishes both.
    sign_in(client, manager)
    client.submit(
        f"{desk}/programmes/new", **{f"programme_name_{lang}": "Incubation", f"summary_{lang}": "A year with us"}
    )
    programme = session.scalars(sa.select(Programme)).one()
    client.submit(f"{desk}/programmes/{programme.id}/publish")
    sent = {
        f"name_{lang}": "Spring",
        "opens_on": day.isoformat(),
        "closes_on": (day + timedelta(days=10)).isoformat(),
        "decide_by": (day + timedelta(days=30)).isoformat(),
        "starts_on": (day + timedelta(days=40)).isoformat(),
        "ends_on": (day + timedelta(days=400)).isoformat(),
        "capacity": "1",
        "minimum": "1",
        "reviews_wanted": "2",
        "spread": "1",
        "pass_mark": "2.5",
        f"criterion_0_{lang}": "Benefit",
        "criterion_0_weight": "60",
        f"criterion_1_{lang}": "Team",
        "criterion_1_weight": "40",
        f"question_0_{lang}": "What have you tried?",
        "question_0_required": "y",
        f"question_1_{lang}": "Who are you?",
        "question_1_people": "y",
    }
    client.submit(f"{desk}/calls/new/{programme.id}", **sent)
    call = session.scalars(sa.select(Call)).one()
    assert [(c.weight, q.names_people) for c, q in zip(call.criteria, call.questions, strict=True)] == [
        (60, False),
        (40, True),
    ]
    client.submit(f"{desk}/calls/{call.id}/publish")

    # Each team finds the call on the public page, writes a draft, and sends it.
    open_question, naming = (q.id for q in call.questions)
    for n, founder in enumerate(founders):
        sign_in(client, founder)
        client.get(f"/{lang}/programmes/{programme.id}")
        link = next(a for a in client.page.select(".aside a") if a.get_text(strip=True) == words["apply"])
        client.get(str(link["href"]))
        client.submit(str(link["href"]))
        mine = session.scalars(sa.select(Application).order_by(Application.id.desc())).first()
        assert mine is not None
        own = f"/{lang}/workspace/team-{n + 1}/applications/{mine.id}"
        client.submit(f"{own}/edit", title=f"Lamp {n}", step="keep")
        client.get(f"{own}/submit")
        assert len(client.texts(".notice-warning li")) == 4
        answers = {f"answer_{open_question}": "Two winters", f"answer_{naming}": f"Secret Team {n + 1} of Lan"}
        text = {"title": f"Lamp {n}", "summary": "Light for lanes", "stage": "pilot", "team": "Secret people"}
        client.submit(f"{own}/edit", **text, **answers, step="check")
        client.submit(f"{own}/submit")
        client.get(f"/{lang}/workspace/team-{n + 1}/applications")
        assert len(client.texts("main .entry-row h2")) == 1

    # After the last day the manager takes them up and shares them out.
    call.opens_on, call.closes_on = day - timedelta(days=20), day - timedelta(days=1)
    session.commit()
    sign_in(client, manager)
    client.submit(f"{desk}/intake/{call.id}/begin")
    client.submit(f"{desk}/intake/{call.id}/assign", people=[str(r.id) for r in reviewers])
    assert make.count(Review) == 6

    # Reviewers name ties, deny conflicts, read without names, and send their points.
    for reviewer, shift in zip(reviewers, (0, 0), strict=True):
        sign_in(client, reviewer)
        client.get(f"{desk}/reviews")
        client.submit(f"{desk}/reviews/ties/{call.id}", names="Somebody Else Ltd")
        for review in session.scalars(
            sa.select(Review).where(Review.reviewer_id == reviewer.id).order_by(Review.application_id)
        ).all():
            address = f"{desk}/reviews/{review.id}"
            client.get(address)
            assert "Lamp" not in client.page.get_text()
            client.submit(f"{address}/clear")
            assert "Two winters" in client.page.get_text()
            assert "Secret" not in client.page.get_text()
            points = {f"points_{c.id}": str(5 - review.application.number + shift) for c in call.criteria}
            client.submit(address, **points, comment="Reads well", step="send")

    # The manager sees the proposal, gives a reason, and decides all at once.
    sign_in(client, manager)
    client.get(f"{desk}/intake/{call.id}/proposal")
    assert client.texts("main .group h3") == ["Lamp 0", "Lamp 1", "Lamp 2"]
    last = session.scalars(sa.select(Application).where(Application.number == 3)).one()
    client.submit(
        f"{desk}/intake/{call.id}/proposal",
        **{f"reason_{last.id}": "route_unclear", f"note_{last.id}": "Who pays for the lamps?"},
    )
    client.get(f"{desk}/intake/{call.id}/decide")
    digest = client.page.select_one("input[name=digest]")["value"]
    client.submit(f"{desk}/intake/{call.id}/decide", digest=digest)
    session.expire_all()
    states = session.scalars(sa.select(Application.state).order_by(Application.number)).all()
    assert states == [ApplicationState.ACCEPTED, ApplicationState.WAITLISTED, ApplicationState.REJECTED]

    # Letters: by mail in the language of the reader, as a page, and as a document.
    decided = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "application_decided")).all()
    letters = {mail.to: render(app, mail) for mail in decided}
    assert str(letters[founders[0].email]["Subject"]).startswith(words["accepted"])
    assert "Who pays for the lamps?" in letters[founders[2].email].get_content()
    sign_in(client, founders[2])
    own = f"/{lang}/workspace/team-3/applications/{last.id}"
    client.get(own)
    client.get(str(next(a["href"] for a in client.page.select(".aside a") if "/letters/" in str(a["href"]))))
    assert "Who pays for the lamps?" in client.texts(".paper p")
    file = client.get(str(client.page.select_one(".actions a")["href"]))
    assert file.mimetype.endswith("wordprocessingml.document")
    assert "Who pays for the lamps?" in [p.text for p in Document(io.BytesIO(file.data)).paragraphs]

    # The accepted team gives its place up; the one that waited gets it by itself.
    first, second = session.scalars(sa.select(Application).order_by(Application.number).limit(2)).all()
    sign_in(client, founders[0])
    client.submit(f"/{lang}/workspace/team-1/applications/{first.id}/withdraw")
    session.expire_all()
    assert (first.state, second.state) == (ApplicationState.WITHDRAWN, ApplicationState.ACCEPTED)

    # The centre sets a milestone and enters hours; the team sees both.
    cohort = session.scalars(sa.select(Cohort)).one()
    sign_in(client, manager)
    page = f"{desk}/cohorts/{cohort.id}"
    due = (day + timedelta(days=60)).isoformat()
    client.submit(f"{page}/milestones", **{f"milestone-title_{lang}": "Pitch", "milestone-due_on": due})
    client.submit(
        f"{page}/hours",
        **{
            "hours-team": second.id,
            "hours-on_day": day.isoformat(),
            "hours-hours": "1.5",
            "hours-mentor": "Ms Hoa",
            "hours-topic": "Prices",
        },
    )
    sign_in(client, founders[1])
    client.get(f"/{lang}/workspace/team-2/applications/{second.id}/team")
    assert client.texts(".course-title") == ["Pitch"]
    assert client.texts("tbody td")[1:3] == ["Ms Hoa", "Prices"]

    trail = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [a for a in trail if a.startswith("call.")] == ["call.create", "call.publish", "call.review", "call.decide"]
    assert trail.count("review.submit") == 6
