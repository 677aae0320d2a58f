"""A year of a centre in figures, counted from what was done here; nothing is entered by hand, nothing is guessed.

An organisation counts as served in a year when in that year a request between it and the centre was accepted, its team
was in a cohort, a mentor gave it hours, or an outcome with it happened that both sides confirmed. A startup counts as
trained through a cohort, mentor hours or a confirmed incubation. Invented examples count only for a centre that is one
itself.
"""

import enum
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from models import (
    Application,
    Call,
    Centre,
    Cohort,
    Commitment,
    Event,
    ExpressionOfInterest,
    MentorHours,
    Organisation,
    Outcome,
    Programme,
    Registration,
)
from models.applications import ApplicationState
from models.calls import CallState
from models.outcomes import OutcomeKind, counted
from models.texts import Bilingual
from models.types import EventKind, EventState, OrganisationKind, Provenance, RegistrationState
from network.queries.commitments import granted
from network.queries.funnel import ACCEPTED
from network.services.needs import HANOI

FIRST_YEAR = 2025
"""The network was launched on 25 December 2025."""


class Way(enum.StrEnum):
    """How an organisation was served."""

    TALK = "talk"
    COHORT = "cohort"
    HOURS = "hours"
    INCUBATED = "incubated"
    OUTCOME = "outcome"


TRAINING = (Way.COHORT, Way.HOURS, Way.INCUBATED)


@dataclass(frozen=True)
class Served:
    id: int
    name: Bilingual
    slug: str
    kind: OrganisationKind
    ways: frozenset[Way]


@dataclass(frozen=True)
class CallYear:
    """`applied` in the year; `accepted` of these, as it stands now."""

    programme: Bilingual
    name: Bilingual
    capacity: int
    applied: int
    accepted: int


@dataclass(frozen=True)
class OutcomeYear:
    """`value_vnd` is the sum of those that name one, None where none does."""

    kind: OutcomeKind
    number: int
    value_vnd: int | None


@dataclass(frozen=True)
class EventYear:
    kind: EventKind
    number: int
    registered: int


@dataclass(frozen=True)
class AnswersYear:
    """Requests sent to the centre in the year."""

    received: int
    answered: int
    in_time: int
    median_days: float | None


@dataclass(frozen=True)
class YearlyReport:
    """`until` is the last day counted: the end of the year, or today. `staff` is what the profile says."""

    year: int
    until: date
    centre: Bilingual
    slug: str
    illustrative: bool
    staff: int | None
    served: tuple[Served, ...]
    calls: tuple[CallYear, ...]
    minutes: int
    mentors: int
    mentored: int
    events: tuple[EventYear, ...]
    outcomes: tuple[OutcomeYear, ...]
    answers: AnswersYear
    commitments: int

    @property
    def complete(self) -> bool:
        return self.until == date(self.year, 12, 31)

    def number(self, kind: OrganisationKind, *ways: Way) -> int:
        """How many organisations of a kind were served, in one of these ways if any is named."""
        return sum(1 for s in self.served if s.kind is kind and (not ways or s.ways & set(ways)))

    @property
    def enterprises(self) -> int:
        return self.number(OrganisationKind.ENTERPRISE)

    @property
    def startups_trained(self) -> int:
        return self.number(OrganisationKind.STARTUP, *TRAINING)


def yearly_report(session: Session, centre: Centre, year: int, *, today: date) -> YearlyReport:
    """Eight statements, however much was done."""
    days = date(year, 1, 1), min(date(year, 12, 31), today)
    invented = centre.provenance is Provenance.ILLUSTRATIVE
    others = sa.true() if invented else Organisation.provenance != Provenance.ILLUSTRATIVE
    minutes, mentors, mentored = _hours(session, centre, days, others)
    return YearlyReport(
        year,
        days[1],
        centre.name,
        centre.slug,
        invented,
        centre.staff_count,
        _served(session, centre, days, others),
        _calls(session, centre, days, others),
        minutes,
        mentors,
        mentored,
        _events(session, centre, days),
        _outcomes(session, centre, days, others),
        _answers(session, centre, days, others),
        granted(session, centre.id, _within(Commitment.settled_at, days)),
    )


Days = tuple[date, date]
Condition = sa.ColumnElement[bool]


def _within(column: Any, days: Days) -> Condition:
    """By the calendar of Hanoi: from the first moment of the first day to the last of the last."""
    since, until = (datetime.combine(day, time(), HANOI) for day in (days[0], days[1] + timedelta(days=1)))
    return sa.and_(column >= since, column < until)


def _other_side(centre: Centre) -> sa.ColumnElement[int]:
    asked = ExpressionOfInterest
    return sa.case(
        (asked.from_organisation_id == centre.id, asked.to_organisation_id), else_=asked.from_organisation_id
    )


def _between(centre: Centre) -> Condition:
    asked = ExpressionOfInterest
    return sa.or_(asked.from_organisation_id == centre.id, asked.to_organisation_id == centre.id)


def _hours_of(centre: Centre, days: Days) -> Condition:
    return sa.and_(Programme.organisation_id == centre.id, MentorHours.on_day.between(*days))


def _outcomes_of(centre: Centre, days: Days) -> Condition:
    return sa.and_(_between(centre), counted(), Outcome.happened_on.between(*days))


