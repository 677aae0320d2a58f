"""Saved searches: a question or a narrowed list that the site keeps asking for a person.

Permissions: everybody for themselves. Whoever holds the signed link of a mail may stop what it names.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import NewsChoice, SavedSearch, User
from models.alerts import Frequency, SearchKind
from models.audit import record
from models.errors import Conflict, Invalid, NotFound
from models.types import SubjectKind
from network.queries.new_entries import LISTS
from network.services.alerts import note_publications

MOST = 50
"""Saved searches of one person."""

LONGEST_NAME, LONGEST_TEXT = 120, 2000


def find_own(session: Session, actor: User, search_id: int) -> SavedSearch:
    """The saved search, if it is the actor's. Raises NotFound otherwise."""
    search = session.get(SavedSearch, search_id)
    if search is None or search.user_id != actor.id:
        raise NotFound
    return search


def save_question(
    session: Session,
    actor: User,
    name: str,
    text: str,
    subjects: Collection[SubjectKind],
    frequency: Frequency,
    *,
    now: datetime,
) -> SavedSearch:
    """Raises Invalid without a text or a kind of entry to look out for, Conflict beyond MOST."""
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise Invalid("question_missing")
    if not subjects:
        raise Invalid("subjects_missing")
    return _save(session, actor, name, SearchKind.QUESTION, text, {}, sorted(subjects), frequency, now)


def save_list(
    session: Session,
    actor: User,
    name: str,
    kind: SearchKind,
    criteria: Mapping[str, str],
    frequency: Frequency,
    *,
    now: datetime,
) -> SavedSearch:
    """`criteria` as in the address of the list; what is unknown there counts as not chosen."""
    subject, _entity, read, _narrow = LISTS[kind]
    chosen = read.read(criteria).without("sort")
    return _save(session, actor, name, kind, None, chosen, [subject], frequency, now)


def update_search(
    session: Session, actor: User, search: SavedSearch, name: str, frequency: Frequency, *, now: datetime
) -> SavedSearch:
    """Another name or rhythm. What was found while no mail was wished is not told later."""
    search.name = _named(name)
    if search.frequency is Frequency.OFF:
        search.digest_at = now
    search.frequency = frequency
    record(session, actor, "search.update", search, now=now)
    return search


def delete_search(session: Session, actor: User, search: SavedSearch, *, now: datetime) -> None:
    record(session, actor, "search.delete", search, now=now)
    session.delete(search)


def choose_news(session: Session, actor: User, frequency: Frequency, *, now: datetime) -> NewsChoice:
    """How often the person is told of what fits the own organisations."""
    choice = session.get(NewsChoice, actor.id)
    if choice is None:
        choice = NewsChoice(user_id=actor.id, digest_at=now)
        session.add(choice)
    elif choice.frequency is Frequency.OFF:
        choice.digest_at = now
    choice.frequency = frequency
    return choice


def stop_search(session: Session, search_id: int, *, now: datetime) -> SavedSearch | None:
    """No more mail about this one, for whoever holds the link. None if it is gone."""
    search = session.get(SavedSearch, search_id)
    if search is not None and search.frequency is not Frequency.OFF:
        search.frequency = Frequency.OFF
        record(session, None, "search.stop", search, now=now)
    return search


def _save(
    session: Session,
    actor: User,
    name: str,
    kind: SearchKind,
    text: str | None,
    criteria: dict[str, str],
    subjects: list[SubjectKind],
    frequency: Frequency,
    now: datetime,
) -> SavedSearch:
    """What is published by now is noted first, so that only what comes later counts as new."""
    number = session.scalar(sa.select(sa.func.count()).select_from(SavedSearch).where(SavedSearch.user_id == actor.id))
    if (number or 0) >= MOST:
        raise Conflict("too_many_searches")
    search = SavedSearch(
        user_id=actor.id,
        name=_named(name),
        kind=kind,
        text=text,
        criteria=criteria,
        subjects=[subject.value for subject in subjects],
        frequency=frequency,
        checked_at=now,
        digest_at=now,
    )
    note_publications(session, now=now)
    session.add(search)
    record(session, actor, "search.save", search, now=now)
    return search


def _named(name: str) -> str:
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Invalid("search_name_missing")
    return name
