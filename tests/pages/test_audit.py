"""The audit trail as coordinators and managers read it."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Organisation
from models.audit import record
from models.types import MembershipRole
from tests.factories import NOW, Make
from tests.statements import statements_of


@pytest.fixture
def story(session: Session, make: Make) -> dict[str, Any]:
    lab, firm = make.organisation("Nhà Sen", "institute", slug="lab"), make.organisation("Firm", slug="firm")
    lan, minh = make.user(lab, name="Trần Thị Lan"), make.user(firm, name="Minh")
    desk = make.user(role=make.coordinator().role, name="Vũ Điều Phối")
    need = make.need(firm)
    record(session, minh, "need.create", need, now=NOW, organisation_id=firm.id)
    record(session, lan, "interest.send", make.interest(need, lab), now=NOW, organisation_id=lab.id, to=firm.id)
    record(session, lan, "account.update", lan, now=NOW + timedelta(days=1))
    reason = "Complaint of a neighbour"
    record(
        session,
        desk,
        "profile.suspended",
        firm,
        now=NOW + timedelta(days=2),
        organisation_id=firm.id,
        reason=reason,
    )
    claim = make.claim(firm)
    record(
        session, desk, "claim.refused", claim, now=NOW + timedelta(days=3), organisation_id=firm.id, reason="A stranger"
    )
    session.commit()
    return {"lab": lab, "firm": firm, "lan": lan, "minh": minh, "desk": desk}


def steps(client: Any) -> list[str]:
    return [str(text) for text in client.texts("table.audit tbody th")]


def test_coordinators_read_everything_the_latest_first(client: Any, story: dict[str, Any], sign_in: Any) -> None:
    sign_in(client, story["desk"]).get("/en/coordination/audit")
    assert steps(client) == [
        "Request to take over refused",
        "Suspended",
        "Account changed",
        "Asked another organisation to talk",
        "Need drafted",
    ]
    assert client.texts("table.audit tbody tr:nth-of-type(2) td")[1:3] == ["Vũ Điều Phối", "Firm"]
    assert "reason: Complaint of a neighbour" in client.texts(".audit-field")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("organisation=firm", 3),
        ("organisation=nha+sen", 1),
        ("organisation=nobody", 0),
        ("person=tran+thi", 2),
        ("person=LAN", 2),
        ("event=need.create", 1),
        ("event=interest", 1),
        ("event=nonsense", 5),
        ("since=2026-11-25", 3),
        ("until=2026-11-24", 2),
        ("since=2026-11-25&until=2026-11-26", 2),
        ("since=yesterday", 5),
        ("organisation=firm&person=minh&event=need", 1),
    ],
)
def test_the_trail_is_narrowed(client: Any, story: dict[str, Any], sign_in: Any, question: str, found: int) -> None:
    sign_in(client, story["desk"]).get(f"/en/coordination/audit?{question}")
    assert len(steps(client)) == found


def test_a_person_is_found_by_address(client: Any, story: dict[str, Any], sign_in: Any) -> None:
    sign_in(client, story["desk"]).get(f"/en/coordination/audit?person={story['minh'].email.upper()}")
    assert steps(client) == ["Need drafted"]


def test_the_file_has_the_same_rows_and_keeps_the_codes(client: Any, story: dict[str, Any], sign_in: Any) -> None:
    answer = sign_in(client, story["desk"]).get("/vi/coordination/exports/audit.csv?organisation=firm")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row["event"] for row in rows] == ["claim.refused", "profile.suspended", "need.create"]
    assert (rows[1]["at"], rows[1]["person"]) == ("2026-11-26T10:00:00+07:00", "Vũ Điều Phối")
    assert (rows[1]["organisation"], rows[1]["entry"]) == ("firm", "organisation")
    assert rows[1]["fields"] == '{"reason": "Complaint of a neighbour"}'


def test_managers_read_that_of_their_own_organisation(
    client: Any, story: dict[str, Any], sign_in: Any, make: Make
) -> None:
    sign_in(client, story["minh"]).get("/en/workspace/firm/audit")
    assert steps(client) == ["Suspended", "Need drafted"]  # not what coordinators wrote to somebody else
    client.get("/en/workspace/firm/audit?organisation=lab")
    assert steps(client) == ["Suspended", "Need drafted"]
    client.get("/en/workspace/firm/audit?person=lan")
    assert steps(client) == []
    client.get("/en/workspace/firm/audit?person=vu+dieu")
    assert steps(client) == ["Suspended"]
    client.get(f"/en/workspace/firm/audit?person={story['minh'].email}")
    assert steps(client) == []  # addresses are not asked for here
    assert client.get("/en/workspace/lab/audit").status_code == 403
    table = client.get("/en/workspace/firm/audit/audit.csv").get_data(as_text=True)
    assert table.count("\n") == 3
    assert "A stranger" not in table
    member = make.user(story["firm"], membership=MembershipRole.MEMBER)
    sign_in(client, member)
    assert client.get("/en/workspace/firm/audit").status_code == 403
    assert client.get("/en/workspace/firm/audit/audit.csv").status_code == 403


def test_the_trail_takes_as_many_statements_for_fifty_as_for_five(
    session: Session, make: Make, story: dict[str, Any]
) -> None:
    from network.queries.audit import AuditCriteria, listing

    def count() -> int:
        with statements_of(session) as sent:
            listing(session, AuditCriteria(organisation="firm", person="minh"), 1)
        return len(sent)

    number = story["firm"].id
    few, firm = count(), session.get_one(Organisation, number)
    for _ in range(45):
        record(session, make.user(firm, name="Minh"), "need.update", make.need(firm), now=NOW, organisation_id=firm.id)
    assert count() == few == 3
