"""Nearest vectors, all compared or found by their signs."""

import numpy as np
import pytest

from matching import vectors
from matching.vectors import VectorStore

DIMENSION = 384


@pytest.fixture
def few_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "CODED_FROM", 400)
    monkeypatch.setattr(vectors, "COMPARED", 400)


def unit(number: int, seed: int = 1) -> np.ndarray:
    """Vectors in the same heaps whatever the seed, as texts have their subjects."""
    rng = np.random.default_rng(seed)
    heaps = np.random.default_rng(0).normal(size=(20, DIMENSION)) * np.linspace(2, 0.2, DIMENSION)
    rows = heaps[rng.integers(20, size=number)] + 0.6 * rng.normal(size=(number, DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def bits(admitted: np.ndarray) -> np.ndarray:
    return np.packbits(admitted, bitorder="little")


def nearest(store: VectorStore, question: np.ndarray, admitted: np.ndarray, k: int = 10) -> list[int]:
    return [int(n) for n in store.nearest(question, k, bits(admitted))]


def exact(rows: np.ndarray, question: np.ndarray, admitted: np.ndarray, k: int = 10) -> list[int]:
    order = np.argsort(-(rows @ question), kind="stable")
    return [int(n) for n in order if admitted[n]][:k]


def test_a_small_store_is_exact() -> None:
    rows, everything = unit(300), np.ones(304, dtype=bool)
    store = VectorStore.of(rows)
    for question in unit(20, seed=2):
        assert nearest(store, question, everything) == exact(rows, question, everything)


@pytest.mark.parametrize("share", [1.0, 0.3, 0.02])
def test_signs_miss_next_to_nothing_whatever_the_filter_admits(few_compared: None, share: float) -> None:
    rows = unit(4000)
    store = VectorStore.of(rows)
    admitted = np.random.default_rng(3).random(4000) < share
    found = [set(nearest(store, q, admitted)) & set(exact(rows, q, admitted)) for q in unit(50, seed=2)]
    wanted = min(10, int(admitted.sum()))
    assert sum(map(len, found)) >= 0.97 * 50 * wanted


def test_answers_are_the_same_in_every_process(few_compared: None) -> None:
    answers = []
    for _ in range(2):
        store = VectorStore.of(unit(1000))
        answers.append([nearest(store, q, np.ones(1000, dtype=bool)) for q in unit(10, seed=5)])
    assert answers[0] == answers[1]


def test_fewer_admitted_than_asked_for_are_all_there_is() -> None:
    rows, admitted = unit(50), np.zeros(56, dtype=bool)
    admitted[[3, 7]] = True
    assert sorted(nearest(VectorStore.of(rows), rows[0], admitted)) == [3, 7]
    assert nearest(VectorStore.of(rows[:0]), rows[0], admitted[:0]) == []
