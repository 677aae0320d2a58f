"""Help for everybody, and for those who look for help; the other groups follow in network/guides.py."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _


@dataclass(frozen=True)
class Topic:
    """`key` is the anchor of the question on its page."""

    key: str
    question: Any
    steps: tuple[Any, ...]


@dataclass(frozen=True)
class Guide:
    key: str
    title: Any
    lead: Any
    topics: tuple[Topic, ...]


ASKING: tuple[Guide, ...] = (
    Guide(
        "everybody",
        _("For everybody"),
        _("Looking around needs no account."),
        (
            Topic(
                "find",
                _("How do I find somebody who can help?"),
                (
                    _("Write on the first page what you need, in your own words, in Vietnamese or English."),
                    _("Read the suggestions from the top. Each says why it is there and how many points it has."),
                    _("Open one to see who it is, and where the entry comes from."),
                ),
            ),
            Topic(
                "diacritics",
                _("Can I type without diacritics?"),
                (_("Yes. “uom tao” finds “ươm tạo”, here and in every search box of the site."),),
            ),
            Topic(
                "illustrative",
                _("Which entries are real?"),
                (
                    _("Entries marked “illustrative” are invented examples that show how the site works."),
                    _("Entries from public sources describe real organisations and name their pages with dates."),
                    _("All others were written by the organisations themselves; “verified” ones were checked."),
                ),
            ),
            Topic(
                "account",
                _("How do I join?"),
                (
                    _("Choose “Join”, write your name and e-mail address, and name your organisation if you have one."),
                    _("Give your consent. Nothing is ticked for you, and saying nothing is not consent."),
                    _("A coordinator checks the organisation. You can write drafts meanwhile."),
                ),
            ),
            Topic(
                "password",
                _("What if I have forgotten my password?"),
                (
                    _(
                        "Choose “Forgotten your password?” on the page to sign in, "
                        "and write the address of your account."
                    ),
                    _("Open the link in the mail within an hour, and choose a new password."),
                    _("Everywhere you were signed in, you are signed out. Nobody who had the old one stays in."),
                ),
            ),
            Topic(
                "notices",
                _("Which mails do I get, and how do I turn them off?"),
                (
                    _("Every notice stands in the site under “Notices”, with the number of those you have not read."),
                    _("On the page of your account choose for each kind: at once, once a day, or not by mail."),
                    _("Every mail names a way out of its kind. It needs no sign-in."),
                ),
            ),
            Topic(
                "saved",
                _("How do I hear of what is new?"),
                (
                    _("Choose “Tell me when something fits” below an answer, or “Tell me of new ones” above a list."),
                    _("What is new and fits stands under “Saved searches”, and comes in one mail that you can stop."),
                ),
            ),
            Topic(
                "data",
                _("How do I see or delete my data?"),
                (
                    _("Sign in and open the page of your account under your name."),
                    _("“Download my data (JSON)” gives a file with everything the site holds about you."),
                    _("“Delete my account” removes it at once, without anybody having to agree."),
                ),
            ),
        ),
    ),
    Guide(
        "startups",
        _("For startups and enterprises that look for help"),
        _("From a need to an agreement."),
        (
            Topic(
                "publish",
                _("How do I publish a need?"),
                (
                    _("Open “Needs” in your workspace and begin a new one."),
                    _("Say what it is for, how far you are, and what would solve it. Numbers help most."),
                    _("Look at the suggestions that appear, then publish. Until then nobody else sees it."),
                ),
            ),
            Topic(
                "nothing",
                _("What if nothing fits, or somebody is missing?"),
                (
                    _("If nothing fits, the site says so. Publish your question as a need: others then find you."),
                    _("Name whom you miss below the suggestions, and read why and what you could change."),
                ),
            ),
            Topic(
                "visibility",
                _("Who can read what I write?"),
                (
                    _("The summary may be read by everybody, or only by verified members: you choose."),
                    _("Details are for verified members in any case."),
                    _("What is secret belongs in the talk with the other side, not on the site."),
                ),
            ),
            Topic(
                "ask",
                _("How do I ask an organisation for a talk?"),
                (
                    _("Open your need and ask beside a suggestion."),
                    _("Write in a few sentences who you are and what you hope for."),
                    _("The other side has a day to answer by. You get a mail with the answer."),
                ),
            ),
            Topic(
                "apply",
                _("How do I apply to a programme?"),
                (
                    _("Open a programme that takes applications, or “Applications” in your workspace. Begin a draft."),
                    _("Save it as often as you like. Check it, then send it before the last day."),
                    _("You get a letter by the day the centre promised: a place, the waiting list, or a reason."),
                ),
            ),
            Topic(
                "late",
                _("What happens if nobody answers?"),
                (
                    _("The other side is reminded before its day."),
                    _("After that day the coordinators are told and take the matter up."),
                    _("A late answer is still an answer: the question stays open until you withdraw it."),
                ),
            ),
            Topic(
                "declined",
                _("What can I do with a refusal?"),
                (
                    _("Every refusal gives a reason from a list, often with a sentence of advice."),
                    _("Mend the need if the reason says so: the suggestions are worked out again at once."),
                ),
            ),
        ),
    ),
)
