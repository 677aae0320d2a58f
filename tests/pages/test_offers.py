"""Offers: the list by kind and field, and each in full at the level of its reader."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models.types import OfferKind, ProfileState, Stage, SupplyState, Visibility
from network.queries.offers import OfferCriteria, listing, offer
from tests.factories import Make, both
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]


def titles(client: Any) -> list[str]:
    return client.texts("main .entries h2")


def test_the_list_is_narrowed_by_kind_and_field(client: Any, session: Session, make: Make) -> None:
    lab = make.organisation("Lab", "institute")
    physics, law = make.field("103", "Physics"), make.field("505", "Law")
    make.offer(lab, "Microscopes", kind=OfferKind.LAB, fields=[physics])
    make.offer(lab, "Clean room", kind=OfferKind.LAB, fields=[physics])
    make.offer(lab, "Patent advice", kind=OfferKind.IP_LEGAL, fields=[law])
    make.offer(lab, "Withdrawn", kind=OfferKind.LAB, state=SupplyState.WITHDRAWN)
    session.commit()
    client.get("/en/offers")
    assert titles(client) == ["Clean room", "Microscopes", "Patent advice"]
    assert client.texts("input[name=kind] + label") == ["All", "Laboratory use (2)", "Patents and legal help (1)"]
    assert client.texts("#facet-field option") == ["All", "Physics (2)", "Law (1)"]
    client.get("/en/offers?kind=lab&q=clean")
    assert titles(client) == ["Clean room"]
    assert client.texts("#found") == ["1 offer"]
    client.get("/en/offers?field=505")
    assert titles(client) == ["Patent advice"]


def test_an_offer_in_full(client: Any, session: Session, make: Make) -> None:
    entry = make.offer(
        make.organisation("Lab", "institute", slug="lab"),
        "Microscopes",
        kind=OfferKind.LAB,
        stages=[Stage.IDEA.value, Stage.PILOT.value],
        trl_min=3,
        capacity=4,
        languages=["vi", "en"],
        district="ba-dinh",
    )
    session.commit()
    client.get(f"/en/offers/{entry.id}")
    assert client.texts("main h1, main h2") == [
        "Microscopes",
        "Ask for a talk",
        "Whom it suits",
        "Where this comes from",
    ]
    assert dict(zip(client.texts(".facts dt"), client.texts(".facts dd"), strict=True)) == {
        "Stages": "Idea, Pilot with users",
        "Technology readiness": "TRL 3–9",
        "Places at a time": "4",
        "Languages": "Tiếng Việt, English",
        "District": "Ba Dinh",
    }
    assert [str(a["href"]) for a in client.page.select(".page-head a")] == ["/en/directory/lab"]


def test_details_and_hidden_offers_keep_to_their_readers(client: Any, make: Make, sign_in: SignIn) -> None:
    lab = make.organisation("Lab", "institute")
    public = make.offer(lab, details=both("Ten dong an hour"))
    others = [
        make.offer(lab, "Draft", state=SupplyState.DRAFT),
        make.offer(lab, "For members", visibility=Visibility.MEMBERS),
        make.offer(make.organisation(kind="institute", state=ProfileState.SUSPENDED), "Suspended"),
    ]
    owner, member = make.user(lab), make.user(make.organisation())
    make.session.commit()

    def answers() -> list[int]:
        return [client.get(f"/en/offers/{o.id}").status_code for o in others]

    client.get(f"/en/offers/{public.id}")
    assert client.texts("#details-title + .prose") == []
    assert answers() == [404, 404, 404]
    sign_in(client, member).get(f"/en/offers/{public.id}")
    assert client.texts("#details-title + .prose") == ["Ten dong an hour"]
    assert answers() == [404, 200, 404]
    sign_in(client, owner)
    assert answers() == [200, 200, 404]
    client.get(f"/en/offers/{others[0].id}")
    assert client.texts(".page-head .tag") == ["Draft", "Testing and certification"]
    assert client.texts(".aside a") == ["See which needs it could serve"]


def test_list_and_page_take_the_same_statements_however_many_there_are(session: Session, make: Make) -> None:
    def sent() -> int:
        with statements_of(session) as statements:
            listing(session, None, OfferCriteria(), 1, language="en")
        return len(statements)

    first = make.offer(make.organisation(kind="partner"), fields=[make.field("102")]).id
    few = sent()
    for _ in range(5):
        make.offer(make.organisation(kind="partner"), fields=[make.field("102")])
    assert sent() == few == 7
    with statements_of(session) as statements:
        offer(session, None, first)
    assert len(statements) == 2
