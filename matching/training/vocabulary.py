"""Widens a WordPiece vocabulary with Vietnamese, and gives every new piece a first vector that already means something.

Three kinds of pieces are added: the syllables of the Vietnamese side; accented letters, so that no word is unknown; and
the syllables as typed without diacritics, which would otherwise fall into meaningless English fragments.
"""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from matching.training.corpus import WORD, Example, without_diacritics

LEAST_COUNT = 5  # a rarer syllable is a name or a slip
LETTERS = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
NORMALIZER = {
    "type": "Sequence",
    "normalizers": [
        {"type": "NFC"},
        {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": False,
            "lowercase": True,
        },
    ],
}
WEIGHTS = "embeddings.word_embeddings.weight"


def widen(source: Path, examples: Sequence[Example], target: Path) -> int:
    """Write the folder `target`: the model of `source` with new pieces. Returns how many there are."""
    rules: dict[str, Any] = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    pieces: dict[str, int] = rules["model"]["vocab"]
    (file,) = source.glob("*.safetensors")
    state = {name: value.float() for name, value in load_file(file).items() if not name.startswith("pooler.")}
    state.pop("embeddings.position_ids", None)
    old = Tokenizer.from_file(str(source / "tokenizer.json"))
    rows = state[WEIGHTS]
    added: dict[str, torch.Tensor] = {}

    counts = Counter(word for example in examples for word in WORD.findall(example.vietnamese.lower()))
    frequent = {word: count for word, count in counts.items() if count >= LEAST_COUNT}
    accented = [word for word in frequent if word != without_diacritics(word) and word not in pieces]
    added.update(translated_rows(accented, examples, old, rows))
    for letter in LETTERS:
        for piece in (letter, "##" + letter):
            if piece not in pieces:
                added[piece] = rows[pieces[piece[:-1] + without_diacritics(letter)]]

    origins: dict[str, list[str]] = {}
    for word in frequent:
        if (bare := without_diacritics(word)) != word and bare not in pieces:
            origins.setdefault(bare, []).append(word)
    for bare, words in origins.items():
        known = [word for word in words if word in added or word in pieces]
        if known:
            shares = torch.tensor([float(frequent[word]) for word in known])
            vectors = torch.stack([added[word] if word in added else rows[pieces[word]] for word in known])
            added[bare] = (shares / shares.sum()) @ vectors

    for piece in added:
        pieces[piece] = len(pieces)
    state[WEIGHTS] = torch.cat([rows, torch.stack(list(added.values()))]) if added else rows
    rules["normalizer"], rules["truncation"], rules["padding"] = NORMALIZER, None, None
    config = json.loads((source / "config.json").read_text(encoding="utf-8")) | {"vocab_size": len(pieces)}
    target.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in state.items()}, target / "model.safetensors")
    (target / "tokenizer.json").write_text(json.dumps(rules, ensure_ascii=False), encoding="utf-8")
    (target / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return len(added)


def translated_rows(
    words: Sequence[str], examples: Sequence[Example], tokenizer: Tokenizer, rows: torch.Tensor, best: int = 6
) -> dict[str, torch.Tensor]:
    """For each word the mean of the `best` English pieces that keep it company, weighted by their squared Dice."""
    wanted = set(words)
    pairs: dict[str, Counter[int]] = {word: Counter() for word in words}
    seen: Counter[str] = Counter()
    pieces: Counter[int] = Counter()
    for example in examples if wanted else ():
        english = set(tokenizer.encode(example.english, add_special_tokens=False).ids)
        pieces.update(english)
        for word in wanted.intersection(WORD.findall(example.vietnamese.lower())):
            seen[word] += 1
            pairs[word].update(english)
    result = {}
    for word in words:
        dice = {piece: 2 * n / (seen[word] + pieces[piece]) for piece, n in pairs[word].items()}
        company = sorted(dice, key=lambda piece: dice[piece], reverse=True)[:best]
        if company:
            weights = torch.tensor([dice[piece] ** 2 for piece in company])
            result[word] = (weights / weights.sum()) @ rows[company]
    return result
