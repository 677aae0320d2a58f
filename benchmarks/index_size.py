"""Nearest vectors at 10,000 to 1,000,000: what is missed, how long it takes, against the memory's own speed.

    python -m benchmarks.index_size --work FOLDER [--numbers 10000 100000 1000000] [--questions 200]

FOLDER holds `vectors-N.npy` from benchmarks.peers, whose texts the questions are about; larger numbers are made from
the largest file by moving each vector a little (cosine .8 to its origin) in a random direction. Recall@10 is against
comparing all. The flat scan is compared with reading the same bytes once (numpy sum of float32, one thread). Prints
rows of docs/benchmarks.md.
"""

import argparse
import os
import random
import resource
import statistics
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import made_questions, made_texts
from matching import vectors
from matching.encoder import DEFAULT_FOLDER, OnnxEncoder

MOVED = 0.75  # length of the random step beside a unit vector: cosine .8


def rows(number: int, work: Path) -> NDArray[np.float32]:
    if (path := work / f"vectors-{number}.npy").exists():
        found: NDArray[np.float32] = np.load(path)
        return found
    largest = max(work.glob("vectors-*.npy"), key=lambda path: path.stat().st_size)
    known, rng = np.load(largest), np.random.default_rng(number)
    made = np.empty((number, known.shape[1]), dtype=np.float32)
    for start in range(0, number, 50_000):
        part = known[rng.integers(len(known), size=min(50_000, number - start))]
        step = rng.normal(size=part.shape).astype(np.float32)
        part = part + MOVED * step / np.linalg.norm(step, axis=1, keepdims=True)
        made[start : start + len(part)] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return made


def milliseconds(times: list[float]) -> str:
    return f"{statistics.median(times) * 1000:.2f}"


def measure(number: int, work: Path, questions: NDArray[np.float32]) -> str:
    everything = rows(number, work)
    admitted = np.zeros(number + -number % 8, dtype=bool)
    admitted[:number] = np.arange(number) % 4 == 0
    masks = {"all": np.arange(len(admitted)) < number, "a quarter": admitted}
    store, numbers = vectors.VectorStore(everything.shape[1]), np.arange(number)
    begun = time.perf_counter()
    for start in range(0, number, 100_000):
        store.add(everything[start : start + 100_000], numbers[start : start + 100_000])
    built = time.perf_counter() - begun
    cells = []
    for mask in masks.values():
        bits, times, hits = np.packbits(mask, bitorder="little"), [], 0
        for question in questions:
            scores = np.where(mask[:number], everything @ question, -1)
            exact = set(np.argpartition(-scores, 10)[:10].tolist())
            begun = time.perf_counter()
            found = store.nearest(question, 100, bits)
            times.append(time.perf_counter() - begun)
            hits += len(exact & set(found[:10].tolist()))
        cells.append(f"{hits / 10 / len(questions):.4f} | {milliseconds(times)} ms")
    reading, scanning = [], []
    flat, everyone = vectors._faiss().IndexFlatIP(everything.shape[1]), everything.reshape(-1)
    flat.add(everything)
    for question in questions[:30]:
        begun = time.perf_counter()
        everyone.sum(dtype=np.float32)
        reading.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        flat.search(question[None], 10)
        scanning.append(time.perf_counter() - begun)
    ratio = statistics.median(scanning) / statistics.median(reading)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"| {number:,} | {cells[0]} | {cells[1]} | {milliseconds(scanning)} ms | {ratio:.2f} | {built:.1f} s | "
        f"{memory:.0f} MB |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--numbers", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--questions", type=int, default=200)
    options = parser.parse_args()
    draw = random.Random(1)
    asked = made_questions(options.questions, made_texts(10_000, draw), draw)
    questions = OnnxEncoder(DEFAULT_FOLDER).encode(asked)
    print(
        "| vectors | recall@10, all | time | recall@10, a quarter | time | flat scan | to reading | built | process |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for number in options.numbers:
        print(measure(number, options.work, questions), flush=True)


if __name__ == "__main__":
    main()
