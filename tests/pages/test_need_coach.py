"""The coach beside the form of a need: what is missing, guesses to take over, who could help; nothing typed is lost."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matching.matches import SUPPLIED
from matching.text import query_for_need
from models import Need, NeedDraft
from models.errors import Conflict
from models.texts import Bilingual
from models.types import CloseReason, NeedState, OfferKind, Stage, Visibility
from network.coaching import checks
from network.queries.coaching import question
from network.services import drafts
from network.services.needs import NeedValues
from tests.factories import NOW, Make

SignIn = Callable[..., FlaskClient]
Index = Callable[[], None]
TEXT = "salt spray tests of sensors for ships and harbours"
HX = {"HX-Request": "true"}
SENT = {"title_en": "Salt", "summary_en": TEXT, "visibility": "public"}


@pytest.fixture
def home(make: Make) -> Any:
    return make.organisation("Sun Dryers")


@pytest.fixture
def address(home: Any) -> str:
    return f"/en/workspace/{home.slug}/needs"


@pytest.fixture
def founder(client: Any, make: Make, sign_in: SignIn, home: Any) -> Any:
    return sign_in(client, make.user(home))


def ask(client: Any, address: str, **sent: Any) -> list[str]:
    """What is missing, by the coach that answers while one types."""
    assert client.post(f"{address}/coach", data={**SENT, **sent}, headers=HX).status_code == 200
    return client.texts(".checks li:not(.said)")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, set()),
        ({"summary": Bilingual(None, "word " * 25)}, {"text"}),
        ({"summary": Bilingual("từ " * 24, None)}, set()),
        ({"kinds": (OfferKind.LAB,), "fields": ("211",), "stage": Stage.PILOT}, {"kind", "field", "stage"}),
        ({"needed_by": date(2027, 1, 1), "budget_vnd": 0}, {"deadline", "budget"}),
        ({"details": Bilingual("Chúng tôi đã thử sấy bằng hơi nước", None)}, {"tried"}),
        ({"details": Bilingual("chung toi da thu say bang hoi nuoc", None)}, {"tried"}),
        ({"summary": Bilingual(None, "We have tried steam so far")}, {"tried"}),
        ({"details": Bilingual("Ký hợp đồng dịch vụ", None)}, {"cooperation"}),
        ({"details": Bilingual(None, "A licence or a joint development")}, {"cooperation"}),
        ({"details": Bilingual("Mùa mưa, thuế", "Hired hands")}, {"cooperation"}),
        ({"title": Bilingual("Mùa mưa đến sớm, thuế cao", None)}, set()),
    ],
)
def test_what_counts_as_said(values: dict[str, Any], said: set[str]) -> None:
    empty: dict[str, Any] = {"title": Bilingual(), "summary": Bilingual()}
    assert {check.key for check in checks(NeedValues(**{**empty, **values})) if check.said} == said


def test_while_one_types_only_the_answer_is_sent(founder: Any, make: Make, address: str) -> None:
    make.session.commit()
    missing = ask(founder, address)
    assert founder.page.select_one("header, h1") is None
    assert missing == [
        "Missing: what is to be achieved, and in which conditions, in three or four sentences",
        "Missing: what you have already, and what you have tried",
        "Missing: how you would work together: contract, licence, joint development …",
        "Missing: which kind of help",
        "Missing: which field",
        "Missing: how far you are",
        "Missing: by when",
        "Missing: for how much",
    ]
    assert ask(founder, address, kinds=["testing"], stage="pilot", budget="5", needed_by="2099-01-01")[3:] == [
        "Missing: which field"
    ]
    assert ask(founder, address, budget="much", needed_by="soon", kinds=["magic"], visibility="nobody")[3:] != []
    assert make.count(Need) == 0


def test_the_page_wires_the_form_to_the_coach(founder: Any, address: str) -> None:
    founder.get(f"{address}/new")
    coach = founder.page.select_one("#coach")
    assert coach["hx-post"] == f"{address}/coach"
    assert "delay:900ms" in coach["hx-trigger"]
    assert founder.page.select_one(coach["hx-include"]) is not None
    assert founder.texts(".coach li")[0] == "what is to be achieved, rather than only what you would buy;"
    form = founder.page.select_one("#need-form")
    assert (form["data-keep"], form["data-keep-in"]) == ("need", "local")
    button = form.select_one("button[formaction]")
    assert button["formaction"] == f"{address}/coach"
    first = form.select("button[type=submit]")[0]
    assert first.get_text(strip=True) == "Save as a draft", "what Enter does"


def test_without_scripts_a_button_gives_the_whole_page_back(
    founder: Any, make: Make, address: str, index: Index
) -> None:
    make.offer(make.organisation("Food Lab", "institute"), TEXT)
    index()
    founder.submit(f"{address}/coach", **SENT, kinds=["lab"], budget="many")
    assert founder.texts("h1") == ["Describe a need"]
    assert founder.texts("#summary_en, #kinds input[checked] + label") == [TEXT, "Laboratory use"]
    assert founder.page.select_one("#budget")["value"] == "many"
    assert founder.texts("#coach strong") == ["1 of 8 said"]
    assert founder.texts("#coach-found h2, #coach-found h3") == ["Who could help, as it stands", TEXT, "Food Lab"]
    assert founder.page.select_one(".error-summary") is None, "a look is not a sending"


def test_nearest_offers_tell_what_it_seems_to_be_about(founder: Any, make: Make, address: str, index: Index) -> None:
    make.field("2")
    for code, name in (("211", "Materials"), ("207", "Environment")):
        make.field(code, name).parent_code = "2"
    for n in range(3):
        fields = [make.field("211"), *([make.field("207")] if n == 0 else [])]
        lab = make.organisation(f"Lab {n}", "institute")
        make.offer(lab, f"{TEXT} {n}", kind=OfferKind.TESTING if n else OfferKind.LAB, fields=fields)
    make.offer(make.organisation(kind="institute"), "Bakery ovens", kind=OfferKind.MENTORING)
    index()
    ask(founder, address)
    assert founder.texts(".hints li") == [
        "+ Testing and certification 2 of the 3 nearest offers",
        "+ Materials 3 of the 3 nearest offers",
    ]
    ask(founder, address, kinds=["testing"], fields=["211"])
    assert founder.texts(".hints li") == []
    button = "+ Testing and certification"
    ask(founder, address)
    take = next(b for b in founder.page.select(".hints button") if b.get_text(" ", strip=True) == button)
    assert (take["form"], take["data-take"], take["data-value"]) == ("need-form", "kinds", "testing")
    founder.submit(take["formaction"], **SENT, take=take["value"])
    assert founder.texts("#kinds input[checked] + label") == ["Testing and certification"]
    founder.submit(take["formaction"], **SENT, kinds=["testing"], take="fields:211")
    assert founder.texts("input[type=checkbox][checked] + label") == ["Testing and certification", "Materials"]
    founder.submit(take["formaction"], **SENT, take="title:x")
    assert founder.texts("input[type=checkbox][checked] + label") == []


def test_needs_like_this_that_led_to_a_match(founder: Any, make: Make, home: Any, address: str, index: Index) -> None:
    others = make.organisation("Harbour Startup")
    make.need(others, f"{TEXT} found help", state=NeedState.MATCHED)
    make.need(others, f"{TEXT} still open")
    make.need(others, f"{TEXT} for members", state=NeedState.MATCHED, visibility=Visibility.MEMBERS)
    make.need(home, f"{TEXT} our own", state=NeedState.MATCHED)
    make.need(others, "Bakery ovens", state=NeedState.MATCHED)
    index()
    ask(founder, address)
    assert sorted(founder.texts("section[aria-labelledby=similar-title] h3")) == [
        f"{TEXT} for members",
        f"{TEXT} found help",
    ]


def test_who_is_not_verified_is_shown_nothing_for_members(
    client: Any, make: Make, sign_in: SignIn, index: Index
) -> None:
    new = make.organisation("New Startup", state="claimed")
    lab = make.organisation("Lab", "institute")
    make.offer(lab, f"{TEXT} Zanzibar", visibility=Visibility.MEMBERS)
    make.need(make.organisation(), f"{TEXT} Zanzibar", state=NeedState.MATCHED, visibility=Visibility.MEMBERS)
    index()
    sign_in(client, make.user(new))
    ask(client, f"/en/workspace/{new.slug}/needs")
    assert "Zanzibar" not in client.page.get_text()
    assert client.texts(".hints li") == []


def test_a_few_words_are_not_enough_to_ask_with(founder: Any, make: Make, address: str, index: Index) -> None:
    make.offer(make.organisation(kind="institute"), "Salt")
    index()
    ask(founder, address, summary_en="")
    assert founder.texts("#coach-found h2") == []
    assert "Write a few words, and you see here what it seems to be about and who could help." in founder.texts("p")


# A need that exists: what has been typed is kept for its writer, and changes nothing.


def test_what_is_typed_is_kept_and_put_back(
    founder: Any, session: Session, make: Make, home: Any, address: str
) -> None:
    need = make.need(home, "Old words")
    session.commit()
    founder.post(f"{address}/{need.id}/coach", data={"title_en": "New words", "budget": "much"}, headers=HX)
    assert any(text.startswith("Kept at ") for text in founder.texts("p"))
    session.refresh(need)
    assert need.title.en == "Old words"
    founder.get(f"/en/needs/{need.id}")
    assert founder.texts("h1") == ["Old words"]
    founder.get(f"{address}/{need.id}/edit")
    assert [founder.page.select_one(f"#{name}")["value"] for name in ("title_en", "budget")] == ["New words", "much"]
    assert founder.texts(".kept")[0].startswith("What you had begun on ")
    founder.submit(f"{address}/{need.id}/drop")
    assert founder.texts(".notice-success") == ["What you had begun is dropped. The form shows the need as it stands."]
    assert founder.page.select_one("#title_en")["value"] == "Old words"
    assert make.count(NeedDraft) == 0


def test_what_was_begun_ends_when_it_is_saved(
    founder: Any, session: Session, make: Make, home: Any, address: str
) -> None:
    need = make.need(home, "Old words")
    session.commit()
    founder.post(f"{address}/{need.id}/coach", data={**SENT, "title_en": "New words"}, headers=HX)
    assert make.count(NeedDraft) == 1
    assert founder.submit(f"{address}/{need.id}/edit", **{**SENT, "title_en": ""}).status_code == 422
    assert make.count(NeedDraft) == 1
    founder.submit(f"{address}/{need.id}/edit", **SENT)
    session.expire_all()
    assert make.count(NeedDraft) == 0


def test_a_look_without_a_change_keeps_nothing(
    founder: Any, session: Session, make: Make, home: Any, address: str
) -> None:
    need = make.need(home, Bilingual(None, "Old words"), kinds=[OfferKind.LAB], budget_vnd=5_000_000)
    session.commit()
    same = {
        "title_en": "Old words ",
        "summary_en": "Old words",
        "kinds": ["lab"],
        "budget": "5",
        "visibility": "public",
    }
    founder.post(f"{address}/{need.id}/coach", data=same, headers=HX)
    assert make.count(NeedDraft) == 0
    founder.post(f"{address}/{need.id}/coach", data={**same, "kinds": ["lab", "testing"]}, headers=HX)
    assert make.count(NeedDraft) == 1


def test_a_draft_is_its_writers_alone(
    app: Any, founder: Any, session: Session, make: Make, sign_in: SignIn, home: Any, address: str
) -> None:
    need = make.need(home, "Old words")
    session.commit()
    founder.post(f"{address}/{need.id}/coach", data={"title_en": "New words"}, headers=HX)
    colleague = sign_in(app.test_client(), make.user(home))
    colleague.get(f"{address}/{need.id}/edit")
    assert colleague.page.select_one("#title_en")["value"] == "Old words"
    colleague.post(f"{address}/{need.id}/coach", data={"title_en": "Other words"}, headers=HX)
    assert session.scalars(sa.select(sa.func.count()).select_from(NeedDraft)).one() == 2
    theirs = make.need(make.organisation())
    session.commit()
    for step in ("coach", "drop"):
        assert colleague.submit(f"{address}/{theirs.id}/{step}").status_code == 404


def test_a_closed_need_keeps_nothing(session: Session, make: Make, home: Any) -> None:
    founder = make.user(home)
    closed = make.need(home, state=NeedState.CLOSED, close_reason=CloseReason.WITHDRAWN)
    with pytest.raises(Conflict):
        drafts.keep(session, founder, closed, {"title_en": ["x"]}, now=NOW)
    drafts.drop(session, founder, closed)


def test_the_coach_asks_what_the_need_will_ask_once_it_is_saved(make: Make, home: Any) -> None:
    fields = [make.field("211")]
    need = make.need(home, "Salt", summary=Bilingual("Muối", "Salt"), stage=Stage.PILOT, trl=5, district="dong-da")
    need.fields = fields
    values = NeedValues(
        need.title, need.summary, kinds=tuple(need.kinds), fields=("211",), stage=Stage.PILOT, trl=5, district="dong-da"
    )
    asked = question(make.user(home), home.id, values, on=NOW.date())
    saved = query_for_need(need, Visibility.MEMBERS, on=NOW.date())
    assert (asked.subjects, asked.clearance) == (SUPPLIED, Visibility.MEMBERS)
    same = ("text", "exclude_organisation", "kinds", "fields", "stage", "trl", "district", "language", "on")
    assert [getattr(asked, name) for name in same] == [getattr(saved, name) for name in same]


def test_in_vietnamese(client: Any, make: Make, sign_in: SignIn, home: Any) -> None:
    sign_in(client, make.user(home))
    client.post(f"/vi/workspace/{home.slug}/needs/coach", data={"summary_vi": "Cần đo độ ẩm"}, headers=HX)
    assert client.texts(".checks li")[3] == "Còn thiếu: loại hỗ trợ cần có"
