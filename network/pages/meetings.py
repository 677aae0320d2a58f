"""Meetings of a connection: proposing times, picking one, asking for others, calling off; calendar files.

The page of the connection (`interests.detail`) lists them; what is done here comes back to it.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from models import ExpressionOfInterest, Meeting
from models.base import utc_now
from models.errors import Conflict, Invalid, NotFound
from models.meetings import MeetingState
from network.auth import Access, actor, membership, organisation, requires
from network.calendar import occasions_file, of_deadline, of_meeting
from network.errors import message
from network.extensions import db
from network.forms.meetings import CancelForm, MeetingForm, OthersForm
from network.queries import interests
from network.queries import meetings as queries
from network.queries.workspace import head
from network.services import meetings, permits

blueprint = Blueprint("meetings", __name__, url_prefix="/workspace/<slug>")

Answer = str | Redirect | tuple[str, int]
PLACE = "/connections/<int:interest_id>/meetings"
FIELDS = {
    "meeting_subject_missing": "subject",
    "meeting_minutes": "minutes",
    "meeting_place_missing": "place",
    "not_a_web_address": "link",
    **dict.fromkeys(("slots_missing", "slot_past", "slot_too_far"), "slot_1"),
}


def _interest(interest_id: int) -> ExpressionOfInterest:
    permits.speaker_of(actor(), organisation().id)
    return interests.find(db.session, organisation().id, interest_id)


def _meeting(interest_id: int, meeting_id: int) -> Meeting:
    return meetings.find(db.session, _interest(interest_id), meeting_id)


def _address(interest_id: int) -> str:
    return url_for("interests.detail", slug=organisation().slug, interest_id=interest_id, _anchor="meetings")


def _page(template: str, interest_id: int, **context: Any) -> str:
    interest = interests.detail(db.session, organisation().id, interest_id, now=utc_now())
    workspace = head(db.session, organisation(), membership())
    return render_template(f"meetings/{template}.html", workspace=workspace, interest=interest, **context)


def _step(interest_id: int, step: Callable[[], object], words: str) -> Redirect:
    """One step; what comes too late is said on the page of the connection."""
    target = _address(interest_id)
    try:
        step()
    except Conflict as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(target)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


@blueprint.get(f"{PLACE}/new")
@requires(Access.MEMBER)
def new(slug: str, interest_id: int) -> Answer:
    _interest(interest_id)
    return _page("new", interest_id, form=MeetingForm())


@blueprint.post(f"{PLACE}/new")
@requires(Access.MEMBER)
def propose(slug: str, interest_id: int) -> Answer:
    interest, form = _interest(interest_id), MeetingForm()
    if form.validate():
        try:
            return _step(
                interest_id,
                lambda: meetings.propose(db.session, actor(), organisation(), interest, form.values(), now=utc_now()),
                _("Proposed. The other side picks a time or asks for others."),
            )
        except Invalid as error:
            form.refuse(error, **FIELDS)
    return _page("new", interest_id, form=form), 422


@blueprint.post(f"{PLACE}/<int:meeting_id>/pick")
@requires(Access.MEMBER)
def pick(slug: str, interest_id: int, meeting_id: int) -> Redirect:
    meeting, slot = _meeting(interest_id, meeting_id), request.form.get("slot", 0, type=int)
    return _step(
        interest_id,
        lambda: meetings.pick(db.session, actor(), organisation(), meeting, slot, now=utc_now()),
        _("Agreed. Both sides get it by mail, for their calendars."),
    )


def _row(interest_id: int, meeting_id: int) -> queries.MeetingRow:
    permits.speaker_of(actor(), organisation().id)
    return queries.row(db.session, organisation().id, interest_id, meeting_id, now=utc_now())


def _ask(template: str, interest_id: int, meeting_id: int, step: str, form: Any) -> Answer:
    """A page that asks before a step, or the page of the connection where the step is not possible (any more)."""
    row = _row(interest_id, meeting_id)
    if step not in row.steps:
        return redirect(_address(interest_id))
    return _page(template, interest_id, meeting=row, form=form)


@blueprint.get(f"{PLACE}/<int:meeting_id>/others")
@requires(Access.MEMBER)
def others(slug: str, interest_id: int, meeting_id: int) -> Answer:
    return _ask("others", interest_id, meeting_id, queries.OTHERS, OthersForm())


@blueprint.post(f"{PLACE}/<int:meeting_id>/others")
@requires(Access.MEMBER)
def others_now(slug: str, interest_id: int, meeting_id: int) -> Answer:
    meeting, form = _meeting(interest_id, meeting_id), OthersForm()
    if not form.validate():
        return _page("others", interest_id, meeting=_row(interest_id, meeting_id), form=form), 422
    return _step(
        interest_id,
        lambda: meetings.ask_for_others(db.session, actor(), organisation(), meeting, form.note.data, now=utc_now()),
        _("The other side has been asked for other times."),
    )


@blueprint.post(f"{PLACE}/<int:meeting_id>/withdraw")
@requires(Access.MEMBER)
def withdraw(slug: str, interest_id: int, meeting_id: int) -> Redirect:
    meeting = _meeting(interest_id, meeting_id)
    return _step(
        interest_id,
        lambda: meetings.withdraw(db.session, actor(), organisation(), meeting, now=utc_now()),
        _("Withdrawn. The other side has been told."),
    )


@blueprint.get(f"{PLACE}/<int:meeting_id>/cancel")
@requires(Access.MEMBER)
def cancel(slug: str, interest_id: int, meeting_id: int) -> Answer:
    return _ask("cancel", interest_id, meeting_id, queries.CANCEL, CancelForm())


@blueprint.post(f"{PLACE}/<int:meeting_id>/cancel")
@requires(Access.MEMBER)
def cancel_now(slug: str, interest_id: int, meeting_id: int) -> Answer:
    meeting, form = _meeting(interest_id, meeting_id), CancelForm()
    if not form.validate():
        return _page("cancel", interest_id, meeting=_row(interest_id, meeting_id), form=form), 422
    return _step(
        interest_id,
        lambda: meetings.cancel(db.session, actor(), organisation(), meeting, form.reason.data, now=utc_now()),
        _("Called off. Both sides get it by mail, for their calendars."),
    )


@blueprint.get(f"{PLACE}/<int:meeting_id>/meeting.ics")
@requires(Access.MEMBER)
def calendar(slug: str, interest_id: int, meeting_id: int) -> Response:
    """Only of what was agreed on, also when it has been called off since."""
    meeting = _meeting(interest_id, meeting_id)
    if meeting.state not in (MeetingState.AGREED, MeetingState.CANCELLED):
        raise NotFound
    occasion = of_meeting(meetings.calendar_entry(meeting), organisation().slug, interest_id)
    return occasions_file([occasion], f"meeting-{meeting_id}")


@blueprint.get("/interests/<int:interest_id>/deadline.ics")
@requires(Access.MEMBER)
def deadline(slug: str, interest_id: int) -> Response:
    found = queries.reply_deadline(db.session, organisation().id, interest_id)
    return occasions_file([of_deadline(found, organisation().slug)], f"answer-{interest_id}")


@blueprint.get("/calendar.ics")
@requires(Access.MEMBER)
def everything(slug: str) -> Response:
    """What this organisation has to answer and to confirm, and its meetings to come."""
    permits.speaker_of(actor(), organisation().id)
    own = organisation()
    occasions = [of_deadline(found, own.slug) for found in queries.deadlines(db.session, own.id)]
    for meeting in queries.agreed_meetings(db.session, own.id, now=utc_now()):
        occasions.append(of_meeting(meetings.calendar_entry(meeting), own.slug, meeting.interest_id))
    return occasions_file(occasions, f"calendar-{slug}", str(_("Hanoi Innovation Network")))
