"""Which of the newest entries are worth telling of."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from matching.engine import Engine
from matching.news import among
from matching.policy import PRIOR
from matching.questions import Query
from models.types import SubjectKind, Visibility
from tests.factories import Make

Index = Callable[[], int]
TEXT = "Salt spray test of a sensor"
OFFER = SubjectKind.OFFER


def test_only_the_entries_named_that_reach_the_threshold(
    session: Session, make: Make, engine: Engine, index: Index
) -> None:
    lab = make.organisation(kind="institute")
    known, new, apart = make.offer(lab, TEXT), make.offer(lab, TEXT), make.offer(lab, "Trade mark advice")
    index()
    entries = [((OFFER, offer.id), lab.id) for offer in (new, apart)]
    assert [(s.subject, s.subject_id) for s in among(session, engine, Query(TEXT), entries)] == [(OFFER, new.id)]
    assert known.id != new.id
    assert among(session, engine, Query(TEXT), []) == []
    assert among(session, engine, Query(" "), entries) == []


def test_more_of_one_owner_than_a_page_would_show(session: Session, make: Make, engine: Engine, index: Index) -> None:
    lab, other = make.organisation(kind="institute"), make.organisation(kind="centre")
    many = [make.offer(lab, f"{TEXT} {n}") for n in range(PRIOR.most_per_organisation * 2 + 1)]
    one = make.offer(other, TEXT)
    index()
    entries = [((OFFER, o.id), o.organisation_id) for o in (*many, one)]
    found = among(session, engine, Query(TEXT), entries)
    assert {s.subject_id for s in found} == {o.id for o in (*many, one)}
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)


def test_what_the_question_does_not_admit_is_not_found(
    session: Session, make: Make, engine: Engine, index: Index
) -> None:
    lab = make.organisation(kind="institute")
    offer = make.offer(lab, TEXT, visibility=Visibility.MEMBERS)
    index()
    entries = [((OFFER, offer.id), lab.id)]
    assert among(session, engine, Query(TEXT), entries) == []
    assert len(among(session, engine, replace(Query(TEXT), clearance=Visibility.MEMBERS), entries)) == 1
