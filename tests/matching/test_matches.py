"""The matches kept for both sides of a need."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matching import matches
from matching.engine import Engine
from matching.explain import from_json
from matching.policy import PRIOR
from models import Match, Need
from models.jobs import enqueue_embedding
from models.texts import Bilingual
from models.types import (
    CloseReason,
    DeclineReason,
    MatchSide,
    MatchState,
    NeedState,
    ProfileState,
    SubjectKind,
    SupplyState,
    Visibility,
)
from tests.factories import Make

Index = Callable[[], int]
TEXT = "Salt spray test of a sensor"


def kept(session: Session, **conditions: Any) -> list[Match]:
    session.expire_all()
    return list(session.scalars(sa.select(Match).filter_by(**conditions).order_by(Match.id)))


def sides(session: Session, **conditions: Any) -> set[MatchSide]:
    return {match.side for match in kept(session, **conditions)}


def changed(session: Session, entity: Any, kind: SubjectKind, **values: Any) -> None:
    for name, value in values.items():
        setattr(entity, name, value)
    enqueue_embedding(session, kind, entity.id)


@pytest.fixture
def need(make: Make) -> Need:
    return make.need(make.organisation(), TEXT)


def test_a_fitting_supply_is_kept_for_both_sides(session: Session, make: Make, index: Index, need: Need) -> None:
    centre, institute = make.organisation(kind="centre"), make.organisation(kind="institute")
    offer, technology = make.offer(centre, TEXT), make.technology(institute, TEXT)
    make.offer(centre, "Trade mark advice")
    make.programme(centre, TEXT)
    index()
    for supplied, owner in (({"offer_id": offer.id}, centre), ({"technology_id": technology.id}, institute)):
        found = kept(session, **supplied)
        assert {match.side for match in found} == set(MatchSide)
        for match in found:
            assert (match.need_id, match.organisation_id, match.state) == (need.id, owner.id, MatchState.SUGGESTED)
            assert match.policy == PRIOR.name
            assert 0.28 <= match.score <= 1
            reasons, phrases = from_json(json.loads(json.dumps(match.reasons)))
            assert sum(reason.weight for reason in reasons) == pytest.approx(match.score, abs=1e-3)
            assert phrases
    assert {match.offer_id or match.technology_id for match in kept(session)} == {offer.id, technology.id}


def test_a_profile_is_kept_but_not_that_of_a_startup(session: Session, make: Make, index: Index, need: Need) -> None:
    enterprise = make.organisation(TEXT, kind="enterprise")
    make.organisation(TEXT, kind="startup")
    index()
    assert {match.organisation_id for match in kept(session)} == {enterprise.id}
    assert {(match.offer_id, match.technology_id) for match in kept(session)} == {(None, None)}


def test_members_only_supplies_are_for_verified_askers(session: Session, make: Make, index: Index) -> None:
    offer = make.offer(make.organisation(kind="centre"), TEXT, visibility=Visibility.MEMBERS)
    claimed = make.need(make.organisation(state=ProfileState.CLAIMED), TEXT)
    verified = make.need(make.organisation(), TEXT)
    index()
    assert sides(session, need_id=claimed.id, offer_id=offer.id) == {MatchSide.SUPPLIER}
    assert sides(session, need_id=verified.id, offer_id=offer.id) == set(MatchSide)


def test_members_only_needs_are_for_verified_suppliers(session: Session, make: Make, index: Index) -> None:
    claimed = make.offer(make.organisation(kind="centre", state=ProfileState.CLAIMED), TEXT)
    verified = make.offer(make.organisation(kind="centre"), TEXT)
    need = make.need(make.organisation(), TEXT, visibility=Visibility.MEMBERS)
    index()
    assert sides(session, need_id=need.id, offer_id=claimed.id) == {MatchSide.ASKER}
    assert sides(session, need_id=need.id, offer_id=verified.id) == set(MatchSide)


def test_a_new_supply_reaches_needs_that_were_there(session: Session, make: Make, index: Index, need: Need) -> None:
    index()
    assert kept(session) == []
    offer = make.offer(make.organisation(kind="centre"), TEXT)
    index()
    assert sides(session, need_id=need.id, offer_id=offer.id) == set(MatchSide)


@pytest.mark.parametrize("reason", ["withdrawn", "rewritten", "suspended"])
def test_what_no_longer_fits_goes(session: Session, make: Make, index: Index, need: Need, reason: str) -> None:
    centre = make.organisation("Lotus", kind="centre")
    offer = make.offer(centre, TEXT)
    index()
    assert kept(session)
    if reason == "withdrawn":
        changed(session, offer, SubjectKind.OFFER, state=SupplyState.WITHDRAWN)
    elif reason == "rewritten":
        other = Bilingual("Tư vấn nhãn hiệu", "Trade mark advice")
        changed(session, offer, SubjectKind.OFFER, title=other, summary=other)
    else:
        changed(session, centre, SubjectKind.ORGANISATION, state=ProfileState.SUSPENDED)
    index()
    assert kept(session) == []


def test_a_need_that_is_not_published_has_no_suggestions(
    session: Session, make: Make, index: Index, need: Need
) -> None:
    make.offer(make.organisation(kind="centre"), TEXT)
    index()
    assert kept(session)
    changed(session, need, SubjectKind.NEED, state=NeedState.CLOSED, close_reason=CloseReason.WITHDRAWN)
    index()
    assert kept(session) == []


@pytest.mark.parametrize("state", [MatchState.SHORTLISTED, MatchState.DISMISSED, MatchState.INTEREST])
def test_a_decision_stands(
    session: Session, make: Make, index: Index, need: Need, now: datetime, state: MatchState
) -> None:
    """It keeps its score and reasons, is not suggested again, and stays when the supply goes."""
    offer = make.offer(make.organisation(kind="centre"), TEXT)
    index()
    match = kept(session, offer_id=offer.id, side=MatchSide.ASKER)[0]
    match.state, match.score, match.decided_at = state, 0.123, now
    match.dismiss_reason = DeclineReason.TERMS if state is MatchState.DISMISSED else None
    changed(session, offer, SubjectKind.OFFER, summary=Bilingual(None, TEXT + " with certificate"))
    index()
    found = kept(session, offer_id=offer.id, side=MatchSide.ASKER)
    assert [(each.id, each.state, each.score) for each in found] == [(match.id, state, 0.123)]
    changed(session, offer, SubjectKind.OFFER, state=SupplyState.WITHDRAWN)
    index()
    assert [each.state for each in kept(session, offer_id=offer.id)] == [state]


def test_a_seen_match_stays_seen_and_follows_the_ranking(
    session: Session, make: Make, index: Index, need: Need
) -> None:
    offer = make.offer(make.organisation(kind="centre"), TEXT)
    index()
    match = kept(session, offer_id=offer.id, side=MatchSide.SUPPLIER)[0]
    before, match.state = match.score, MatchState.SEEN
    changed(
        session, offer, SubjectKind.OFFER, summary=Bilingual(None, "Salt spray, and a few other things of our house")
    )
    index()
    after = kept(session, offer_id=offer.id, side=MatchSide.SUPPLIER)[0]
    assert after.state is MatchState.SEEN
    assert after.score != before


def test_refresh_again_changes_nothing(
    session: Session, make: Make, index: Index, engine: Engine, need: Need, now: datetime
) -> None:
    make.offer(make.organisation(kind="centre"), TEXT)
    index()
    before = [(match.id, match.score, match.reasons) for match in kept(session)]
    assert matches.refresh(session, engine, need.id, now=now) == len(before)
    assert [(match.id, match.score, match.reasons) for match in kept(session)] == before
    assert matches.refresh(session, engine, 987654, now=now) == 0


def test_without_an_encoder_everything_stays(
    session: Session, make: Make, index: Index, need: Need, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.offer(make.organisation(kind="centre"), TEXT)
    index()
    before = len(kept(session))
    broken = Engine("hashing")
    monkeypatch.setattr(broken, "encoder", lambda _session: None)
    assert matches.refresh(session, broken, need.id, now=now) == 0
    assert len(kept(session)) == before > 0
