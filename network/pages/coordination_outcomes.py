"""Outcomes for coordinators: what waits to be confirmed, what is disputed, what counts; and the table to take away."""

from flask import Blueprint, Response, render_template, request

from models.base import utc_now
from network.auth import Access, requires
from network.downloads import csv_file
from network.extensions import db
from network.queries import outcomes as queries

blueprint = Blueprint("coordination_outcomes", __name__, url_prefix="/coordination/outcomes")


@blueprint.get("")
@requires(Access.COORDINATOR)
def index() -> str:
    tab = request.args.get("tab", "")
    tab = tab if tab in queries.TABS else "waiting"
    now = utc_now()
    board = queries.board(db.session, tab, request.args.get("page", 1, int), now=now)
    return render_template("coordination_outcomes/index.html", board=board, tab=tab, now=now)


@blueprint.get("/outcomes.csv")
@requires(Access.COORDINATOR)
def download() -> Response:
    """Everything, whatever its state: the state stands in its column."""
    head = ("id", "kind", "happened_on", "value_vnd", "state", "proposed_by", "answered_by", "need_vi", "need_en")
    rows = (
        (
            *(row.id, row.kind, row.happened_on, row.value_vnd, row.state),
            *(row.proposer.name.pick("vi")[0], row.answering.name.pick("vi")[0], row.need.vi, row.need.en),
            *(row.proposed_at.date(), row.settled_at.date() if row.settled_at else None, row.dispute_reason),
            *(row.corrects, row.annuls, row.illustrative),
        )
        for row in queries.everything(db.session, now=utc_now())
    )
    more = ("proposed_on", "settled_on", "dispute_reason", "corrects_another", "annuls_another", "illustrative")
    return csv_file("outcomes", (*head, *more), rows)
