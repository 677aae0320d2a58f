"""Why somebody is not among the answers to a question."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from network.auth import Access, requires, viewer
from network.extensions import db, engine
from network.formatting import today
from network.queries.suggestions import MAX_LENGTH, SHOWN, question
from network.queries.why_not import named, read_key
from network.queries.why_not import why_not as answer_to

blueprint = Blueprint("why_not", __name__, url_prefix="/why-not")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str | Response:
    """`q` is the question, `name` what was typed, `entry` what was chosen; without a question there is none to ask."""
    asked, words = request.args.get("q", "").strip(), request.args.get("name", "").strip()[:200]
    if not asked or len(asked) > MAX_LENGTH:
        return redirect(url_for("home.index", q=asked or None))
    key = read_key(request.args.get("entry", ""))
    found = () if key else named(db.session, viewer(), words)
    if len(found) == 1:
        key = (found[0].subject, found[0].subject_id)
    query = question(asked, viewer(), on=today())
    answer = answer_to(db.session, engine(), viewer(), query, key, limit=SHOWN) if key else None
    return render_template("why_not/index.html", question=asked, words=words, found=found, answer=answer)
