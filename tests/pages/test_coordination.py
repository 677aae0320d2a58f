"""The desk of the coordinator: what is late and how late, whom to write to, decisions with their reason."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.audit import record
from models.base import utc_now
from models.types import ProfileState
from tests.factories import Make

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def desk(client: Any, make: Make, sign_in: SignIn) -> Any:
    return sign_in(client, make.coordinator())


def test_nothing_waits(desk: Any) -> None:
    desk.get("/en/coordination")
    assert desk.texts(".empty h2") == ["Nothing is waiting"]
    assert desk.texts("section") == []


def test_what_is_late_comes_first_the_longest_wait_on_top(desk: Any, make: Make) -> None:
    now = utc_now()
    lab, startup = make.organisation("Food Lab", "institute"), make.organisation("Sun Dryers")
    for title, days in (("Moisture", 2), ("Toxins", 9)):
        need = make.need(startup, title, published_at=now)
        make.interest(need, lab, reply_by=now - timedelta(days=days, minutes=1), reminded_at=now - timedelta(days=12))
    make.interest(make.need(startup, "Soon", published_at=now), lab, reply_by=now + timedelta(days=1, hours=1))
    make.organisation("New", state=ProfileState.CLAIMED, created_at=now - timedelta(days=4))
    make.need(startup, "Forgotten", published_at=now - timedelta(days=40))
    make.session.commit()
    desk.get("/en/coordination")
    assert desk.texts("section h2") == [
        "Late answers",
        "Due soon",
        "Profiles to verify",
        "Needs without any interest for 30 days",
    ]
    assert desk.texts(".entry-side .tag") == ["9 days late", "2 days late", "1 day left", "for 4 days", "for 40 days"]
    assert desk.texts(".key-figures dt") == ["2", "1", "1", "1"]
    first = desk.texts("section li")[0]
    assert first.startswith("Food Lab should answer Sun Dryers is waiting: Toxins 9 days late deadline ")
    assert ", reminded on " in first


def test_the_page_of_an_organisation_says_whom_to_write_to_and_what_happened(desk: Any, make: Make) -> None:
    now = utc_now()
    lab = make.organisation("Food Lab", "institute", state=ProfileState.CLAIMED, website="https://lab.example.org/a")
    manager = make.user(lab)
    late = make.interest(make.need(make.organisation(), "Moisture"), lab, reply_by=now - timedelta(days=3, minutes=1))
    record(make.session, None, "interest.escalate", late, now=now, organisation_id=lab.id)
    record(make.session, manager, "interest.decline", late, now=now, organisation_id=lab.id, reason="no_capacity")
    make.session.commit()
    desk.get(f"/en/coordination/organisations/{lab.slug}")
    assert desk.texts(".aside .btn")[0] == "Verify"
    assert desk.texts(".entry-row .tag") == ["3 days late"]
    assert manager.email in desk.texts("main a[href^=mailto]")
    assert "lab.example.org" in desk.texts(".facts a")
    steps = desk.texts(".course-title")
    assert steps == [f"Declined a request – {manager.name}: No capacity now", "Answer late: the coordinator was told"]


def test_without_a_reason_nothing_is_suspended(desk: Any, make: Make) -> None:
    lab = make.organisation("Food Lab", "institute")
    make.session.commit()
    address = f"/en/coordination/organisations/{lab.slug}"
    desk.submit(f"{address}/suspend", reason=" ")
    assert desk.texts(".notice-error") == ["Give a reason: it is kept in the trail and sent to the managers."]
    assert desk.texts(".page-head .tag") == ["Verified by the network"]
    desk.submit(f"{address}/suspend", reason="It does not exist.")
    assert desk.texts(".page-head .tag") == ["Suspended"]
    assert any(text.endswith(": It does not exist.") for text in desk.texts(".course-title"))


def test_organisations_are_found_by_words_and_state(desk: Any, make: Make) -> None:
    make.organisation("Bèo Tây", "centre")
    make.organisation("Gió Mùa", state=ProfileState.SUSPENDED)
    make.session.commit()
    for query, names in (("q=beo", ["Bèo Tây"]), ("state=suspended", ["Gió Mùa"]), ("q=zzz", [])):
        desk.get(f"/en/coordination/organisations?{query}")
        assert desk.texts(".entries h2") == names
    assert desk.texts(".empty h2") == ["Nothing found"]
