"""The yearly report of a centre: a year in figures with its gaps named, to read, to print and to take along."""

from flask import Blueprint, Response, abort, render_template, request

from models import Centre
from models.types import OrganisationKind
from network import report_words as words
from network.auth import Access, membership, organisation, requires
from network.extensions import db
from network.formatting import today
from network.i18n import plain
from network.queries.workspace import head
from network.queries.yearly_report import FIRST_YEAR, YearlyReport, yearly_report
from network.word import word_file

blueprint = Blueprint("yearly_report", __name__, url_prefix="/workspace/<slug>/yearly-report")

CENTRE = OrganisationKind.CENTRE
DUE = (3, 31)
"""Month and day until which the report of the year before is what a centre works on."""


@blueprint.get("")
@requires(Access.MANAGER, CENTRE)
def index(slug: str) -> str:
    report = _report()
    return render_template(
        "yearly_report/index.html",
        workspace=head(db.session, organisation(), membership()),
        report=report,
        years=range(today().year, FIRST_YEAR - 1, -1),
        title=words.title(report),
        remarks=words.remarks(report),
        sections=words.sections(report),
    )


@blueprint.get("/document")
@requires(Access.MANAGER, CENTRE)
def document(slug: str) -> Response:
    report = _report()
    name = f"yearly-report-{report.slug}-{report.year}"
    return word_file(name, words.title(report), plain(report.centre), words.blocks(report))


def _report() -> YearlyReport:
    """Of the year in the address; without one, of that which is to be reported next."""
    day, centre = today(), organisation()
    next_due = max(FIRST_YEAR, day.year - 1) if (day.month, day.day) <= DUE else day.year
    year = request.args.get("year", next_due, int)
    if not FIRST_YEAR <= year <= day.year:
        abort(404)
    assert isinstance(centre, Centre)
    return yearly_report(db.session, centre, year, today=day)
