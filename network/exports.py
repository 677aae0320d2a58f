"""Every table that coordinators may take away, with a sentence on what is in it. The page and the files come from here.

No table has people's addresses or telephone numbers, messages, details, evidence, or anything two sides keep to
themselves; the trail names people, as its page does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from models.types import OrganisationKind
from network import audit_words
from network.export_words import TABLES
from network.formatting import HANOI
from network.queries import audit, entry_tables, tables
from network.queries.tables import Table

Args = Mapping[str, str]


@dataclass(frozen=True)
class Export:
    """`make` takes the clock and what narrows the table, as it stands in an address."""

    name: str
    title: Any
    says: Any
    make: Callable[[Session, datetime, Args], Table]


def _exposure(session: Session, now: datetime, args: Args) -> Table:
    kind = next((kind for kind in OrganisationKind if kind == args.get("kind")), None)
    return tables.exposure_table(session, kind, now=now)


def _audit(session: Session, now: datetime, args: Args) -> Table:
    return audit_words.trail_table(audit.rows(session, audit.AuditCriteria.read(args)))


SECTIONS: tuple[tuple[Any, tuple[Export, ...]], ...] = (
    (
        _("Who and what"),
        (
            Export(
                "organisations",
                TABLES["organisations"],
                _("Every organisation with its kind, state, fields and source, and how much it has published."),
                lambda session, now, args: entry_tables.organisations_table(session),
            ),
            Export(
                "needs",
                TABLES["needs"],
                _("Every need that was published, how much was suggested and asked, and why it has no answer."),
                lambda session, now, args: entry_tables.needs_table(session, now=now),
            ),
            Export(
                "requests",
                TABLES["requests"],
                _("Who asked whom about which need, by when an answer was due, and what became of it."),
                lambda session, now, args: entry_tables.requests_table(session, now=now),
            ),
            Export(
                "fields",
                TABLES["fields"],
                _("How many needs, offers and technologies each field has, and which fields are short."),
                lambda session, now, args: tables.fields_table(session),
            ),
            Export(
                "centres",
                TABLES["centres"],
                _("What waits at each centre and goes on there, beside its room and the days it promises."),
                lambda session, now, args: tables.centres_table(session, now=now),
            ),
            Export(
                "exposure",
                TABLES["exposure"],
                _("How often each organisation was suggested first, beside what it offers."),
                _exposure,
            ),
        ),
    ),
    (
        _("What came of it"),
        (
            Export(
                "outcomes",
                TABLES["outcomes"],
                _("Every outcome with its day, value and state, whether confirmed or not."),
                lambda session, now, args: tables.outcomes_table(session, now=now),
            ),
            Export(
                "funnel",
                TABLES["funnel"],
                _("How many needs came how far, and how quickly requests are answered."),
                lambda session, now, args: tables.funnel_table(session, now=now),
            ),
            Export(
                "action-programmes",
                TABLES["action-programmes"],
                _("Every output of every action programme: what was to be reached and what was counted."),
                lambda session, now, args: tables.outputs_table(session),
            ),
            Export(
                "milestones",
                TABLES["milestones"],
                _("Every milestone with its day and state, what holds it up and what was decided."),
                lambda session, now, args: tables.milestones_table(session, today=now.astimezone(HANOI).date()),
            ),
            Export(
                "co-investment",
                TABLES["co-investment"],
                _("Money promised and paid in, by source, for each action programme."),
                lambda session, now, args: tables.money_table(session),
            ),
            Export(
                "figures",
                TABLES["figures"],
                _("Every published figure with its source, its day and what is in doubt."),
                lambda session, now, args: tables.figures_table(session),
            ),
        ),
    ),
    (
        _("Who did what"),
        (
            Export(
                "audit",
                TABLES["audit"],
                _("Every step with its day, person and organisation; the latest 50,000."),
                _audit,
            ),
        ),
    ),
)

EXPORTS: Mapping[str, Export] = {export.name: export for _title, section in SECTIONS for export in section}
PUBLIC = ("figures", "action-programmes", "co-investment")
"""What everybody may take away."""
