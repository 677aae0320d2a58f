"""The starter registry: complete, honest about what is real, and loaded as often as one likes."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    Centre,
    Challenge,
    Enterprise,
    Event,
    Figure,
    Job,
    Need,
    Offer,
    Organisation,
    Programme,
    Stand,
    Startup,
    Technology,
)
from models.texts import fold
from models.types import Provenance
from network.services import starter
from tests.factories import NOW

Record = dict[str, Any]


def records(pattern: str) -> list[Record]:
    return [
        json.loads(line)
        for path in sorted(starter.DATA.glob(pattern))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


@pytest.fixture
def loaded(session: Session) -> Session:
    starter.load(session, now=NOW)
    return session


def count(session: Session, *conditions: sa.ColumnElement[bool], of: type[Any] = Organisation) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(of).where(*conditions)) or 0


def test_the_network_has_its_members(loaded: Session) -> None:
    assert (
        count(loaded, Centre.network_member.is_(True), of=Centre),
        count(loaded, Enterprise.st_enterprise.is_(True), of=Enterprise),
        count(loaded, Startup.directly_supported.is_(True), of=Startup),
    ) == (7, 207, 12)


def test_there_is_enough_to_look_at(loaded: Session) -> None:
    found = {entity.__tablename__: count(loaded, of=entity) for entity in (Need, Offer, Technology, Programme, Figure)}
    least = {"need": 60, "offer": 150, "technology": 80, "programme": 10, "figure": 20}
    assert {name: n for name, n in least.items() if found[name] < n} == {}


def test_there_is_something_on_before_and_after_the_winter(loaded: Session) -> None:
    winter = datetime(2026, 12, 1, tzinfo=UTC)
    assert count(loaded, Event.starts_at < winter, of=Event) >= 4
    assert count(loaded, Event.starts_at >= winter, of=Event) >= 12
    assert (count(loaded, of=Challenge), count(loaded, of=Stand)) == (14, 7)
    stands = loaded.scalars(sa.select(Stand)).all()
    assert [s.number for s in stands if len(s.exhibits) < 4 or not s.organisation.network_member] == []


def test_no_real_organisation_is_one_of_the_seven_or_directly_supported(loaded: Session) -> None:
    real = Organisation.provenance != Provenance.ILLUSTRATIVE
    assert count(loaded, real, Centre.network_member.is_(True), of=Centre) == 0
    assert count(loaded, real, Startup.directly_supported.is_(True), of=Startup) == 0


def test_ten_real_enterprises_are_called_science_and_technology_enterprises_by_a_page(loaded: Session) -> None:
    real = Enterprise.provenance == Provenance.PUBLIC_SOURCE
    assert count(loaded, real, Enterprise.st_enterprise.is_(True), of=Enterprise) == 10


def test_loading_again_adds_nothing_and_changes_nothing(loaded: Session) -> None:
    organisation = loaded.scalars(sa.select(Organisation).order_by(Organisation.id)).first()
    assert organisation is not None
    organisation.website = "https://changed.example"
    loaded.flush()
    jobs = count(loaded, of=Job)
    assert starter.load(loaded, now=NOW) == 0
    assert (organisation.website, count(loaded, of=Job)) == ("https://changed.example", jobs)


def test_a_bad_record_is_named(session: Session, tmp_path: Path) -> None:
    (tmp_path / "fields.tsv").write_text("code\tname_vi\tname_en\n1\tA\tA\n")
    (tmp_path / "x").mkdir()
    bad = {"key": "odd", "kind": "castle", "provenance": "illustrative", "name_vi": "x"}
    (tmp_path / "x" / "organisations.jsonl").write_text(json.dumps(bad))
    with pytest.raises(starter.BadRecord, match=r"organisations\.jsonl, record odd"):
        starter.load(session, now=NOW, folder=tmp_path)


def test_real_records_carry_their_source_and_illustrative_ones_none() -> None:
    real, invented = records("real/*.jsonl"), records("illustrative/*.jsonl")
    assert [r["key"] for r in real if r["provenance"] != "public_source" or not r["sources"]] == []
    assert [r["key"] for r in real if not all(s["url"].startswith("http") for s in r["sources"])] == []
    assert [r["key"] for r in invented if r["provenance"] != "illustrative" or r.get("sources")] == []
    assert [r["key"] for r in invented if r.get("website") or r.get("address")] == []


def test_doubtful_records_say_what_is_doubtful() -> None:
    doubtful = [r for r in records("real/*.jsonl") if r.get("uncertain") and "note_vi" in r]
    assert [r["key"] for r in doubtful if not (r["note_vi"] and r["note_en"])] == []


def test_no_invented_offer_or_technology_is_put_into_the_mouth_of_a_real_organisation() -> None:
    assert [r["key"] for r in records("illustrative/*.jsonl") if str(r.get("organisation")).startswith("real-")] == []


def test_invented_texts_are_bilingual_and_no_two_begin_alike() -> None:
    texts = [r for r in records("illustrative/*.jsonl") if "summary_vi" in r]
    assert [r["key"] for r in texts if not (r["summary_vi"] and r["summary_en"])] == []
    for language in ("vi", "en"):
        openings = Counter(" ".join(fold(r[f"summary_{language}"]).split()[:6]) for r in texts)
        assert [opening for opening, n in openings.items() if n > 1] == []


def test_the_demonstration_institute_shows_what_can_be_said_of_a_technology(loaded: Session) -> None:
    shown = loaded.scalars(
        sa.select(Technology).join(Organisation).where(Organisation.starter_key == "ui-vien-nuoc-giang-khe")
    ).all()
    assert len(shown) == 5
    for technology in shown:
        assert technology.evidence.vi
        assert technology.evidence.en
        assert technology.ready_for.vi
        assert sum(owner.share or 0 for owner in technology.owners) == 10000
        assert technology.ip_number is None  # an invented number could be somebody's
        assert technology.confirmed_at == NOW
    assert any(technology.confidential for technology in shown)
    assert any(len(technology.transfer_forms) > 1 for technology in shown)
