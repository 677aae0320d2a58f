"""Figures: published ones by topic, with their sources, and what the network itself has done, counted live."""

from flask import Blueprint, Response, abort, render_template

from models.base import utc_now
from models.figures import FigureGroup
from network.auth import Access, requires
from network.downloads import ORIGIN, csv_file, origin_cells
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
    make = DOWNLOADS.get(name)
    if make is None:
        abort(404)
    return make()


def _figures() -> Response:
    head = ("group", "label_vi", "label_en", "value_vi", "value_en", "unit_vi", "unit_en", "period_vi", "period_en")
    rows = (
        (
            *(r.group, r.label.vi, r.label.en, r.value.vi, r.value.en, r.unit.vi, r.unit.en, r.period.vi, r.period.en),
            *(r.as_of, r.uncertain, r.note.vi, r.note.en),
            *origin_cells(r.provenance, r.sources),
        )
        for r in figures.figures(db.session)
    )
    return csv_file("figures", (*head, "as_of", "uncertain", "note_vi", "note_en", *ORIGIN), rows)


def _outputs() -> Response:
    head = ("programme_vi", "programme_en", "office_vi", "office_en", "state", "output_vi", "output_en")
    rows = (
        (
            *(p.title.vi, p.title.en, p.office.vi, p.office.en, p.state, o.title.vi, o.title.en),
            *(o.unit.vi, o.unit.en, o.target, o.reached, o.as_of),
            *origin_cells(p.provenance, p.sources),
        )
        for o, p in actions.outputs(db.session)
    )
    return csv_file("action-programmes", (*head, "unit_vi", "unit_en", "target", "reached", "as_of", *ORIGIN), rows)


def _money() -> Response:
    head = ("programme_vi", "programme_en", "source", "promised_vnd", "paid_vnd", "as_of", *ORIGIN)
    rows = (
        (p.title.vi, p.title.en, c.source, c.promised_vnd, c.paid_vnd, c.as_of, *origin_cells(c.provenance, c.sources))
        for c, p in money.contributions(db.session)
    )
    return csv_file("co-investment", head, rows)


DOWNLOADS = {"figures": _figures, "action-programmes": _outputs, "co-investment": _money}
