"""Events: the list, each in full, calendar files, and the reader's own places."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from models.base import utc_now
from models.errors import Conflict
from network.auth import Access, actor, requires, viewer
from network.calendar import calendar_file
from network.errors import message
from network.extensions import db, limiter
from network.queries import events as queries
from network.queries.activity import free_places
from network.services import events

blueprint = Blueprint("events", __name__, url_prefix="/events")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    criteria = queries.EventCriteria.read(request.args)
    number = request.args.get("page", 1, int)
    listing = queries.listing(db.session, viewer(), criteria, number, now=utc_now())
    free = free_places(db.session, listing.page.items)
    return render_template("events/index.html", listing=listing, free=free)


@blueprint.get("/calendar.ics")
@requires(Access.PUBLIC)
def feed() -> Response:
    return calendar_file(queries.feed(db.session, now=utc_now()), "events")


@blueprint.get("/mine")
@requires(Access.SIGNED_IN)
def mine() -> str:
    rows = queries.own_registrations(db.session, actor().id, now=utc_now())
    return render_template("events/mine.html", rows=rows)


@blueprint.get("/<int:event_id>")
@requires(Access.PUBLIC)
def detail(event_id: int) -> str:
    event = queries.detail(db.session, viewer(), event_id, now=utc_now())
    return render_template("events/detail.html", event=event)


@blueprint.get("/<int:event_id>/calendar.ics")
@requires(Access.PUBLIC)
def calendar(event_id: int) -> Response:
    event = queries.detail(db.session, viewer(), event_id, now=utc_now())
    return calendar_file([event.card], f"event-{event_id}")


@blueprint.post("/<int:event_id>/register")
@requires(Access.SIGNED_IN)
@limiter.limit("60/hour")
def register(event_id: int) -> Answer:
    event = events.find_public(db.session, event_id)
    try:
        events.register(db.session, actor(), event, now=utc_now())
    except Conflict as error:
        flash(message(error), "error")
        return redirect(url_for(".detail", event_id=event_id))
    db.session.commit()
    return redirect(url_for(".registration", event_id=event_id))


@blueprint.get("/<int:event_id>/registration")
@requires(Access.SIGNED_IN)
def registration(event_id: int) -> str | Answer:
    """What the reader has: a place, or one in the line. The page of the event for whoever has neither."""
    event = queries.detail(db.session, actor(), event_id, now=utc_now())
    if event.registration is None:
        return redirect(url_for(".detail", event_id=event_id))
    return render_template("events/registration.html", event=event, email=actor().email)


@blueprint.post("/<int:event_id>/give-up")
@requires(Access.SIGNED_IN)
def give_up(event_id: int) -> Answer:
    events.give_up(db.session, actor(), events.find_public(db.session, event_id), now=utc_now())
    db.session.commit()
    flash(_("Your place is given up. Whoever waits first moves up."), "success")
    return redirect(url_for(".detail", event_id=event_id))
