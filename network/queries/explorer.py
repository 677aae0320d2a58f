"""The explorer: the directory as a list, on a map of the districts and as a network, all narrowed by the same address.

The outlines of the districts are a schematic drawing (network/data/districts.json), no survey.
"""

import enum
import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from models import Organisation
from models.taxonomy import DISTRICTS
from models.texts import Bilingual
from models.types import OrganisationKind
from network.queries.directory import DirectoryCriteria
from network.queries.facets import Narrowing

SHADES = 4


class View(enum.StrEnum):
    LIST = "list"
    MAP = "map"
    NETWORK = "network"


@dataclass(frozen=True, kw_only=True)
class ExplorerCriteria(DirectoryCriteria):
    view: View | None = None

    @property
    def shown(self) -> View:
        return self.view or View.MAP

    @property
    def narrowed(self) -> bool:
        return bool(self.without("sort", "view"))


@dataclass(frozen=True)
class Outlines:
    """The drawing: `paths` and `labels` by the code of the district, in a box of `width` by `height`; the names of the
    `narrow` ones stand on two lines."""

    width: int
    height: int
    river: str
    paths: dict[str, str]
    labels: dict[str, tuple[int, int]]
    narrow: frozenset[str]


@functools.cache
def outlines() -> Outlines:
    file = Path(__file__).parents[1] / "data" / "districts.json"
    drawing = json.loads(file.read_text(encoding="utf-8"))
    districts = drawing["districts"]
    return Outlines(
        drawing["width"],
        drawing["height"],
        _path(drawing["river"]),
        {code: f"{_path(district['corners'])}Z" for code, district in districts.items()},
        {code: tuple(district["label"]) for code, district in districts.items()},
        frozenset(code for code, district in districts.items() if district.get("narrow")),
    )


def _path(corners: Iterable[tuple[int, int]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in corners)


@dataclass(frozen=True)
class District:
    """`total` organisations, `kinds` of which sorts; `shade` is 0 for none and `SHADES` for the most."""

    code: str
    name: Bilingual
    total: int
    kinds: tuple[tuple[OrganisationKind, int], ...]
    shade: int
    chosen: bool


@dataclass(frozen=True)
class Map:
    """Every district, also those without anybody. `steps` are the numbers (first, last) behind each shade from 1 up,
    `nowhere` the organisations that state no district."""

    districts: tuple[District, ...]
    steps: tuple[tuple[int, int], ...]
    nowhere: int
    outlines: Outlines

    @property
    def chosen(self) -> District | None:
        return next((district for district in self.districts if district.chosen), None)

    @property
    def ranked(self) -> tuple[District, ...]:
        """For the table: the most first."""
        return tuple(sorted(self.districts, key=lambda district: -district.total))


def city_map(narrowing: Narrowing, criteria: ExplorerCriteria) -> Map:
    """The numbers under every condition but that of the district. One statement."""
    counted = (
        sa.select(Organisation.district, Organisation.kind, sa.func.count())
        .select_from(narrowing.source)
        .where(*narrowing.where("district"))
        .group_by(Organisation.district, Organisation.kind)
    )
    numbers: dict[str | None, dict[OrganisationKind, int]] = {}
    for code, kind, number in narrowing.session.execute(counted):
        numbers.setdefault(code if code in DISTRICTS else None, {})[kind] = number
    totals = {code: sum(numbers.get(code, {}).values()) for code in DISTRICTS}
    step = max(1, -(-max(totals.values()) // SHADES))
    return Map(
        tuple(
            District(
                code,
                name,
                totals[code],
                tuple((kind, numbers[code][kind]) for kind in OrganisationKind if kind in numbers.get(code, {})),
                -(-totals[code] // step),
                code == criteria.district,
            )
            for code, name in DISTRICTS.items()
        ),
        tuple((n * step + 1, (n + 1) * step) for n in range(SHADES)),
        sum(numbers.get(None, {}).values()),
        outlines(),
    )
