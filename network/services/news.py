"""The one mail that tells a person what is new: one line for each entry, and one for each own organisation and need.

A saved search has its turn every morning or every Monday morning in Hanoi, as its person has chosen; so have the needs,
offers and technologies of the person's organisations. Whatever has its turn goes into the same mail. Nothing is told
twice, and nothing that the person may not read at that moment.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import (
    Match,
    Membership,
    Need,
    NewsChoice,
    NewsTold,
    Offer,
    Organisation,
    Publication,
    SavedSearch,
    SavedSearchHit,
    Technology,
    User,
)
from models.alerts import Frequency
from models.texts import Bilingual
from models.types import MatchSide, MatchState, MembershipRole, NeedState, ProfileState, SubjectKind
from network.queries import visible
from network.queries.new_entries import EntryRef, Key, references
from network.services.needs import HANOI
from network.services.outbox import in_both, post

MORNING = time(7)
FIRST = timedelta(days=7)
"""How far the first digest of a person looks back for news of the own organisations."""

OVERLAP = timedelta(days=1)
"""A suggestion may be made a while after its entry was published."""

MOST_LINES = 10
"""Lines of one saved search; the rest is counted and stands on its page."""


@dataclass
class News:
    """What one mail says, as JSON for its template. `number` counts what is new."""

    searches: list[dict[str, Any]] = field(default_factory=list)
    organisations: list[dict[str, Any]] = field(default_factory=list)
    needs: list[dict[str, Any]] = field(default_factory=list)
    number: int = 0


def turn(frequency: Frequency, now: datetime) -> datetime | None:
    """The latest moment at which what is told so often had its turn; None for what is never told."""
    if frequency is Frequency.OFF:
        return None
    there = now.astimezone(HANOI)
    start = datetime.combine(there.date(), MORNING, HANOI)
    if start > there:
        start -= timedelta(days=1)
    return start - timedelta(days=start.weekday()) if frequency is Frequency.WEEKLY else start


def due(session: Session, *, now: datetime) -> list[int]:
    """The people who have something whose turn has come, whether or not there is news. Two statements."""
    search, choice = SavedSearch, NewsChoice
    by_search = sa.select(search.user_id).join(search.user).where(User.active, _has_turn(search, now))
    by_news = (
        sa.select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .outerjoin(choice, choice.user_id == Membership.user_id)
        .where(
            User.active,
            Membership.role == MembershipRole.MANAGER,
            sa.or_(choice.user_id.is_(None), _has_turn(choice, now)),
        )
    )
    return sorted({*session.scalars(by_search), *session.scalars(by_news)})


def send_news(session: Session, user_id: int, *, now: datetime) -> bool:
    """Writes the digest of one person, if there is anything to tell. A fixed number of statements."""
    person = sa.select(User).where(User.id == user_id).execution_options(populate_existing=True)
    user = session.scalar(person.options(selectinload(User.memberships).joinedload(Membership.organisation)))
    if user is None:
        return False
    news = News()
    _add_searches(session, user, news, now)
    _add_news(session, user, news, now)
    if news.number:
        post(
            session,
            [user],
            "news",
            number=news.number,
            searches=news.searches,
            organisations=news.organisations,
            needs=news.needs,
        )
    session.flush()
    return bool(news.number)


def _has_turn(entity: Any, now: datetime) -> Any:
    return sa.or_(
        *(
            sa.and_(entity.frequency == frequency, entity.digest_at < turn(frequency, now))
            for frequency in (Frequency.DAILY, Frequency.WEEKLY)
        )
    )


def _add_searches(session: Session, user: User, news: News, now: datetime) -> None:
    statement = sa.select(SavedSearch).where(SavedSearch.user_id == user.id, _has_turn(SavedSearch, now))
    searches = session.scalars(statement.order_by(SavedSearch.name, SavedSearch.id)).all()
    hit = SavedSearchHit
    since = {search.id: search.digest_at for search in searches}
    hits: dict[int, list[Key]] = defaultdict(list)
    found = sa.select(hit).where(hit.search_id.in_(since), hit.found_at <= now)
    for each in session.scalars(found.order_by(hit.score.desc(), hit.subject_kind, hit.subject_id)):
        if each.found_at > since[each.search_id]:
            hits[each.search_id].append((each.subject_kind, each.subject_id))
    readable = references(session, user, {key for keys in hits.values() for key in keys})
    for search in searches:
        entries = [readable[key] for key in hits[search.id] if key in readable]
        search.digest_at = now
        if entries:
            lines, more = [_line(entry) for entry in entries[:MOST_LINES]], max(0, len(entries) - MOST_LINES)
            news.searches.append({"id": search.id, "name": search.name, "entries": lines, "more": more})
            news.number += len(entries)


def _line(entry: EntryRef) -> dict[str, Any]:
    return {
        "subject": entry.subject.value,
        "title": in_both(entry.title),
        "owner": in_both(entry.owner.name) if entry.owner else None,
        "illustrative": entry.illustrative,
        "endpoint": entry.endpoint,
        "arguments": dict(entry.arguments),
    }


def _add_news(session: Session, user: User, news: News, now: datetime) -> None:
    """New needs for what the own organisations give, one line each; new help for their own needs, one line each."""
    choice = session.get(NewsChoice, user.id)
    start = turn(choice.frequency if choice else Frequency.WEEKLY, now)
    last = choice.digest_at if choice else now - FIRST
    managed = {
        m.organisation_id: m.organisation
        for m in user.memberships
        if m.role is MembershipRole.MANAGER and m.organisation.state is not ProfileState.SUSPENDED
    }
    if start is None or (choice is not None and last >= start):
        return
    since = last - OVERLAP
    wanted = [*_needs_to_serve(session, user, managed, since), *_help_for_needs(session, user, managed, since)]
    new = _not_told(session, user, wanted)
    numbers = Counter(about for about, _ in new)
    for organisation in managed.values():
        if number := numbers[f"organisation:{organisation.id}"]:
            names = {"name": in_both(organisation.name), "slug": organisation.slug}
            news.organisations.append({**names, "number": number})
    for need_id, (title, slug) in _titles(session, numbers).items():
        news.needs.append({"id": need_id, "title": in_both(title), "slug": slug, "number": numbers[f"need:{need_id}"]})
    news.number += len(new)
    session.add_all(NewsTold(user_id=user.id, about=about, subject=subject, told_at=now) for about, subject in new)
    if choice is None:
        session.add(NewsChoice(user_id=user.id, frequency=Frequency.WEEKLY, digest_at=now))
    else:
        choice.digest_at = now


def _needs_to_serve(
    session: Session, user: User, managed: Mapping[int, Organisation], since: datetime
) -> list[tuple[str, str]]:
    statement = (
        sa.select(Match.organisation_id, Match.need_id)
        .join(Match.need)
        .join(
            Publication, sa.and_(Publication.subject_kind == SubjectKind.NEED, Publication.subject_id == Match.need_id)
        )
        .where(
            Match.organisation_id.in_(sorted(managed)),
            Match.side == MatchSide.SUPPLIER,
            Match.state == MatchState.SUGGESTED,
            Publication.at > since,
            visible.entries(Need, user),
        )
        .distinct()
        .order_by(Match.organisation_id, Match.need_id)
    )
    return [(f"organisation:{owner}", f"need:{need_id}") for owner, need_id in session.execute(statement)]


def _help_for_needs(
    session: Session, user: User, managed: Mapping[int, Organisation], since: datetime
) -> list[tuple[str, str]]:
    subject = sa.case(
        (Match.offer_id.is_not(None), SubjectKind.OFFER.value),
        (Match.technology_id.is_not(None), SubjectKind.TECHNOLOGY.value),
        else_=SubjectKind.ORGANISATION.value,
    )
    subject_id = sa.func.coalesce(Match.offer_id, Match.technology_id, Match.organisation_id)
    shown = sa.or_(
        sa.and_(Match.offer_id.is_not(None), Match.offer.has(visible.entries(Offer, user))),
        sa.and_(Match.technology_id.is_not(None), Match.technology.has(visible.entries(Technology, user))),
        sa.and_(
            Match.offer_id.is_(None),
            Match.technology_id.is_(None),
            Match.organisation.has(visible.organisations(user)),
        ),
    )
    statement = (
        sa.select(Match.need_id, subject, subject_id)
        .join(Match.need)
        .join(
            Publication,
            sa.and_(sa.cast(Publication.subject_kind, sa.String) == subject, Publication.subject_id == subject_id),
        )
        .where(
            Need.organisation_id.in_(sorted(managed)),
            Need.state == NeedState.PUBLISHED,
            Match.side == MatchSide.ASKER,
            Match.state == MatchState.SUGGESTED,
            Publication.at > since,
            shown,
        )
        .order_by(Match.need_id, Match.id)
    )
    return [(f"need:{need}", f"{kind}:{number}") for need, kind, number in session.execute(statement)]


def _not_told(session: Session, user: User, wanted: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if not wanted:
        return []
    known = sa.select(NewsTold.about, NewsTold.subject).where(
        NewsTold.user_id == user.id, NewsTold.about.in_({about for about, _ in wanted})
    )
    told = {(about, subject) for about, subject in session.execute(known)}
    return [pair for pair in wanted if pair not in told]


def _titles(session: Session, abouts: Iterable[str]) -> dict[int, tuple[Bilingual, str]]:
    """Of the needs among `abouts` the title and whose they are."""
    ids = [int(about.removeprefix("need:")) for about in abouts if about.startswith("need:")]
    if not ids:
        return {}
    found = session.scalars(
        sa.select(Need).where(Need.id.in_(ids)).options(joinedload(Need.organisation)).order_by(Need.id)
    )
    return {need.id: (need.title, need.organisation.slug) for need in found}
