"""Turns a BertModel folder into the small int8 encoder that the site runs without torch.

    python -m matching.training.export_onnx MODEL_DIR OUT_DIR [--name NAME] [--max-tokens 256]

MODEL_DIR holds `config.json`, one `*.safetensors` file and `tokenizer.json`. OUT_DIR receives `model.int8.onnx`,
`tokenizer.json` and `encoder.json`. `matching.training.graph` says what the graph takes and gives.

Stops with an error, and leaves the files of OUT_DIR alone, when the graph and torch disagree on a sentence.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime import InferenceSession
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from matching.training.graph import encoder_graph

Graph = Callable[[NDArray[np.int64]], NDArray[np.float32]]

SAME_MEANING = 0.985  # least cosine of the graph to torch: what rounding to bytes may cost one sentence
SENTENCES = (
    "Cần phòng thử nghiệm pin xe điện.",
    "can phong thu nghiem pin xe dien",
    "We look for a laboratory that tests electric vehicle batteries to a national standard.",
    "Startup của chúng tôi làm cảm biến đo chất lượng nước cho ao nuôi tôm, cần một viện nghiên cứu cùng hiệu chuẩn.",
)


class SentenceEncoder(torch.nn.Module):  # type: ignore[misc]
    """Token vectors of `bert`, averaged under the mask and scaled to unit length."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        tokens = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(tokens.dtype)
        mean = (tokens * weights).sum(1) / weights.sum(1)
        return torch.nn.functional.normalize(mean, dim=1)


def load_model(folder: Path, attention: str = "eager") -> SentenceEncoder:
    """The folder's model in float32; eager attention, plain matrix products, trains fastest on a CPU.

    Raises RuntimeError when weights are missing or left over (a pooler or positions may be).
    """
    config = BertConfig.from_json_file(str(folder / "config.json"))
    config._attn_implementation = attention
    bert = BertModel(config, add_pooling_layer=False)
    (weights,) = folder.glob("*.safetensors")
    unused = ("pooler.", "embeddings.position_ids")
    state = {name: value.float() for name, value in load_file(weights).items() if not name.startswith(unused)}
    bert.load_state_dict(state)
    encoder = SentenceEncoder(bert)
    encoder.eval()
    return encoder


def load_tokenizer(folder: Path, max_tokens: int) -> Tokenizer:
    """The folder's tokenizer, cutting at `max_tokens` and padding a batch to its longest text."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(max_tokens)
    tokenizer.enable_padding()
    return tokenizer


def run_onnx(path: Path) -> Graph:
    session = InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def run(ids: NDArray[np.int64]) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = session.run(["embedding"], {"input_ids": ids})[0]
        return rows

    return run


def least_cosine(model: SentenceEncoder, graph: Graph, tokenizer: Tokenizer) -> float:
    """The lowest cosine between torch and the graph over real sentences, some of them cut at full length."""
    lowest = 1.0
    for text in (*SENTENCES, " ".join(SENTENCES * 20)):
        ids = np.array([tokenizer.encode(text).ids])
        with torch.inference_mode():
            row = model(torch.from_numpy(ids), torch.ones(ids.shape, dtype=torch.long)).numpy()
        lowest = min(lowest, float(row[0] @ graph(ids)[0]))
    return lowest


def export(source: Path, target: Path, name: str, max_tokens: int) -> dict[str, Any]:
    """Write the encoder folder and return what `encoder.json` says.

    Raises ValueError when `max_tokens` exceeds the positions of the model, RuntimeError when the graph is not faithful.
    """
    model = load_model(source)
    positions = model.bert.config.max_position_embeddings
    if max_tokens > positions:
        raise ValueError(f"--max-tokens {max_tokens} is more than the {positions} positions of {source}")
    tokenizer = load_tokenizer(source, max_tokens)
    target.mkdir(parents=True, exist_ok=True)
    weights = {key.removeprefix("bert."): value.numpy() for key, value in model.state_dict().items()}
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        small = Path(scratch, "model.int8.onnx")
        onnx.save(encoder_graph(weights, model.bert.config.to_dict(), max_tokens), small)
        cosine = least_cosine(model, run_onnx(small), tokenizer)
        print(f"{small.name}: {small.stat().st_size / 1e6:.1f} MB, least cosine to torch {cosine:.5f}")
        if cosine < SAME_MEANING:
            raise RuntimeError(f"the graph has cosine {cosine:.4f} to torch on a sentence; {SAME_MEANING} is the least")
        small.replace(target / small.name)
    if source != target:
        shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    card = {
        "name": name,
        "dimension": model.bert.config.hidden_size,
        "max_tokens": max_tokens,
        "source": source.name,
        "sha256": hashlib.sha256((target / "model.int8.onnx").read_bytes()).hexdigest(),
    }
    (target / "encoder.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return card


def main() -> None:
    parser = argparse.ArgumentParser(description="Export a BertModel folder as an int8 ONNX encoder.")
    parser.add_argument("model_dir", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--name", help="name stored with every vector; the name of OUT_DIR by default")
    parser.add_argument("--max-tokens", type=int, default=256)
    options = parser.parse_args()
    print(export(options.model_dir, options.out_dir, options.name or options.out_dir.name, options.max_tokens))


if __name__ == "__main__":
    main()
