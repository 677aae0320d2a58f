"""What organisations of the network can give, and each offer in full."""

from flask import Blueprint, render_template, request

from network.auth import Access, requires, viewer
from network.extensions import db
from network.i18n import language
from network.queries import offers

blueprint = Blueprint("offers", __name__, url_prefix="/offers")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    criteria = offers.OfferCriteria.read(request.args)
    number = request.args.get("page", 1, int)
    listing = offers.listing(db.session, viewer(), criteria, number, language=language())
    return render_template("offers/index.html", listing=listing)


@blueprint.get("/<int:offer_id>")
@requires(Access.PUBLIC)
def detail(offer_id: int) -> str:
    return render_template("offers/detail.html", offer=offers.offer(db.session, viewer(), offer_id))
