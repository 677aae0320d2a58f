"""The arithmetic of reviews: what a scorecard comes to, what several come to, and where reviewers are apart.

Points and weights are by the id of the criterion. A scorecard that leaves one out comes to nothing yet.
"""

from collections.abc import Iterable, Mapping, Sequence

Points = Mapping[int, int | None]
Weights = Mapping[int, int]


def total(points: Points, weights: Weights) -> float | None:
    """The mean of the points of one scorecard by the weights of the criteria; None while a point is missing."""
    given = {criterion: points.get(criterion) for criterion in weights}
    if not weights or any(value is None for value in given.values()):
        return None
    return sum(weights[c] * value for c, value in given.items() if value is not None) / sum(weights.values())


def mean(totals: Iterable[float | None]) -> float | None:
    """The mean of the scorecards that are complete; None without any. Every reviewer counts alike."""
    complete = [value for value in totals if value is not None]
    return sum(complete) / len(complete) if complete else None


def apart(scorecards: Sequence[Points], spread: int) -> dict[int, int]:
    """The criteria on which two of the reviewers differ by more than `spread` points, and by how many."""
    found = {}
    for criterion in {c for card in scorecards for c in card}:
        given = [value for card in scorecards if (value := card.get(criterion)) is not None]
        if given and max(given) - min(given) > spread:
            found[criterion] = max(given) - min(given)
    return found
