"""Help, by who reads it: each question with the steps of its answer. Questions are found by their words."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from models.texts import fold


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


GUIDES: tuple[Guide, ...] = (
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
                        "Choose “Forgotten your password?” on the page to sign in, and write the address of your account."
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
    Guide(
        "centres",
        _("For innovation centres"),
        _("Showing what you can do, and answering in time."),
        (
            Topic(
                "claim",
                _("How do I take over the entry of my organisation?"),
                (
                    _("Open the entry and choose “Is this your organisation?”."),
                    _("Say how you belong to it and how a coordinator can check that."),
                    _("Once they have agreed you manage the entry and can invite colleagues."),
                ),
            ),
            Topic(
                "capacity",
                _("How do I say how much room we have?"),
                (
                    _("Write in the profile how many teams you can take and within how many days you answer."),
                    _("Change it when it changes: a full centre is suggested less, and nobody asks in vain."),
                ),
            ),
            Topic(
                "answer",
                _("How do I accept or decline?"),
                (
                    _("Open the question in your workspace. Its day stands beside it."),
                    _("Accept with a sentence on how to get in touch, or decline with a reason."),
                    _("The reason goes back to the asker and improves what is suggested to you."),
                ),
            ),
            Topic(
                "programme",
                _("Where do our programmes appear?"),
                (
                    _("On the page of programmes, on your profile, and among the suggestions while they are open."),
                    _("Open “Programmes” in your workspace, write one, publish it, and add a call with its dates."),
                ),
            ),
            Topic(
                "intake",
                _("How are applications judged?"),
                (
                    _("When the call has closed, choose reviewers; the work is shared out past all known ties."),
                    _("They read without names and give points by your criteria. You see who is missing."),
                    _("Look at the proposal, change single cases, and decide on all at once. Letters leave at once."),
                ),
            ),
        ),
    ),
    Guide(
        "universities",
        _("For universities and institutes"),
        _("Bringing technologies to those who need them."),
        (
            Topic(
                "technology",
                _("How do I list a technology?"),
                (
                    _("Open “Technologies” in your workspace and begin a new one."),
                    _("Say what it does better than what exists, its readiness (TRL), and how it can be transferred."),
                    _("Publish it; it is compared with every need from then on."),
                ),
            ),
            Topic(
                "needs",
                _("How do I find needs that our technology meets?"),
                (
                    _("Open the technology in your workspace and choose “Needs it could serve”."),
                    _("Each need says why it fits. “Offer it now” sends a prepared letter, or write your own."),
                ),
            ),
            Topic(
                "many",
                _("Can we list many technologies at once?"),
                (
                    _("Managers fill in a spreadsheet: “Technologies”, then “Many at once, from a spreadsheet”."),
                    _("A report says row by row what would be done, and names the cell of every mistake."),
                    _("Nothing is written before you say yes, and the whole upload can be undone."),
                ),
            ),
            Topic(
                "right",
                _("Why are we asked whether a technology is still right?"),
                (
                    _("Whoever reads it must be able to rely on it: it is confirmed once a quarter, with one click."),
                    _("A mail comes two weeks before. What nobody confirms is marked on its page."),
                ),
            ),
            Topic(
                "property",
                _("What should I write about patents?"),
                (
                    _("The kind of right, its state and the territory. Those who licence look for them first."),
                    _("Never write what would spoil the novelty of an application not yet filed."),
                ),
            ),
        ),
    ),
    Guide(
        "partners",
        _("For partners: funds, testing, law, markets"),
        _("Being found at the right moment."),
        (
            Topic(
                "offer",
                _("How do I write an offer that is found?"),
                (
                    _("One offer for one thing. Say for whom, from which stage, and under which terms."),
                    _("Add fields, stages and languages: they count a little beside the text."),
                ),
            ),
            Topic(
                "matches",
                _("Where do I see needs that suit us?"),
                (
                    _("Under “Suggestions” in your workspace, the best first, with the reasons of both sides."),
                    _("Put it on the shortlist, ask, or set it aside. Nothing is sent before you send it."),
                ),
            ),
            Topic(
                "colleagues",
                _("How do I invite colleagues?"),
                (
                    _("Managers open “People” in the workspace and invite by e-mail address."),
                    _("Members read everything and write drafts. Managers publish and answer."),
                ),
            ),
        ),
    ),
    Guide(
        "coordinators",
        _("For coordinators"),
        _("Nothing gets lost."),
        (
            Topic(
                "desk",
                _("Where do I begin?"),
                (
                    _("“Coordination” shows what waits: entries to hand over, profiles to verify, late questions."),
                    _("The oldest stands first. Each says how late it is and whom to write to."),
                ),
            ),
            Topic(
                "verify",
                _("How do I verify an organisation?"),
                (
                    _("Check the name and the address with a source that the organisation did not send you."),
                    _("Verify, or say what is missing. Each step is kept in the trail with your name."),
                ),
            ),
        ),
    ),
    Guide(
        "connections",
        _("For both sides of a connection"),
        _("From the first message to an outcome that counts."),
        (
            Topic(
                "outcome",
                _("How does an outcome come to be counted?"),
                (
                    _("Record what you agreed, then propose what came of it, with the day and how one can see it."),
                    _("The other side confirms or disputes it. Only what both sides confirmed is counted."),
                ),
            ),
            Topic(
                "correction",
                _("An outcome is wrong. What can I do?"),
                (_("Propose a correction. It takes the place of the old entry once the other side has confirmed it."),),
            ),
        ),
    ),
)

BY_KEY = {guide.key: guide for guide in GUIDES}


def matching(words: str) -> tuple[tuple[Guide, tuple[Topic, ...]], ...]:
    """The guides with the questions that hold every word, in the language of the request, with or without marks."""
    wanted = fold(words).split()
    found = ((guide, tuple(t for t in guide.topics if _holds(t, wanted))) for guide in GUIDES)
    return tuple((guide, topics) for guide, topics in found if topics)


def _holds(topic: Topic, wanted: list[str]) -> bool:
    text = fold(str(topic.question))
    return all(word in text for word in wanted)
