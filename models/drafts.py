"""What somebody has begun to write about an entry and not saved yet."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class NeedDraft(Base):
    """The fields of the form of a need as a person last left them. It changes nothing of the need itself."""

    __tablename__ = "need_draft"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    saved_at: Mapped[datetime]
