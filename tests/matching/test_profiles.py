"""Profiles of many documents against items."""

import numpy as np
import pytest

from matching import affinity
from matching.encoder import HashingEncoder, Vectors


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


def test_whoever_writes_of_it_is_nearest(encoder: HashingEncoder) -> None:
    profiles = [["batteries of electric cars", "fast charging"], ["rice and flood"], []]
    found = affinity(profiles, ["charging batteries fast", "flood resistant rice"], encoder)
    assert found.shape == (3, 2)
    assert found.argmax(axis=0).tolist() == [0, 1]
    assert found[2].tolist() == [-1, -1]


def test_one_subject_among_many_is_enough_and_a_longer_list_is_no_better(encoder: HashingEncoder) -> None:
    subject = ["salt spray chamber one", "salt spray chamber two", "salt spray chamber three"]
    other = [f"{word} garden" for word in ("herb", "tea", "rose", "moss", "fern", "vine")]
    narrow, broad = affinity([subject, subject + other], ["salt spray chamber"], encoder)[:, 0]
    assert narrow == pytest.approx(broad, abs=1e-6)


def test_a_single_chance_hit_counts_for_less(encoder: HashingEncoder) -> None:
    steady = ["salt spray tests of sensors", "salt spray and corrosion", "spray of salt on steel"]
    lucky = ["salt spray tests of sensors", "tax law", "poems"]
    found = affinity([steady, lucky], ["salt spray tests"], encoder)[:, 0]
    assert found[0] > found[1]


def test_the_order_of_profiles_documents_and_items_does_not_matter(encoder: HashingEncoder) -> None:
    profiles = [["a clean room", "vacuum"], ["rice", "a clean room"], ["tea", "herbs", "roses", "moss"]]
    items = ["clean rooms", "herbs and tea"]
    found = affinity(profiles, items, encoder)
    turned = affinity([each[::-1] for each in profiles[::-1]], items[::-1], encoder)
    np.testing.assert_allclose(found, turned[::-1, ::-1], atol=1e-6)


def test_each_document_is_encoded_once(encoder: HashingEncoder) -> None:
    given: list[str] = []

    class Counting(HashingEncoder):
        def encode(self, texts: list[str]) -> Vectors:
            given.extend(texts)
            return super().encode(texts)

    affinity([["one", "two"], ["two", "three"]], ["four"], Counting())
    assert sorted(given) == ["four", "one", "three", "two"]


def test_nothing_to_compare(encoder: HashingEncoder) -> None:
    assert affinity([], ["x"], encoder).shape == (0, 1)
    assert affinity([["x"]], [], encoder).shape == (1, 0)
    assert affinity([[]], ["x"], encoder).tolist() == [[-1.0]]
