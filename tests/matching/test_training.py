"""The recipe's parts on made-up data of a few lines: what they promise, not how good a model becomes."""

import gzip
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
def test_int8_rows_agree_with_torch(wide: Path, tmp_path: Path) -> None:
    from matching.training import export_onnx

    export_onnx.export(wide, tmp_path / "out", "tiny", 64)
    graph = export_onnx.run_onnx(tmp_path / "out" / "model.int8.onnx")
    model, tokenizer = export_onnx.load_model(wide), export_onnx.load_tokenizer(wide, 64)
    for text in ("thử cảm biến", "The laboratory tests sensors for water. " * 30, "a", ""):
        ids = np.array([tokenizer.encode(text).ids])
        with torch.inference_mode():
            row = model(torch.from_numpy(ids), torch.ones(ids.shape, dtype=torch.long))[0].numpy()
        assert graph(ids)[0] @ row == pytest.approx(1, abs=2e-3)


@pytest.mark.slow
def test_a_graph_that_disagrees_is_not_written(wide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from matching.training import export_onnx, graph

    monkeypatch.setattr(graph, "_normal", lambda graph, weights, config, rows: rows)
    with pytest.raises(RuntimeError, match="cosine"):
        export_onnx.export(wide, tmp_path / "out", "tiny", 64)
    assert not (tmp_path / "out" / "model.int8.onnx").exists()


@pytest.mark.slow
def test_the_one_command_from_files_to_the_encoder_folder(
    start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from matching.encoder import OnnxEncoder
    from matching.training import __main__ as recipe

    data, out = tmp_path / "data", tmp_path / "tiny"
    _write_collections(data)
    words = ["training", "--data", data, "--teacher", start, "--work", tmp_path / "work", "--out", out, "--steps", "4"]
    monkeypatch.setattr("sys.argv", [*map(str, words), "--start-share", "0.1", "--end-share", "0.2", "--device", "cpu"])
    recipe.main()
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("—")] == [
        f"— {stage}" for stage in ("examples", "vectors", "vocabulary", "train", "export", "table")
    ]
    rows = OnnxEncoder(out).encode(["thử cảm biến", ""])
    assert rows.shape == (2, 32)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1], abs=1e-5)
    table = (tmp_path / "work" / "table.md").read_text(encoding="utf-8")
    assert "| NTREX vi→en |" in table
    assert "| network_dev test, vi-nodiac |" in table
    assert (out / "modules.json").is_file()


def test_mixing_in_nothing_changes_nothing_and_all_gives_the_teacher(start: Path, wide: Path) -> None:
    from safetensors.torch import load_file

    from matching.training.release import mixed

    own, teacher = load_file(wide / "model.safetensors"), load_file(start / "model.safetensors")
    assert all(torch.equal(value, own[name]) for name, value in mixed(own, start, 0.0).items())
    for name, value in mixed(own, start, 1.0).items():
        assert torch.allclose(value[: len(teacher[name])], teacher[name], atol=1e-6)
        assert torch.equal(value[len(teacher[name]) :], own[name][len(teacher[name]) :])


def _write_collections(data: Path) -> None:
    """Training and evaluation files in their folders, a few lines each."""
    (data / "parallel").mkdir(parents=True)
    (data / "domain").mkdir()
    with gzip.open(data / "parallel" / "permissive.tsv.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"{example.english}\t{example.vietnamese}\t{example.source}\n" for example in SENTENCES)
    (data / "domain" / "offers.tsv").write_text("A1-O1\tlab\tLab\tPhòng\tTests\tThử\n", encoding="utf-8")
    (data / "domain" / "needs.tsv").write_text("A1-N1\tvi\tcần thử\tneed tests\tA1-O1:2\n", encoding="utf-8")
    sides = {"eng": [s.english for s in SENTENCES], "vie": [s.vietnamese for s in SENTENCES]}
    (data / "eval" / "ntrex128").mkdir(parents=True)
    (data / "eval" / "sib200").mkdir()
    for side, texts in sides.items():
        kind = "src" if side == "eng" else "ref"
        (data / "eval" / "ntrex128" / f"newstest2019-{kind}.{side}.txt").write_text("\n".join(texts), encoding="utf-8")
        for part in ("dev", "test", "train"):
            rows = [f"{i}\tscience\t{text}" for i, text in enumerate(texts)]
            table = "\n".join(["index_id\tcategory\ttext", *rows])
            (data / "eval" / "sib200" / f"{side}_Latn.{part}.tsv").write_text(table, encoding="utf-8")
    for folder in ("xquad_vi_vi", "xquad_vi_en", "xquad_en_vi", "xquad_en_en", "network_dev"):
        (data / "eval" / folder / "qrels").mkdir(parents=True)
        languages = ("vi", "en", "vi-nodiac")
        corpus_rows = [{"_id": f"d{i}", "title": "", "text": f"document {i}"} for i in range(12)]
        queries = [{"_id": f"q{i}", "text": f"question {i}", "metadata": {"lang": languages[i % 3]}} for i in range(3)]
        for name, rows in (("corpus", corpus_rows), ("queries", queries)):
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            (data / "eval" / folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
        judged = "".join(f"q{i}\td{i}\t1\n" for i in range(3))
        (data / "eval" / folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)


def _agreement(run: distil.Run, vectors: np.ndarray) -> float:
    ids = [encoding.ids for encoding in run.tokenizer.encode_batch([e.vietnamese for e in SENTENCES])]
    with torch.inference_mode():
        rows = run.model(*distil.padded(ids, "cpu"))
    wanted = torch.nn.functional.normalize(torch.from_numpy(vectors.astype(np.float32)), dim=1)
    return float((rows * wanted).sum(1).mean())
