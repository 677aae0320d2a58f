"""The deals of a partner: every connection from the request to the confirmed outcome, what each is worth and what is
due next; and what the partner offers and looks for, as its profile and offers say.

A deal is worth what its outcomes are, the confirmed ones before those still to be confirmed; until there is one, the
budget that the need names. Examples and real money are never added up together.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload

from models import ExpressionOfInterest, Need, Offer, Organisation, Outcome, User
from models.needs import need_field
from models.organisations import Partner
from models.outcomes import OutcomeState, counted
from models.texts import Bilingual
from models.types import OfferKind, PartnerKind, Provenance, SupplyState
from models.types import Stage as Ripeness
from network.queries import visible
from network.queries.cards import FieldName
from network.queries.connections import STAGES, ConnectionRow, Stage, ours, rows_of, stage_column
from network.queries.facets import has_words
from network.queries.interests import sent
from network.queries.paging import Page, paginate


class Direction(enum.StrEnum):
    """Who asked: the other side, or the partner itself."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


@dataclass(frozen=True)
class DealCriteria:
    """`words` are of the need or of the name of the other side."""

    stage: Stage | None = None
    direction: Direction | None = None
    words: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "DealCriteria":
        """From the address; what is not known counts as not chosen."""
        stage = next((stage for stage in Stage if stage == args.get("stage")), None)
        direction = next((way for way in Direction if way == args.get("direction")), None)
        return cls(stage, direction, " ".join(args.get("q", "").split())[:200])

    def args(self, **changed: str | None) -> dict[str, str]:
        values = {"stage": self.stage, "direction": self.direction, "q": self.words, **changed}
        return {name: str(value) for name, value in values.items() if value}


@dataclass(frozen=True)
class StageTotal:
    """`value_vnd` adds up what real deals are worth, `invented_vnd` what examples would be."""

    number: int = 0
    value_vnd: int = 0
    invented_vnd: int = 0


@dataclass(frozen=True)
class DealRow:
    """`agreed` says that the value is that of an outcome, not a budget."""

    connection: ConnectionRow
    value_vnd: int | None
    agreed: bool


@dataclass(frozen=True)
class Board:
    criteria: DealCriteria
    totals: Mapping[Stage, StageTotal]
    page: Page[DealRow]

    @property
    def total(self) -> int:
        return sum(total.number for total in self.totals.values())


def board(session: Session, organisation_id: int, criteria: DealCriteria, number: int = 1, *, now: datetime) -> Board:
    """Seven statements. What is due first stands first, then what moved last; totals are under every other choice."""
    conditions = _conditions(organisation_id, criteria)
    chosen = sent(organisation_id).where(*conditions)
    if criteria.stage:
        chosen = chosen.where(stage_column() == criteria.stage.value)
    latest = sa.func.coalesce(ExpressionOfInterest.answered_at, ExpressionOfInterest.sent_at)
    order = (_due().nulls_last(), latest.desc(), ExpressionOfInterest.id.desc())
    page = paginate(session, chosen.order_by(*order), number, lambda interest: interest)
    worth = _worth(session, [interest.id for interest in page.items])
    rows = tuple(
        DealRow(row, *worth.get(row.interest.id, (None, False)))
        for row in rows_of(session, page.items, organisation_id, now)
    )
    totals = _totals(session, organisation_id, conditions)
    return Board(criteria, totals, Page(rows, page.number, page.size, page.total))


def _conditions(organisation_id: int, criteria: DealCriteria) -> list[Any]:
    about = ExpressionOfInterest
    conditions: list[Any] = []
    if criteria.direction:
        incoming = criteria.direction is Direction.INCOMING
        side = about.to_organisation_id if incoming else about.from_organisation_id
        conditions.append(side == organisation_id)
    other = aliased(Organisation)
    about_it, by_name = has_words(Need.folded, criteria.words), has_words(other.folded, criteria.words)
    if about_it is not None and by_name is not None:
        sides = other.id.in_((about.from_organisation_id, about.to_organisation_id))
        named = sa.select(other.id).where(sides, other.id != organisation_id, by_name)
        conditions.append(sa.or_(about.need.has(about_it), named.exists()))
    return conditions


