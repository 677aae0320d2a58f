"""Joining, proving who one is, and what becomes of one's data."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from models import AuditEvent, Job, Membership, Organisation, OutboxMail, User
from models.errors import Conflict, DomainError, Invalid
from models.texts import Bilingual
from models.types import MembershipRole, OrganisationKind, PlatformRole, ProfileState, Provenance
from network.services import accounts
from network.services.passwords import hash_password, verify_password
from network.services.personal_data import export_account
from tests.factories import PASSWORD, Make

LAN = {
    "name": "Nguyễn Thị Lan",
    "email": "Lan@Xanh.vn ",
    "password": "sông-hồng-mùa-thu",
    "language": "vi",
    "consent": True,
    "organisation_kind": OrganisationKind.STARTUP,
    "organisation_name": "Pin Xanh Hà Nội",
    "organisation_summary": "Dựng lại pin xe điện cũ thành bộ lưu điện.",
}


def refused(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_a_startup_joins_and_waits_for_a_coordinator(session: Session, make: Make, now: datetime) -> None:
    coordinator = make.coordinator()
    make.user(role=PlatformRole.COORDINATOR, active=False)

    lan = accounts.sign_up(session, **LAN, now=now)

    assert (lan.name, lan.email, lan.language, lan.role) == ("Nguyễn Thị Lan", "lan@xanh.vn", "vi", PlatformRole.USER)
    assert lan.consented_at == now
    [membership] = lan.memberships
    startup = membership.organisation
    assert membership.role is MembershipRole.MANAGER
    assert (startup.kind, startup.slug) == (OrganisationKind.STARTUP, "pin-xanh-ha-noi")
    assert (startup.state, startup.provenance) == (ProfileState.CLAIMED, Provenance.SELF_DECLARED)
    assert startup.name == Bilingual("Pin Xanh Hà Nội", None)
    assert startup.summary == Bilingual("Dựng lại pin xe điện cũ thành bộ lưu điện.", None)
    assert not lan.verified_member
    assert session.scalars(sa.select(Job.key)).all() == [f"organisation:{startup.id}"]
    [mail] = session.scalars(sa.select(OutboxMail)).all()
    assert (mail.to, mail.template, mail.context) == (
        coordinator.email,
        "organisation_waiting",
        {"organisation": "Pin Xanh Hà Nội"},
    )
    events = session.execute(sa.select(AuditEvent.actor_id, AuditEvent.action, AuditEvent.subject)).all()
    assert [tuple(e) for e in events] == [
        (lan.id, "account.sign_up", f"user_account:{lan.id}"),
        (lan.id, "organisation.register", f"organisation:{startup.id}"),
    ]


@pytest.mark.parametrize("kind", list(OrganisationKind))
def test_every_kind_of_organisation_may_join(session: Session, kind: OrganisationKind, now: datetime) -> None:
    person = accounts.sign_up(session, **{**LAN, "language": "en", "organisation_kind": kind}, now=now)
    assert [(m.organisation.kind, m.organisation.name) for m in person.memberships] == [
        (kind, Bilingual(None, "Pin Xanh Hà Nội"))
    ]


def test_a_person_joins_without_an_organisation(session: Session, make: Make, now: datetime) -> None:
    make.coordinator()
    person = accounts.sign_up(session, **{**LAN, "organisation_kind": None}, now=now)
    assert person.memberships == []
    assert (make.count(Organisation), make.count(OutboxMail), make.count(Job)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"consent": False}, "consent_missing"),
        ({"name": "  "}, "name_missing"),
        ({"email": "lan"}, "email_missing"),
        ({"organisation_name": " "}, "organisation_missing"),
        ({"password": "ngắn-quá"}, "weak_password"),
        ({"password": "Matkhau12345"}, "weak_password"),
        ({"password": "aaaaaaaaaaaab"}, "weak_password"),
        ({"email": "lanpham@xanh.vn", "password": "xin-chao-LanPham"}, "password_has_email"),
    ],
)
def test_what_is_missing_or_weak_is_refused_and_nothing_kept(
    session: Session, make: Make, now: datetime, change: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as error:
        accounts.sign_up(session, **{**LAN, **change}, now=now)
    assert refused(error) == code
    assert (make.count(User), make.count(Organisation)) == (0, 0)


def test_an_address_has_one_account_however_it_is_written(session: Session, make: Make, now: datetime) -> None:
    make.user(email="lan@xanh.vn")
    with pytest.raises(Conflict) as error:
        accounts.sign_up(session, **{**LAN, "email": "LAN@xanh.VN"}, now=now)
    assert refused(error) == "email_taken"
    assert (make.count(User), make.count(Organisation)) == (1, 0)


@pytest.mark.parametrize("written", ["Pin Xanh Hà Nội", "  pin  xanh ha noi", "HANOI GREEN CELLS"])
def test_a_name_belongs_to_one_organisation_with_or_without_marks(
    session: Session, make: Make, now: datetime, written: str
) -> None:
    make.organisation(Bilingual("Pin Xanh Hà Nội", "Hanoi Green Cells"))
    with pytest.raises(Conflict) as error:
        accounts.sign_up(session, **{**LAN, "organisation_name": written}, now=now)
    assert refused(error) == "name_taken"
    assert make.count(User) == 0


def test_a_name_that_only_holds_another_is_free_and_gets_its_own_address(
    session: Session, make: Make, now: datetime
) -> None:
    make.organisation("Pin Xanh Hà Nội Hai")
    first = accounts.sign_up(session, **LAN, now=now)
    second = accounts.sign_up(
        session, **{**LAN, "email": "b@xanh.vn", "organisation_name": "Pin Xanh, Hà Nội!"}, now=now
    )
    assert [u.memberships[0].organisation.slug for u in (first, second)] == ["pin-xanh-ha-noi", "pin-xanh-ha-noi-2"]


def test_the_right_password_opens_the_account_in_any_spelling_of_the_address(
    session: Session, make: Make, now: datetime
) -> None:
    person = make.user(email="lan@xanh.vn")
    assert accounts.authenticate(session, " LAN@Xanh.vn", PASSWORD, now=now) is person
    assert make.count(AuditEvent) == 0


@pytest.mark.parametrize("email", ["lan@xanh.vn", "left@xanh.vn", "nobody@xanh.vn"])
def test_every_refusal_reads_the_same_and_costs_one_hash(
    session: Session, make: Make, now: datetime, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.user(email="lan@xanh.vn")
    make.user(email="left@xanh.vn", active=False)
    efforts = []
    for name in ("hash_password", "verify_password"):
        known = getattr(accounts, name)
        monkeypatch.setattr(accounts, name, lambda *a, known=known: efforts.append(known) or known(*a))
    with pytest.raises(Invalid) as error:
        accounts.authenticate(session, email, PASSWORD if email.startswith("left") else "not-the-password", now=now)
    assert (refused(error), error.value.details, len(efforts)) == ("wrong_credentials", {}, 1)


def test_a_hash_of_former_times_is_renewed_at_the_next_sign_in(session: Session, make: Make, now: datetime) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    person = make.user(password_hash=old)
    accounts.authenticate(session, person.email, PASSWORD, now=now)
    assert person.password_hash != old
    assert verify_password(person.password_hash, PASSWORD)


def test_a_password_may_be_typed_on_keyboards_that_compose_letters_differently() -> None:
    composed, decomposed = "m\u1ead t kh\u1ea9u d\u00e0i", "ma\u0323\u0302 t kha\u0302\u0309u da\u0300i"
    assert composed != decomposed
    assert verify_password(hash_password(composed), decomposed)
    assert not verify_password("not a hash", composed)


def test_a_new_password_ends_the_sessions_that_know_the_old_one(session: Session, make: Make, now: datetime) -> None:
    person = make.user()
    key = person.session_key
    accounts.change_password(session, person, PASSWORD, "mười-hai-cây-cầu", now=now)
    assert person.session_key != key
    assert verify_password(person.password_hash, "mười-hai-cây-cầu")
    assert session.scalars(sa.select(AuditEvent.action)).all() == ["account.change_password"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("wrong-one-here", "mười-hai-cây-cầu", "wrong_password"), (PASSWORD, "1234567890", "weak_password")],
)
def test_a_password_is_not_changed_without_the_old_or_to_a_weak_one(
    session: Session, make: Make, now: datetime, old: str, new: str, code: str
) -> None:
    person = make.user()
    before = (person.password_hash, person.session_key)
    with pytest.raises(Invalid) as error:
        accounts.change_password(session, person, old, new, now=now)
    assert refused(error) == code
    assert (person.password_hash, person.session_key) == before


def test_a_person_changes_name_and_language(session: Session, make: Make, now: datetime) -> None:
    person = make.user()
    accounts.update_account(session, person, name="  Lan   Phạm ", language="en", now=now)
    assert (person.name, person.language) == ("Lan Phạm", "en")
    with pytest.raises(Invalid) as error:
        accounts.update_account(session, person, name=" ", language="vi", now=now)
    assert refused(error) == "name_missing"


def test_a_person_gets_all_that_is_held_about_them_and_nothing_of_others(
    session: Session, make: Make, now: datetime
) -> None:
    startup, centre = make.organisation("Pin Xanh"), make.organisation("Centre", kind="centre")
    lan, other = make.user(startup, email="lan@xanh.vn", consented_at=now), make.user(centre)
    need = make.need(startup)
    mine = make.interest(need, centre, author=lan, message="Can we meet?", reply="Yes", answered_by=other)
    make.interest(make.need(startup), centre, author=other, message="Not hers")
    session.add(OutboxMail(to=lan.email, language="vi", template="interest_answered", created_at=now))
    session.add(OutboxMail(to=other.email, language="vi", template="interest_received", created_at=now))
    accounts.update_account(session, lan, name="Lan", language="vi", now=now)

    held = export_account(session, lan, now=now)

    at = now.isoformat()
    assert {k: held["account"][k] for k in ("name", "email", "consented_at")} == {
        "name": "Lan",
        "email": "lan@xanh.vn",
        "consented_at": at,
    }
    assert [(m["organisation"], m["role"]) for m in held["memberships"]] == [("Pin Xanh", "manager")]
    assert [(i["id"], i["written_by_you"]) for i in held["expressions_of_interest"]] == [
        (mine.id, {"message": "Can we meet?", "reply": None})
    ]
    assert held["mails"] == [{"template": "interest_answered", "created_at": at, "sent_at": None}]
    assert [(e["action"], e["subject"]) for e in held["actions"]] == [("account.update", f"user_account:{lan.id}")]
    assert "password" not in str(held)
    assert lan.session_key not in str(held)


def test_an_erased_person_is_gone_and_what_they_did_stays_without_their_name(
    session: Session, make: Make, now: datetime
) -> None:
    startup, centre = make.organisation("Pin Xanh"), make.organisation("Centre", kind="centre")
    lan, coordinator = make.user(startup, email="lan@xanh.vn"), make.coordinator()
    interest = make.interest(make.need(startup), centre, author=lan)
    accounts.update_account(session, lan, name="Lan", language="vi", now=now)
    session.add(OutboxMail(to=lan.email, language="vi", template="interest_answered"))

    accounts.erase_account(session, lan, PASSWORD, now=now)

    session.expire_all()
    assert session.scalars(sa.select(User.email)).all() == [coordinator.email]
    assert make.count(Membership) == 0
    assert interest.author_id is None
    assert session.scalars(sa.select(AuditEvent.actor_id)).all() == [None, None]
    mails = session.execute(sa.select(OutboxMail.to, OutboxMail.template, OutboxMail.context)).all()
    assert [tuple(m) for m in mails] == [
        (coordinator.email, "organisation_without_manager", {"organisation": "Pin Xanh"})
    ]


def test_an_organisation_with_another_manager_goes_on_and_a_wrong_password_erases_nothing(
    session: Session, make: Make, now: datetime
) -> None:
    startup = make.organisation()
    lan, minh = make.user(startup), make.user(startup)
    make.coordinator()
    with pytest.raises(Invalid) as error:
        accounts.erase_account(session, lan, "wrong-one-here", now=now)
    assert refused(error) == "wrong_password"
    accounts.erase_account(session, lan, PASSWORD, now=now)
    assert session.scalars(sa.select(Membership.user_id)).all() == [minh.id]
    assert make.count(OutboxMail) == 0
