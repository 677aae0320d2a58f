"""Records of the starter registry about figures, and the points their charts are drawn from."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from models import Figure, FigurePoint
from models.figures import FigureGroup, FigureSeries
from models.texts import Bilingual

if TYPE_CHECKING:
    from network.services.starter import Loader

Record = dict[str, Any]


def figure(loader: "Loader", record: Record) -> Figure:
    return Figure(
        group=FigureGroup(record["group"]),
        as_of=record.get("as_of"),
        **loader.common(record, "label", "value", "unit", "period"),
    )


def point(loader: "Loader", record: Record) -> FigurePoint:
    figure_id = loader.session.scalar(sa.select(Figure.id).where(Figure.starter_key == record["figure"]))
    if figure_id is None:
        raise KeyError(record["figure"])
    return FigurePoint(
        starter_key=record["key"],
        figure_id=figure_id,
        series=FigureSeries(record["series"]),
        label=Bilingual(record.get("label_vi"), record.get("label_en")),
        number=record["number"],
        at=record.get("at"),
        goal=bool(record.get("goal")),
    )
