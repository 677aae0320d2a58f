"""Cohorts: for the centre with all teams, for a team with what concerns it; and in a few numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Application, Call, Cohort, CohortMilestone, MentorHours, MilestoneDone, Programme
from models.applications import ApplicationState
from models.errors import NotFound
from models.texts import Bilingual
from network.queries.cards import OrganisationRef, organisation_ref


@dataclass(frozen=True)
class TeamMilestone:
    """`late`: its day has passed and the team has not reached it."""

    id: int
    title: Bilingual
    due_on: date
    done_on: date | None
    late: bool
    for_all: bool


@dataclass(frozen=True)
class HoursRow:
    id: int
    on_day: date
    minutes: int
    mentor: str
    topic: str


@dataclass(frozen=True)
class Team:
    application_id: int
    organisation: OrganisationRef
    title: str
    milestones: tuple[TeamMilestone, ...]
    hours: tuple[HoursRow, ...]

    @property
    def done(self) -> int:
        return sum(1 for m in self.milestones if m.done_on)

    @property
    def late(self) -> int:
        return sum(1 for m in self.milestones if m.late)

    @property
    def minutes(self) -> int:
        return sum(h.minutes for h in self.hours)


@dataclass(frozen=True)
class CohortRow:
    """`left` teams had been accepted and have withdrawn."""

    id: int
    call_id: int
    name: Bilingual
    programme: Bilingual
    centre: OrganisationRef
    starts_on: date | None
    ends_on: date | None
    capacity: int
    teams: tuple[Team, ...]
    left: int

    @property
    def minutes(self) -> int:
        return sum(team.minutes for team in self.teams)

    @property
    def late(self) -> int:
        return sum(team.late for team in self.teams)

    @property
    def done(self) -> int:
        return sum(team.done for team in self.teams)

    @property
    def milestones(self) -> int:
        return sum(len(team.milestones) for team in self.teams)


def own_cohorts(session: Session, organisation_id: int, *, today: date) -> tuple[CohortRow, ...]:
    """The cohorts of a centre, those that end last first. Six statements."""
    found = _cohorts().where(Programme.organisation_id == organisation_id)
    cohorts = session.scalars(found.order_by(Cohort.starts_on.desc().nulls_last(), Cohort.id.desc())).all()
    return _rows(session, cohorts, today)


def own_cohort(session: Session, organisation_id: int, cohort_id: int, *, today: date) -> CohortRow:
    """Six statements. Raises NotFound for one of another centre."""
    found = _cohorts().where(Cohort.id == cohort_id, Programme.organisation_id == organisation_id)
    rows = _rows(session, session.scalars(found).all(), today)
    if not rows:
        raise NotFound
    return rows[0]


def team_page(session: Session, organisation_id: int, application_id: int, *, today: date) -> tuple[CohortRow, Team]:
    """The cohort of an accepted application, for that team alone: nothing of the other teams. Six statements."""
    found = _cohorts().join(Application, Application.call_id == Call.id)
    found = found.where(Application.id == application_id, Application.organisation_id == organisation_id)
    rows = _rows(session, session.scalars(found).all(), today, application_id)
    if not rows or not rows[0].teams:
        raise NotFound
    return rows[0], rows[0].teams[0]


def _cohorts() -> sa.Select[Any]:
    return (
        sa.select(Cohort)
        .join(Cohort.call)
        .join(Call.programme)
        .options(
            joinedload(Cohort.call).joinedload(Call.programme).joinedload(Programme.organisation),
            selectinload(Cohort.milestones),
        )
    )


def _rows(
    session: Session, cohorts: Iterable[Cohort], today: date, application_id: int | None = None
) -> tuple[CohortRow, ...]:
    cohorts = list(cohorts)
    calls = [c.call_id for c in cohorts]
    found = sa.select(Application).where(Application.call_id.in_(calls), Application.state == ApplicationState.ACCEPTED)
    if application_id is not None:
        found = found.where(Application.id == application_id)
    teams = session.scalars(found.options(joinedload(Application.organisation)).order_by(Application.number)).all()
    ids = [a.id for a in teams]
    done = {
        (d.milestone_id, d.application_id): d.done_on
        for d in session.scalars(sa.select(MilestoneDone).where(MilestoneDone.application_id.in_(ids)))
    }
    hours: dict[int, list[HoursRow]] = {}
    given = sa.select(MentorHours).where(MentorHours.application_id.in_(ids))
    for h in session.scalars(given.order_by(MentorHours.on_day.desc(), MentorHours.id.desc())):
        hours.setdefault(h.application_id, []).append(HoursRow(h.id, h.on_day, h.minutes, h.mentor, h.topic))
    left = dict(
        session.execute(
            sa.select(Application.call_id, sa.func.count(Application.id))
            .where(
                Application.call_id.in_(calls),
                Application.state == ApplicationState.WITHDRAWN,
                Application.decided_at.is_not(None),
            )
            .group_by(Application.call_id)
        ).all()
    )
    return tuple(
        _row(
            c,
            tuple(_team(a, c.milestones, done, hours.get(a.id, ()), today) for a in teams if a.call_id == c.call_id),
            left.get(c.call_id, 0),
        )
        for c in cohorts
    )


def _row(c: Cohort, teams: tuple[Team, ...], left: int) -> CohortRow:
    organisation = c.call.programme.organisation
    assert organisation is not None
    return CohortRow(
        c.id,
        c.call_id,
        c.name,
        c.call.programme.name,
        organisation_ref(organisation),
        c.starts_on,
        c.ends_on,
        c.call.capacity,
        teams,
        left,
    )


def _team(
    a: Application,
    milestones: Iterable[CohortMilestone],
    done: dict[tuple[int, int], date],
    hours: Iterable[HoursRow],
    today: date,
) -> Team:
    own = [m for m in milestones if m.application_id in (None, a.id)]
    rows = tuple(
        TeamMilestone(
            m.id,
            m.title,
            m.due_on,
            done.get((m.id, a.id)),
            (m.id, a.id) not in done and m.due_on < today,
            m.application_id is None,
        )
        for m in own
    )
    return Team(a.id, organisation_ref(a.organisation), a.title, rows, tuple(hours))
