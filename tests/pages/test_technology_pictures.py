"""Pictures on their page and as files: who gets them, what a bad file loses (nothing), how they are served."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import TechnologyPicture
from models.texts import Bilingual
from models.types import MembershipRole, ProfileState, SupplyState, Visibility
from tests.factories import Make
from tests.services.test_pictures import picture

SignIn = Callable[..., FlaskClient]
SEEN = {"alt_vi": "Màng lọc", "alt_en": "A membrane"}


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Food Lab", "institute", slug="lab")


def file(data: bytes, name: str = "photo.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_a_picture_is_added_described_moved_and_taken_away(
    client: Any, session: Session, make: Make, sign_in: SignIn, lab: Any
) -> None:
    entry = make.technology(lab)
    address = f"/en/workspace/lab/technologies/{entry.id}/pictures"
    sign_in(client, make.user(lab)).get(address)
    assert client.page.select_one("input[type=file]")["accept"] == "image/jpeg,image/png,image/webp"
    assert client.page.select_one("form.form")["enctype"] == "multipart/form-data"
    client.submit(address, file=file(picture(), "../../etc/passwd.png"), **SEEN)
    assert client.texts(".notice-success") == ["The picture is added."]
    client.submit(address, file=file(picture(colour="red")), alt_vi="Màu đỏ")
    assert client.texts(".notice-success")[0].startswith("The picture is kept.")
    assert client.texts(".tag-waiting") == ["Only you see it: describe it first"]
    client.get(f"/en/technologies/{entry.id}")
    assert [i["alt"] for i in client.page.select(".pictures img")] == ["A membrane"]
    client.get(address)
    second = client.page.select("form[action$=describe]")[1]["action"]
    client.submit(second, alt_vi="Màu đỏ", alt_en="Red")
    assert client.texts(".tag-waiting") == []
    client.submit(second.replace("describe", "first"))
    assert [i["alt"] for i in client.page.select(".picture-row img")] == ["Red", "A membrane"]
    client.submit(second.replace("describe", "remove"))
    assert [i["alt"] for i in client.page.select(".picture-row img")] == ["A membrane"]
    assert make.count(TechnologyPicture) == 1


def test_a_bad_file_loses_no_word(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    entry = make.technology(lab)
    address = f"/en/workspace/lab/technologies/{entry.id}/pictures"
    sign_in(client, make.user(lab))
    assert client.submit(address, file=file(b"%PDF-1.7", "photo.png"), **SEEN).status_code == 422
    assert client.texts(".error-summary li") == [
        "Picture file: This is no picture that can be read. Send a JPEG, PNG or WebP file."
    ]
    assert client.page.select_one("input[name=alt_vi]")["value"] == "Màng lọc"
    assert client.submit(address, **SEEN).status_code == 422
    assert client.texts(".error-summary li") == ["Picture file: Choose a file."]
    heavy = b"\xff\xd8" + bytes(9 * 1024 * 1024)
    assert client.submit(address, file=file(heavy), **SEEN).status_code == 422
    assert client.page.select_one("input[name=alt_en]")["value"] == "A membrane"


def test_what_is_served_is_a_picture_and_nothing_else(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    entry = make.technology(lab)
    sign_in(client, make.user(lab))
    client.submit(
        f"/en/workspace/lab/technologies/{entry.id}/pictures",
        file=file(picture("JPEG") + b"<script>alert(1)</script>", "x.html"),
        **SEEN,
    )
    make.session.expire_all()
    shown = entry.pictures[0]
    for size in ("", "?size=small"):
        answer = client.get(f"/en/technologies/{entry.id}/pictures/{shown.digest}.webp{size}")
        assert answer.status_code == 200
        assert answer.content_type == "image/webp"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "private" in answer.headers["Cache-Control"]
        assert answer.data.startswith(b"RIFF")
        assert b"script" not in answer.data


READERS = ("nobody", "unverified", "member", "coordinator", "owner")
SEES: dict[str, tuple[bool, ...]] = {
    "published": (True, True, True, True, True),
    "for members": (False, False, True, True, True),
    "draft": (False, False, False, False, True),
    "undescribed": (False, False, False, False, True),
    "suspended": (False, False, False, True, True),
}


@pytest.mark.parametrize("case", SEES)
def test_who_gets_a_picture(client: Any, make: Make, sign_in: SignIn, lab: Any, case: str) -> None:
    values: dict[str, Any] = {
        "draft": {"state": SupplyState.DRAFT},
        "for members": {"visibility": Visibility.MEMBERS},
    }.get(case, {})
    shown = make.picture(
        make.technology(lab, **values), **({"alt": Bilingual("Chỉ một")} if case == "undescribed" else {})
    )
    lab.state = ProfileState.SUSPENDED if case == "suspended" else lab.state
    people = {
        "unverified": make.user(make.organisation(state=ProfileState.CLAIMED)),
        "member": make.user(make.organisation()),
        "coordinator": make.coordinator(),
        "owner": make.user(lab),
    }
    make.session.commit()
    address = f"/en/technologies/{shown.technology_id}/pictures/{shown.digest}.webp"
    sees = []
    for reader in READERS:
        if reader != "nobody":
            sign_in(client, people[reader])
        sees.append(client.get(address).status_code == 200)
    assert tuple(sees) == SEES[case]
    assert client.get(address.replace(shown.digest, "0" * 64)).status_code == 404


def test_members_look_at_pictures_of_what_is_published(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    entry = make.technology(lab)
    make.picture(entry)
    address = f"/en/workspace/lab/technologies/{entry.id}/pictures"
    sign_in(client, make.user(lab, membership=MembershipRole.MEMBER)).get(address)
    assert client.texts("main button") == []
    assert client.submit(address, file=file(picture()), **SEEN).status_code == 422
    shown = entry.pictures[0].id
    for act in ("describe", "first", "remove"):
        client.submit(f"{address}/{shown}/{act}", alt_vi="x", alt_en="x")
        assert client.texts(".notice-error") == ["Your account may not do this."]
    make.session.expire_all()
    assert [p.alt.en for p in entry.pictures] == ["On a table"]
