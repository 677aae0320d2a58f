"""What a person gets when asking for everything the site holds about them: theirs, all of it, and nothing of others."""

import json
from datetime import datetime

from sqlalchemy.orm import Session

from models import NeedDraft, OutboxMail, ReviewerDeclaration, SavedSearch
from models.alerts import SearchKind
from models.audit import record
from models.outcomes import OutcomeState
from models.types import ClaimState, DeclineReason, InterestState, ProfileState
from network.services.personal_data import export_account
from tests.factories import Make
from tests.intake import make_application, make_call, make_review, make_reviewer


def test_everything_about_a_person_and_nothing_of_others(session: Session, make: Make, now: datetime) -> None:
    startup, institute = make.organisation("Seeker"), make.organisation("Giver", "institute")
    lan = make.user(startup, name="Lan", email="lan@lab.vn", language="en", consented_at=now)
    other = make.user(institute, name="Other", email="other@lab.vn")
    need = make.need(startup)
    make.interest(
        need,
        institute,
        author=lan,
        message="My words",
        answered_by=other,
        reply="Their words",
        state=InterestState.DECLINED,
        decline_reason=DeclineReason.TERMS,
        answered_at=now,
    )
    make.interest(need, institute, author=other, message="Not mine", state=InterestState.WITHDRAWN)
    make.claim(make.organisation("Firm", state=ProfileState.UNCLAIMED), lan, reason="I work there, on floor two.")
    refused = {"state": ClaimState.REFUSED, "answer": "Not you.", "decided_at": now}
    make.claim(make.organisation("House", state=ProfileState.UNCLAIMED), lan, **refused)
    make.claim(startup, other, reason="The reason of somebody else.")
    make.invitation(institute, email="lan@lab.vn", name="Lan P.")
    make.invitation(institute, email="third@lab.vn", name="Third")
    session.add(OutboxMail(to="lan@lab.vn", language="en", template="invitation", context={"secret": "hidden"}))
    record(session, lan, "need.create", need, now=now)
    record(session, other, "need.update", need, now=now)
    kept = {"kind": SearchKind.QUESTION, "checked_at": now, "digest_at": now}
    session.add(SavedSearch(user_id=lan.id, name="Mine", text="Salt tests", **kept))
    session.add(SavedSearch(user_id=other.id, name="Search of another", text="Salt", **kept))
    session.add(NeedDraft(need_id=need.id, user_id=lan.id, values={"title_en": "Begun"}, saved_at=now))
    session.add(NeedDraft(need_id=need.id, user_id=other.id, values={"title_en": "Begun by another"}, saved_at=now))
    session.flush()

    held = export_account(session, lan, now=now)

    assert held["account"]["email"] == "lan@lab.vn"
    assert held["account"]["consented_at"] == now.isoformat()
    assert [(m["organisation"], m["role"]) for m in held["memberships"]] == [("Seeker", "manager")]
    [interest] = held["expressions_of_interest"]
    assert interest["written_by_you"] == {"message": "My words", "reply": None}
    assert [(c["organisation"], c["state"], c["answer"]) for c in held["claims"]] == [
        ("Firm", "open", None),
        ("House", "refused", "Not you."),
    ]
    assert [(i["organisation"], i["name"], i["state"]) for i in held["invitations"]] == [("Giver", "Lan P.", "pending")]
    assert [m["template"] for m in held["mails"]] == ["invitation"]
    assert [a["action"] for a in held["actions"]] == ["need.create"]
    assert [(s["name"], s["question"], s["frequency"]) for s in held["saved_searches"]] == [
        ("Mine", "Salt tests", "weekly")
    ]
    assert [d["values"] for d in held["needs_begun"]] == [{"title_en": "Begun"}]
    text = json.dumps(held)
    foreign = (
        "Their words",
        "Not mine",
        "somebody else",
        "Third",
        "other@",
        "hidden",
        "password",
        "secret_hash",
        "another",
    )
    assert [word for word in foreign if word in text] == []


def test_a_new_account_holds_little(session: Session, make: Make, now: datetime) -> None:
    held = export_account(session, make.user(), now=now)
    lists = ("memberships", "expressions_of_interest", "invitations", "claims", "mails", "actions")
    assert [held[name] for name in lists] == [[]] * 6
    assert json.loads(json.dumps(held)) == held


def test_what_a_person_said_in_connections_is_theirs_and_what_the_other_side_said_is_not(
    session: Session, make: Make, now: datetime
) -> None:
    startup, institute = make.organisation(), make.organisation(kind="institute")
    lan, other = make.user(startup), make.user(institute)
    interest = make.connection(make.need(startup), institute)
    message = make.message(interest, startup, "My letter", author=lan)
    make.attachment(interest, message_id=message.id, name="mine.pdf")
    make.message(interest, institute, "Their letter", author=other)
    make.agreement(interest, startup, recorded_by=lan, note="My note")
    make.agreement(interest, institute, recorded_by=other, note="Their note")
    make.outcome(interest, startup, proposed_by=lan, evidence="My evidence")
    disputed = {"state": OutcomeState.DISPUTED, "settled_by": lan, "dispute_note": "My dispute"}
    make.outcome(interest, institute, proposed_by=other, evidence="Their evidence", **disputed)
    held = export_account(session, lan, now=now)
    assert [(m["text"], m["files"]) for m in held["messages"]] == [("My letter", ["mine.pdf"])]
    assert [a["note"] for a in held["agreements"]] == ["My note"]
    assert [o["written_by_you"] for o in held["outcomes"]] == [
        {"evidence": "My evidence", "dispute": None},
        {"evidence": None, "dispute": "My dispute"},
    ]
    assert "Their" not in json.dumps(held)


def test_what_a_person_wrote_in_intakes_and_whose_application_it_was_stays_hidden(
    session: Session, make: Make, now: datetime
) -> None:
    centre, team = make.organisation(kind="centre"), make.organisation("Secret Lamp")
    reader, founder = make_reviewer(make, centre, "Reader"), make.user(team)
    call = make_call(make, centre, closes=-1)
    application = make_application(make, call, team, title="Lamp", author=founder)
    make_review(make, application, reader, (4, 2), comment="My words")
    make_review(make, application, make_reviewer(make, centre, "Other"), (1, 1), comment="Not mine")
    session.get_one(ReviewerDeclaration, (call.id, reader.id)).names = ["Cousin Ltd"]
    held = export_account(session, reader, now=now)
    assert [r["written_by_you"]["comment"] for r in held["reviews"]] == ["My words"]
    assert [list(r["written_by_you"]["points"].values()) for r in held["reviews"]] == [[4, 2]]
    assert [t["names"] for t in held["ties_you_named"]] == [["Cousin Ltd"]]
    assert [word for word in ("Secret", "Lamp", "Not mine") if word in json.dumps(held)] == []
    held = export_account(session, founder, now=now)
    assert [(a["state"], a["written_by_you"]["title"]) for a in held["applications"]] == [("under_review", "Lamp")]
    assert held["reviews"] == []
