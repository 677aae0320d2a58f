"""The queue of a centre: what is in it and in which order, deciding one or several, and what happens to the others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import ExpressionOfInterest, Match, Meeting
from models.base import utc_now
from models.meetings import MeetingSlot
from models.outcomes import OutcomeState
from models.types import AnswerState, DeclineReason, InterestState, MatchSide, MatchState, MembershipRole
from network.formatting import today
from network.queries.queue import Kind
from tests.factories import Make
from tests.intake import make_application, make_call
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def centre(make: Make) -> Any:
    return make.organisation("Green Centre", "centre")


@pytest.fixture
def address(centre: Any) -> str:
    return f"/en/workspace/{centre.slug}/queue"


@pytest.fixture
def manager(client: Any, make: Make, sign_in: SignIn, centre: Any) -> Any:
    return sign_in(client, make.user(centre))


def ask(make: Make, centre: Any, title: str, days: float, **values: Any) -> ExpressionOfInterest:
    """A request to the centre that is to be answered in so many days."""
    need = make.need(make.organisation(f"Startup of {title}"), title)
    return make.interest(need, centre, reply_by=utc_now() + timedelta(days=days, hours=1), **values)


def suggest(make: Make, centre: Any, title: str, **need: Any) -> Match:
    asked = make.need(make.organisation(f"Startup of {title}"), title, **need)
    values = {"side": MatchSide.SUPPLIER, "state": MatchState.SUGGESTED, "score": 0.6, "policy": "prior"}
    added: Match = make._add(Match(need=asked, organisation=centre, **values))
    return added


def one_of_each(make: Make, centre: Any, number: int) -> None:
    """What can wait for a centre, each a few days later than the one before."""
    now, name = utc_now(), f"no. {number}"
    ask(make, centre, f"Late {name}", -2)
    talks = [make.connection(make.need(make.organisation(), f"Talk {n} {name}"), centre) for n in range(4)]
    make.outcome(talks[0], talks[0].from_organisation, confirm_by=now + timedelta(days=1))
    make.outcome(talks[1], centre, state=OutcomeState.DISPUTED)
    slots = [MeetingSlot(starts_at=now + timedelta(days=n)) for n in (3, 2)]
    proposed = {"organisation": talks[2].from_organisation, "subject": "Prices", "minutes": 60, "place": "Here"}
    make._add(Meeting(interest=talks[2], slots=slots, proposed_at=now, **proposed))
    make.message(talks[3], centre), make.message(talks[3], talks[3].from_organisation, "And the price?")
    call = make_call(make, centre, closes=-1, day=today(), decide_by=today() + timedelta(days=9))
    make_application(make, call)
    make.answer(make.challenge(centre, f"Flood {name}"), make.organisation())
    suggest(make, centre, f"Dated {name}", needed_by=today() + timedelta(days=20))
    suggest(make, centre, f"Undated {name}")


def test_what_is_due_stands_first_and_what_has_no_day_last(manager: Any, make: Make, centre: Any, address: str) -> None:
    one_of_each(make, centre, 1)
    other = make.organisation("Other Centre", "centre")
    ask(make, other, "For others", 1), suggest(make, other, "For others too")
    ask(make, centre, "Answered", 1, state=InterestState.ACCEPTED, answered_at=utc_now())
    make.session.commit()
    manager.get(address)
    assert manager.texts(".queue h2") == [
        "Late no. 1",
        "Talk 0 no. 1",
        "Talk 2 no. 1",
        "Incubation 2027",
        "Dated no. 1",
        "Talk 1 no. 1",
        "Talk 3 no. 1",
        "Flood no. 1",
        "Undated no. 1",
    ]
    assert manager.texts(".queue .tag") == ["2 days late", "1 day left", "2 days left", "9 days left"]
    assert len(manager.page.select("input[name=item]")) == 4
    assert manager.texts("nav[aria-label='What is shown'] a")[0] == "Everything 9"
    manager.get(f"{address}?kind=match")
    assert manager.texts(".queue h2") == ["Dated no. 1", "Undated no. 1"]


def test_an_empty_queue_says_so(manager: Any, address: str) -> None:
    manager.get(address)
    assert manager.texts(".empty h2") == ["Nothing waits for you"]
    manager.get(f"{address}?kind=match")
    assert manager.texts(".empty h2") == ["Nothing of this kind waits"]


def test_a_page_takes_the_same_statements_for_one_of_each_and_for_many(
    manager: Any, make: Make, session: Session, centre: Any, address: str
) -> None:
    pages = [address, *(f"{address}?kind={kind.value}" for kind in Kind)]
    numbers: list[list[int]] = []
    for known, wanted in ((0, 1), (1, 12)):
        for number in range(known, wanted):
            one_of_each(make, centre, number)
        session.commit()
        numbers.append([])
        for page in pages:
            with statements_of(session) as sent:
                manager.get(page)
            numbers[-1].append(len(sent))
            shown = len(manager.page.select(".queue-row"))
            assert shown == (min(25, wanted * 9) if page == address else wanted * (1 + page.endswith("match")))
    assert numbers[0][0] <= 20
    assert numbers[1][0] <= numbers[0][0]  # the first page of a long queue holds fewer kinds
    assert numbers[1][1:] == numbers[0][1:]


def test_several_are_declined_with_one_reason_and_one_note_and_a_refused_one_keeps_none(
    manager: Any, make: Make, session: Session, centre: Any, address: str
) -> None:
    asked = [ask(make, centre, f"Need {n}", n) for n in range(1, 5)]
    match = suggest(make, centre, "A dryer")
    answer = make.answer(make.challenge(centre, "Flood"), make.organisation())
    session.commit()
    items = [f"interest-{e.id}" for e in asked[:3]] + [f"match-{match.id}", f"answer-{answer.id}"]
    manager.get(f"{address}/decide?step=decline&" + "&".join(f"item={item}" for item in items))
    assert manager.texts("h1") == ["Decline: 5 entries"]
    told = manager.texts("form.form li")
    assert told[0].startswith("3 requests are declined.")
    assert told[1].startswith("1 answer to a challenge is declined.")
    assert told[2].startswith("1 suggestion is set aside.")
    asked[1].state = InterestState.WITHDRAWN
    session.commit()
    sent = {"step": "decline", "item": items, "reason": "no_capacity", "reply": "Ask again in spring."}
    assert manager.submit(f"{address}/decide", **sent).status_code == 200
    assert manager.texts(".lead")[0].startswith("4 of 5 are done.")
    assert manager.texts(".entries .tag") == ["Declined", "Not done", "Declined", "Set aside", "Declined"]
    assert "not possible any more" in manager.texts(".entries .error")[0]
    assert manager.page.select_one(".page-head a.btn")["href"] == f"{address}#row-interest-{asked[3].id}"
    session.expire_all()
    assert [e.state for e in asked] == [
        InterestState.DECLINED,
        InterestState.WITHDRAWN,
        InterestState.DECLINED,
        InterestState.SENT,
    ]
    assert (asked[0].decline_reason, asked[2].reply) == (DeclineReason.NO_CAPACITY, "Ask again in spring.")
    assert (match.state, match.dismiss_reason) == (MatchState.DISMISSED, DeclineReason.NO_CAPACITY)
    assert answer.state is AnswerState.DECLINED
    manager.get(address)
    assert manager.texts(".queue h2") == ["Need 4"]


def test_after_one_the_queue_goes_on_at_the_next_row(
    manager: Any, make: Make, session: Session, centre: Any, address: str
) -> None:
    first, second, last = (ask(make, centre, f"Need {n}", n) for n in range(1, 4))
    session.commit()
    for interest, at in ((second, f"#row-interest-{last.id}"), (last, f"#row-interest-{first.id}"), (first, "")):
        sent = {"step": "accept", "item": f"interest-{interest.id}", "reply": "Come on Tuesday."}
        assert manager.submit(f"{address}/decide", follow=False, **sent).headers["Location"] == address + at
    session.expire_all()
    assert {e.state for e in (first, second, last)} == {InterestState.ACCEPTED}


def test_accepting_needs_words_where_somebody_reads_them(
    manager: Any, make: Make, session: Session, centre: Any, address: str
) -> None:
    interest, match = ask(make, centre, "Need", 1), suggest(make, centre, "A dryer")
    session.commit()
    assert manager.submit(f"{address}/decide", step="accept", item=f"interest-{interest.id}").status_code == 422
    assert manager.submit(f"{address}/decide", step="decline", item=f"interest-{interest.id}").status_code == 422
    manager.get(f"{address}/decide?step=accept&item=match-{match.id}")
    assert manager.page.select("form.form textarea") == []
    manager.submit(f"{address}/decide", step="accept", item=f"match-{match.id}")
    assert manager.texts(".notice-success") == ["On the shortlist."]
    session.expire_all()
    assert (interest.state, match.state) == (InterestState.SENT, MatchState.SHORTLISTED)


def test_only_what_waits_for_this_centre_can_be_decided(
    manager: Any, make: Make, session: Session, centre: Any, address: str
) -> None:
    other = make.organisation("Other Centre", "centre")
    theirs, match = ask(make, other, "Theirs", 1), suggest(make, other, "Theirs too")
    session.commit()
    manager.get(f"{address}/decide?step=accept&item=interest-{theirs.id}&item=match-{match.id}&item=nonsense-1")
    assert manager.texts(".empty h2") == ["Nothing left to decide"]
    sent = {"step": "accept", "item": [f"interest-{theirs.id}", f"match-{match.id}"], "reply": "Come."}
    manager.submit(f"{address}/decide", **sent)
    assert manager.texts(".lead")[0].startswith("0 of 2 are done.")
    assert "Theirs" not in manager.page.text
    session.expire_all()
    assert (theirs.state, match.state) == (InterestState.SENT, MatchState.SUGGESTED)
    for answer in (manager.get(f"{address}/decide"), manager.submit(f"{address}/decide", follow=False)):
        assert (answer.status_code, answer.headers["Location"]) == (302, address)


def test_members_and_other_kinds_have_no_queue(
    client: Any, make: Make, sign_in: SignIn, centre: Any, address: str
) -> None:
    sign_in(client, make.user(centre, membership=MembershipRole.MEMBER))
    assert client.get(address).status_code == 403
    lab = make.organisation("Lab", "institute")
    assert sign_in(client, make.user(lab)).get(f"/en/workspace/{lab.slug}/queue").status_code == 404


def test_a_long_queue_comes_in_pages_and_is_decided_from_the_second(
    manager: Any, make: Make, session: Session, centre: Any, address: str
) -> None:
    asked = [ask(make, centre, f"Need {n:02}", n) for n in range(1, 28)]
    session.commit()
    manager.get(f"{address}?page=2&all=yes")
    assert manager.texts(".queue h2") == ["Need 26", "Need 27"]
    assert len(manager.page.select("input[name=item][checked]")) == 2
    assert "page=2" in manager.page.select_one("[data-step=decline]")["href"]
    sent = {"step": "decline", "item": f"interest-{asked[-1].id}", "reason": "terms", "page": "2"}
    answer = manager.submit(f"{address}/decide", follow=False, **sent)
    assert answer.headers["Location"] == f"{address}?page=2#row-interest-{asked[-2].id}"
