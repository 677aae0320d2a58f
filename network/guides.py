"""Help, by who reads it: each question with the steps of its answer. Questions are found by their words."""

from flask_babel import lazy_gettext as _

from models.texts import fold
from network.guides_asking import ASKING, Guide, Topic

__all__ = ["BY_KEY", "GUIDES", "Guide", "Topic", "matching"]

GUIDES: tuple[Guide, ...] = (
    *ASKING,
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
