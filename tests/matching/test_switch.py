"""Another encoder: filled while the old one serves, cut off and resumed, switched to, and back."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from matching import encoder as encoders
from matching import store, worker
from matching.encoder import HashingEncoder
from matching.engine import Engine
from matching.questions import Query
from models.jobs import enqueue_embedding
from models.texts import Bilingual
from models.types import SubjectKind
from tests.factories import Make

Index = Callable[[], int]
OFFERS = frozenset({SubjectKind.OFFER})


class Broken(HashingEncoder):
    """Fails after some texts, as a process that is ended."""

    def __init__(self) -> None:
        super().__init__(64)
        self.left = 3

    def encode(self, texts: list[str]) -> encoders.Vectors:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().encode(texts)


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> HashingEncoder:
    """A second encoder, called 'small' in the settings."""
    small, real = HashingEncoder(64), encoders.load_encoder
    for module in ("matching.engine", "matching.encoder"):
        monkeypatch.setattr(f"{module}.load_encoder", lambda name=None: small if name == "small" else real(name))
    return small


def found(session: Session, engine: Engine, text: str = "clean room") -> set[int]:
    return {item.subject_id for item in engine.suggest(session, Query(text, subjects=OFFERS)).items}


def test_the_old_one_serves_until_the_switch_and_after_the_way_back(
    session: Session, make: Make, index: Index, engine: Engine, other: HashingEncoder
) -> None:
    offer = make.offer(make.organisation(kind="centre"), "Clean room")
    index()
    assert engine.fill(session, "small") == 2
    assert (engine.health(session).encoder, found(session, engine)) == ("hashing-256", {offer.id})
    engine.switch(session, "small")
    engine.switch(session, "small")  # once more, by mistake: the way back stays
    second = Engine("hashing")  # a process that knows the settings only
    for each in (engine, second):
        assert found(session, each) == {offer.id}
        assert each.health(session).encoder == "hashing-64"
        assert each.verify(session).ok
    back = store.served_before(session)
    assert back == "hashing"
    engine.switch(session, back)
    assert (engine.health(session).encoder, store.served_before(session)) == ("hashing-256", "small")
    assert found(session, second) == {offer.id}


def test_what_changed_since_the_filling_is_there_after_the_switch(
    session: Session, make: Make, index: Index, engine: Engine, other: HashingEncoder
) -> None:
    centre = make.organisation(kind="centre")
    changed, gone = make.offer(centre, "Clean room"), make.offer(centre, "Cold store")
    index()
    engine.fill(session, "small")
    changed.title = changed.summary = Bilingual(None, "Wind tunnel")
    enqueue_embedding(session, SubjectKind.OFFER, changed.id)
    enqueue_embedding(session, SubjectKind.OFFER, gone.id)
    session.delete(gone)
    index()
    engine.switch(session, "small")
    assert found(session, engine, "wind tunnel") == {changed.id}
    assert engine.verify(session).ok


def test_a_filling_that_was_cut_off_goes_on_where_it_stopped(
    session: Session, make: Make, index: Index, engine: Engine, other: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BATCH", 1)
    for n in range(5):
        make.organisation(f"Number {n}", kind="centre")
    index()
    told: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        worker.Round(session, engine, Broken()).fill(told.append)
    session.rollback()
    assert len(store.hashes(session, "hashing-64")) == 3
    assert told == [0, 1, 1, 1]
    assert engine.fill(session, "small", told.append) == 2
    assert engine.fill(session, "small") == 0


def test_filling_the_rows_that_serve_renews_the_matches(
    session: Session, make: Make, index: Index, engine: Engine
) -> None:
    make.need(make.organisation(), "A clean room wanted")
    make.offer(make.organisation(kind="centre"), "Clean room")
    session.commit()
    assert engine.fill(session, "hashing") == 4
    assert worker.waiting_count(session, "match") == 1
    assert engine.fill(session, "hashing") == 0
    assert worker.waiting_count(session, "match") == 1
