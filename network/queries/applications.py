"""Applications as those who apply read them: how each stands, what comes next, and what was decided."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Application, Call, Cohort, DecisionLetter, Programme
from models.applications import ApplicationState, Verdict
from models.errors import NotFound
from models.texts import Bilingual
from models.types import DeclineReason, Stage
from network.queries.calls import LISTS, LOADED, CallCard, CallDetail, call_card, call_detail
from network.services.admissions import letter_facts

OPEN_STATES = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.UNDER_REVIEW,
    ApplicationState.WAITLISTED,
    ApplicationState.ACCEPTED,
)


@dataclass(frozen=True)
class ApplicationRow:
    """`place` is where it stands on the waiting list now; `cohort_id` names the cohort of an accepted one."""

    id: int
    title: str
    call: CallCard
    state: ApplicationState
    submitted_at: datetime | None
    decided_at: datetime | None
    reason: DeclineReason | None
    place: int | None
    cohort_id: int | None


@dataclass(frozen=True)
class AnswerRow:
    question_id: int
    question: Bilingual
    required: bool
    names_people: bool
    text: str


@dataclass(frozen=True)
class LetterRow:
    id: int
    verdict: Verdict
    issued_at: datetime
    moved_up: bool


@dataclass(frozen=True)
class ApplicationDetail:
    row: ApplicationRow
    call: CallDetail
    summary: str
    stage: Stage | None
    team: str
    author: str | None
    answers: tuple[AnswerRow, ...]
    letters: tuple[LetterRow, ...]
    changed_at: datetime


def own_applications(session: Session, organisation_id: int, *, today: date) -> tuple[ApplicationRow, ...]:
    """What an organisation has applied to: what is under way first, then the latest. Three statements."""
    rank = sa.case({s.value: n for n, s in enumerate(OPEN_STATES)}, value=Application.state, else_=len(OPEN_STATES))
    found = (
        sa.select(Application)
        .where(Application.organisation_id == organisation_id)
        .options(joinedload(Application.call).options(*LOADED))
        .order_by(rank, Application.updated_at.desc(), Application.id)
    )
    applications = session.scalars(found).all()
    calls = [a.call_id for a in applications]
    places, cohorts = waiting_places(session, calls), _cohorts(session, calls)
    return tuple(_row(a, places, cohorts, today) for a in applications)


def own_application(session: Session, organisation_id: int, application_id: int, *, today: date) -> ApplicationDetail:
    """Seven statements. Raises NotFound for one that another wrote."""
    found = (
        sa.select(Application)
        .where(Application.id == application_id, Application.organisation_id == organisation_id)
        .options(
            joinedload(Application.call).options(*LOADED, *LISTS),
            joinedload(Application.author),
            selectinload(Application.answers),
            selectinload(Application.letters),
        )
    )
    a = session.scalar(found)
    if a is None:
        raise NotFound
    places, cohorts = waiting_places(session, [a.call_id]), _cohorts(session, [a.call_id])
    return ApplicationDetail(
        _row(a, places, cohorts, today),
        call_detail(a.call, today),
        a.summary,
        a.stage,
        a.team,
        a.author.name if a.author else None,
        answer_rows(a),
        letter_rows(a),
        a.updated_at,
    )


def answer_rows(a: Application, *, naming_people: bool = True) -> tuple[AnswerRow, ...]:
    """Every question of the call with the answer, which may be empty; without those that name people if so wanted."""
    given = {answer.question_id: answer.text for answer in a.answers}
    return tuple(
        AnswerRow(q.id, q.text, q.required, q.names_people, given.get(q.id, ""))
        for q in a.call.questions
        if naming_people or not q.names_people
    )


def letter_rows(a: Application) -> tuple[LetterRow, ...]:
    return tuple(LetterRow(x.id, x.verdict, x.issued_at, x.moved_up) for x in a.letters)


def letter(session: Session, application_id: int, letter_id: int, organisation_id: int) -> dict[str, object]:
    """What a letter says, for one of its two sides: the applicant or the centre. One statement. Raises NotFound."""
    found = (
        sa.select(DecisionLetter)
        .join(DecisionLetter.application)
        .join(Application.call)
        .join(Call.programme)
        .where(
            DecisionLetter.id == letter_id,
            DecisionLetter.application_id == application_id,
            sa.or_(Application.organisation_id == organisation_id, Programme.organisation_id == organisation_id),
        )
        .options(
            joinedload(DecisionLetter.application).options(
                joinedload(Application.organisation), joinedload(Application.call).options(*LOADED)
            )
        )
    )
    entry = session.scalar(found)
    if entry is None:
        raise NotFound
    return letter_facts(entry)


def waiting_places(session: Session, call_ids: list[int]) -> dict[int, int]:
    """The present place of every application on the waiting lists of these calls, by its id. One statement."""
    rows = session.execute(
        sa.select(Application.id, Application.call_id)
        .where(Application.call_id.in_(call_ids), Application.state == ApplicationState.WAITLISTED)
        .order_by(Application.call_id, Application.waitlist_rank, Application.id)
    )
    places: dict[int, int] = {}
    counted: dict[int, int] = {}
    for id_, call_id in rows:
        places[id_] = counted[call_id] = counted.get(call_id, 0) + 1
    return places


def _cohorts(session: Session, call_ids: list[int]) -> dict[int, int]:
    rows = session.execute(sa.select(Cohort.call_id, Cohort.id).where(Cohort.call_id.in_(call_ids)))
    return {row.call_id: row.id for row in rows}


def _row(a: Application, places: dict[int, int], cohorts: dict[int, int], today: date) -> ApplicationRow:
    return ApplicationRow(
        a.id,
        a.title,
        call_card(a.call, today),
        a.state,
        a.submitted_at,
        a.decided_at,
        a.reason,
        places.get(a.id),
        cohorts.get(a.call_id) if a.state is ApplicationState.ACCEPTED else None,
    )
