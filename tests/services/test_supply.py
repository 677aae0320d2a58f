"""Offers and technologies: drafted by members, published and withdrawn by managers."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Job, Offer, Technology, User
from models.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from models.states import SUPPLY
from models.texts import Bilingual
from models.types import (
    MembershipRole,
    OfferKind,
    OrganisationKind,
    ProfileState,
    Provenance,
    SupplyState,
    Visibility,
)
from network.services import supply
from tests.factories import Make

Entity = type[Offer] | type[Technology]
BOTH = pytest.mark.parametrize("entity", [Offer, Technology])


def values(entity: Entity, **changes: Any) -> dict[str, Any]:
    shared: dict[str, Any] = {
        "title": Bilingual(None, "  A   quiet room "),
        "summary": Bilingual("", " Line one\r\nline two "),
        "visibility": Visibility.PUBLIC,
    }
    own = {"kind": OfferKind.LAB, "capacity": 3} if entity is Offer else {"trl": 6}
    return {**shared, **own, **changes}


def entry_of(make: Make, entity: Entity, organisation: Any, **changes: Any) -> Any:
    maker = make.offer if entity is Offer else make.technology
    return maker(organisation, **changes)


def actions(session: Session) -> list[str]:
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))


@BOTH
def test_a_member_drafts_and_a_manager_publishes_takes_back_and_withdraws(
    session: Session, make: Make, now: datetime, entity: Entity
) -> None:
    make.field("205")
    institute = make.organisation(kind="institute")
    member = make.user(institute, membership=MembershipRole.MEMBER)
    manager = make.user(institute)
    entry: Any = supply.create(session, member, entity, institute, values(entity), ["205"], now=now)
    session.flush()
    session.expire_all()
    assert entry.state is SupplyState.DRAFT
    assert entry.title == Bilingual(None, "A quiet room")
    assert entry.summary == Bilingual(None, "Line one\nline two")
    assert [field.code for field in entry.fields] == ["205"]
    assert supply.publish(session, manager, entry, now=now).state is SupplyState.PUBLISHED
    assert supply.unpublish(session, manager, entry, now=now).state is SupplyState.DRAFT
    assert supply.withdraw(session, manager, entry, now=now).state is SupplyState.WITHDRAWN
    assert supply.unpublish(session, manager, entry, now=now).state is SupplyState.DRAFT
    word = "offer" if entity is Offer else "technology"
    assert actions(session) == [f"{word}.{verb}" for verb in ("create", "published", "draft", "withdrawn", "draft")]
    jobs = session.scalars(sa.select(Job.key).where(Job.key.startswith(word))).all()
    assert jobs == [f"{word}:{entry.id}"] * 4


@BOTH
@pytest.mark.parametrize(
    ("changes", "fields", "code"),
    [
        ({"title": Bilingual(" ", None)}, [], "title_missing"),
        ({"summary": Bilingual(None, "  ")}, [], "summary_missing"),
        ({"summary": Bilingual("Chỉ tiếng Việt", None)}, [], "languages_apart"),
        ({}, ["999"], "unknown_field"),
    ],
)
def test_what_is_missing_is_refused_and_changes_nothing(
    session: Session, make: Make, now: datetime, entity: Entity, changes: dict[str, Any], fields: list[str], code: str
) -> None:
    institute = make.organisation(kind="institute")
    manager = make.user(institute)
    with pytest.raises(Invalid) as refused:
        supply.create(session, manager, entity, institute, values(entity, **changes), fields, now=now)
    assert refused.value.code == code
    session.flush()
    assert make.count(entity) == 0
    entry = entry_of(make, entity, institute, title="As it was")
    with pytest.raises(Invalid):
        supply.update(session, manager, entry, values(entity, **changes), fields, now=now)
    assert entry.title.en == "As it was"
    assert not session.dirty


@BOTH
@pytest.mark.parametrize("kind", list(OrganisationKind))
def test_only_some_kinds_offer_and_only_institutes_list_technologies(
    session: Session, make: Make, now: datetime, entity: Entity, kind: OrganisationKind
) -> None:
    organisation = make.organisation(kind=kind.value)
    manager = make.user(organisation)
    allowed = kind is OrganisationKind.INSTITUTE or (entity is Offer and kind is not OrganisationKind.STARTUP)
    if allowed:
        assert supply.create(session, manager, entity, organisation, values(entity), [], now=now)
        return
    with pytest.raises(NotFound):
        supply.create(session, manager, entity, organisation, values(entity), [], now=now)


STEPS: dict[str, tuple[Any, SupplyState]] = {
    "publish": (supply.publish, SupplyState.PUBLISHED),
    "unpublish": (supply.unpublish, SupplyState.DRAFT),
    "withdraw": (supply.withdraw, SupplyState.WITHDRAWN),
}


@BOTH
@pytest.mark.parametrize("role", ["manager", "member", "stranger", "coordinator"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", list(SupplyState))
def test_every_step_in_every_state_by_every_role(
    session: Session, make: Make, now: datetime, entity: Entity, state: SupplyState, step: str, role: str
) -> None:
    institute = make.organisation(kind="institute")
    entry = entry_of(make, entity, institute, state=state)
    actor = _actor(make, institute, role)
    act, target = STEPS[step]
    expected: type[DomainError] | None = None
    if role != "manager":
        expected = NotPermitted
    elif target not in SUPPLY[state]:
        expected = Conflict
    if expected is None:
        assert act(session, actor, entry, now=now).state is target
        return
    with pytest.raises(expected):
        act(session, actor, entry, now=now)
    assert entry.state is state
    assert actions(session) == []


def _actor(make: Make, organisation: Any, role: str) -> User:
    if role == "coordinator":
        return make.coordinator()
    if role == "stranger":
        return make.user(make.organisation(kind="institute"))
    return make.user(organisation, membership=MembershipRole(role))


@BOTH
@pytest.mark.parametrize("state", list(SupplyState))
def test_members_rewrite_drafts_and_managers_everything(
    session: Session, make: Make, now: datetime, entity: Entity, state: SupplyState
) -> None:
    institute = make.organisation(kind="institute")
    entry = entry_of(make, entity, institute, state=state)
    member = _actor(make, institute, "member")
    if state is SupplyState.DRAFT:
        assert supply.update(session, member, entry, values(entity), [], now=now).title.en == "A quiet room"
    else:
        with pytest.raises(NotPermitted):
            supply.update(session, member, entry, values(entity), [], now=now)
    changed = supply.update(session, _actor(make, institute, "manager"), entry, values(entity), [], now=now)
    assert (changed.title.en, changed.state) == ("A quiet room", state)


@BOTH
@pytest.mark.parametrize("role", ["stranger", "coordinator"])
def test_strangers_write_nothing(session: Session, make: Make, now: datetime, entity: Entity, role: str) -> None:
    institute = make.organisation(kind="institute")
    entry, actor = entry_of(make, entity, institute), _actor(make, institute, role)
    with pytest.raises(NotPermitted):
        supply.create(session, actor, entity, institute, values(entity), [], now=now)
    with pytest.raises(NotPermitted):
        supply.update(session, actor, entry, values(entity), [], now=now)
    with pytest.raises(NotFound):
        supply.find_own(session, entity, make.organisation(kind="institute"), entry.id)


@BOTH
def test_a_suspended_organisation_writes_and_publishes_nothing_but_may_withdraw(
    session: Session, make: Make, now: datetime, entity: Entity
) -> None:
    institute = make.organisation(kind="institute", state=ProfileState.SUSPENDED)
    manager = make.user(institute)
    draft, shown = entry_of(make, entity, institute, state=SupplyState.DRAFT), entry_of(make, entity, institute)
    for refused in (
        lambda: supply.create(session, manager, entity, institute, values(entity), [], now=now),
        lambda: supply.update(session, manager, shown, values(entity), [], now=now),
        lambda: supply.publish(session, manager, draft, now=now),
    ):
        with pytest.raises(NotPermitted, match="suspended"):
            refused()
    assert supply.withdraw(session, manager, shown, now=now).state is SupplyState.WITHDRAWN


@BOTH
@pytest.mark.parametrize(
    ("owner", "before", "after"),
    [
        (Provenance.SELF_DECLARED, Provenance.PUBLIC_SOURCE, Provenance.SELF_DECLARED),
        (Provenance.ILLUSTRATIVE, Provenance.ILLUSTRATIVE, Provenance.ILLUSTRATIVE),
        (Provenance.SELF_DECLARED, Provenance.VERIFIED, Provenance.VERIFIED),
    ],
)
def test_where_the_words_come_from_is_kept_true(
    session: Session,
    make: Make,
    now: datetime,
    entity: Entity,
    owner: Provenance,
    before: Provenance,
    after: Provenance,
) -> None:
    institute = make.organisation(kind="institute", provenance=owner)
    manager = make.user(institute)
    entry = entry_of(make, entity, institute, provenance=before, uncertain=before is Provenance.PUBLIC_SOURCE)
    supply.update(session, manager, entry, values(entity), [], now=now)
    assert (entry.provenance, entry.uncertain) == (after, False)
    assert supply.create(session, manager, entity, institute, values(entity), [], now=now).provenance is owner
