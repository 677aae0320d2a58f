"""Both directions of a suggestion: how it fits who reads, and how the reader fits the other side."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.types import DeclineReason, InterestState, Stage
from tests.factories import Make

SignIn = Callable[..., FlaskClient]
Index = Callable[[], None]
TEXT = "Salt spray tests of sensors"


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Food Lab", "institute")


def scores(client: Any) -> list[str]:
    return client.texts(".suggestion .score")


def test_nothing_is_said_where_nothing_is_known(client: Any, make: Make, lab: Any, index: Index) -> None:
    make.offer(lab, TEXT)
    make.interest(make.need(make.organisation()), make.organisation(kind="centre"))  # somebody else was asked
    index()
    client.get("/en/", query_string={"q": TEXT})
    assert client.texts(".suggestion h3")[0] == TEXT
    assert client.texts(".score-other") == []
    assert "Fits you" not in " ".join(scores(client))


def test_a_question_tells_how_the_other_side_has_answered(client: Any, make: Make, lab: Any, index: Index) -> None:
    make.offer(lab, TEXT)
    for _ in range(5):
        values = {"state": InterestState.DECLINED, "decline_reason": DeclineReason.OUTSIDE_FIELD}
        make.interest(make.need(make.organisation(), state="draft", published_at=None), lab, **values)
    index()
    client.get("/en/", query_string={"q": TEXT})
    first = client.page.select_one(".suggestion")
    assert first.select_one(".score-other").get_text(" ", strip=True) == "You fit them in part"
    assert first.select_one(".score").get_text(" ", strip=True).startswith("Fits you ")
    assert first.select_one(".why p:last-child").get_text().startswith("“You fit them” comes from")


@pytest.mark.parametrize(
    ("stages", "words", "bar"),
    [(["pilot"], "well", "100"), (["revenue"], "in part", "50"), (["growth"], "hardly", "0"), ([], "well", "100")],
)
def test_the_owner_of_a_need_reads_both(
    client: Any, make: Make, sign_in: SignIn, lab: Any, index: Index, stages: list[str], words: str, bar: str
) -> None:
    startup = make.organisation()
    make.offer(lab, TEXT, stages=stages)
    need = make.need(startup, TEXT, stage=Stage.PILOT)
    index()
    sign_in(client, make.user(startup)).get(f"/en/workspace/{startup.slug}/needs/{need.id}")
    assert client.texts(".score-other")[0] == f"You fit them {words}"
    assert client.page.select_one(".score-other progress")["value"] == bar


def test_the_supplier_reads_the_same_pair_the_other_way_round(
    client: Any, make: Make, sign_in: SignIn, lab: Any, index: Index
) -> None:
    make.offer(lab, TEXT, stages=["revenue"])
    make.need(make.organisation(), TEXT, stage=Stage.PILOT)
    index()
    sign_in(client, make.user(lab)).get(f"/en/workspace/{lab.slug}/matches")
    first, other = scores(client)[:2]
    assert first.startswith("You fit them ")
    assert other == "Fits you in part"
    client.get(f"/vi/workspace/{lab.slug}/matches")
    assert [text.rsplit(" ", 2)[0] for text in scores(client)[1:2]] == ["Hợp với bạn"]
