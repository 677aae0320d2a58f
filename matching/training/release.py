"""The final encoder folder: for sentence-transformers (float16 weights) and for the site (int8 ONNX)."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from matching.training.export_onnx import export

MOST_TOKENS = 256
POOLING = {"word_embedding_dimension": 384, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}
NO_POOLER = {"add_pooling_layer": False}  # it would be there for nothing, with random weights
MODULES = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))


Weights = dict[str, torch.Tensor]


def mixed(weights: Weights, teacher: Path, share: float) -> Weights:
    """`weights` with a `share` of those of the teacher in them; of a longer table only the rows that both have.

    On the straight line from a model to the one it was trained from lie models that have forgotten less (Wortsman et
    al., Robust fine-tuning of zero-shot models, 2022).
    """
    (file,) = teacher.glob("*.safetensors")
    others = load_file(file)
    result = {}
    for name, value in weights.items():
        result[name] = value.clone()
        if share and name in others:
            part = result[name][: len(others[name])]
            part += share * (others[name].to(part.dtype) - part)
    return result


def release(start: Path, state: Path, target: Path, name: str, teacher: Path, share: float = 0.0) -> None:
    """Write the weights of the checkpoint `state` of a run that began at `start`, in both forms.

    A `share` of the teacher's weights is mixed in.
    """
    weights = torch.load(state, map_location="cpu", weights_only=True)["model"]
    weights = mixed({key.removeprefix("bert."): value.float() for key, value in weights.items()}, teacher, share)
    target.mkdir(parents=True, exist_ok=True)
    half = {key: value.half().contiguous() for key, value in weights.items()}
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
