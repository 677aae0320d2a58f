"""Everything that happened to an organisation, latest first, from the audit trail: what its people did, what the clock
and the coordinators did, and what the other side of its requests, challenges and applications did that it may know.

What is shown is named here by the beginning of its action; reviews, searches and accounts are nobody's history. People
of other organisations are never named. A title is read anew, and left out when its entry is gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import (
    Agreement,
    Application,
    AuditEvent,
    Call,
    Challenge,
    ChallengeAnswer,
    Commitment,
    Document,
    Event,
    ExpressionOfInterest,
    Match,
    Membership,
    Message,
    Need,
    Offer,
    Organisation,
    Outcome,
    Programme,
    Technology,
    User,
)
from models.texts import Bilingual
from models.types import OrganisationKind
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.paging import Page, paginate

KINDS: Mapping[str, tuple[str, ...]] = {
    "needs": ("need.", "match."),
    "requests": ("interest.", "message."),
    "outcomes": ("agreement.", "outcome."),
    "supply": ("offer.", "technology.", "upload."),
    "programmes": ("programme.", "call.", "application.", "cohort."),
    "events": ("event.", "challenge.", "answer.", "stand."),
    "documents": ("document.", "commitment."),
    "organisation": ("organisation.", "profile.", "claim.", "invitation.", "membership."),
}
"""What one can choose, by the beginning of the action."""

DECISIONS = ("application.accepted", "application.waitlisted", "application.rejected")
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Row:
    """`ours` when the own side did it; `other` names the other side of a request. `person` is one of ours; else
    `coordinator` says that a coordinator did it, `clock` that the site did by itself, neither that somebody else did.
    `endpoint` and `arguments` lead to the entry, if there is a page of it."""

    at: datetime
    action: str
    reason: str | None
    ours: bool
    person: str | None
    coordinator: bool
    clock: bool
    title: Bilingual | None = None
    other: OrganisationRef | None = None
    endpoint: str | None = None
    arguments: Mapping[str, Any] | None = None

    @property
    def day(self) -> date:
        return self.at.astimezone(HANOI).date()


@dataclass(frozen=True)
class _About:
    title: Bilingual | None
    other: OrganisationRef | None = None
    endpoint: str | None = None
    arguments: Mapping[str, Any] | None = None


def timeline(
    session: Session, organisation: Organisation, kind: str | None, number: int, *, manages: bool = True
) -> Page[Row]:
    """One page. At most twenty statements, however much happened. Of a centre's applications only its managers read:
    any other member may be asked to review them without names."""
    chosen = KINDS[kind] if kind else tuple(prefix for prefixes in KINDS.values() for prefix in prefixes)
    statement = (
        sa.select(AuditEvent)
        .where(sa.or_(*(AuditEvent.action.startswith(prefix) for prefix in chosen)), _known_to(organisation.id))
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    )
    if organisation.kind is OrganisationKind.CENTRE and not manages:
        statement = statement.where(AuditEvent.action.not_like("application.%"))
    page: Page[AuditEvent] = paginate(session, statement, number, lambda event: event)
    people = _people(session, organisation.id, [event.actor_id for event in page.items])
    about = _abouts(session, organisation, [event.subject for event in page.items])
    rows = tuple(_row(event, organisation.id, people, about.get(event.subject)) for event in page.items)
    return Page(rows, page.number, page.size, page.total)


def _known_to(organisation_id: int) -> sa.ColumnElement[bool]:
    """What the own side did, and of what others did the steps about something that both have part in."""
    asked = ExpressionOfInterest
    sides = sa.and_(
        asked.sent_at.is_not(None),
        sa.or_(asked.from_organisation_id == organisation_id, asked.to_organisation_id == organisation_id),
    )
    interests = sa.select(asked.id).where(sides)
    answers = sa.select(ChallengeAnswer.id)
    to_ours = answers.join(ChallengeAnswer.challenge).where(Challenge.organisation_id == organisation_id)
    applications = sa.select(Application.id)
    for_ours = (
        applications.join(Application.call).join(Call.programme).where(Programme.organisation_id == organisation_id)
    )
    return sa.or_(
        AuditEvent.organisation_id == organisation_id,
        _subjects("interest", interests),
        _subjects(
            "commitment",
            sa.select(Commitment.id).where(
                sa.or_(Commitment.organisation_id == organisation_id, Commitment.centre_id == organisation_id)
            ),
        ),
        *(
            _subjects(name, sa.select(entity.id).where(entity.interest_id.in_(interests)))
            for name, entity in (("message", Message), ("agreement", Agreement), ("outcome", Outcome))
        ),
        _steps(
            ("answer.accepted", "answer.declined"),
            "challenge_answer",
            answers.where(ChallengeAnswer.organisation_id == organisation_id),
        ),
        _steps(("answer.send", "answer.withdraw"), "challenge_answer", to_ours),
        _steps(DECISIONS, "application", applications.where(Application.organisation_id == organisation_id)),
        _steps(("application.submit", "application.withdraw"), "application", for_ours),
    )


def _subjects(name: str, ids: sa.Select[Any]) -> sa.ColumnElement[bool]:
    numbers = ids.subquery()
    return AuditEvent.subject.in_(sa.select(sa.literal(f"{name}:").concat(sa.cast(numbers.c.id, sa.String))))


def _steps(actions: Sequence[str], name: str, ids: sa.Select[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(AuditEvent.action.in_(actions), _subjects(name, ids))


def _people(session: Session, organisation_id: int, ids: Sequence[int | None]) -> dict[int, tuple[str | None, bool]]:
    """Name of our own people, and whether somebody is a coordinator. One statement."""
    ours = sa.and_(Membership.user_id == User.id, Membership.organisation_id == organisation_id)
    found = sa.select(User, Membership.id).outerjoin(Membership, ours).where(User.id.in_({i for i in ids if i}))
    return {
        user.id: (user.name if membership else None, user.coordinates and not membership)
        for user, membership in session.execute(found)
    }


def _row(
    event: AuditEvent, organisation_id: int, people: Mapping[int, tuple[str | None, bool]], about: _About | None
) -> Row:
    person, coordinator = people.get(event.actor_id or 0, (None, False))
    ours = event.organisation_id == organisation_id
    reason = event.data.get("reason")
    given = reason if isinstance(reason, str) else None
    row = Row(event.at, event.action, given, ours, person, coordinator, event.actor_id is None)
    if about is None:
        return row
    return replace(row, title=about.title, other=about.other, endpoint=about.endpoint, arguments=about.arguments)


def _abouts(session: Session, organisation: Organisation, subjects: Sequence[str]) -> dict[str, _About]:
    """What the rows are about, one statement for each kind of entry among them."""
    ids: dict[str, set[int]] = {}
    for subject in subjects:
        table, _colon, number = subject.partition(":")
        ids.setdefault(table, set()).add(int(number))
    found: dict[str, _About] = {}
    for table, (entity, endpoint, argument) in PAGES.items():
        for entry in _entries(session, entity, ids.get(table)):
            title = getattr(entry, "title", None) or getattr(entry, "name", None)
            found[f"{table}:{entry.id}"] = _About(_text(title), None, endpoint, {argument: entry.id})
    found |= _needs(session, organisation, ids)
    found |= _interests(session, organisation, ids)
    found |= _others(session, organisation, ids)
    return found


PAGES: Mapping[str, tuple[Any, str, str]] = {
    "offer": (Offer, "offers.detail", "offer_id"),
    "technology": (Technology, "technologies.detail", "technology_id"),
    "event": (Event, "events.detail", "event_id"),
    "challenge": (Challenge, "challenges.detail", "challenge_id"),
    "programme": (Programme, "programmes.detail", "programme_id"),
}
"""Entries whose pages show their own people everything, drafts too."""


def _entries(session: Session, entity: Any, ids: set[int] | None, *options: Any) -> Sequence[Any]:
    if not ids:
        return ()
    return session.scalars(sa.select(entity).where(entity.id.in_(ids)).options(*options)).all()


def _text(value: Any) -> Bilingual | None:
    return value if isinstance(value, Bilingual) else Bilingual(value, value) if value else None


def _needs(session: Session, organisation: Organisation, ids: Mapping[str, set[int]]) -> dict[str, _About]:
    """Own needs, and suggestions: of those for others' needs only that there was one."""
    found = {}
    address = {"slug": organisation.slug}
    for need in _entries(session, Need, ids.get("need")):
        if need.organisation_id == organisation.id:
            found[f"need:{need.id}"] = _About(
                need.title, None, "workspace_needs.detail", {**address, "need_id": need.id}
            )
    loads = (joinedload(Match.need), joinedload(Match.organisation))
    for match in _entries(session, Match, ids.get("match"), *loads):
        if match.need.organisation_id == organisation.id:
            arguments = {**address, "need_id": match.need_id}
            supplier = organisation_ref(match.organisation)
            found[f"match:{match.id}"] = _About(match.need.title, supplier, "workspace_needs.detail", arguments)
    return found


