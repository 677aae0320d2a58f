"""All connections of an organisation by how far they are, and what is next in each, for whom and until when."""

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Agreement, ExpressionOfInterest, Message, Outcome
from models.agreements import AgreementKind, AgreementState
from models.outcomes import OutcomeKind, OutcomeState
from models.types import InterestState as I
from network.queries.interests import InterestRow, interest_row, sent
from network.queries.paging import Page, paginate

MOST = 10
"""Rows of each stage on the first page; the rest is one link away."""


class Stage(enum.StrEnum):
    """How far a connection is, in the order of the page. What has an outcome to confirm stands at OUTCOME, also when
    another one was confirmed already."""

    WAITING = "waiting"
    TALKING = "talking"
    AGREED = "agreed"
    OUTCOME = "outcome"
    CONFIRMED = "confirmed"
    CLOSED = "closed"


STAGES: Mapping[Stage, tuple[I, ...]] = {
    Stage.WAITING: (I.SENT, I.EXPIRED),
    Stage.TALKING: (I.ACCEPTED, I.IN_DISCUSSION),
    Stage.AGREED: (I.AGREED,),
    Stage.OUTCOME: (I.OUTCOME_PROPOSED, I.DISPUTED),
    Stage.CONFIRMED: (I.CONFIRMED,),
    Stage.CLOSED: (I.DECLINED, I.WITHDRAWN, I.ENDED),
}


class NextKind(enum.StrEnum):
    ANSWER = "answer"
    TALK = "talk"
    REPLY = "reply"
    REPORT = "report"
    CONFIRM = "confirm"
    SETTLE = "settle"
    DONE = "done"
    OVER = "over"


@dataclass(frozen=True)
class Next:
    """What is next. `ours` says who has to do it, None both; `due` by when, if there is a day."""

    kind: NextKind
    ours: bool | None = None
    due: datetime | None = None
    late: bool = False


@dataclass(frozen=True)
class Open:
    """An outcome that waits for an answer or is disputed. `ours` when this side proposed it."""

    state: OutcomeState
    ours: bool
    confirm_by: datetime


@dataclass(frozen=True)
class ConnectionRow:
    """`agreements` stand, `outcomes` are confirmed."""

    interest: InterestRow
    stage: Stage
    next: Next
    agreements: tuple[AgreementKind, ...]
    outcomes: tuple[OutcomeKind, ...]


@dataclass(frozen=True)
class Pipeline:
    """`groups` holds the first rows of every stage, or `page` all of the chosen one."""

    counts: Mapping[Stage, int]
    groups: tuple[tuple[Stage, tuple[ConnectionRow, ...]], ...]
    page: Page[ConnectionRow] | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def next_of(row: InterestRow, last_ours: bool | None, open_outcomes: Collection[Open], now: datetime) -> Next:
    """What is next in one connection. `last_ours` tells who wrote last."""
    if row.waits:
        return Next(NextKind.ANSWER, row.incoming, row.reply_by, row.late)
    waiting = sorted((o for o in open_outcomes if o.state is OutcomeState.PROPOSED), key=lambda o: o.confirm_by)
    if waiting:  # what waits for us first
        first = next((o for o in waiting if not o.ours), waiting[0])
        return Next(NextKind.CONFIRM, not first.ours, first.confirm_by, first.confirm_by <= now)
    if row.state is I.DISPUTED:
        return Next(NextKind.SETTLE, any(o.ours for o in open_outcomes))
    if row.state is I.ACCEPTED:
        return Next(NextKind.TALK)
    if row.state is I.IN_DISCUSSION:
        return Next(
            NextKind.REPLY if last_ours is not None else NextKind.TALK, None if last_ours is None else not last_ours
        )
    if row.state is I.AGREED:
        return Next(NextKind.REPORT)
    return Next(NextKind.DONE if row.state is I.CONFIRMED else NextKind.OVER)


