"""Records of the starter registry about what takes place: events, challenges and the stands of the exhibition."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from models import Challenge, Event, Exhibit, Stand, Technology
from models.texts import Bilingual
from models.types import ChallengeKind, ChallengeResult, ChallengeState, EventKind, EventState

if TYPE_CHECKING:
    from network.services.starter import Loader

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
Record = dict[str, Any]


def event(loader: "Loader", record: Record) -> Event:
    """Moments of a record are written by the clock of Hanoi: '2027-01-12T08:30'."""
    return Event(
        organisation_id=loader.organisation_id(record),
        kind=EventKind(record["kind"]),
        starts_at=_hanoi(record["starts_at"]),
        ends_at=_hanoi(record["ends_at"]),
        register_by=_hanoi(record["register_by"]) if record.get("register_by") else None,
        district=record.get("district"),
        online=bool(record.get("online")),
        link=record.get("link"),
        capacity=record.get("capacity"),
        state=EventState.CANCELLED if record.get("cancel_reason") else EventState.PUBLISHED,
        cancel_reason=record.get("cancel_reason"),
        **loader.common(record, "title", "summary", "place"),
    )


def _hanoi(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=HANOI)


def challenge(loader: "Loader", record: Record) -> Challenge:
    result = ChallengeResult(record["result"]) if record.get("result") else None
    return Challenge(
        organisation_id=loader.organisation_id(record),
        kind=ChallengeKind(record["kind"]),
        budget_vnd=record.get("budget_vnd"),
        answer_by=date.fromisoformat(record["answer_by"]),
        state=ChallengeState.CLOSED if result else ChallengeState.PUBLISHED,
        result=result,
        published_at=loader.now,
        fields=loader.fields_of(record),
        **loader.common(record, "title", "problem", "wanted", "reward", "outcome"),
    )


def stand(loader: "Loader", record: Record) -> Stand:
    """Each exhibit names a technology or an enterprise by its key."""
    return Stand(
        organisation_id=loader.organisation_id(record),
        number=record["number"],
        exhibits=[_exhibit(loader, exhibit, n) for n, exhibit in enumerate(record["exhibits"], 1)],
        **loader.common(record, "theme", "welcome"),
    )


def _exhibit(loader: "Loader", record: Record, position: int) -> Exhibit:
    exhibit = Exhibit(position=position, caption=Bilingual(record.get("caption_vi"), record.get("caption_en")))
    if "technology" in record:
        found = sa.select(Technology.id).where(Technology.starter_key == record["technology"])
        exhibit.technology_id = loader.session.scalars(found).one()
    else:
        exhibit.organisation_id = loader.organisations[record["enterprise"]]
    return exhibit
