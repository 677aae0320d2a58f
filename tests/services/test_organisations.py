"""What managers may write in the profile of their organisation."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Job
from models.errors import Conflict, Invalid, NotPermitted
from models.texts import Bilingual
from models.types import MembershipRole, ProfileState, Provenance
from network.services.organisations import ProfileValues, is_web_address, update_profile
from tests.factories import Make

VALUES = ProfileValues(Bilingual("Phòng Đo Mới", "New Lab"), Bilingual("Đo mọi thứ", None))


def test_a_manager_rewrites_the_whole_profile(session: Session, make: Make, now: datetime) -> None:
    make.field("205")
    centre = make.organisation("Old Lab", "centre", state=ProfileState.VERIFIED)
    values = replace(
        VALUES,
        description=Bilingual(None, " All we do \r\n"),
        fields=("205",),
        district="ba-dinh",
        address=" 1  Phố Mới ",
        website="https://example.org/lab",
        founded_year=2019,
        of_kind={"capacity": 12, "services": ["testing"], "reply_days": 7},
    )
    update_profile(session, make.user(centre), centre, values, now=now)
    session.flush()
    session.expire_all()
    assert (centre.name, centre.summary) == (VALUES.name, VALUES.summary)
    assert centre.description == Bilingual(None, "All we do")
    assert [field.code for field in centre.fields] == ["205"]
    assert (centre.district, centre.address, centre.website) == ("ba-dinh", "1 Phố Mới", "https://example.org/lab")
    assert (centre.founded_year, centre.capacity, centre.services, centre.reply_days) == (2019, 12, ["testing"], 7)
    assert centre.state is ProfileState.VERIFIED
    event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.data) == ("organisation.update", {"former_name": "Old Lab"})
    assert session.scalars(sa.select(Job.key).order_by(Job.id)).all()[-1] == f"organisation:{centre.id}"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": Bilingual(" ", None)}, "organisation_missing"),
        ({"summary": Bilingual()}, "summary_missing"),
        ({"website": "javascript:alert(1)"}, "not_a_web_address"),
        ({"website": "www.example.org"}, "not_a_web_address"),
        ({"fields": ("999",)}, "unknown_field"),
        ({"of_kind": {"network_member": True}}, "invalid"),
        ({"of_kind": {"stage": "idea"}}, "invalid"),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    session: Session, make: Make, now: datetime, changes: dict[str, Any], code: str
) -> None:
    centre = make.organisation("Old Lab", "centre")
    user = make.user(centre)
    with pytest.raises(Invalid) as refused:
        update_profile(session, user, centre, replace(VALUES, **changes), now=now)
    assert refused.value.code == code
    assert not session.dirty
    assert centre.name.en == "Old Lab"


def test_a_name_belongs_to_one_organisation(session: Session, make: Make, now: datetime) -> None:
    make.organisation(Bilingual("Phòng đo mới", None), "partner")
    mine = make.organisation("Mine", "centre")
    user = make.user(mine)
    with pytest.raises(Conflict, match="name_taken"):
        update_profile(session, user, mine, VALUES, now=now)
    kept = replace(VALUES, name=mine.name)
    assert update_profile(session, user, mine, kept, now=now) is mine


def test_members_and_strangers_may_not(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre")
    people = [make.user(centre, membership=MembershipRole.MEMBER), make.user(make.organisation()), make.coordinator()]
    for person in people:
        with pytest.raises(NotPermitted):
            update_profile(session, person, centre, VALUES, now=now)


def test_a_suspended_organisation_stays_as_it_is(session: Session, make: Make, now: datetime) -> None:
    centre = make.organisation(kind="centre", state=ProfileState.SUSPENDED)
    with pytest.raises(NotPermitted, match="suspended"):
        update_profile(session, make.user(centre), centre, VALUES, now=now)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Provenance.PUBLIC_SOURCE, Provenance.SELF_DECLARED),
        (Provenance.SELF_DECLARED, Provenance.SELF_DECLARED),
        (Provenance.VERIFIED, Provenance.VERIFIED),
        (Provenance.ILLUSTRATIVE, Provenance.ILLUSTRATIVE),
    ],
)
def test_where_the_words_come_from_is_kept_true(
    session: Session, make: Make, now: datetime, before: Provenance, after: Provenance
) -> None:
    startup = make.organisation(provenance=before)
    assert update_profile(session, make.user(startup), startup, VALUES, now=now).provenance is after


def test_web_addresses() -> None:
    good = ["https://example.org", "http://sub.example.vn/a?b=c#d", "https://đổimới.vn/"]
    bad = [
        "",
        "example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://",
        "https://a b.org",
        "https://[x",
        "data:,x",
    ]
    assert [is_web_address(text) for text in good] == [True] * len(good)
    assert [is_web_address(text) for text in bad] == [False] * len(bad)
