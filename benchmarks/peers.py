"""'Encode the question, filter by a field, return the ten best with their records': this project and six libraries.

    python -m benchmarks.peers --work FOLDER [--texts 10000] [--stores …] [--questions 200]

Two comparisons. *Same encoder*: every store gets its vector from this project's encoder, and the time that it takes is
subtracted: what is left is the store. *As installed*: every library encodes as is usual with it, by
sentence-transformers with the same model; this project with its own int8 graph. Each store runs in a process of its own
that is given one thread of BLAS, torch and ONNX Runtime; one client, then eight in threads. The texts are made by
joining clauses of the starter registry. The libraries must be installed (not part of this project's environment):
txtai, chromadb, lancedb, qdrant-client, haystack-ai, langchain-core, sentence-transformers. Prints rows of
docs/benchmarks.md.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np

from benchmarks.stores import STORES, Encode, Vectors
from matching.encoder import DEFAULT_FOLDER, OnnxEncoder
from matching.words import spans

KINDS = ("institute", "enterprise", "partner", "centre")
REGISTRY = Path("network/data")
CLIENTS = 8


def made_texts(number: int, draw: random.Random) -> list[str]:
    """Each has two thirds of the clauses of a text of the registry and the rest from others, so that subjects recur."""
    known = [spans(text) for path in sorted(REGISTRY.rglob("*.json*")) for text in _strings(path)]
    known = [clauses for clauses in known if len(clauses) >= 2]
    others = sorted({clause for clauses in known for clause in clauses})
    texts = []
    for _ in range(number):
        kept = draw.choice(known)[:5]
        chosen = draw.sample(kept, -(-2 * len(kept) // 3)) + draw.sample(others, max(1, len(kept) // 3))
        draw.shuffle(chosen)
        texts.append(" ".join(chosen))
    return texts


def _strings(path: Path) -> list[str]:
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, str) and len(value.split()) > 8:
            found.append(value)
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(each)

    text = path.read_text(encoding="utf-8")
    for part in text.splitlines() if path.suffix == ".jsonl" else [text]:
        walk(json.loads(part) if part.strip() else None)
    return found


def made_questions(number: int, texts: list[str], draw: random.Random) -> list[str]:
    """Of about ten words."""
    return [" ".join(draw.choice(texts).split()[:10]) for _ in range(number)]


def vectors_of(texts: list[str], work: Path) -> Vectors:
    """Encoded once and kept."""
    path = work / f"vectors-{len(texts)}.npy"
    if not path.exists():
        encoder = OnnxEncoder(DEFAULT_FOLDER)
        with ThreadPoolExecutor(2) as pool:
            parts = list(pool.map(encoder.encode, [texts[i : i + 500] for i in range(0, len(texts), 500)]))
        np.save(path, np.concatenate(parts))
    found: Vectors = np.load(path)
    return found


def our_way() -> Encode:
    encoder = OnnxEncoder(DEFAULT_FOLDER, threads=1)
    return lambda text: encoder.encode([text])[0]


def usual_way() -> Encode:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(str(DEFAULT_FOLDER), device="cpu")
    return lambda text: np.asarray(model.encode([text], show_progress_bar=False)[0], dtype=np.float32)


def timed(ask: Callable[[str], object], questions: list[str]) -> list[float]:
    times = []
    for question in questions:
        begun = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - begun) * 1000)
    return times


def run_one(name: str, way: str, options: argparse.Namespace) -> dict[str, float]:
    """In a process of its own."""
    draw = random.Random(1)
    texts = made_texts(options.texts, draw)
    questions = made_questions(2 * options.questions + 20, texts, draw)  # none twice: vectors are remembered
    kinds = [KINDS[i % len(KINDS)] for i in range(len(texts))]
    encode = our_way() if way == "same" or name == "this project" else usual_way()
    store = STORES[name](texts, vectors_of(texts, options.work), kinds, encode, options.work)
    del texts
    ask = lambda question: store.ask(question, KINDS[0])  # noqa: E731
    found = [len(ask(question)) for question in questions[:20]]
    if min(found) < 10:
        raise SystemExit(f"{name} found {min(found)} records instead of ten")
    first, second = questions[20:][: options.questions], questions[20:][options.questions :]
    alone = timed(ask, first)
    encoding = timed(encode, first)
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, second))
    throughput = options.questions / (time.perf_counter() - begun)
    return {
        "p50": statistics.median(alone),
        "p95": sorted(alone)[int(len(alone) * 0.95)],
        "overhead": statistics.median(a - b for a, b in zip(alone, encoding, strict=True)),
        "throughput": throughput,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for vectors and databases")
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--stores", nargs="*", choices=STORES, default=list(STORES))
    parser.add_argument("--ways", nargs="*", choices=("same", "installed"), default=["same", "installed"])
    parser.add_argument("--one", nargs=2, metavar=("STORE", "WAY"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.one:
        return print(json.dumps(run_one(*options.one, options)))
    vectors_of(made_texts(options.texts, random.Random(1)), options.work)
    for way, title in (("same", "Same encoder"), ("installed", "As installed")):
        if way not in options.ways:
            continue
        print(f"\n| {title}, {options.texts:,} texts | p50 | p95 | beyond encoding | 8 clients | memory |")
        print("|---|---|---|---|---|---|")
        for name in options.stores:
            command = [sys.executable, "-m", "benchmarks.peers", "--work", str(options.work), "--one", name, way]
            command += ["--texts", str(options.texts), "--questions", str(options.questions)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"| {name} | failed: {done.stderr.strip().splitlines()[-1:]} |", flush=True)
                continue
            row = json.loads(done.stdout.strip().splitlines()[-1])
            print(
                f"| {name} | {row['p50']:.1f} ms | {row['p95']:.1f} | {row['overhead']:.1f} | "
                f"{row['throughput']:.0f} a second | {row['memory']:.0f} MB |",
                flush=True,
            )


if __name__ == "__main__":
    main()
