"""Challenges: the list, one in full with what the network has for it, and the owner's own with their answers."""

import enum
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matching.questions import Query
from models import Challenge, ChallengeAnswer, User
from models.challenges import OPEN_ANSWERS, challenge_field
from models.errors import NotFound
from models.texts import Bilingual
from models.types import (
    AnswerState,
    ChallengeKind,
    ChallengeResult,
    ChallengeState,
    MembershipRole,
    Provenance,
    SubjectKind,
)
from network.queries import visible
from network.queries.answers import AnswerRow, answer_row, answers
from network.queries.cards import FieldName, OrganisationRef, Origin, field_names, organisation_ref, origin
from network.queries.facets import (
    Choice,
    Criteria,
    Facet,
    Listing,
    Narrowing,
    equals,
    facet,
    has_words,
    in_field,
)
from network.queries.paging import Page, paginate
from network.queries.suggestions import Answer, suggestion_cards

if TYPE_CHECKING:
    from matching.engine import Engine

SUGGESTED = frozenset({SubjectKind.TECHNOLOGY, SubjectKind.OFFER})
MOST_SUGGESTED = 6
LOADED = (joinedload(Challenge.organisation), selectinload(Challenge.fields))


class Phase(enum.StrEnum):
    """Where a published challenge stands on a given day, in the order of the list."""

    OPEN = "open"
    REVIEW = "review"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class ChallengeCriteria(Criteria):
    phase: Phase | None = None
    kind: ChallengeKind | None = None


@dataclass(frozen=True)
class ChallengeCard:
    """`days_left` counts while answers are taken, `phase` is None for a draft. `summary` is the problem, for lists."""

    id: int
    kind: ChallengeKind
    title: Bilingual
    problem: Bilingual
    wanted: Bilingual
    reward: Bilingual
    budget_vnd: int | None
    answer_by: date
    fields: tuple[FieldName, ...]
    state: ChallengeState
    phase: Phase | None
    days_left: int | None
    result: ChallengeResult | None
    outcome: Bilingual
    organisation: OrganisationRef
    origin: Origin

    @property
    def summary(self) -> Bilingual:
        return self.problem


@dataclass(frozen=True)
class ChallengeDetail:
    """`answering` are the reader's organisations that can answer, `answered` those that have, with their answer."""

    card: ChallengeCard
    own: OrganisationRef | None
    answering: tuple[OrganisationRef, ...]
    answered: tuple[tuple[OrganisationRef, int, AnswerState], ...]


@dataclass(frozen=True)
class OwnChallenge:
    """`waiting` answers are to be decided on, `accepted` were taken up, of `answers` in all not withdrawn."""

    card: ChallengeCard
    answers: int
    waiting: int
    accepted: int


def phase_on(today: date, state: ChallengeState, answer_by: date) -> Phase | None:
    if state is ChallengeState.DRAFT:
        return None
    if state is ChallengeState.CLOSED:
        return Phase.CLOSED
    return Phase.OPEN if answer_by >= today else Phase.REVIEW


def _phase(today: date) -> sa.Case[str]:
    """The same as `phase_on`, in SQL, for what is published."""
    return sa.case(
        (Challenge.state == ChallengeState.CLOSED, Phase.CLOSED.value),
        (Challenge.answer_by >= today, Phase.OPEN.value),
        else_=Phase.REVIEW.value,
    )


def challenge_card(c: Challenge, today: date) -> ChallengeCard:
    phase = phase_on(today, c.state, c.answer_by)
    return ChallengeCard(
        c.id,
        c.kind,
        c.title,
        c.problem,
        c.wanted,
        c.reward,
        c.budget_vnd,
        c.answer_by,
        field_names(c.fields),
        c.state,
        phase,
        (c.answer_by - today).days if phase is Phase.OPEN else None,
        c.result,
        c.outcome,
        organisation_ref(c.organisation),
        origin(c),
    )


def listing(
    session: Session, viewer: User | None, criteria: ChallengeCriteria, number: int, *, today: date
) -> Listing[ChallengeCard]:
    """Nine statements. Those that take answers first, what ends soonest first; of the closed ones the latest."""
    phase = _phase(today)
    narrowing = Narrowing(
        session,
        Challenge,
        {
            "visible": visible.challenges(viewer),
            "q": has_words(Challenge.folded, criteria.q),
            "phase": equals(phase, criteria.phase),
            "kind": equals(Challenge.kind, criteria.kind),
            "field": in_field(Challenge.fields, criteria.field),
            "provenance": equals(Challenge.provenance, criteria.provenance),
        },
    )
    rank = sa.case({p.value: n for n, p in enumerate(Phase)}, value=phase)
    late = sa.case((phase != Phase.OPEN.value, Challenge.answer_by)).desc()
    found = sa.select(Challenge).where(*narrowing.where()).options(*LOADED)
    found = found.order_by(rank, late, Challenge.answer_by, Challenge.id)
    page = paginate(session, found, number, lambda c: challenge_card(c, today))
    return Listing(criteria, page, _facets(narrowing, criteria, phase))


def _facets(narrowing: Narrowing, criteria: ChallengeCriteria, phase: sa.Case[str]) -> tuple[Facet, ...]:
    numbers = narrowing.counts(phase, "phase")
    return (
        facet("phase", criteria.phase, (Choice(p.value, None, numbers.get(p.value, 0)) for p in Phase)),
        narrowing.words("kind", Challenge.kind, ChallengeKind, criteria.kind),
        narrowing.fields(Challenge.id, challenge_field, criteria.field),
        narrowing.words("provenance", Challenge.provenance, Provenance, criteria.provenance),
    )


