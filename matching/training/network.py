"""Needs and offers: the last step from 'says the same' to 'can help'; and questions and the passages that answer them.

A need speaks of the trouble, an offer of the service; they share meaning and few words. Files are TSV, see `load`.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from matching.training.corpus import partly_without_diacritics, with_typing_noise, without_diacritics

GRADE_WEIGHTS = {2: 1.0, 1: 0.4}
HELD_OUT = frozenset({"F1", "G1", "H1", "I1", "J1"})  # groups of data/questions_dev, never trained on


@dataclass(frozen=True)
class Offer:
    """Title and text by language."""

    id: str
    kind: str
    titles: dict[str, str]
    texts: dict[str, str]

    def whole(self, language: str) -> str:
        return f"{self.titles[language]} {self.texts[language]}"


@dataclass(frozen=True)
class Need:
    """Texts by language (one is enough) and the grades of the offers that help."""

    texts: dict[str, str]
    grades: dict[str, int]


@dataclass
class Group:
    """One sector. Within it an offer that a need does not name is a wrong answer to it."""

    offers: list[Offer] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)


def load(folders: Sequence[Path]) -> list[Group]:
    """All `*offers*.tsv` (id, kind, title_en, title_vi, text_en, text_vi) and `*needs*.tsv` of the folders.

    `*passages*.tsv` are read as offers and `*questions*.tsv` as needs.

    Needs have the columns id, lang, text, relevant, or id, lang, text_vi, text_en, relevant; `relevant` is
    `ID:grade,…`. What stands before the hyphen of an id names its group; those of HELD_OUT are left out.
    """
    groups: dict[tuple[Path, str], Group] = {}
    for folder in folders:
        for path in sorted([*folder.glob("*offers*.tsv"), *folder.glob("*passages*.tsv")]):
            for identity, kind, title_en, title_vi, text_en, text_vi in _rows(path, 6):
                offer = Offer(identity, kind, {"en": title_en, "vi": title_vi}, {"en": text_en, "vi": text_vi})
                groups.setdefault((folder, identity.split("-")[0]), Group()).offers.append(offer)
        for path in sorted([*folder.glob("*needs*.tsv"), *folder.glob("*questions*.tsv")]):
            for identity, language, *texts, relevant in _rows(path, 4):
                grades = {k: int(v) for k, _, v in (part.strip().partition(":") for part in relevant.split(",")) if k}
                sides = dict(zip(("vi", "en"), texts, strict=True)) if len(texts) == 2 else {language: texts[0]}
                groups.setdefault((folder, identity.split("-")[0]), Group()).needs.append(Need(sides, grades))
    trained_on = (group for (_, name), group in groups.items() if name not in HELD_OUT)
    return [group for group in trained_on if group.offers and group.needs]


def need_text(need: Need, rng: random.Random) -> str:
    """One way in which the need may be typed."""
    language = rng.choice(sorted(need.texts))
    text = need.texts[language]
    kind = rng.random()
    if language == "vi" and kind < 0.4:
        return without_diacritics(text)
    if language == "vi" and kind < 0.46:
        return partly_without_diacritics(text, rng)
    return with_typing_noise(text, rng) if kind > 0.93 else text


def offer_text(offer: Offer, rng: random.Random) -> str:
    """One way in which the offer may be written: with or without title, either language, seldom without diacritics."""
    language = rng.choice(("en", "vi"))
    untitled = 0.7 if offer.kind == "passage" else 0.25
    whole = offer.texts[language] if rng.random() < untitled else offer.whole(language)
    return without_diacritics(whole) if language == "vi" and rng.random() < 0.12 else whole


def sample(groups: Sequence[Group], rng: random.Random, needs: int) -> tuple[list[str], list[str], torch.Tensor]:
    """Texts of `needs` needs per group and of all its offers, and the grades; -1 marks pairs across groups."""
    asked, offered = [], []
    blocks = []
    for group in groups:
        chosen = rng.sample(group.needs, min(needs, len(group.needs)))
        asked += [need_text(need, rng) for need in chosen]
        offered += [offer_text(offer, rng) for offer in group.offers]
        blocks.append(torch.tensor([[need.grades.get(o.id, 0) for o in group.offers] for need in chosen]))
    grades = torch.block_diag(*(block + 1 for block in blocks)) - 1
    return asked, offered, grades


def ranking_loss(cosines: torch.Tensor, grades: torch.Tensor, scale: float) -> torch.Tensor:
    """Each helping offer against all worse ones, by grade; and each against the needs of others.

    An offer of another group counts as worse only while it scores below the best right answer: nobody has labelled it.
    """
    best = cosines.detach().masked_fill(grades <= 0, -1).amax(1, keepdim=True)
    doubtful = (grades < 0) & (cosines.detach() > best - 0.05)
    loss, weight = cosines.new_zeros(()), 0.0
    logits = cosines * scale
    for grade, worth in GRADE_WEIGHTS.items():
        rows, columns = torch.nonzero(grades == grade, as_tuple=True)
        if not len(rows):
            continue
        right = logits[rows, columns]
        wrong = logits[rows].masked_fill((grades[rows] >= grade) | doubtful[rows], -torch.inf)
        loss = loss + worth * (torch.logaddexp(right, wrong.logsumexp(1)) - right).sum()
        other = logits[:, columns].T.masked_fill((grades[:, columns].T > 0) | doubtful[:, columns].T, -torch.inf)
        loss = loss + 0.5 * worth * (torch.logaddexp(right, other.logsumexp(1)) - right).sum()
        weight += 1.5 * worth * len(rows)
    return loss / max(weight, 1.0)


def _rows(path: Path, least: int) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [[value.strip() for value in line.split("\t")] for line in lines if line.strip()]
    return [row for row in rows if len(row) >= least and row[0] != "id"]
