"""Answers to challenges, as their two sides read them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Challenge, ChallengeAnswer, Offer, Technology
from models.errors import NotFound
from models.texts import Bilingual
from models.types import AnswerState, DeclineReason, SupplyState
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.paging import Page, paginate


@dataclass(frozen=True)
class AnswerRow:
    """One answer for either side. `subject` is the technology or offer named, with the address of its page."""

    id: int
    challenge_id: int
    challenge: Bilingual
    owner: OrganisationRef
    organisation: OrganisationRef
    text: str
    state: AnswerState
    sent_at: datetime
    subject: Bilingual
    technology_id: int | None
    offer_id: int | None
    author: str | None
    author_email: str | None
    decline_reason: DeclineReason | None
    reply: str | None
    decided_at: datetime | None
    decided_by: str | None
    decided_by_email: str | None


def sent_answers(session: Session, organisation_id: int, number: int) -> Page[AnswerRow]:
    """What an organisation has answered, the latest first. Two statements."""
    found = answers().where(ChallengeAnswer.organisation_id == organisation_id)
    found = found.order_by(ChallengeAnswer.sent_at.desc(), ChallengeAnswer.id.desc())
    return paginate(session, found, number, answer_row)


def answer(session: Session, organisation_id: int, answer_id: int) -> AnswerRow:
    """One answer for one of its two sides; NotFound for everybody else. One statement."""
    found = session.scalar(answers().where(ChallengeAnswer.id == answer_id))
    if found is None or organisation_id not in (found.organisation_id, found.challenge.organisation_id):
        raise NotFound
    return answer_row(found)


def own_subjects(session: Session, organisation_id: int) -> list[tuple[str, Bilingual]]:
    """What an organisation can put beside its answer: its published technologies and offers. Two statements."""
    entities: tuple[tuple[str, Any], ...] = (("technology", Technology), ("offer", Offer))
    return [
        (f"{kind}:{e.id}", e.title)
        for kind, entity in entities
        for e in session.scalars(
            sa.select(entity)
            .where(entity.organisation_id == organisation_id, entity.state == SupplyState.PUBLISHED)
            .order_by(entity.folded, entity.id)
        )
    ]


def answers() -> sa.Select[Any]:
    return sa.select(ChallengeAnswer).options(
        joinedload(ChallengeAnswer.challenge).joinedload(Challenge.organisation),
        joinedload(ChallengeAnswer.organisation),
        joinedload(ChallengeAnswer.technology),
        joinedload(ChallengeAnswer.offer),
        joinedload(ChallengeAnswer.author),
        joinedload(ChallengeAnswer.decided_by),
    )


def answer_row(a: ChallengeAnswer) -> AnswerRow:
    subject = a.technology or a.offer
    return AnswerRow(
        a.id,
        a.challenge_id,
        a.challenge.title,
        organisation_ref(a.challenge.organisation),
        organisation_ref(a.organisation),
        a.text,
        a.state,
        a.sent_at,
        subject.title if subject else Bilingual(),
        a.technology_id,
        a.offer_id,
        a.author.name if a.author else None,
        a.author.email if a.author else None,
        a.decline_reason,
        a.reply,
        a.decided_at,
        a.decided_by.name if a.decided_by else None,
        a.decided_by.email if a.decided_by else None,
    )
