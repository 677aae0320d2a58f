"""The applications to a call, for the managers of its centre: who reviews what, where reviewers are apart, the proposal
and the decision. Members who do not manage never come here: they read without names.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from models import Call
from models.base import utc_now
from models.errors import Conflict, DomainError, Invalid
from models.types import OrganisationKind
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.formatting import today
from network.forms.intake import PlanForm, ReviewersForm
from network.queries.intake import Received, received
from network.queries.proposals import ProposalPage, proposal_page
from network.queries.workspace import head
from network.services import calls, proposals, reviewing
from network.services.intake import find_call, find_received

blueprint = Blueprint("intake", __name__, url_prefix="/workspace/<slug>/intake/<int:call_id>")

Answer = str | Response | tuple[str, int]
CENTRE = OrganisationKind.CENTRE


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"intake/{template}.html", workspace=workspace, **context)


def _own(call_id: int) -> Call:
    return find_call(db.session, organisation(), call_id)


def _received(call_id: int) -> Received:
    return received(db.session, organisation().id, call_id, today=today())


def _to(endpoint: str, call_id: int, words: str | None = None, error: DomainError | None = None) -> Response:
    """Onwards after a step: done with these words, or refused for this reason."""
    target = url_for(endpoint, slug=organisation().slug, call_id=call_id)
    if error is not None:
        db.session.rollback()
        flash(message(error), "error")
    else:
        db.session.commit()
        flash(words or "", "success")
    return redirect(target)


@blueprint.get("")
@requires(Access.MANAGER, CENTRE)
def index(slug: str, call_id: int) -> Answer:
    found = _received(call_id)
    return _page("index", received=found, card=found.call.card, form=ReviewersForm.of(found.reviewers))


@blueprint.post("/begin")
@requires(Access.MANAGER, CENTRE)
def begin(slug: str, call_id: int) -> Answer:
    try:
        number = calls.begin_review(db.session, actor(), _own(call_id), now=utc_now())
    except Conflict as error:
        return _to(".index", call_id, error=error)
    words = ngettext("%(num)s application is being read.", "%(num)s applications are being read.", number)
    return _to(".index", call_id, words)


@blueprint.post("/assign")
@requires(Access.MANAGER, CENTRE)
def assign(slug: str, call_id: int) -> Answer:
    found = _received(call_id)
    form = ReviewersForm.of(found.reviewers)
    if form.validate():
        try:
            made = reviewing.share_out(db.session, actor(), _own(call_id), form.people.data or [], now=utc_now())
        except Invalid as error:
            form.refuse(error, reviewer_missing="people")
        except Conflict as error:
            return _to(".index", call_id, error=error)
        else:
            words = ngettext("%(num)s review asked for.", "%(num)s reviews asked for.", len(made))
            return _to(".index", call_id, words)
    return _page("index", received=found, card=found.call.card, form=form), 422


@blueprint.get("/moderation")
@requires(Access.MANAGER, CENTRE)
def moderation(slug: str, call_id: int) -> Answer:
    found = _received(call_id)
    return _page("moderation", received=found, card=found.call.card)


@blueprint.get("/proposal")
@requires(Access.MANAGER, CENTRE)
def proposal(slug: str, call_id: int) -> Answer:
    page = _proposal(call_id)
    return _page("proposal", page=page, form=PlanForm.of(page.rows))


@blueprint.post("/proposal")
@requires(Access.MANAGER, CENTRE)
def ask_again(slug: str, call_id: int) -> Answer:
    """Keeps what was fixed and works the proposal out anew."""
    page = _proposal(call_id)
    form = PlanForm.of(page.rows)
    if not form.validate():
        return _page("proposal", page=page, form=form), 422
    try:
        for row in page.rows:
            application = find_received(db.session, organisation(), row.proposed.application_id)
            fixed, reason, note = (field.data for field in form.row(application.id))
            proposals.fix(db.session, actor(), application, fixed, reason, note or "", now=utc_now())
    except Conflict as error:
        return _to(".proposal", call_id, error=error)
    return _to(".proposal", call_id, _("The proposal is worked out anew with what you have fixed."))


def _proposal(call_id: int) -> ProposalPage:
    return proposal_page(db.session, _own(call_id), today=today())


@blueprint.get("/decide")
@requires(Access.MANAGER, CENTRE)
def decide(slug: str, call_id: int) -> Answer:
    page = _proposal(call_id)
    if not page.proposal.ready:
        return redirect(url_for(".proposal", slug=slug, call_id=call_id))
    return _page("decide", page=page)


@blueprint.post("/decide")
@requires(Access.MANAGER, CENTRE)
def decide_now(slug: str, call_id: int) -> Answer:
    call = _own(call_id)
    try:
        proposals.decide_all(db.session, actor(), call, request.form.get("digest", ""), now=utc_now())
    except (Invalid, Conflict) as error:
        return _to(".proposal", call_id, error=error)
    return _to(".index", call_id, _("Decided. Every applicant gets a letter."))
