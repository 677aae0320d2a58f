"""The guided profile: its steps, saving any of them half done, and what is still missing."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models.texts import Bilingual
from models.types import OrganisationKind, Stage
from network.forms.organisations import PROFILE_FORMS
from network.profile_words import PART_NAMES, WHY
from network.queries.profile_progress import progress
from network.services.organisations import OWN_WORDS
from network.services.profile_steps import STEPS, Step, parts_of
from tests.factories import Make
from tests.statements import statements_of

SignIn = Callable[..., FlaskClient]
EMPTY = Bilingual()


@pytest.mark.parametrize("kind", OrganisationKind)
def test_every_part_of_a_profile_belongs_to_one_step_and_is_explained(kind: OrganisationKind) -> None:
    form = PROFILE_FORMS[kind]
    shared = {"name", "summary", "description", "fields", "district", "address", "website", "founded_year"}
    parts = parts_of(kind)
    assert sorted(parts) == sorted(shared | OWN_WORDS[kind])
    assert sorted(OWN_WORDS[kind]) == sorted((*form.pairs, *form.single))
    assert [name for name in (*parts, "documents") if not PART_NAMES[name] or not WHY[name]] == []


def test_a_new_startup_goes_through_the_steps(client: Any, make: Make, sign_in: SignIn, session: Session) -> None:
    make.field("2", "Engineering")
    make.field("211", "Food").parent_code = "2"
    startup = make.organisation(Bilingual("Máy sấy", None), summary=EMPTY)
    sign_in(client, make.user(startup)).get(f"/en/workspace/{startup.slug}/profile")
    assert client.texts(".stepper li") == [
        "Who we are 5 missing",
        "Product 1 missing",
        "Stage and team 2 missing",
        "Fields 1 missing",
        "What we look for 1 missing",
        "Documents 1 missing",
    ]
    assert client.texts(".stepper [aria-current]") == ["Who we are 5 missing"]
    assert client.texts(".progress-label") == ["Said so far 1 of 12"]
    assert client.texts(".missing a") == [
        "Summary",
        "District",
        "Address",
        "Website",
        "Year of foundation",
        "Description",
        "How far you are",
        "People in the team",
        "Fields",
        "Looking for",
        "A document",
        "Name",
    ]
    assert client.texts(".missing .tag") == ["Not yet in English"]
    assert client.texts("form.form .tag") == ["Not yet in English"]
    assert client.texts(".missing li")[6] == (
        "How far you are Centres take in teams of certain stages: without it they cannot tell whether you fit."
    )
    address = f"/en/workspace/{startup.slug}/profile"
    client.submit(f"{address}?step=standing", stage="prototype", go_on="1")
    assert client.texts(".stepper [aria-current]") == ["Fields 1 missing"]
    client.submit(f"{address}?step=fields", fields=["211"], go_on="1")
    client.submit(f"{address}?step=wishes", seeking=["lab"], go_on="1")
    assert client.texts(".stepper [aria-current]") == ["Documents 1 missing"]
    assert client.texts("main .actions a") == ["Put up a document"]
    client.submit(f"{address}?step=who", name_vi="Máy sấy", summary_en="We dry with the sun")
    assert client.texts(".stepper [aria-current]") == ["Who we are 4 missing"]
    assert client.texts(".missing .tag") == ["Not yet in English", "Not yet in Vietnamese"]
    session.refresh(startup)
    assert (startup.name, startup.summary) == (Bilingual("Máy sấy", None), Bilingual(None, "We dry with the sun"))
    assert (startup.stage, startup.team_size, startup.seeking) == (Stage.PROTOTYPE, None, ["lab"])
    assert [field.code for field in startup.fields] == ["211"]


def test_a_step_changes_nothing_of_the_others(client: Any, make: Make, sign_in: SignIn, session: Session) -> None:
    field = make.field("211")
    centre = make.organisation("House", "centre", capacity=0, reply_days=5, services=["lab"], website="https://a.vn")
    centre.fields = [field]
    sign_in(client, make.user(centre))
    before = {name: getattr(centre, name) for name in parts_of(centre.kind)} | {"fields": ["211"]}
    values = {"description_vi": "Dài", "services": ["testing"], "website": "https://b.vn", "capacity": "9"}
    assert client.submit(f"/en/workspace/{centre.slug}/profile?step=product", **values).status_code == 200
    session.refresh(centre)
    after = {name: getattr(centre, name) for name in parts_of(centre.kind)} | {
        "fields": [each.code for each in centre.fields]
    }
    assert after == before | {"description": Bilingual("Dài", None)}


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        ("startup", ["Who we are", "Product", "Stage and team", "Fields", "What we look for", "Documents"]),
        ("enterprise", ["Who we are", "Product", "Size", "Fields", "Documents"]),
        ("centre", ["Who we are", "What we do", "Backing and staff", "Fields", "What we give", "Documents"]),
        ("institute", ["Who we are", "What we do", "Kind of house", "Fields", "Documents"]),
        ("partner", ["Who we are", "What we do", "Kind of partner", "Fields", "What we contribute", "Documents"]),
    ],
)
def test_each_kind_has_its_steps_and_every_step_its_page(
    client: Any, make: Make, sign_in: SignIn, kind: str, steps: list[str]
) -> None:
    organisation = make.organisation("Ours", kind)
    address = f"/en/workspace/{organisation.slug}/profile"
    sign_in(client, make.user(organisation)).get(address)
    assert client.texts(".stepper a") == steps
    for step in STEPS[organisation.kind]:
        assert client.get(f"{address}?step={step}").status_code == 200
        assert client.texts("main .split h2")[0] == steps[list(STEPS[organisation.kind]).index(step)]
        assert client.submit(f"{address}?step={step}").status_code in (200, 422)
    assert client.get(f"{address}?step=nonsense").status_code == 404
    if kind in ("enterprise", "institute"):
        assert client.get(f"{address}?step=wishes").status_code == 404


def test_a_refusal_stays_at_its_step(client: Any, make: Make, sign_in: SignIn) -> None:
    startup = make.organisation("Ours")
    sign_in(client, make.user(startup))
    address = f"/en/workspace/{startup.slug}/profile?step=who"
    answer = client.submit(
        address, name_vi="Ours", name_en="Ours", summary_vi="", summary_en="", website="nowhere", go_on="1"
    )
    assert answer.status_code == 422
    assert client.texts(".stepper [aria-current] a") == ["Who we are"]
    assert client.texts(".error-summary li") == [
        "Summary in Vietnamese: Describe it in a few sentences, in Vietnamese or in English."
    ]
    assert client.page.select_one("#website")["value"] == "nowhere"


def test_a_whole_profile_lacks_nothing(client: Any, make: Make, sign_in: SignIn) -> None:
    startup = make.organisation(
        "Ours",
        description=Bilingual("a", "b"),
        district="ba-dinh",
        address="1 Street",
        website="https://a.vn",
        founded_year=2020,
        stage=Stage.IDEA,
        team_size=3,
        seeking=["lab"],
    )
    startup.fields = [make.field("211")]
    make.document(startup)
    sign_in(client, make.user(startup)).get(f"/en/workspace/{startup.slug}/profile?step=documents")
    assert client.texts(".progress-label") == ["Said so far 12 of 12"]
    assert client.texts(".missing li") == []
    assert client.texts(".stepper .done a") == ["Who we are", "Product", "Stage and team", "Fields", "What we look for"]
    assert client.texts("main .actions a") == ["To the documents"]


def test_progress_is_one_statement(make: Make, session: Session) -> None:
    startup = make.organisation()
    kept = startup.id
    with statements_of(session) as sent:
        found = session.get_one(type(startup), kept)
        assert found.fields == []
        before = len(sent)
        assert [row.step for row in progress(session, found).steps] == list(Step)
    assert len(sent) - before == 1
