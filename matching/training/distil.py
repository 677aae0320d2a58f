"""The training run: the student learns to put every wording of a meaning where the teacher puts its English.

The student reads the Vietnamese with, with few or without diacritics, with English words among it, with slips; or the
English. Loss of a step = 4 x (1 - cosine to the teacher's vector) + cross-entropy that picks the right teacher vector
out of those of the batch and of a few thousand others; for passages also that a sentence finds its passage. Every few
steps are spent on needs and offers (matching.training.network), so neither skill is forgotten.
"""

import math
import os
import random
import re
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from matching.training import network
from matching.training.corpus import (
    INTERFACE_SOURCES,
    Example,
    partly_without_diacritics,
    seeded,
    switch_codes,
    with_typing_noise,
    without_diacritics,
)
from matching.training.export_onnx import SentenceEncoder, load_model

# how often an example is shown in one pass; sources that are absent here: interface strings 0.4, all else 1
SHOWN = {
    "tatoeba": 3.0,
    "everyday": 4.0,
    "alt_wikinews": 2.0,
    "domain": 2.5,
    "d2l_vn": 1.2,
    "hf_course": 1.2,
    "ms_for_beginners": 0.7,
    "chromium_ui": 0.4,
    "home_assistant": 0.4,
    "matrix_element": 0.5,
    "cldr": 0.5,
    "osm_id": 0.5,
    "odoo_business": 0.5,
    "erpnext_frappe": 0.5,
    "libreoffice_help": 0.7,
}
CHUNK = 4096  # examples that are read, sorted by length and cut into batches together
BANK = 4096  # teacher vectors beside those of the batch
EARLIER_GROUPS = 16  # whose offers stay on as wrong answers to the needs of the next steps
TOO_ALIKE = 0.85  # teacher cosine from which another example is no wrong answer


@dataclass(frozen=True)
class Plan:
    """What a run is. A resumed run may change the number of steps; everything else has to stay."""

    steps: int
    seed: int = 1
    tokens: int = 4096
    longest: int = 256
    rate: float = 3e-4
    embedding_rate: float = 1e-3
    warm_up: int = 100
    last_rate: float = 0.03
    scale: float = 20.0
    contrast: float = 0.5
    inner: float = 0.3
    need_share: float = 0.15
    need_weight: float = 1.0


class Batch:
    """Token ids of texts of like length, the rows of their examples, and for passages one sentence of each."""

    def __init__(self, rows: list[int], ids: list[list[int]], sentences: list[list[int]] | None) -> None:
        self.rows, self.ids, self.sentences = rows, ids, sentences


def times_shown(source: str) -> float:
    if source.endswith(("_sentences", "_terms")):
        return SHOWN["domain"]
    if source.startswith("everyday"):
        return SHOWN["everyday"]
    return SHOWN.get(source, 0.4 if source in INTERFACE_SOURCES else 1.0)


def view(example: Example, terms: dict[str, str], rng: random.Random) -> str:
    """One wording of the example: English 30 %, without diacritics 22 %, else Vietnamese, some of it disturbed."""
    kind = rng.random()
    if kind < 0.30:
        return with_typing_noise(example.english, rng) if kind < 0.01 else example.english
    if kind < 0.52:
        bare = without_diacritics(example.vietnamese)
        return with_typing_noise(bare, rng) if kind < 0.32 else bare
    if kind < 0.56:
        return partly_without_diacritics(example.vietnamese, rng)
    if kind < 0.59:
        return switch_codes(example.vietnamese, terms, rng)
    return with_typing_noise(example.vietnamese, rng) if kind < 0.62 else example.vietnamese


def some_sentence(example: Example, rng: random.Random) -> str:
    """One sentence of a passage, in any wording."""
    english, vietnamese = (
        rng.choice([s for s in re.split(r"(?<=[.?!])\s+", side) if len(s) > 15] or [side])
        for side in (example.english, example.vietnamese)
    )
    return view(Example("", english, vietnamese), {}, rng)


