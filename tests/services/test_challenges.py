"""Challenges: put up, answered, decided on, closed; and nobody but the two sides learns of an answer."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Challenge, OutboxMail
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.texts import Bilingual
from models.types import (
    AnswerState,
    ChallengeKind,
    ChallengeResult,
    ChallengeState,
    DeclineReason,
    MembershipRole,
    SupplyState,
)
from network.services import challenges
from network.services.challenges import ChallengeValues
from tests.factories import NOW, Make, both

VALUES = ChallengeValues(
    Bilingual("Ngõ ngập", None), Bilingual("Nước lên", None), both("Warn"), ChallengeKind.CITY, date(2027, 1, 31)
)
EMPTY = Bilingual()


def mails(session: Session) -> list[tuple[str, str]]:
    return [(m.template, m.to) for m in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]


def test_members_draft_and_managers_publish(session: Session, make: Make, now: datetime) -> None:
    owner = make.organisation(kind="partner")
    member, manager = make.user(owner, membership=MembershipRole.MEMBER), make.user(owner)
    entry = challenges.create_challenge(session, member, owner, VALUES, now=now)
    with pytest.raises(NotPermitted):
        challenges.publish_challenge(session, member, entry, now=now)
    challenges.publish_challenge(session, manager, entry, now=now)
    assert (entry.state, entry.published_at) == (ChallengeState.PUBLISHED, now)
    with pytest.raises(NotPermitted):
        challenges.update_challenge(session, member, entry, VALUES, now=now)
    challenges.unpublish_challenge(session, manager, entry, now=now)
    challenges.delete_challenge(session, member, entry, now=now)
    session.flush()
    assert make.count(Challenge) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": EMPTY}, "title_missing"),
        ({"problem": EMPTY}, "problem_missing"),
        ({"problem": Bilingual(None, "Water rises")}, "languages_apart"),
        ({"wanted": EMPTY}, "wanted_missing"),
        ({"answer_by": date(2026, 11, 23)}, "date_past"),
        ({"fields": ("999",)}, "unknown_field"),
    ],
)
def test_what_is_missing_is_said(
    session: Session, make: Make, now: datetime, changes: dict[str, Any], code: str
) -> None:
    owner = make.organisation(kind="partner")
    with pytest.raises(Invalid) as refused:
        challenges.create_challenge(session, make.user(owner), owner, replace(VALUES, **changes), now=now)
    assert refused.value.code == code


def test_an_answer_is_sent_shortlisted_and_accepted(session: Session, make: Make, now: datetime) -> None:
    owner, solver = make.organisation("City", "partner"), make.organisation("Lab", "institute")
    judge, author = make.user(owner, email="judge@example.org"), make.user(solver, email="author@example.org")
    entry, technology = make.challenge(owner), make.technology(solver)
    answer = challenges.send_answer(
        session, author, solver, entry.id, " We can. ", now=now, technology_id=technology.id
    )
    assert (answer.text, answer.state) == ("We can.", AnswerState.SENT)
    challenges.shortlist_answer(session, judge, answer, now=now)
    challenges.accept_answer(session, judge, answer, "Come on Monday", now=now)
    assert (answer.state, answer.reply, answer.decided_by) == (AnswerState.ACCEPTED, "Come on Monday", judge)
    assert mails(session) == [
        ("challenge_answered", "judge@example.org"),
        ("challenge_answer_decided", "author@example.org"),
        ("challenge_answer_decided", "author@example.org"),
    ]
    with pytest.raises(Conflict):
        challenges.withdraw_answer(session, author, answer, now=now)
    challenges.close_challenge(session, judge, entry, ChallengeResult.SOLVED, both("It works"), now=now)
    assert (entry.state, entry.result) == (ChallengeState.CLOSED, ChallengeResult.SOLVED)


def test_a_no_has_a_reason_and_leaves_room_for_another_answer(session: Session, make: Make, now: datetime) -> None:
    owner, solver = make.organisation(kind="partner"), make.organisation()
    judge, author = make.user(owner), make.user(solver)
    entry = make.challenge(owner)
    answer = challenges.send_answer(session, author, solver, entry.id, "First", now=now)
    with pytest.raises(Conflict, match="challenge_answer_stands"):
        challenges.send_answer(session, author, solver, entry.id, "Twice", now=now)
    with pytest.raises(Invalid, match="reason_missing"):
        challenges.decline_answer(session, judge, answer, None, "", now=now)
    challenges.decline_answer(session, judge, answer, DeclineReason.TOO_EARLY, "", now=now)
    again = challenges.send_answer(session, author, solver, entry.id, "Better", now=now)
    challenges.withdraw_answer(session, author, again, now=now)
    assert [answer.state, again.state] == [AnswerState.DECLINED, AnswerState.WITHDRAWN]


def test_who_cannot_answer(session: Session, make: Make, now: datetime) -> None:
    owner, solver = make.organisation(kind="partner"), make.organisation(kind="institute")
    author, member = make.user(solver), make.user(solver, membership=MembershipRole.MEMBER)
    entry, other = make.challenge(owner), make.technology(owner if owner.kind == "institute" else solver)
    other.state = SupplyState.DRAFT

    def send(person: Any = author, organisation: Any = solver, to: Any = entry, text: str = "Yes", **more: Any) -> None:
        challenges.send_answer(session, person, organisation, to.id, text, now=now, **more)

    with pytest.raises(NotPermitted):
        send(member)
    with pytest.raises(Invalid, match="own_challenge"):
        send(make.user(owner), owner)
    with pytest.raises(Invalid, match="answer_missing"):
        send(text=" ")
    with pytest.raises(NotFound):
        send(technology_id=other.id)
    with pytest.raises(NotFound):
        send(to=make.challenge(owner, state=ChallengeState.DRAFT, published_at=None))
    with pytest.raises(Conflict, match="challenge_takes_no_answers"):
        send(to=make.challenge(owner, answer_by=(NOW - timedelta(days=1)).date()))
    closed = make.challenge(owner, state=ChallengeState.CLOSED, result=ChallengeResult.NO_RESULT)
    with pytest.raises(Conflict, match="challenge_takes_no_answers"):
        send(to=closed)


def test_a_challenge_closes_only_when_everybody_has_heard(session: Session, make: Make, now: datetime) -> None:
    owner = make.organisation(kind="partner")
    judge, entry = make.user(owner), make.challenge(owner)
    answer = make.answer(entry, make.organisation())
    for step, code in (
        (lambda: challenges.unpublish_challenge(session, judge, entry, now=now), "challenge_answered"),
        (
            lambda: challenges.close_challenge(session, judge, entry, ChallengeResult.NO_RESULT, EMPTY, now=now),
            "challenge_has_open_answers",
        ),
    ):
        with pytest.raises(Conflict, match=code):
            step()
    challenges.decline_answer(session, judge, answer, DeclineReason.TERMS, "", now=now)
    with pytest.raises(Invalid, match="no_answer_accepted"):
        challenges.close_challenge(session, judge, entry, ChallengeResult.SOLVED, EMPTY, now=now)
    challenges.close_challenge(session, judge, entry, ChallengeResult.NO_RESULT, EMPTY, now=now)
    with pytest.raises(Conflict, match="challenge_closed"):
        challenges.update_challenge(session, judge, entry, VALUES, now=now)


def test_a_third_side_never_learns_of_an_answer(session: Session, make: Make) -> None:
    owner, solver, third = make.organisation(), make.organisation(), make.organisation()
    answer = make.answer(make.challenge(owner), solver)
    assert challenges.find_answer(session, owner, answer.id) is answer
    assert challenges.find_answer(session, solver, answer.id) is answer
    with pytest.raises(NotFound):
        challenges.find_answer(session, third, answer.id)
