"""Latency of one suggestion request end to end, at the starter size and at 10,000 organisations.

    python -m benchmarks.suggestion_latency [--organisations 10000] [--requests 200]

A request is POST /api/v1/suggestions through the whole application (routing, encoding the question, both legs,
filters, factors, reasons, phrases, reading the entries, JSON), one client, in this process. Organisations beyond the
starter registry are made by joining clauses of its own texts, each with a text of its own; their vectors come from
the same encoder. Prints a row of docs/benchmarks.md.
"""

import argparse
import itertools
import os
import platform
import random
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sqlalchemy as sa

from matching.words import spans
from models import Organisation, Partner
from models.base import utc_now
from models.jobs import enqueue_embedding
from models.texts import Bilingual
from models.types import Provenance, SubjectKind
from network import create_app
from network.extensions import alembic, db, engine
from network.services import starter
from network.settings import Settings

QUESTIONS = (
    "Chúng tôi cần nơi thử độ bền cảm biến đo mực nước trong cống, chịu được khí ăn mòn",
    "We look for a clinic that would try our walking aid with stroke patients for three months",
    "can phong thi nghiem vi sinh de kiem tra men vi sinh cho tom",
    "Tìm cố vấn đăng ký sáng chế ở Mỹ cho một vật liệu mới",
    "Seed money for the first one thousand units of a water sensor",
)


def fill(organisations: int, seed: int = 7) -> None:
    """Adds made-up partners until there are `organisations`, and embeds whatever waits."""
    draw = random.Random(seed)
    clauses = [span for text in db.session.scalars(sa.select(Organisation.summary_vi)) if text for span in spans(text)]
    present = db.session.scalar(sa.select(sa.func.count()).select_from(Organisation)) or 0
    for number in range(present, organisations):
        partner = Partner(
            slug=f"benchmark-{number}",
            name=Bilingual(f"Đơn vị thử tải {number}", None),
            summary=Bilingual(" ".join(draw.sample(clauses, 4)), None),
            provenance=Provenance.ILLUSTRATIVE,
        )
        db.session.add(partner)
        db.session.flush()
        enqueue_embedding(db.session, SubjectKind.ORGANISATION, partner.id)
    db.session.commit()
    engine().work(db.session)


def measure(requests: int) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds, after ten requests to warm up; no text comes twice."""
    from flask import current_app

    client = current_app.test_client()
    times = []
    draw = random.Random(3)
    for _number, question in zip(range(requests + 10), itertools.cycle(QUESTIONS), strict=False):
        words = question.split()
        text = " ".join(draw.sample(words, len(words)))
        begun = time.perf_counter()
        answer = client.post("/api/v1/suggestions", json={"text": text, "limit": 10})
        times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.text
    times = sorted(times[10:])
    return statistics.median(times), times[int(len(times) * 0.95)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            app_env="test", secret_key="benchmark" * 4, database_url=f"sqlite:///{folder}/b.sqlite3", rate_limits=False
        )
        app = create_app(settings)
        with app.app_context():
            alembic.upgrade()
            starter.load(db.session, now=utc_now())
            db.session.commit()
            engine().work(db.session)
            for size in ("starter", arguments.organisations):
                if size != "starter":
                    fill(int(size))
                entries = engine().health(db.session).size
                median, late = measure(arguments.requests)
                machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
                print(f"| {utc_now():%Y-%m-%d} | {machine} | {size} | {entries} | {median:.1f} ms | {late:.1f} ms |")
    assert Path(folder).exists() is False


if __name__ == "__main__":
    main()
