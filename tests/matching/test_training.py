"""The recipe's parts on made-up data of a few lines: what they promise, not how good a model becomes."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from matching.training import corpus, distil, network, vocabulary  # noqa: E402
from matching.training.corpus import Example  # noqa: E402

SENTENCES = [
    Example(
        "udhr", f"The laboratory number {i} tests sensors for water.", f"Phòng thí nghiệm số {i} thử cảm biến đo nước."
    )
    for i in range(24)
]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BertModel folder of two tiny layers that knows single letters and a few English words."""
    from safetensors.torch import save_file
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("bert")
    letters = "abcdefghijklmnopqrstuvwxyz0123456789."
    words = ["the", "laboratory", "tests", "sensors", "for", "water", "number"]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters), *words]
    special = [
        {
            "id": i,
            "content": piece,
            "special": True,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
        }
        for i, piece in enumerate(pieces[:5])
    ]
    marked = {token: {"id": token, "ids": [pieces.index(token)], "tokens": [token]} for token in ("[CLS]", "[SEP]")}
    parts = [
        {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
    ]
    rules = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": vocabulary.NORMALIZER,
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing", "single": parts, "pair": parts, "special_tokens": marked},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {piece: i for i, piece in enumerate(pieces)},
        },
    }
    (folder / "tokenizer.json").write_text(json.dumps(rules), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=512,
    )
    (folder / "config.json").write_text(config.to_json_string(), encoding="utf-8")
    save_file(BertModel(config, add_pooling_layer=False).state_dict(), folder / "model.safetensors")
    return folder


@pytest.fixture(scope="module")
def wide(start: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wide")
    vocabulary.widen(start, SENTENCES, folder)
    return folder


def test_marks_go_and_letters_stay() -> None:
    assert corpus.without_diacritics("Đường đi khó, Ủy ban Thủ Đức") == "Duong di kho, Uy ban Thu Duc"
    assert corpus.without_diacritics("cafe\u0301") == "cafe"


@pytest.mark.parametrize("change", [corpus.partly_without_diacritics, corpus.with_typing_noise])
def test_disturbed_texts_keep_their_words(change: object) -> None:
    text = "Chúng tôi cần phòng thử nghiệm pin xe điện"
    for seed in range(50):
        assert len(change(text, random.Random(seed)).split()) == len(text.split())  # type: ignore[operator]


def test_terms_are_switched_whole() -> None:
    switched = {
        corpus.switch_codes("tìm vườn ươm ở đây", {"vườn ươm": "incubator"}, random.Random(s)) for s in range(20)
    }
    assert switched == {"tìm vườn ươm ở đây", "tìm incubator ở đây"}


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [("", "một"), ("one", "..."), ("same", "Same"), ("one two three four five six", "một hai")],
)
def test_useless_pairs_are_left_out(english: str, vietnamese: str) -> None:
    assert not corpus.is_usable(english, vietnamese)


def test_passages_join_neighbours_of_one_source() -> None:
    other = [Example("chromium_ui", "Open the file", "Mở tệp")]
    found = corpus.passages(SENTENCES[:12] + other + SENTENCES[12:], seed=1, rounds=2)
    assert found == corpus.passages(SENTENCES[:12] + other + SENTENCES[12:], seed=1, rounds=2)
    assert found
    for passage in found:
        assert "Open the file" not in passage.english
        assert passage.english.count(".") == passage.vietnamese.count(".") >= 2


def test_new_pieces_begin_near_their_company(start: Path, wide: Path) -> None:
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(wide / "tokenizer.json"))
    assert tokenizer.encode("nghiệm nghiem Nghiệm").tokens[1:-1] == ["nghiệm", "nghiem", "nghiệm"]
    assert "[UNK]" not in tokenizer.encode("ườ ặ đ").tokens
    rows = load_file(wide / "model.safetensors")[vocabulary.WEIGHTS]
    pieces = tokenizer.get_vocab()
    assert len(rows) == len(pieces)
    assert torch.equal(rows[pieces["nghiệm"]], rows[pieces["nghiem"]])
    assert torch.equal(
        rows[pieces["water"]], load_file(start / "model.safetensors")[vocabulary.WEIGHTS][pieces["water"]]
    )


def test_needs_learn_from_what_is_surely_wrong() -> None:
    grades = torch.tensor([[2, 0, -1], [0, 1, -1]])
    good = torch.tensor([[0.9, 0.1, 0.0], [0.1, 0.9, 0.0]])
    assert network.ranking_loss(good, grades, 20) < 0.01 < network.ranking_loss(1 - good, grades, 20)
    unlabelled = good.clone()
    unlabelled[:, 2] = 0.95  # an offer of another group that scores best may well be right
    assert network.ranking_loss(unlabelled, grades, 20) < 0.01


def test_needs_and_offers_are_read(tmp_path: Path) -> None:
    (tmp_path / "offers_A.tsv").write_text("A1-O001\tlab\tLab\tPhòng\tText\tChữ\n", encoding="utf-8")
    (tmp_path / "needs_A.tsv").write_text("A1-N001\tvi\tcần\tneed\tA1-O001:2\nA1-N002\ten\tx\ty\t\n", encoding="utf-8")
    (group,) = network.load([tmp_path])
    assert [need.grades for need in group.needs] == [{"A1-O001": 2}, {}]
    asked, offered, grades = network.sample([group], random.Random(1), 5)
    assert (len(asked), len(offered)) == (2, 1)
    assert sorted(grades[:, 0].tolist()) == [0, 2]


@pytest.mark.slow
def test_a_run_lowers_its_loss_and_goes_on_where_it_stopped(wide: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    vectors = (rng.normal(size=32) + 0.1 * rng.normal(size=(len(SENTENCES), 32))).astype(np.float16)
    plan = distil.Plan(steps=12, warm_up=2, rate=3e-3, tokens=512, longest=64)
    run = distil.Run(wide, tmp_path, SENTENCES, vectors, [], plan, "cpu")
    before = _agreement(run, vectors)
    run.train()
    assert _agreement(run, vectors) > before + 0.1
    again = distil.Run(wide, tmp_path, SENTENCES, vectors, [], plan, "cpu")
    assert again.step == 12
    for one, other in zip(run.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.slow
def test_int8_rows_do_not_depend_on_their_batch(wide: Path, tmp_path: Path) -> None:
    from matching.training import export_onnx

    export_onnx.export(wide, tmp_path / "out", "tiny", 64)
    graph = export_onnx.run_onnx(tmp_path / "out" / "model.int8.onnx")
    tokenizer = export_onnx.load_tokenizer(wide, 64)
    texts = ["thử cảm biến", "The laboratory tests sensors for water. " * 3, "a"]
    encodings = tokenizer.encode_batch(texts)
    ids, mask = (np.array(rows) for rows in zip(*((e.ids, e.attention_mask) for e in encodings), strict=True))
    together = graph(ids, mask)
    for row, text in zip(together, texts, strict=True):
        alone = np.array([tokenizer.encode(text).ids])
        assert graph(alone, np.ones_like(alone))[0] @ row == pytest.approx(1, abs=1e-3)


def _agreement(run: distil.Run, vectors: np.ndarray) -> float:
    ids = [encoding.ids for encoding in run.tokenizer.encode_batch([e.vietnamese for e in SENTENCES])]
    with torch.inference_mode():
        rows = run.model(*distil.padded(ids, "cpu"))
    wanted = torch.nn.functional.normalize(torch.from_numpy(vectors.astype(np.float32)), dim=1)
    return float((rows * wanted).sum(1).mean())
