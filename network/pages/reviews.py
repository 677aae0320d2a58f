"""The desk of a reviewer: ties named first, then one application after the other, by number and without names."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Review
from models.base import utc_now
from models.errors import Conflict, Invalid, NotPermitted
from models.reviews import ReviewState
from models.types import OrganisationKind
from network.auth import Access, actor, is_manager, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.formatting import today
from network.forms.reviews import ConflictForm, ScorecardForm, TiesForm
from network.queries import reviews as queries
from network.queries.workspace import head
from network.services import reviews

blueprint = Blueprint("reviews", __name__, url_prefix="/workspace/<slug>/reviews")

Answer = str | Response | tuple[str, int]
CENTRE = OrganisationKind.CENTRE


@blueprint.before_request
def _no_managers() -> Response | None:
    """Whoever manages reads the names: the list says so, and nothing else of a reviewer is open."""
    if request.endpoint == "reviews.index" or not is_manager():
        return None
    flash(message(NotPermitted("manager_cannot_review")), "error")
    return redirect(url_for("reviews.index", slug=organisation().slug))


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"reviews/{template}.html", workspace=workspace, **context)


def _own(review_id: int) -> Review:
    return reviews.find_own(db.session, actor(), organisation(), review_id)


def _done(target: str, words: str) -> Response:
    db.session.commit()
    flash(words, "success")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER, CENTRE)
def index(slug: str) -> Answer:
    calls = () if is_manager() else queries.desk(db.session, actor(), organisation().id, today=today())
    return _page("index", calls=calls)


@blueprint.get("/ties/<int:call_id>")
@requires(Access.MEMBER, CENTRE)
def ties(slug: str, call_id: int) -> Answer:
    return _ties_page(call_id, TiesForm())


@blueprint.post("/ties/<int:call_id>")
@requires(Access.MEMBER, CENTRE)
def declare(slug: str, call_id: int) -> Answer:
    form, call = TiesForm(), reviews.find_call(db.session, actor(), organisation(), call_id)
    if not form.validate():
        return _ties_page(call_id, form), 422
    reviews.declare(db.session, actor(), call, form.listed(), now=utc_now())
    return _done(url_for(".index", slug=slug), _("Thank you. You can read the applications that are left for you."))


def _ties_page(call_id: int, form: TiesForm) -> str:
    reviews.find_call(db.session, actor(), organisation(), call_id)
    desk = queries.desk(db.session, actor(), organisation().id, today=today())
    return _page("ties", form=form, row=next(row for row in desk if row.call.id == call_id))


@blueprint.get("/<int:review_id>")
@requires(Access.MEMBER, CENTRE)
def detail(slug: str, review_id: int) -> Answer:
    return _detail(review_id)


def _detail(review_id: int, form: ScorecardForm | None = None, conflict: ConflictForm | None = None) -> str:
    _own(review_id)
    card = _card(review_id)
    return _page(
        "detail",
        card=card,
        form=form or ScorecardForm.of(card),
        conflict=conflict or ConflictForm(prefix="conflict"),
    )


def _card(review_id: int) -> queries.ReviewCard:
    return queries.review_card(db.session, actor(), organisation().id, review_id, today=today())


@blueprint.post("/<int:review_id>/clear")
@requires(Access.MEMBER, CENTRE)
def clear(slug: str, review_id: int) -> Answer:
    try:
        review = reviews.clear(db.session, actor(), _own(review_id), now=utc_now())
    except Conflict as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(url_for(".index", slug=slug))
    if review.state is ReviewState.CONFLICT:
        return _done(url_for(".index", slug=slug), _("This application is set aside: you have a tie with it."))
    return _done(url_for(".detail", slug=slug, review_id=review_id), _("You can read the application now."))


@blueprint.post("/<int:review_id>/conflict")
@requires(Access.MEMBER, CENTRE)
def report_conflict(slug: str, review_id: int) -> Answer:
    review, form = _own(review_id), ConflictForm(prefix="conflict")
    if not form.validate():
        return _detail(review_id, conflict=form), 422
    reviews.report_conflict(db.session, actor(), review, form.note.data or "", now=utc_now())
    return _done(url_for(".index", slug=slug), _("Set aside. Somebody else will be asked."))


@blueprint.post("/<int:review_id>")
@requires(Access.MEMBER, CENTRE)
def save(slug: str, review_id: int) -> Answer:
    """Both buttons of the scorecard: `step` is 'send', or it is only kept."""
    review, form = _own(review_id), ScorecardForm.of(_card(review_id))
    if not form.validate():
        return _detail(review_id, form), 422
    if request.form.get("step") != "send":
        reviews.save_scores(db.session, actor(), review, form.card(), now=utc_now())
        return _done(url_for(".detail", slug=slug, review_id=review_id), _("Kept. Nobody else sees it yet."))
    try:
        reviews.submit_review(db.session, actor(), review, form.card(), now=utc_now())
    except Invalid as error:
        form.refuse(error, comment_missing="comment")
        return _detail(review_id, form), 422
    return _done(url_for(".index", slug=slug), _("Sent. Thank you for reading so carefully."))
