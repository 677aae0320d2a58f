"""The audit trail to read: all of it for coordinators, that of one organisation for its managers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import AuditEvent, Membership, Organisation, User
from models.audit_events import EVENTS, NOT_FOR_THE_ORGANISATION
from models.texts import fold
from network.queries.cards import OrganisationRef, organisation_ref
from network.queries.facets import has_words
from network.queries.paging import Page, paginate
from network.services.needs import HANOI

ROWS = 50
MOST_ROWS = 50_000
"""Of a file to download; the latest."""


@dataclass(frozen=True)
class AuditCriteria:
    """`event` is the name of an event or its first part, `need`. Days are those of Hanoi, both included."""

    organisation: str = ""
    person: str = ""
    event: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """From the address; what cannot be read is left out."""
        event = args.get("event", "")
        return cls(
            args.get("organisation", "").strip()[:200],
            args.get("person", "").strip()[:200],
            event if event in EVENTS or any(name.startswith(f"{event}.") for name in EVENTS) else "",
            _day(args.get("since", "")),
            _day(args.get("until", "")),
        )

    def args(self) -> dict[str, str]:
        values = {
            "organisation": self.organisation,
            "person": self.person,
            "event": self.event,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class AuditRow:
    """`table` and `number` name the entry. Without an actor it was the clock, or somebody whose account is gone."""

    at: datetime
    event: str
    actor: str | None
    organisation: OrganisationRef | None
    table: str
    number: int
    data: Mapping[str, Any]


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def listing(
    session: Session, criteria: AuditCriteria, number: int, *, organisation_id: int | None = None
) -> Page[AuditRow]:
    """The latest first; with `organisation_id` what its managers may read. At most four statements."""
    found = _found(session, criteria, organisation_id)
    return paginate(session, found, number, _row, size=ROWS)


def rows(session: Session, criteria: AuditCriteria, *, organisation_id: int | None = None) -> list[AuditRow]:
    """For a file. At most three statements."""
    return [_row(event) for event in session.scalars(_found(session, criteria, organisation_id).limit(MOST_ROWS))]


def _found(session: Session, criteria: AuditCriteria, organisation_id: int | None) -> sa.Select[AuditEvent]:
    found = sa.select(AuditEvent).options(joinedload(AuditEvent.actor), joinedload(AuditEvent.organisation))
    if organisation_id is not None:
        hidden = AuditEvent.action.in_(sorted(NOT_FOR_THE_ORGANISATION))
        found = found.where(AuditEvent.organisation_id == organisation_id, ~hidden)
    elif criteria.organisation:
        found = found.where(AuditEvent.organisation_id.in_(_organisations(criteria.organisation)))
    if criteria.person:
        found = found.where(AuditEvent.actor_id.in_(_people(session, criteria.person, organisation_id)))
    if criteria.event in EVENTS:
        found = found.where(AuditEvent.action == criteria.event)
    elif criteria.event:
        found = found.where(AuditEvent.action.startswith(f"{criteria.event}.", autoescape=True))
    if criteria.since:
        found = found.where(AuditEvent.at >= _midnight(criteria.since))
    if criteria.until:
        found = found.where(AuditEvent.at < _midnight(criteria.until + timedelta(days=1)))
    return found.order_by(AuditEvent.at.desc(), AuditEvent.id.desc())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), HANOI).astimezone(UTC)


def _organisations(words: str) -> sa.Select[Any]:
    """By the last part of its address, or by words of its name."""
    named = has_words(Organisation.folded, words)
    exact = Organisation.slug == words.lower()
    return sa.select(Organisation.id).where(exact if named is None else sa.or_(exact, named))


def _people(session: Session, words: str, organisation_id: int | None) -> list[int]:
    """By address, or by a part of the name, whatever its capitals and marks. One statement."""
    wanted = fold(words)
    everybody = sa.select(User.id, User.name, User.email)
    if organisation_id is not None:
        acted = sa.select(AuditEvent.actor_id).where(AuditEvent.organisation_id == organisation_id)
        belongs = sa.select(Membership.user_id).where(Membership.organisation_id == organisation_id)
        everybody = everybody.where(sa.or_(User.id.in_(acted), User.id.in_(belongs)))
    by_address = organisation_id is None
    return [
        user_id
        for user_id, name, email in session.execute(everybody)
        if wanted in fold(name) or (by_address and email == words.lower())
    ]


def _row(event: AuditEvent) -> AuditRow:
    table, _, number = event.subject.partition(":")
    return AuditRow(
        event.at,
        event.action,
        event.actor.name if event.actor else None,
        organisation_ref(event.organisation) if event.organisation else None,
        table,
        int(number),
        event.data,
    )
