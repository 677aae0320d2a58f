"""What the page of a technology says beyond its card, each part at the level of its reader.

Entry level: whoever may read the entry. `details`: verified members. `confidential`: the two sides of a request about
this technology that was accepted and has not ended. Nobody else, coordinators included.
"""

import itertools
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from models import ExpressionOfInterest, Technology, TechnologyPicture, TechnologyVersion, User
from models.errors import NotFound
from models.states import INTEREST, reachable
from models.technologies import Owner, PriceBasis
from models.texts import Bilingual
from models.types import InterestState, ProfileState, SupplyState, TransferForm, Visibility
from network.queries import visible
from network.services.freshness import NOTICE, QUARTER
from network.services.pictures import SMALL_SIDE
from network.services.versions import FIELDS, Level, changed

SHARING = reachable(INTEREST, InterestState.ACCEPTED) - {InterestState.ENDED}
"""States in which both sides have agreed to talk, and still do or have come to a result."""

LATEST_CHANGES = 10


@dataclass(frozen=True)
class PictureRef:
    """`described`: in both languages; others see only such pictures. Sizes in points, of the small one too."""

    id: int
    digest: str
    alt: Bilingual
    width: int
    height: int
    small_width: int
    small_height: int
    described: bool


@dataclass(frozen=True)
class Price:
    basis: PriceBasis | None
    low: int | None
    high: int | None
    note: Bilingual

    def __bool__(self) -> bool:
        return bool(self.basis or self.note)


@dataclass(frozen=True)
class Change:
    """A change that others could read: when, and the names of what this reader may read of it."""

    number: int
    at: datetime
    names: tuple[str, ...]


@dataclass(frozen=True)
class Freshness:
    """How long ago the owner last said that all is right. `due`: asked for again; `stale`: overdue, and said so."""

    confirmed_at: datetime
    confirm_by: datetime
    due: bool
    stale: bool


@dataclass(frozen=True)
class TechnologyFacts:
    """`confidential` is None for all but the two sides; `has_confidential` says that there is something.

    `freshness` is None where nobody of the owner is here, and for what is not published.
    """

    evidence: Bilingual
    ready_for: Bilingual
    ip_number: str | None
    owners: tuple[Owner, ...]
    transfer_forms: tuple[TransferForm, ...]
    price: Price
    pictures: tuple[PictureRef, ...]
    confidential: Bilingual | None
    has_confidential: bool
    freshness: Freshness | None
    changes: tuple[Change, ...]


def loads() -> tuple[ORMOption, ...]:
    """What `facts` looks at beside the columns: three statements, however many technologies."""
    rows = (Technology.owner_rows, Technology.other_forms, Technology.pictures)
    return tuple(selectinload(each) for each in rows)


def facts(session: Session, viewer: User | None, technology: Technology) -> TechnologyFacts:
    """At most two statements."""
    own = viewer is not None and viewer.membership_of(technology.organisation_id) is not None
    confidential = technology.confidential or Bilingual()
    shared = own or (bool(confidential) and shares_confidence(session, viewer, technology))
    pictures = map(picture_ref, technology.pictures)
    return TechnologyFacts(
        technology.evidence or Bilingual(),
        technology.ready_for or Bilingual(),
        technology.ip_number,
        technology.owners,
        technology.transfer_forms,
        Price(
            technology.price_basis, technology.price_low, technology.price_high, technology.price_note or Bilingual()
        ),
        tuple(picture for picture in pictures if picture.described),
        confidential if shared else None,
        bool(confidential),
        freshness(technology),
        _changes(session, viewer, technology, own, shared),
    )


def freshness(technology: Technology, now: datetime | None = None) -> Freshness | None:
    """`due` needs the time; without it only what was marked counts."""
    owner_here = technology.organisation.state in (ProfileState.CLAIMED, ProfileState.VERIFIED)
    if technology.state is not SupplyState.PUBLISHED or not owner_here:
        return None
    last = technology.last_confirmed
    due = now is not None and last <= now - QUARTER + NOTICE
    return Freshness(last, last + QUARTER, due, technology.stale_at is not None)


def shares_confidence(session: Session, viewer: User | None, technology: Technology) -> bool:
    """Whether the reader belongs to the other side of an accepted request about this technology. One statement."""
    own = visible.own_organisations(viewer)
    if not own:
        return False
    sides = (ExpressionOfInterest.from_organisation_id, ExpressionOfInterest.to_organisation_id)
    found = sa.select(ExpressionOfInterest.id).where(
        ExpressionOfInterest.technology_id == technology.id,
        ExpressionOfInterest.state.in_(SHARING),
        sa.or_(*(side.in_(own) for side in sides)),
    )
    return session.scalar(found.limit(1)) is not None


def readable_names(*, own: bool, members: bool, shared: bool) -> frozenset[str]:
    """The names of a content that a reader may know of."""
    levels = {
        Level.ENTRY,
        *([Level.MEMBERS] if own or members else ()),
        *([Level.CONFIDENTIAL] if own or shared else ()),
        *([Level.OWNER] if own else ()),
    }
    return frozenset(name for name, level in FIELDS.items() if level in levels)


def _changes(
    session: Session, viewer: User | None, technology: Technology, own: bool, shared: bool
) -> tuple[Change, ...]:
    """The latest changes, newest first, without those of a time when the reader might not have read the entry."""
    members = visible.details(viewer, technology.organisation_id)
    names = readable_names(own=own, members=members, shared=shared)
    latest = (
        sa.select(TechnologyVersion.number, TechnologyVersion.at, TechnologyVersion.content)
        .where(TechnologyVersion.technology_id == technology.id)
        .order_by(TechnologyVersion.number.desc())
        .limit(LATEST_CHANGES + 1)
    )
    rows = [(n, at, content) for n, at, content in session.execute(latest) if members or own or _public(content)]
    found = []
    for (number, at, after), (_n, _at, before) in itertools.pairwise(rows):
        told = tuple(name for name in changed(before, after) if name in names)
        if told:
            found.append(Change(number, at, told))
    return tuple(found)


def _public(content: dict[str, object]) -> bool:
    return content.get("visibility") == Visibility.PUBLIC.value


def picture_ref(picture: TechnologyPicture) -> PictureRef:
    scale = min(1.0, SMALL_SIDE / max(picture.width, picture.height))
    small = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    alt = picture.alt or Bilingual()
    return PictureRef(picture.id, picture.digest, alt, picture.width, picture.height, *small, picture.described)


def picture_content(session: Session, viewer: User | None, technology_id: int, digest: str, *, small: bool) -> bytes:
    """The picture itself, for whoever may read the technology. Raises NotFound for everybody else. One statement."""
    column: InstrumentedAttribute[bytes] = TechnologyPicture.small if small else TechnologyPicture.content
    columns = TechnologyPicture.__table__.c
    described = sa.and_(columns.alt_vi.is_not(None), columns.alt_en.is_not(None))
    own = Technology.organisation_id.in_(visible.own_organisations(viewer))
    found = (
        sa.select(column)
        .join(TechnologyPicture.technology)
        .where(
            TechnologyPicture.technology_id == technology_id,
            TechnologyPicture.digest == digest,
            visible.entry(Technology, viewer),
            sa.or_(described, own),
        )
    )
    content = session.scalar(found)
    if content is None:
        raise NotFound
    return content