def _interests(session: Session, organisation: Organisation, ids: Mapping[str, set[int]]) -> dict[str, _About]:
    """Requests and what belongs to them lead to the page of the request."""
    of = {f"interest:{number}": number for number in ids.get("interest", ())}
    for table, entity in (("message", Message), ("agreement", Agreement), ("outcome", Outcome)):
        if ids.get(table):
            pairs = sa.select(entity.id, entity.interest_id).where(entity.id.in_(ids[table]))
            of |= {f"{table}:{number}": interest for number, interest in session.execute(pairs)}
    loads = (
        joinedload(ExpressionOfInterest.need),
        joinedload(ExpressionOfInterest.from_organisation),
        joinedload(ExpressionOfInterest.to_organisation),
    )
    known = {}
    for interest in _entries(session, ExpressionOfInterest, set(of.values()), *loads):
        ours = interest.from_organisation_id == organisation.id
        other = organisation_ref(interest.to_organisation if ours else interest.from_organisation)
        arguments = {"slug": organisation.slug, "interest_id": interest.id}
        known[interest.id] = _About(interest.need.title, other, "interests.detail", arguments)
    return {subject: known[number] for subject, number in of.items() if number in known}


def _others(session: Session, organisation: Organisation, ids: Mapping[str, set[int]]) -> dict[str, _About]:
    found = {}
    for document in _entries(session, Document, ids.get("document")):
        about = _About(_text(document.title), None, "documents.index", {"slug": organisation.slug})
        found[f"document:{document.id}"] = about
    answers = _entries(session, ChallengeAnswer, ids.get("challenge_answer"), joinedload(ChallengeAnswer.challenge))
    for answer in answers:
        arguments = {"challenge_id": answer.challenge_id}
        found[f"challenge_answer:{answer.id}"] = _About(answer.challenge.title, None, "challenges.detail", arguments)
    for application in _entries(session, Application, ids.get("application")):
        found[f"application:{application.id}"] = _About(_text(application.title))
    for call in _entries(session, Call, ids.get("call")):
        found[f"call:{call.id}"] = _About(call.name)
    return found
