"""What every wording of templates/email can be filled in with."""

from typing import Any

NAMES = {"vi": "Công ty Nước", "en": "Water Company", "slug": "water"}
TITLE = {"vi": "Cần <thiết bị> đo & phân tích", "en": "A <device> to measure & analyse"}
MOMENT, LATER = "2026-12-08T03:00:00+00:00", "2026-12-08T05:00:00+00:00"

CONTEXT: dict[str, Any] = {
    **dict.fromkeys(("by", "owner", "centre", "host", "proposer", "other", "sender", "receiver", "answering"), NAMES),
    **dict.fromkeys(("need", "challenge", "event", "title"), TITLE),
    **dict.fromkeys(("until", "reply_by", "starts_at"), MOMENT),
    **dict.fromkeys(("interest_id", "event_id", "claim_id", "answer_id", "invitation_id", "number"), 7),
    "name": NAMES,
    "organisation": NAMES,
    "slug": "water",
    "ends_at": LATER,
    "place": {"vi": "Hội trường", "en": "The hall"},
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
    "searches": [],
    "needs": [],
    "organisations": [{"name": NAMES, "slug": "water", "number": 2}],
}

OWN: dict[str, dict[str, Any]] = {
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
