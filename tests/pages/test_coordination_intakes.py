"""Coordinators: full programmes with who waits, late decisions, and one more team let in with a reason."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import AuditEvent
from models.applications import ApplicationState
from models.calls import CallState
from network.formatting import today
from network.queries.full_calls import full_calls
from tests.factories import Make
from tests.intake import make_application, make_call
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
S = ApplicationState


def test_who_waits_is_named_and_nothing_of_what_they_wrote(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    house, day = make.organisation("House", "centre"), today()
    full = make_call(make, house, day=day, closes=-30, capacity=1, state=CallState.DECIDED)
    make_application(make, full, state=S.ACCEPTED)
    make_application(make, full, make.organisation("Moon"), S.WAITLISTED, waitlist_rank=2, title="Tide")
    first = make_application(make, full, make.organisation("Sun"), S.WAITLISTED, waitlist_rank=1, title="Lamp")
    free = make_call(make, house, day=day, closes=-20, state=CallState.DECIDED)
    make_application(make, free, make.organisation("Star"), S.WAITLISTED)
    make_call(make, house, day=day, closes=-90, decide_by=day - timedelta(days=3))
    session.commit()
    coordinator = make.coordinator()
    session.commit()
    page = sign_in(client, coordinator).get("/en/coordination/intakes").get_data(as_text=True)
    assert client.texts("main h2") == ["Late decisions", "Incubation 2027, Spring", "Incubation 2027, Spring"]
    assert client.texts("main ol h3") == ["Sun", "Moon", "Star"]
    assert [str(a["href"]) for a in client.page.select("main .group ol a")] == [
        f"/en/coordination/intakes/{a}/override" for a in (first.id, first.id - 1)
    ]
    assert "Lamp" not in page
    address = f"/en/coordination/intakes/{first.id}/override"
    assert client.submit(address).status_code == 422
    client.submit(address, reason="Asked for by the city")
    session.expire_all()
    assert (first.state, first.over_capacity) == (S.ACCEPTED, True)
    row = session.query(AuditEvent).filter_by(action="application.override").one()
    assert (row.actor_id, row.data["reason"]) == (coordinator.id, "Asked for by the city")
    assert client.get(address).status_code == 404


def test_nobody_waits(client: Any, make: Make, sign_in: SignIn) -> None:
    coordinator = make.coordinator()
    make.session.commit()
    sign_in(client, coordinator).get("/en/coordination/intakes")
    assert client.texts("main h2") == ["Nobody waits for a place"]


def test_the_page_takes_the_same_statements_however_many_wait(session: Session, make: Make) -> None:
    def sent() -> int:
        with statements_of(session) as statements:
            full_calls(session, today=today())
        return len(statements)

    make_application(make, make_call(make, closes=-1, state=CallState.DECIDED), state=S.WAITLISTED)
    few = sent()
    for _ in range(3):
        make_application(make, make_call(make, closes=-1, state=CallState.DECIDED), state=S.WAITLISTED)
    assert sent() == few == 3
