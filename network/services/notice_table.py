"""The one table of notices: what each is about, and whether it also stands in the site.

A wording is templates/email/<name>.txt. Whoever adds one adds its line here; a test compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.notices import NoticeKind as K


@dataclass(frozen=True)
class Notice:
    """`in_site` is False for what a person has just done alone, and for what only the mailbox may see."""

    kind: K
    in_site: bool = True


def _of(kind: K, *names: str, in_site: bool = True) -> dict[str, Notice]:
    return dict.fromkeys(names, Notice(kind, in_site))


NOTICES: Mapping[str, Notice] = {
    **_of(K.REQUESTS, "interest_received", "interest_answered", "interest_withdrawn", "need_met"),
    **_of(K.REQUESTS, "commitment_asked", "commitment_answered", "commitment_withdrawn"),
    **_of(
        K.DEADLINES,
        "interest_reminder",
        "outcome_reminder",
        "outcome_overdue",
        "application_unsent",
        "commitment_reminder",
    ),
    **_of(K.CONNECTIONS, "connection_started", "message_received", "connection_ended"),
    **_of(K.CONNECTIONS, "meeting_proposed", "meeting_agreed", "meeting_others"),
    **_of(K.CONNECTIONS, "meeting_withdrawn", "meeting_cancelled"),
    **_of(K.CONNECTIONS, "agreement_recorded", "agreement_objected", "agreement_taken_back"),
    **_of(K.OUTCOMES, "outcome_proposed", "outcome_correction", "outcome_confirmed", "outcome_disputed"),
    **_of(K.OUTCOMES, "outcome_withdrawn", "outcome_publication"),
    **_of(K.APPLICATIONS, "application_sent", "application_received", "application_withdrawn"),
    **_of(K.APPLICATIONS, "application_decided", "application_moved_up", "application_override"),
    **_of(K.APPLICATIONS, "call_closed", "call_cancelled"),
    **_of(K.APPLICATIONS, "review_assigned", "review_again", "review_conflict"),
    **_of(K.CHALLENGES, "challenge_answered", "challenge_answer_decided", "challenge_answer_withdrawn"),
    **_of(K.EVENTS, "event_registered", "event_waiting", in_site=False),
    **_of(K.EVENTS, "event_moved_up", "event_changed", "event_cancelled"),
    **_of(K.ENTRIES, "technologies_due", "exhibit_shown"),
    **_of(K.NEWS, "news"),
    **_of(K.NEWS, "news"),
    **_of(K.STANDING, "profile_state", "membership_role", "membership_removed"),
    **_of(K.STANDING, "claim_accepted", "claim_refused", "claim_overtaken"),
    **_of(K.PEOPLE, "invitation_accepted", "invitation_declined", "member_left"),
    **_of(K.COORDINATION, "organisation_waiting", "organisation_without_manager", "claim_waiting"),
    **_of(K.COORDINATION, "interest_for_nobody", "interest_late", "outcome_late", "commitment_late"),
    **_of(K.COORDINATION, "contact_message", in_site=False),
    **_of(K.ACCOUNT, "invitation", "password_forgotten", "email_to_confirm", in_site=False),
    **_of(K.ACCOUNT, "password_changed", "email_change_asked", "email_changed"),
}

DIGEST = "digest"
"""The daily mail. It gathers notices of every kind, and is none itself."""

UNKNOWN = Notice(K.STANDING)


def notice(template: str) -> Notice:
    """What stands in the table; something that is missing there is sent rather than lost."""
    return NOTICES.get(template, UNKNOWN)
