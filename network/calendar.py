"""Events as a calendar file (RFC 5545). Moments are written in UTC, so that no time zone has to be described."""

from collections.abc import Iterable
from datetime import UTC

from flask import Response, url_for
from flask_babel import gettext as _

from models.types import EventState
from network.i18n import label, language, plain
from network.linking import site_address
from network.queries.events import EventCard


def calendar_file(events: Iterable[EventCard], name: str) -> Response:
    """The events as one file with this name, to be opened or followed by a calendar."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Hanoi Innovation Network//Events//" + language().upper())
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Events of the Hanoi Innovation Network"))
    calendar.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    for card in events:
        calendar.add_component(_entry(card))
    response = Response(calendar.to_ical(), mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def _entry(card: EventCard) -> "Event":  # type: ignore[name-defined]  # noqa: F821
    from icalendar import Event

    address = site_address() + url_for("events.detail", event_id=card.id)
    host = site_address().partition("://")[2].partition(":")[0]
    entry = Event()
    entry.add("uid", f"event-{card.id}@{host}")
    entry.add("dtstamp", card.updated_at.astimezone(UTC))
    entry.add("last-modified", card.updated_at.astimezone(UTC))
    entry.add("sequence", card.revision)
    entry.add("dtstart", card.starts_at.astimezone(UTC))
    entry.add("dtend", card.ends_at.astimezone(UTC))
    entry.add("summary", plain(card.title))
    entry.add("description", f"{plain(card.summary)}\n\n{plain(card.organisation.name)}\n{address}")
    places = [plain(card.place)] if card.place else []
    entry.add("location", " · ".join(places + ([_("Online")] if card.online else [])))
    entry.add("categories", [label(card.kind)])
    entry.add("url", address)
    entry.add("status", "CANCELLED" if card.state is EventState.CANCELLED else "CONFIRMED")
    return entry
