"""An organisation's own offers and technologies, in every state."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Offer, Technology
from network.queries.cards import OfferCard, TechnologyCard, offer_card, technology_card


def own_offers(session: Session, organisation_id: int) -> tuple[OfferCard, ...]:
    statement = sa.select(Offer).where(Offer.organisation_id == organisation_id).order_by(Offer.id.desc())
    return tuple(
        map(offer_card, session.scalars(statement.options(joinedload(Offer.organisation), selectinload(Offer.fields))))
    )


def own_technologies(session: Session, organisation_id: int) -> tuple[TechnologyCard, ...]:
    statement = sa.select(Technology).where(Technology.organisation_id == organisation_id)
    loads = (joinedload(Technology.organisation), selectinload(Technology.fields))
    return tuple(map(technology_card, session.scalars(statement.order_by(Technology.id.desc()).options(*loads))))
