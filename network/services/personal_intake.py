"""What a person wrote in intakes and about commitments of support. Part of network.services.personal_data."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from models import Application, Commitment, MentorHours, Review, ReviewerDeclaration, User


def written_in_intakes(session: Session, actor: User) -> dict[str, list[dict[str, Any]]]:
    """As JSON values. An application is named by its number to whoever reviewed it, never by its organisation."""
    applications = (
        sa.select(Application)
        .where(Application.author_id == actor.id)
        .options(selectinload(Application.answers))
        .order_by(Application.id)
    )
    reviews = (
        sa.select(Review)
        .where(Review.reviewer_id == actor.id)
        .options(selectinload(Review.scores), selectinload(Review.application))
        .order_by(Review.id)
    )
    ties = sa.select(ReviewerDeclaration).where(ReviewerDeclaration.user_id == actor.id)
    hours = sa.select(MentorHours).where(MentorHours.entered_by_id == actor.id).order_by(MentorHours.id)
    by_either = sa.or_(Commitment.author_id == actor.id, Commitment.settled_by_id == actor.id)
    commitments = sa.select(Commitment).where(by_either).order_by(Commitment.id)
    return {
        "commitments_of_support": [
            {
                "state": c.state.value,
                "written_by_you": {
                    "asks": c.asks if c.author_id == actor.id else None,
                    "note": c.note if c.settled_by_id == actor.id else None,
                    "commits": [c.commits.vi, c.commits.en] if c.settled_by_id == actor.id else None,
                },
                "asked_at": _moment(c.asked_at),
                "settled_at": _moment(c.settled_at),
            }
            for c in session.scalars(commitments)
        ],
        "applications": [
            {
                "id": a.id,
                "call_id": a.call_id,
                "state": a.state.value,
                "written_by_you": {
                    "title": a.title,
                    "summary": a.summary,
                    "team": a.team,
                    "answers": [answer.text for answer in a.answers],
                },
                "submitted_at": _moment(a.submitted_at),
            }
            for a in session.scalars(applications)
        ],
        "reviews": [
            {
                "call_id": r.application.call_id,
                "application_number": r.application.number,
                "state": r.state.value,
                "written_by_you": {
                    "points": {str(s.criterion_id): s.points for s in r.scores},
                    "comments": [s.comment for s in r.scores if s.comment],
                    "comment": r.comment,
                    "conflict": r.tie_note,
                },
                "assigned_at": _moment(r.assigned_at),
                "submitted_at": _moment(r.submitted_at),
            }
            for r in session.scalars(reviews)
        ],
        "ties_you_named": [
            {"call_id": d.call_id, "names": list(d.names), "declared_at": _moment(d.declared_at)}
            for d in session.scalars(ties.order_by(ReviewerDeclaration.call_id))
        ],
        "mentor_hours_you_entered": [
            {"on_day": h.on_day.isoformat(), "minutes": h.minutes, "mentor": h.mentor, "topic": h.topic}
            for h in session.scalars(hours)
        ],
    }


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
