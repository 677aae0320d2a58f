"""Outcomes: said by one side, confirmed or disputed by the other, counted only then, corrected and never edited."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from models import Attachment, AuditEvent, OutboxMail, Outcome
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.outcomes import DisputeReason, OutcomeKind, counted
from models.outcomes import OutcomeState as S
from models.types import InterestState as I
from network.services import outcomes
from network.services.files import examine
from network.services.outcome_deadlines import remind_and_escalate
from tests.factories import NOW
from tests.services.talks import DAY, SECRET, Talk, values


def propose(talk: Talk, publish: bool = False, **changes: Any) -> Outcome:
    return outcomes.propose(*talk.by(), talk.interest, values(**changes), publish=publish, confirm_days=14, **talk.kept)


def confirm(talk: Talk, outcome: Outcome, publish: bool = False) -> Outcome:
    user = talk.theirs if outcome.organisation_id == talk.startup.id else talk.ours
    return outcomes.confirm(*talk.by(user), outcome, publish=publish, now=NOW)


def correct(
    talk: Talk, outcome: Outcome, by: Any = None, annul: bool = False, publish: bool = False, **changes: Any
) -> Outcome:
    new = None if annul else values(**{"happened_on": DAY + timedelta(days=1), **changes})
    extra = {"publish": publish, "confirm_days": 14, **talk.kept}
    return outcomes.correct(*talk.by(by), outcome, new, "The day was wrong.", **extra)


def counts(talk: Talk) -> list[int]:
    talk.session.flush()
    return list(talk.session.scalars(sa.select(Outcome.id).where(counted()).order_by(Outcome.id)))


def test_an_outcome_counts_when_both_sides_say_so(agreed: Talk) -> None:
    outcome = propose(agreed, file=examine("report.pdf", b"%PDF-1.7"))
    assert (outcome.state, outcome.confirm_by) == (S.PROPOSED, NOW + timedelta(days=14))
    assert (agreed.interest.state, counts(agreed)) == (I.OUTCOME_PROPOSED, [])
    confirm(agreed, outcome)
    assert (outcome.state, outcome.settled_by, outcome.settled_at) == (S.CONFIRMED, agreed.theirs, NOW)
    assert (agreed.interest.state, counts(agreed)) == (I.CONFIRMED, [outcome.id])
    assert agreed.session.scalars(sa.select(Attachment.outcome_id)).all() == [outcome.id]
    assert agreed.mails() == [(agreed.theirs.email, "outcome_proposed"), (agreed.ours.email, "outcome_confirmed")]
    assert agreed.actions() == ["outcome.propose", "outcome.confirm"]
    assert agreed.steps() == ["outcome_proposed", "outcome_confirmed"]


def test_mails_and_audit_carry_neither_value_nor_evidence(agreed: Talk) -> None:
    outcome = propose(agreed)
    outcomes.dispute(*agreed.by(agreed.theirs), outcome, DisputeReason.OTHER_VALUE, SECRET, now=NOW)
    told = agreed.told()
    assert SECRET not in told
    assert "777" not in told
    data = agreed.session.scalars(sa.select(AuditEvent.data).order_by(AuditEvent.id)).all()
    about = {"interest_id": agreed.interest.id, "kind": "pilot"}
    assert data == [{**about, "reason": None}, {**about, "reason": "other_value"}]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": None}, "outcome_kind_missing"),
        ({"happened_on": None}, "day_missing"),
        ({"happened_on": NOW.date() + timedelta(days=1)}, "date_in_future"),
        ({"happened_on": date(2026, 10, 1)}, "before_the_request"),
        ({"evidence": "  "}, "evidence_missing"),
        ({"value_vnd": -1}, "value_below_zero"),
    ],
)
def test_what_could_not_be_checked_is_refused(agreed: Talk, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        propose(agreed, **changes)
    assert (agreed.make.count(Outcome), agreed.interest.state) == (0, I.AGREED)


def test_without_an_agreement_nothing_can_have_come_of_it(talk: Talk) -> None:
    with pytest.raises(Conflict):
        propose(talk)


def test_the_same_twice_is_one_too_many_until_it_is_withdrawn(agreed: Talk) -> None:
    outcome = propose(agreed)
    with pytest.raises(Conflict, match="outcome_proposed"):
        propose(agreed)
    outcomes.withdraw(*agreed.by(), outcome, now=NOW)
    assert agreed.interest.state is I.AGREED
    assert propose(agreed).state is S.PROPOSED


def test_the_proposing_side_neither_confirms_nor_disputes_and_the_other_does_not_withdraw(agreed: Talk) -> None:
    outcome = propose(agreed)
    for step in (
        lambda: outcomes.confirm(*agreed.by(), outcome, publish=True, now=NOW),
        lambda: outcomes.dispute(*agreed.by(), outcome, DisputeReason.NOT_YET, now=NOW),
    ):
        with pytest.raises(NotPermitted, match="own_outcome"):
            step()
    with pytest.raises(NotPermitted, match="their_outcome"):
        outcomes.withdraw(*agreed.by(agreed.theirs), outcome, now=NOW)
    assert (outcome.state, outcome.publish_other) == (S.PROPOSED, False)


def test_a_dispute_has_a_reason_and_can_be_settled_in_three_ways(agreed: Talk) -> None:
    first, second, third = (propose(agreed, kind=kind) for kind in list(OutcomeKind)[:3])
    with pytest.raises(Invalid, match="dispute_reason_missing"):
        outcomes.dispute(*agreed.by(agreed.theirs), first, None, now=NOW)
    for outcome in (first, second, third):
        outcomes.dispute(*agreed.by(agreed.theirs), outcome, DisputeReason.OTHER_DATE, "It was the 21st.", now=NOW)
    assert (agreed.interest.state, counts(agreed)) == (I.DISPUTED, [])
    outcomes.withdraw(*agreed.by(), first, now=NOW)
    assert agreed.interest.state is I.DISPUTED
    again = correct(agreed, second)
    assert (second.state, agreed.interest.state) == (S.DISPUTED, I.OUTCOME_PROPOSED)
    confirm(agreed, again)
    assert (second.state, counts(agreed)) == (S.CORRECTED, [again.id])
    confirm(agreed, third)
    assert (third.dispute_reason, counts(agreed)) == (DisputeReason.OTHER_DATE, [third.id, again.id])


def test_a_correction_changes_nothing_before_it_is_confirmed(agreed: Talk) -> None:
    old = confirm(agreed, propose(agreed))
    new = correct(agreed, old, by=agreed.theirs, value_vnd=900_000_000)
    assert (counts(agreed), agreed.interest.state) == ([old.id], I.CONFIRMED)
    assert agreed.mails()[-1] == (agreed.ours.email, "outcome_correction")
    with pytest.raises(Conflict, match="correction_waits"):
        correct(agreed, old)
    confirm(agreed, new)
    assert (old.state, counts(agreed)) == (S.CORRECTED, [new.id])
    assert (old.value_vnd, old.happened_on, new.corrects_id) == (777_000_000, DAY, old.id)
    assert correct(agreed, new, happened_on=DAY).corrects_id == new.id


def test_a_disputed_correction_leaves_the_old_one_counted(agreed: Talk) -> None:
    old = confirm(agreed, propose(agreed))
    new = correct(agreed, old)
    outcomes.dispute(*agreed.by(agreed.theirs), new, DisputeReason.OTHER_DATE, now=NOW)
    assert (old.state, new.state, counts(agreed), agreed.interest.state) == (
        S.CONFIRMED,
        S.DISPUTED,
        [old.id],
        I.CONFIRMED,
    )
    assert correct(agreed, old, by=agreed.theirs).state is S.PROPOSED


def test_what_never_was_is_annulled_by_both_sides(agreed: Talk) -> None:
    old = confirm(agreed, propose(agreed, publish=True), publish=True)
    new = correct(agreed, old, annul=True, publish=True)
    assert (new.annuls, new.publish_proposer, new.kind, counts(agreed)) == (True, False, old.kind, [old.id])
    confirm(agreed, new, publish=True)
    assert (old.state, counts(agreed), new.publish_other) == (S.CORRECTED, [], False)
    assert agreed.interest.state is I.AGREED
    for outcome in (old, new):
        with pytest.raises(Conflict):
            correct(agreed, outcome)


@pytest.mark.parametrize("state", [S.PROPOSED, S.WITHDRAWN, S.CORRECTED])
def test_only_what_was_confirmed_or_disputed_is_corrected(agreed: Talk, state: S) -> None:
    agreed.interest.state = I.OUTCOME_PROPOSED
    outcome = agreed.make.outcome(agreed.interest, agreed.startup, state=state)
    with pytest.raises(Conflict, match="not_correctable"):
        correct(agreed, outcome)


def test_a_correction_says_why_and_a_dispute_is_not_annulled(agreed: Talk) -> None:
    outcome = propose(agreed)
    outcomes.dispute(*agreed.by(agreed.theirs), outcome, DisputeReason.NOT_HAPPENED, now=NOW)
    with pytest.raises(Conflict, match="not_correctable"):
        correct(agreed, outcome, annul=True)
    with pytest.raises(Invalid, match="correction_reason_missing"):
        outcomes.correct(*agreed.by(), outcome, values(), " ", publish=False, confirm_days=14, **agreed.kept)


@pytest.mark.parametrize(
    "change", [{"kind": OutcomeKind.HIRE}, {"value_vnd": 1}, {"evidence": "Other"}, {"happened_on": date(2026, 11, 1)}]
)
@pytest.mark.parametrize("settled", [False, True])
def test_nobody_edits_what_was_said(agreed: Talk, change: dict[str, Any], settled: bool) -> None:
    outcome = propose(agreed)
    if settled:
        confirm(agreed, outcome)
    agreed.session.flush()
    for name, value in change.items():
        setattr(outcome, name, value)
    with pytest.raises(Conflict, match="facts_stay"):
        agreed.session.flush()


def test_the_database_keeps_the_rules_as_well(agreed: Talk) -> None:
    outcome = agreed.make.outcome(agreed.interest, agreed.startup, state=S.CONFIRMED)
    broken: tuple[dict[str, Any], ...] = (
        {"annuls": True},
        {"state": S.DISPUTED, "dispute_reason": None},
        {"value_vnd": -1},
        {"settled_at": NOW},
        {"corrects": outcome, "correction_reason": None},
    )
    for values_ in broken:
        with pytest.raises(IntegrityError), agreed.session.begin_nested():
            agreed.make.outcome(agreed.interest, agreed.startup, **values_)
    agreed.make.outcome(agreed.interest, agreed.startup, corrects=outcome)
    with pytest.raises(IntegrityError), agreed.session.begin_nested():
        agreed.make.outcome(agreed.interest, agreed.startup, corrects=outcome)


@pytest.mark.parametrize(("ours", "theirs", "shown"), [(1, 1, True), (1, 0, False), (0, 1, False), (0, 0, False)])
def test_it_is_shown_only_when_both_sides_agreed(agreed: Talk, ours: int, theirs: int, shown: bool) -> None:
    outcome = confirm(agreed, propose(agreed, publish=bool(ours)), publish=bool(theirs))
    assert outcome.published is shown


def test_each_side_changes_its_mind_about_publication(agreed: Talk) -> None:
    outcome = propose(agreed)
    with pytest.raises(Conflict):
        outcomes.set_publication(*agreed.by(), outcome, True, now=NOW)
    confirm(agreed, outcome)
    outcomes.set_publication(*agreed.by(), outcome, True, now=NOW)
    outcomes.set_publication(*agreed.by(agreed.theirs), outcome, True, now=NOW)
    assert outcome.published
    outcomes.set_publication(*agreed.by(agreed.theirs), outcome, False, now=NOW)
    assert not outcome.published
    contexts = agreed.session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "outcome_publication")).all()
    assert [(m.to, m.context["publish"], m.context["shown"]) for m in contexts] == [
        (agreed.theirs.email, True, False),
        (agreed.ours.email, True, True),
        (agreed.ours.email, False, False),
    ]


def test_an_outcome_of_another_connection_is_not_found(agreed: Talk, talk: Talk) -> None:
    outcome = propose(agreed)
    with pytest.raises(NotFound):
        outcomes.find(agreed.session, talk.interest, outcome.id)


def test_the_confirming_side_is_reminded_once_and_the_coordinators_are_told_once(agreed: Talk) -> None:
    coordinator = agreed.make.coordinator()
    outcome = propose(agreed)
    before = len(agreed.mails())
    for days, numbers in ((10, (0, 0)), (11, (1, 0)), (12, (0, 0)), (14, (0, 1)), (20, (0, 0))):
        assert remind_and_escalate(agreed.session, now=NOW + timedelta(days=days), remind_days=3) == numbers
    assert agreed.mails()[before:] == [
        (agreed.theirs.email, "outcome_reminder"),
        (coordinator.email, "outcome_late"),
        (agreed.theirs.email, "outcome_overdue"),
    ]
    assert agreed.steps() == ["outcome_proposed", "outcome_reminded", "outcome_late"]
    assert agreed.actions()[-2:] == ["outcome.remind", "outcome.escalate"]
    confirm(agreed, outcome)
    assert counts(agreed) == [outcome.id]


def test_what_is_answered_in_time_troubles_nobody(agreed: Talk) -> None:
    agreed.make.coordinator()
    confirm(agreed, propose(agreed))
    assert remind_and_escalate(agreed.session, now=NOW + timedelta(days=30), remind_days=3) == (0, 0)
