"""Needs as others read them: the board of published ones, and one need at the reader's level."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm import join as orm_join

from matching.matches import SUPPLIERS
from models import Membership, Need, NeedKind, User
from models.errors import NotFound
from models.needs import need_field
from models.texts import Bilingual
from models.types import MembershipRole, OfferKind, ProfileState, Stage
from network.queries import visible
from network.queries.cards import NeedCard, OrganisationRef, need_card, organisation_ref
from network.queries.facets import Criteria, Listing, Narrowing, equals, has_words, in_field
from network.queries.paging import paginate

LOADED = (joinedload(Need.organisation), selectinload(Need.fields), selectinload(Need.wanted))


@dataclass(frozen=True, kw_only=True)
class NeedCriteria(Criteria):
    """`help` is the kind of help looked for."""

    help: OfferKind | None = None
    stage: Stage | None = None


@dataclass(frozen=True)
class NeedDetail:
    """`details` is None for readers who are not verified members; `has_details` says that there is something to read.

    `own` says that the reader belongs to the owner, `supplier` to somebody who could offer help; `helpers` are the
    organisations for which the reader may do so.
    """

    card: NeedCard
    budget_vnd: int | None
    details: Bilingual | None
    has_details: bool
    own: bool
    supplier: bool
    helpers: tuple[OrganisationRef, ...]


def narrow(session: Session, viewer: User | None, criteria: NeedCriteria) -> Narrowing:
    """The needs that this reader may see and has chosen."""
    chosen = {
        "visible": visible.entries(Need, viewer),
        "q": has_words(Need.folded, criteria.q),
        "help": Need.wanted.any(NeedKind.kind == criteria.help) if criteria.help else None,
        "field": in_field(Need.fields, criteria.field),
        "stage": equals(Need.stage, criteria.stage),
        "provenance": equals(Need.provenance, criteria.provenance),
    }
    return Narrowing(session, Need, chosen)


def board(session: Session, viewer: User | None, criteria: NeedCriteria, number: int) -> Listing[NeedCard]:
    """Published needs, newest first. Nine statements: the page with what belongs to it (4), and the facets (5)."""
    narrowing = narrow(session, viewer, criteria)
    by_kind = Narrowing(session, orm_join(Need, NeedKind), narrowing.conditions)
    found = sa.select(Need).where(*narrowing.where()).options(*LOADED)
    page = paginate(session, found.order_by(Need.published_at.desc(), Need.id.desc()), number, need_card)
    facets = (
        by_kind.words("help", NeedKind.kind, OfferKind, criteria.help),
        narrowing.fields(Need.id, need_field, criteria.field),
        narrowing.words("stage", Need.stage, Stage, criteria.stage),
    )
    return Listing(criteria, page, facets)


def detail(session: Session, viewer: User | None, need_id: int) -> NeedDetail:
    """Three statements. Raises NotFound for a need that this reader may not read."""
    found = sa.select(Need).where(Need.id == need_id, visible.entry(Need, viewer)).options(*LOADED)
    need = session.scalar(found)
    if need is None:
        raise NotFound
    own = viewer is not None and viewer.membership_of(need.organisation_id) is not None
    cleared = visible.details(viewer, need.organisation_id)
    details = need.details or Bilingual()
    supplying = [] if own else _supplying(viewer)
    return NeedDetail(
        need_card(need),
        need.budget_vnd,
        details if cleared else None,
        bool(details),
        own,
        bool(supplying),
        tuple(organisation_ref(m.organisation) for m in supplying if m.role is MembershipRole.MANAGER),
    )


def _supplying(viewer: User | None) -> list[Membership]:
    """What the reader is in organisations that can give help."""
    return [
        m
        for m in (viewer.memberships if viewer else [])
        if m.organisation.kind in SUPPLIERS and m.organisation.state is not ProfileState.SUSPENDED
    ]
