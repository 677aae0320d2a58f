"""What a person is told: each notice in the site, and by which way its kind comes by mail.

A notice keeps the name of its wording and what fills it in, never a finished text: it is read in the language of the
moment. Every kind of notice that a person may choose about has a default; those about the account itself always leave
at once.
"""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import enum_type


class NoticeKind(enum.StrEnum):
    """What people choose about. The order is that of the page of choices."""

    REQUESTS = "requests"
    DEADLINES = "deadlines"
    CONNECTIONS = "connections"
    OUTCOMES = "outcomes"
    APPLICATIONS = "applications"
    CHALLENGES = "challenges"
    EVENTS = "events"
    ENTRIES = "entries"
    NEWS = "news"
    STANDING = "standing"
    PEOPLE = "people"
    COORDINATION = "coordination"
    ACCOUNT = "account"


class MailChoice(enum.StrEnum):
    """How the mails of a kind come. In the site every notice is shown whatever the choice."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    OFF = "off"


DEFAULTS: Mapping[NoticeKind, MailChoice] = {
    **dict.fromkeys(NoticeKind, MailChoice.AT_ONCE),
    NoticeKind.PEOPLE: MailChoice.DAILY,
}
"""Where somebody waits or a day is set, a mail comes at once; who has come and gone is read once a day."""

WITHOUT_CHOICE = frozenset({NoticeKind.ACCOUNT})


class Notification(Base):
    """One notice to one person. `template` and `context` are those of the mail, without its secret.

    `about` names the page it leads to, as '<argument of the address>:<number>': opening that page reads the notice.
    `for_digest`: it waits for the next daily mail.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_user_id_read_at", "user_id", "read_at"),
        Index("ix_notification_for_digest_at", "for_digest", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind] = mapped_column(enum_type(NoticeKind))
    template: Mapped[str] = mapped_column(sa.String(60))
    context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    about: Mapped[str | None] = mapped_column(sa.String(60))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    for_digest: Mapped[bool] = mapped_column(default=False)


class NoticeChoice(Base):
    """What a person has chosen about a kind. Without a row it is the default."""

    __tablename__ = "notice_choice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(enum_type(NoticeKind), primary_key=True)
    mail: Mapped[MailChoice] = mapped_column(enum_type(MailChoice))