def _served(session: Session, centre: Centre, days: Days, others: Condition) -> tuple[Served, ...]:
    """Two statements."""
    asked, first_day = ExpressionOfInterest, sa.func.coalesce(Cohort.starts_on, Call.starts_on, Call.decide_by)
    talks = sa.select(_other_side(centre).label("id"), sa.literal(Way.TALK.value).label("way")).where(
        _between(centre), asked.state.in_(ACCEPTED), _within(asked.answered_at, days)
    )
    teams = (
        sa.select(Application.organisation_id, sa.literal(Way.COHORT.value))
        .join(Application.call)
        .join(Call.programme)
        .join(Cohort, Cohort.call_id == Call.id)
        .where(
            Programme.organisation_id == centre.id,
            Application.state == ApplicationState.ACCEPTED,
            first_day <= days[1],
            sa.func.coalesce(Cohort.ends_on, Call.ends_on, first_day) >= days[0],
        )
    )
    hours = (
        sa.select(Application.organisation_id, sa.literal(Way.HOURS.value))
        .join(MentorHours, MentorHours.application_id == Application.id)
        .join(Application.call)
        .join(Call.programme)
        .where(_hours_of(centre, days))
    )
    way = sa.case((Outcome.kind == OutcomeKind.INCUBATED, Way.INCUBATED.value), else_=Way.OUTCOME.value)
    outcomes = (
        sa.select(_other_side(centre), way)
        .select_from(Outcome)
        .join(Outcome.interest)
        .where(_outcomes_of(centre, days))
    )
    ways: dict[int, set[Way]] = {}
    for organisation_id, way in session.execute(sa.union(talks, teams, hours, outcomes)):
        ways.setdefault(organisation_id, set()).add(Way(way))
    found = sa.select(Organisation).where(Organisation.id.in_(ways), others)
    return tuple(
        Served(o.id, o.name, o.slug, o.kind, frozenset(ways[o.id]))
        for o in session.scalars(found.order_by(Organisation.folded, Organisation.id))
    )


def _calls(session: Session, centre: Centre, days: Days, others: Condition) -> tuple[CallYear, ...]:
    """Those that somebody applied to in the year, and those that were open in it."""
    sent = sa.and_(Application.organisation_id == Organisation.id, others, _within(Application.submitted_at, days))
    numbers = (
        sa.select(
            Application.call_id,
            sa.func.count().label("applied"),
            sa.func.count().filter(Application.state == ApplicationState.ACCEPTED).label("accepted"),
        )
        .select_from(Application)
        .join(Organisation, sent)
        .group_by(Application.call_id)
        .subquery()
    )
    found = (
        sa.select(Call, numbers.c.applied, numbers.c.accepted)
        .join(Call.programme)
        .options(contains_eager(Call.programme))
        .outerjoin(numbers, numbers.c.call_id == Call.id)
        .where(
            Programme.organisation_id == centre.id,
            Call.state.in_((CallState.PUBLISHED, CallState.DECIDED)),
            sa.or_(numbers.c.applied > 0, sa.and_(Call.opens_on <= days[1], Call.closes_on >= days[0])),
        )
        .order_by(Call.opens_on, Call.id)
    )
    return tuple(
        CallYear(call.programme.name, call.name, call.capacity, applied or 0, accepted or 0)
        for call, applied, accepted in session.execute(found)
    )


def _hours(session: Session, centre: Centre, days: Days, others: Condition) -> tuple[int, int, int]:
    """Minutes, mentors by name, organisations."""
    found = (
        sa.select(
            sa.func.coalesce(sa.func.sum(MentorHours.minutes), 0),
            sa.func.count(sa.distinct(sa.func.lower(MentorHours.mentor))),
            sa.func.count(sa.distinct(Application.organisation_id)),
        )
        .join(MentorHours.application)
        .join(Application.organisation)
        .join(Application.call)
        .join(Call.programme)
        .where(_hours_of(centre, days), others)
    )
    minutes, mentors, mentored = session.execute(found).one()
    return int(minutes), mentors, mentored


def _events(session: Session, centre: Centre, days: Days) -> tuple[EventYear, ...]:
    found = (
        sa.select(Event.kind, sa.func.count(sa.distinct(Event.id)), sa.func.count(Registration.id))
        .outerjoin(
            Registration,
            sa.and_(Registration.event_id == Event.id, Registration.state == RegistrationState.REGISTERED),
        )
        .where(Event.organisation_id == centre.id, Event.state == EventState.PUBLISHED, _within(Event.starts_at, days))
        .group_by(Event.kind)
    )
    rows: dict[EventKind, EventYear] = {row[0]: EventYear(*row) for row in session.execute(found)}
    return tuple(rows[kind] for kind in EventKind if kind in rows)


def _outcomes(session: Session, centre: Centre, days: Days, others: Condition) -> tuple[OutcomeYear, ...]:
    found = (
        sa.select(Outcome.kind, sa.func.count(), sa.func.sum(Outcome.value_vnd))
        .select_from(Outcome)
        .join(Outcome.interest)
        .join(Organisation, Organisation.id == _other_side(centre))
        .where(_outcomes_of(centre, days), others)
        .group_by(Outcome.kind)
    )
    rows = {
        kind: OutcomeYear(kind, number, None if value is None else int(value))
        for kind, number, value in session.execute(found)
    }
    return tuple(rows[kind] for kind in OutcomeKind if kind in rows)


def _answers(session: Session, centre: Centre, days: Days, others: Condition) -> AnswersYear:
    asked = ExpressionOfInterest
    found = (
        sa.select(asked.sent_at, asked.answered_at, asked.reply_by)
        .join(asked.from_organisation)
        .where(asked.to_organisation_id == centre.id, _within(asked.sent_at, days), others)
    )
    rows = session.execute(found).all()
    answered = [(sent, at, until) for sent, at, until in rows if sent and at and until]
    took = [(at - sent) / timedelta(days=1) for sent, at, _ in answered]
    in_time = sum(1 for _, at, until in answered if at <= until)
    return AnswersYear(len(rows), len(answered), in_time, median(took) if took else None)
