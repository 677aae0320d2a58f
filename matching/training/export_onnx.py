"""Turns a BertModel folder into the small int8 encoder that the site runs without torch.

    python -m matching.training.export_onnx MODEL_DIR OUT_DIR [--name NAME] [--max-tokens 256]

MODEL_DIR holds `config.json`, one `*.safetensors` file and `tokenizer.json`. OUT_DIR receives `model.int8.onnx`,
`tokenizer.json` and `encoder.json`. The graph takes `input_ids` and `attention_mask` (int64, batch x length) and
returns `embedding` (float32, batch x dimension): the mean of the token vectors under the mask, at unit length.

Stops with an error, and leaves the files of OUT_DIR alone, when ONNX and torch disagree on a sentence.
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
import torch
from numpy.typing import NDArray
from onnxruntime import InferenceSession
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from matching.training.quantise import quantise

Graph = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]

SAME_GRAPH = 0.9999  # least cosine of the float32 graph to torch: the same sums in another order
SAME_MEANING = 0.97  # least cosine of the int8 graph to torch: what rounding may cost one sentence
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
    """The folder's model in float32; from eager attention the exporter writes plain matrix products.

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


def export_graph(model: SentenceEncoder, path: Path) -> None:
    """Write `model` as ONNX with free batch size and length.

    The two example inputs are distinct tensors: given one tensor twice, the exporter writes a wrong graph silently.
    """
    ids = torch.tensor([[1, 4, 3, 2, 0], [1, 4, 3, 4, 2]])
    mask = torch.tensor([[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]])
    free = {0: "batch", 1: "length"}
    torch.onnx.export(
        model,
        (ids, mask),
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["embedding"],
        dynamic_axes={"input_ids": free, "attention_mask": free, "embedding": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )


def run_torch(model: SentenceEncoder) -> Graph:
    def run(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.inference_mode():
            rows: NDArray[np.float32] = model(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
        return rows

    return run


def run_onnx(path: Path) -> Graph:
    session = InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def run(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})[0]
        return rows

    return run


def least_cosine(one: Graph, other: Graph, tokenizer: Tokenizer) -> float:
    """The lowest cosine between two graphs over real sentences, alone, padded in one batch, and at full length."""
    batches = [[text] for text in SENTENCES] + [list(SENTENCES), [" ".join(SENTENCES * 20)]]
    lowest = 1.0
    for batch in batches:
        encodings = tokenizer.encode_batch(batch)
        ids = np.array([e.ids for e in encodings], dtype=np.int64)
        mask = np.array([e.attention_mask for e in encodings], dtype=np.int64)
        lowest = min(lowest, float((one(ids, mask) * other(ids, mask)).sum(axis=1).min()))
    return lowest


def export(source: Path, target: Path, name: str, max_tokens: int) -> dict[str, Any]:
    """Write the encoder folder and return what `encoder.json` says.

    Raises ValueError when `max_tokens` exceeds the positions of the model, RuntimeError when a graph is not faithful.
    """
    model = load_model(source)
    positions = model.bert.config.max_position_embeddings
    if max_tokens > positions:
        raise ValueError(f"--max-tokens {max_tokens} is more than the {positions} positions of {source}")
    tokenizer = load_tokenizer(source, max_tokens)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        full, small = Path(scratch, "model.onnx"), Path(scratch, "model.int8.onnx")
        export_graph(model, full)
        quantise(full, small)
        for path, least in ((full, SAME_GRAPH), (small, SAME_MEANING)):
            cosine = least_cosine(run_torch(model), run_onnx(path), tokenizer)
            print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, least cosine to torch {cosine:.5f}")
            if cosine < least:
                raise RuntimeError(f"{path.name} has cosine {cosine:.4f} to torch on a sentence; {least} is the least")
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
