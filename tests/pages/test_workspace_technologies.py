"""Writing a technology, and offering it to a need with one click."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import ExpressionOfInterest, Field, Technology
from models.technologies import Owner, PriceBasis
from models.texts import Bilingual
from models.types import InterestState, IpStatus, IpType, MembershipRole, SupplyState, TransferForm, Visibility
from tests.factories import Make

SignIn = Callable[..., FlaskClient]
WHOLE: dict[str, Any] = {
    "title_vi": "Màng lọc nước",
    "title_en": "Water membrane",
    "summary_vi": "Giữ muối cho làng nghề",
    "summary_en": "Holds back salt for craft villages",
    "fields": ["205"],
    "reference": "CN-1",
    "trl": "6",
    "evidence_vi": "Chạy sáu tháng ở một làng nghề",
    "evidence_en": "Six months in a craft village",
    "ready_for_vi": "Thí điểm",
    "ready_for_en": "A pilot",
    "ip_type": "patent",
    "ip_number": "1-0034567",
    "ip_status": "granted",
    "ip_territory": "vn, pct",
    "owner_1": "Trường A",
    "share_1": "60",
    "owner_2": "Công ty B",
    "share_2": "40 %",
    "owner_rows": "2",
    "transfer_form": "licence",
    "other_forms": ["service", "licence"],
    "price_basis": "lump_sum",
    "price_low": "1,5 tỷ",
    "price_high": "2.000.000.000",
    "price_note_vi": "Gồm đào tạo",
    "price_note_en": "With training",
    "details_vi": "Lưu lượng",
    "details_en": "Flow rate",
    "confidential_vi": "Công thức",
    "confidential_en": "Recipe",
    "visibility": "members",
}


@pytest.fixture
def lab(make: Make) -> Any:
    make.field("2", "Engineering")
    make.session.add(Field(code="205", parent_code="2", name=Bilingual("Vật liệu", "Materials")))
    return make.organisation("Food Lab", "institute", slug="lab")


def written(client: Any) -> dict[str, Any]:
    """What stands in the fields of the form on the page."""
    form = client.page.select_one("main form.form")
    values: dict[str, Any] = {}
    for field in form.select("input, select, textarea"):
        name = field.get("name")
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            values[name] = chosen["value"] if chosen else ""
        elif field.get("type") in ("checkbox", "radio"):
            if field.has_attr("checked"):
                values[name] = [*values.get(name, []), field["value"]]
        else:
            values[name] = field.get_text().strip() if field.name == "textarea" else field.get("value", "")
    return values


def test_everything_that_is_written_is_kept(
    client: Any, session: Session, make: Make, sign_in: SignIn, lab: Any
) -> None:
    sign_in(client, make.user(lab)).post("/en/workspace/lab/technologies/new", data=WHOLE, follow_redirects=True)
    assert client.texts("h1") == ["Water membrane"]
    assert client.texts(".aside h3 + ul li") == ["Pictures"]
    entry = session.scalars(sa.select(Technology)).one()
    assert (entry.state, entry.visibility, entry.reference) == (SupplyState.DRAFT, Visibility.MEMBERS, "CN-1")
    assert (entry.trl, entry.evidence.en, entry.ready_for.vi) == (6, "Six months in a craft village", "Thí điểm")
    assert (entry.ip_type, entry.ip_status) == (IpType.PATENT, IpStatus.GRANTED)
    assert (entry.ip_number, entry.ip_territory) == ("1-0034567", "VN, WO")
    assert entry.owners == (Owner("Trường A", 6000), Owner("Công ty B", 4000))
    assert entry.transfer_forms == (TransferForm.LICENCE, TransferForm.SERVICE)
    assert (entry.price_basis, entry.price_low, entry.price_high) == (PriceBasis.LUMP_SUM, 1_500_000_000, 2_000_000_000)
    assert entry.price_note == Bilingual("Gồm đào tạo", "With training")
    assert entry.confidential == Bilingual("Công thức", "Recipe")
    client.get(f"/en/workspace/lab/technologies/{entry.id}/edit")
    shown = written(client)
    changed = {"ip_territory": "VN, WO", "price_low": "1.500.000.000", "share_2": "40", "owner_rows": "3"}
    lists = {"fields": ["205"], "other_forms": ["service"], "visibility": ["members"]}
    for name, value in {**WHOLE, **changed, **lists}.items():
        assert shown[name] == value, name


WRONG = {
    "trl": ("12", "Choose one of the options shown."),
    "price_low": ("viel", "Write an amount in dong, for example 1.500.000.000 or 1,5 tỷ."),
    "price_high": ("1 tỷ", "The price must not end below the amount it begins with."),
    "share_1": ("160", "Write a share above 0 and up to 100, with at most two decimals."),
    "share_2": ("50", "The shares come to more than 100 %."),
    "ip_territory": ("Vietnam", "Use two-letter country codes such as VN, with commas between them."),
    "summary_en": (
        "Call 0912 345 678",
        "Leave out e-mail addresses and telephone numbers: whoever is interested asks you here.",
    ),
    "title_en": ("x" * 201, "Write at most 200 characters."),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_bad_input_loses_nothing(client: Any, make: Make, sign_in: SignIn, lab: Any, name: str) -> None:
    value, words = WRONG[name]
    sign_in(client, make.user(lab))
    answer = client.post("/en/workspace/lab/technologies/new", data={**WHOLE, name: value})
    assert answer.status_code == 422
    [said] = client.texts(".error-summary li")
    assert said.endswith(words)
    assert make.count(Technology) == 0
    shown = written(client)
    lists = {"visibility": ["members"], "other_forms": ["licence", "service"], "owner_rows": "3"}
    for each, wanted in {**WHOLE, name: value, **lists}.items():
        if each != name or name != "trl":
            assert shown[each] == wanted, each


def test_rows_for_owners_grow_without_saving(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    sign_in(client, make.user(lab)).get("/en/workspace/lab/technologies/new")
    assert len(client.page.select(".owner-row")) == 2
    sent = {**WHOLE, "more_owners": "1"}
    for rows in (6, 9, 12):
        assert client.post("/en/workspace/lab/technologies/new", data=sent).status_code == 200
        assert len(client.page.select(".owner-row")) == rows
        sent["owner_rows"] = str(rows)
        assert written(client)["owner_2"] == "Công ty B"
    assert client.page.select("button[name=more_owners]") == []
    assert make.count(Technology) == 0


def test_a_reference_of_another_is_refused_at_its_field(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    make.technology(lab, reference="CN-1")
    sign_in(client, make.user(lab)).post("/en/workspace/lab/technologies/new", data=WHOLE)
    assert client.texts("#reference-error-1") == ["Another technology of yours has this number already."]


@pytest.mark.parametrize(
    ("title", "opening"),
    [
        (Bilingual("Cần màng lọc nước", None), "vi"),
        (Bilingual(None, "A membrane for water"), "en"),
        (Bilingual("Cần màng lọc nước", "A membrane for water"), "both"),
    ],
)
def test_one_click_offers_a_technology_to_a_need(
    client: Any, session: Session, make: Make, sign_in: SignIn, index: Any, lab: Any, title: Bilingual, opening: str
) -> None:
    entry = make.technology(lab, Bilingual("Màng lọc nước", "Membrane for water"), trl=6)
    need = make.need(make.organisation("Startup"), title)
    index()
    address = f"/en/workspace/lab/technologies/{entry.id}/needs"
    sign_in(client, make.user(lab)).get(address)
    assert client.texts(".suggestion .actions > *") == ["Offer it now", "Write the letter yourself"]
    assert client.page.select(".suggestion .reasons li") != []
    client.submit(f"{address}/{need.id}/offer")
    assert client.texts(".notice-success")[0].startswith("Sent.")
    assert client.texts(".suggestion .actions a") == ["See how the request stands"]
    sent = session.scalars(sa.select(ExpressionOfInterest)).one()
    assert (sent.technology_id, sent.to_organisation_id, sent.state) == (
        entry.id,
        need.organisation_id,
        InterestState.SENT,
    )
    assert ("Membrane for water" in sent.message) == (opening != "vi")
    assert ("Màng lọc nước" in sent.message) == (opening != "en")
    assert "TRL 6" in sent.message
    client.submit(f"{address}/{need.id}/offer")
    assert client.texts(".notice-error") != []
    assert make.count(ExpressionOfInterest) == 1


def test_what_cannot_be_offered(client: Any, make: Make, sign_in: SignIn, index: Any, lab: Any) -> None:
    draft = make.technology(lab, "Water membrane", state=SupplyState.DRAFT)
    shown = make.technology(lab, "Water membrane")
    need = make.need(make.organisation(), "Water membrane", visibility=Visibility.PUBLIC)
    hidden = make.need(make.organisation(), "Hidden", state="draft", published_at=None)
    member = make.user(lab, membership=MembershipRole.MEMBER)
    index()
    address = "/en/workspace/lab/technologies/{}/needs"
    sign_in(client, make.user(lab)).get(address.format(draft.id))
    assert client.texts(".suggestion .actions > *") == []
    assert client.texts("main .notice")[0].startswith("Publish the technology first")
    assert client.submit(f"{address.format(draft.id)}/{need.id}/offer").status_code == 404
    assert client.submit(f"{address.format(shown.id)}/{hidden.id}/offer").status_code == 404
    assert client.submit(f"{address.format(shown.id)}/999/offer").status_code == 404
    sign_in(client, member).get(address.format(shown.id))
    assert client.texts(".suggestion .actions > *") == []
    assert client.submit(f"{address.format(shown.id)}/{need.id}/offer").status_code == 403
    assert make.count(ExpressionOfInterest) == 0
