"""A whole journey in which everything confidential carries a mark; not one mark is found in the audit trail.

From joining over a need, a talk with files, an agreement and an outcome to a forgotten password. The same journey shows
that notices and mails hold no mark either, but for what its writer addressed to the reader.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Notification, Offer, OutboxMail, User
from models.agreements import AgreementKind
from models.audit_events import fitting
from models.documents import DocumentKind, DocumentLevel
from models.outcomes import DisputeReason, OutcomeKind
from models.texts import Bilingual
from models.types import DeclineReason, MembershipRole, OfferKind, OrganisationKind, ProfileState, Visibility
from network.services import (
    accounts,
    agreements,
    challenges,
    claims,
    connections,
    contact,
    coordination,
    documents,
    interests,
    invitations,
    needs,
    outcomes,
    people,
    recovery,
    supply,
)
from network.services.files import FileStore, examine
from network.services.needs import NeedValues
from network.services.outcomes import OutcomeValues
from tests.factories import Make

MARK = "Bí-mật"
PDF = b"%PDF-1.7 nothing more"


def join(session: Session, name: str, kind: OrganisationKind, now: datetime) -> User:
    return accounts.sign_up(
        session,
        name=f"{name} {MARK}",
        email=f"{name}@bi-mat.vn".lower(),
        password=f"{MARK}-mùa-thu-{name}",
        language="vi",
        consent=True,
        organisation_kind=kind,
        organisation_name=f"Tổ chức {name}",
        organisation_summary=f"{MARK} tóm tắt",
        now=now,
    )


def test_nothing_confidential_stands_in_the_trail(session: Session, make: Make, now: datetime, tmp_path: Path) -> None:
    store, desk = FileStore(tmp_path), make.coordinator()
    lan, chi = (
        join(session, "Lan", OrganisationKind.STARTUP, now),
        join(session, "Chi", OrganisationKind.INSTITUTE, now),
    )
    startup, institute = (person.memberships[0].organisation for person in (lan, chi))
    for organisation in (startup, institute):
        coordination.verify(session, desk, organisation, now=now)
    file = {"store": store, "now": now}
    upload = examine(f"{MARK}.pdf", PDF)
    documents.add_document(
        session, lan, startup, DocumentKind.PITCH_DECK, f"{MARK} deck", DocumentLevel.OWN, upload, **file
    )

    texts = Bilingual(f"{MARK} cần phòng thí nghiệm", f"{MARK} laboratory")
    values = NeedValues(
        texts, texts, details=texts, kinds=(OfferKind.LAB,), budget_vnd=123456789, visibility=Visibility.MEMBERS
    )
    need = needs.create_need(session, lan, startup, values, now=now)
    needs.update_need(session, lan, need, values, now=now)
    needs.publish_need(session, lan, need, now=now)
    offer = {"kind": OfferKind.LAB, "title": texts, "summary": texts, "details": texts}
    entry = supply.create(session, chi, Offer, institute, offer, [], now=now)
    supply.publish(session, chi, entry, now=now)

    interest = interests.send_interest(
        session, lan, startup, need.id, institute.id, f"{MARK} lời nhắn", now=now, reply_days=10, offer_id=entry.id
    )
    interests.accept_interest(session, chi, interest, f"{MARK} trả lời", now=now)
    connections.write_message(session, lan, startup, interest, f"{MARK} thư", [upload], **file)
    agreements.record(
        session,
        chi,
        institute,
        interest,
        AgreementKind.NDA,
        now.date(),
        f"{MARK} điều khoản",
        upload,
        object_days=14,
        **file,
    )
    said = OutcomeValues(OutcomeKind.CONTRACT, now.date(), f"{MARK} hợp đồng số 12", 987654321, upload)
    outcome = outcomes.propose(session, lan, startup, interest, said, publish=False, confirm_days=14, **file)
    outcomes.dispute(session, chi, institute, outcome, DisputeReason.OTHER_VALUE, f"{MARK} giá khác", now=now)
    outcomes.correct(session, chi, institute, outcome, said, f"{MARK} sửa", publish=True, confirm_days=14, **file)
    second = interests.send_interest(
        session, chi, institute, need.id, startup.id, f"{MARK} lần nữa", now=now, reply_days=10
    )
    interests.decline_interest(session, lan, second, DeclineReason.TERMS, f"{MARK} từ chối", now=now)

    city = make.challenge(make.organisation("City", "partner"))
    challenges.send_answer(session, lan, startup, city.id, f"{MARK} lời giải", now=now)
    invitations.invite(
        session,
        chi,
        institute,
        name=f"Khách {MARK}",
        email="khach@bi-mat.vn",
        role=MembershipRole.MEMBER,
        language="vi",
        now=now,
    )
    minh = make.user(institute, membership=MembershipRole.MEMBER, name=f"Minh {MARK}")
    people.change_role(session, chi, minh.memberships[0], MembershipRole.MANAGER, now=now)
    people.leave(session, minh, institute, now=now)
    claims.send_claim(
        session,
        minh,
        make.organisation("Unclaimed", state=ProfileState.UNCLAIMED),
        f"{MARK} tôi là giám đốc ở đó",
        now=now,
    )
    contact.write(session, name=f"{MARK}", email="x@bi-mat.vn", topic="access", message=f"{MARK} xin được giúp đỡ")

    recovery.ask_for_password(session, lan.email, now=now)
    recovery.set_password(session, secret(session, "password_forgotten"), f"{MARK}-mới-tinh", now=now)
    recovery.ask_for_email(session, lan, f"{MARK}-mới-tinh", "moi@bi-mat.vn", now=now)
    recovery.confirm_email(session, secret(session, "email_to_confirm"), now=now)
    invitations.purge(session, now=now + timedelta(days=60))
    accounts.erase_account(session, lan, f"{MARK}-mới-tinh", now=now)
    session.flush()

    trail = session.scalars(sa.select(AuditEvent)).all()
    assert len({event.action for event in trail}) >= 30
    for event in trail:
        written = json.dumps([event.action, event.subject, event.data], ensure_ascii=False)
        assert fitting(event.action, event.data) == (event.data, []), written
        assert not any(secret in written for secret in (MARK, "bi-mat", "@", "123456789", "987654321", "PDF")), written
    _notices_lead_to_the_page_and_say_no_more(session)


def _notices_lead_to_the_page_and_say_no_more(session: Session) -> None:
    """Titles of needs and names stand in notices; messages, answers, notes, files and secrets do not."""
    unsaid = ("lời nhắn", "trả lời", "thư", "điều khoản", "hợp đồng", "giá khác", "sửa", "từ chối", "lời giải", "deck")
    for notice in session.scalars(sa.select(Notification)):
        written = json.dumps(notice.context, ensure_ascii=False)
        assert not any(f"{MARK} {words}" in written for words in (*unsaid, "xin được")), written
        assert "secret" not in notice.context
        assert "bi-mat" not in written or "…@" in written


def secret(session: Session, template: str) -> str:
    found = sa.select(OutboxMail).where(OutboxMail.template == template).order_by(OutboxMail.id.desc())
    return str(session.scalars(found).all()[0].context["secret"])
