"""Teacher vectors: what an English sentence encoder says about the English side, computed once and kept as float16."""

import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from matching.training.export_onnx import SentenceEncoder, load_model, load_tokenizer

MOST_TOKENS = 256  # the teacher was trained on no more
BLOCK = 8192  # texts between two reports; the file grows block by block, so a stopped run goes on


def encode_sorted(
    model: SentenceEncoder,
    tokenizer_folder: Path,
    texts: list[str],
    tokens: int,
    precision: torch.dtype = torch.bfloat16,
) -> NDArray[np.float32]:
    """Unit rows in the order of `texts`, batches of like length with about `tokens` tokens each."""
    tokenizer = load_tokenizer(tokenizer_folder, MOST_TOKENS)
    device = next(model.parameters()).device
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    rows = np.empty((len(texts), model.bert.config.hidden_size), dtype=np.float32)
    start = 0
    while start < len(order):
        longest = len(texts[order[min(start + 256, len(order) - 1)]]) // 3 + 8
        batch = order[start : start + max(8, tokens // min(longest, MOST_TOKENS))]
        encodings = tokenizer.encode_batch([texts[i] for i in batch])
        ids = torch.tensor([e.ids for e in encodings], device=device)
        mask = torch.tensor([e.attention_mask for e in encodings], device=device)
        with torch.inference_mode(), torch.autocast(device.type, precision, enabled=precision != torch.float32):
            rows[batch] = model(ids, mask).float().cpu().numpy()
        start += len(batch)
    return rows


def teacher_vectors(folder: Path, texts: list[str], target: Path, device: str) -> NDArray[np.float16]:
    """The vectors of `texts`, read from `target` as far as it goes and computed and appended from there."""
    model = load_model(folder).to(device)
    width = model.bert.config.hidden_size
    done = target.stat().st_size // (2 * width) if target.exists() else 0
    started, first = time.monotonic(), done
    with target.open("r+b" if done else "wb") as file:
        file.truncate(done * 2 * width)
        file.seek(0, 2)
        while done < len(texts):
            block = texts[done : done + BLOCK]
            file.write(encode_sorted(model, folder, block, 8192).astype(np.float16).tobytes())
            file.flush()
            done += len(block)
            rate = (done - first) / (time.monotonic() - started)
            print(f"teacher: {done:,} of {len(texts):,} texts, {rate:.0f} a second", flush=True)
    return np.fromfile(target, dtype=np.float16).reshape(-1, width)[: len(texts)]
