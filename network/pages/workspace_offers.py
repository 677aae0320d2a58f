"""An organisation's own offers, and the needs that each could serve."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matching.text import query_for_offer
from models import Offer
from models.base import utc_now
from models.errors import DomainError
from models.types import OfferKind, OrganisationKind
from network.auth import Access, actor, membership, organisation, requires
from network.extensions import db, engine
from network.forms.supply import OfferForm
from network.indexing import refresh_now
from network.queries import visible
from network.queries.suggestions import suggestion_cards
from network.queries.supply import own_offers
from network.queries.workspace import head
from network.services import supply

blueprint = Blueprint("workspace_offers", __name__, url_prefix="/workspace/<slug>/offers")

Answer = str | Response | tuple[str, int]
FIELDS = {"title_missing": "title_vi", "summary_missing": "summary_vi", "contact_data": "summary_vi"}

LABORATORY = frozenset({OfferKind.LAB, OfferKind.TESTING})
EXPERTS = frozenset({OfferKind.MENTORING, OfferKind.TRAINING, OfferKind.CONTRACT_RESEARCH})
"""What of an institute is described as a laboratory or as a group of experts."""


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"workspace_offers/{template}.html", workspace=workspace, **context)


def _form_page(form: OfferForm, entry: dict[str, Any] | None) -> str:
    """`guise` is 'laboratory' or 'experts' where an institute describes one: the form asks for what matters then."""
    kind, guise = form.kind.data, None
    if organisation().kind is OrganisationKind.INSTITUTE and kind in LABORATORY | EXPERTS:
        guise = "laboratory" if kind in LABORATORY else "experts"
    return _page("edit", form=form, entry=entry, guise=guise)


def _own(entry_id: int) -> Offer:
    return supply.find_own(db.session, Offer, organisation(), entry_id)


def _saved(words: str) -> Response:
    target = url_for(".index", slug=organisation().slug)
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER, *supply.OFFERING)
def index(slug: str) -> Answer:
    return _page("index", page=own_offers(db.session, organisation().id, request.args.get("page", 1, int)))


@blueprint.get("/new")
@requires(Access.MEMBER, *supply.OFFERING)
def new(slug: str) -> Answer:
    form = OfferForm.of(db.session)
    form.kind.data = next((kind for kind in OfferKind if kind.value == request.args.get("kind")), form.kind.data)
    return _form_page(form, None)


@blueprint.post("/new")
@requires(Access.MEMBER, *supply.OFFERING)
def create(slug: str) -> Answer:
    form = OfferForm.of(db.session)
    if form.validate():
        try:
            supply.create(
                db.session, actor(), Offer, organisation(), form.values(), form.fields.data or [], now=utc_now()
            )
        except DomainError as error:
            db.session.rollback()
            form.refuse(error, **FIELDS)
        else:
            return _saved(_("The draft is saved. Publish it when it is ready."))
    return _form_page(form, None), 422


@blueprint.get("/<int:offer_id>/edit")
@requires(Access.MEMBER, *supply.OFFERING)
def edit(slug: str, offer_id: int) -> Answer:
    entry = _own(offer_id)
    return _form_page(OfferForm.of(db.session, entry), {"id": entry.id, "title": entry.title})


@blueprint.post("/<int:offer_id>/edit")
@requires(Access.MEMBER, *supply.OFFERING)
def update(slug: str, offer_id: int) -> Answer:
    form, entry = OfferForm.of(db.session), _own(offer_id)
    shown = {"id": entry.id, "title": entry.title}
    if form.validate():
        try:
            supply.update(db.session, actor(), entry, form.values(), form.fields.data or [], now=utc_now())
        except DomainError as error:
            db.session.rollback()
            form.refuse(error, **FIELDS)
        else:
            return _saved(_("The changes are saved."))
    return _form_page(form, shown), 422


@blueprint.post("/<int:offer_id>/publish")
@requires(Access.MANAGER, *supply.OFFERING)
def publish(slug: str, offer_id: int) -> Answer:
    supply.publish(db.session, actor(), _own(offer_id), now=utc_now())
    return _saved(_("Published. Those who look for it can now find it."))


@blueprint.post("/<int:offer_id>/unpublish")
@requires(Access.MANAGER, *supply.OFFERING)
def unpublish(slug: str, offer_id: int) -> Answer:
    supply.unpublish(db.session, actor(), _own(offer_id), now=utc_now())
    return _saved(_("It is a draft again."))


@blueprint.post("/<int:offer_id>/withdraw")
@requires(Access.MANAGER, *supply.OFFERING)
def withdraw(slug: str, offer_id: int) -> Answer:
    supply.withdraw(db.session, actor(), _own(offer_id), now=utc_now())
    return _saved(_("Withdrawn. You can take it back to the drafts."))


@blueprint.get("/<int:offer_id>/needs")
@requires(Access.MEMBER, *supply.OFFERING)
def needs(slug: str, offer_id: int) -> Answer:
    entry = _own(offer_id)
    answer = engine().suggest(db.session, query_for_offer(entry, visible.clearance(actor())), limit=20)
    cards = suggestion_cards(db.session, answer, actor())
    return _page(
        "needs", entry={"id": entry.id, "title": entry.title}, cards=cards, threshold=answer.threshold, answer=answer
    )
