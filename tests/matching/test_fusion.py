import numpy as np
import pytest

from matching.fusion import POWER, WEIGHT, Fused, fuse
from matching.lexical import Ids, Scores


def both(dense: dict[int, float], lexical: dict[int, float], self_score: float = 10.0) -> Fused:
    def arrays(leg: dict[int, float]) -> tuple[Ids, Scores]:
        return np.array(list(leg), dtype=np.int64), np.array(list(leg.values()), dtype=np.float32)

    return fuse(*arrays(dense), *arrays(lexical), self_score)


def test_the_formula() -> None:
    fused = both({1: 0.5, 2: 0.4}, {2: 2.5})
    assert dict(zip(fused.ids.tolist(), fused.scores.tolist(), strict=True)) == pytest.approx(
        {1: 0.5, 2: 0.4 + WEIGHT * 0.25**POWER}
    )
    assert fused.coverage.tolist() == [0.25, 0]
    assert fused.cosine.tolist() == pytest.approx([0.4, 0.5])


def test_little_overlap_breaks_ties_only() -> None:
    assert both({1: 0.6, 2: 0.5}, {2: 0.3}).ids.tolist() == [1, 2]
    assert both({1: 0.5, 2: 0.5}, {2: 0.3}).ids.tolist() == [2, 1]


def test_much_overlap_decides() -> None:
    assert both({1: 0.6, 2: 0.3}, {2: 5.0}).ids.tolist() == [2, 1]


def test_a_document_that_the_encoder_did_not_list_takes_the_lowest_cosine() -> None:
    fused = both({1: 0.6, 2: 0.5}, {3: 1.0})
    assert fused.cosine[fused.ids == 3] == 0.5


def test_either_leg_may_be_empty() -> None:
    assert both({}, {4: 1.0, 2: 3.0}).ids.tolist() == [2, 4]
    assert both({4: 0.1, 2: 0.3}, {}, self_score=0).ids.tolist() == [2, 4]
    assert both({}, {}).ids.tolist() == []


def test_equal_scores_are_ordered_by_id() -> None:
    assert both({5: 0.5, 2: 0.5, 9: 0.5}, {}).ids.tolist() == [2, 5, 9]
