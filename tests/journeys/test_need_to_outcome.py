"""The whole way in both languages: a need is answered, the two sides talk, agree, and confirm what came of it.

Every step is taken on the pages, by the side whose turn it is. In the end the need is closed as met in the network,
whoever still waited is told, the funnel counts one outcome and both profiles show it.
"""

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import AuditEvent, ExpressionOfInterest, OutboxMail, Outcome, User
from models.outcomes import OutcomeState
from models.types import InterestState, NeedState
from network.formatting import today
from tests.factories import Make

SignIn = Callable[[FlaskClient, User], FlaskClient]

WORDS = {
    "vi": {"confirmed": "Hai bên đã xác nhận", "kind": "Đã thử nghiệm", "profile": "với Green Centre"},
    "en": {"confirmed": "Confirmed by both sides", "kind": "Pilot carried out", "profile": "with Green Centre"},
}
PAPER = b"%PDF-1.7 the signed paper"


def paper(name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(PAPER), name


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_from_a_need_to_a_confirmed_outcome(
    client: Any, session: Session, make: Make, sign_in: SignIn, lang: str
) -> None:
    words = WORDS[lang]
    startup, centre = make.organisation("Sensor Startup"), make.organisation("Green Centre", "centre")
    waiting = make.organisation("Waiting Institute", "institute")
    founder, manager = make.user(startup, language=lang), make.user(centre, language=lang)
    other = make.user(waiting, language=lang)
    need = make.need(startup, "Endurance of sensors")
    make.interest(need, waiting)
    ours, theirs = (f"/{lang}/workspace/{side.slug}" for side in (startup, centre))

    # The startup asks, the centre accepts.
    sign_in(client, founder)
    client.submit(f"{ours}/interests/new", need=need.id, organisation=centre.slug, message="May we talk?")
    asked = sa.select(ExpressionOfInterest).where(ExpressionOfInterest.to_organisation_id == centre.id)
    interest = session.scalars(asked).one()
    sign_in(client, manager)
    client.submit(f"{theirs}/interests/{interest.id}/accept", reply="Tuesday at nine.")

    # They write to each other, with a file.
    talk = f"{theirs}/connections/{interest.id}"
    client.submit(f"{talk}/messages", text="Bring six samples.")
    sign_in(client, founder)
    answer = {"text": "Six it is.", "files": [paper("samples.pdf")]}
    client.post(f"{ours}/connections/{interest.id}/messages", data=answer, follow_redirects=True)
    assert client.texts(".thread .letter .prose") == [
        "May we talk?",
        "Tuesday at nine.",
        "Bring six samples.",
        "Six it is.",
    ]

    # The centre records the agreement; the need is matched.
    sign_in(client, manager)
    agreed = {"kind": "incubation", "agreed_on": today().isoformat(), "file": paper("agreement.pdf")}
    client.post(f"{talk}/agreements/new", data=agreed, follow_redirects=True)
    session.expire_all()
    assert (interest.state, need.state) == (InterestState.AGREED, NeedState.MATCHED)

    # The startup says what came of it and would show it; the centre confirms and agrees.
    sign_in(client, founder)
    proposed = {"kind": "pilot", "happened_on": today().isoformat(), "value": "250.000.000", "evidence": "Report 17."}
    client.post(
        f"{ours}/connections/{interest.id}/outcomes/new",
        data={**proposed, "publish": "y", "file": paper("report.pdf")},
        follow_redirects=True,
    )
    outcome = session.scalars(sa.select(Outcome)).one()
    client.get(f"/{lang}/figures/from-need-to-outcome")
    assert client.texts("tbody tr:last-child td")[0] == "0"
    sign_in(client, manager).get(theirs)
    assert client.page.select_one(f".lead a[href='{theirs}/connections?stage=outcome']")
    client.submit(f"{talk}/outcomes/{outcome.id}/confirm", publish="y")
    assert client.texts(".page-head .tag") == [words["confirmed"]]

    # The need is closed as met; whoever still waited is told and waits no longer.
    sign_in(client, founder)
    client.submit(f"{ours}/needs/{need.id}/close", reason="met_in_network")
    session.expire_all()
    assert (need.state, outcome.state) == (NeedState.CLOSED, OutcomeState.CONFIRMED)
    left = session.scalars(
        sa.select(ExpressionOfInterest).where(ExpressionOfInterest.to_organisation_id == waiting.id)
    ).one()
    assert left.state is InterestState.WITHDRAWN

    # Everybody reads what both agreed to show, and the funnel counts it once.
    visitor = client.application.test_client()
    visitor.get(f"/{lang}/directory/{startup.slug}")
    (shown,) = visitor.texts("section[aria-labelledby=outcomes-title] li")
    assert shown.startswith(words["kind"])
    assert words["profile"] in shown
    visitor.get(f"/{lang}/figures/from-need-to-outcome")
    steps = visitor.texts(".chart-beside tbody tr td:first-of-type")
    assert steps == ["1"] * 8
    assert "250" not in visitor.page.select_one("main").get_text()

    trail = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert trail == [
        "interest.send",
        "interest.accept",
        "interest.start",
        "message.write",
        "message.write",
        "agreement.record",
        "need.match",
        "outcome.propose",
        "outcome.confirm",
        "interest.withdraw",
        "need.close",
    ]
    mails = session.execute(sa.select(OutboxMail.to, OutboxMail.template).order_by(OutboxMail.id)).all()
    assert mails == [
        (manager.email, "interest_received"),
        (founder.email, "interest_answered"),
        (founder.email, "message_received"),
        (manager.email, "message_received"),
        (founder.email, "agreement_recorded"),
        (manager.email, "outcome_proposed"),
        (founder.email, "outcome_confirmed"),
        (other.email, "need_met"),
    ]
