"""Commitments of support: who may ask whom, the whole table of states, the day to answer by, who is told."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Commitment, OutboxMail, User
from models.applications import ApplicationState
from models.calls import CallState
from models.commitments import CommitmentState as S
from models.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from models.texts import Bilingual
from models.types import DeclineReason, InterestState, MembershipRole, ProfileState
from network.services import commitments
from network.services.commitments import Terms
from network.services.personal_intake import written_in_intakes
from tests.factories import NOW, Make
from tests.intake import make_application, make_call

TERMS = Terms(Bilingual("Một phòng", "A room"), date(2026, 12, 1), date(2027, 11, 30))


@pytest.fixture
def startup(make: Make) -> Any:
    return make.organisation("Seeker")


@pytest.fixture
def centre(make: Make) -> Any:
    return make.organisation("House", "centre")


def ask(session: Session, make: Make, startup: Any, centre: Any, **changes: Any) -> Commitment:
    values = {"actor": make.user(startup), "asks": " A room. ", "now": NOW, "reply_days": 10, **changes}
    return commitments.ask(session, values.pop("actor"), startup, centre.id, values.pop("asks"), **values)


def mails(session: Session) -> list[tuple[str, str]]:
    return [(m.template, m.to) for m in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]


@pytest.mark.parametrize("state", InterestState)
@pytest.mark.parametrize("asked_by", ["startup", "centre"])
def test_a_request_that_was_accepted_makes_a_centre_known(
    session: Session, make: Make, startup: Any, centre: Any, state: InterestState, asked_by: str
) -> None:
    reason = {"decline_reason": DeclineReason.TERMS} if state is InterestState.DECLINED else {}
    interest = make.connection(make.need(startup), centre, state, **reason)
    if asked_by == "centre":
        interest.from_organisation, interest.to_organisation = centre, startup
        session.flush()
    if state in commitments.KNOWN:
        assert ask(session, make, startup, centre).state is S.ASKED
    else:
        with pytest.raises(Invalid, match="centre_does_not_know"):
            ask(session, make, startup, centre)


@pytest.mark.parametrize("state", ApplicationState)
def test_an_application_that_was_accepted_makes_a_centre_known(
    session: Session, make: Make, startup: Any, centre: Any, state: ApplicationState
) -> None:
    make_application(make, make_call(make, centre, state=CallState.DECIDED), startup, state)
    if state is ApplicationState.ACCEPTED:
        assert ask(session, make, startup, centre).state is S.ASKED
    else:
        with pytest.raises(Invalid, match="centre_does_not_know"):
            ask(session, make, startup, centre)


def test_only_a_startup_asks_and_only_a_centre_is_asked(
    session: Session, make: Make, startup: Any, centre: Any
) -> None:
    institute, enterprise = make.organisation(kind="institute"), make.organisation(kind="enterprise")
    make.connection(make.need(startup), institute)
    make.connection(make.need(enterprise), centre)
    with pytest.raises(Invalid, match="centre_does_not_know"):
        ask(session, make, startup, institute)
    with pytest.raises(Invalid, match="startups_only"):
        ask(session, make, enterprise, centre)


def test_asking_needs_words_a_manager_and_that_none_waits(
    session: Session, make: Make, startup: Any, centre: Any
) -> None:
    make.connection(make.need(startup), centre)
    with pytest.raises(Invalid, match="asks_missing"):
        ask(session, make, startup, centre, asks="  ")
    for actor in (make.user(startup, membership=MembershipRole.MEMBER), make.user(centre), make.coordinator()):
        with pytest.raises(NotPermitted):
            ask(session, make, startup, centre, actor=actor)
    first = ask(session, make, startup, centre)
    assert first.asks == "A room."
    with pytest.raises(Conflict, match="commitment_asked"):
        ask(session, make, startup, centre)
    commitments.withdraw(session, make.user(startup), first, now=NOW)
    assert ask(session, make, startup, centre).id != first.id
    startup.state = ProfileState.SUSPENDED
    with pytest.raises(NotPermitted, match="suspended"):
        ask(session, make, startup, centre)


@pytest.mark.parametrize(("promised", "days"), [(None, 10), (4, 4), (30, 10)])
def test_the_day_is_that_of_the_site_or_what_the_centre_promises(
    session: Session, make: Make, startup: Any, centre: Any, promised: int | None, days: int
) -> None:
    centre.reply_days = promised
    make.connection(make.need(startup), centre)
    manager = make.user(centre)
    assert ask(session, make, startup, centre).reply_by == NOW + timedelta(days=days)
    assert mails(session) == [("commitment_asked", manager.email)]


STEPS: dict[str, Callable[[Session, User, Commitment], None]] = {
    "grant": lambda session, actor, c: commitments.grant(session, actor, c, TERMS, now=NOW),
    "decline": lambda session, actor, c: commitments.decline(
        session, actor, c, DeclineReason.NO_CAPACITY, " Next year. ", now=NOW
    ),
    "withdraw": lambda session, actor, c: commitments.withdraw(session, actor, c, now=NOW),
}
TABLE: dict[str, tuple[str, S]] = {
    "grant": ("manager of the centre", S.GRANTED),
    "decline": ("manager of the centre", S.DECLINED),
    "withdraw": ("manager of the startup", S.WITHDRAWN),
}
"""Who may take a step, and where it leads from ASKED. Everything else is refused."""

ROLES = (
    *(f"{role.value} of the {side}" for role in MembershipRole for side in ("startup", "centre")),
    "manager of a third",
    "coordinator",
)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", S)
def test_the_whole_table(
    session: Session, make: Make, startup: Any, centre: Any, state: S, step: str, role: str
) -> None:
    commitment = make.commitment(startup, centre, state=state)
    if role == "coordinator":
        actor = make.coordinator()
    elif role == "manager of a third":
        actor = make.user(make.organisation(kind="centre"))
    else:
        side = startup if role.endswith("startup") else centre
        actor = make.user(side, membership=MembershipRole(role.split()[0]))
    allowed, target = TABLE[step]
    expected: type[DomainError] | None = None
    if role != allowed:
        expected = NotPermitted
    elif state is not S.ASKED:
        expected = Conflict
    if expected:
        with pytest.raises(expected):
            STEPS[step](session, actor, commitment)
        assert (commitment.state, make.count(OutboxMail), make.count(AuditEvent)) == (state, 0, 0)
    else:
        STEPS[step](session, actor, commitment)
        session.flush()
        assert (commitment.state, commitment.settled_at, commitment.settled_by) == (target, NOW, actor)
        assert session.scalars(sa.select(AuditEvent.action)).all() == [f"commitment.{step}"]


def test_the_answer_reaches_the_startup_and_a_withdrawal_the_centre(
    session: Session, make: Make, startup: Any, centre: Any
) -> None:
    ours, theirs = make.user(startup), make.user(centre)
    make.user(startup, membership=MembershipRole.MEMBER)
    STEPS["grant"](session, theirs, make.commitment(startup, centre))
    STEPS["decline"](session, theirs, make.commitment(startup, centre))
    STEPS["withdraw"](session, ours, make.commitment(startup, centre))
    answered = ("commitment_answered", ours.email)
    assert mails(session) == [answered, answered, ("commitment_withdrawn", theirs.email)]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (Terms(Bilingual(" ", None), TERMS.starts_on, TERMS.ends_on), "commits_missing"),
        (Terms(TERMS.commits, TERMS.ends_on, TERMS.starts_on), "commitment_ends_first"),
    ],
)
def test_a_grant_is_whole_and_a_refusal_has_a_reason(
    session: Session, make: Make, startup: Any, centre: Any, terms: Terms, code: str
) -> None:
    manager, commitment = make.user(centre), make.commitment(startup, centre)
    with pytest.raises(Invalid, match=code):
        commitments.grant(session, manager, commitment, terms, now=NOW)
    with pytest.raises(Invalid, match="reason_missing"):
        commitments.decline(session, manager, commitment, None, "No", now=NOW)
    assert commitment.state is S.ASKED


def test_a_suspended_centre_answers_nothing(session: Session, make: Make, startup: Any, centre: Any) -> None:
    commitment, manager = make.commitment(startup, centre), make.user(centre)
    centre.state = ProfileState.SUSPENDED
    for step in ("grant", "decline"):
        with pytest.raises(NotPermitted, match="suspended"):
            STEPS[step](session, manager, commitment)


def test_a_reminder_before_the_day_and_the_coordinators_after_it_each_once(
    session: Session, make: Make, startup: Any, centre: Any
) -> None:
    manager, coordinator = make.user(centre), make.coordinator()
    commitment = make.commitment(startup, centre)
    make.commitment(make.organisation(), centre, state=S.WITHDRAWN)

    def watch(days: float) -> tuple[int, int]:
        at: datetime = NOW + timedelta(days=days)
        return commitments.remind_and_escalate(session, now=at, remind_days=3)

    assert [watch(days) for days in (6.9, 7, 8, 10, 11)] == [(0, 0), (1, 0), (0, 0), (0, 1), (0, 0)]
    assert mails(session) == [("commitment_reminder", manager.email), ("commitment_late", coordinator.email)]
    STEPS["grant"](session, manager, commitment)
    assert commitment.state is S.GRANTED


def test_others_do_not_find_it_and_what_was_asked_stays(
    session: Session, make: Make, startup: Any, centre: Any
) -> None:
    commitment = make.commitment(startup, centre)
    with pytest.raises(NotFound):
        commitments.find(session, make.organisation(kind="centre"), commitment.id)
    assert commitments.find(session, startup, commitment.id) is commitments.find(session, centre, commitment.id)
    commitment.asks = "More"
    with pytest.raises(Conflict, match="facts_stay"):
        session.flush()


def test_each_person_exports_only_what_they_wrote(session: Session, make: Make, startup: Any, centre: Any) -> None:
    ours, theirs = make.user(startup), make.user(centre)
    commitment = make.commitment(startup, centre, author=ours)
    STEPS["grant"](session, theirs, commitment)
    session.flush()
    (asked,), (granted,) = (written_in_intakes(session, p)["commitments_of_support"] for p in (ours, theirs))
    assert asked["written_by_you"] == {"asks": commitment.asks, "note": None, "commits": None}
    assert granted["written_by_you"] == {"asks": None, "note": None, "commits": ["Một phòng", "A room"]}
