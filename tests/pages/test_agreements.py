"""Recording an agreement, objecting to it, taking it back."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models import Agreement, Attachment
from models.base import utc_now
from models.types import InterestState
from network.formatting import today
from tests.factories import Make

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def pair(make: Make) -> tuple[Any, Any, Any]:
    startup, lab = make.organisation("Sun Dryers"), make.organisation("Food Lab", "institute")
    return startup, lab, make.connection(make.need(startup, "Moisture"), lab)


def home(organisation: Any, interest: Any) -> str:
    return f"/en/workspace/{organisation.slug}/connections/{interest.id}/agreements"


def test_an_agreement_is_recorded_with_its_paper(client: Any, make: Make, sign_in: SignIn, pair: Any) -> None:
    startup, lab, interest = pair
    make.user(startup)
    sign_in(client, make.user(lab)).get(f"{home(lab, interest)}/new")
    assert (client.texts("h1"), len(client.texts(".options label"))) == (["Record an agreement"], 7)
    assert client.page.select_one("input[name=agreed_on]")["value"] == today().isoformat()
    paper = (io.BytesIO(b"%PDF-1.7"), "MOU.pdf")
    sent = {"kind": "mou", "agreed_on": today().isoformat(), "note": "Sixty probes by spring.", "file": paper}
    client.post(f"{home(lab, interest)}/new", data=sent, follow_redirects=True)
    assert client.texts(".notice-success") == ["Recorded. The other side has been told and may object."]
    assert client.texts("#outcomes h3")[0].startswith("Memorandum of understanding (MOU)")
    assert client.texts("#outcomes .files a") == ["MOU.pdf"]
    assert client.texts(".page-head .tag") == ["Agreed"]
    assert client.texts(".stepper [aria-current]") == ["Agreed"]
    assert (make.count(Agreement), make.count(Attachment)) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": ""}, "What kind of agreement?: Choose what kind of agreement it is."),
        ({"agreed_on": ""}, "Agreed on: Give the day."),
        (
            {"agreed_on": (today() + timedelta(days=2)).isoformat()},
            "Agreed on: Choose a day that is not in the future: record it when it has happened.",
        ),
        (
            {"agreed_on": "2020-01-01"},
            "Agreed on: That day lies before the request. Only what came of this connection is recorded here.",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(
    client: Any, make: Make, sign_in: SignIn, pair: Any, changes: dict[str, str], said: str
) -> None:
    _, lab, interest = pair
    sign_in(client, make.user(lab))
    paper = (io.BytesIO(b"%PDF-1.7"), "MOU.pdf")
    sent = {"kind": "nda", "agreed_on": today().isoformat(), "note": "Keep it.", "file": paper, **changes}
    assert client.post(f"{home(lab, interest)}/new", data=sent).status_code == 422
    again = "The signed paper: Choose the file again: a form that is sent back cannot keep it."
    assert client.texts(".error-summary li") == [said, again]
    assert client.texts("textarea[name=note]") == ["Keep it."]
    assert make.count(Agreement) == 0


def test_the_other_side_objects_after_reading_what_it_means(
    client: Any, make: Make, sign_in: SignIn, pair: Any
) -> None:
    startup, lab, interest = pair
    interest.state = InterestState.AGREED
    agreement = make.agreement(interest, lab, object_by=utc_now() + timedelta(days=3, hours=1))
    address = f"{home(startup, interest)}/{agreement.id}/object"
    sign_in(client, make.user(startup)).get(f"/en/workspace/{startup.slug}/interests/{interest.id}")
    assert client.texts("#outcomes .actions a") == ["Object"]
    assert client.texts("#outcomes .tag") == ["3 days left"]
    client.get(address)
    assert client.texts("h1") == ["Object to the agreement"]
    assert client.submit(address).status_code == 422
    client.submit(address, reason="We did not sign it.")
    assert client.texts(".notice-success") == ["Your objection is recorded. The other side has been told."]
    assert client.texts(".page-head .tag") == ["In discussion"]
    assert client.texts("details.more .tag") == ["Objected to"]
    assert client.get(address).status_code == 302


def test_the_recording_side_takes_it_back_and_cannot_object(
    client: Any, make: Make, sign_in: SignIn, pair: Any
) -> None:
    _, lab, interest = pair
    interest.state = InterestState.AGREED
    agreement = make.agreement(interest, lab, object_by=utc_now() + timedelta(days=3))
    sign_in(client, make.user(lab))
    assert client.get(f"{home(lab, interest)}/{agreement.id}/object").status_code == 302
    address = f"{home(lab, interest)}/{agreement.id}/take-back"
    client.get(address)
    assert client.texts("h1") == ["Take the agreement back?"]
    client.submit(address)
    assert client.texts(".page-head .tag") == ["In discussion"]
    client.submit(address)
    assert len(client.texts(".notice-error")) == 1


def test_after_its_time_an_agreement_stands(client: Any, make: Make, sign_in: SignIn, pair: Any) -> None:
    startup, lab, interest = pair
    interest.state = InterestState.AGREED
    agreement = make.agreement(interest, lab, object_by=utc_now() - timedelta(days=1))
    sign_in(client, make.user(startup)).get(f"/en/workspace/{startup.slug}/interests/{interest.id}")
    assert client.texts("#outcomes .actions a") == []
    client.submit(f"{home(startup, interest)}/{agreement.id}/object", reason="No")
    assert client.texts(".notice-error") == [
        "The time to object has run out. Write to the other side, or end the connection."
    ]


def test_where_it_is_not_possible_the_page_of_the_connection_comes(
    client: Any, make: Make, sign_in: SignIn, pair: Any
) -> None:
    _, lab, interest = pair
    interest.state = InterestState.ENDED
    sign_in(client, make.user(lab))
    answer = client.get(f"{home(lab, interest)}/new")
    assert answer.location == f"/en/workspace/{lab.slug}/interests/{interest.id}"
    assert client.get(f"{home(lab, interest)}/999/object").status_code == 404
