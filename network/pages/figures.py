"""Figures: published ones by topic, with their sources, and what the network itself has done, counted live."""

from flask import Blueprint, Response, abort, render_template

from models.base import utc_now
from models.figures import FigureGroup
from network.auth import Access, requires
from network.downloads import table_file
from network.exports import EXPORTS, PUBLIC
from network.extensions import db
from network.formatting import today
from network.queries import actions, figures
from network.queries import co_investment as money
from network.queries.funnel import funnel as count
from network.queries.outcomes import by_kind

blueprint = Blueprint("figures", __name__, url_prefix="/figures")


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    return render_template(
        "figures/index.html",
        topics=figures.topics(db.session),
        funnel=count(db.session, now=utc_now()),
        summary=actions.summary(db.session, today=today()),
        money=money.co_investment(db.session),
    )


@blueprint.get(f"/<any({', '.join(FigureGroup)}):group>")
@requires(Access.PUBLIC)
def topic(group: str) -> str:
    return render_template("figures/topic.html", topic=figures.topic(db.session, FigureGroup(group)))


@blueprint.get("/from-need-to-outcome")
@requires(Access.PUBLIC)
def funnel() -> str:
    counted, kinds = count(db.session, now=utc_now()), by_kind(db.session)
    return render_template("figures/funnel.html", funnel=counted, outcomes=kinds, now=utc_now())


@blueprint.get("/co-investment")
@requires(Access.PUBLIC)
def co_investment() -> str:
    return render_template("figures/co_investment.html", found=money.co_investment(db.session))


@blueprint.get("/<name>.csv")
@requires(Access.PUBLIC)
def download(name: str) -> Response:
    if name not in PUBLIC:
        abort(404)
    return table_file(name, EXPORTS[name].make(db.session, utc_now(), {}))
