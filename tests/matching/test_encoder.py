import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from matching.encoder import (
    DEFAULT_FOLDER,
    Encoder,
    EncoderUnavailable,
    HashingEncoder,
    OnnxEncoder,
    SentenceTransformerEncoder,
    load_encoder,
)

TEXTS = [
    "Chúng tôi cần phòng thử nghiệm pin xe điện đạt chuẩn quốc gia.",
    "We need a laboratory that tests electric vehicle batteries.",
    "Quỹ đầu tư vào công ty khởi nghiệp giáo dục.",
    "",
    "tôm " * 400,
]


@pytest.fixture(scope="module", params=["hashing", None])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return load_encoder(request.param)


def test_rows_are_unit_float32(encoder: Encoder) -> None:
    rows = encoder.encode(["ươm tạo", "battery testing"])
    assert rows.shape == (2, encoder.dimension)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_a_text_has_one_vector_whatever_stands_beside_it(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    assert np.array_equal(together, np.concatenate([encoder.encode([text]) for text in TEXTS]))


def test_threads_get_the_same_vectors(encoder: Encoder) -> None:
    alone = encoder.encode(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(encoder.encode, [TEXTS] * 4):
            assert np.array_equal(rows, alone)


def test_the_empty_text() -> None:
    assert not HashingEncoder().encode([""]).any()
    assert np.linalg.norm(load_encoder().encode([""])) == pytest.approx(1, abs=1e-5)


def test_onnx_meets_across_languages() -> None:
    rows = load_encoder().encode(TEXTS)
    assert rows[0] @ rows[1] > 0.6 > 0.3 > rows[0] @ rows[2]


def test_onnx_cuts_at_the_longest_input() -> None:
    rows = load_encoder().encode(["tôm " * 300, "tôm " * 400])
    assert np.array_equal(rows[0], rows[1])


def test_the_shipped_model_is_the_one_described() -> None:
    card = json.loads((DEFAULT_FOLDER / "encoder.json").read_text(encoding="utf-8"))
    assert card["sha256"] == hashlib.sha256((DEFAULT_FOLDER / "model.int8.onnx").read_bytes()).hexdigest()
    assert (card["name"], card["dimension"], card["max_tokens"]) == ("hanoi-vi-en-2", 384, 256)


def test_hashing_puts_similar_texts_together() -> None:
    one, near, far = HashingEncoder().encode(["phòng thử nghiệm pin", "thu nghiem pin xe dien", "quỹ đầu tư giáo dục"])
    assert one @ near > 0.4 > 0.2 > one @ far


def test_names_choose_encoders() -> None:
    assert load_encoder() is load_encoder()
    assert load_encoder().name == "hanoi-vi-en-2"
    assert load_encoder("hashing").name == "hashing-256"
    assert isinstance(load_encoder(str(DEFAULT_FOLDER)), OnnxEncoder)
    assert isinstance(load_encoder("some/model"), SentenceTransformerEncoder)


def test_a_missing_file_says_how_to_write_the_folder(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match=r"encoder\.json.*export_onnx"):
        OnnxEncoder(tmp_path)


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    for file in ("encoder.json", "tokenizer.json"):
        shutil.copy(DEFAULT_FOLDER / file, tmp_path)
    (tmp_path / "model.int8.onnx").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(EncoderUnavailable, match=r"not the file that encoder\.json describes"):
        OnnxEncoder(tmp_path)


@pytest.mark.parametrize("build", [lambda: OnnxEncoder(DEFAULT_FOLDER), lambda: SentenceTransformerEncoder("m")])
def test_a_missing_package_is_named(build: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.encoder.find_spec", lambda name: None)
    with pytest.raises(EncoderUnavailable, match="is not installed"):
        build()  # type: ignore[operator]


@pytest.mark.slow
def test_sentence_transformers(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules
    from transformers import BertConfig, BertModel, BertTokenizerFast

    (tmp_path / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefgh"]))
    tokenizer = BertTokenizerFast(str(tmp_path / "vocab.txt"))
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    bert = tmp_path / "bert"
    BertModel(config).save_pretrained(bert)
    tokenizer.save_pretrained(bert)
    words = modules.Transformer(str(bert))
    SentenceTransformer(modules=[words, modules.Pooling(32)]).save(str(tmp_path / "st"))

    encoder = load_encoder(str(tmp_path / "st"))
    assert encoder.dimension == 32
    assert encoder.encode([]).shape == (0, 32)
    assert np.linalg.norm(encoder.encode(["a b", "c", ""]), axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
def test_a_folder_without_a_model_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="no sentence-transformers model"):
        load_encoder(str(tmp_path)).encode(["a"])
