"""The index at 10,000 to 1,000,000 entries: what is missed, how long it takes, what each process holds.

    python -m benchmarks.index_size --work FOLDER [--numbers 10000 100000 1000000] [--questions 100]

FOLDER holds `vectors-N.npy` from benchmarks.peers, whose texts the questions are about; larger numbers are made from
the largest file by moving each vector a little (cosine .8 to its origin) in a random direction, and texts repeat every
10,000. Recall@10 is against comparing all. The flat scan is compared with reading the same bytes once (numpy sum of
float32, one thread). The index is then saved; two processes open the file and each answers all questions (both legs, a
quarter admitted): *alone* is what each of the two holds that the other does not (USS), less what a process holds that
has loaded the same libraries only; *together* counts what they share half (PSS). Prints rows of docs/benchmarks.md.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import KINDS, made_questions, made_texts
from matching import vectors
from matching.encoder import DEFAULT_FOLDER, OnnxEncoder
from matching.questions import Query
from matching.saved import SavedIndex
from matching.segments import Segment
from matching.snapshot import Snapshot
from matching.store import Change
from matching.vectors import VectorStore
from models.types import OrganisationKind, SubjectKind

MOVED = 0.75  # length of the random step beside a unit vector: cosine .8
TEXTS = 10_000
QUARTER = frozenset({OrganisationKind(KINDS[0])})


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


def segment(everything: NDArray[np.float32], texts: list[str]) -> Segment:
    """Entries 1 to n, one vector each; made once from the texts and then repeated under other keys."""

    def changes() -> Iterator[Change]:
        for n, text in enumerate(texts[: len(everything)], start=1):
            facts = {"organisation_id": n, "organisation_kind": KINDS[n % len(KINDS)], "visibility": "public"}
            yield Change(n, SubjectKind.ORGANISATION, n, False, f"{n:064x}", [text], facts, everything[n - 1 : n])

    first = Segment.of(changes())
    repeated = [replace(first, keys=first.keys + at) for at in range(0, len(everything), len(first))]
    joined = Segment.joined([(each, np.ones(len(each), dtype=bool)) for each in repeated]) if repeated[1:] else first
    return replace(joined, vectors=VectorStore.of(everything))


def milliseconds(times: list[float]) -> str:
    return f"{statistics.median(times) * 1000:.2f}"


def measure(number: int, work: Path, questions: NDArray[np.float32], texts: list[str]) -> str:
    everything = rows(number, work)
    begun = time.perf_counter()
    store = VectorStore.of(everything)
    built = time.perf_counter() - begun
    cells = []
    for mask in (np.ones(number, dtype=bool), np.arange(number) % 4 == 0):
        bits, times, hits = np.packbits(mask, bitorder="little"), [], 0
        for question in questions:
            scores = np.where(mask, everything @ question, -1)
            exact = set(np.argpartition(-scores, 10)[:10].tolist())
            begun = time.perf_counter()
            found = store.nearest(question, 100, bits)
            times.append(time.perf_counter() - begun)
            hits += len(exact & set(found[:10].tolist()))
        cells.append(f"{hits / 10 / len(questions):.4f} | {milliseconds(times)} ms")
    reading, scanning = [], []
    everyone, flat = everything.reshape(-1), replace(store, codes=store.codes[:0])
    for question in questions[:30]:
        begun = time.perf_counter()
        everyone.sum(dtype=np.float32)
        reading.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        flat.nearest(question, 10, bits | 255)
        scanning.append(time.perf_counter() - begun)
    ratio = statistics.median(scanning) / statistics.median(reading)
    file = SavedIndex(work, f"benchmark {number}")
    file.write(segment(everything, texts), number)
    size = file.path.stat().st_size / 1024**2
    command = [sys.executable, "-m", "benchmarks.index_size", "--work", str(work), "--worker", str(number)]
    del everything, everyone, flat, store
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [worker.stdout.readline() for worker in workers]  # type: ignore[union-attr]
    memory = [worker.communicate("now\n")[0].split() for worker in workers if answers]
    file.path.unlink()
    return (
        f"| {number:,} | {cells[0]} | {cells[1]} | {milliseconds(scanning)} ms | {ratio:.2f} | {built:.1f} s | "
        f"{' | '.join(answers[0].strip().split(','))} | {size:.0f} MB | {memory[0][0]} MB | {memory[0][1]} MB |"
    )


def work_alone(number: int, work: Path) -> None:
    """One of the two processes: says how quickly it opened the file and answered, then, when told to, what it holds."""
    questions, texts = np.load(work / "questions.npy"), (work / "questions.txt").read_text().splitlines()
    vectors._faiss()
    bare = held()[0]
    begun = time.perf_counter()
    found = SavedIndex(work, f"benchmark {number}").read()
    assert found is not None
    snapshot, opened = Snapshot.of(*found), time.perf_counter() - begun
    times = []
    for text, question in zip(texts, questions, strict=True):
        begun = time.perf_counter()
        snapshot.search(Query(text, organisation_kinds=QUARTER), question)
        times.append(time.perf_counter() - begun)
    print(f"{opened:.1f} s,{milliseconds(times)} ms", flush=True)
    sys.stdin.readline()
    alone, together = held()
    print(alone - bare, together - bare, flush=True)


def held() -> tuple[int, int]:
    """USS and PSS of this process in MB."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {name: int(value.split()[0]) for name, value in (line.split(":") for line in lines)}
    own = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return own // 1024, kilobytes["Pss"] // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--numbers", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return work_alone(options.worker, options.work)
    draw = random.Random(1)
    texts = made_texts(TEXTS, draw)
    asked = made_questions(options.questions, texts, draw)
    questions = OnnxEncoder(DEFAULT_FOLDER).encode(asked)
    np.save(options.work / "questions.npy", questions)
    (options.work / "questions.txt").write_text("\n".join(asked))
    print(
        "| entries | recall@10, all | time | recall@10, a quarter | time | flat scan | to reading | signs made | "
        "file opened | both legs | file | alone | together |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for number in options.numbers:
        print(measure(number, options.work, questions, texts), flush=True)


if __name__ == "__main__":
    main()
