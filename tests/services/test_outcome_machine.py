"""Whatever two sides try in whatever order: what counts was said by one and confirmed by the other, and stays so."""

from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import Agreement, Outcome
from models.connections import standing
from models.errors import DomainError
from models.outcomes import DisputeReason, OutcomeKind, OutcomeState
from models.states import INTEREST, OUTCOME
from models.types import InterestState
from network.services import outcomes
from tests.factories import NOW, Make
from tests.services.talks import Talk, begin, values

STEPS = ("propose", "confirm", "dispute", "withdraw", "correct", "annul", "publish")
tries = st.lists(
    st.tuples(st.sampled_from(STEPS), st.booleans(), st.integers(0, 5), st.sampled_from(OutcomeKind)), max_size=25
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries)
def test_no_order_of_steps_breaks_what_must_hold(session: Session, make: Make, tmp_path: Path, tried: Any) -> None:
    example = session.begin_nested()
    try:
        talk = begin(session, make, tmp_path, InterestState.AGREED)
        make.agreement(talk.interest, talk.startup)
        said: dict[int, tuple[Any, ...]] = {}
        for step, ours, which, kind in tried:
            before = _states(talk)
            try:
                with session.begin_nested():
                    _take(talk, step, talk.ours if ours else talk.theirs, which, kind)
            except DomainError:
                session.expire_all()
                assert _states(talk) == before
                continue
            _check(talk, before, said)
    finally:
        example.rollback()


def _all(talk: Talk) -> list[Outcome]:
    talk.session.flush()
    return talk.session.query(Outcome).filter_by(interest_id=talk.interest.id).order_by(Outcome.id).all()


def _states(talk: Talk) -> tuple[InterestState, dict[int, OutcomeState]]:
    return talk.interest.state, {outcome.id: outcome.state for outcome in _all(talk)}


def _take(talk: Talk, step: str, actor: Any, which: int, kind: OutcomeKind) -> None:
    by, more = talk.by(actor), {"publish": True, "confirm_days": 14, **talk.kept}
    if step == "propose":
        outcomes.propose(*by, talk.interest, values(kind=kind), **more)
        return
    found = _all(talk)
    if not found:
        return
    outcome = found[which % len(found)]
    if step == "confirm":
        outcomes.confirm(*by, outcome, publish=True, now=NOW)
    elif step == "dispute":
        outcomes.dispute(*by, outcome, DisputeReason.OTHER_DATE, now=NOW)
    elif step == "withdraw":
        outcomes.withdraw(*by, outcome, now=NOW)
    elif step == "publish":
        outcomes.set_publication(*by, outcome, which % 2 == 0, now=NOW)
    else:
        outcomes.correct(*by, outcome, None if step == "annul" else values(kind=kind), "It was wrong.", **more)


def _check(talk: Talk, before: tuple[InterestState, dict[int, OutcomeState]], said: dict[int, tuple[Any, ...]]) -> None:
    found = _all(talk)
    for outcome in found:
        facts = tuple(getattr(outcome, name) for name in Outcome.FACTS)
        assert said.setdefault(outcome.id, facts) == facts
        old = before[1].get(outcome.id)
        assert old is None or old is outcome.state or outcome.state in OUTCOME[old]
        if outcome.state is OutcomeState.CONFIRMED:
            assert outcome.settled_by is not None
            assert outcome.settled_by.membership_of(outcome.organisation_id) is None
        if outcome.published:
            assert not outcome.annuls
    replaced = Counter(
        o.corrects_id for o in found if o.corrects_id and o.state in (OutcomeState.CONFIRMED, OutcomeState.CORRECTED)
    )
    by_id = {outcome.id: outcome for outcome in found}
    assert all(number == 1 for number in replaced.values())
    assert {o.id for o in found if o.state is OutcomeState.CORRECTED} == {
        number for number in replaced if by_id[number].state is OutcomeState.CORRECTED
    }
    waiting = Counter(o.corrects_id for o in found if o.corrects_id and o.state is OutcomeState.PROPOSED)
    assert all(number == 1 for number in waiting.values())
    agreements = talk.session.query(Agreement).filter_by(interest_id=talk.interest.id)
    assert talk.interest.state is standing(agreements, found)
    assert talk.interest.state is before[0] or talk.interest.state in INTEREST[before[0]]
