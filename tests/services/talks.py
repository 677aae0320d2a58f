"""A connection with people on both sides, for the stories of threads, agreements and outcomes (see conftest.py)."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, ConnectionStep, ExpressionOfInterest, OutboxMail, User
from models.outcomes import OutcomeKind
from models.types import InterestState
from network.services.files import FileStore
from network.services.outcomes import OutcomeValues
from tests.factories import NOW, Make

DAY = date(2026, 11, 20)
SECRET = "The report 17/BC, which nobody else may know."


@dataclass
class Talk:
    """`ours` manages the startup that asked, `theirs` the institute that said yes."""

    session: Session
    make: Make
    interest: ExpressionOfInterest
    startup: Any
    institute: Any
    ours: User
    theirs: User
    store: FileStore

    def by(self, user: User | None = None) -> tuple[Session, User, Any]:
        """What every step takes first: the session, who acts, and for which side."""
        user = user or self.ours
        return self.session, user, self.startup if user.membership_of(self.startup.id) else self.institute

    @property
    def kept(self) -> dict[str, Any]:
        return {"store": self.store, "now": NOW}

    def mails(self) -> list[tuple[str, str]]:
        self.session.flush()
        return [(m.to, m.template) for m in self.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]

    def actions(self) -> list[str]:
        self.session.flush()
        return list(self.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))

    def steps(self) -> list[str]:
        self.session.flush()
        found = sa.select(ConnectionStep.kind).order_by(ConnectionStep.id)
        return [kind.value for kind in self.session.scalars(found)]

    def told(self) -> str:
        """Everything that mails and audit carry, to look for what they must not."""
        self.session.flush()
        mails = self.session.scalars(sa.select(OutboxMail.context)).all()
        return str(mails) + str(self.session.scalars(sa.select(AuditEvent.data)).all())


def values(**changes: Any) -> OutcomeValues:
    said: dict[str, Any] = {"kind": OutcomeKind.PILOT, "happened_on": DAY, "evidence": SECRET, "value_vnd": 777_000_000}
    return OutcomeValues(**{**said, **changes})


def begin(session: Session, make: Make, folder: Path, state: InterestState) -> Talk:
    startup, institute = make.organisation("Seeker"), make.organisation("Giver", "institute")
    interest = make.connection(make.need(startup, "A laboratory"), institute, state)
    return Talk(
        session, make, interest, startup, institute, make.user(startup), make.user(institute), FileStore(folder)
    )
