"""The whole recipe: from bilingual files and an English teacher to the encoder folder of the site.

    python -m matching.training --data ../shared/data --extra FOLDER --teacher FOLDER --work FOLDER --out FOLDER

Stages, in order: examples, vectors (of the teacher), vocabulary, train, export, table. A finished stage is not run
again; a stopped one goes on. `--only STAGE` runs one stage, `--steps` may be raised for a longer run. To train an
encoder further give its folder as `--start`, another `--work` and a lower `--rate`.

Uses a GPU when torch sees one. On a CPU set OMP_WAIT_POLICY=PASSIVE, and MALLOC_MMAP_MAX_=0 with
MALLOC_TRIM_THRESHOLD_=100000000000, which keep memory between steps (a third faster); `--compile` if there is a C++
compiler.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from matching.training import corpus, distil, network, vocabulary
from matching.training.corpus import Example
from matching.training.release import mixed, release
from matching.training.table import write_table
from matching.training.teacher import teacher_vectors


def build_examples(options: argparse.Namespace) -> None:
    """`examples.tsv` in the work folder: prose, passages, interface strings, then the project-written texts."""
    data: Path = options.data
    files = [*sorted((data / "parallel").glob("*.tsv.gz")), *sorted((data / "domain").glob("*_terms.tsv"))]
    files += sorted((data / "domain").glob("*_sentences.tsv"))
    pairs = corpus.select_pairs((pair for file in files for pair in corpus.read_pairs(file)), options.seed)
    prose = [pair for pair in pairs if pair.source not in corpus.INTERFACE_SOURCES]
    strings = [pair for pair in pairs if pair.source in corpus.INTERFACE_SOURCES]
    longer = corpus.passages(pairs, options.seed, options.passage_rounds)
    own = [
        pair
        for folder in options.extra
        for file in sorted(folder.glob("everyday*.tsv"))
        for pair in corpus.read_pairs(file)
    ]
    for group in network.load(folders_of_needs(options)):
        own += [Example("offer_texts", offer.whole("en"), offer.whole("vi")) for offer in group.offers]
        own += [Example("offer_texts", offer.texts["en"], offer.texts["vi"]) for offer in group.offers]
        own += [Example("need_texts", n.texts["en"], n.texts["vi"]) for n in group.needs if len(n.texts) == 2]
    rng = corpus.seeded(options.seed, "order")
    for part in (prose, longer, strings):
        rng.shuffle(part)
    examples = [*prose, *longer, *strings, *dict.fromkeys(own)]
    path = examples_file(options)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join("\t".join(example) + "\n" for example in examples), encoding="utf-8")
    for source, count in Counter(example.source for example in examples).most_common():
        print(f"{count:8,} {source}")


def read_examples(options: argparse.Namespace) -> list[Example]:
    with examples_file(options).open(encoding="utf-8") as lines:
        return [Example(*line.rstrip("\n").split("\t")) for line in lines]


def examples_file(options: argparse.Namespace) -> Path:
    path: Path = options.work / "examples.tsv"
    return path


def folders_of_needs(options: argparse.Namespace) -> list[Path]:
    return [options.data / "domain", *options.extra]


def build_vectors(options: argparse.Namespace) -> None:
    texts = [example.english for example in read_examples(options)]
    teacher_vectors(options.teacher, texts, options.work / "teacher.f16", options.device)


def build_vocabulary(options: argparse.Namespace) -> None:
    short = [example for example in read_examples(options) if not example.source.endswith("+")]
    start = options.work / "start"
    added = vocabulary.widen(options.start or options.teacher, short, start)
    weights = mixed(load_file(start / "model.safetensors"), options.teacher, options.start_share)
    save_file(weights, start / "model.safetensors")
    print(f"{added:,} pieces added")


def train(options: argparse.Namespace) -> None:
    examples = read_examples(options)
    texts = [example.english for example in examples]
    vectors = teacher_vectors(options.teacher, texts, options.work / "teacher.f16", options.device)
    groups = network.load(folders_of_needs(options))
    plan = distil.Plan(
        steps=options.steps,
        seed=options.seed,
        need_share=options.need_share,
        rate=options.rate,
        embedding_rate=3 * options.rate,
        contrast=options.contrast,
        inner=options.inner,
    )
    distil.Run(
        options.work / "start", options.work / "run", examples, vectors, groups, plan, options.device, options.compile
    ).train()


def export(options: argparse.Namespace) -> None:
    state = options.work / "run" / "state.pt"
    name = options.name or options.out.name
    release(options.work / "start", state, options.out, name, options.teacher, options.end_share)


def table(options: argparse.Namespace) -> None:
    write_table(options.out, options.data / "eval", options.teacher, options.static, options.work / "table.md")


STAGES: dict[str, tuple[Callable[[argparse.Namespace], None], str | None]] = {
    "examples": (build_examples, "examples.tsv"),
    "vectors": (build_vectors, None),  # knows itself how far it is, as do the others without a file
    "vocabulary": (build_vocabulary, "start/tokenizer.json"),
    "train": (train, None),
    "export": (export, None),
    "table": (table, None),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m matching.training", description="Train the encoder of the site.")
    parser.add_argument("--data", type=Path, required=True, help="folder with parallel/, domain/ and eval/")
    parser.add_argument("--extra", type=Path, nargs="*", default=[], help="folders with needs, offers, everyday pairs")
    parser.add_argument("--teacher", type=Path, required=True, help="BertModel folder of an English sentence encoder")
    parser.add_argument("--start", type=Path, help="BertModel folder to start from; the teacher by default")
    parser.add_argument("--static", type=Path, help="folder of a static matrix, for the table")
    parser.add_argument("--work", type=Path, required=True, help="outside the repository: examples, checkpoints")
    parser.add_argument("--out", type=Path, required=True, help="the encoder folder to write")
    parser.add_argument("--name", help="name stored with every vector; the name of --out by default")
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--need-share", type=float, default=0.12)
    parser.add_argument("--rate", type=float, default=3e-4, help="highest learning rate; embeddings get three times it")
    parser.add_argument("--contrast", type=float, default=0.5, help="weight of telling meanings apart")
    parser.add_argument("--inner", type=float, default=0.1, help="weight of finding the passage of a sentence")
    parser.add_argument("--start-share", type=float, default=0.0, help="of the teacher's weights, mixed in before")
    parser.add_argument("--end-share", type=float, default=0.0, help="of the teacher's weights, mixed in afterwards")
    parser.add_argument("--passage-rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="of torch; 0 leaves it to torch")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--compile", action="store_true", help="torch.compile: slow start, then faster")
    parser.add_argument("--only", choices=STAGES)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    for name, (stage, product) in STAGES.items():
        if options.only in (None, name):
            if product and (options.work / product).exists() and options.only is None:
                continue
            print(f"— {name}", flush=True)
            stage(options)


if __name__ == "__main__":
    main()