def batches(
    examples: Sequence[Example], terms: dict[str, str], tokenizer: Tokenizer, plan: Plan, start: int
) -> Iterator[tuple[int, Batch]]:
    """Batches without end with the number of the chunk they are from, beginning with chunk `start`."""
    per_pass = sum(times_shown(e.source) for e in examples)
    chunks = max(1, round(per_pass / CHUNK))
    for number in range(start, 1 << 60):
        turn, part = divmod(number, chunks)
        rng = seeded(plan.seed, "pass", turn)
        shown = [i for i, e in enumerate(examples) for _ in range(int(times_shown(e.source) + rng.random()))]
        rng.shuffle(shown)
        rows = shown[part::chunks]
        rng = seeded(plan.seed, "chunk", number)
        ids = [e.ids for e in tokenizer.encode_batch([view(examples[i], terms, rng) for i in rows])]
        order = sorted(range(len(rows)), key=lambda k: len(ids[k]))
        cut = []
        while order:
            size = max(8, plan.tokens // len(ids[order[-1]]))
            size = min(size, 384)
            chosen, order = order[-size:], order[:-size]
            inner = None
            if len(ids[chosen[0]]) > 60 and all(examples[rows[k]].source.endswith("+") for k in chosen[:4]):
                texts = [some_sentence(examples[rows[k]], rng) for k in chosen]
                inner = [e.ids[:80] for e in tokenizer.encode_batch(texts)]
            cut.append(Batch([rows[k] for k in chosen], [ids[k] for k in chosen], inner))
        rng.shuffle(cut)
        for batch in cut:
            yield number, batch


def padded(ids: Sequence[Sequence[int]], device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and mask, one row per text."""
    longest = max(map(len, ids))
    rows = torch.tensor([[*row, *[0] * (longest - len(row))] for row in ids], device=device)
    lengths = torch.tensor([len(row) for row in ids], device=device)
    return rows, (torch.arange(longest, device=device) < lengths[:, None]).long()


def distil_loss(rows: torch.Tensor, targets: torch.Tensor, bank: torch.Tensor, plan: Plan) -> torch.Tensor:
    """Cosine to the teacher, and the right teacher vector among many."""
    agreement = (rows * targets).sum(1)
    others = torch.cat([targets, bank])
    alike = targets @ others.T > TOO_ALIKE
    logits = (rows @ others.T).masked_fill(alike, -1.0) * plan.scale
    right = agreement * plan.scale
    cross = torch.logaddexp(right, logits.logsumexp(1)) - right
    return 4 * (1 - agreement).mean() + plan.contrast * cross.mean()


class Run:
    """One training run in a folder; `train` goes on where the folder stands."""

    def __init__(
        self,
        start: Path,
        folder: Path,
        examples: Sequence[Example],
        vectors: NDArray[np.float16],
        needs: Sequence[network.Group],
        plan: Plan,
        device: str,
        compiled: bool = False,
    ) -> None:
        """`compiled` fuses operations: some minutes slower to start, then faster; it needs a C++ compiler on a CPU."""
        self.folder, self.examples, self.plan, self.device = folder, examples, plan, device
        self.needs = needs
        self.vectors = torch.from_numpy(vectors)
        torch.manual_seed(plan.seed)
        self.model: SentenceEncoder = load_model(start, "sdpa" if device != "cpu" else "eager").to(device)
        self.forward = torch.compile(self.model, dynamic=True) if compiled else self.model
        self.tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
        self.tokenizer.enable_truncation(plan.longest)
        self.tokenizer.no_padding()
        short = [e for e in examples if e.source.endswith("_terms") and len(e.vietnamese.split()) <= 4]
        self.terms = {e.vietnamese.lower(): e.english for e in short}
        embeddings = [p for n, p in self.model.named_parameters() if "word_embeddings" in n]
        rest = [p for n, p in self.model.named_parameters() if "word_embeddings" not in n]
        groups = [{"params": rest, "base": plan.rate}, {"params": embeddings, "base": plan.embedding_rate}]
        self.optimizer = torch.optim.AdamW(groups, lr=plan.rate, weight_decay=0.01, fused=True)
        self.step, self.chunk, self.shown = 0, 0, 0
        self.stopping = False
        self.earlier_offers: list[tuple[int, torch.Tensor]] = []  # (group, vectors), the newest last
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "state.pt").exists():
            self._restore(torch.load(folder / "state.pt", map_location=device, weights_only=True))

    def train(self, report_every: int = 50, save_minutes: float = 4.0) -> None:
        """All remaining steps, with a line every `report_every` steps and a checkpoint every `save_minutes`.

        The signal to terminate lets the step finish, saves and returns.
        """
        signal.signal(signal.SIGTERM, self._stop)
        stream = batches(self.examples, self.terms, self.tokenizer, self.plan, self.chunk)
        started = saved = time.monotonic()
        first, shown = self.step, self.shown
        sums: dict[str, list[float]] = {}
        while self.step < self.plan.steps and not self.stopping:
            rng = seeded(self.plan.seed, "step", self.step)
            self._set_rates()
            if self.needs and rng.random() < self.plan.need_share:
                kind, loss = "need", self._need_step(rng)
            else:
                self.chunk, batch = next(stream)
                kind, loss = ("passage" if batch.sentences else "text"), self._text_step(batch, rng)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
            self.step += 1
            sums.setdefault(kind, []).append(loss.item())
            if self.step % report_every == 0:
                seconds = time.monotonic() - started
                left = seconds / (self.step - first) * (self.plan.steps - self.step) / 60
                means = " ".join(f"{name} {np.mean(values):.3f}" for name, values in sorted(sums.items()))
                print(
                    f"step {self.step:,} of {self.plan.steps:,} chunk {self.chunk} {means} "
                    f"{(self.shown - shown) / seconds:.0f} texts/s, {left:.0f} min left",
                    flush=True,
                )
                sums = {}
            if time.monotonic() - saved > save_minutes * 60:
                self.save()
                saved = time.monotonic()
        self.save()

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def save(self) -> None:
        """A checkpoint that replaces the last one whole."""
        state: dict[str, Any] = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "chunk": self.chunk,
            "shown": self.shown,
        }
        torch.save(state, self.folder / "state.tmp")
        os.replace(self.folder / "state.tmp", self.folder / "state.pt")

    def _restore(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.chunk, self.shown = state["step"], state["chunk"] + 1, state["shown"]
        print(f"resumed at step {self.step:,}", flush=True)

    def _encode(self, ids: Sequence[Sequence[int]]) -> torch.Tensor:
        self.shown += len(ids)
        rows, mask = padded(ids, self.device)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16):
            vectors: torch.Tensor = self.forward(rows, mask)
        return vectors.float()

    def _text_step(self, batch: Batch, rng: random.Random) -> torch.Tensor:
        rows = self._encode(batch.ids)
        targets = self._targets(batch.rows)
        bank = self._targets([rng.randrange(len(self.vectors)) for _ in range(BANK)])
        loss = distil_loss(rows, targets, bank, self.plan)
        if batch.sentences:
            sentences = self._encode(batch.sentences)
            others = torch.cat([rows, bank])
            alike = targets @ torch.cat([targets, bank]).T > 0.7
            right = (sentences * rows).sum(1) * self.plan.scale
            wrong = (sentences @ others.T).masked_fill(alike, -1.0) * self.plan.scale
            loss = loss + self.plan.inner * (torch.logaddexp(right, wrong.logsumexp(1)) - right).mean()
        return loss

    def _need_step(self, rng: random.Random) -> torch.Tensor:
        chosen = rng.sample(range(len(self.needs)), min(2, len(self.needs)))
        asked, offered, grades = network.sample([self.needs[i] for i in chosen], rng, 20)
        needs = self._encode([e.ids[:160] for e in self.tokenizer.encode_batch(asked)])
        offers = self._encode([e.ids for e in self.tokenizer.encode_batch(offered)])
        others = [rows for group, rows in self.earlier_offers if group not in chosen]
        cosines = needs @ torch.cat([offers, *others]).T
        unknown = grades.new_full((len(asked), sum(map(len, others))), -1)
        loss = network.ranking_loss(cosines, torch.cat([grades, unknown], dim=1).to(self.device), self.plan.scale)
        parts = offers.detach().split([len(self.needs[i].offers) for i in chosen])
        self.earlier_offers = [*self.earlier_offers, *zip(chosen, parts, strict=True)][-EARLIER_GROUPS:]
        return self.plan.need_weight * loss

    def _targets(self, rows: Sequence[int]) -> torch.Tensor:
        return torch.nn.functional.normalize(self.vectors[rows].float().to(self.device), dim=1)

    def _set_rates(self) -> None:
        plan = self.plan
        warm = min(1.0, (self.step + 1) / plan.warm_up)
        turn = 0.5 * (1 + math.cos(math.pi * min(1.0, self.step / plan.steps)))
        for group in self.optimizer.param_groups:
            group["lr"] = group["base"] * warm * (plan.last_rate + (1 - plan.last_rate) * turn)
