"""Every failure as a page in the reader's language, or as one shape of JSON under /api. Needs no database.

JSON: {"ok": false, "error": {"code": …, "message": …, "details": {…}}}
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask, jsonify, render_template, request
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from models.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from network import commitment_words
from network.intake_words import REFUSALS
from network.technology_refusals import TECHNOLOGY_REFUSALS
from network.uploads import file_size

STATUS: Mapping[type[DomainError], int] = {NotPermitted: 403, NotFound: 404, Conflict: 409, Invalid: 422}

MESSAGES: dict[str, Any] = {
    "not_permitted": _("Your account may not do this."),
    "not_found": _("This entry does not exist, or is not open to you."),
    "conflict": _("This is not possible in the present state."),
    "forbidden_transition": _("This step is not possible any more: somebody has moved the matter on meanwhile."),
    "invalid": _("Something in the form is not right."),
    "interest_open": _(
        "You have already asked this organisation about this need. Wait for the answer, or withdraw it first."
    ),
    "own_organisation": _("You cannot send an expression of interest to your own organisation."),
    "need_not_published": _("Publish the need first: the other side can only answer what it can read."),
    "email_taken": _("An account with this e-mail address exists already."),
    "name_taken": _("An organisation with this name exists already."),
    "wrong_password": _("The password is not right."),
    "wrong_credentials": _("The e-mail address or the password is not right."),
    "password_has_email": _("Choose a password that does not contain your e-mail name."),
    "consent_missing": _("Without your consent we may not keep your data, and cannot open an account."),
    "name_missing": _("Write your name."),
    "email_missing": _("Write an e-mail address such as name@example.org."),
    "organisation_missing": _("Write the name of your organisation."),
    "weak_password": _("Choose a password of at least 10 characters that is not a common one."),
    "reason_missing": _("Choose a reason: it helps the other side and improves the next suggestions."),
    "title_missing": _("Give a title in Vietnamese or in English."),
    "summary_missing": _("Describe it in a few sentences, in Vietnamese or in English."),
    "languages_apart": _("Write the title and the description in the same language at least once."),
    "date_past": _("Choose a day that is still to come."),
    "not_a_web_address": _("Write a web address that begins with https://"),
    "suspended": _("The profile of this organisation is suspended. Ask a coordinator of the network."),
    "need_closed": _("This need is closed and stays as it is. Write a new one."),
    "need_has_open_interests": _("Somebody waits for an answer about this need. Settle the open interests first."),
    "need_not_deletable": _("Only a draft that nobody has asked about can be deleted. Close the need instead."),
    "coordinator_reason_missing": _("Give a reason: it is kept in the trail and sent to the managers."),
    "not_a_supplier": _("This organisation looks for help itself and gives none."),
    "own_need_or_theirs": _("One of the two sides must be the one that looks for help."),
    "message_missing": _("Write a short message: who you are and what you hope for."),
    "one_subject": _("Ask about one entry at a time: an offer or a technology."),
    "role_missing": _("Choose the role: member or manager."),
    "invited_name_missing": _("Write the name of the person."),
    "already_member": _("The person with this address belongs to the organisation already."),
    "already_invited": _("This address is invited already. Send the invitation again, or take it back first."),
    "last_manager": _("An organisation keeps at least one manager. Make somebody else a manager first."),
    "invitation_unknown": _(
        "This link is not complete. Open it straight from the mail, or copy the whole address from there."
    ),
    "invitation_replaced": _("A newer mail has taken the place of this invitation. Use the link in the latest one."),
    "invitation_expired": _("This invitation has expired. Ask whoever invited you to send it again."),
    "invitation_accepted": _("This invitation has been used. Sign in to open the workspace."),
    "invitation_declined": _("This invitation was declined. Ask for a new one if you have changed your mind."),
    "invitation_revoked": _("This invitation was taken back. Ask the organisation if you think that is a mistake."),
    "invitation_for_another": _("This invitation is for another e-mail address than that of your account."),
    "not_claimable": _(
        "Somebody manages this entry already, or it is closed. Ask its manager to invite you, or a coordinator."
    ),
    "claim_open": _("You have asked for this entry already. A coordinator will answer."),
    "too_many_claims": _("You wait for answers about five entries. Take one back, or wait until they are decided."),
    "claim_reason_missing": _("Say in one or two sentences how you belong to the organisation."),
    "claim_answer_missing": _("Give a reason: the person who asked reads it."),
    "managed_already": _("This organisation has a manager, who invites its people."),
    "own_claim": _("This is your own request: another coordinator has to decide."),
    "not_a_draft": _("Only a draft can be deleted: others have read this already."),
    "event_cancelled": _("This event has been called off."),
    "event_over": _("This event is over."),
    "event_in_the_past": _("This event has begun already. Choose a moment that is still to come."),
    "registration_closed": _("Registration for this event has closed."),
    "fewer_places_than_taken": _("More people have a place than that. Choose at least their number."),
    "cancel_reason_missing": _("Say why: everybody who registered reads it."),
    "ends_before_it_begins": _("The event must end after it begins."),
    "place_missing": _("Say where it takes place, or that one can take part online."),
    "registers_too_late": _("Registration must close before the event begins."),
    "problem_missing": _("Describe the problem in a few sentences, in Vietnamese or in English."),
    "wanted_missing": _("Say what a solution must do, in Vietnamese or in English."),
    "challenge_closed": _("This challenge is closed and stays as it is."),
    "challenge_answered": _("Somebody has answered this challenge already. Close it instead."),
    "challenge_has_open_answers": _("Answers still wait for you. Accept or decline each of them first."),
    "no_answer_accepted": _("No answer was accepted. Accept the one that solved it first, or close without result."),
    "result_missing": _("Say whether the challenge was solved."),
    "own_challenge": _("This is your own challenge."),
    "challenge_takes_no_answers": _("This challenge takes no more answers."),
    "challenge_answer_stands": _("Your organisation has answered this challenge already. Withdraw that answer first."),
    "answer_missing": _("Write what you would do, and what you have already."),
    "facts_stay": _("What was recorded stays as it is. Propose a correction instead."),
    "thread_message_missing": _("Write a message; a file alone says too little."),
    "too_many_files": _("Send at most three files at a time."),
    "file_type": _("Send a PDF, Word, Excel or PowerPoint document (docx, xlsx, pptx), or a PNG or JPG picture."),
    "file_content": _("The file is not what its name says, or holds macros. Save it anew and send it again."),
    "file_empty": _("The file is empty."),
    "file_large": _("The file is too large: at most 10 MB."),
    "end_reason_missing": _("Choose why it ends: the other side reads it."),
    "day_missing": _("Give the day."),
    "date_in_future": _("Choose a day that is not in the future: record it when it has happened."),
    "before_the_request": _("That day lies before the request. Only what came of this connection is recorded here."),
    "agreement_kind_missing": _("Choose what kind of agreement it is."),
    "agreement_recorded": _("This agreement is recorded already."),
    "own_agreement": _("Your own side recorded this agreement. Take it back instead."),
    "their_agreement": _("The other side recorded this agreement. Object to it instead."),
    "objection_missing": _("Say in a sentence what is not right: the other side reads it."),
    "objection_too_late": _("The time to object has run out. Write to the other side, or end the connection."),
    "take_back_too_late": _("The other side has relied on it for some time. Write to them, or end the connection."),
    "outcome_kind_missing": _("Choose what came of it."),
    "evidence_missing": _("Say in a sentence or two how one can see that it happened."),
    "value_below_zero": _("The value cannot be below zero."),
    "outcome_proposed": _("This outcome stands there already."),
    "own_outcome": _("Your own side proposed this: the other side confirms or disputes it."),
    "their_outcome": _("The other side proposed this: only they can withdraw it."),
    "dispute_reason_missing": _("Choose what is not right: the other side reads it."),
    "correction_reason_missing": _("Say in a sentence what was wrong: both sides keep it."),
    "correction_waits": _("A correction of this outcome waits for an answer already."),
    "not_correctable": _("Only what was confirmed or disputed can be corrected."),
    "not_publishable": _("Only an outcome confirmed by both sides can be shown to others."),
    "met_without_agreement": _("Record first what was agreed and with whom, on the page of that connection."),
    "question_missing": _("Say what you look for."),
    "subjects_missing": _("Choose at least one kind of entry to be told of."),
    "search_name_missing": _("Give it a name, so that you know it again."),
    "too_many_searches": _("You have 50 saved searches. Delete one first."),
    "meeting_waits": _("A proposal for a meeting waits already. Answer it or withdraw it first."),
    "slot_over": _("That time has passed. Pick another one, or ask for others."),
    "other_times_missing": _("Say which times would suit you: the other side reads it."),
    "their_meeting": _("The other side proposed this meeting: only they can withdraw it."),
    "own_meeting": _("Your own side proposed these times: the other side picks one."),
    "meeting_over": _("This meeting has begun already."),
    "meeting_reason_missing": _("Say why it is called off: the other side reads it."),
    "meeting_subject_missing": _("Say in a few words what the meeting is for."),
    "meeting_minutes": _("A meeting takes between 15 minutes and 8 hours."),
    "meeting_place_missing": _("Say where you meet, or give the address to join online."),
    "slots_missing": _("Propose at least one time."),
    "too_many_slots": _("Propose at most five times."),
    "slot_past": _("Every time must still be to come."),
    "slot_too_far": _("Choose times within a year from now."),
    "secret_over": _("This link has been used, is too old, or a newer mail has taken its place. Ask for another one."),
    "too_many_secrets": _("You have asked several times. Wait an hour, and look among the unwanted mails meanwhile."),
    "email_same": _("That is the address you have already."),
    "unsubscribe_unknown": _("This link is not complete. Open it straight from the mail, or sign in and choose there."),
    "choice_missing": _("Choose one of the options shown."),
    "nobody_to_read": _("Nobody reads messages here at the moment. Please try again later."),
    "contact_message_missing": _("Write your message in a sentence or more."),
    "document_kind_missing": _("Choose what kind of document it is."),
    "document_level_missing": _("Choose who may read it."),
    "too_many_documents": _("There are thirty documents already. Delete one that is out of date first."),
    "office_missing": _("Name the office that answers for it."),
    "goal_missing": _("Say what is to change, and what is to be reached."),
    "action_dates": _("The last day must not lie before the first."),
    "milestones_missing": _("Give at least one milestone, each with its name."),
    "milestone_outside": _("A milestone must lie within the time of the programme."),
    "outputs_missing": _("Give at least one output that can be counted, each with its name and unit."),
    "target_missing": _("Every output needs a target above zero."),
    "milestones_unsettled": _("A milestone is still open, late or waits for a decision."),
    "drop_reason_missing": _("Say why it is given up: everybody can read it."),
    "action_not_running": _("The programme is not running."),
    "count_below_zero": _("A count cannot be below zero."),
    "count_older": _("There is a newer count already."),
    "obstacle_missing": _("Say what holds it up."),
    "decision_missing": _("Say what was decided, or why it is passed on."),
    "action_over": _("This programme is over and stays as it is."),
    "action_has_run": _(
        "This programme has begun and can no longer be taken back. Give it up, with a reason, instead."
    ),
    "stand_exists": _("Your centre has a stand already."),
    "theme_missing": _("Give the stand a theme in Vietnamese or in English."),
    "exhibited_already": _("That stands on your stand already."),
    "stand_full": _("The stand is full. Take something off it first."),
    "promise_missing": _("Give the amount that is promised."),
    "paid_more_than_promised": _("No more can be paid in than is promised."),
}
MESSAGES |= REFUSALS | TECHNOLOGY_REFUSALS | commitment_words.REFUSALS

TITLES: dict[int, Any] = {
    400: _("The request could not be read"),
    403: _("This page is not open to you"),
    404: _("There is no such page"),
    405: _("This page cannot be used like that"),
    409: _("Not possible now"),
    413: _("That is too large"),
    422: _("Something is missing or wrong"),
    429: _("Too many tries"),
    500: _("Something went wrong on our side"),
}

ADVICE: dict[int, Any] = {
    400: _("Go back and try once more. If you had the page open for a long time, load it again first."),
    403: _("Sign in with an account that may open it, or ask the manager of your organisation."),
    404: _("The address may be mistyped, or the entry was withdrawn. Search for it, or start from the home page."),
    405: _("Go back and use the buttons on the page."),
    409: _("Go back, load the page again and see how the matter stands."),
    422: _("Go back, mend the entry and send it again."),
    429: _("Wait a minute, then try again."),
    500: _("It has been noted. Nothing that you saved before is lost. Please try again in a moment."),
}


def too_large() -> str:
    """What to do about a request that is larger than its view takes."""
    text = _(
        "At most %(size)s can be sent here at once. Go back, choose a smaller file – save it with smaller pictures or"
        " split it – or write a shorter text, and send it again. What you saved before is still there."
    )
    return str(text) % {"size": file_size(request.max_content_length or 0)}


def message(error: DomainError) -> str:
    """The refusal in the reader's language, saying what to change."""
    return str(MESSAGES.get(error.code) or MESSAGES[type(error).code])


def refusal(code: str) -> str:
    """The same by its code alone, where the page with the refusal comes after another request."""
    return str(MESSAGES.get(code) or MESSAGES["conflict"])


def answer(
    status: int, code: str, text: str, details: Mapping[str, object] | None = None
) -> tuple[Response | str, int]:
    if request.path.startswith("/api/"):
        body = {"ok": False, "error": {"code": code, "message": text, "details": details or {}}}
        return jsonify(body), status
    page = render_template("errors/error.html", status=status, title=str(TITLES[status]), message=text)
    return page, status


def init_app(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def _domain(error: DomainError) -> tuple[Response | str, int]:
        status = next((s for cls, s in STATUS.items() if isinstance(error, cls)), 422)
        return answer(status, error.code, message(error), error.details)

    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> tuple[Response | str, int]:
        return answer(400, "csrf", str(_("The form had expired. Go back, load the page again and send it once more.")))

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
        status = error.code or 500
        if status < 400:
            return error
        known = status if status in TITLES else (500 if status >= 500 else 400)
        text = too_large() if known == 413 else str(ADVICE[known])
        return answer(known, error.name.lower().replace(" ", "_"), text)
