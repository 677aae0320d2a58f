"""The pipeline of an organisation, and the page of one connection: its thread, what is next for whom, who reads it."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Message
from models.base import utc_now
from models.outcomes import OutcomeKind, OutcomeState
from models.types import DeclineReason, InterestState, MembershipRole
from network.queries import connections as queries
from network.queries import threads
from network.queries.connections import Stage
from network.services.files import examine
from tests.factories import Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
S = InterestState
PDF = b"%PDF-1.7 the plan"


@pytest.fixture
def startup(make: Make) -> Any:
    return make.organisation("Sun Dryers")


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Food Lab", "institute")


def pipeline(organisation: Any) -> str:
    return f"/en/workspace/{organisation.slug}/connections"


def page(organisation: Any, interest: Any) -> str:
    return f"/en/workspace/{organisation.slug}/interests/{interest.id}"


def every_stage(make: Make, startup: Any, lab: Any) -> dict[str, Any]:
    """One connection at each stage, the startup asking."""
    now = utc_now()
    due = {"reply_by": now + timedelta(days=2, hours=1), "answered_at": None, "reply": None}
    states = {
        "Asked": (S.SENT, due),
        "Talks": (S.IN_DISCUSSION, {}),
        "Agreed": (S.AGREED, {}),
        "Said": (S.OUTCOME_PROPOSED, {}),
        "Disputed": (S.DISPUTED, {}),
        "Confirmed": (S.CONFIRMED, {}),
        "No": (S.DECLINED, {"decline_reason": DeclineReason.TERMS}),
        "Ended": (S.ENDED, {}),
    }
    found = {
        title: make.connection(make.need(startup, title), lab, state, **values)
        for title, (state, values) in states.items()
    }
    for title in ("Agreed", "Said", "Disputed", "Confirmed"):
        make.agreement(found[title], startup)
    make.outcome(found["Said"], startup, confirm_by=now + timedelta(days=4, hours=1))
    make.outcome(found["Disputed"], startup, state=OutcomeState.DISPUTED)
    make.outcome(found["Confirmed"], startup, state=OutcomeState.CONFIRMED, kind=OutcomeKind.LICENCE)
    make.message(found["Talks"], startup)
    make.session.commit()
    return found


def test_the_pipeline_shows_every_connection_by_stage_with_what_is_next(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    every_stage(make, startup, lab)
    sign_in(client, make.user(lab)).get(pipeline(lab))
    headings = [
        "Waiting for an answer",
        "In discussion",
        "Agreed",
        "Outcome to be confirmed",
        "Confirmed by both sides",
        "Closed",
    ]
    assert client.texts("section h2") == headings
    numbers = [1, 1, 1, 2, 1, 2]
    assert client.texts(".tabs a") == ["All (8)", *(f"{t} ({n})" for t, n in zip(headings, numbers, strict=True))]
    rows = [("Asked", "You should answer"), ("Talks", "They wait for your reply")]
    rows += [("Agreed", "Propose what has come of it"), ("Disputed", "They should settle the dispute")]
    rows += [("Said", "You should confirm the outcome")]
    assert client.texts("section h3") == [*(title for title, _ in rows), "Confirmed", "Ended", "No"]
    assert client.texts("section li div > .entry-meta") == [words for _, words in rows]
    assert client.texts(".entry-side .tag")[:5] == ["2 days left", "In discussion", "Agreed", "Disputed", "4 days left"]
    assert client.texts(".subnav .waiting") == ["1 to answer", "1 to confirm"]
    client.get(f"{pipeline(lab)}?stage=outcome")
    assert client.texts("main h3") == ["Disputed", "Said"]
    client.get(f"{pipeline(lab)}?stage=nowhere")
    assert len(client.texts("section h3")) == 8
    sign_in(client, make.user(startup)).get(pipeline(startup))
    assert client.texts("section li div > .entry-meta") == [
        "They should answer",
        "You wait for their reply",
        "Propose what has come of it",
        "You should settle the dispute",
        "They should confirm the outcome",
    ]


def test_a_further_outcome_to_confirm_is_not_hidden_among_what_is_confirmed(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    interest = make.connection(make.need(startup), lab, S.CONFIRMED)
    make.outcome(interest, startup, state=OutcomeState.CONFIRMED)
    make.outcome(interest, startup, kind=OutcomeKind.LICENCE)
    sign_in(client, make.user(lab)).get(pipeline(lab))
    assert client.texts("section h2") == ["Outcome to be confirmed"]
    assert client.texts("section .tags .tag") == ["Pilot carried out"]
    client.get(f"/en/workspace/{lab.slug}")
    assert client.texts(".page-head .lead") == ["1 outcome to confirm"]


def test_a_stage_comes_in_pages_and_an_empty_one_says_so(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    for n in range(21):
        make.connection(make.need(startup, f"Need {n}"), lab)
    sign_in(client, make.user(lab)).get(pipeline(lab))
    assert (len(client.texts("section h3")), client.texts("section .actions a")) == (queries.MOST, ["All 21"])
    client.get(f"{pipeline(lab)}?stage=talking&page=2")
    assert len(client.texts("main h3")) == 1
    client.get(f"{pipeline(lab)}?stage=agreed")
    assert client.texts(".empty h2") == ["None at this stage"]


@pytest.mark.parametrize(
    ("kind", "link"), [("startup", "See who could help with your needs"), ("centre", "See whom you could help")]
)
def test_without_any_connection_the_page_shows_the_way(
    client: Any, make: Make, sign_in: SignIn, kind: str, link: str
) -> None:
    organisation = make.organisation(kind=kind)
    sign_in(client, make.user(organisation)).get(pipeline(organisation))
    assert (client.texts(".empty h2"), client.texts(".empty a")) == (["No connections yet"], [link])


@pytest.mark.parametrize(
    ("state", "ours", "theirs"),
    [
        (S.ACCEPTED, "Get in touch", "Get in touch"),
        (S.IN_DISCUSSION, "You are in discussion", "You are in discussion"),
        (S.AGREED, "You have an agreement", "You have an agreement"),
        (S.OUTCOME_PROPOSED, "Waiting for their confirmation", "Please confirm what came of it"),
        (S.DISPUTED, "They dispute the outcome", "You dispute the outcome"),
        (S.CONFIRMED, "Confirmed by both sides", "Confirmed by both sides"),
        (S.ENDED, "What you can do now", "What you can do now"),
    ],
)
def test_each_side_reads_what_is_next_for_it(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any, state: S, ours: str, theirs: str
) -> None:
    interest = make.connection(make.need(startup), lab, state)
    outcomes = {
        S.OUTCOME_PROPOSED: OutcomeState.PROPOSED,
        S.DISPUTED: OutcomeState.DISPUTED,
        S.CONFIRMED: OutcomeState.CONFIRMED,
    }
    if state in outcomes:
        make.outcome(interest, startup, state=outcomes[state])
    for side, heading in ((startup, ours), (lab, theirs)):
        sign_in(client, make.user(side)).get(page(side, interest))
        assert client.texts(".aside > h2") == [heading]
        assert bool(client.page.select("#write form")) is (state is not S.ENDED)


def test_who_wrote_last_waits_for_the_other(client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any) -> None:
    interest = make.connection(make.need(startup), lab)
    make.message(interest, lab)
    for side, heading in ((startup, "They are waiting for your reply"), (lab, "Waiting for their reply")):
        sign_in(client, make.user(side)).get(page(side, interest))
        assert client.texts(".aside > h2") == [heading]


def test_members_write_and_managers_do_the_rest(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    interest = make.connection(make.need(startup), lab, S.AGREED)
    sign_in(client, make.user(lab)).get(page(lab, interest))
    steps = ["Propose a meeting", "Record an agreement", "End without result"]
    assert [t for t in client.texts(".aside .links a") if "@" not in t] == steps
    sign_in(client, make.user(lab, membership=MembershipRole.MEMBER)).get(page(lab, interest))
    assert client.texts(".aside .links li") == [
        "Propose a meeting",
        "A manager of your organisation records agreements and outcomes.",
    ]
    assert len(client.page.select("#write form")) == 1
    reviewer = make.user(lab, membership=MembershipRole.REVIEWER)
    assert sign_in(client, reviewer).get(page(lab, interest)).status_code == 403


def test_a_letter_with_a_file_stands_in_the_thread_and_the_file_is_only_to_be_saved(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    interest = make.connection(make.need(startup), lab, S.ACCEPTED)
    sign_in(client, make.user(startup, name="An"))
    files = [(io.BytesIO(PDF), "kế hoạch.pdf")]
    address = f"{pipeline(startup)}/{interest.id}/messages"
    client.post(address, data={"text": "Here is <b>our</b> plan.", "files": files}, follow_redirects=True)
    assert client.texts(".notice-success") == ["Sent. The other side has been told."]
    assert client.texts(".thread .prose") == ["May we talk?", "Gladly.", "Here is <b>our</b> plan."]
    assert client.texts(".thread .step")[0].endswith("Sun Dryers began to talk – An")
    assert client.texts(".thread .files a") == ["kế hoạch.pdf"]
    link = client.page.select_one(".thread .files a")["href"]
    answer = client.get(link)
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    sign_in(client, make.user(lab))
    assert client.get(link.replace(startup.slug, lab.slug)).data == PDF


@pytest.mark.parametrize(
    ("text", "files", "said"),
    [
        (" ", [], "Your message: Write a message; a file alone says too little."),
        (
            "Hello",
            [(b"MZ", "run.pdf")],
            "Files: The file is not what its name says, or holds macros. Save it anew and send it again.",
        ),
        (
            "Hello",
            [(b"MZ", "run.exe")],
            "Files: Send a PDF, Word, Excel or PowerPoint document (docx, xlsx, pptx), or a PNG or JPG picture.",
        ),
        ("Hello", [(PDF, f"{n}.pdf") for n in range(4)], "Files: Send at most three files at a time."),
    ],
)
def test_what_cannot_be_sent_is_said_at_its_field_and_nothing_typed_is_lost(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any, text: str, files: list[Any], said: str
) -> None:
    interest = make.connection(make.need(startup), lab)
    sign_in(client, make.user(lab))
    sent = {"text": text, "files": [(io.BytesIO(content), name) for content, name in files]}
    answer = client.post(f"{pipeline(lab)}/{interest.id}/messages", data=sent)
    assert answer.status_code == 422
    assert client.texts(".error-summary li") == [said]
    assert client.texts("textarea[name=text]") == [text.strip()]
    assert make.count(Message) == 0


def test_a_request_of_any_size_is_not_taken(
    client: Any, app: Flask, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    interest = make.connection(make.need(startup), lab)
    sign_in(client, make.user(lab))
    address = f"{pipeline(lab)}/{interest.id}/messages"

    def sent(size: int) -> int:
        return int(
            client.post(
                address, data={"text": "Hello", "files": [(io.BytesIO(PDF + b"." * size), "plan.pdf")]}
            ).status_code
        )

    assert [sent(3_000_000), sent(11_000_000), sent(40_000_000)] == [302, 422, 413]


def test_a_third_organisation_sees_nothing(
    client: Any, app: Flask, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    interest = make.connection(make.need(startup), lab, S.CONFIRMED)
    message = make.message(interest, startup, "Our secret recipe")
    agreement = make.agreement(interest, startup, note="Half of it each")
    outcome = make.outcome(interest, startup, state=OutcomeState.CONFIRMED, value_vnd=123_456_789, evidence="Paper 7")
    with app.app_context():
        stored = app.extensions["uploads"].keep(examine("recipe.pdf", PDF))
    file = make.attachment(interest, message_id=message.id, stored=stored, name="recipe.pdf")
    third = make.organisation("Third", "institute")
    own = f"/en/workspace/{third.slug}"
    addresses = [
        f"{own}/interests/{interest.id}",
        f"{own}/connections/{interest.id}/files/{file.id}",
        f"{own}/connections/{interest.id}/end",
        f"{own}/connections/{interest.id}/agreements/{agreement.id}/object",
        f"{own}/connections/{interest.id}/outcomes/{outcome.id}/confirm",
        f"{own}/connections/{interest.id}/outcomes/new",
    ]
    sign_in(client, make.user(third))
    assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
    theirs = [address.replace(third.slug, lab.slug) for address in addresses]
    assert [client.get(address).status_code for address in theirs] == [403] * len(theirs)
    assert client.submit(f"{own}/connections/{interest.id}/messages", text="Hello").status_code == 404
    other = make.connection(make.need(third), make.organisation(kind="centre"))
    make.session.commit()
    assert client.get(f"{own}/connections/{other.id}/files/{file.id}").status_code == 404
    secrets = ("secret recipe", "Half of it each", "123", "Paper 7", "recipe.pdf")
    for address in (own, f"{own}/connections", f"/en/directory/{startup.slug}", "/en/figures/from-need-to-outcome"):
        assert client.get(address).status_code == 200
        words = client.page.select_one("main").get_text()
        assert [secret for secret in secrets if secret in words] == []


def test_long_threads_show_the_latest_letters_first(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    interest = make.connection(make.need(startup), lab)
    for n in range(threads.LATEST + 5):
        make.message(interest, lab, f"Letter {n}")
    sign_in(client, make.user(lab)).get(page(lab, interest))
    assert client.texts(".thread .prose")[2] == "Letter 5"
    assert client.texts("[aria-labelledby=thread-title] > p > a") == ["Show 5 earlier messages"]
    client.get(f"{page(lab, interest)}?all=1")
    assert client.texts(".thread .prose")[2] == "Letter 0"


def test_ending_asks_why_and_says_what_it_means(
    client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any
) -> None:
    interest = make.connection(make.need(startup), lab)
    sign_in(client, make.user(startup)).get(f"{pipeline(startup)}/{interest.id}/end")
    assert client.texts("h1") == ["End without result"]
    assert len(client.texts(".options label")) == 7
    address = f"{pipeline(startup)}/{interest.id}/end"
    assert client.submit(address).status_code == 422
    assert client.texts(".error-summary li") == ["Why does it end?: Choose why it ends: the other side reads it."]
    client.submit(address, reason="terms", note="We could not pay that.")
    assert client.texts(".notice-success") == ["Ended. The other side reads your reason."]
    assert client.texts(".page-head .tag") == ["Ended without result"]
    assert client.texts(".thread .step")[-1].endswith("No agreement on the terms We could not pay that.")
    assert client.get(address).location == page(startup, interest)
    client.submit(address, reason="terms")
    assert client.texts(".notice-error") == [
        "This step is not possible any more: somebody has moved the matter on meanwhile."
    ]


def test_talks_elsewhere_are_told_once(client: Any, make: Make, sign_in: SignIn, startup: Any, lab: Any) -> None:
    interest = make.connection(make.need(startup), lab, S.ACCEPTED)
    sign_in(client, make.user(startup, membership=MembershipRole.MEMBER))
    for notice in (".notice-success", ".notice-error"):
        client.submit(f"{pipeline(startup)}/{interest.id}/start")
        assert len(client.texts(notice)) == 1
    assert client.texts(".page-head .tag") == ["In discussion"]


def test_pipeline_and_page_take_the_same_statements_however_long(
    session: Session, make: Make, startup: Any, lab: Any
) -> None:
    lab_id = lab.id

    def numbers() -> list[int]:
        sent = []
        for query in (
            lambda: queries.pipeline(session, lab_id, now=utc_now()),
            lambda: queries.pipeline(session, lab_id, Stage.CONFIRMED, now=utc_now()),
            lambda: threads.sheet(session, lab_id, first_id, now=utc_now()),
        ):
            with statements_of(session) as statements:
                query()
            sent.append(len(statements))
        return sent

    def grow() -> Any:
        interest = make.connection(make.need(startup), lab, S.CONFIRMED)
        for n in range(3):
            message = make.message(interest, startup, author=make.user(startup)) if n else make.message(interest, lab)
            make.attachment(interest, message_id=message.id)
            agreement = make.agreement(interest, startup)
            make.attachment(interest, agreement_id=agreement.id)
            outcome = make.outcome(interest, startup, state=OutcomeState.CONFIRMED)
            make.attachment(interest, outcome_id=outcome.id)
        return interest

    first_id = grow().id
    before = numbers()
    for _ in range(6):
        grow()
    interest = session.get(type(make.connection(make.need(startup), lab)), first_id)
    for n in range(12):
        make.message(interest, lab, f"More {n}")
    assert numbers() == before
    assert before[0] <= 6
    assert before[1] <= 7
    assert before[2] <= 17
