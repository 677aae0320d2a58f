"""Events, meetings and deadlines as calendar files (RFC 5545).

Moments are written in UTC, so that no time zone has to be described. A day by which something is due is a whole day,
with a reminder on the morning before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Response, current_app, url_for
from flask_babel import gettext as _

from models.types import EventState
from network.formatting import HANOI
from network.i18n import label, language, plain
from network.linking import site_address
from network.queries.events import EventCard
from network.queries.meetings import Deadline

if TYPE_CHECKING:
    from icalendar import Event as CalendarEvent

MORNING_BEFORE = timedelta(hours=-15)
"""Nine o'clock on the day before a whole day."""


@dataclass(frozen=True)
class Occasion:
    """One entry of a calendar. `starts_at` is a moment, or a whole day; `stamp` when it was last changed."""

    uid: str
    starts_at: datetime | date
    ends_at: datetime | None
    stamp: datetime
    summary: str
    description: str
    address: str
    location: str = ""
    category: str | None = None
    sequence: int = 0
    cancelled: bool = False


def calendar_file(events: Iterable[EventCard], name: str) -> Response:
    """The events as one file with this name, to be opened or followed by a calendar."""
    return occasions_file(map(_of_event, events), name, str(_("Events of the Hanoi Innovation Network")))


def occasions_file(occasions: Iterable[Occasion], name: str, title: str | None = None) -> Response:
    response = Response(calendar_text(occasions, title), mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def calendar_text(occasions: Iterable[Occasion], title: str | None = None, method: str = "PUBLISH") -> bytes:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Hanoi Innovation Network//Events//" + language().upper())
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if title:
        calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    for occasion in occasions:
        calendar.add_component(_entry(occasion))
    text: bytes = calendar.to_ical()
    return text


def _entry(occasion: Occasion) -> "CalendarEvent":
    from icalendar import Alarm, Event

    host = urlsplit(current_app.config["SETTINGS"].site_url).hostname  # the same in mails and on pages
    entry = Event()
    entry.add("uid", f"{occasion.uid}@{host}")
    entry.add("dtstamp", occasion.stamp.astimezone(UTC))
    entry.add("last-modified", occasion.stamp.astimezone(UTC))
    entry.add("sequence", occasion.sequence)
    if isinstance(occasion.starts_at, datetime):
        entry.add("dtstart", occasion.starts_at.astimezone(UTC))
        if occasion.ends_at:
            entry.add("dtend", occasion.ends_at.astimezone(UTC))
    else:
        entry.add("dtstart", occasion.starts_at)
        entry.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", occasion.summary)
        alarm.add("trigger", MORNING_BEFORE)
        entry.add_component(alarm)
    entry.add("summary", occasion.summary)
    entry.add("description", f"{occasion.description}\n{occasion.address}")
    if occasion.location:
        entry.add("location", occasion.location)
    if occasion.category:
        entry.add("categories", [occasion.category])
    entry.add("url", occasion.address)
    entry.add("status", "CANCELLED" if occasion.cancelled else "CONFIRMED")
    return entry


def _of_event(card: EventCard) -> Occasion:
    places = [plain(card.place)] if card.place else []
    return Occasion(
        f"event-{card.id}",
        card.starts_at,
        card.ends_at,
        card.updated_at,
        plain(card.title),
        f"{plain(card.summary)}\n\n{plain(card.organisation.name)}",
        site_address() + url_for("events.detail", event_id=card.id),
        " · ".join(places + ([str(_("Online"))] if card.online else [])),
        label(card.kind),
        card.revision,
        card.state is EventState.CANCELLED,
    )


def of_meeting(facts: dict[str, Any], slug: str, interest_id: int) -> Occasion:
    """A meeting from what services.meetings.calendar_entry gives; `slug` is the side whose page it leads to."""
    names = " – ".join(side[language()] for side in facts["sides"])
    places = [facts["place"] or "", facts["link"] or ""]
    return Occasion(
        facts["uid"],
        datetime.fromisoformat(facts["starts_at"]),
        datetime.fromisoformat(facts["ends_at"]),
        datetime.fromisoformat(facts["stamp"]),
        str(_("%(subject)s: %(names)s", subject=facts["subject"], names=names)),
        facts["need"][language()] + (f"\n{facts['link']}" if facts["link"] else ""),
        _connection(slug, interest_id),
        " · ".join(filter(None, places)),
        str(_("Meeting")),
        facts["sequence"],
        facts["cancelled"],
    )


def of_deadline(deadline: Deadline, slug: str) -> Occasion:
    """A day by which somebody has to answer or to confirm."""
    name, need = plain(deadline.other.name), plain(deadline.need)
    if deadline.kind == "confirm":
        summary = _("Confirm an outcome: %(name)s", name=name)
    else:
        summary = _("Answer due: %(name)s", name=name)
    return Occasion(
        f"{deadline.kind}-{deadline.id}",
        deadline.due.astimezone(HANOI).date(),
        None,
        deadline.since,
        str(summary),
        need,
        _connection(slug, deadline.interest_id),
        category=str(_("Deadline")),
    )


def _connection(slug: str, interest_id: int) -> str:
    return site_address() + url_for("interests.detail", slug=slug, interest_id=interest_id)


__all__ = [
    "Occasion",
    "calendar_file",
    "calendar_text",
    "occasions_file",
    "of_deadline",
    "of_meeting",
]
