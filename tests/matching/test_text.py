"""What of an entry reaches the index, and what is asked for a need or a supply."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from matching import catalogue
from matching.text import MOST_SPANS, describe, kind_words, query_for_need, query_for_offer, query_for_technology
from models.texts import Bilingual
from models.types import (
    CloseReason,
    NeedState,
    OfferKind,
    ProfileState,
    Stage,
    SubjectKind,
    SupplyState,
    TransferForm,
    Visibility,
)
from tests.factories import Make


def test_texts_of_both_languages_without_details(make: Make) -> None:
    offer = make.offer(
        make.organisation(kind="centre"),
        Bilingual("Phòng sạch", "Clean room"),
        summary=Bilingual("Cho thuê theo ngày.", None),
        details=Bilingual("Mã cửa 1234", "Door code 1234"),
    )
    entry = describe(offer)
    assert entry is not None
    assert entry.parts == (("vi", "Phòng sạch Cho thuê theo ngày."), ("en", "Clean room"))
    assert entry.spans == ("Phòng sạch", "Cho thuê theo ngày.", "Clean room")
    assert "1234" not in repr(entry)


def test_long_texts_share_the_spans_between_languages(make: Make) -> None:
    long = " ".join(f"Câu thứ {n} của đoạn văn này." for n in range(20))
    entry = describe(make.offer(make.organisation(), Bilingual("Phòng sạch", "Room"), summary=Bilingual(long, long)))
    assert entry is not None
    assert len(entry.spans) <= MOST_SPANS
    assert "Room" in entry.spans


def test_products_and_gifts_are_part_of_the_text(make: Make) -> None:
    enterprise = describe(make.organisation("Lam", kind="enterprise", products=Bilingual("Máy sấy lúa", None)))
    programme = describe(
        make.programme(None, "Incubation", gives=Bilingual(None, "Desks"), who=Bilingual(None, "Teams"))
    )
    assert enterprise is not None
    assert programme is not None
    assert "Máy sấy lúa" in enterprise.parts[0][1]
    assert dict(programme.parts)["en"].endswith("Desks Teams")


def test_what_is_not_to_be_found_has_no_entry(make: Make) -> None:
    owner, suspended = make.organisation(), make.organisation(state=ProfileState.SUSPENDED)
    hidden = [
        make.need(owner, state=NeedState.DRAFT),
        make.need(owner, state=NeedState.CLOSED, close_reason=CloseReason.EXPIRED),
        make.offer(owner, state=SupplyState.WITHDRAWN),
        make.technology(owner, state=SupplyState.DRAFT),
        make.need(suspended),
        make.offer(suspended),
        make.technology(suspended),
        make.programme(suspended),
        suspended,
    ]
    assert [describe(each) for each in hidden] == [None] * len(hidden)
    assert describe(make.need(owner, state=NeedState.MATCHED)) is not None


def test_hash_follows_texts_and_facts(make: Make, session: Session) -> None:
    offer = make.offer(make.organisation(), "Clean room")
    seen = set()
    for change in (
        {},
        {"title": Bilingual("Phòng", "Clean rooms")},
        {"visibility": Visibility.MEMBERS},
        {"trl_min": 3, "trl_max": 5},
        {"capacity": 0},
    ):
        for name, value in change.items():
            setattr(offer, name, value)
        entry, again = describe(offer), describe(offer)
        assert entry is not None
        assert again is not None
        assert entry.text_hash == again.text_hash
        seen.add(entry.text_hash)
    assert len(seen) == 5


def test_facts_become_columns(make: Make) -> None:
    offer = make.offer(
        make.organisation(kind="institute"),
        kind=OfferKind.LAB,
        stages=["pilot"],
        trl_min=3,
        trl_max=None,
        capacity=0,
        languages=["en"],
        district="dong-da",
        visibility=Visibility.MEMBERS,
        fields=[make.field("1"), make.field("102")],
    )
    entry = describe(offer)
    assert entry is not None
    row = catalogue.row(SubjectKind.OFFER, offer.id, entry.facts)
    assert catalogue.named(catalogue.OFFER_KINDS, int(row["kinds"])) == ["lab"]
    assert catalogue.named(catalogue.STAGES, int(row["stages"])) == ["pilot"]
    assert (row["trl_min"], row["trl_max"]) == (3, 9)
    assert row["capacity"] == 1  # known, and none
    assert catalogue.DISTRICT_CODES[int(row["district"]) - 1] == "dong-da"
    assert sorted(set(row["fields"].tolist())) == [0, 1, 102]
    assert catalogue.LEVELS[int(row["level"]) - 1] is Visibility.MEMBERS


def test_a_level_nobody_knows_is_the_most_closed_one() -> None:
    assert catalogue.row(SubjectKind.OFFER, 1, {})["level"] == len(catalogue.LEVELS)


def test_question_of_a_need(make: Make) -> None:
    owner = make.organisation()
    need = make.need(
        owner,
        Bilingual("Cần phòng sạch", "A clean room"),
        summary=Bilingual("Để thử cảm biến.", None),
        details=Bilingual("Bí mật", "Secret"),
        kinds=[OfferKind.LAB],
        stage=Stage.PILOT,
        trl=5,
        fields=[make.field("102")],
    )
    query = query_for_need(need, Visibility.MEMBERS, on=date(2026, 11, 24))
    assert query.text == "Cần phòng sạch Để thử cảm biến."
    assert (query.kinds, query.stage, query.trl, query.fields) == ((OfferKind.LAB,), Stage.PILOT, 5, ("102",))
    assert (query.exclude_organisation, query.clearance) == (owner.id, Visibility.MEMBERS)
    assert (query.language, query.on) == (None, date(2026, 11, 24))
    assert SubjectKind.NEED not in query.subjects
    english = make.need(owner, Bilingual(None, "A clean room"))
    assert query_for_need(english).language == "en"


def test_questions_of_supplies_ask_for_needs_of_others(make: Make) -> None:
    owner = make.organisation(kind="institute")
    offer = make.offer(owner, kind=OfferKind.LAB, stages=["pilot"])
    technology = make.technology(owner, transfer_form=TransferForm.JOINT_DEVELOPMENT)
    asked = query_for_offer(offer), query_for_technology(technology)
    assert {query.subjects for query in asked} == {frozenset({SubjectKind.NEED})}
    assert {query.exclude_organisation for query in asked} == {owner.id}
    assert [query.kinds for query in asked] == [(OfferKind.LAB,), (OfferKind.CONTRACT_RESEARCH,)]
    assert asked[0].stage is Stage.PILOT


@pytest.mark.parametrize("kind", OfferKind)
def test_every_kind_of_help_has_words(kind: OfferKind) -> None:
    assert kind_words([kind.value])
