"""Organisations, needs and requests as tables for coordinators.

No people, addresses of mail or telephone numbers; no details, messages, answers or evidence. The title of a need
that is for members only stays out, since a file can be passed on.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from models import ExpressionOfInterest, Match, Need, NeedKind, Offer, Organisation, Technology
from models.needs import need_field
from models.organisations import organisation_field
from models.types import InterestState as S
from models.types import MatchSide, NeedState, Provenance, SupplyState, Visibility
from network.queries.matching_health import gap_of
from network.queries.tables import ORIGIN, Table, origin_cells, table


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _together(session: Session, pairs: Any) -> dict[int, str]:
    """The values that belong to each number, in order, with spaces between. One statement."""
    found: dict[int, list[str]] = {}
    for number, value in session.execute(pairs):
        found.setdefault(number, []).append(value)
    return {number: " ".join(sorted(values)) for number, values in found.items()}


def _numbers(session: Session, counts: Iterable[Any]) -> list[dict[int, int]]:
    """A statement for each count."""
    return [dict(session.execute(statement).all()) for statement in counts]


def organisations_table(session: Session) -> Table:
    """Five statements."""
    head = ("address", "kind", "name_vi", "name_en", "state", "district", "website", "founded_year", "fields")
    links = organisation_field.c
    fields = _together(session, sa.select(links.organisation_id, links.field_code))
    published = [
        sa.select(entity.organisation_id, sa.func.count()).where(entity.state == state).group_by(entity.organisation_id)
        for entity, state in (
            (Need, NeedState.PUBLISHED),
            (Offer, SupplyState.PUBLISHED),
            (Technology, SupplyState.PUBLISHED),
        )
    ]
    counts = _numbers(session, published)
    columns = (Organisation.id, Organisation.slug, Organisation.kind, Organisation.name, Organisation.state)
    more = (Organisation.district, Organisation.website, Organisation.founded_year, Organisation.created_at)
    found = sa.select(*columns, *more, Organisation.provenance, Organisation.sources).order_by(Organisation.folded)
    rows = (
        (
            *(o.slug, o.kind, o.name.vi, o.name.en, o.state, o.district, o.website, o.founded_year),
            *(fields.get(o.id), *(count.get(o.id, 0) for count in counts), _day(o.created_at)),
            *origin_cells(o.provenance, o.sources),
        )
        for o in session.execute(found)
    )
    return table((*head, "needs", "offers", "technologies", "entered_on", *ORIGIN), rows)


def needs_table(session: Session, *, now: datetime) -> Table:
    """Needs that were published, with why they have no answer (network.queries.matching_health). Five statements."""
    head = ("id", "organisation", "title_vi", "title_en", "kinds_of_help", "fields", "stage", "trl", "needed_by")
    fields = _together(session, sa.select(need_field.c.need_id, need_field.c.field_code))
    kinds = _together(session, sa.select(NeedKind.need_id, NeedKind.kind))
    asked, suggested = _numbers(
        session,
        (
            sa.select(ExpressionOfInterest.need_id, sa.func.count())
            .where(ExpressionOfInterest.sent_at.is_not(None))
            .group_by(ExpressionOfInterest.need_id),
            sa.select(Match.need_id, sa.func.count()).where(Match.side == MatchSide.ASKER).group_by(Match.need_id),
        ),
    )
    published = sa.case((Need.state == NeedState.PUBLISHED, gap_of(now)))
    found = (
        sa.select(Need, Organisation.slug, published)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .where(Need.published_at.is_not(None), Need.state != NeedState.DRAFT)
        .order_by(Need.id)
    )
    rows = (
        (
            *(n.id, slug, *((n.title.vi, n.title.en) if n.visibility is Visibility.PUBLIC else (None, None))),
            *(kinds.get(n.id), fields.get(n.id), n.stage, n.trl, n.needed_by, n.visibility, n.state, n.close_reason),
            *(_day(n.published_at), suggested.get(n.id, 0), asked.get(n.id, 0), gap, n.provenance),
        )
        for n, slug, gap in session.execute(found)
    )
    more = ("visibility", "state", "close_reason", "published_on", "suggestions", "requests", "without_answer")
    return table((*head, *more, "provenance"), rows)


def requests_table(session: Session, *, now: datetime) -> Table:
    """Who asked whom about which need, and what became of it. One statement."""
    head = ("id", "need", "asking", "asked", "about", "state", "sent_on", "answer_by", "answered_on", "late")
    asking, asked, about = aliased(Organisation), aliased(Organisation), ExpressionOfInterest
    columns = (about.id, about.need_id, about.offer_id, about.technology_id, about.state, about.decline_reason)
    days = (about.sent_at, about.reply_by, about.answered_at, about.reminded_at, about.escalated_at)
    found = (
        sa.select(*columns, *days, asking.slug.label("asking"), asked.slug.label("asked"), Need.provenance)
        .join(asking, asking.id == about.from_organisation_id)
        .join(asked, asked.id == about.to_organisation_id)
        .join(Need, Need.id == about.need_id)
        .where(about.sent_at.is_not(None))
        .order_by(about.id)
    )
    rows = (
        (
            *(r.id, r.need_id, r.asking, r.asked),
            f"offer-{r.offer_id}" if r.offer_id else f"technology-{r.technology_id}" if r.technology_id else None,
            *(r.state, _day(r.sent_at), _day(r.reply_by), _day(r.answered_at)),
            r.state in (S.SENT, S.EXPIRED) and r.reply_by <= now,
            *(_day(r.reminded_at), _day(r.escalated_at), r.decline_reason, r.provenance is Provenance.ILLUSTRATIVE),
        )
        for r in session.execute(found)
    )
    return table((*head, "reminded_on", "passed_to_coordinators_on", "decline_reason", "illustrative"), rows)
