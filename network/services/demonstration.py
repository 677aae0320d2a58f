"""Demonstration accounts, one per role, and a few questions under way, so that every workplace has something to do.

Never in production: the passwords are printed by script/server.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ExpressionOfInterest, Membership, Need, Organisation, User
from models.types import DeclineReason, InterestState, MembershipRole, PlatformRole
from network.services.accounts import hash_password
from network.services.demonstration_intake import add_intake
from network.services.demonstration_talks import add_talks

PASSWORD = "sen-ho-tay-2026"


@dataclass(frozen=True)
class Account:
    role: str
    email: str
    password: str
    organisation: str | None


@dataclass(frozen=True)
class _Person:
    role: str
    email: str
    name: str
    organisation_key: str | None
    platform_role: PlatformRole = PlatformRole.USER
    membership: MembershipRole = MembershipRole.MANAGER


REVIEWER = MembershipRole.REVIEWER
PEOPLE = (
    _Person("startup", "startup@demo.example", "Nguyễn Minh Họa (startup)", "sa-trieu-cong"),
    _Person("centre manager", "centre@demo.example", "Trần Minh Họa (trung tâm)", "nc-beo-tay-xanh"),
    _Person("reviewer", "reviewer@demo.example", "Đỗ Minh Họa (phản biện)", "nc-beo-tay-xanh", membership=REVIEWER),
    _Person("university", "university@demo.example", "Lê Minh Họa (trường)", "ui-vien-nuoc-giang-khe"),
    _Person("partner", "partner@demo.example", "Phạm Minh Họa (đối tác)", "pp-nuoc-do-thi-lac-thi"),
    _Person("coordinator", "coordinator@demo.example", "Vũ Minh Họa (điều phối)", None, PlatformRole.COORDINATOR),
)


def create_accounts(session: Session, *, now: datetime) -> list[Account]:
    """The demonstration accounts, added where missing; their passwords are set back to the printed one.

    The first time, some expressions of interest are added as well, in every state that has to be looked at.
    """
    password_hash = hash_password(PASSWORD)
    accounts, first_time = [], False
    for person in PEOPLE:
        user = session.scalar(sa.select(User).where(User.email == person.email))
        organisation = _organisation(session, person.organisation_key)
        if user is None:
            first_time = True
            user = User(email=person.email, name=person.name, role=person.platform_role, demonstration=True)
            if organisation is not None:
                user.memberships.append(Membership(organisation=organisation, role=person.membership))
            session.add(user)
        user.password_hash = password_hash
        name = organisation.name.pick("vi")[0] if organisation else None
        accounts.append(Account(person.role, person.email, PASSWORD, name))
    session.flush()
    if first_time:
        _add_interests(session, now)
        add_talks(session, now)
        _add_intake(session, now)
    return accounts


def _add_intake(session: Session, now: datetime) -> None:
    """With a second reviewer, whom nobody can sign in as."""
    manager, reviewer = (
        session.scalars(sa.select(User).where(User.email == f"{name}@demo.example")).one()
        for name in ("centre", "reviewer")
    )
    second = User(
        email="reviewer-2@demo.example",
        name="Bùi Minh Họa (phản biện)",
        password_hash=hash_password(secrets.token_hex()),
        demonstration=True,
    )
    centre = _organisation(session, "nc-beo-tay-xanh")
    if centre is not None:
        second.memberships.append(Membership(organisation=centre, role=REVIEWER))
        session.add(second)
        add_intake(session, manager, [reviewer, second], now=now)


def _organisation(session: Session, key: str | None) -> Organisation | None:
    return session.scalar(sa.select(Organisation).where(Organisation.starter_key == key)) if key else None


@dataclass(frozen=True)
class _Question:
    need: str
    receiver: str
    message: str
    state: InterestState
    sent_days_ago: int
    reason: DeclineReason | None = None
    reply: str | None = None


QUESTIONS = (
    _Question(
        "na-trieu-cong-hai-tram-ho-ga",
        "pp-nuoc-do-thi-lac-thi",
        "Chúng tôi có 200 que đo mực nước đã chạy thử hai mùa mưa và muốn lắp trong một lưu vực của quý công ty. "
        "Xin hẹn một buổi để trình bày cách lắp và số liệu đã có.",
        InterestState.SENT,
        4,
    ),
    _Question(
        "na-trieu-cong-tu-khi-an-mon",
        "nc-beo-tay-xanh",
        "Vỏ que đo của chúng tôi phải chịu khí H2S trong cống. "
        "Trung tâm có tủ thử khí ăn mòn hoặc biết nơi nào có không?",
        InterestState.SENT,
        6,
    ),
    _Question(
        "nb-pin-doi-hai",
        "nc-beo-tay-xanh",
        "Chúng tôi dựng lại pin xe điện cũ thành bộ lưu điện và cần một chỗ thử an toàn cùng người hướng dẫn.",
        InterestState.SENT,
        13,
    ),
    _Question(
        "na-den-ngo-set-va-quang",
        "nc-beo-tay-xanh",
        "Cần nơi thử đèn ngõ ngoài trời và một đường phố cho lắp thử ba tháng.",
        InterestState.ACCEPTED,
        20,
        reply="Mời nhóm đến trung tâm sáng thứ Ba tuần tới, mang theo hai đèn mẫu và bản vẽ mạch.",
    ),
    _Question(
        "na-nhip-am-keo-da-mem",
        "nc-beo-tay-xanh",
        "Chúng tôi tìm người giữ quyền một loại keo y tế dịu da để mua quyền dùng.",
        InterestState.DECLINED,
        15,
        reason=DeclineReason.OUTSIDE_FIELD,
        reply="Trung tâm làm về năng lượng và môi trường; nhóm nên hỏi các trung tâm về y dược.",
    ),
)


def _add_interests(session: Session, now: datetime) -> None:
    """Questions whose need and receiver are both in the starter registry; a missing one is passed over."""
    for question in QUESTIONS:
        need = _need(session, question.need)
        receiver = _organisation(session, question.receiver)
        if need is None or receiver is None or need.organisation_id == receiver.id:
            continue
        sent_at = now - timedelta(days=question.sent_days_ago)
        answered = question.state is not InterestState.SENT
        session.add(
            ExpressionOfInterest(
                need=need,
                from_organisation=need.organisation,
                to_organisation=receiver,
                message=question.message,
                state=question.state,
                decline_reason=question.reason,
                reply=question.reply,
                sent_at=sent_at,
                reply_by=sent_at + timedelta(days=10),
                answered_at=sent_at + timedelta(days=3) if answered else None,
            )
        )
    session.flush()


def _need(session: Session, key: str) -> Need | None:
    """The need with this key, or the first need of the startup with this key."""
    by_owner = sa.select(Organisation.id).where(Organisation.starter_key == key)
    statement = sa.select(Need).where(sa.or_(Need.starter_key == key, Need.organisation_id.in_(by_owner)))
    return session.scalar(statement.order_by(Need.id).limit(1))
