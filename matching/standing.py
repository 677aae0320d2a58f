"""How an organisation has dealt with the requests it got: part of whether one more would be welcome."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.interests import ExpressionOfInterest
from models.types import DeclineReason, InterestState

REFUSED = InterestState.DECLINED, InterestState.EXPIRED
NOT_AGAINST_THE_ASKER = (
    DeclineReason.CONFLICT_OF_INTEREST,
    DeclineReason.DESCRIPTION_UNCLEAR,
    DeclineReason.OTHER_PARTNER,
)
SECONDS = 20
UNANSWERED = InterestState.DRAFT, InterestState.WITHDRAWN


@dataclass(frozen=True)
class Standing:
    """Requests accepted, answered at all (or left to expire), and waiting now."""

    accepted: int = 0
    answered: int = 0
    waiting: int = 0


class Standings:
    """Those of all organisations that were ever asked, read again when they are SECONDS old.

    For a ranking that is new enough, and it spares every question a statement. Safe to use from several threads.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._read_at = -math.inf
        self._found: Mapping[int, Standing] = {}

    def of(self, session: Session) -> Mapping[int, Standing]:
        """By organisation. A refusal for a reason that says nothing about fit is not counted."""
        now = self._clock()
        if now - self._read_at >= SECONDS:
            self._found, self._read_at = standings(session), now
        return self._found


def standings(session: Session) -> dict[int, Standing]:
    """As they are now, by organisation. One statement."""
    found: dict[int, Standing] = {}
    for owner, state, count in session.connection().execute(_COUNTED):
        before = found.get(owner, Standing())
        waiting = count if state is InterestState.SENT else 0
        answered = count - waiting
        accepted = 0 if state in REFUSED else answered
        found[owner] = Standing(before.accepted + accepted, before.answered + answered, before.waiting + waiting)
    return found


_ASKED: Any = ExpressionOfInterest.__table__
_COUNTED = (
    sa.select(_ASKED.c.to_organisation_id, _ASKED.c.state, sa.func.count())
    .where(
        _ASKED.c.state.not_in(UNANSWERED),
        sa.or_(_ASKED.c.decline_reason.is_(None), _ASKED.c.decline_reason.not_in(NOT_AGAINST_THE_ASKER)),
    )
    .group_by(_ASKED.c.to_organisation_id, _ASKED.c.state)
)
