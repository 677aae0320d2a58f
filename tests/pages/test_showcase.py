"""The exhibition: the hall, each stand, and what is not shown."""

from typing import Any

from sqlalchemy.orm import Session

from models import Exhibit, Stand
from models.types import ProfileState, SupplyState
from network.queries.showcase import hall
from tests.factories import Make, both
from tests.statements import statements_of


def test_a_stand_shows_technologies_and_products(client: Any, session: Session, make: Make) -> None:
    lab = make.organisation("Lab", "institute")
    maker = make.organisation("Maker", "enterprise", products=both("Pumps"))
    first = make.stand(make.organisation("Lotus", "centre", slug="lotus"), 1)
    first.exhibits = [
        Exhibit(position=1, technology=make.technology(lab, "Membrane"), caption=both("It filters")),
        Exhibit(position=2, organisation=maker),
        Exhibit(position=3, technology=make.technology(lab, "Draft", state=SupplyState.DRAFT)),
        Exhibit(position=4, organisation=make.organisation("Closed", "enterprise", state=ProfileState.SUSPENDED)),
    ]
    second = make.stand(make.organisation("Bamboo", "centre", slug="bamboo"), 2, theme=both("Good food"))
    second.exhibits = [Exhibit(position=1, organisation=maker)]
    for number, slug in ((3, "empty"), (4, "withdrawn")):
        make.stand(make.organisation(slug, "centre", slug=slug), number, theme=both(slug))
    withdrawn = make.technology(lab, "Withdrawn", state=SupplyState.WITHDRAWN)
    session.query(Stand).filter_by(number=4).one().exhibits = [Exhibit(position=1, technology=withdrawn)]
    session.commit()
    client.get("/en/showcase")
    assert client.texts("main h2") == ["Clean water", "Good food"]
    client.get("/en/showcase/lotus")
    assert client.texts("main h3") == ["Membrane", "Pumps"]
    assert client.texts(".neighbours a") == ["Good food →"]
    for slug in ("nobody", "empty", "withdrawn"):
        assert client.get(f"/en/showcase/{slug}").status_code == 404


def test_the_hall_takes_the_same_statements_however_many_stands(session: Session, make: Make) -> None:
    def sent() -> int:
        with statements_of(session) as statements:
            hall(session, None)
        return len(statements)

    def add(number: int) -> None:
        stand = make.stand(make.organisation(kind="centre"), number)
        lab, maker = make.organisation(kind="institute"), make.organisation(kind="enterprise")
        stand.exhibits = [
            Exhibit(position=1, technology=make.technology(lab)),
            Exhibit(position=2, organisation=maker),
        ]
        session.flush()

    add(1)
    few = sent()
    for number in range(2, 6):
        add(number)
    assert sent() == few <= 6
