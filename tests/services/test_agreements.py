"""Agreements: recorded by one side, open to objection, and what they do to the need and to everybody else who waits."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from models import Agreement, Attachment, ConnectionStep, Job, Match
from models.agreements import AgreementKind, AgreementState
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.threads import EndReason, StepKind
from models.types import CloseReason, DeclineReason, InterestState, MatchSide, MatchState, NeedState
from network.services import agreements, needs
from network.services.files import examine
from tests.factories import NOW
from tests.services.talks import DAY, SECRET, Talk


def record(
    talk: Talk, kind: AgreementKind | None = AgreementKind.MOU, day: date | None = DAY, **changes: Any
) -> Agreement:
    extra = {"note": SECRET, "object_days": 14, **talk.kept, **changes}
    return agreements.record(*talk.by(), talk.interest, kind, day, **extra)


def test_an_agreement_stands_at_once_and_the_need_is_matched(talk: Talk) -> None:
    agreement = record(talk, file=examine("mou.pdf", b"%PDF-1.7"))
    assert (agreement.state, agreement.object_by) == (AgreementState.RECORDED, NOW + timedelta(days=14))
    assert (talk.interest.state, talk.interest.need.state) == (InterestState.AGREED, NeedState.MATCHED)
    assert talk.session.scalars(sa.select(Attachment.agreement_id)).all() == [agreement.id]
    assert talk.mails() == [(talk.theirs.email, "agreement_recorded")]
    assert talk.actions() == ["agreement.record", "need.match"]
    assert talk.steps() == ["agreement_recorded"]
    assert SECRET not in talk.told()
    key = f"need:{talk.interest.need_id}"
    assert ("embed", key) in [tuple(row) for row in talk.session.execute(sa.select(Job.kind, Job.key))]


@pytest.mark.parametrize(
    ("kind", "day", "code"),
    [
        (None, DAY, "agreement_kind_missing"),
        (AgreementKind.NDA, None, "day_missing"),
        (AgreementKind.NDA, NOW.date() + timedelta(days=1), "date_in_future"),
        (AgreementKind.NDA, NOW.date() - timedelta(days=31), "before_the_request"),
    ],
)
def test_what_cannot_be_so_is_refused(talk: Talk, kind: AgreementKind | None, day: date | None, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        record(talk, kind, day)
    assert talk.make.count(Agreement) == 0


def test_the_day_of_the_request_and_today_are_possible_and_the_same_twice_is_not(talk: Talk) -> None:
    for day in (NOW.date() - timedelta(days=30), NOW.date()):
        record(talk, day=day)
    with pytest.raises(Conflict, match="agreement_recorded"):
        record(talk, day=NOW.date())


def test_the_other_side_objects_with_a_reason_and_in_time(talk: Talk) -> None:
    agreement = record(talk)
    with pytest.raises(NotPermitted, match="own_agreement"):
        agreements.object_to(*talk.by(), agreement, "No", now=NOW)
    with pytest.raises(Invalid, match="objection_missing"):
        agreements.object_to(*talk.by(talk.theirs), agreement, " ", now=NOW)
    with pytest.raises(Conflict, match="objection_too_late"):
        agreements.object_to(*talk.by(talk.theirs), agreement, "No", now=NOW + timedelta(days=14))
    agreements.object_to(*talk.by(talk.theirs), agreement, "We did not sign it.", now=NOW)
    assert (agreement.state, agreement.objection) == (AgreementState.OBJECTED, "We did not sign it.")
    assert (talk.interest.state, talk.interest.need.state) == (InterestState.IN_DISCUSSION, NeedState.PUBLISHED)
    assert talk.mails()[-1] == (talk.ours.email, "agreement_objected")
    with pytest.raises(Conflict):
        agreements.object_to(*talk.by(talk.theirs), agreement, "Again", now=NOW)


def test_the_recording_side_takes_it_back_in_time(talk: Talk) -> None:
    agreement, other = record(talk), record(talk, AgreementKind.NDA)
    with pytest.raises(NotPermitted, match="their_agreement"):
        agreements.take_back(*talk.by(talk.theirs), agreement, now=NOW)
    with pytest.raises(Conflict, match="take_back_too_late"):
        agreements.take_back(*talk.by(), agreement, now=NOW + timedelta(days=14))
    agreements.take_back(*talk.by(), agreement, now=NOW)
    assert (talk.interest.state, talk.interest.need.state) == (InterestState.AGREED, NeedState.MATCHED)
    agreements.take_back(*talk.by(), other, now=NOW)
    assert (talk.interest.state, talk.interest.need.state) == (InterestState.IN_DISCUSSION, NeedState.PUBLISHED)
    assert [template for _, template in talk.mails()[-2:]] == ["agreement_taken_back"] * 2


def test_an_agreement_of_another_connection_is_not_found(talk: Talk, agreed: Talk) -> None:
    agreement = agreed.session.scalars(sa.select(Agreement)).one()
    with pytest.raises(NotFound):
        agreements.find(talk.session, talk.interest, agreement.id)
    assert agreements.find(talk.session, agreed.interest, agreement.id) is agreement


def test_looking_for_more_help_is_respected_until_the_next_agreement(talk: Talk) -> None:
    record(talk)
    need = talk.interest.need
    needs.publish_need(talk.session, talk.ours, need, now=NOW)
    agreement = record(talk, AgreementKind.RESEARCH)
    assert need.state is NeedState.MATCHED
    needs.publish_need(talk.session, talk.ours, need, now=NOW)
    agreements.take_back(*talk.by(), agreement, now=NOW)
    assert need.state is NeedState.PUBLISHED


def test_met_in_the_network_needs_an_agreement(talk: Talk) -> None:
    need = talk.interest.need
    with pytest.raises(Invalid, match="met_without_agreement"):
        needs.close_need(talk.session, talk.ours, need, CloseReason.MET_IN_NETWORK, now=NOW)
    record(talk)
    needs.close_need(talk.session, talk.ours, need, CloseReason.MET_IN_NETWORK, now=NOW)
    assert need.state is NeedState.CLOSED


@pytest.mark.parametrize("reason", [CloseReason.MET_IN_NETWORK, CloseReason.MET_ELSEWHERE])
def test_whoever_still_waits_about_a_met_need_is_told_and_waits_no_longer(talk: Talk, reason: CloseReason) -> None:
    make, need = talk.make, talk.interest.need
    record(talk)
    people = {}
    found = {}
    for name, state, asks in (
        ("asked", InterestState.SENT, False),
        ("asks", InterestState.SENT, True),
        ("talks", InterestState.IN_DISCUSSION, False),
        ("no", InterestState.DECLINED, False),
    ):
        side = make.organisation(name, "institute")
        people[name] = make.user(side)
        sides = {"from_organisation": side} if asks else {}
        declined = {"decline_reason": DeclineReason.TERMS} if state is InterestState.DECLINED else {}
        found[name] = make.interest(need, talk.startup if asks else side, state=state, **sides, **declined)
    supplier = found["asks"].from_organisation
    match = Match(need=need, organisation=supplier, side=MatchSide.SUPPLIER, score=0.5, policy="test")
    match.state = MatchState.INTEREST
    make.session.add(match)
    before = len(talk.mails())
    needs.close_need(talk.session, talk.ours, need, reason, now=NOW)
    assert {name: interest.state for name, interest in found.items()} == {
        "asked": InterestState.WITHDRAWN,
        "asks": InterestState.DECLINED,
        "talks": InterestState.ENDED,
        "no": InterestState.DECLINED,
    }
    assert found["asks"].decline_reason is DeclineReason.OTHER_PARTNER
    assert match.state is MatchState.DECLINED
    step = talk.session.scalars(sa.select(ConnectionStep).where(ConnectionStep.kind == StepKind.ENDED)).one()
    assert (step.interest_id, step.reason) == (found["talks"].id, EndReason.NEED_MET)
    told = [(people[name].email, "need_met") for name in ("asked", "asks", "talks")]
    assert talk.mails()[before:] == told
    assert talk.interest.state is InterestState.AGREED


@pytest.mark.parametrize("reason", [CloseReason.WITHDRAWN, CloseReason.EXPIRED])
def test_a_need_closed_otherwise_leaves_the_answer_to_people(talk: Talk, reason: CloseReason) -> None:
    interest = talk.make.interest(talk.interest.need, talk.make.organisation(kind="centre"))
    needs.close_need(talk.session, talk.ours, talk.interest.need, reason, now=NOW)
    assert (interest.state, talk.interest.state) == (InterestState.SENT, InterestState.IN_DISCUSSION)
