"""Speed of the encoder on this machine: one query in the web path, and many texts at once.

    python -m benchmarks.encoder_speed [--folder matching/encoders/NAME] [--texts 600] [--threads 2]

One query: ONNX Runtime, int8, one thread, 10 and 60 words, a fresh text each time. Many texts: the same int8 graph in
`--threads` threads, against sentence-transformers as it comes (float32, batches of 32, as many threads), on the same
texts of 10 to 110 words. Prints rows of docs/encoder.md.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from matching.encoder import DEFAULT_FOLDER, Encoder, OnnxEncoder

SENTENCE = (
    "chúng tôi cần một nơi thử nghiệm độ bền của pin xe điện và cảm biến đo chất lượng nước cho ao nuôi tôm ở vùng ven "
    "biển phía bắc we look for a laboratory that tests sensors and a partner who knows the market"
)


def text(words: int, draw: random.Random) -> str:
    words_known = SENTENCE.split()
    return " ".join(draw.choice(words_known) for _ in range(words))


def query(encoder: Encoder, words: int, rounds: int = 300) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds of one query of `words` words."""
    draw = random.Random(words)
    times = []
    for _ in range(rounds + 20):
        asked = [text(words, draw)]
        begun = time.perf_counter()
        encoder.encode(asked)
        times.append((time.perf_counter() - begun) * 1000)
    times = sorted(times[20:])
    return statistics.median(times), times[int(len(times) * 0.95)]


def rate(encode: Callable[[list[str]], object], texts: list[str], rounds: int = 3) -> float:
    """Texts a second, the best of `rounds`."""
    encode(texts[:64])
    best = float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        encode(texts)
        best = min(best, time.perf_counter() - begun)
    return len(texts) / best


def in_threads(encoder: Encoder, threads: int) -> Callable[[list[str]], object]:
    """Every thread encodes its share; a text's vector does not depend on its neighbours, so the rows are the same."""

    def encode(texts: list[str]) -> object:
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(encoder.encode, [texts[i::threads] for i in range(threads)]))

    return encode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--texts", type=int, default=600)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    encoder = OnnxEncoder(options.folder, threads=1)
    for words in (10, 60):
        median, high = query(encoder, words)
        print(f"| one query of {words} words, int8, one thread | p50 {median:.2f} ms, p95 {high:.2f} ms |")
    draw = random.Random(1)
    texts = [text(draw.randint(10, 110), draw) for _ in range(options.texts)]
    fast = rate(in_threads(encoder, options.threads), texts)
    print(f"| bulk, int8, {options.threads} threads | {fast:.0f} texts a second |")
    if (options.folder / "modules.json").is_file():
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(options.threads)
        model = SentenceTransformer(str(options.folder), device="cpu", model_kwargs={"dtype": torch.float32})
        plain = rate(lambda some: model.encode(some, show_progress_bar=False), texts)
        print(f"| bulk, sentence-transformers float32, {options.threads} threads | {plain:.0f} texts a second |")
        print(f"| how many times faster | {fast / plain:.1f} |")


if __name__ == "__main__":
    main()
