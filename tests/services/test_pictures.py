"""Pictures are known by their content, drawn anew, and described in both languages before others see them."""

import contextlib
import io
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from models import TechnologyPicture, TechnologyVersion
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.texts import Bilingual
from models.types import MembershipRole, ProfileState, SupplyState
from network.services import pictures
from tests.factories import Make, both

ALT = Bilingual("Màng lọc trên bàn", "A membrane on a table")


def picture(kind: str = "PNG", size: tuple[int, int] = (200, 150), colour: str = "teal", **saved: Any) -> bytes:
    drawn, file = Image.new("RGBA" if kind == "PNG" else "RGB", size, colour), io.BytesIO()
    ImageDraw.Draw(drawn).rectangle((20, 20, 60, 50), fill="white")
    drawn.save(file, kind, **saved)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_is_kept_is_written_by_us(kind: str) -> None:
    prepared = pictures.prepare(picture(kind) + b"<script>alert(1)</script>")
    for data in (prepared.content, prepared.small):
        assert data.startswith(b"RIFF")
        assert b"script" not in data
    assert (prepared.width, prepared.height) == (200, 150)


def test_where_a_photo_was_taken_is_not_kept_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Maker of the telephone"
    prepared = pictures.prepare(picture("JPEG", (400, 200), exif=exif))
    assert (prepared.width, prepared.height) == (200, 400)
    assert not Image.open(io.BytesIO(prepared.content)).getexif()
    assert b"Maker" not in prepared.content


def test_large_pictures_become_small_enough() -> None:
    prepared = pictures.prepare(picture("JPEG", (3000, 1500)))
    assert (prepared.width, prepared.height) == (1600, 800)
    assert Image.open(io.BytesIO(prepared.small)).size == (480, 240)


REFUSED = {
    "picture_unreadable": b"%PDF-1.7 something",
    "picture_too_small": picture(size=(300, 40)),
    "picture_too_large": picture(size=(9000, 8000)),
    "picture_too_heavy": b"\xff\xd8" + bytes(pictures.LARGEST_FILE),
}


@pytest.mark.parametrize(("code", "data"), REFUSED.items(), ids=REFUSED)
def test_what_is_no_picture_for_us(code: str, data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        pictures.prepare(data)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "data", [b"", picture("JPEG")[:200], picture("GIF"), b'<svg xmlns="http://www.w3.org/2000/svg"/>', b"GIF89a" * 9]
)
def test_what_only_looks_like_one(data: bytes) -> None:
    with pytest.raises(Invalid, match="picture_unreadable"):
        pictures.prepare(data)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP"]), st.data())
def test_a_damaged_file_is_refused_or_drawn_but_breaks_nothing(kind: str, data: st.DataObject) -> None:
    whole = bytearray(picture(kind))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Invalid):
        assert pictures.prepare(bytes(whole)).content.startswith(b"RIFF")


def test_a_picture_is_added_described_moved_and_removed(session: Session, make: Make, now: datetime) -> None:
    institute = make.organisation(kind="institute")
    lan, entry = make.user(institute), make.technology(institute)
    first = pictures.add_picture(session, lan, entry, picture(), ALT, now=now)
    second = pictures.add_picture(session, lan, entry, picture(colour="red"), Bilingual("Chỉ tiếng Việt", " "), now=now)
    session.flush()
    assert [p.described for p in entry.pictures] == [True, False]
    latest = sa.select(TechnologyVersion).order_by(TechnologyVersion.number.desc()).limit(1)
    assert [p[0] for p in session.scalars(latest).one().content["pictures"]] == [first.digest]
    pictures.describe_picture(session, lan, entry, second.id, both("Red"), now=now)
    pictures.move_first(session, lan, entry, second.id, now=now)
    session.expire(entry)
    assert [p.id for p in entry.pictures] == [second.id, first.id]
    pictures.remove_picture(session, lan, entry, first.id, now=now)
    assert make.count(TechnologyPicture) == 1
    numbers = session.scalars(sa.select(TechnologyVersion.number).order_by(TechnologyVersion.number)).all()
    assert numbers == [1, 2, 3, 4, 5]  # as it stood; added; described; moved; removed
    with pytest.raises(NotFound):
        pictures.describe_picture(session, lan, entry, first.id, ALT, now=now)


def test_twice_the_same_and_too_many_are_refused(session: Session, make: Make, now: datetime) -> None:
    institute = make.organisation(kind="institute")
    lan, entry = make.user(institute), make.technology(institute, state=SupplyState.DRAFT)
    colours = ("red", "blue", "green", "gold", "black", "white")
    for colour in colours:
        pictures.add_picture(session, lan, entry, picture(colour=colour), ALT, now=now)
    with pytest.raises(Conflict, match="too_many_pictures"):
        pictures.add_picture(session, lan, entry, picture(colour="pink"), ALT, now=now)
    pictures.remove_picture(session, lan, entry, entry.pictures[0].id, now=now)
    with pytest.raises(Conflict, match="picture_twice"):
        pictures.add_picture(session, lan, entry, picture(colour="blue"), ALT, now=now)
    assert make.count(TechnologyVersion) == 0


@pytest.mark.parametrize("role", ["manager", "member", "stranger", "coordinator"])
@pytest.mark.parametrize("state", list(SupplyState))
def test_who_may_change_pictures_when(
    session: Session, make: Make, now: datetime, state: SupplyState, role: str
) -> None:
    institute = make.organisation(kind="institute")
    entry = make.technology(institute, state=state)
    people: dict[str, Any] = {
        "manager": lambda: make.user(institute),
        "member": lambda: make.user(institute, membership=MembershipRole.MEMBER),
        "stranger": lambda: make.user(make.organisation(kind="institute")),
        "coordinator": make.coordinator,
    }
    actor = people[role]()
    if role == "manager" or (role == "member" and state is SupplyState.DRAFT):
        added = pictures.add_picture(session, actor, entry, picture(), ALT, now=now)
        session.flush()
        pictures.remove_picture(session, actor, entry, added.id, now=now)
        return
    with pytest.raises(NotPermitted):
        pictures.add_picture(session, actor, entry, picture(), ALT, now=now)
    assert entry.pictures == []


def test_a_suspended_owner_adds_nothing(session: Session, make: Make, now: datetime) -> None:
    institute = make.organisation(kind="institute", state=ProfileState.SUSPENDED)
    with pytest.raises(NotPermitted, match="suspended"):
        pictures.add_picture(session, make.user(institute), make.technology(institute), picture(), ALT, now=now)
