"""How well the text of an entry answers the text of a question, from three likenesses of meaning and the shared words.

    near = (whole + part * best part + clauses * mean over the clauses of the question of their best part)
           / (1 + part + clauses)
    text = 1 / (1 + exp(-(near + words * coverage ** power - middle) / width))

`whole` is the cosine of both texts, a part a clause of the entry (MaxP of Dai and Callan 2019; the mean of the maxima
is the late interaction of ColBERT, Khattab and Zaharia 2020, with clauses for tokens). Coverage is the share of the
question's idf mass that the entry holds: a need told in a paragraph shares 2 to 6 % with its best answer, where words
say little; a question shares 30 % and more with the paragraph that answers it; a name typed into a search box nearly
all, where words decide. The power lets one weight serve all of them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.policy import Reading

Values = NDArray[np.float64]

DEEP = 40  # candidates, best by whole texts and words, whose parts are looked at


def nearness(whole: NDArray[np.floating], parts: NDArray[np.floating], reading: Reading) -> Values:
    """`whole` (m,), `parts` (m, 2): best part and clauses, NaN where the entry has no parts and its whole stands in."""
    whole = np.asarray(whole, dtype=np.float64)
    best, clauses = np.where(np.isnan(parts), whole[:, None], parts).T
    total: Values = whole + reading.part * best + reading.clauses * clauses
    return total / (1 + reading.part + reading.clauses)


def evidence(near: NDArray[np.floating], coverage: NDArray[np.floating], reading: Reading) -> Values:
    """What stands above `middle`, in steps of `width`: the higher the better, 0 = as likely an answer as not."""
    shared = np.clip(np.asarray(coverage, dtype=np.float64), 0, 1) ** reading.power
    found: Values = (np.asarray(near, dtype=np.float64) + reading.words * shared - reading.middle) / reading.width
    return found


def likely(evidence: NDArray[np.floating]) -> Values:
    found: Values = 1 / (1 + np.exp(-np.clip(evidence, -50, 50)))
    return found


def of_parts(
    question: NDArray[np.float32], clauses: NDArray[np.float32], entries: Sequence[NDArray[np.floating] | None]
) -> Values:
    """Best part and mean of the clauses' best parts for m entries, shape (m, 2); NaN for an entry without parts.

    `question` is the vector of the whole question, `clauses` those of its clauses, `entries` the parts of each entry;
    all rows are unit vectors. A question without clauses is its own only one.
    """
    found = np.full((len(entries), 2), np.nan)
    asked = np.vstack([question[None], clauses]) if len(clauses) else np.vstack([question, question])
    known = {i: parts for i, parts in enumerate(entries) if parts is not None and len(parts)}
    if known:
        held = list(known)
        sizes = np.array([len(parts) for parts in known.values()])
        likeness = asked @ np.concatenate(list(known.values())).astype(np.float32, copy=False).T
        best = np.maximum.reduceat(likeness, np.concatenate([[0], np.cumsum(sizes)[:-1]]), axis=1)
        found[held] = np.column_stack([best[0], best[1:].mean(axis=0)])
    return found
