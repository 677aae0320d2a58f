"""Texts to vectors. Every encoder turns n texts into an (n, dimension) float32 array of unit rows, so dot = cosine.

Vectors of different encoders cannot be compared: `name` is stored with each of them. No encoder reads the environment,
and none imports its numerical library before the first text, so a server may fork after creating one.
"""

import functools
import hashlib
import json
import threading
import zlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.words import tokens

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

MODEL_FILE = "model.int8.onnx"
DEFAULT_FOLDER = Path(__file__).parent / "encoders" / "hanoi-vi-en-2"


class EncoderUnavailable(RuntimeError):
    """The encoder cannot be loaded; the message says what to change. Matching goes on with words alone."""


class Encoder(Protocol):
    """What the rest of `matching` asks of an encoder. Safe to call from several threads."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def __hash__(self) -> int: ...

    def encode(self, texts: list[str]) -> Vectors:
        """One unit row per text; shape (0, dimension) for no texts. Raises EncoderUnavailable if loading fails."""
        ...


class OnnxEncoder:
    """A folder written by `matching.training.export_onnx`, run by ONNX Runtime.

    Texts are encoded one at a time: no padding is needed, batches would speed up short texts only, and equal texts have
    equal vectors to the last bit in every process on the same machine, whatever stands beside them.
    The empty text has a unit row like any other, but one that means nothing.
    """

    def __init__(self, folder: str | Path, threads: int = 1) -> None:
        """Raises EncoderUnavailable when a file of the folder or a package is missing, or the model file is damaged."""
        self._folder, self._threads = Path(folder), threads
        for file in ("encoder.json", "tokenizer.json", MODEL_FILE):
            if not (self._folder / file).is_file():
                raise EncoderUnavailable(
                    f"{self._folder} has no {file}: write the folder with `python -m matching.training.export_onnx`"
                )
        _require("onnxruntime")
        _require("tokenizers")
        card = json.loads((self._folder / "encoder.json").read_text(encoding="utf-8"))
        if hashlib.sha256((self._folder / MODEL_FILE).read_bytes()).hexdigest() != card["sha256"]:
            raise EncoderUnavailable(
                f"{self._folder / MODEL_FILE} is not the file that encoder.json describes: fetch or export it again"
            )
        self.name: str = card["name"]
        self.dimension: int = card["dimension"]
        self._max_tokens: int = card["max_tokens"]
        self._lock = threading.Lock()
        self._loaded: tuple[Tokenizer, InferenceSession] | None = None

    def encode(self, texts: list[str]) -> Vectors:
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        tokenizer, session = self._load()
        for row, text in zip(rows, texts, strict=True):
            row[:] = session.run(None, {"input_ids": np.array([tokenizer.encode(text).ids], dtype=np.int64)})[0][0]
        return rows

    def _load(self) -> "tuple[Tokenizer, InferenceSession]":
        with self._lock:
            if self._loaded is None:
                import onnxruntime
                from tokenizers import Tokenizer

                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads = self._threads
                options.inter_op_num_threads = 1
                model = str(self._folder / MODEL_FILE)
                session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
                tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
                tokenizer.enable_truncation(self._max_tokens)
                tokenizer.no_padding()
                self._loaded = tokenizer, session
            return self._loaded


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by its public name or folder. Loads torch: for comparison, not for the site."""

    def __init__(self, name_or_folder: str | Path) -> None:
        """Raises EncoderUnavailable when sentence-transformers is not installed; a missing model shows on first use."""
        self.name = str(name_or_folder)
        _require("sentence_transformers")
        self._lock = threading.Lock()
        self._model: SentenceTransformer | None = None

    @property
    def dimension(self) -> int:
        return int(self._load().get_embedding_dimension() or 0)

    def encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        rows = self._load().encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)

    def _load(self) -> "SentenceTransformer":
        with self._lock:
            if self._model is None:
                from sentence_transformers import SentenceTransformer

                try:
                    self._model = SentenceTransformer(self.name)
                except (OSError, ValueError) as error:
                    raise EncoderUnavailable(
                        f"no sentence-transformers model {self.name!r}: give a folder that holds one, the name of one "
                        f"already downloaded, or leave the encoder unset ({error})"
                    ) from error
            return self._model


class HashingEncoder:
    """Words, pairs and letter trigrams of the folded text hashed into `dimension` numbers: for tests.

    Texts that share words are similar; nothing is understood. A text without any word has a zero row.
    """

    def __init__(self, dimension: int = 256) -> None:
        self.name = f"hashing-{dimension}"
        self.dimension = dimension

    def encode(self, texts: list[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for feature in self._features(text):
                code = zlib.crc32(feature.encode())
                row[code % self.dimension] += 1 if code >> 31 else -1
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return rows

    @staticmethod
    def _features(text: str) -> list[str]:
        terms = tokens(text)
        return terms + [term[i : i + 3] for term in (f"<{t}>" for t in terms) for i in range(len(term) - 2)]


@functools.cache
def load_encoder(name: str | None = None) -> Encoder:
    """The encoder called `name`: the project's own for None, "hashing", a folder, or a sentence-transformers name.

    The same name gives the same object. Raises EncoderUnavailable when a folder or package is missing.
    """
    if name == "hashing":
        return HashingEncoder()
    if name is None or (Path(name) / "encoder.json").is_file():
        return OnnxEncoder(name or DEFAULT_FOLDER)
    return SentenceTransformerEncoder(name)


def _require(package: str) -> None:
    if find_spec(package) is None:
        raise EncoderUnavailable(f"the package {package} is not installed: install it, or choose another encoder")
