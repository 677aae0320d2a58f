"""The audit trail in words: subjects, fields, and the table to take away."""

import json
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from models.audit_events import EVENTS
from models.outcomes import DisputeReason, OutcomeKind
from models.types import ChallengeResult, MembershipRole
from network import export_words
from network.formatting import HANOI, number
from network.i18n import LABELS
from network.queries.audit import AuditRow
from network.queries.tables import Table, table
from network.trail import reason, step

TABLES: dict[str, Any] = {
    "account_secret": _("Link by mail"),
    "action_output": _("Output"),
    "action_programme": _("Action programme"),
    "agreement": _("Agreement"),
    "application": _("Application"),
    "challenge": _("Challenge"),
    "challenge_answer": _("Answer to a challenge"),
    "claim": _("Request to take over"),
    "cohort": _("Cohort"),
    "commitment": _("Commitment of support"),
    "contribution": _("Contribution"),
    "document": _("Document"),
    "event": _("Event"),
    "interest": _("Request"),
    "invitation": _("Invitation"),
    "match": _("Suggestion"),
    "meeting": _("Meeting"),
    "membership": _("Membership"),
    "message": _("Message"),
    "milestone": _("Milestone"),
    "need": _("Need"),
    "offer": _("Offer"),
    "organisation": _("Organisation"),
    "outbox_mail": _("Mail"),
    "outcome": _("Outcome"),
    "programme": _("Programme"),
    "programme_call": _("Call"),
    "ranking_policy": _("Ranking"),
    "review": _("Review"),
    "saved_search": _("Saved search"),
    "stand": _("Stand"),
    "technology": _("Technology"),
    "technology_upload": _("Spreadsheet"),
    "user_account": _("Account"),
}

FIELDS: dict[str, Any] = {
    "accepted": _("accepted"),
    "after": _("after"),
    "applications": _("applications"),
    "before": _("before"),
    "better": _("better than the one before"),
    "capacity": _("places"),
    "changed": _("changed"),
    "created": _("created"),
    "former_name": _("former name"),
    "interest_id": _("request"),
    "kind": _("kind"),
    "level": _("who may read it"),
    "milestone": _("milestone"),
    "minutes": _("minutes"),
    "moved_up": _("moved up from the waiting list"),
    "name": _("name"),
    "number": _("number"),
    "person_id": _("person"),
    "promised": _("promised"),
    "reason": _("reason"),
    "refused": _("refused"),
    "rejected": _("rejected"),
    "result": _("result"),
    "role": _("role"),
    "slots": _("times proposed"),
    "step": _("step"),
    "team": _("team"),
    "tie": _("tie"),
    "title": _("title"),
    "to": _("asked organisation"),
    "verdict": _("decision"),
    "waitlisted": _("on the waiting list"),
}

AREAS: dict[str, Any] = {
    **{area: TABLES[area] for area in dict.fromkeys(name.partition(".")[0] for name in EVENTS) if area in TABLES},
    "account": TABLES["user_account"],
    "action": TABLES["action_programme"],
    "answer": TABLES["challenge_answer"],
    "call": TABLES["programme_call"],
    "coordinator": _("Coordinator"),
    "export": _("Table taken away"),
    "mail": TABLES["outbox_mail"],
    "output": TABLES["action_output"],
    "profile": _("Profile"),
    "ranking": TABLES["ranking_policy"],
    "search": TABLES["saved_search"],
    "upload": TABLES["technology_upload"],
}
"""What the first part of the name of an event stands for."""

HEAD = ("at", "event", "event_in_words", "person", "organisation", "entry", "number", "fields")


def subject(row: AuditRow) -> str:
    """'Need no. 12'."""
    table = str(TABLES.get(row.table, row.table))
    return str(gettext("%(entry)s no. %(number)s", entry=table, number=row.number))


def fields(row: AuditRow) -> list[tuple[str, str]]:
    """What else was written about a step: name and value in words, without what is empty."""
    return [(str(FIELDS.get(name, name)), _value(name, value)) for name, value in row.data.items() if value is not None]


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, list):
        return " / ".join(number(part) for part in value)
    if isinstance(value, int):
        return str(value) if name.endswith(("_id", "to", "team", "milestone")) else number(value)
    if name == "reason":
        return reason(value)
    for known in (export_words.TABLES, export_words.FORMS):
        if value in known:
            return str(known[value])
    for words in (MembershipRole, OutcomeKind, ChallengeResult, DisputeReason):
        if (words, value) in LABELS:
            return str(LABELS[words, value])
    return str(value)


def events() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Every area by its name, with its events in words, for a list to choose from."""
    areas = sorted(AREAS, key=lambda area: str(AREAS[area]))
    names = {area: [name for name in EVENTS if name.startswith(f"{area}.")] for area in areas}
    return [(area, str(AREAS[area]), sorted(((n, step(n)) for n in names[area]), key=_by_words)) for area in areas]


def _by_words(pair: tuple[str, str]) -> str:
    return pair[1]


def trail_table(rows: Iterable[AuditRow]) -> Table:
    """One row for each step, with codes that stay the same beside the words."""
    return table(
        HEAD,
        (
            (
                row.at.astimezone(HANOI).isoformat(timespec="seconds"),
                row.event,
                step(row.event),
                row.actor,
                row.organisation.slug if row.organisation else None,
                row.table,
                row.number,
                json.dumps(dict(row.data), ensure_ascii=False) if row.data else None,
            )
            for row in rows
        ),
    )
