"""Every step that the audit trail may hold, with exactly the fields that say more about it.

A field is an id, a number, a yes or no, or a word of the domain. Free words stand only where somebody gives a reason
that others are meant to read. Nothing else is ever written: neither messages nor texts of entries, neither addresses
nor names of people. `name?` may be left out; `name:words` has free words. Any field may be None.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
MOST_WORDS = 3000


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


KINDS: Mapping[str, Callable[[Any], bool]] = {
    "code": lambda value: isinstance(value, str) and CODE.fullmatch(value) is not None,
    "flag": lambda value: isinstance(value, bool),
    "number": _is_number,
    "numbers": lambda value: _is_number(value) or (isinstance(value, list) and all(map(_is_number, value))),
    "words": lambda value: isinstance(value, str) and len(value) <= MOST_WORDS,
}

FIELDS: Mapping[str, str] = {
    **dict.fromkeys(("to", "person_id", "interest_id", "team", "milestone"), "number"),
    **dict.fromkeys(("number", "slots", "minutes", "promised", "capacity", "applications"), "number"),
    **dict.fromkeys(("created", "changed", "refused", "accepted", "waitlisted", "rejected"), "number"),
    **dict.fromkeys(("before", "after"), "numbers"),
    **dict.fromkeys(("moved_up", "better"), "flag"),
    **dict.fromkeys(("reason", "role", "result", "kind", "level", "step", "verdict", "tie", "name"), "code"),
}
"""Of which kind a field is, unless an event says otherwise."""

NONE = ""


def _all(fields: str, prefix: str, *verbs: str) -> dict[str, str]:
    return {f"{prefix}.{verb}": fields for verb in verbs}


EVENTS: Mapping[str, str] = {
    # People and their accounts
    **_all(NONE, "account", "sign_up", "rehash", "update", "erase", "notices", "change_password"),
    **_all(NONE, "account", "ask_password", "reset_password", "ask_email", "change_email"),
    "coordinator.appoint": NONE,
    "membership.role": "role",
    "membership.remove": "person_id",
    "membership.leave": NONE,
    "invitation.send": "role",
    **_all(NONE, "invitation", "resend", "accept", "decline", "revoke"),
    "invitation.purge": "number",
    "claim.send": NONE,
    **_all("reason:words", "claim", "accepted", "refused", "overtaken", "withdrawn"),
    **_all(NONE, "mail", "retry", "discard"),
    "export.take": "name kind number",
    **_all(NONE, "search", "save", "update", "delete", "stop"),
    # Organisations
    "organisation.register": NONE,
    "organisation.update": "former_name?:words",
    **_all("reason?:words", "profile", "claimed", "verified", "suspended", "unclaimed"),
    "commitment.ask": "to",
    "commitment.decline": "reason",
    **_all(NONE, "commitment", "grant", "withdraw", "remind", "escalate"),
    **_all("kind level", "document", "add", "describe", "replace", "delete"),
    **_all(NONE, "stand", "create", "update", "close"),
    # Needs and what is given
    **_all(NONE, "need", "create", "update", "publish", "unpublish", "match", "unmatch", "delete"),
    "need.close": "reason",
    **_all(NONE, "offer", "create", "update", "draft", "published", "withdrawn"),
    **_all(NONE, "technology", "create", "update", "draft", "published", "withdrawn", "delete"),
    **_all(NONE, "technology", "confirm", "remind", "stale"),
    "technology.pictures": "step",
    **_all(NONE, "upload", "check", "undo", "discard"),
    "upload.apply": "created changed refused",
    **_all("reason", "match", "seen", "shortlisted", "dismissed"),
    # From a question to an outcome
    "interest.send": "to",
    **_all("reason", "interest", "accept", "decline", "end"),
    "interest.withdraw": "reason?",
    **_all(NONE, "interest", "start", "remind", "escalate"),
    "message.write": "interest_id",
    "meeting.propose": "interest_id slots",
    **_all("interest_id", "meeting", "agree", "ask_others", "withdraw", "cancel"),
    **_all("interest_id kind", "agreement", "record", "objected", "taken_back"),
    **_all("interest_id kind reason", "outcome", "propose", "correct", "confirm", "dispute", "withdraw"),
    **_all("interest_id kind reason", "outcome", "publish", "unpublish", "remind", "escalate"),
    # Programmes, calls, applications, reviews, cohorts
    **_all(NONE, "programme", "create", "update", "draft", "published", "withdrawn", "delete"),
    **_all(NONE, "call", "create", "update", "publish", "unpublish", "delete", "cancel"),
    "call.review": "applications",
    "call.decide": "accepted waitlisted rejected",
    **_all(NONE, "application", "begin", "save", "submit", "withdraw", "remind", "talk_over"),
    "application.fix": "verdict reason",
    **_all("reason moved_up", "application", "accepted", "waitlisted", "rejected"),
    "application.override": "reason:words capacity",
    **_all(NONE, "review", "declare", "clear", "save", "submit", "release", "look_again"),
    **_all("tie", "review", "assign", "conflict"),
    **_all(NONE, "cohort", "milestone", "milestone_removed"),
    **_all("team milestone", "cohort", "milestone_done", "milestone_undone"),
    **_all("team minutes", "cohort", "hours", "hours_removed"),
    # Events and challenges
    **_all(NONE, "event", "create", "update", "publish", "cancel", "delete"),
    **_all(NONE, "event", "registered", "waiting", "give_up", "move_up"),
    **_all(NONE, "challenge", "create", "update", "publish", "unpublish", "delete"),
    "challenge.close": "result",
    **_all(NONE, "answer", "send", "withdraw"),
    **_all("reason", "answer", "shortlisted", "accepted", "declined"),
    # Action programmes
    **_all(NONE, "action", "register", "update", "planned", "running", "done", "dropped"),
    "action.take_back": "title:words",
    "action.count": "before after",
    **_all(NONE, "milestone", "add", "open", "late", "escalated", "settled", "passed_on", "done"),
    "output.add": NONE,
    "contribution.promise": "promised",
    "contribution.pay": "before after",
    # The ranking
    "ranking.fit": "name better",
    "ranking.use": "name",
}

NOT_FOR_THE_ORGANISATION = frozenset(name for name in EVENTS if name.startswith("claim."))
"""Steps of people who do not belong to it yet, and what coordinators wrote to them."""


def _declared(event: str) -> tuple[dict[str, str], set[str]]:
    """The kind of every field of an event, and which fields must be there."""
    kinds, needed = {}, set()
    for part in EVENTS[event].split():
        name, _, kind = part.partition(":")
        if not name.endswith("?"):
            needed.add(name)
        name = name.rstrip("?")
        kinds[name] = kind or FIELDS[name]
    return kinds, needed


def fitting(event: str, data: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What of `data` may be written, and what is wrong with the rest."""
    if event not in EVENTS:
        return {}, [f"the event '{event}' is not declared in models/audit_events.py"]
    kinds, needed = _declared(event)
    wrong = [f"'{event}' lacks the field '{name}'" for name in sorted(needed - data.keys())]
    kept = {}
    for name, value in data.items():
        if name not in kinds:
            wrong.append(f"'{event}' has no field '{name}' in models/audit_events.py")
        elif value is not None and not KINDS[kinds[name]](value):
            wrong.append(f"'{name}' of '{event}' is no {kinds[name]}")
        else:
            kept[name] = value
    return kept, wrong
