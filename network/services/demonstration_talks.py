"""Connections under way for the demonstration accounts: a talk, an outcome to confirm, a dispute, a confirmed pilot.

Rows are written as the use cases would have left them, without their mails.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Agreement, ConnectionStep, ExpressionOfInterest, Message, Need, Organisation, Outcome, User
from models.agreements import AgreementKind
from models.connections import standing
from models.outcomes import DisputeReason, OutcomeKind, OutcomeState
from models.threads import StepKind
from models.types import InterestState

DAYS = 14


class _Talk:
    """One connection between the owner of a need and `other`, told day by day; days count back from now."""

    def __init__(self, session: Session, need: Need, other: Organisation, now: datetime, day: int, words: str) -> None:
        self.session, self.need, self.other, self.now = session, need, other, now
        self.interest = ExpressionOfInterest(
            need=need,
            from_organisation=need.organisation,
            to_organisation=other,
            author=self._person(need.organisation),
            message=words,
            state=InterestState.IN_DISCUSSION,
            sent_at=self._at(day),
            reply_by=self._at(day - 10),
        )
        session.add(self.interest)

    def _at(self, day: int) -> datetime:
        return self.now - timedelta(days=day)

    def _side(self, theirs: bool) -> Organisation:
        return self.other if theirs else self.need.organisation

    def _person(self, organisation: Organisation) -> User | None:
        return self.session.scalar(
            sa.select(User).where(User.memberships.any(organisation_id=organisation.id)).order_by(User.id).limit(1)
        )

    def _step(self, day: int, kind: StepKind, theirs: bool, **about: Any) -> None:
        side = self._side(theirs)
        self.session.flush()
        self.session.add(
            ConnectionStep(
                interest_id=self.interest.id,
                kind=kind,
                at=self._at(day),
                organisation_id=side.id,
                author=self._person(side),
                **about,
            )
        )

    def accepted(self, day: int, words: str) -> None:
        self.interest.reply, self.interest.answered_at = words, self._at(day)
        self.interest.answered_by = self._person(self.other)
        self._step(day - 1, StepKind.STARTED, False)

    def wrote(self, day: int, theirs: bool, words: str) -> None:
        side = self._side(theirs)
        self.session.add(
            Message(interest=self.interest, organisation=side, author=self._person(side), text=words, at=self._at(day))
        )

    def agreed(self, day: int, theirs: bool, kind: AgreementKind, note: str) -> None:
        side = self._side(theirs)
        agreement = Agreement(
            interest=self.interest,
            organisation=side,
            kind=kind,
            agreed_on=self._at(day + 1).date(),
            note=note,
            recorded_by=self._person(side),
            recorded_at=self._at(day),
            object_by=self._at(day - DAYS),
        )
        self.session.add(agreement)
        self.session.flush()
        self._step(day, StepKind.AGREEMENT_RECORDED, theirs, agreement_id=agreement.id)

    def proposed(self, day: int, theirs: bool, kind: OutcomeKind, evidence: str, value: int | None = None) -> Outcome:
        side = self._side(theirs)
        outcome = Outcome(
            interest=self.interest,
            organisation=side,
            kind=kind,
            happened_on=self._at(day + 2).date(),
            value_vnd=value,
            evidence=evidence,
            proposed_by=self._person(side),
            proposed_at=self._at(day),
            confirm_by=self._at(day - DAYS),
            state=OutcomeState.PROPOSED,
        )
        self.session.add(outcome)
        self.session.flush()
        self._step(day, StepKind.OUTCOME_PROPOSED, theirs, outcome_id=outcome.id)
        return outcome

    def answered(self, day: int, theirs: bool, outcome: Outcome, reason: DisputeReason | None = None) -> None:
        person = self._person(self._side(theirs))
        outcome.state = OutcomeState.DISPUTED if reason else OutcomeState.CONFIRMED
        outcome.dispute_reason = reason
        outcome.settled_at, outcome.settled_by = self._at(day), person
        kind = StepKind.OUTCOME_DISPUTED if reason else StepKind.OUTCOME_CONFIRMED
        self._step(day, kind, theirs, outcome_id=outcome.id)

    def stands(self) -> None:
        self.session.flush()
        where = {entity: entity.interest_id == self.interest.id for entity in (Agreement, Outcome)}
        self.interest.state = standing(
            self.session.scalars(sa.select(Agreement).where(where[Agreement])),
            self.session.scalars(sa.select(Outcome).where(where[Outcome])),
        )
        self.session.flush()


def add_talks(session: Session, now: datetime) -> None:
    """Nothing where an entry of the starter registry that it needs is missing."""
    catchment, chamber, capital = (
        session.scalar(sa.select(Need).where(Need.starter_key == key))
        for key in ("na-trieu-cong-hai-tram-ho-ga", "na-trieu-cong-tu-khi-an-mon", "na-trieu-cong-von-nghin-que")
    )
    institute, utility = (
        session.scalar(sa.select(Organisation).where(Organisation.starter_key == key))
        for key in ("ui-vien-nuoc-giang-khe", "pp-nuoc-do-thi-lac-thi")
    )
    if catchment is None or chamber is None or capital is None or institute is None or utility is None:
        return
    _confirmed_pilot(
        _Talk(session, catchment, institute, now, 90, "Viện có thể cùng dựng mô hình cho một lưu vực không?")
    )
    _open_talk(_Talk(session, chamber, institute, now, 16, "Xin hỏi Viện có tủ thử khí H2S cho vỏ que đo không?"))
    _dispute(_Talk(session, capital, utility, now, 60, "Mời quý công ty đặt trước lô một nghìn que đo đầu tiên."))


def _confirmed_pilot(talk: _Talk) -> None:
    talk.accepted(86, "Viện có mô hình SWMM của hai lưu vực. Mời nhóm qua sáng thứ Năm.")
    talk.wrote(80, False, "Cảm ơn Viện. Chúng tôi gửi số liệu 46 điểm đo của hai mùa mưa.")
    talk.wrote(78, True, "Đã nhận. Số liệu đủ dày cho lưu vực phía nam, chúng tôi dựng mô hình trong ba tuần.")
    talk.agreed(70, True, AgreementKind.RESEARCH, "Viện dựng mô hình, nhóm lắp 60 que đo; kết quả dùng chung.")
    pilot = talk.proposed(30, False, OutcomeKind.PILOT, "Mô hình chạy thử 40 ngày; báo cáo nghiệm thu số 03.")
    talk.answered(26, True, pilot)
    pilot.publish_proposer = pilot.publish_other = True
    talk.proposed(8, True, OutcomeKind.LICENCE, "Hợp đồng cho dùng mô hình, bản ký ngày ghi ở trên.", 180_000_000)
    talk.stands()


def _open_talk(talk: _Talk) -> None:
    talk.accepted(13, "Viện có tủ 200 lít. Xin cho biết kích thước vỏ và số mẫu.")
    talk.wrote(9, False, "Vỏ dài 42 cm, chúng tôi có sáu mẫu của ba loại nhựa.")
    talk.wrote(7, True, "Vừa tủ. Tuần tới trống ba ngày, nhóm chọn ngày nào?")
    talk.stands()


def _dispute(talk: _Talk) -> None:
    talk.accepted(55, "Công ty quan tâm. Xin gửi giá và tiến độ giao hàng.")
    talk.agreed(40, False, AgreementKind.MOU, "Đặt trước 300 que, giao trong quý sau khi nghiệm thu lô đầu.")
    contract = talk.proposed(12, False, OutcomeKind.CONTRACT, "Hợp đồng mua bán 300 que đo.", 960_000_000)
    talk.answered(9, True, contract, DisputeReason.OTHER_VALUE)
    contract.dispute_note = "Giá trị trong bản ký là 900 triệu đồng, chưa gồm thuế."
    talk.stands()
