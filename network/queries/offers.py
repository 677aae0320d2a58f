"""What organisations of the network can give: the list to narrow, and one offer in full."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Offer, User
from models.errors import NotFound
from models.offers import offer_field
from models.texts import Bilingual
from models.types import OfferKind, ProfileState
from network.queries import visible
from network.queries.cards import OfferCard, offer_card
from network.queries.facets import Criteria, Listing, Narrowing, equals, has_words, in_field, order
from network.queries.next_step import NextStep, next_step
from network.queries.paging import paginate


@dataclass(frozen=True, kw_only=True)
class OfferCriteria(Criteria):
    kind: OfferKind | None = None


@dataclass(frozen=True)
class OfferDetail:
    """`details` is None for a reader who may not read them; `has_details` says whether there are any. `reply_days` is
    what its centre promises; `claimable` says that nobody has taken its owner's profile over."""

    card: OfferCard
    details: Bilingual | None
    has_details: bool
    languages: tuple[str, ...]
    reply_days: int | None
    claimable: bool
    step: NextStep


def listing(
    session: Session, viewer: User | None, criteria: OfferCriteria, number: int, *, language: str
) -> Listing[OfferCard]:
    """Seven statements."""
    narrowing = Narrowing(
        session,
        Offer,
        {
            "visible": visible.entries(Offer, viewer),
            "q": has_words(Offer.folded, criteria.q),
            "kind": equals(Offer.kind, criteria.kind),
            "field": in_field(Offer.fields, criteria.field),
        },
    )
    found = sa.select(Offer).where(*narrowing.where())
    found = found.options(joinedload(Offer.organisation), selectinload(Offer.fields))
    page = paginate(session, found.order_by(*order(Offer, "title", criteria.sort, language)), number, offer_card)
    facets = (
        narrowing.words("kind", Offer.kind, OfferKind, criteria.kind),
        narrowing.fields(Offer.id, offer_field, criteria.field),
    )
    return Listing(criteria, page, facets)


def offer(session: Session, viewer: User | None, offer_id: int) -> OfferDetail:
    """Two statements, three for the offer of a centre. Raises NotFound for what does not exist or may not be read."""
    found = sa.select(Offer).where(Offer.id == offer_id, visible.entry(Offer, viewer))
    entry = session.scalar(found.options(joinedload(Offer.organisation), selectinload(Offer.fields)))
    if entry is None:
        raise NotFound
    return OfferDetail(
        offer_card(entry),
        entry.details if visible.details(viewer, entry.organisation_id) else None,
        bool(entry.details),
        tuple(entry.languages),
        getattr(entry.organisation, "reply_days", None),
        entry.organisation.state is ProfileState.UNCLAIMED,
        next_step(viewer, entry.organisation_id),
    )
