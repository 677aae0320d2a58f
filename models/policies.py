"""Ranking policies: every way of ranking that was ever in force or tried, with the report on how it was found."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class RankingPolicy(Base):
    """`content` is what matching.policy reads; `report` how it compares with the one before. Rows are never changed.

    Which one is in force stands in `embedding_clock`.
    """

    __tablename__ = "ranking_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    made_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any]]
