"""Needs as others read them: the board of published ones, and one need at the reader's level."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm import join as orm_join

from models import Need, NeedKind, User
from models.errors import NotFound
from models.needs import need_field
from models.texts import Bilingual
from models.types import OfferKind, OrganisationKind, ProfileState, Stage
from network.queries import visible
from network.queries.cards import NeedCard, OrganisationRef, need_card, organisation_ref
from network.queries.facets import Criteria, Listing, Narrowing, equals, has_words, in_field, one_of
from network.queries.paging import paginate

LOADED = (joinedload(Need.organisation), selectinload(Need.fields), selectinload(Need.wanted))


@dataclass(frozen=True, kw_only=True)
class NeedCriteria(Criteria):
    """`help` is the kind of help looked for."""

    help: OfferKind | None = one_of(OfferKind)
    stage: Stage | None = one_of(Stage)


@dataclass(frozen=True)
class NeedDetail:
    """`details` is None for readers who are not verified members; `has_details` says that there is something to read.

    `helpers` are the reader's own organisations that could offer help; `own` that the reader belongs to the owner.
    """

    card: NeedCard
    budget_vnd: int | None
    details: Bilingual | None
    has_details: bool
    own: bool
    helpers: tuple[OrganisationRef, ...]


def board(session: Session, viewer: User | None, criteria: NeedCriteria, number: int) -> Listing[NeedCard]:
    """Published needs, newest first. Nine statements: the page with what belongs to it (4), and the facets (5)."""
    conditions = {
        "visible": visible.entries(Need, viewer),
        "q": has_words(Need.folded, criteria.q),
        "help": Need.wanted.any(NeedKind.kind == criteria.help) if criteria.help else None,
        "field": in_field(Need.fields, criteria.field),
        "stage": equals(Need.stage, criteria.stage),
        "provenance": equals(Need.provenance, criteria.provenance),
    }
    narrowing = Narrowing(session, Need, conditions)
    by_kind = Narrowing(session, orm_join(Need, NeedKind), conditions)
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
    return NeedDetail(
        need_card(need),
        need.budget_vnd,
        details if cleared else None,
        bool(details),
        own,
        () if own else _helpers(viewer),
    )


def _helpers(viewer: User | None) -> tuple[OrganisationRef, ...]:
    organisations = [m.organisation for m in viewer.memberships] if viewer else []
    return tuple(
        organisation_ref(o)
        for o in organisations
        if o.kind is not OrganisationKind.STARTUP and o.state is not ProfileState.SUSPENDED
    )
