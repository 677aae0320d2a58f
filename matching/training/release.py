"""The final encoder folder: for sentence-transformers (float16 weights) and for the site (int8 ONNX)."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from matching.training.export_onnx import export

MOST_TOKENS = 256
POOLING = {"word_embedding_dimension": 384, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}
NO_POOLER = {"add_pooling_layer": False}  # it would be there for nothing, with random weights
MODULES = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))


def release(start: Path, state: Path, target: Path, name: str) -> None:
    """Write the weights of the checkpoint `state` of a run that began at `start`, in both forms."""
    weights = torch.load(state, map_location="cpu", weights_only=True)["model"]
    target.mkdir(parents=True, exist_ok=True)
    half = {key.removeprefix("bert."): value.half().contiguous() for key, value in weights.items()}
    save_file(half, target / "model.safetensors", metadata={"format": "pt"})
    shutil.copyfile(start / "tokenizer.json", target / "tokenizer.json")
    config = json.loads((start / "config.json").read_text(encoding="utf-8"))
    config |= {"architectures": ["BertModel"], "model_type": "bert", "dtype": "float32"}
    for folder, _ in MODULES:
        (target / folder).mkdir(exist_ok=True)
    files = {
        "config.json": config,
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MOST_TOKENS,
            "pad_token": "[PAD]",
            "unk_token": "[UNK]",
            "cls_token": "[CLS]",
            "sep_token": "[SEP]",
            "mask_token": "[MASK]",
        },
        "sentence_bert_config.json": {"max_seq_length": MOST_TOKENS, "do_lower_case": False, "model_args": NO_POOLER},
        "1_Pooling/config.json": POOLING,
        "modules.json": [
            {"idx": i, "name": str(i), "path": folder, "type": f"sentence_transformers.models.{kind}"}
            for i, (folder, kind) in enumerate(MODULES)
        ],
    }
    for file, content in files.items():
        (target / file).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(export(target, target, name, MOST_TOKENS))
