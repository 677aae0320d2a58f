"""From need to confirmed outcome: how many needs came how far, counted live, and how quickly people answer.

A need is counted at a step when anything of it got there, whichever side asked; so no step is larger than the one
before. What ended without result after an agreement stays among the accepted. Confirmed is what has an outcome that
both sides confirmed and no correction has annulled (models.outcomes.counted).
"""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ExpressionOfInterest, Match, Need, Outcome
from models.outcomes import counted
from models.types import InterestState as S
from models.types import NeedState, Provenance

PROPOSED = (S.OUTCOME_PROPOSED, S.DISPUTED, S.CONFIRMED)
AGREED = (S.AGREED, *PROPOSED)
ACCEPTED = (S.ACCEPTED, S.IN_DISCUSSION, S.ENDED, *AGREED)


class Step(enum.StrEnum):
    PUBLISHED = "published"
    SUGGESTED = "suggested"
    SENT = "sent"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    AGREED = "agreed"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class StepRow:
    """`share` is that of the step before, None for the first and after an empty one; `invented` are examples."""

    step: Step
    needs: int
    invented: int
    share: float | None


@dataclass(frozen=True)
class Answers:
    """How quickly questions are answered. `due` were answered or should have been by now, `in_time` by their day."""

    answered: int
    median_days: float | None
    due: int
    in_time: int

    @property
    def share_in_time(self) -> float | None:
        return self.in_time / self.due if self.due else None


@dataclass(frozen=True)
class Funnel:
    steps: tuple[StepRow, ...]
    answers: Answers


def funnel(session: Session, *, now: datetime) -> Funnel:
    """Two statements, however many rows there are."""
    return Funnel(_steps(session), _answers(session, now))


def _steps(session: Session) -> tuple[StepRow, ...]:
    reached: dict[Step, Any] = {
        Step.SENT: ExpressionOfInterest.sent_at.is_not(None),
        Step.ANSWERED: ExpressionOfInterest.answered_at.is_not(None),
        Step.ACCEPTED: ExpressionOfInterest.state.in_(ACCEPTED),
        Step.AGREED: ExpressionOfInterest.state.in_(AGREED),
        Step.PROPOSED: ExpressionOfInterest.state.in_(PROPOSED),
        Step.CONFIRMED: ExpressionOfInterest.id.in_(sa.select(Outcome.interest_id).where(counted())),
    }
    # Answered is what was answered in words or by a state that only an answer leads to.
    reached[Step.ANSWERED] = sa.or_(reached[Step.ANSWERED], reached[Step.ACCEPTED])
    furthest = (
        sa.select(
            ExpressionOfInterest.need_id,
            *(sa.func.max(sa.case((condition, 1), else_=0)).label(step.value) for step, condition in reached.items()),
        )
        .where(ExpressionOfInterest.sent_at.is_not(None))
        .group_by(ExpressionOfInterest.need_id)
        .subquery()
    )
    suggested = sa.select(Match.need_id).distinct().subquery()
    here: dict[Step, Any] = {
        Step.PUBLISHED: sa.true(),
        Step.SUGGESTED: sa.or_(suggested.c.need_id.is_not(None), furthest.c.need_id.is_not(None)),
        **{step: furthest.c[step.value] == 1 for step in reached},
    }
    example = Need.provenance == Provenance.ILLUSTRATIVE
    counts = [
        column
        for condition in here.values()
        for column in (sa.func.count().filter(condition), sa.func.count().filter(condition, example))
    ]
    statement = (
        sa.select(*counts)
        .select_from(Need)
        .outerjoin(furthest, furthest.c.need_id == Need.id)
        .outerjoin(suggested, suggested.c.need_id == Need.id)
        .where(Need.published_at.is_not(None), Need.state != NeedState.DRAFT)
    )
    numbers = tuple(session.execute(statement).one())
    rows: list[StepRow] = []
    for step, needs, invented in zip(here, numbers[::2], numbers[1::2], strict=True):
        share = needs / rows[-1].needs if rows and rows[-1].needs else None
        rows.append(StepRow(step, needs, invented, share))
    return tuple(rows)


def _answers(session: Session, now: datetime) -> Answers:
    """The median is the mean of the one or two answers in the middle."""
    asked = ExpressionOfInterest
    days = _days(session, asked.sent_at, asked.answered_at)
    answered = asked.answered_at.is_not(None)
    ranked = (
        sa.select(
            days.label("days"),
            sa.func.row_number().over(order_by=days).label("place"),
            sa.func.count().over().label("total"),
        )
        .where(asked.sent_at.is_not(None), answered)
        .subquery()
    )
    middle = sa.select(sa.func.avg(ranked.c.days)).where(2 * ranked.c.place >= ranked.c.total)
    median = middle.where(2 * ranked.c.place <= ranked.c.total + 2).scalar_subquery()
    due = sa.or_(answered, sa.and_(asked.reply_by <= now, asked.state.in_((S.SENT, S.EXPIRED))))
    statement = sa.select(
        sa.func.count().filter(answered),
        median,
        sa.func.count().filter(due),
        sa.func.count().filter(answered, asked.answered_at <= asked.reply_by),
    ).where(asked.sent_at.is_not(None))
    number, median_days, number_due, in_time = session.execute(statement).one()
    return Answers(number, None if median_days is None else float(median_days), number_due, in_time)


def _days(session: Session, since: Any, until: Any) -> Any:
    """Days between two moments, as a number in the words of the database."""
    if session.get_bind().dialect.name == "sqlite":
        return sa.func.julianday(until) - sa.func.julianday(since)
    return sa.extract("epoch", until - since) / 86400.0
