"""A commitment of support from the asking to the paper: pages of both sides, refusals in the form, the document."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Commitment
from models.commitments import CommitmentState as S
from models.texts import Bilingual
from models.types import DeclineReason, MembershipRole, Provenance
from network.queries.commitments import commitments
from tests.factories import NOW, Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
SEEKER, HOUSE = "/en/workspace/seeker/commitments", "/en/workspace/house/commitments"


@pytest.fixture
def startup(make: Make) -> Any:
    return make.organisation("Seeker", slug="seeker", address="12 Hàng Bún", founded_year=2024)


@pytest.fixture
def centre(make: Make) -> Any:
    return make.organisation("House", "centre", slug="house")


def test_from_the_request_to_the_paper(
    client: Any, session: Session, make: Make, sign_in: SignIn, startup: Any, centre: Any
) -> None:
    make.connection(make.need(startup), centre)
    session.commit()
    ours, theirs = make.user(startup), make.user(centre)
    session.commit()
    sign_in(client, ours).get(SEEKER)
    assert client.texts("main .empty h2") == ["No commitment yet"]
    client.get(f"{SEEKER}/new?centre={centre.id}")
    assert client.texts("main select option[selected]") == ["House"]
    assert client.submit(f"{SEEKER}/new", centre=str(centre.id), asks=" ").status_code == 422
    assert client.texts(".error-summary li") == ["What you ask for: Say what you ask the centre to commit to."]
    client.submit(f"{SEEKER}/new", centre=str(centre.id), asks="A room for a year.")
    assert client.texts(".tags .tag") == ["Waits for the centre"]
    found = session.query(Commitment).one()
    assert client.get(f"{SEEKER}/{found.id}/document").status_code == 404

    sign_in(client, theirs).get("/en/workspace/house")
    assert client.texts("main .notice") == ["1 request for a commitment of support to answer: To the requests"]
    assert client.texts(".subnav a[href$='/commitments'] .waiting") == ["1 to answer"]
    client.submit(f"{HOUSE}/{found.id}/grant", **{"grant-starts_on": "2026-12-01"})
    assert client.texts(".error-summary li") == [
        "What the centre commits to, in Vietnamese: Say what the centre commits to, in Vietnamese or in English.",
        "Until: Choose a day.",
    ]
    terms = {"grant-commits_en": "A room.\nA mentor.", "grant-starts_on": "2026-12-01", "grant-ends_on": "2026-11-01"}
    assert client.submit(f"{HOUSE}/{found.id}/grant", **terms).status_code == 422
    assert client.texts(".error-summary li") == ["Until: The commitment cannot end before it begins."]
    client.submit(f"{HOUSE}/{found.id}/grant", **{**terms, "grant-ends_on": "2027-11-30"})
    assert client.texts(".tags .tag") == ["Commitment granted"]
    client.submit(f"{HOUSE}/{found.id}/decline", **{"decline-reason": "terms"})
    assert "somebody has moved the matter on" in client.texts(".notice-error")[0]

    sign_in(client, ours)
    answer = client.get(f"{SEEKER}/{found.id}/document")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="commitment-of-support-{found.id}.docx"'
    paper = Document(io.BytesIO(answer.data))
    words = [p.text for p in paper.paragraphs]
    assert "Commitment of support for Seeker" in words
    assert words[words.index("What the centre commits to") + 1 :][:2] == ["A room.", "A mentor."]
    assert "From 1 December 2026 until 30 November 2027." in words
    sides = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert ["Address", "……………", "12 Hàng Bún"] in sides
    assert ["Represented by (name, position)", "……………", "……………"] in sides
    vietnamese = Document(io.BytesIO(client.get(f"/vi/workspace/seeker/commitments/{found.id}/document").data))
    assert vietnamese.core_properties.language == "vi"
    assert "Cam kết hỗ trợ Seeker" in [p.text for p in vietnamese.paragraphs]
    assert "Trung tâm chỉ viết nội dung này bằng một ngôn ngữ." in [p.text for p in vietnamese.paragraphs]


def test_a_refusal_shows_its_reason_and_a_withdrawal_closes_the_matter(
    client: Any, session: Session, make: Make, sign_in: SignIn, startup: Any, centre: Any
) -> None:
    first = make.commitment(startup, centre)
    session.commit()
    sign_in(client, make.user(centre))
    client.submit(f"{HOUSE}/{first.id}/decline", **{"decline-note": "Later"})
    assert client.texts(".error-summary li")[0].startswith("Why not?")
    client.submit(f"{HOUSE}/{first.id}/decline", **{"decline-reason": "no_capacity", "decline-note": "Ask in spring."})
    session.refresh(first)
    assert (first.decline_reason, first.note) == (DeclineReason.NO_CAPACITY, "Ask in spring.")
    second = make.commitment(startup, centre)
    session.commit()
    sign_in(client, make.user(startup)).get(f"{SEEKER}/{first.id}")
    assert "Ask in spring." in client.texts("main .letter")[1]
    client.submit(f"{SEEKER}/{second.id}/withdraw")
    assert client.texts(".tags .tag") == ["Withdrawn"]
    client.submit(f"{SEEKER}/{second.id}/withdraw")
    assert "somebody has moved the matter on" in client.texts(".notice-error")[0]
    client.get(SEEKER)
    assert sorted(client.texts("main .entries .tag")) == ["Declined", "Withdrawn"]


def test_third_sides_reviewers_and_members_stay_within_their_part(
    client: Any, session: Session, make: Make, sign_in: SignIn, startup: Any, centre: Any
) -> None:
    granted = make.commitment(startup, centre, state=S.GRANTED)
    asked = make.commitment(startup, centre)
    third = make.organisation("Third", "centre", slug="third")
    session.commit()
    sign_in(client, make.user(third))
    pages = (f"/en/workspace/third/commitments/{granted.id}", f"/en/workspace/third/commitments/{granted.id}/document")
    assert [client.get(page).status_code for page in pages] == [404, 404]
    sign_in(client, make.user(centre, membership=MembershipRole.REVIEWER))
    pages = (HOUSE, f"{HOUSE}/{granted.id}", f"{HOUSE}/{granted.id}/document")
    assert [client.get(page).status_code for page in pages] == [403, 403, 403]
    sign_in(client, make.user(centre, membership=MembershipRole.MEMBER)).get(f"{HOUSE}/{asked.id}")
    assert client.texts("main form") == []
    assert client.get(f"{HOUSE}/{granted.id}/document").status_code == 200


def test_examples_are_marked_in_the_paper(
    client: Any, session: Session, make: Make, sign_in: SignIn, startup: Any
) -> None:
    example = make.organisation("Example", "centre", provenance=Provenance.ILLUSTRATIVE)
    granted = make.commitment(startup, example, state=S.GRANTED)
    session.commit()
    sign_in(client, make.user(startup))
    paper = Document(io.BytesIO(client.get(f"{SEEKER}/{granted.id}/document").data))
    assert "Illustrative example" in [p.text for p in paper.paragraphs]


def test_what_waits_stands_first_and_the_list_costs_two_statements(
    session: Session, make: Make, startup: Any, centre: Any
) -> None:
    make.commitment(startup, centre, state=S.DECLINED)
    waiting = make.commitment(startup, centre)
    for _ in range(6):
        make.commitment(make.organisation(), centre, state=S.GRANTED)
    centre_id, waiting_id = centre.id, waiting.id
    with statements_of(session) as sent:
        page = commitments(session, centre_id, 1, now=NOW)
    assert (page.total, page.items[0].id, len(sent)) == (8, waiting_id, 2)
    assert page.items[1].commits == Bilingual("A room and a mentor (vi)", "A room and a mentor")
    assert page.items[1].ends_on == date(2027, 11, 30)


def test_both_sides_read_its_steps_on_their_timelines(
    client: Any, session: Session, make: Make, sign_in: SignIn, startup: Any, centre: Any
) -> None:
    make.connection(make.need(startup), centre)
    ours, theirs = make.user(startup), make.user(centre)
    session.commit()
    sign_in(client, ours)
    client.submit(f"{SEEKER}/new", centre=str(centre.id), asks="A room for a year.")
    for person, slug in ((ours, "seeker"), (theirs, "house")):
        page = sign_in(client, person).get(f"/en/workspace/{slug}/timeline?kind=documents")
        assert "Asked a centre for a commitment of support" in page.text
        assert "A room for a year." not in page.text
