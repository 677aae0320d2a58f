"""Ranking policies: made, put in force for all processes, taken back."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matching.encoder import HashingEncoder
from matching.engine import Engine
from matching.fit import Fitted
from matching.policy import PRIOR, Policy, serving
from matching.worker import waiting_count
from models import AuditEvent, EmbeddingClock, RankingPolicy
from models.errors import NotFound
from network.services import ranking
from tests.factories import NOW, Make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten questions, each answered by the document that shares its word in one of two clauses."""
    words = ["pin", "tôm", "sen", "gốm", "dệt", "thép", "nhựa", "lúa", "chè", "muối"]
    corpus = [{"_id": w, "title": "", "text": f"Phòng thí nghiệm của thành phố, thử {w} mỗi ngày."} for w in words]
    queries = [{"_id": w, "text": f"Bọn em cần ai đó giúp, thử {w} giúp bọn em."} for w in words]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "qrels").mkdir()
    rows = "".join(f"{w}\t{w}\t2\n" for w in words)
    (tmp_path / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\n" + rows, encoding="utf-8")
    return tmp_path


def test_a_policy_is_made_kept_and_put_in_force(session: Session, make: Make, folder: Path) -> None:
    make.need(make.organisation())
    made = ranking.fit(session, HashingEncoder(), [folder], "dev", now=NOW)
    assert made.better
    (row,) = session.scalars(sa.select(RankingPolicy))
    assert row.report["folders"] == [folder.name]
    assert row.report["compared_with"] == PRIOR.name
    assert serving(session).policy == made.policy
    assert waiting_count(session, "match") == 1  # stored matches follow
    assert [event.action for event in session.scalars(sa.select(AuditEvent))] == ["ranking.fit"]


def test_a_worse_one_is_kept_but_does_not_serve(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    from matching import fit

    worse = Fitted(Policy.from_json("worse", PRIOR.to_json()), {"compared_with": PRIOR.name}, better=False)
    monkeypatch.setattr(fit, "fit", lambda *_: worse)
    ranking.fit(session, HashingEncoder(), [], "dev", now=NOW)
    assert session.scalar(sa.select(RankingPolicy.report))["better"] is False
    assert serving(session).policy == PRIOR


def test_the_way_back(session: Session, folder: Path) -> None:
    first = ranking.fit(session, HashingEncoder(), [folder], "dev", now=NOW)
    ranking.use(session, PRIOR.name, now=NOW)
    assert serving(session).policy == PRIOR
    ranking.use(session, first.policy.name, now=NOW)
    assert serving(session).policy == first.policy
    assert [name for name, _, _ in ranking.kept(session)] == [first.policy.name, PRIOR.name]
    with pytest.raises(NotFound):
        ranking.use(session, "nobody's", now=NOW)


def test_every_process_answers_by_the_policy_in_force_and_says_so(session: Session, make: Make) -> None:
    engine = Engine("hashing")
    make.offer(make.organisation(kind="centre"), "Salt spray tests")
    engine.work(session)
    from matching.questions import Query

    before = engine.suggest(session, Query("salt spray tests"))
    strict = RankingPolicy(name="strict", made_at=NOW, content={**PRIOR.to_json(), "threshold": 0.99}, report={})
    session.add(strict)
    session.flush()
    session.execute(sa.update(EmbeddingClock).values(policy_id=strict.id))
    after = engine.suggest(session, Query("salt spray tests"))
    assert [(answer.policy, answer.threshold) for answer in (before, after)] == [
        (PRIOR.name, PRIOR.threshold),
        ("strict", 0.99),
    ]
