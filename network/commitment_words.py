"""The words of commitments of support: states, what is refused, and the steps of the trail.

Parts of network.wordings, network.errors and network.trail, which show them.
"""

import enum
from typing import Any

from flask_babel import lazy_gettext as _

from models.commitments import CommitmentState

WORDINGS: tuple[tuple[enum.StrEnum, Any], ...] = (
    (CommitmentState.ASKED, _("Waits for the centre")),
    (CommitmentState.GRANTED, _("Commitment granted")),
    (CommitmentState.DECLINED, _("Declined")),
    (CommitmentState.WITHDRAWN, _("Withdrawn")),
)

REFUSALS: dict[str, Any] = {
    "startups_only": _("Only a startup asks for a commitment of support."),
    "asks_missing": _("Say what you ask the centre to commit to."),
    "centre_does_not_know": _(
        "Choose a centre that knows you: one with a request that was accepted, or one that accepted your application."
    ),
    "commitment_asked": _(
        "A request of yours waits for this centre already. Wait for the answer, or withdraw it first."
    ),
    "commits_missing": _("Say what the centre commits to, in Vietnamese or in English."),
    "commitment_ends_first": _("The commitment cannot end before it begins."),
}

STEPS: dict[str, Any] = {
    "commitment.ask": _("Asked a centre for a commitment of support"),
    "commitment.grant": _("Granted a commitment of support"),
    "commitment.decline": _("Declined a commitment of support"),
    "commitment.withdraw": _("Withdrew a request for a commitment of support"),
    "commitment.remind": _("Reminded of a commitment of support to answer"),
    "commitment.escalate": _("Commitment of support not answered in time: the coordinators were told"),
}
