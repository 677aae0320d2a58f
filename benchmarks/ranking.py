"""The table of docs/matching.md: every leg on every folder, with bootstrap intervals.

    python -m benchmarks.ranking --eval FOLDER [--into docs/matching.md]

FOLDER holds `network_dev` and `xquad_*` in BEIR form. The policy is that of the code; what it was fitted on is marked.
"""

import argparse
from pathlib import Path

from matching.encoder import load_encoder
from matching.evaluate import Leg, Report, evaluate

BEGIN, END = "<!-- legs: begin -->", "<!-- legs: end -->"
LEGS: tuple[Leg, ...] = ("dense", "lexical", "hybrid", "full")
OWN = Path("matching/training/data/questions_dev")
FITTED_ON = {("network_dev", "dev"), ("questions_dev", "dev")}


def row(reports: dict[Leg, Report]) -> str:
    one = reports["full"]
    mark = " (fitted on)" if (one.folder, one.split) in FITTED_ON else ""
    cells = [f"{r.ndcg_at_10:.3f} ({r.interval[0]:.3f}–{r.interval[1]:.3f})" for r in reports.values()]
    answered = f"{one.answered:.3f} | {one.refused:.3f}"
    return f"| {one.folder} {one.split}{mark} | {one.queries} | {' | '.join(cells)} | {answered} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, required=True)
    parser.add_argument("--into", type=Path, default=Path("docs/matching.md"))
    options = parser.parse_args()
    folders = [(options.eval / "network_dev", "test"), (options.eval / "network_dev", "dev"), (OWN, "dev")]
    folders += [(options.eval / f"xquad_{pair}", "test") for pair in ("vi_vi", "vi_en", "en_vi", "en_en")]
    encoder = load_encoder()
    lines = ["| folder | questions | " + " | ".join(LEGS) + " | answered | refused without answer |", "|---" * 8 + "|"]
    for folder, split in folders:
        lines.append(row({leg: evaluate(folder, leg, encoder, split) for leg in LEGS}))
        print(lines[-1], flush=True)
    text = options.into.read_text(encoding="utf-8")
    table = "\n".join(lines)
    text = f"{text[: text.index(BEGIN)]}{BEGIN}\n{table}\n{text[text.index(END) :]}"
    options.into.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
