"""What takes place on a day: exhibitions, workshops, pitch days; and who has a place there or waits for one."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Provenanced, Searchable, Timed, bilingual
from models.organisations import Organisation
from models.people import User
from models.texts import Bilingual
from models.types import EventKind, EventState, RegistrationState, enum_type


class Event(Timed, Provenanced, Searchable, Base):
    """At a `place`, `online`, or both. `link` is where one joins online: only those who have a place read it.

    `revision` counts what has changed since the event was published, as calendars want to know (RFC 5545 SEQUENCE).
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("coalesce(title_vi, title_en) IS NOT NULL", name="titled"),
        CheckConstraint("starts_at < ends_at", name="span"),
        CheckConstraint("online OR coalesce(place_vi, place_en) IS NOT NULL", name="somewhere"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("register_by <= starts_at", name="register_by"),
        CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled_with_reason"),
        Index("ix_event_state_starts_at", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    kind: Mapped[EventKind] = mapped_column(enum_type(EventKind))
    title: Mapped[Bilingual] = bilingual("title")
    summary: Mapped[Bilingual] = bilingual("summary")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[Bilingual] = bilingual("place")
    district: Mapped[str | None] = mapped_column(sa.String(20))
    online: Mapped[bool] = mapped_column(default=False)
    link: Mapped[str | None]
    capacity: Mapped[int | None]
    register_by: Mapped[datetime | None]
    state: Mapped[EventState] = mapped_column(enum_type(EventState), default=EventState.DRAFT)
    cancel_reason: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation] = relationship()

    @property
    def registers_until(self) -> datetime:
        """The last moment at which one can ask for a place."""
        return self.register_by or self.starts_at

    def searchable_texts(self) -> tuple[Bilingual | None, ...]:
        return self.title, self.summary, self.place


class Registration(Timed, Base):
    """One per person and event, whatever became of it. Who waits moves up in the order of `asked_at`."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("event_id", "user_id"),
        Index("ix_registration_event_id_state_asked_at", "event_id", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    state: Mapped[RegistrationState] = mapped_column(enum_type(RegistrationState))
    asked_at: Mapped[datetime]

    event: Mapped[Event] = relationship()
    user: Mapped[User] = relationship()
