"""No page sends more statements when there is more to show: every page that can be read, few entries and many."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from models import Match, Organisation
from models.applications import ApplicationState
from models.calls import CallState
from models.outcomes import OutcomeState
from models.types import DeclineReason, InterestState, MatchSide, MatchState, ProfileState
from network.auth import Access, access_of
from network.extensions import db
from tests.factories import Make
from tests.guards.test_permissions import entries  # noqa: F401
from tests.intake import make_application, make_call, make_cohort, make_review, make_reviewer

FEW, MANY = 2, 9
SPARE = 3
"""Statements a page may send beyond those with few entries: what only exists in some states is loaded once for all."""


def add_of_everything(make: Make, startup: Organisation, institute: Organisation, centre: Organisation) -> None:
    """One more of what any page lists, among the three organisations and with others."""
    field = make.field(str(100 + next(make.number) % 400))
    for kind in ("startup", "enterprise", "institute", "centre", "partner"):
        make.organisation(kind=kind, fields=[field])
    other, third = make.organisation(kind="institute"), make.organisation(kind="centre")
    for organisation in (startup, institute, centre):
        make.user(organisation)
        make.invitation(organisation)
        make.document(organisation)
        make.event(organisation)
        need = make.need(organisation, fields=[field])
        offer = make.offer(organisation, fields=[field])
        for state in (InterestState.SENT, InterestState.DECLINED, InterestState.EXPIRED):
            reason = {"decline_reason": DeclineReason.TOO_EARLY} if state is InterestState.DECLINED else {}
            make.interest(make.need(other), organisation, state=state, **reason)
            make.interest(need, make.organisation(kind="centre"), state=state, **reason)
        talk = make.connection(need, third)
        make.message(talk, organisation)
        make.agreement(talk, organisation)
        make.attachment(talk, outcome_id=make.outcome(talk, third).id)
        make.outcome(make.connection(make.need(other), organisation), other, state=OutcomeState.CONFIRMED)
        for side, owner in ((MatchSide.ASKER, third), (MatchSide.SUPPLIER, organisation)):
            asked = need if owner is third else make.need(other)
            made = {"need": asked, "organisation": owner, "side": side, "score": 0.5, "policy": "test"}
            make.session.add(Match(offer=offer if owner is organisation else None, state=MatchState.SUGGESTED, **made))
        make.answer(make.challenge(organisation), other)
        make.answer(make.challenge(other), organisation)
    make.picture(make.technology(institute, fields=[field]))
    make.upload(institute)
    make.registration(make.event(centre))
    make.action()
    make.claim(make.organisation(state=ProfileState.UNCLAIMED))
    for closes, state in ((20, CallState.PUBLISHED), (-1, CallState.PUBLISHED), (-1, CallState.DECIDED)):
        call = make_call(make, centre, closes=closes, state=state)
        make_application(
            make, call, startup, ApplicationState.SUBMITTED if closes > 0 else ApplicationState.UNDER_REVIEW
        )
        read = make_application(make, call)
        make_review(make, read, make_reviewer(make, centre), (4, 3))
        if state is CallState.DECIDED:
            make_application(make, call, state=ApplicationState.ACCEPTED)
            make_cohort(make, call)
    make.session.flush()


@contextmanager
def sent(app: Flask) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_: Any, cursor: Any, statement: str, *__: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def addresses(app: Flask, values: dict[str, Any], owner: Organisation, access: set[Access]) -> list[str]:
    """Of every page of these levels that can be read."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.endswith("static"):
            continue
        if access_of(app, rule.endpoint) in access:
            with app.test_request_context():
                known = {"lang": "en", **values, "slug": owner.slug}
                found.append(rule.build({k: known[k] for k in rule.arguments}, append_unknown=False)[1])
    return found


def counted(app: Flask, client: FlaskClient, pages: list[str]) -> dict[str, int]:
    counts = {}
    for page in pages:
        with sent(app) as statements:
            answer = client.get(page)
        if answer.status_code == 200:
            counts[page] = len(statements)
    return counts


WHO = {
    "startup": {Access.PUBLIC, Access.SIGNED_IN, Access.MEMBER, Access.MANAGER},
    "institute": {Access.MEMBER, Access.MANAGER},
    "centre": {Access.MEMBER, Access.MANAGER},
    "coordinator": {Access.COORDINATOR},
}


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_no_page_sends_more_statements_when_there_is_more_to_show(
    app: Flask,
    make: Make,
    entries: dict[str, Any],  # noqa: F811
    index: Any,
    sign_in: Any,
    who: str,
) -> None:
    owners = [entries[name] for name in ("startup", "institute", "centre")]
    for _ in range(FEW):
        add_of_everything(make, *owners)
    owner = entries.get(who, owners[0])
    person = make.coordinator() if who == "coordinator" else make.user(owner)
    client = sign_in(FlaskClient(app, app.response_class), person)
    pages = addresses(app, entries, owner, WHO[who])
    index()
    client.get("/en/?q=laboratory")  # the index of this process catches up here, not within a page that is counted
    few = counted(app, client, pages)
    assert len(few) > len(pages) / 3  # the others belong to another owner or to another state
    for _ in range(MANY - FEW):
        add_of_everything(make, *owners)
    index()
    client.get("/en/?q=laboratory")
    many = counted(app, client, pages)
    grown = {page: (few[page], many[page]) for page in few if many.get(page, 0) > few[page] + SPARE}
    assert grown == {}
