"""Challenges: the list, and each in full with what the network has for it."""

from flask import Blueprint, render_template, request

from network.auth import Access, requires, viewer
from network.extensions import db, engine
from network.formatting import today
from network.queries import challenges

blueprint = Blueprint("challenges", __name__, url_prefix="/challenges")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    criteria = challenges.ChallengeCriteria.read(request.args)
    number = request.args.get("page", 1, int)
    listing = challenges.listing(db.session, viewer(), criteria, number, today=today())
    return render_template("challenges/index.html", listing=listing)


@blueprint.get("/<int:challenge_id>")
@requires(Access.PUBLIC)
def detail(challenge_id: int) -> str:
    challenge = challenges.detail(db.session, viewer(), challenge_id, today=today())
    suggested = challenges.suggested(db.session, engine(), viewer(), challenge_id)
    return render_template("challenges/detail.html", challenge=challenge, suggested=suggested)
