"""An intake for demonstration: one call that is open, one that is being read, one decided with its cohort.

Everything in it is invented, as the centre and the teams are.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    Application,
    ApplicationAnswer,
    Call,
    CallCriterion,
    CallQuestion,
    Cohort,
    CohortMilestone,
    Commitment,
    DecisionLetter,
    MentorHours,
    MilestoneDone,
    Organisation,
    Programme,
    Review,
    ReviewerDeclaration,
    ReviewScore,
    User,
)
from models.applications import ApplicationState, Verdict
from models.calls import CallState
from models.commitments import CommitmentState
from models.reviews import ReviewState
from models.texts import Bilingual
from models.types import DeclineReason, Stage
from network.services.calls import align
from network.services.intake import today

S = ApplicationState
PROGRAMME = "prog-beo-tay-nuoc-va-rac"
CRITERIA = (("Hiệu quả xử lý", "How well it treats", 50), ("Dễ trông coi", "Easy to tend", 30), ("Nhóm", "Team", 20))
QUESTIONS = (
    ("Mô-đun đã chạy ở đâu, bao nhiêu ngày?", "Where has the module run, and for how many days?", False),
    ("Ai trong nhóm có mặt ở làng hằng tuần?", "Who of the team is in the village every week?", True),
)


@dataclass(frozen=True)
class _Team:
    """`points` are those of the two reviewers; None is a review that is still missing."""

    key: str
    title: str
    summary: str
    state: S
    points: tuple[tuple[int, int, int] | None, ...] = ()


READ = (
    _Team(
        "sa-trieu-cong",
        "Que đo mực nước báo sớm cho trạm bơm làng nghề",
        "Que đo gắn trong cống, báo mực nước và độ đục mười lăm phút một lần.",
        S.UNDER_REVIEW,
        ((4, 4, 5), (3, 4, 4)),
    ),
    _Team(
        "sb-be-co",
        "Bè cỏ nổi lọc nước thải làng bún",
        "Ba tầng cỏ vetiver trên phao tre, không dùng điện.",
        S.UNDER_REVIEW,
        ((5, 4, 4), (2, 4, 4)),
    ),
    _Team(
        "sb-trong-mau",
        "Cột than trấu khử màu nước nhuộm",
        "Cột lọc thay lõi mỗi tuần, lõi cũ đem đốt gạch.",
        S.UNDER_REVIEW,
        ((4, 3, 3), None),
    ),
    _Team("sb-gieng-lanh", "Bể lọc phèn cho xóm bãi", "Bể lọc cát chậm, rửa tay được.", S.UNDER_REVIEW, (None,)),
)
DECIDED = (
    _Team("sa-trieu-cong", "Mười que đo cho cống làng bún", "Thử mười que trong ba tháng mưa.", S.ACCEPTED),
    _Team("sb-muc-nuoc-dong", "Cửa phai tự đóng mở theo mực nước", "Phao và đối trọng, không dùng điện.", S.ACCEPTED),
    _Team("sb-vien-tro", "Viên tro hút kim loại nặng", "Tro đáy ép viên, hút đồng và kẽm.", S.WAITLISTED),
    _Team("sb-khoi-am", "Khử mùi bếp dầu ở làng nghề", "Buồng khói hai ngăn.", S.REJECTED),
)


def add_intake(session: Session, manager: User, reviewers: list[User], *, now: datetime) -> None:
    """Nothing where the programme of the starter registry is missing."""
    programme = session.scalar(sa.select(Programme).where(Programme.starter_key == PROGRAMME))
    if programme is None:
        return
    day = today(now)
    coming = _call(programme, "Đợt mùa đông", "Winter", day + timedelta(days=12), CallState.PUBLISHED)
    reading = _call(programme, "Đợt mùa thu", "Autumn", day - timedelta(days=5), CallState.PUBLISHED)
    decided = _call(programme, "Đợt mùa xuân", "Spring", day - timedelta(days=200), CallState.DECIDED)
    decided.decided_at, decided.decided_by_id = now - timedelta(days=170), manager.id
    session.add_all([coming, reading, decided])
    session.flush()
    draft = _Team("sa-trieu-cong", "Que đo độ đục giá rẻ", "", S.DRAFT)
    _apply(session, coming, draft, 0, now)
    for n, team in enumerate(READ, 1):
        application = _apply(session, reading, team, n, now - timedelta(days=6))
        if application is not None:
            _review(session, application, reviewers, team, now)
    for person in reviewers[1:]:
        session.add(ReviewerDeclaration(call_id=reading.id, user_id=person.id, names=[], declared_at=now))
    heard = [_decide(session, decided, team, n, manager, now) for n, team in enumerate(DECIDED, 1)]
    accepted = [a for a in heard if a is not None and a.state is S.ACCEPTED]
    _cohort(session, decided, accepted, now)
    _commitments(session, accepted, manager, now)
    align(session, programme, day)
    session.flush()


def _call(programme: Programme, vi: str, en: str, closes_on: date, state: CallState) -> Call:
    return Call(
        programme=programme,
        name=Bilingual(vi, en),
        expects=Bilingual(
            "Có mặt ở làng mỗi tuần một ngày, đo mẫu cùng kỹ thuật viên của trung tâm.",
            "Be in the village one day a week and take samples with the technician of the centre.",
        ),
        opens_on=closes_on - timedelta(days=45),
        closes_on=closes_on,
        decide_by=closes_on + timedelta(days=30),
        starts_on=closes_on + timedelta(days=45),
        ends_on=closes_on + timedelta(days=320),
        capacity=2,
        minimum=2,
        state=state,
        criteria=[CallCriterion(position=n, name=Bilingual(v, e), weight=w) for n, (v, e, w) in enumerate(CRITERIA)],
        questions=[
            CallQuestion(position=n, text=Bilingual(v, e), required=True, names_people=people)
            for n, (v, e, people) in enumerate(QUESTIONS)
        ],
    )


def _apply(session: Session, call: Call, team: _Team, number: int, at: datetime) -> Application | None:
    organisation = session.scalar(sa.select(Organisation).where(Organisation.starter_key == team.key))
    if organisation is None:
        return None
    sent = team.state is not S.DRAFT
    application = Application(
        call=call,
        organisation=organisation,
        number=number if sent else None,
        submitted_at=at if sent else None,
        title=team.title,
        summary=team.summary,
        stage=Stage.PROTOTYPE,
        team="Ba người, một kỹ sư nước, một thợ cơ khí, một người bán hàng." if sent else "",
        state=S.UNDER_REVIEW if sent else S.DRAFT,
        answers=[
            ApplicationAnswer(question_id=q.id, text="Hai tháng ở một xóm ven sông, 61 ngày liên tục.")
            for q in call.questions
        ]
        if sent
        else [],
    )
    session.add(application)
    session.flush()
    return application


def _review(session: Session, application: Application, reviewers: list[User], team: _Team, now: datetime) -> None:
    for person, points in zip(reviewers[::-1], team.points, strict=False):
        criteria = application.call.criteria
        session.add(
            Review(
                application=application,
                reviewer=person,
                state=ReviewState.SUBMITTED if points else ReviewState.ASSIGNED,
                assigned_at=now - timedelta(days=4),
                cleared_at=now - timedelta(days=3) if points else None,
                submitted_at=now - timedelta(days=1) if points else None,
                comment="Số liệu đo rõ ràng; cách vận hành cần nói kỹ hơn." if points else None,
                scores=[ReviewScore(criterion_id=c.id, points=p) for c, p in zip(criteria, points or (), strict=False)],
            )
        )


def _decide(session: Session, call: Call, team: _Team, number: int, manager: User, now: datetime) -> Application | None:
    at = now - timedelta(days=170)
    application = _apply(session, call, team, number, now - timedelta(days=205))
    if application is None:
        return None
    verdict = Verdict(team.state.value)
    with session.no_autoflush:
        application.state, application.decided_at = team.state, at
        if verdict is Verdict.REJECTED:
            application.reason = DeclineReason.OUTSIDE_FIELD
        if verdict is Verdict.WAITLISTED:
            application.waitlist_rank = 1
        application.letters.append(
            DecisionLetter(
                verdict=verdict,
                reason=application.reason,
                note="Chương trình này chỉ nhận xử lý nước." if application.reason else None,
                place=application.waitlist_rank,
                issued_at=at,
                issued_by=manager,
            )
        )
    return application


def _cohort(session: Session, call: Call, teams: list[Application], now: datetime) -> None:
    day = today(now)
    cohort = Cohort(call=call, name=call.name, starts_on=call.starts_on, ends_on=call.ends_on)
    cohort.milestones = [
        CohortMilestone(title=Bilingual("Lắp mô-đun ở làng", "Module installed"), due_on=day - timedelta(days=90)),
        CohortMilestone(title=Bilingual("Chạy 30 ngày liên tục", "Ran for 30 days"), due_on=day - timedelta(days=20)),
        CohortMilestone(title=Bilingual("Báo cáo kết quả đo", "Report of results"), due_on=day + timedelta(days=40)),
    ]
    session.add(cohort)
    session.flush()
    for n, team in enumerate(teams):
        for milestone in cohort.milestones[: 2 - n]:
            done = MilestoneDone(
                milestone_id=milestone.id,
                application_id=team.id,
                done_on=milestone.due_on - timedelta(days=3),
                recorded_at=now - timedelta(days=15),
            )
            session.add(done)
        for days, minutes, topic in ((60, 90, "Cách lấy mẫu nước"), (25, 120, "Tính giá thành một mét khối")):
            session.add(
                MentorHours(
                    application=team,
                    on_day=day - timedelta(days=days),
                    minutes=minutes,
                    mentor="Cô Hoa (minh họa)",
                    topic=topic,
                    entered_at=now,
                )
            )


def _commitments(session: Session, teams: list[Application], manager: User, now: datetime) -> None:
    """The first team has its commitment of support, the others wait for theirs."""
    day = today(now)
    for n, team in enumerate(teams):
        session.add(
            Commitment(
                organisation=team.organisation,
                centre=team.call.programme.organisation,
                asks="Chỗ thử nghiệm ở làng và một người cố vấn trong một năm.",
                asked_at=now - timedelta(days=4 if n else 40),
                reply_by=now + timedelta(days=6 if n else -30),
                **{} if n else _granted(day, now, manager),
            )
        )


def _granted(day: date, now: datetime, manager: User) -> dict[str, Any]:
    return {
        "state": CommitmentState.GRANTED,
        "commits": Bilingual(
            "Một chỗ thử nghiệm ở trạm bơm của làng, hai giờ cố vấn mỗi tháng, dụng cụ đo cho mượn.",
            "A place for trials at the pump of the village, two hours of a mentor a month, instruments on loan.",
        ),
        "starts_on": day - timedelta(days=30),
        "ends_on": day + timedelta(days=335),
        "settled_at": now - timedelta(days=33),
        "settled_by": manager,
    }
