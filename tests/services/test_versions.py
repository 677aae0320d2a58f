"""Versions of a technology: kept with every change that others could read, compared, and turned back into values."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Technology, TechnologyVersion
from models.errors import Invalid
from models.technologies import Owner, PriceBasis
from models.texts import Bilingual
from models.types import IpType, SupplyState, TransferForm, Visibility
from network.services import supply, versions
from network.services.versions import FIELDS, PLAIN, TEXTS, WORDS
from tests.factories import Make, both

FULL: dict[str, Any] = {
    **{name: both(name.replace("_", " ").capitalize()) for name in TEXTS},
    "visibility": Visibility.PUBLIC,
    "trl": 5,
    "ip_type": IpType.PATENT,
    "ip_number": "1-0034567",
    "ip_status": None,
    "ip_territory": "VN",
    "owners": (Owner("Trường A", 6000), Owner("Công ty B", 4000)),
    "transfer_forms": (TransferForm.LICENCE, TransferForm.SERVICE),
    "price_basis": PriceBasis.LUMP_SUM,
    "price_low": 100,
    "price_high": 200,
    "reference": "CN-01",
}


def kept(session: Session) -> list[TechnologyVersion]:
    return list(session.scalars(sa.select(TechnologyVersion).order_by(TechnologyVersion.number)))


def test_only_what_others_could_read_becomes_a_version(session: Session, make: Make, now: datetime) -> None:
    institute = make.organisation(kind="institute")
    lan = make.user(institute)
    entry = supply.create(session, lan, Technology, institute, FULL, [], now=now)
    supply.update(session, lan, entry, {**FULL, "trl": 6}, [], now=now)
    assert kept(session) == []
    supply.publish(session, lan, entry, now=now)
    supply.unpublish(session, lan, entry, now=now)
    supply.publish(session, lan, entry, now=now)
    assert [(v.number, v.at, v.author) for v in kept(session)] == [(1, now, lan)]
    later = now + timedelta(days=3)
    supply.update(session, lan, entry, {**FULL, "trl": 7}, [], now=later)
    supply.update(session, lan, entry, {**FULL, "trl": 7}, [], now=later)
    first, second = kept(session)
    assert (second.number, second.at) == (2, later)
    assert versions.changed(first.content, second.content) == ("trl",)
    assert (first.content["trl"], second.content["trl"]) == (6, 7)


def test_an_entry_from_before_versions_keeps_how_it_stood(session: Session, make: Make, now: datetime) -> None:
    institute = make.organisation(kind="institute")
    entry = make.technology(institute, "Membrane", trl=4)
    supply.update(session, make.user(institute), entry, {**FULL, "title": both("Membrane")}, [], now=now)
    first, second = kept(session)
    assert (first.author, first.content["trl"]) == (None, 4)
    assert second.content["trl"] == 5


def test_a_content_says_everything_and_turns_back_into_what_was_said(
    session: Session, make: Make, now: datetime
) -> None:
    """Compared as a whole: a column that is added later must find its place in FIELDS or here."""
    institute = make.organisation(kind="institute")
    codes = [make.field("205").code, make.field("102").code]
    entry = supply.create(session, make.user(institute), Technology, institute, FULL, codes, now=now)
    content = versions.content_of(entry)
    assert list(content) == list(FIELDS)
    values, fields = versions.values_of(content)
    assert fields == ["102", "205"]
    assert values == FULL
    columns = {c.name for c in Technology.__table__.columns}
    said = {f"{name}_{code}" for name in TEXTS for code in ("vi", "en")} | {*WORDS, *PLAIN, "transfer_form"}
    kept_elsewhere = {"id", "organisation_id", "state", "folded", "created_at", "updated_at"}
    of_its_origin = {"starter_key", "provenance", "sources", "uncertain", "note_vi", "note_en"}
    of_its_confirmation = {"confirmed_at", "reminded_at", "stale_at"}
    assert columns == said | kept_elsewhere | of_its_origin | of_its_confirmation


def test_forms_of_transfer_keep_the_preferred_one_first(make: Make) -> None:
    entry = make.technology(make.organisation(kind="institute"), transfer_form=TransferForm.SERVICE)
    entry.transfer_forms = (TransferForm.SPIN_OFF, TransferForm.LICENCE, TransferForm.SPIN_OFF)
    assert entry.transfer_form is TransferForm.SPIN_OFF
    assert entry.transfer_forms == (TransferForm.SPIN_OFF, TransferForm.LICENCE)
    entry.transfer_forms = ()
    assert (entry.transfer_form, entry.transfer_forms) == (None, ())


@pytest.mark.parametrize("state", [SupplyState.DRAFT, SupplyState.WITHDRAWN])
def test_a_reference_names_one_technology_of_an_organisation(
    session: Session, make: Make, now: datetime, state: SupplyState
) -> None:
    institute, other = make.organisation(kind="institute"), make.organisation(kind="institute")
    make.technology(institute, reference="CN-01", state=state)
    theirs = make.technology(other, reference="CN-02")
    with pytest.raises(Invalid, match="reference_taken"):
        supply.create(session, make.user(institute), Technology, institute, FULL, [], now=now)
    assert supply.update(session, make.user(other), theirs, FULL, [], now=now).reference == "CN-01"


def test_public_search_text_holds_no_other_level(session: Session, make: Make, now: datetime) -> None:
    institute = make.organisation(kind="institute")
    said = {**FULL, "details": both("Zirkon"), "confidential": both("Palladi"), "ready_for": both("Thí điểm")}
    entry = supply.create(session, make.user(institute), Technology, institute, said, [], now=now)
    session.flush()
    assert "thi diem" in entry.folded
    assert "zirkon" not in entry.folded
    assert "palladi" not in entry.folded
    assert Bilingual(None, None) == (entry.note or Bilingual())
