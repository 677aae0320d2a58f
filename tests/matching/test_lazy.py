"""Importing `matching` must stay cheap: numerical libraries come with the first use."""

import subprocess
import sys

import pytest

HEAVY = "torch", "faiss", "onnxruntime", "sentence_transformers", "transformers", "tokenizers", "bm25s"


@pytest.mark.parametrize(
    "statement",
    ["import matching", "from matching import load_encoder", "from matching import load_encoder; load_encoder()"],
)
def test_imports_no_heavy_library(statement: str) -> None:
    code = f"{statement}\nimport sys\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_name_is_an_attribute_error() -> None:
    import matching

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        matching.nothing  # noqa: B018


def test_every_exported_name_resolves() -> None:
    import matching

    assert all(getattr(matching, name) for name in matching.__all__)
