"""Drawings of the network of organisations and fields: computed beside the requests, stored, read for pages."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class GraphLayout(Base):
    """Where the nodes of one drawing stand.

    `head` is a fingerprint of the nodes and edges it was computed for: as long as it is the same, nothing needs to be
    computed again. `positions` are [x, y] by the key of the node, in a box of `WIDTH` by `HEIGHT`.
    """

    __tablename__ = "graph_layout"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    head: Mapped[str] = mapped_column(sa.String(64))
    positions: Mapped[dict[str, list[int]]] = mapped_column(sa.JSON, default=dict)
    made_at: Mapped[datetime]


WIDTH, HEIGHT = 1000, 860
