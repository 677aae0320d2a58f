"""Which entries a reader may read at all, as SQL conditions. The one place where visibility is decided for lists.

Public entries are for everybody. Those for members are for verified members, their owners and coordinators. Entries
that are not published are for their owners only. Nothing of a suspended organisation is shown, except to coordinators.
"""

import sqlalchemy as sa

from models import (
    Challenge,
    Event,
    Exhibit,
    ExpressionOfInterest,
    Need,
    Offer,
    Organisation,
    Programme,
    Stand,
    Technology,
    User,
)
from models.types import ChallengeState, EventState, NeedState, ProfileState, SupplyState, Visibility

Condition = sa.ColumnElement[bool]


def clearance(viewer: User | None) -> Visibility:
    """The highest level this reader may read."""
    return Visibility.MEMBERS if viewer is not None and viewer.verified_member else Visibility.PUBLIC


def own_organisations(viewer: User | None) -> list[int]:
    return [m.organisation_id for m in viewer.memberships] if viewer else []


def _level(entity: type[Need] | type[Offer] | type[Technology], viewer: User | None) -> Condition:
    if clearance(viewer) is Visibility.MEMBERS:
        return sa.true()
    return entity.visibility == Visibility.PUBLIC


def _published(entity: type[Need] | type[Offer] | type[Technology]) -> Condition:
    if entity is Need:
        return Need.state.in_((NeedState.PUBLISHED, NeedState.MATCHED))
    return entity.state == SupplyState.PUBLISHED


def organisations(viewer: User | None) -> Condition:
    if viewer is not None and viewer.coordinates:
        return sa.true()
    return Organisation.state != ProfileState.SUSPENDED


def entries(entity: type[Need] | type[Offer] | type[Technology], viewer: User | None) -> Condition:
    """Published entries that this reader may read, for lists. Their organisation must not be suspended."""
    owner_shown = entity.organisation.has(organisations(viewer))
    return sa.and_(_published(entity), _level(entity, viewer), owner_shown)


def entry(entity: type[Need] | type[Offer] | type[Technology], viewer: User | None) -> Condition:
    """Entries whose page this reader may open: the published ones and, in any state, those of the own organisations."""
    return sa.or_(entries(entity, viewer), entity.organisation_id.in_(own_organisations(viewer)))


def programmes(viewer: User | None) -> Condition:
    """Published programmes: those of bodies outside the directory, and those of organisations shown in it."""
    shown = sa.or_(Programme.organisation_id.is_(None), Programme.organisation.has(organisations(viewer)))
    return sa.and_(Programme.state == SupplyState.PUBLISHED, shown)


def programme(viewer: User | None) -> Condition:
    """Programmes whose page this reader may open: the published ones and, in any state, those of the own centres."""
    return sa.or_(programmes(viewer), Programme.organisation_id.in_(own_organisations(viewer)))


def challenges(viewer: User | None) -> Condition:
    """Challenges for lists: everything but drafts, unless the owner is suspended."""
    return sa.and_(Challenge.state != ChallengeState.DRAFT, Challenge.organisation.has(organisations(viewer)))


def events(viewer: User | None) -> Condition:
    """Events for lists: those that take place and those called off, unless their host is suspended."""
    return sa.and_(Event.state != EventState.DRAFT, Event.organisation.has(organisations(viewer)))


def exhibits(viewer: User | None) -> Condition:
    """Exhibits of which the technology may be read, or the enterprise is not suspended."""
    technology = Exhibit.technology.has(entries(Technology, viewer))
    return sa.or_(technology, Exhibit.organisation.has(organisations(viewer)))


def stands(viewer: User | None) -> Condition:
    """Stands on which something is to be seen, unless their centre is suspended."""
    something = sa.select(Exhibit.id).where(Exhibit.stand_id == Stand.id, exhibits(viewer))
    return sa.and_(Stand.organisation.has(organisations(viewer)), something.exists())


def interests(viewer: User | None) -> Condition:
    """Expressions of interest of which this reader may know: those of the own organisations, for coordinators all."""
    if viewer is not None and viewer.coordinates:
        return ExpressionOfInterest.sent_at.is_not(None)
    own = own_organisations(viewer)
    sides = (ExpressionOfInterest.from_organisation_id, ExpressionOfInterest.to_organisation_id)
    return sa.and_(ExpressionOfInterest.sent_at.is_not(None), sa.or_(*(side.in_(own) for side in sides)))


def details(viewer: User | None, organisation_id: int) -> bool:
    """Whether this reader may read the details of a readable entry of that organisation."""
    return clearance(viewer) is Visibility.MEMBERS or organisation_id in own_organisations(viewer)
