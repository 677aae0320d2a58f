"""An organisation's own offers and technologies, in every state: drafts first, what is withdrawn last."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Offer, Technology
from models.types import SupplyState
from network.queries.cards import OfferCard, TechnologyCard, offer_card, technology_card
from network.queries.paging import Page, paginate


def own_offers(session: Session, organisation_id: int, number: int = 1) -> Page[OfferCard]:
    return paginate(session, _own(Offer, organisation_id), number, offer_card)


def own_technologies(session: Session, organisation_id: int, number: int = 1) -> Page[TechnologyCard]:
    return paginate(session, _own(Technology, organisation_id), number, technology_card)


def _own(entity: type[Offer] | type[Technology], organisation_id: int) -> sa.Select[Any]:
    order = sa.case((entity.state == SupplyState.DRAFT, 0), (entity.state == SupplyState.PUBLISHED, 1), else_=2)
    return (
        sa.select(entity)
        .where(entity.organisation_id == organisation_id)
        .options(joinedload(entity.organisation), selectinload(entity.fields))
        .order_by(order, entity.id.desc())
    )
