"""What a centre keeps about the teams it took in: milestones, whether a team has reached them, hours of mentors.

Members of the centre enter it; the team reads what concerns it.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Application, Cohort, CohortMilestone, MentorHours, MilestoneDone, Organisation, User
from models.applications import ApplicationState
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.texts import Bilingual
from network.services import permits
from network.services.intake import runner, staff_of, today
from network.services.texts import cleaned

HIGHEST_HOURS = 24


def find_own(session: Session, organisation: Organisation, cohort_id: int) -> Cohort:
    """The cohort, if this organisation runs its programme. Raises NotFound otherwise."""
    cohort = session.get(Cohort, cohort_id)
    if cohort is None or cohort.call.programme.organisation_id != organisation.id:
        raise NotFound
    return cohort


def find_team(session: Session, cohort: Cohort, application_id: int) -> Application:
    """A team of the cohort. Raises NotFound otherwise."""
    application = session.get(Application, application_id)
    if application is None or application.call_id != cohort.call_id:
        raise NotFound
    if application.state is not ApplicationState.ACCEPTED:
        raise NotFound
    return application


def add_milestone(
    session: Session,
    actor: User,
    cohort: Cohort,
    title: Bilingual,
    due_on: date,
    team: Application | None = None,
    *,
    now: datetime,
) -> CohortMilestone:
    """For every team, or for one. Raises Invalid without a title or for a day outside the time of the cohort."""
    _member(actor, cohort)
    if not cleaned(title):
        raise Invalid("milestone_title_missing")
    before, after = cohort.starts_on or due_on, cohort.ends_on or due_on
    if not before <= due_on <= after:
        raise Invalid("milestone_outside_cohort")
    milestone = CohortMilestone(cohort=cohort, title=cleaned(title, one_line=True), due_on=due_on, application=team)
    session.add(milestone)
    _record(session, actor, "cohort.milestone", cohort, now)
    return milestone


def remove_milestone(session: Session, actor: User, milestone: CohortMilestone, *, now: datetime) -> None:
    """Raises Conflict once a team has reached it."""
    _member(actor, milestone.cohort)
    if _done(session, milestone):
        raise Conflict("milestone_reached")
    _record(session, actor, "cohort.milestone_removed", milestone.cohort, now)
    session.delete(milestone)


def find_milestone(session: Session, cohort: Cohort, milestone_id: int) -> CohortMilestone:
    milestone = session.get(CohortMilestone, milestone_id)
    if milestone is None or milestone.cohort_id != cohort.id:
        raise NotFound
    return milestone


def set_done(
    session: Session, actor: User, milestone: CohortMilestone, team: Application, done_on: date | None, *, now: datetime
) -> None:
    """The team has reached the milestone on that day, or with None has not after all. Raises Invalid for a day to come.

    Raises NotFound for the milestone of another team.
    """
    _member(actor, milestone.cohort)
    if milestone.application_id not in (None, team.id):
        raise NotFound
    if done_on is not None and done_on > today(now):
        raise Invalid("day_to_come")
    known = session.get(MilestoneDone, (milestone.id, team.id))
    if done_on is None:
        if known is not None:
            session.delete(known)
    elif known is None:
        session.add(MilestoneDone(milestone_id=milestone.id, application_id=team.id, done_on=done_on, recorded_at=now))
    else:
        known.done_on, known.recorded_at = done_on, now
    verb = "milestone_done" if done_on else "milestone_undone"
    _record(session, actor, f"cohort.{verb}", milestone.cohort, now, team=team.id, milestone=milestone.id)


def add_hours(
    session: Session,
    actor: User,
    cohort: Cohort,
    team: Application,
    on_day: date,
    minutes: int,
    mentor: str,
    topic: str,
    *,
    now: datetime,
) -> MentorHours:
    """Raises Invalid for what is missing, more than a day, or a day to come."""
    _member(actor, cohort)
    mentor, topic = " ".join(mentor.split())[:120], topic.strip()
    if not mentor or not topic:
        raise Invalid("mentor_missing" if not mentor else "topic_missing")
    if not 0 < minutes <= HIGHEST_HOURS * 60:
        raise Invalid("hours_outside")
    if on_day > today(now):
        raise Invalid("day_to_come")
    hours = MentorHours(
        application=team, on_day=on_day, minutes=minutes, mentor=mentor, topic=topic, entered_by=actor, entered_at=now
    )
    session.add(hours)
    _record(session, actor, "cohort.hours", cohort, now, team=team.id, minutes=minutes)
    return hours


def remove_hours(session: Session, actor: User, cohort: Cohort, hours_id: int, *, now: datetime) -> None:
    """An entry made by mistake. Raises NotFound for one of another cohort."""
    _member(actor, cohort)
    hours = session.get(MentorHours, hours_id)
    if hours is None or hours.application.call_id != cohort.call_id:
        raise NotFound
    _record(session, actor, "cohort.hours_removed", cohort, now, team=hours.application_id, minutes=hours.minutes)
    session.delete(hours)


def _done(session: Session, milestone: CohortMilestone) -> bool:
    found = sa.select(MilestoneDone.application_id).where(MilestoneDone.milestone_id == milestone.id).limit(1)
    return session.scalar(found) is not None


def _member(actor: User, cohort: Cohort) -> None:
    centre = runner(cohort.call)
    staff_of(actor, centre.id)
    permits.not_suspended(centre)


def _record(session: Session, actor: User, action: str, cohort: Cohort, now: datetime, **data: object) -> None:
    record(session, actor, action, cohort, now=now, organisation_id=runner(cohort.call).id, **data)
