"""Tables to take away, as plain columns and cells: the same for everybody who may have them.

Columns keep their names and codes in either language. A cell is a text, a number, a day, a yes or no, or None.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import Outcome
from models.types import OrganisationKind, Provenance, SourceRef, Visibility
from network.queries import actions, co_investment, figures, outcomes
from network.queries.exposure import LONG, SHORT, exposure
from network.queries.field_supply import field_supply
from network.queries.funnel import funnel
from network.queries.matching_health import loads

ORIGIN = ("provenance", "source_address", "source_date")


@dataclass(frozen=True)
class Table:
    head: tuple[str, ...]
    rows: Sequence[Sequence[object]]


def table(head: Iterable[str], rows: Iterable[Sequence[object]]) -> Table:
    return Table(tuple(head), tuple(rows))


def origin_cells(provenance: Provenance, sources: Sequence[SourceRef]) -> tuple[str, str, str]:
    addresses, dates = (" ".join(str(source.get(key) or "") for source in sources) for key in ("url", "date"))
    return provenance.value, addresses.strip(), dates.strip()


def figures_table(session: Session) -> Table:
    head = ("group", "label_vi", "label_en", "value_vi", "value_en", "unit_vi", "unit_en", "period_vi", "period_en")
    rows = (
        (
            *(r.group, r.label.vi, r.label.en, r.value.vi, r.value.en, r.unit.vi, r.unit.en, r.period.vi, r.period.en),
            *(r.as_of, r.uncertain, r.note.vi, r.note.en),
            *origin_cells(r.provenance, r.sources),
        )
        for r in figures.figures(session)
    )
    return table((*head, "as_of", "uncertain", "note_vi", "note_en", *ORIGIN), rows)


def outputs_table(session: Session) -> Table:
    head = ("programme_vi", "programme_en", "office_vi", "office_en", "state", "output_vi", "output_en")
    rows = (
        (
            *(p.title.vi, p.title.en, p.office.vi, p.office.en, p.state, o.title.vi, o.title.en),
            *(o.unit.vi, o.unit.en, o.target, o.reached, o.as_of),
            *origin_cells(p.provenance, p.sources),
        )
        for o, p in actions.outputs(session)
    )
    return table((*head, "unit_vi", "unit_en", "target", "reached", "as_of", *ORIGIN), rows)


def milestones_table(session: Session, *, today: date) -> Table:
    """`late` from the day after the one it was due, also before the clock has written it down."""
    head = ("programme_vi", "programme_en", "office_vi", "office_en", "milestone_vi", "milestone_en", "due_on", "state")
    rows = (
        (
            *(p.title.vi, p.title.en, p.office.vi, p.office.en, m.title.vi, m.title.en, m.due_on, m.state),
            *(m.done_on, m.escalated_on, m.obstacle.vi, m.obstacle.en, m.decided_on, m.decision.vi, m.decision.en),
            p.provenance,
        )
        for m, p in actions.milestones(session, today=today)
    )
    more = ("done_on", "escalated_on", "obstacle_vi", "obstacle_en", "decided_on", "decision_vi", "decision_en")
    return table((*head, *more, "provenance"), rows)


def money_table(session: Session) -> Table:
    head = ("programme_vi", "programme_en", "source", "promised_vnd", "paid_vnd", "as_of", *ORIGIN)
    rows = (
        (p.title.vi, p.title.en, c.source, c.promised_vnd, c.paid_vnd, c.as_of, *origin_cells(c.provenance, c.sources))
        for c, p in co_investment.contributions(session)
    )
    return table(head, rows)


def funnel_table(session: Session, *, now: datetime) -> Table:
    """Needs by step, then how quickly requests are answered."""
    found = funnel(session, now=now)
    steps = [(row.step, row.needs, row.invented, row.share) for row in found.steps]
    answers = found.answers
    numbers = [
        ("requests_answered", answers.answered, None, None),
        ("median_days_to_answer", answers.median_days, None, None),
        ("requests_due", answers.due, None, None),
        ("answered_in_time", answers.in_time, None, answers.share_in_time),
    ]
    return table(("what", "number", "illustrative", "share_of_the_one_before"), [*steps, *numbers])


def outcomes_table(session: Session, *, now: datetime) -> Table:
    """All outcomes, whatever their state. The title of a need stands there only if everybody may read the need."""
    head = ("id", "kind", "happened_on", "value_vnd", "state", "proposed_by", "answered_by", "need_vi", "need_en")
    rows = []
    for outcome in session.scalars(outcomes.rows().order_by(Outcome.id)):
        row, public = outcomes.board_row(outcome, now), outcome.interest.need.visibility is Visibility.PUBLIC
        rows.append(
            (
                *(row.id, row.kind, row.happened_on, row.value_vnd, row.state),
                *(row.proposer.name.pick("vi")[0], row.answering.name.pick("vi")[0]),
                *((row.need.vi, row.need.en) if public else (None, None)),
                *(row.proposed_at.date(), row.settled_at.date() if row.settled_at else None, row.dispute_reason),
                *(row.corrects, row.annuls, row.illustrative),
            )
        )
    more = ("proposed_on", "settled_on", "dispute_reason", "corrects_another", "annuls_another", "illustrative")
    return table((*head, *more), rows)


def exposure_table(session: Session, kind: OrganisationKind | None, *, now: datetime) -> Table:
    head = ("address", "name_vi", "name_en", "kind", "illustrative", "entries_offered")
    counts = tuple(f"{what}_{days}_days" for days in (SHORT, LONG) for what in ("first", "first_three"))
    rows = (
        (
            *(r.organisation.slug, r.organisation.name.vi, r.organisation.name.en, r.organisation.kind),
            *(r.organisation.illustrative, r.entries, r.short.first, r.short.three, r.long.first, r.long.three),
            *(round(r.share, 4), round(r.offered, 4)),
        )
        for r in exposure(session, now=now, kind=kind).rows
    )
    return table((*head, *counts, "share_of_first_places", "share_of_entries"), rows)


def fields_table(session: Session) -> Table:
    found = field_supply(session)
    rows = (
        (r.code, r.name.vi, r.name.en, r.needs, r.offers, r.technologies, r.short) for r in found.short + found.supplied
    )
    return table(("code", "name_vi", "name_en", "needs", "offers", "technologies", "short_of_supply"), rows)


def centres_table(session: Session, *, now: datetime) -> Table:
    head = ("address", "name_vi", "name_en", "illustrative", "waiting", "overdue", "talks", "capacity")
    rows = (
        (
            *(r.organisation.slug, r.organisation.name.vi, r.organisation.name.en, r.organisation.illustrative),
            *(r.waiting, r.overdue, r.talks, r.capacity, r.promised_days),
            *(round(r.median_days, 2) if r.median_days is not None else None, r.answers, " ".join(r.strains)),
        )
        for r in loads(session, now=now)
    )
    return table((*head, "promised_days", "median_days", "answers", "overloaded_by"), rows)
