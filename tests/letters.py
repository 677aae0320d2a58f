"""What every wording of templates/email can be filled in with."""

from typing import Any

NAMES = {"vi": "Công ty Nước", "en": "Water Company", "slug": "water"}
TITLE = {"vi": "Cần <thiết bị> đo & phân tích", "en": "A <device> to measure & analyse"}
HALL = {"vi": "Hội trường", "en": "The hall"}
MOMENT, LATER = "2026-12-08T03:00:00+00:00", "2026-12-08T05:00:00+00:00"

CONTEXT: dict[str, Any] = {
    **dict.fromkeys(
        (
            "startup",
            "by",
            "owner",
            "centre",
            "host",
            "proposer",
            "other",
            "sender",
            "receiver",
            "answering",
            "applicant",
        ),
        NAMES,
    ),
    **dict.fromkeys(("need", "challenge", "event", "programme", "call"), TITLE),
    **dict.fromkeys(("until", "reply_by", "starts_at"), MOMENT),
    **dict.fromkeys(("interest_id", "event_id", "claim_id", "answer_id", "invitation_id", "number"), 7),
    **dict.fromkeys(
        ("application_id", "call_id", "review_id", "letter_id", "commitment_id", "applications", "place"), 7
    ),
    **dict.fromkeys(("closes_on", "decide_by", "starts_on", "ends_on"), "2026-12-08"),
    "issued_at": MOMENT,
    "verdict": "waitlisted",
    "moved_up": False,
    "note": "Come <b>again</b>.",
    "title": "A <plan> & more",
    "name": NAMES,
    "organisation": NAMES,
    "slug": "water",
    "ends_at": LATER,
    "link": "https://meet.example/1",
    "titles": [TITLE],
    "person": "Lan <b>Phạm</b>",
    "inviter": "Chi",
    "reason": "No <script>",
    "state": "accepted",
    "role": "manager",
    "expires_on": "2026-12-08",
    "publish": True,
    "shown": False,
    "annuls": False,
    "topic": "access",
    "new_email": "l***@lab.vn",
    "minutes": 60,
    "slots": [MOMENT, LATER],
    "calendar": {
        "uid": "meeting-3",
        "starts_at": MOMENT,
        "ends_at": LATER,
        "stamp": MOMENT,
        "sequence": 0,
        "cancelled": False,
        "subject": "First talk",
        "sides": [NAMES, NAMES],
        "need": TITLE,
        "place": "Hồ Tây",
        "link": "https://meet.example/2",
    },
    "searches": [],
    "needs": [],
    "organisations": [{"name": NAMES, "slug": "water", "number": 2}],
}

OWN: dict[str, dict[str, Any]] = {
    **{f"event_{name}": {"place": HALL} for name in ("registered", "waiting", "moved_up", "changed")},
    "application_decided": {"reason": "too_early"},
    "commitment_answered": {"state": "declined", "reason": "too_early"},
    "contact_message": {"secret": {"name": "Mai", "email": "mai@example.org", "message": "Hello\n\n<i>there</i>"}},
    "organisation_waiting": {"organisation": "Nước & Co"},
    "organisation_without_manager": {"organisation": "Nước & Co"},
    "invitation": {"name": "Lan", "secret": "s3cret"},
    "password_forgotten": {"name": "Lan", "secret": "s3cret"},
    "email_to_confirm": {"name": "Lan", "secret": "s3cret"},
    "password_changed": {"name": "Lan"},
    "email_change_asked": {"name": "Lan"},
    "email_changed": {"name": "Lan"},
    **{
        name: {"kind": "mou"}
        for name in ("agreement_recorded", "agreement_objected", "agreement_taken_back", "connection_ended")
    },
    **{
        f"outcome_{name}": {"kind": "pilot"}
        for name in (
            "proposed",
            "correction",
            "confirmed",
            "disputed",
            "withdrawn",
            "publication",
            "reminder",
            "late",
            "overdue",
        )
    },
}


def context_of(template: str) -> dict[str, Any]:
    return {**CONTEXT, **OWN.get(template, {})}
