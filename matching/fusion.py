"""Meaning and words in one score: the cosine of two texts plus a bonus for the words they share.

    fused = cosine + WEIGHT * coverage ** POWER,    coverage = BM25 / self score, from 0 to 1

Coverage is the share of the query's idf mass that a document matches. A need told in a paragraph shares 2 to 6 % with
its best document, where words say little: the bonus is a tie-break of .01 to .06. A question shares 30 % and more with
the paragraph that answers it (.7 and up), a name typed into a search box nearly all: there words decide. Neither leg
needs to know which case it is in.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.lexical import Ids, Scores

# The best nDCG@10, .669, of weights 1 to 8 on the 120 dev queries of network_dev with hanoi-vi-en-1, alone .666;
# weights 3 and 6 give .666 and .658. So many queries cannot tell neighbours apart: refit for a new encoder, and trust
# the order of magnitude only.
WEIGHT = 4.0
POWER = 1.5


@dataclass(frozen=True)
class Fused:
    """Documents best first, with what each score is made of; arrays of equal length m."""

    ids: Ids
    scores: Scores
    cosine: Scores
    coverage: Scores


def fuse(
    dense_ids: Ids,
    dense_scores: NDArray[np.floating],
    lexical_ids: Ids,
    lexical_scores: NDArray[np.floating],
    query_self_score: float,
) -> Fused:
    """Every document of either leg, best first; equal scores by id. Ids are unique within a leg.

    `dense_scores` are cosines, `lexical_scores` BM25 and `query_self_score` its limit (`LexicalIndex.self_score`).
    A document that one leg does not list takes that leg's worst case: the lowest listed cosine (0 if none is listed),
    no shared words. Callers that hold vectors and texts do better by listing the same documents in both legs
    (`LexicalIndex.scores_for`).
    """
    ids = np.union1d(dense_ids, lexical_ids)
    cosine = np.full(len(ids), dense_scores.min() if len(dense_scores) else 0, dtype=np.float32)
    cosine[np.searchsorted(ids, dense_ids)] = dense_scores
    coverage = np.zeros(len(ids), dtype=np.float32)
    if query_self_score > 0:
        coverage[np.searchsorted(ids, lexical_ids)] = np.asarray(lexical_scores) / query_self_score
    scores = cosine + WEIGHT * coverage**POWER
    order = np.argsort(-scores, kind="stable")
    return Fused(ids[order], scores[order], cosine[order], coverage[order])
