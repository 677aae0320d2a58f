"""Beside a suggestion stands what became of the request: it never claims one that is not open any more."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Match
from models.types import DeclineReason, InterestState, MatchState
from tests.factories import Make

SignIn = Callable[..., FlaskClient]


@pytest.mark.parametrize(
    ("state", "match", "tag", "actions"),
    [
        (InterestState.SENT, MatchState.INTEREST, None, ["You have asked. See the request"]),
        (InterestState.IN_DISCUSSION, MatchState.INTEREST, None, ["You have asked. See the request"]),
        (InterestState.DECLINED, MatchState.DECLINED, "Declined", ["Ask again", "Set aside"]),
        (InterestState.ENDED, MatchState.INTEREST, "Ended without result", ["Ask again"]),
        (InterestState.WITHDRAWN, MatchState.SEEN, "Withdrawn", ["Ask again", "Shortlist", "Set aside"]),
    ],
)
def test_the_suggestion_shows_how_the_request_stands(
    client: Any,
    session: Session,
    make: Make,
    sign_in: SignIn,
    index: Callable[[], None],
    state: InterestState,
    match: MatchState,
    tag: str | None,
    actions: list[str],
) -> None:
    startup, lab = make.organisation("Sun Dryers"), make.organisation("Food Lab", "institute")
    offer, need = make.offer(lab, "Laboratory tests"), make.need(startup, "Laboratory tests")
    index()
    reason = {"decline_reason": DeclineReason.NO_CAPACITY} if state is InterestState.DECLINED else {}
    interest = make.interest(need, lab, offer=offer, state=state, **reason)
    for found in session.scalars(sa.select(Match).where(Match.offer_id == offer.id)):
        found.state = match
    session.commit()
    sign_in(client, make.user(startup)).get(f"/en/workspace/{startup.slug}/needs/{need.id}")
    (row,) = [r for r in client.page.select(".suggestion") if "Laboratory tests" in r.select_one("h3").get_text()]
    assert [" ".join(a.get_text().split()) for a in row.select(".actions a, .actions button, .actions summary")][
        : len(actions)
    ] == actions
    links = [a["href"] for a in row.select("a[href*='/interests/']") if not a["href"].split("?")[0].endswith("/new")]
    assert links == [f"/en/workspace/{startup.slug}/interests/{interest.id}"]
    assert ([t.get_text() for t in row.select("p > .tag") if t.get_text() == tag] == [tag]) is (tag is not None)
