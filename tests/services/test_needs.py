"""The life of a need, and who may move it along."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Job, Need
from models.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from models.texts import Bilingual
from models.types import (
    CloseReason,
    InterestState,
    MembershipRole,
    NeedState,
    OfferKind,
    ProfileState,
    Provenance,
    Stage,
    Visibility,
)
from network.services import needs
from network.services.needs import NeedValues
from tests.factories import Make

VALUES = NeedValues(Bilingual("Đo độ ẩm nhãn sấy", None), Bilingual("Cần phòng thí nghiệm đo độ ẩm.", None))


def waiting(session: Session) -> list[tuple[str, str]]:
    return [tuple(row) for row in session.execute(sa.select(Job.kind, Job.key).order_by(Job.id))]


def actions(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_need_from_draft_to_closed(session: Session, make: Make, now: datetime) -> None:
    startup = make.organisation("Sun Dryers")
    manager = make.user(startup)
    need = needs.create_need(session, manager, startup, VALUES, now=now)
    assert (need.state, need.published_at, need.provenance) == (NeedState.DRAFT, None, Provenance.SELF_DECLARED)
    needs.publish_need(session, manager, need, now=now)
    assert (need.state, need.published_at) == (NeedState.PUBLISHED, now)
    needs.close_need(session, manager, need, CloseReason.MET_ELSEWHERE, now=now)
    assert (need.state, need.close_reason) == (NeedState.CLOSED, CloseReason.MET_ELSEWHERE)
    assert actions(session) == ["need.create", "need.publish", "need.close"]
    key = f"need:{need.id}"
    own = [job for job in waiting(session) if job[1] == key]
    assert own == [("embed", key), ("embed", key), ("match", key), ("embed", key)]


def test_everything_written_is_kept_and_cleaned(session: Session, make: Make, now: datetime) -> None:
    make.field("2")
    make.field("205")
    startup = make.organisation()
    values = NeedValues(
        title=Bilingual("  Đo   độ ẩm ", "  "),
        summary=Bilingual(" Dòng một\r\nDòng hai ", ""),
        details=Bilingual(None, " Twice a week "),
        kinds=(OfferKind.TESTING, OfferKind.LAB),
        fields=("205",),
        stage=Stage.PILOT,
        trl=6,
        district="cau-giay",
        budget_vnd=150_000_000,
        needed_by=date(2027, 7, 1),
        visibility=Visibility.MEMBERS,
    )
    need = needs.create_need(session, make.user(startup), startup, values, now=now)
    session.expire_all()
    assert need.title == Bilingual("Đo độ ẩm", None)
    assert need.summary == Bilingual("Dòng một\nDòng hai", None)
    assert need.details == Bilingual(None, "Twice a week")
    assert need.kinds == [OfferKind.LAB, OfferKind.TESTING]
    assert [field.code for field in need.fields] == ["205"]
    facts = (need.stage, need.trl, need.district, need.budget_vnd, need.needed_by, need.visibility)
    assert facts == (Stage.PILOT, 6, "cau-giay", 150_000_000, date(2027, 7, 1), Visibility.MEMBERS)
    assert need.folded.startswith("do do am dong mot")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": Bilingual(" ", None)}, "title_missing"),
        ({"summary": Bilingual(None, "  ")}, "summary_missing"),
        ({"summary": Bilingual(None, "A laboratory")}, "languages_apart"),
        ({"needed_by": date(2026, 11, 23)}, "date_past"),
        ({"fields": ("999",)}, "unknown_field"),
    ],
)
def test_what_is_not_complete_is_refused_and_changes_nothing(
    session: Session, make: Make, now: datetime, changes: dict[str, Any], code: str
) -> None:
    startup = make.organisation()
    user = make.user(startup)
    values = NeedValues(**{"title": VALUES.title, "summary": VALUES.summary, **changes})
    with pytest.raises(Invalid) as refused:
        needs.create_need(session, user, startup, values, now=now)
    assert refused.value.code == code
    assert make.count(Need) == 0
    need = make.need(startup, "As it was")
    with pytest.raises(Invalid):
        needs.update_need(session, user, need, values, now=now)
    assert need.title.en == "As it was"
    assert not session.dirty


def test_the_day_is_counted_in_hanoi(session: Session, make: Make, now: datetime) -> None:
    """At 18:00 UTC it is the next day already."""
    startup = make.organisation()
    values = NeedValues(VALUES.title, VALUES.summary, needed_by=date(2026, 11, 24))
    with pytest.raises(Invalid, match="date_past"):
        needs.create_need(session, make.user(startup), startup, values, now=now + timedelta(hours=15))


def test_members_write_drafts_and_managers_decide_what_others_read(session: Session, make: Make, now: datetime) -> None:
    startup = make.organisation()
    member = make.user(startup, membership=MembershipRole.MEMBER)
    need = needs.create_need(session, member, startup, VALUES, now=now)
    needs.update_need(session, member, need, VALUES, now=now)
    for step in (needs.publish_need, needs.unpublish_need):
        with pytest.raises(NotPermitted):
            step(session, member, need, now=now)
    with pytest.raises(NotPermitted):
        needs.close_need(session, member, need, CloseReason.WITHDRAWN, now=now)
    needs.publish_need(session, make.user(startup), need, now=now)
    with pytest.raises(NotPermitted):
        needs.update_need(session, member, need, VALUES, now=now)


def test_strangers_do_nothing(session: Session, make: Make, now: datetime) -> None:
    startup, other = make.organisation(), make.organisation()
    need, stranger = make.need(startup, state=NeedState.DRAFT, published_at=None), make.user(other)
    refusals = [
        lambda: needs.create_need(session, stranger, startup, VALUES, now=now),
        lambda: needs.update_need(session, stranger, need, VALUES, now=now),
        lambda: needs.publish_need(session, stranger, need, now=now),
        lambda: needs.close_need(session, stranger, need, CloseReason.WITHDRAWN, now=now),
        lambda: needs.delete_need(session, stranger, need, now=now),
    ]
    for refusal in refusals:
        with pytest.raises(NotPermitted):
            refusal()
    with pytest.raises(NotFound):
        needs.find_own(session, stranger, other, need.id)


def test_only_startups_and_enterprises_have_needs(session: Session, make: Make, now: datetime) -> None:
    for kind in ("centre", "institute", "partner"):
        organisation = make.organisation(kind=kind)
        with pytest.raises(Invalid, match="needs_not_for_kind"):
            needs.create_need(session, make.user(organisation), organisation, VALUES, now=now)
    enterprise = make.organisation(kind="enterprise")
    assert needs.create_need(session, make.user(enterprise), enterprise, VALUES, now=now).organisation is enterprise


def test_a_suspended_organisation_publishes_nothing_but_may_close(session: Session, make: Make, now: datetime) -> None:
    startup = make.organisation(state=ProfileState.SUSPENDED)
    manager, need = make.user(startup), make.need(startup)
    with pytest.raises(NotPermitted, match="suspended"):
        needs.create_need(session, manager, startup, VALUES, now=now)
    with pytest.raises(NotPermitted, match="suspended"):
        needs.publish_need(session, manager, need, now=now)
    assert needs.close_need(session, manager, need, CloseReason.WITHDRAWN, now=now).state is NeedState.CLOSED


def test_a_need_with_open_questions_is_not_taken_back(session: Session, make: Make, now: datetime) -> None:
    startup, institute = make.organisation(), make.organisation(kind="institute")
    manager, need = make.user(startup), make.need(startup)
    interest = make.interest(need, institute)
    with pytest.raises(Conflict, match="need_has_open_interests"):
        needs.unpublish_need(session, manager, need, now=now)
    interest.state = InterestState.WITHDRAWN
    assert needs.unpublish_need(session, manager, need, now=now).state is NeedState.DRAFT
    with pytest.raises(Conflict, match="need_not_deletable"):
        needs.delete_need(session, manager, need, now=now)


def test_a_draft_nobody_asked_about_is_deleted(session: Session, make: Make, now: datetime) -> None:
    startup = make.organisation()
    need = make.need(startup, state=NeedState.DRAFT, published_at=None)
    key = f"need:{need.id}"
    needs.delete_need(session, make.user(startup), need, now=now)
    session.flush()
    assert make.count(Need) == 0
    assert waiting(session)[-1] == ("embed", key)
    assert actions(session) == ["need.delete"]


@pytest.mark.parametrize("state", [NeedState.PUBLISHED, NeedState.MATCHED, NeedState.CLOSED])
def test_what_others_have_read_is_not_deleted(session: Session, make: Make, now: datetime, state: NeedState) -> None:
    startup = make.organisation()
    reason = CloseReason.EXPIRED if state is NeedState.CLOSED else None
    need = make.need(startup, state=state, close_reason=reason)
    with pytest.raises(Conflict):
        needs.delete_need(session, make.user(startup), need, now=now)


def test_a_closed_need_stays_as_it_is(session: Session, make: Make, now: datetime) -> None:
    startup = make.organisation()
    manager = make.user(startup)
    need = make.need(startup, state=NeedState.CLOSED, close_reason=CloseReason.MET_ELSEWHERE)
    steps = [
        lambda: needs.update_need(session, manager, need, VALUES, now=now),
        lambda: needs.publish_need(session, manager, need, now=now),
        lambda: needs.unpublish_need(session, manager, need, now=now),
        lambda: needs.close_need(session, manager, need, CloseReason.EXPIRED, now=now),
    ]
    for step in steps:
        with pytest.raises(Conflict):
            step()
    assert need.close_reason is CloseReason.MET_ELSEWHERE


def test_a_matched_need_looks_for_more_help_and_keeps_its_day(session: Session, make: Make, now: datetime) -> None:
    startup = make.organisation()
    need = make.need(startup, state=NeedState.MATCHED)
    published = needs.publish_need(session, make.user(startup), need, now=now + timedelta(days=9))
    assert (published.state, published.published_at) == (NeedState.PUBLISHED, now)


def test_closing_asks_for_a_reason(session: Session, make: Make, now: datetime) -> None:
    startup = make.organisation()
    with pytest.raises(DomainError, match="reason_missing"):
        needs.close_need(session, make.user(startup), make.need(startup), None, now=now)


def test_words_from_a_public_page_become_the_owner_s_when_rewritten(
    session: Session, make: Make, now: datetime
) -> None:
    startup = make.organisation()
    need = make.need(startup, provenance=Provenance.PUBLIC_SOURCE, uncertain=True)
    needs.update_need(session, make.user(startup), need, VALUES, now=now)
    assert (need.provenance, need.uncertain) == (Provenance.SELF_DECLARED, False)


def test_what_an_invented_organisation_writes_stays_an_example(session: Session, make: Make, now: datetime) -> None:
    startup = make.organisation(provenance=Provenance.ILLUSTRATIVE)
    need = needs.create_need(session, make.user(startup), startup, VALUES, now=now)
    assert need.provenance is Provenance.ILLUSTRATIVE
    needs.update_need(session, make.user(startup), need, VALUES, now=now)
    assert need.provenance is Provenance.ILLUSTRATIVE
