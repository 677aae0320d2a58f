"""Which of some entries, for example the newest, answer a question well enough to be told of."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from matching.questions import Query, Suggestion
from matching.relevance import DEEP
from matching.store import Key

if TYPE_CHECKING:
    from matching.engine import Engine

MOST_ROUNDS = 5
"""How often one question is put at most: with the usual policy it hears of 15 entries of one owner."""

Owned = tuple[Key, int | None]
"""An entry and the organisation that owns it."""


def among(session: Session, engine: "Engine", query: Query, entries: Iterable[Owned]) -> list[Suggestion]:
    """Those of `entries` that reach the threshold, best first.

    The engine compares so many at a time, and so many of one owner; what is left over after MOST_ROUNDS is not looked
    at. Usually one round does.
    """
    most = engine.policy(session).most_per_organisation
    found: list[Suggestion] = []
    for keys in list(_rounds(entries, most))[:MOST_ROUNDS]:
        answer = engine._answer(session, query, len(keys), True, keys)
        found += [item for item in answer.items if item.score >= answer.threshold]
    return sorted(found, key=lambda item: (-item.score, item.subject, item.subject_id))


def _rounds(entries: Iterable[Owned], most: int) -> Iterator[list[Key]]:
    """The keys in portions that the engine compares whole: at most DEEP, and at most `most` of one owner."""
    waiting = list(entries)
    while waiting:
        taken: list[Key] = []
        left: list[Owned] = []
        owners: Counter[int | None] = Counter()
        for key, owner in waiting:
            if len(taken) < DEEP and (owner is None or owners[owner] < most):
                owners[owner] += 1
                taken.append(key)
            else:
                left.append((key, owner))
        yield taken
        waiting = left
