"""The steps of the audit trail in words. A step without a wording of its own is shown by its code."""

from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _

from models.agreements import AgreementKind
from models.outcomes import DisputeReason, OutcomeKind
from models.threads import EndReason
from models.types import CloseReason, DeclineReason
from network import commitment_words, intake_words
from network.i18n import label

STEPS: dict[str, Any] = {
    "account.sign_up": _("Joined"),
    "account.update": _("Account changed"),
    "account.notices": _("Chose which notices come by mail"),
    "account.change_password": _("Password changed"),
    "account.ask_password": _("Asked for a new password"),
    "account.reset_password": _("Set a new password by mail"),
    "account.rehash": _("Password stored in a stronger form"),
    "account.ask_email": _("Asked for another e-mail address"),
    "account.change_email": _("E-mail address changed"),
    "account.erase": _("Account deleted"),
    "coordinator.appoint": _("Appointed as coordinator"),
    "mail.retry": _("Had a mail sent again"),
    "mail.discard": _("Gave a mail up"),
    "export.take": _("Took a table away"),
    "search.save": _("Search saved"),
    "search.update": _("Saved search changed"),
    "search.delete": _("Saved search deleted"),
    "search.stop": _("Mails of a saved search turned off"),
    "ranking.fit": _("Ranking worked out anew"),
    "ranking.use": _("Ranking put into force"),
    "action.register": _("Action programme registered"),
    "action.update": _("Action programme changed"),
    "action.planned": _("Action programme planned"),
    "action.running": _("Action programme begun"),
    "action.done": _("Action programme completed"),
    "action.dropped": _("Action programme given up"),
    "action.take_back": _("Action programme taken back"),
    "action.count": _("Output counted"),
    "milestone.add": _("Milestone added"),
    "milestone.open": _("Milestone open again"),
    "milestone.late": _("Milestone late"),
    "milestone.escalated": _("Milestone passed to a decision"),
    "milestone.settled": _("Milestone settled with a new day"),
    "milestone.passed_on": _("Milestone passed to a higher authority"),
    "milestone.done": _("Milestone completed"),
    "output.add": _("Output added"),
    "contribution.promise": _("Money promised"),
    "contribution.pay": _("Money paid in"),
    "organisation.register": _("Organisation entered"),
    "organisation.update": _("Profile changed"),
    "profile.claimed": _("Waits for verification"),
    "profile.verified": _("Verified"),
    "profile.unclaimed": _("Shown again, to be claimed"),
    "profile.suspended": _("Suspended"),
    "need.create": _("Need drafted"),
    "need.update": _("Need changed"),
    "need.publish": _("Need published"),
    "need.unpublish": _("Need taken back to the drafts"),
    "need.close": _("Need closed"),
    "need.match": _("Need matched: there is an agreement"),
    "need.unmatch": _("Need on the board again: the agreement is gone"),
    "need.delete": _("Draft of a need deleted"),
    "offer.create": _("Offer drafted"),
    "offer.update": _("Offer changed"),
    "offer.published": _("Offer published"),
    "offer.draft": _("Offer taken back to the drafts"),
    "offer.withdrawn": _("Offer withdrawn"),
    "technology.create": _("Technology drafted"),
    "technology.update": _("Technology changed"),
    "technology.published": _("Technology published"),
    "technology.draft": _("Technology taken back to the drafts"),
    "technology.withdrawn": _("Technology withdrawn"),
    "technology.confirm": _("Technology confirmed"),
    "technology.remind": _("Reminded to confirm a technology"),
    "technology.stale": _("Technology marked as not confirmed for a quarter"),
    "technology.pictures": _("Pictures of a technology changed"),
    "technology.delete": _("Technology taken away with an undone upload"),
    "upload.check": _("Spreadsheet of technologies looked through"),
    "upload.apply": _("Spreadsheet of technologies carried out"),
    "upload.undo": _("Spreadsheet of technologies undone"),
    "upload.discard": _("Spreadsheet of technologies given up"),
    "interest.send": _("Asked another organisation to talk"),
    "interest.accept": _("Accepted a request"),
    "interest.decline": _("Declined a request"),
    "interest.withdraw": _("Withdrew a request"),
    "interest.remind": _("Reminded of an answer that is due"),
    "interest.escalate": _("Answer late: the coordinator was told"),
    "interest.start": _("Began to talk"),
    "interest.end": _("Ended a connection without result"),
    "message.write": _("Wrote a message"),
    "meeting.propose": _("Proposed times for a meeting"),
    "meeting.agree": _("Agreed on a meeting"),
    "meeting.ask_others": _("Asked for other times for a meeting"),
    "meeting.withdraw": _("Withdrew a proposed meeting"),
    "meeting.cancel": _("Called a meeting off"),
    "agreement.record": _("Recorded an agreement"),
    "agreement.objected": _("Objected to an agreement"),
    "agreement.taken_back": _("Took an agreement back"),
    "outcome.propose": _("Proposed an outcome"),
    "outcome.correct": _("Proposed a correction of an outcome"),
    "outcome.confirm": _("Confirmed an outcome"),
    "outcome.dispute": _("Disputed an outcome"),
    "outcome.withdraw": _("Withdrew a proposed outcome"),
    "outcome.publish": _("Agreed to publish an outcome"),
    "outcome.unpublish": _("Took back the consent to publish an outcome"),
    "outcome.remind": _("Reminded of an outcome to confirm"),
    "outcome.escalate": _("Outcome not confirmed in time: the coordinators were told"),
    "event.create": _("Event drafted"),
    "event.update": _("Event changed"),
    "event.publish": _("Event published"),
    "event.cancel": _("Event called off"),
    "event.delete": _("Draft of an event deleted"),
    "event.registered": _("Took a place at an event"),
    "event.waiting": _("Joined the waiting list of an event"),
    "event.move_up": _("Moved up from the waiting list"),
    "event.give_up": _("Gave up a place at an event"),
    "challenge.create": _("Challenge drafted"),
    "challenge.update": _("Challenge changed"),
    "challenge.publish": _("Challenge published"),
    "challenge.unpublish": _("Challenge taken back to the drafts"),
    "challenge.close": _("Challenge closed"),
    "challenge.delete": _("Draft of a challenge deleted"),
    "answer.send": _("Answered a challenge"),
    "answer.withdraw": _("Withdrew an answer to a challenge"),
    "answer.shortlisted": _("Answer put on the shortlist"),
    "answer.accepted": _("Answer accepted"),
    "answer.declined": _("Answer declined"),
    "stand.create": _("Stand set up"),
    "stand.update": _("Stand changed"),
    "stand.close": _("Stand closed"),
    "document.add": _("Document put up"),
    "document.describe": _("Title or readers of a document changed"),
    "document.replace": _("Document replaced by a newer file"),
    "document.delete": _("Document deleted"),
    "match.shortlisted": _("Suggestion put on the shortlist"),
    "match.dismissed": _("Suggestion set aside"),
    "match.seen": _("Suggestion brought back"),
    "claim.send": _("Somebody asked to take the entry over"),
    "claim.accepted": _("Request to take over accepted"),
    "claim.refused": _("Request to take over refused"),
    "claim.overtaken": _("Request to take over settled by another"),
    "claim.withdrawn": _("Request to take over withdrawn"),
    "invitation.send": _("Person invited"),
    "invitation.resend": _("Invitation sent again"),
    "invitation.accept": _("Invitation accepted"),
    "invitation.decline": _("Invitation declined"),
    "invitation.purge": _("Invited people forgotten who never came"),
    "invitation.revoke": _("Invitation withdrawn"),
    "membership.role": _("Role of a member changed"),
    "membership.remove": _("Member removed"),
    "membership.leave": _("Member left"),
}
STEPS |= intake_words.STEPS | commitment_words.STEPS


TIMELINE_KINDS: dict[str, Any] = {
    "needs": _("Needs and suggestions"),
    "requests": _("Requests and messages"),
    "outcomes": _("Agreements and outcomes"),
    "supply": _("Offers and technologies"),
    "programmes": _("Programmes and applications"),
    "events": _("Events and challenges"),
    "documents": _("Documents"),
    "organisation": _("Profile and people"),
}
"""What one can choose on the timeline of an organisation (network.queries.timeline)."""


def step(action: str) -> str:
    return str(STEPS.get(action, action))


def reason(value: str | None) -> str:
    """A reason as it was typed, or in words if it was picked from a list."""
    for words in (DeclineReason, CloseReason, EndReason, DisputeReason):
        if value in set(words):
            return label(words(value))
    return value or ""


def agreement_kind(value: str) -> str:
    """The kind of an agreement as mails carry it, in words."""
    return label(AgreementKind(value))


def outcome_kind(value: str) -> str:
    return label(OutcomeKind(value))


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        step=step, step_reason=reason, agreement_kind=agreement_kind, outcome_kind=outcome_kind
    )
