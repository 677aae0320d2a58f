"""Technologies are confirmed once a quarter: reminded in time, marked afterwards, fresh again with one word."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matching.facts import facts_of
from models import AuditEvent, Job, OutboxMail, Technology
from models.errors import Conflict, NotPermitted
from models.types import MembershipRole, ProfileState, SupplyState
from network.services import freshness, supply
from network.services.freshness import NOTICE, QUARTER
from tests.factories import Make, both

DAY = timedelta(days=1)


def mails(session: Session) -> list[OutboxMail]:
    return list(session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def test_a_quarter_of_an_entry_that_nobody_confirms(session: Session, make: Make, now: datetime) -> None:
    institute = make.organisation("Lab", "institute")
    lan = make.user(institute)
    entry = make.technology(institute, "Membrane", confirmed_at=now)
    watch = lambda days: freshness.remind_and_mark(session, now=now + timedelta(days=days))  # noqa: E731
    assert watch(77) == (0, 0)
    assert watch(78) == (1, 0)
    assert watch(91) == (0, 0)
    assert "stale" not in facts_of(entry)
    assert watch(92) == (0, 1)
    assert watch(200) == (0, 0)
    assert facts_of(entry)["stale"] is True
    [mail] = mails(session)
    assert (mail.to, mail.template) == (lan.email, "technologies_due")
    assert mail.context["number"] == 1
    assert mail.context["titles"] == [{"vi": "Membrane (vi)", "en": "Membrane"}]
    assert mail.context["until"] == (now + QUARTER).isoformat()
    jobs = session.scalars(sa.select(Job.key).where(Job.key == f"technology:{entry.id}")).all()
    assert len(jobs) == 2  # made, marked
    confirmed = freshness.confirm(session, lan, entry, now=now + timedelta(days=201))
    assert (confirmed.stale_at, confirmed.reminded_at) == (None, None)
    assert "stale" not in facts_of(entry)
    actions = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["technology.remind", "technology.stale", "technology.confirm"]


def test_nothing_is_marked_without_a_reminder_before(session: Session, make: Make, now: datetime) -> None:
    """A site whose worker stood still for a year, or a profile that was just taken over."""
    institute = make.organisation(kind="institute")
    entry = make.technology(institute, confirmed_at=now - 365 * DAY)
    assert freshness.remind_and_mark(session, now=now) == (1, 0)
    assert freshness.remind_and_mark(session, now=now + NOTICE - DAY) == (0, 0)
    assert freshness.remind_and_mark(session, now=now + NOTICE) == (0, 1)
    assert entry.stale_at == now + NOTICE


def test_one_mail_to_each_owner_in_the_order_of_what_is_due(session: Session, make: Make, now: datetime) -> None:
    first, second = make.organisation(kind="institute"), make.organisation(kind="institute")
    make.user(first), make.user(first, membership=MembershipRole.MEMBER), make.user(second)
    for n in range(12):
        make.technology(first, f"T{n}", confirmed_at=now - timedelta(days=80 + n))
    make.technology(second, confirmed_at=now - 85 * DAY)
    assert freshness.remind_and_mark(session, now=now) == (13, 0)
    long, short = sorted(mails(session), key=lambda mail: -mail.context["number"])
    assert (long.context["number"], len(long.context["titles"])) == (12, 10)
    assert long.context["titles"][0]["en"] == "T11"
    assert short.context["number"] == 1


WHO_IS_ASKED = {
    ProfileState.UNCLAIMED: False,
    ProfileState.CLAIMED: True,
    ProfileState.VERIFIED: True,
    ProfileState.SUSPENDED: False,
}


@pytest.mark.parametrize("profile", list(ProfileState))
@pytest.mark.parametrize("state", list(SupplyState))
def test_whom_the_site_reminds(
    session: Session, make: Make, now: datetime, profile: ProfileState, state: SupplyState
) -> None:
    institute = make.organisation(kind="institute", state=profile)
    make.technology(institute, state=state, confirmed_at=now - 100 * DAY)
    asked = WHO_IS_ASKED[profile] and state is SupplyState.PUBLISHED
    assert freshness.remind_and_mark(session, now=now) == (int(asked), 0)


@pytest.mark.parametrize("role", ["manager", "member", "stranger", "coordinator"])
@pytest.mark.parametrize("state", list(SupplyState))
def test_who_may_confirm_what(session: Session, make: Make, now: datetime, state: SupplyState, role: str) -> None:
    institute = make.organisation(kind="institute")
    entry = make.technology(institute, state=state)
    people: dict[str, Any] = {
        "manager": lambda: make.user(institute),
        "member": lambda: make.user(institute, membership=MembershipRole.MEMBER),
        "stranger": lambda: make.user(make.organisation(kind="institute")),
        "coordinator": make.coordinator,
    }
    actor = people[role]()
    if role == "manager" and state is SupplyState.PUBLISHED:
        assert freshness.confirm(session, actor, entry, now=now).confirmed_at == now
        return
    with pytest.raises(NotPermitted if role != "manager" else Conflict):
        freshness.confirm(session, actor, entry, now=now)


def test_a_change_and_a_publication_count_as_confirmed(session: Session, make: Make, now: datetime) -> None:
    institute = make.organisation(kind="institute")
    lan, entry = make.user(institute), make.technology(institute, stale_at=now, reminded_at=now)
    said = {"title": both("New"), "summary": both("New"), "visibility": entry.visibility}
    supply.update(session, lan, entry, said, [], now=now + DAY)
    assert (entry.confirmed_at, entry.stale_at, entry.reminded_at) == (now + DAY, None, None)
    supply.unpublish(session, lan, entry, now=now + 2 * DAY)
    supply.publish(session, lan, entry, now=now + 3 * DAY)
    assert entry.confirmed_at == now + 3 * DAY


def test_only_own_published_technologies_can_be_chosen(session: Session, make: Make) -> None:
    institute = make.organisation(kind="institute")
    mine, draft = make.technology(institute), make.technology(institute, state=SupplyState.DRAFT)
    theirs = make.technology(make.organisation(kind="institute"))
    ids = [theirs.id, draft.id, mine.id]
    assert freshness.confirmable(session, institute.id, ids) == [mine]
    assert make.count(Technology) == 3