def _due() -> Any:
    """By when the next step is due: the answer, or the confirmation of an outcome."""
    confirm = sa.select(sa.func.min(Outcome.confirm_by)).where(
        Outcome.interest_id == ExpressionOfInterest.id, Outcome.state == OutcomeState.PROPOSED
    )
    answer = sa.case((ExpressionOfInterest.state.in_(STAGES[Stage.WAITING]), ExpressionOfInterest.reply_by))
    return sa.func.coalesce(answer, confirm.scalar_subquery())


def _outcomes() -> Any:
    """What the outcomes of a connection are worth, as a column."""

    def value(*conditions: Any) -> Any:
        found = sa.select(sa.func.sum(Outcome.value_vnd)).where(Outcome.interest_id == ExpressionOfInterest.id)
        return found.where(*conditions).scalar_subquery()

    open_ = Outcome.state.in_((OutcomeState.PROPOSED, OutcomeState.DISPUTED))
    return sa.func.coalesce(value(counted()), value(open_, Outcome.corrects_id.is_(None)))


def _worth(session: Session, ids: list[int]) -> dict[int, tuple[int | None, bool]]:
    outcomes = _outcomes()
    found = sa.select(ExpressionOfInterest.id, outcomes, Need.budget_vnd).join(ExpressionOfInterest.need)
    return {
        interest_id: (int(value), True) if value is not None else (budget, False)
        for interest_id, value, budget in session.execute(found.where(ExpressionOfInterest.id.in_(ids)))
    }


def _totals(session: Session, organisation_id: int, conditions: list[Any]) -> dict[Stage, StageTotal]:
    worth = sa.func.coalesce(_outcomes(), Need.budget_vnd).label("worth")
    invented = (Need.provenance == Provenance.ILLUSTRATIVE).label("invented")
    staged = (
        sa.select(stage_column().label("stage"), worth, invented)
        .join(ExpressionOfInterest.need)
        .where(*ours(organisation_id), *conditions)
        .subquery()
    )
    sums = (
        sa.func.sum(staged.c.worth).filter(~staged.c.invented),
        sa.func.sum(staged.c.worth).filter(staged.c.invented),
    )
    found = session.execute(sa.select(staged.c.stage, sa.func.count(), *sums).group_by(staged.c.stage))
    totals = {Stage(stage): StageTotal(n, int(real or 0), int(example or 0)) for stage, n, real, example in found}
    return {stage: totals.get(stage, StageTotal()) for stage in Stage}


@dataclass(frozen=True)
class OfferLine:
    id: int
    kind: OfferKind
    title: Bilingual
    stages: tuple[Ripeness, ...]


@dataclass(frozen=True)
class Terms:
    """What is offered, and for whom: `fields` with the needs published in each, `stages` of all offers together (None:
    every stage), `ticket` as the profile has it. `drafts` are offers that nobody sees yet."""

    kind: PartnerKind
    offers: tuple[OfferLine, ...]
    drafts: int
    fields: tuple[tuple[FieldName, int], ...]
    stages: tuple[Ripeness, ...] | None
    ticket: Bilingual


def terms(session: Session, viewer: User, organisation_id: int) -> Terms:
    """Five statements."""
    partner = session.scalars(
        sa.select(Partner).where(Partner.id == organisation_id).options(selectinload(Partner.fields))
    ).one()
    own = sa.select(Offer).where(Offer.organisation_id == organisation_id, Offer.state != SupplyState.WITHDRAWN)
    every = session.scalars(own.order_by(Offer.id)).all()
    offers = [offer for offer in every if offer.state is SupplyState.PUBLISHED]
    lines = tuple(OfferLine(o.id, o.kind, o.title, tuple(map(Ripeness, o.stages))) for o in offers)
    named = {stage for line in lines for stage in line.stages}
    whole = any(not line.stages for line in lines)
    needs = (
        sa.select(need_field.c.field_code, sa.func.count())
        .join(Need, Need.id == need_field.c.need_id)
        .where(visible.entries(Need, viewer), need_field.c.field_code.in_([f.code for f in partner.fields]))
        .group_by(need_field.c.field_code)
    )
    numbers: dict[str, int] = dict(session.execute(needs).all())
    return Terms(
        partner.partner_kind,
        lines,
        len(every) - len(offers),
        tuple((FieldName(f.code, f.name), numbers.get(f.code, 0)) for f in partner.fields),
        None if whole else tuple(stage for stage in Ripeness if stage in named),
        partner.ticket,
    )