def pipeline(
    session: Session, organisation_id: int, stage: Stage | None = None, number: int = 1, *, now: datetime
) -> Pipeline:
    """At most seven statements."""
    counts = _counts(session, organisation_id)
    found = sent(organisation_id)
    latest = sa.func.coalesce(ExpressionOfInterest.answered_at, ExpressionOfInterest.sent_at).desc()
    order = (
        sa.case((ExpressionOfInterest.state.in_(STAGES[Stage.WAITING]), ExpressionOfInterest.reply_by)),
        latest,
        ExpressionOfInterest.id.desc(),
    )
    if stage is not None:
        chosen = found.where(stage_column() == stage.value).order_by(*order)
        page = paginate(session, chosen, number, lambda interest: interest)
        rows = rows_of(session, page.items, organisation_id, now)
        return Pipeline(counts, (), Page(rows, page.number, page.size, page.total))
    place = sa.func.row_number().over(partition_by=stage_column(), order_by=order)
    ranked = (
        sa.select(ExpressionOfInterest.id.label("id"), place.label("place")).where(*ours(organisation_id)).subquery()
    )
    first = found.join(ranked, ranked.c.id == ExpressionOfInterest.id).where(ranked.c.place <= MOST)
    rows = rows_of(session, session.scalars(first.order_by(*order)).all(), organisation_id, now)
    groups = tuple((s, tuple(row for row in rows if row.stage is s)) for s in Stage)
    return Pipeline(counts, tuple(group for group in groups if group[1]), None)


def ours(organisation_id: int) -> tuple[Any, ...]:
    """That the organisation is one of the two sides of what was sent."""
    interest = ExpressionOfInterest
    sides = sa.or_(interest.from_organisation_id == organisation_id, interest.to_organisation_id == organisation_id)
    return sides, interest.sent_at.is_not(None)


def stage_column() -> Any:
    """The stage of a connection, as a column."""
    waits = sa.select(Outcome.id).where(
        Outcome.interest_id == ExpressionOfInterest.id, Outcome.state == OutcomeState.PROPOSED
    )
    by_state = ((ExpressionOfInterest.state.in_(states), stage.value) for stage, states in STAGES.items())
    return sa.case((waits.exists(), Stage.OUTCOME.value), *by_state)


def _counts(session: Session, organisation_id: int) -> dict[Stage, int]:
    staged = sa.select(stage_column().label("stage")).where(*ours(organisation_id)).subquery()
    found = session.execute(sa.select(staged.c.stage, sa.func.count()).group_by(staged.c.stage))
    counts = {Stage(stage): count for stage, count in found}
    return {stage: counts.get(stage, 0) for stage in Stage}


def rows_of(
    session: Session, interests: Collection[ExpressionOfInterest], own_id: int, now: datetime
) -> tuple[ConnectionRow, ...]:
    """Three statements more, whatever the number of connections."""
    of_these = [interest.id for interest in interests]
    last = {
        interest_id: writer == own_id
        for interest_id, writer in session.execute(
            sa.select(Message.interest_id, Message.organisation_id).where(
                Message.id.in_(
                    sa.select(sa.func.max(Message.id))
                    .where(Message.interest_id.in_(of_these))
                    .group_by(Message.interest_id)
                )
            )
        )
    }
    agreements: dict[int, list[AgreementKind]] = {}
    standing = sa.select(Agreement.interest_id, Agreement.kind).where(
        Agreement.interest_id.in_(of_these), Agreement.state == AgreementState.RECORDED
    )
    for interest_id, kind in session.execute(standing.order_by(Agreement.id)):
        agreements.setdefault(interest_id, []).append(kind)
    open_: dict[int, list[Open]] = {}
    confirmed: dict[int, list[OutcomeKind]] = {}
    states = (OutcomeState.PROPOSED, OutcomeState.DISPUTED, OutcomeState.CONFIRMED)
    found = sa.select(Outcome).where(Outcome.interest_id.in_(of_these), Outcome.state.in_(states)).order_by(Outcome.id)
    for outcome in session.scalars(found):
        if outcome.state is not OutcomeState.CONFIRMED:
            waits = Open(outcome.state, outcome.organisation_id == own_id, outcome.confirm_by)
            open_.setdefault(outcome.interest_id, []).append(waits)
        elif not outcome.annuls:
            confirmed.setdefault(outcome.interest_id, []).append(outcome.kind)
    rows = []
    for interest in interests:
        row = interest_row(interest, own_id, now)
        following = next_of(row, last.get(interest.id), open_.get(interest.id, ()), now)
        stage = next(stage for stage, states in STAGES.items() if interest.state in states)
        stage = Stage.OUTCOME if following.kind is NextKind.CONFIRM else stage
        kinds = tuple(agreements.get(interest.id, ())), tuple(confirmed.get(interest.id, ()))
        rows.append(ConnectionRow(row, stage, following, *kinds))
    return tuple(rows)
