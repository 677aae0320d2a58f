"""No answer is an answer: what one can do then with the question, and that its text is never lost on the way."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import PASSWORD, Make

SignIn = Callable[..., FlaskClient]
Index = Callable[[], None]
TEXT = "violin lessons zzz qqq"


def carry(client: Any, text: str = TEXT, then: str = "need", **more: Any) -> Any:
    return client.submit("/en/question", q=text, then=then, **more)


def test_below_the_threshold_it_is_said_first_with_two_ways_on(client: Any, make: Make, index: Index) -> None:
    make.offer(make.organisation(kind="institute"), "Salt spray tests")
    index()
    client.get("/en/", query_string={"q": TEXT})
    assert client.texts("#suggestions h2") == ["Nothing fits well yet", "Nothing fits well; these are the nearest"]
    assert client.texts(".nothing-fits button") == ["Publish it as a need", "Tell me when something fits"]
    assert client.page.select_one(".nothing-fits [name=q]")["value"] == TEXT
    assert len(client.page.select("form.carry")) == 1
    client.get("/en/", query_string={"q": "salt spray tests"})
    assert client.page.select_one(".nothing-fits") is None
    assert client.texts("form.carry button") == ["Publish it as a need", "Tell me when something fits"]


def test_with_nothing_at_all_the_same_ways_are_open(client: Any) -> None:
    client.get("/en/", query_string={"q": TEXT})
    assert client.texts("#suggestions h2") == ["Nothing found yet"]
    assert client.texts("form.carry button") == ["Publish it as a need", "Tell me when something fits"]


def test_signed_in_the_text_stands_in_the_form_of_a_need(client: Any, make: Make, sign_in: SignIn) -> None:
    startup = make.organisation("Sun Dryers")
    carry(sign_in(client, make.user(startup)))
    assert client.texts("h1, #summary_en") == ["Describe a need", TEXT]
    assert client.texts("main > .notice") == [
        "Your question is taken over as the description. Add a title and what else you know."
    ]
    client.get(f"/en/workspace/{startup.slug}/needs/new")
    assert client.texts("#summary_en") == [""], "it is not put into a need that one begins for another reason"


@pytest.mark.parametrize("then", ["need", "alert"])
def test_a_visitor_signs_in_and_loses_nothing(client: Any, make: Make, then: str) -> None:
    person = make.user(make.organisation("Sun Dryers"))
    make.session.commit()
    text = "Cần nơi đo độ ẩm quả sấy " * 80  # as long as a question may be
    carry(client, text, then)
    assert client.texts("h1, .notice-success") == [
        "Your question is kept. Sign in or join, and go on with it.",
        "Sign in",
    ]
    target = client.page.select_one("[name=next]")["value"]
    client.submit("/en/sign-in", email=person.email, password=PASSWORD, next=target)
    assert client.texts("#summary_en" if then == "need" else "#text") == [text.strip()[:2000]]


def test_who_joins_with_an_organisation_goes_on_with_the_text(client: Any, make: Make) -> None:
    carry(client)
    client.get("/en/sign-up?next=/en/question/need")
    client.submit(
        "/en/sign-up",
        name="Minh",
        email="minh@example.org",
        password=PASSWORD,
        organisation_kind="startup",
        organisation_name="Violins of Hanoi",
        consent="y",
        next=client.page.select_one("[name=next]")["value"],
    )
    assert client.texts("h1, #summary_en") == ["Describe a need", TEXT]


def test_with_several_organisations_one_chooses_for_which(client: Any, make: Make, sign_in: SignIn) -> None:
    first, second = make.organisation("Sun Dryers"), make.organisation("Salt Works", "enterprise")
    person = make.user(first)
    person.memberships += make.user(second).memberships
    person.memberships += make.user(make.organisation("Lab", "institute")).memberships
    carry(sign_in(client, person))
    assert client.texts("main .entries h3") == ["Sun Dryers", "Salt Works"]
    assert client.texts(".asked-text") == [TEXT]
    client.get(client.page.select("main .entries a")[1]["href"])
    assert client.texts("#summary_en") == [TEXT]


def test_without_an_organisation_one_is_told_how_and_may_be_alerted_meanwhile(
    client: Any, make: Make, sign_in: SignIn
) -> None:
    carry(sign_in(client, make.user()))
    assert client.texts("h1, main h2, .asked-text") == [
        "Publish your question as a need",
        TEXT,
        "A need belongs to a startup or an enterprise",
        "Meanwhile",
    ]
    client.get(client.page.select_one("main .btn-primary")["href"])
    assert client.texts("h1, #text") == ["Tell me when something fits", TEXT]


def test_once_the_need_is_saved_the_text_is_let_go(client: Any, make: Make, sign_in: SignIn) -> None:
    startup = make.organisation("Sun Dryers")
    carry(sign_in(client, make.user(startup)))
    address = f"/en/workspace/{startup.slug}/needs/new"
    client.get(f"{address}?carried=1")
    assert client.texts("#summary_en") == [TEXT]
    client.submit(address, title_en="Violins", summary_en=TEXT, visibility="public")
    client.get(f"{address}?carried=1")
    assert client.texts("#summary_en") == [""]
