"""Which ranking policy is in force: made from judgements and decisions, put in force, taken back."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matching import store, worker
from matching.policy import PRIOR, serving
from models import EmbeddingClock, RankingPolicy
from models.audit import record
from models.errors import NotFound

if TYPE_CHECKING:
    from matching.encoder import Encoder
    from matching.fit import Fitted


def fit(session: Session, encoder: "Encoder", folders: Sequence[Path], split: str, *, now: datetime) -> "Fitted":
    """A policy from `folders` in BEIR form and all decisions so far; kept, and put in force if it is no worse.

    Raises BadFolder.
    """
    from matching import fit as fitting  # brings scipy
    from matching.decisions import decisions

    sets = [fitting.judged(folder, split, encoder) for folder in folders]
    name = now.strftime("fitted-%Y%m%d-%H%M%S")
    made = fitting.fit(sets, decisions(session), encoder.name, serving(session).policy, name)
    report = {**made.report, "folders": [folder.name for folder in folders], "split": split, "better": made.better}
    row = RankingPolicy(name=name, made_at=now, content=made.policy.to_json(), report=report)
    session.add(row)
    record(session, None, "ranking.fit", row, now=now, name=name, better=made.better)
    if made.better:
        _put_in_force(session, row.id)
    return made


def use(session: Session, name: str, *, now: datetime) -> None:
    """Puts a policy in force that is kept, or that of the code. Raises NotFound."""
    row = session.scalar(sa.select(RankingPolicy).where(RankingPolicy.name == name))
    if row is None and name != PRIOR.name:
        raise NotFound
    _put_in_force(session, row.id if row else None)
    if row:
        record(session, None, "ranking.use", row, now=now, name=name)


def kept(session: Session) -> list[tuple[str, str | None, str]]:
    """Name, day and what it was compared with; the newest first, that of the code last."""
    rows = session.scalars(sa.select(RankingPolicy).order_by(RankingPolicy.id.desc()))
    listed: list[tuple[str, str | None, str]] = [
        (row.name, row.made_at.strftime("%Y-%m-%d %H:%M"), f"compared with {row.report['compared_with']}")
        for row in rows
    ]
    return [*listed, (PRIOR.name, None, "of the code")]


def _put_in_force(session: Session, policy_id: int | None) -> None:
    store.ensure_clock(session)
    session.execute(sa.update(EmbeddingClock).values(policy_id=policy_id))
    worker.renew_matches(session)
