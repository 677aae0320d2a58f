"""What people have the site look out for, what it has found for them, and what it has told them already.

`Publication` is the one list of what is new: an entry has a row from the moment it was first found published, however
it came to be so, and keeps it. An entry is new to a search that had last looked before that moment.
"""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Timed
from models.people import User
from models.types import SubjectKind, enum_type


class SearchKind(enum.StrEnum):
    """What was saved: a question in one's own words, or a list as it was narrowed."""

    QUESTION = "question"
    DIRECTORY = "directory"
    NEEDS = "needs"
    TECHNOLOGIES = "technologies"


class Frequency(enum.StrEnum):
    """How often a person is told by mail."""

    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


class Publication(Base):
    """When an entry was first found published."""

    __tablename__ = "publication"
    __table_args__ = (Index("ix_publication_at", "at"),)

    subject_kind: Mapped[SubjectKind] = mapped_column(enum_type(SubjectKind), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class SavedSearch(Timed, Base):
    """`text` is the question; `criteria` what a list was narrowed by, as in its address.

    `subjects` are the kinds of entry looked out for. Everything published until `checked_at` has been looked at;
    `digest_at` is when it last had its turn in a digest: what was found later is told in the next one.
    """

    __tablename__ = "saved_search"
    __table_args__ = (
        CheckConstraint("(kind = 'question') = (text IS NOT NULL)", name="asked"),
        Index("ix_saved_search_checked_at", "checked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[SearchKind] = mapped_column(enum_type(SearchKind))
    text: Mapped[str | None]
    criteria: Mapped[dict[str, Any]] = mapped_column(default=dict)
    subjects: Mapped[list[str]] = mapped_column(default=list)
    frequency: Mapped[Frequency] = mapped_column(enum_type(Frequency), default=Frequency.WEEKLY)
    checked_at: Mapped[datetime]
    digest_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class SavedSearchHit(Base):
    """An entry that fits a saved search, found once and for all. `score` only where the engine gave one."""

    __tablename__ = "saved_search_hit"
    __table_args__ = (UniqueConstraint("search_id", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    search_id: Mapped[int] = mapped_column(ForeignKey("saved_search.id", ondelete="CASCADE"))
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_type(SubjectKind))
    subject_id: Mapped[int]
    score: Mapped[float | None]
    found_at: Mapped[datetime]


class NewsChoice(Base):
    """How often a person is told of what fits the needs, offers and technologies of the own organisations.

    Without a row it is weekly. `digest_at` as in SavedSearch.
    """

    __tablename__ = "news_choice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    frequency: Mapped[Frequency] = mapped_column(enum_type(Frequency), default=Frequency.WEEKLY)
    digest_at: Mapped[datetime]


class NewsTold(Base):
    """That a person has been told of a pair: `about` names the own side, `subject` what fits it, as '<kind>:<id>'."""

    __tablename__ = "news_told"
    __table_args__ = (UniqueConstraint("user_id", "about", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    about: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(60))
    told_at: Mapped[datetime]
