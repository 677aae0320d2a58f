"""Applications, for those who apply: begun by members, sent and taken back by managers of a startup or an enterprise.

A draft may be saved at any time and however little it says, also after the call has closed: it is never lost, and never
leaves the organisation. What was sent can be mended until the closing day, as long as it stays complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Application, ApplicationAnswer, Call, Organisation, User
from models.applications import ApplicationState
from models.audit import record
from models.calls import CallState
from models.errors import Conflict, Invalid, NotFound
from models.states import APPLICATION, move
from models.types import OrganisationKind, ProfileState, Stage, SupplyState
from network.services import permits
from network.services.intake import lock, mail_facts, runner, today
from network.services.outbox import names_of, post_to_organisation

APPLYING = (OrganisationKind.STARTUP, OrganisationKind.ENTERPRISE)
TITLE_LENGTH, TEXT_LENGTH = 200, 4000
REMIND_DAYS = 3


@dataclass(frozen=True)
class ApplicationValues:
    """What an application says; `answers` by the id of the question."""

    title: str = ""
    summary: str = ""
    stage: Stage | None = None
    team: str = ""
    answers: Mapping[int, str] = field(default_factory=dict)


def find_own(session: Session, organisation: Organisation, application_id: int) -> Application:
    """The application, if this organisation wrote it. Raises NotFound otherwise."""
    application = session.get(Application, application_id)
    if application is None or application.organisation_id != organisation.id:
        raise NotFound
    return application


def find_open(session: Session, call_id: int, *, now: datetime) -> Call:
    """A call that everybody may read and that takes applications today.

    Raises NotFound for what cannot be read, Conflict('call_takes_none') when it is not its time.
    """
    call = session.get(Call, call_id)
    if call is None or call.state is CallState.DRAFT or call.programme.state is not SupplyState.PUBLISHED:
        raise NotFound
    if runner(call).state is ProfileState.SUSPENDED:
        raise NotFound
    if not call.open_on(today(now)):
        raise Conflict("call_takes_none")
    return call


def begin(session: Session, actor: User, organisation: Organisation, call_id: int, *, now: datetime) -> Application:
    """An empty draft, or the application of the organisation that stands already.

    Raises NotFound for an organisation of a kind that does not apply, and what `find_open` raises.
    """
    permits.member_of(actor, organisation.id)
    permits.not_suspended(organisation)
    if organisation.kind not in APPLYING:
        raise NotFound
    call = find_open(session, call_id, now=now)
    application = Application(call=call, organisation=organisation, author=actor, state=ApplicationState.DRAFT)
    try:  # the unique index decides: two colleagues may begin at the same moment
        with session.begin_nested():
            session.add(application)
    except IntegrityError:
        return session.scalars(
            sa.select(Application).where(
                Application.call_id == call_id,
                Application.organisation_id == organisation.id,
                Application.state != ApplicationState.WITHDRAWN,
            )
        ).one()
    record(session, actor, "application.begin", application, now=now, organisation_id=organisation.id)
    return application


def save(
    session: Session, actor: User, application: Application, values: ApplicationValues, *, now: datetime
) -> Application:
    """New words. A draft takes whatever there is; one that was sent must stay complete and its call open, and is the
    managers' to change. Raises Conflict for one that is being read or decided, Invalid for one that would have gaps.
    """
    if application.state is ApplicationState.DRAFT:
        permits.member_of(actor, application.organisation_id)
    elif application.state is ApplicationState.SUBMITTED:
        permits.manager_of(actor, application.organisation_id)
        _takes_applications(application, now)
        _complete(application, values)
    else:
        permits.member_of(actor, application.organisation_id)
        raise Conflict("application_not_editable", current=application.state.value)
    application.title = " ".join(values.title.split())
    application.summary, application.team = values.summary.strip(), values.team.strip()
    application.stage = values.stage
    _answer(application, values.answers)
    record(session, actor, "application.save", application, now=now, organisation_id=application.organisation_id)
    return application


def submit(session: Session, actor: User, application: Application, *, now: datetime) -> Application:
    """Sends it. Both sides get a mail. Raises Conflict outside the time of the call, Invalid with what is `missing`."""
    permits.manager_of(actor, application.organisation_id)
    permits.not_suspended(application.organisation)
    state = move(APPLICATION, application.state, ApplicationState.SUBMITTED)
    _takes_applications(application, now)
    _complete(application, said(application))
    lock(session, application.call)
    highest = sa.select(sa.func.max(Application.number)).where(Application.call_id == application.call_id)
    application.number = (session.scalar(highest) or 0) + 1
    application.state, application.submitted_at, application.author = state, now, actor
    record(session, actor, "application.submit", application, now=now, organisation_id=application.organisation_id)
    facts = {"application_id": application.id, **mail_facts(application.call), "title": application.title}
    facts["applicant"] = {**names_of(application.organisation), "slug": application.organisation.slug}
    post_to_organisation(session, application.organisation, "application_sent", **facts)
    post_to_organisation(session, runner(application.call), "application_received", **facts)
    return application


def said(application: Application) -> ApplicationValues:
    """What the application says so far."""
    return ApplicationValues(
        application.title,
        application.summary,
        application.stage,
        application.team,
        {answer.question_id: answer.text for answer in application.answers},
    )


def missing(application: Application, values: ApplicationValues) -> list[str]:
    """What must still be said before it can be sent: 'title', 'summary', 'stage', 'team', 'answer_<question>'."""
    gaps = [name for name in ("title", "summary", "stage", "team") if not getattr(values, name)]
    questions = (q for q in application.call.questions if q.required)
    return gaps + [f"answer_{q.id}" for q in questions if not values.answers.get(q.id, "").strip()]


def remind(session: Session, *, now: datetime, days: int = REMIND_DAYS) -> int:
    """Tells the managers of a draft whose call closes within so many days, once. Returns how many drafts there were."""
    day = today(now)
    late = (
        sa.select(Application)
        .join(Call)
        .where(
            Application.state == ApplicationState.DRAFT,
            Application.reminded_at.is_(None),
            Call.state == CallState.PUBLISHED,
            Call.closes_on.between(day, day + timedelta(days=days)),
        )
    )
    drafts = session.scalars(late.order_by(Application.id)).all()
    for draft in drafts:
        draft.reminded_at = now
        facts = {"application_id": draft.id, **mail_facts(draft.call), "slug": draft.organisation.slug}
        post_to_organisation(session, draft.organisation, "application_unsent", **facts)
        record(session, None, "application.remind", draft, now=now, organisation_id=draft.organisation_id)
    return len(drafts)


def _takes_applications(application: Application, now: datetime) -> None:
    if not application.call.open_on(today(now)):
        raise Conflict("call_takes_none")


def _complete(application: Application, values: ApplicationValues) -> None:
    gaps = missing(application, values)
    if gaps:
        raise Invalid("application_incomplete", missing=gaps)


def _answer(application: Application, texts: Mapping[int, str]) -> None:
    """The answers to questions of the call; an empty one is none."""
    present = {answer.question_id: answer for answer in application.answers}
    given = {q.id: text.strip() for q in application.call.questions if (text := texts.get(q.id, "")).strip()}
    for question_id, text in given.items():
        if question_id in present:
            present[question_id].text = text
    kept = [answer for answer in application.answers if answer.question_id in given]
    new = [ApplicationAnswer(question_id=id_, text=text) for id_, text in given.items() if id_ not in present]
    application.answers = kept + new
