"""Help: the questions of every group of readers, to be searched, and a page for each group."""

from flask import Blueprint, abort, render_template, request

from network import guides
from network.auth import Access, requires

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    words = " ".join(request.args.get("q", "").split())[:200]
    return render_template("help/index.html", words=words, found=guides.matching(words))


@blueprint.get("/<key>")
@requires(Access.PUBLIC)
def guide(key: str) -> str:
    chosen = guides.BY_KEY.get(key)
    if chosen is None:
        abort(404)
    return render_template("help/guide.html", guide=chosen, guides=guides.GUIDES)
