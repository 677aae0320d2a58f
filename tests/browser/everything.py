"""What the demonstration accounts lack: an entry of each sort, so that every page for people signed in is there."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    Agreement,
    Application,
    Call,
    Challenge,
    ExpressionOfInterest,
    Meeting,
    MeetingSlot,
    Need,
    Organisation,
    Outcome,
    SavedSearch,
    Technology,
    TechnologyVersion,
    User,
)
from models.alerts import SearchKind
from models.applications import ApplicationState
from models.base import utc_now
from models.meetings import MeetingState
from models.outcomes import OutcomeState
from models.types import InterestState, NeedState, ProfileState
from network.services.versions import content_of
from tests.factories import Make
from tests.intake import make_application, make_call, make_review, make_reviewer

OWN = ("sa-trieu-cong", "nc-beo-tay-xanh")
"""The startup and the centre of the demonstration accounts."""


def add_everything(session: Session) -> None:
    make, now = Make(session), utc_now()
    people = {user.email.split("@")[0]: user for user in session.scalars(sa.select(User).where(User.demonstration))}
    startup, centre, institute = (
        people[name].memberships[0].organisation for name in ("startup", "centre", "university")
    )
    make.document(startup, "Our deck", "members", "deck.pdf", "deck-2.pdf")
    make.need(startup, "A need nobody has seen", state=NeedState.DRAFT)
    long_ago = now - timedelta(days=800)
    old = make.technology(institute, "An old membrane", confirmed_at=long_ago, created_at=long_ago)
    session.add_all([TechnologyVersion(technology=old, number=n, at=now, content=content_of(old)) for n in (1, 2)])
    make.upload(institute)
    make.invitation(startup)
    make.answer(make.challenge(centre), startup)
    make.registration(make.event(centre), people["startup"])
    make.claim(make.organisation("Nobody's company", state=ProfileState.UNCLAIMED), people["startup"])
    make.organisation("Another of nobody's", slug="another-of-nobodys", state=ProfileState.UNCLAIMED)
    session.add(
        SavedSearch(
            user=people["startup"],
            name="Sensors",
            kind=SearchKind.QUESTION,
            text="cảm biến",
            subjects=["offer"],
            checked_at=now,
            digest_at=now,
        )
    )
    _talk(make, session, startup)
    agreed = make.connection(make.need(startup, "A need that was met"), institute, InterestState.AGREED)
    for side in (startup, institute):
        make.agreement(agreed, side, recorded_at=now, object_by=now + timedelta(days=9))
    make_call(make, centre, day=now.date())
    read = make_call(make, centre, closes=-9, day=now.date(), reviews_wanted=1)
    application = make_application(make, read, make.organisation("Three in a garage"))
    make_review(make, application, make_reviewer(make, centre), (4, 4))
    make_review(make, application, people["reviewer"])


def leads(session: Session) -> dict[str, list[str]]:
    """By role, addresses in Vietnamese that no link in its workplace leads to, or only one far down a list."""
    startup, centre = (session.scalars(sa.select(Organisation).where(Organisation.starter_key == k)).one() for k in OWN)
    home = f"/vi/workspace/{startup.slug}"
    talk = session.scalars(sa.select(Meeting.interest_id)).first()
    agreed = session.scalars(sa.select(Agreement.interest_id).order_by(Agreement.id.desc())).first()
    nobodys = session.scalars(
        sa.select(Organisation).where(Organisation.state == ProfileState.UNCLAIMED).order_by(Organisation.id.desc())
    ).first()
    confirmed = session.scalars(
        sa.select(Outcome.interest_id).where(
            Outcome.state == OutcomeState.CONFIRMED,
            Outcome.interest.has(ExpressionOfInterest.from_organisation_id == startup.id),
        )
    ).first()
    unseen = session.scalars(
        sa.select(Need.id).where(Need.organisation_id == startup.id, Need.state == NeedState.DRAFT)
    ).first()
    challenge = session.scalars(sa.select(Challenge.id).where(Challenge.organisation_id == centre.id)).first()
    draft, waiting = (
        session.scalars(sa.select(Application.id).where(Application.state == state, own)).first()
        for state, own in (
            (ApplicationState.DRAFT, Application.organisation_id == startup.id),
            (ApplicationState.WAITLISTED, Application.call.has(Call.programme.has(organisation_id=centre.id))),
        )
    )
    versioned = session.scalars(
        sa.select(Technology).join(TechnologyVersion, TechnologyVersion.technology_id == Technology.id)
    ).first()
    assert nobodys is not None
    assert versioned is not None
    return {
        "startup": [
            f"{home}/interests/{talk}",
            f"{home}/interests/{agreed}",
            f"{home}/interests/{confirmed}",
            f"{home}/needs/{unseen}",
            f"{home}/answers/new/{challenge}",
            f"{home}/applications/{draft}/submit",
            f"/vi/directory/{nobodys.slug}/claim",
        ],
        "university": [f"/vi/workspace/{versioned.organisation.slug}/technologies/{versioned.id}"],
        "centre": [f"/vi/workspace/{centre.slug}/received/{waiting}/reject"],
        "coordinator": [
            f"/vi/coordination/organisations/{nobodys.slug}/invite",
            "/vi/coordination/matching-health/not-asked",
        ],
    }


def _talk(make: Make, session: Session, startup: Organisation) -> None:
    """A connection of the startup with what either side may still object to or take back, and with meetings."""
    sent = sa.select(ExpressionOfInterest).where(
        ExpressionOfInterest.from_organisation == startup,
        ExpressionOfInterest.state == InterestState.IN_DISCUSSION,
    )
    talk, now = session.scalars(sent).first(), utc_now()
    assert talk is not None
    talk.state = InterestState.OUTCOME_PROPOSED
    for side in (startup, talk.to_organisation):
        make.agreement(talk, side, recorded_at=now, object_by=now + timedelta(days=9))
        make.outcome(talk, side, proposed_at=now, confirm_by=now + timedelta(days=9))
    soon = now + timedelta(days=3)
    common = {"interest": talk, "organisation": talk.to_organisation, "minutes": 60, "place": "Hồ Tây"}
    session.add_all(
        [
            Meeting(**common, subject="First", proposed_at=now, slots=[MeetingSlot(starts_at=soon)]),
            Meeting(
                **common,
                subject="Second",
                proposed_at=now,
                state=MeetingState.AGREED,
                settled_at=now,
                starts_at=soon,
            ),
        ]
    )