def detail(session: Session, viewer: User | None, challenge_id: int, *, today: date) -> ChallengeDetail:
    """Two statements, three for somebody with organisations. Raises NotFound for what may not be read.

    Drafts are open to the owner's own people.
    """
    readable = sa.or_(visible.challenges(viewer), Challenge.organisation_id.in_(visible.own_organisations(viewer)))
    found = session.scalar(sa.select(Challenge).where(Challenge.id == challenge_id, readable).options(*LOADED))
    if found is None:
        raise NotFound
    memberships = viewer.memberships if viewer else []
    own = next((m.organisation for m in memberships if m.organisation_id == found.organisation_id), None)
    others = {m.organisation_id: m for m in memberships if m.organisation_id != found.organisation_id}
    standing = _standing(session, challenge_id, list(others)) if others and not own else {}
    return ChallengeDetail(
        challenge_card(found, today),
        organisation_ref(own) if own else None,
        tuple(
            organisation_ref(m.organisation)
            for id_, m in others.items()
            if not own and id_ not in standing and m.role is MembershipRole.MANAGER
        ),
        tuple((organisation_ref(others[id_].organisation), *answer) for id_, answer in standing.items()),
    )


def _standing(session: Session, challenge_id: int, organisations: list[int]) -> dict[int, tuple[int, AnswerState]]:
    """The answers of these organisations that stand, by organisation."""
    states = (*OPEN_ANSWERS, AnswerState.ACCEPTED)
    rows = session.execute(
        sa.select(ChallengeAnswer.organisation_id, ChallengeAnswer.id, ChallengeAnswer.state).where(
            ChallengeAnswer.challenge_id == challenge_id,
            ChallengeAnswer.organisation_id.in_(organisations),
            ChallengeAnswer.state.in_(states),
        )
    )
    return {organisation: (answer, state) for organisation, answer, state in rows}


def suggested(session: Session, engine: "Engine", viewer: User | None, challenge_id: int) -> Answer:
    """Technologies and offers that may solve the challenge, as this reader may see them; not the owner's own."""
    found = session.scalar(sa.select(Challenge).where(Challenge.id == challenge_id).options(*LOADED))
    if found is None:
        raise NotFound
    texts = (found.title, found.problem, found.wanted)
    language = "vi" if found.title.vi else "en"
    query = Query(
        text=" ".join(text for text in (getattr(t, language) for t in texts) if text),
        subjects=SUGGESTED,
        exclude_organisation=found.organisation_id,
        fields=tuple(field.code for field in found.fields),
        clearance=visible.clearance(viewer),
    )
    suggestions = engine.suggest(session, query, limit=MOST_SUGGESTED)
    return Answer(suggestion_cards(session, suggestions, viewer), suggestions.threshold, suggestions.degraded)


def own_challenges(session: Session, organisation_id: int, number: int, *, today: date) -> Page[OwnChallenge]:
    """Four statements. Drafts first, then what takes answers or waits to be decided, closed ones last."""
    rank = sa.case(
        (Challenge.state == ChallengeState.DRAFT, 0), (Challenge.state == ChallengeState.PUBLISHED, 1), else_=2
    )
    found = sa.select(Challenge).where(Challenge.organisation_id == organisation_id).options(*LOADED)
    page: Page[Any] = paginate(session, found.order_by(rank, Challenge.answer_by, Challenge.id), number, lambda c: c)
    numbers = _numbers(session, [c.id for c in page.items])
    items = tuple(_own(c, numbers, today) for c in page.items)
    return Page(items, page.number, page.size, page.total)


def own_challenge(
    session: Session, organisation_id: int, challenge_id: int, *, today: date
) -> tuple[OwnChallenge, tuple[AnswerRow, ...]]:
    """One challenge for its owner, and its answers: those to be decided first. Four statements."""
    found = session.scalar(
        sa.select(Challenge)
        .where(Challenge.id == challenge_id, Challenge.organisation_id == organisation_id)
        .options(*LOADED)
    )
    if found is None:
        raise NotFound
    order = {AnswerState.ACCEPTED: 0, AnswerState.SHORTLISTED: 1, AnswerState.SENT: 2, AnswerState.DECLINED: 3}
    rank = sa.case({state.value: n for state, n in order.items()}, value=ChallengeAnswer.state)
    found_answers = answers().where(
        ChallengeAnswer.challenge_id == challenge_id, ChallengeAnswer.state != AnswerState.WITHDRAWN
    )
    rows = session.scalars(found_answers.order_by(rank, ChallengeAnswer.sent_at, ChallengeAnswer.id))
    return _own(found, _numbers(session, [challenge_id]), today), tuple(answer_row(a) for a in rows)


def _own(c: Challenge, numbers: dict[int, tuple[int, int, int]], today: date) -> OwnChallenge:
    return OwnChallenge(challenge_card(c, today), *numbers.get(c.id, (0, 0, 0)))


def _numbers(session: Session, challenges: list[int]) -> dict[int, tuple[int, int, int]]:
    state = ChallengeAnswer.state
    counted = (state != AnswerState.WITHDRAWN, state.in_(OPEN_ANSWERS), state == AnswerState.ACCEPTED)
    rows = session.execute(
        sa.select(ChallengeAnswer.challenge_id, *(sa.func.count(sa.case((c, 1))) for c in counted))
        .where(ChallengeAnswer.challenge_id.in_(challenges))
        .group_by(ChallengeAnswer.challenge_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
