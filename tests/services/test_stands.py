"""The stand of a centre: set up, filled with what everybody may read, put in order, closed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEvent, Exhibit, OutboxMail, Stand
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.texts import Bilingual
from models.types import MembershipRole, ProfileState, Provenance, SupplyState, Visibility
from network.services import stands
from network.services.stands import StandValues
from tests.factories import Make, both

VALUES = StandValues(both("Clean water"), Bilingual("Mời vào", None))


@pytest.fixture
def centre(make: Make) -> Any:
    return make.organisation("Lotus Centre", "centre", provenance=Provenance.ILLUSTRATIVE)


@pytest.fixture
def manager(make: Make, centre: Any) -> Any:
    return make.user(centre)


def test_a_stand_takes_the_first_place_that_is_free(
    session: Session, make: Make, centre: Any, manager: Any, now: datetime
) -> None:
    for number in (1, 3):
        make.stand(make.organisation(kind="centre"), number)
    stand = stands.set_up(session, manager, centre, VALUES, now=now)
    assert (stand.number, stand.provenance, stand.welcome.vi) == (2, Provenance.ILLUSTRATIVE, "Mời vào")
    with pytest.raises(Conflict, match="stand_exists"):
        stands.set_up(session, manager, centre, VALUES, now=now)
    assert session.scalars(sa.select(AuditEvent.action)).all() == ["stand.create"]


def test_only_centres_have_stands_and_each_has_a_theme(
    session: Session, make: Make, centre: Any, manager: Any, now: datetime
) -> None:
    lab = make.organisation(kind="institute")
    with pytest.raises(NotFound):
        stands.set_up(session, make.user(lab), lab, VALUES, now=now)
    with pytest.raises(Invalid, match="theme_missing"):
        stands.set_up(session, manager, centre, StandValues(Bilingual(" ", ""), both("W")), now=now)


def test_what_everybody_may_read_is_exhibited_once(
    session: Session, make: Make, centre: Any, manager: Any, now: datetime
) -> None:
    stand, lab = make.stand(centre), make.organisation(kind="institute")
    shown, maker = make.technology(lab), make.organisation(kind="enterprise")
    stands.put(session, manager, stand, technology_id=shown.id, now=now)
    stands.put(session, manager, stand, organisation_id=maker.id, now=now)
    assert [(e.position, e.technology_id, e.organisation_id) for e in stand.exhibits] == [
        (1, shown.id, None),
        (2, None, maker.id),
    ]
    with pytest.raises(Conflict, match="exhibited_already"):
        stands.put(session, manager, stand, technology_id=shown.id, now=now)
    hidden = [
        make.technology(lab, state=SupplyState.DRAFT),
        make.technology(lab, visibility=Visibility.MEMBERS),
        make.technology(make.organisation(kind="institute", state=ProfileState.SUSPENDED)),
    ]
    for technology in hidden:
        with pytest.raises(NotFound):
            stands.put(session, manager, stand, technology_id=technology.id, now=now)
    for organisation in (lab, make.organisation(kind="enterprise", state=ProfileState.SUSPENDED)):
        with pytest.raises(NotFound):
            stands.put(session, manager, stand, organisation_id=organisation.id, now=now)
    with pytest.raises(NotFound):
        stands.put(session, manager, stand, now=now)


def test_the_owner_of_an_exhibit_is_told(
    session: Session, make: Make, centre: Any, manager: Any, now: datetime
) -> None:
    stand, lab = make.stand(centre), make.organisation(kind="institute")
    owner = make.user(lab)
    stands.put(session, manager, stand, technology_id=make.technology(lab, "Membrane").id, now=now)
    session.flush()
    (letter,) = session.scalars(sa.select(OutboxMail))
    assert (letter.to, letter.template) == (owner.email, "exhibit_shown")
    assert letter.context["title"]["en"] == "Membrane"
    assert letter.context["centre"]["en"] == "Lotus Centre"


def test_a_full_stand_takes_no_more(session: Session, make: Make, centre: Any, manager: Any, now: datetime) -> None:
    stand, lab = make.stand(centre), make.organisation(kind="institute")
    for _ in range(stands.MOST_EXHIBITS):
        stands.put(session, manager, stand, technology_id=make.technology(lab).id, now=now)
    with pytest.raises(Conflict, match="stand_full"):
        stands.put(session, manager, stand, technology_id=make.technology(lab).id, now=now)


def test_exhibits_move_are_described_and_leave(
    session: Session, make: Make, centre: Any, manager: Any, now: datetime
) -> None:
    stand, lab = make.stand(centre), make.organisation(kind="institute")
    first, second, third = (
        stands.put(session, manager, stand, technology_id=make.technology(lab).id, now=now) for _ in range(3)
    )

    def order() -> list[Exhibit]:
        return sorted(stand.exhibits, key=lambda e: e.position)

    stands.move(session, manager, stand, third, up=True, now=now)
    assert order() == [first, third, second]
    stands.move(session, manager, stand, first, up=True, now=now)
    stands.move(session, manager, stand, second, up=False, now=now)
    assert order() == [first, third, second]
    stands.describe(session, manager, stand, first, Bilingual("Lọc  nước", " "), now=now)
    assert first.caption == Bilingual("Lọc nước", None)
    stands.remove(session, manager, stand, third, now=now)
    session.flush()
    assert order() == [first, second]
    assert make.count(Exhibit) == 2


def test_a_closed_stand_leaves_its_place_and_a_trace(
    session: Session, make: Make, centre: Any, manager: Any, now: datetime
) -> None:
    stand = make.stand(centre, 5)
    stands.put(session, manager, stand, organisation_id=make.organisation(kind="enterprise").id, now=now)
    stands.close(session, manager, stand, now=now)
    session.flush()
    assert (make.count(Stand), make.count(Exhibit)) == (0, 0)
    assert session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()[-1] == "stand.close"


def test_only_managers_of_the_centre_arrange_it(session: Session, make: Make, centre: Any, now: datetime) -> None:
    stand, maker = make.stand(centre), make.organisation(kind="enterprise")
    exhibit = Exhibit(position=1, organisation=maker)
    stand.exhibits.append(exhibit)
    session.flush()
    colleague, stranger = make.user(centre, membership=MembershipRole.MEMBER), make.user(make.organisation())
    for somebody in (colleague, stranger, make.coordinator()):
        steps: list[Callable[[], Any]] = [
            lambda who=somebody: stands.update(session, who, stand, VALUES, now=now),  # type: ignore[misc]
            lambda who=somebody: stands.put(session, who, stand, organisation_id=maker.id, now=now),  # type: ignore[misc]
            lambda who=somebody: stands.move(session, who, stand, exhibit, up=True, now=now),  # type: ignore[misc]
            lambda who=somebody: stands.remove(session, who, stand, exhibit, now=now),  # type: ignore[misc]
            lambda who=somebody: stands.close(session, who, stand, now=now),  # type: ignore[misc]
        ]
        for step in steps:
            with pytest.raises(NotPermitted):
                step()


def test_exhibits_of_others_are_not_found(session: Session, make: Make, centre: Any) -> None:
    other = make.organisation(kind="centre")
    stand = make.stand(other)
    stand.exhibits.append(Exhibit(position=1, organisation=make.organisation(kind="enterprise")))
    session.flush()
    assert stands.find_exhibit(session, other, stand.exhibits[0].id) == (stand, stand.exhibits[0])
    with pytest.raises(NotFound):
        stands.find_exhibit(session, centre, stand.exhibits[0].id)
