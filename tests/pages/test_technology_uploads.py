"""Spreadsheets on their pages: the file to fill in, the report, the yes, the way back."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session

from models import Technology
from models.technology_history import UploadState
from models.types import SupplyState
from tests.factories import Make

SignIn = Callable[..., FlaskClient]
HEAD = (
    "Your own number",
    "Title in Vietnamese",
    "Description in Vietnamese",
    "Technology readiness level (TRL)",
    "Ghi chú",
)


@pytest.fixture
def lab(make: Make) -> Any:
    return make.organisation("Food Lab", "institute", slug="lab")


def sheet(*rows: tuple[Any, ...], head: tuple[str, ...] = HEAD, name: str = "list.xlsx") -> tuple[io.BytesIO, str]:
    book, data = Workbook(), io.BytesIO()
    for row in (head, *rows):
        book.active.append(row)
    book.save(data)
    return io.BytesIO(data.getvalue()), name


def titles(session: Session) -> list[str | None]:
    return [t.title.vi for t in session.scalars(sa.select(Technology).order_by(Technology.id))]


def test_from_a_file_to_published_technologies_and_back(
    client: Any, session: Session, make: Make, sign_in: SignIn, lab: Any
) -> None:
    make.technology(lab, "Sensor", trl=4, reference="CN-7")
    sign_in(client, make.user(lab, name="Lan")).get("/en/workspace/lab/technologies/uploads")
    assert client.page.select_one("form.form")["enctype"] == "multipart/form-data"
    rows = (("CN-1", "Màng lọc", "Giữ muối", 6, "x"), ("CN-7", None, None, 5), (None, "Bơm", None, "cao", None))
    client.submit("/en/workspace/lab/technologies/uploads", file=sheet(*rows, name="../<b>list.xlsx"))
    assert client.texts("h1") == ["<b>list.xlsx"]
    assert titles(session) == ["Sensor (vi)"]
    assert client.texts(".overview li") == ["1 created", "1 changed", "0 as they are", "1 left out"]
    assert client.texts("main .notice-warning") == ["These columns are not known and are left out: “Ghi chú” (E)"]
    assert client.texts("tbody th") == ["2", "3", "4"]
    assert client.texts("tbody td:nth-of-type(2)")[1] == (
        "changed Technology readiness level (TRL) (published: others read the change at once)"
    )
    assert client.texts(".troubles li") == ["D4 Technology readiness level (TRL): Write a level from 1 to 9. cao"]
    form = client.page.select_one("form[action$=apply]")
    agreed = form.select_one("input[name=fingerprint]")["value"]
    client.submit(form["action"], fingerprint=agreed, publish="now")
    session.expire_all()
    assert titles(session) == ["Sensor (vi)", "Màng lọc"]
    states = session.scalars(sa.select(Technology.state)).all()
    assert states == [SupplyState.PUBLISHED] * 2
    assert client.texts("tbody td:nth-of-type(1)") == ["Màng lọc (in Vietnamese)", "Sensor"] or client.texts(
        "tbody td:nth-of-type(1)"
    ) == ["Màng lọc", "Sensor"]
    client.submit(form["action"].replace("apply", "undo"))
    assert client.texts(".notice-success") == ["Undone: everything stands as it did before the upload."]
    session.expire_all()
    assert titles(session) == ["Sensor (vi)"]
    client.get("/en/workspace/lab/technologies/uploads")
    assert client.texts("#earlier-title + ul .tag") == ["Undone"]


def test_what_was_agreed_to_and_is_no_longer_true_is_shown_again(
    client: Any, session: Session, make: Make, sign_in: SignIn, lab: Any
) -> None:
    sign_in(client, make.user(lab))
    client.submit("/en/workspace/lab/technologies/uploads", file=sheet(("CN-1", "Màng lọc", "Giữ muối")))
    address = client.page.select_one("form[action$=apply]")["action"]
    client.submit(address, fingerprint="something else")
    assert client.texts(".notice-error")[0].startswith("Meanwhile something was changed")
    assert client.texts(".overview li")[0] == "1 created"
    assert titles(session) == []
    client.submit(address.replace("apply", "discard"))
    assert client.texts(".notice-success") == ["Given up. Nothing was written."]
    client.submit(address, fingerprint="too late")
    assert client.texts(".notice-error")[0].startswith("This step is not possible any more")


FILES: dict[str, tuple[Any, str]] = {
    "nothing": (None, "Choose a file."),
    "text": ((io.BytesIO(b"Title;TRL"), "list.csv"), "This is no spreadsheet that can be read."),
    "headings": (sheet(("a",), head=("Name",)), "The headings are not found."),
    "twice": (
        sheet(("a", "b"), head=("Title in English", "Title in English")),
        "Two columns have the same heading. (B1)",
    ),
    "empty": (sheet(), "There is no filled row below the headings."),
    "heavy": ((io.BytesIO(bytes(6 * 1024 * 1024)), "list.xlsx"), "The file is too large."),
}


@pytest.mark.parametrize("case", FILES)
def test_files_that_cannot_be_read_say_why(client: Any, make: Make, sign_in: SignIn, lab: Any, case: str) -> None:
    file, words = FILES[case]
    sign_in(client, make.user(lab))
    answer = client.submit("/en/workspace/lab/technologies/uploads", **({"file": file} if file else {}))
    assert answer.status_code == 422
    assert client.texts(".error-summary li")[0].startswith(f"Spreadsheet file: {words}")


def test_the_files_to_fill_in(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    make.field("205", "Materials")
    entry = make.technology(lab, "Sensor", trl=4, reference="CN-7")
    make.technology(make.organisation(kind="institute"), "Theirs")
    sign_in(client, make.user(lab))
    for name, rows in (("template", 0), ("ours", 1)):
        answer = client.get(f"/vi/workspace/lab/technologies/uploads/{name}.xlsx")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        book = load_workbook(io.BytesIO(answer.data))
        data = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
        assert len(data) == rows
        if rows:
            assert data[0][:4] == (entry.id, "CN-7", "Sensor (vi)", "Sensor")


def test_an_upload_that_was_built_on_says_by_what(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    entry = make.technology(lab, "Sensor")
    after = {"row": 2, "id": entry.id, "state": "published", "before": None, "after": {}}
    gone = {**after, "id": 999}
    upload = make.upload(lab, state=UploadState.APPLIED, applied_at=entry.created_at, items=[after, gone])
    sign_in(client, make.user(lab)).get(f"/en/workspace/lab/technologies/uploads/{upload.id}")
    assert client.texts(".aside li") == ["Sensor", "a technology that is gone"]
    assert client.texts(".aside button") == []
    client.submit(f"/en/workspace/lab/technologies/uploads/{upload.id}/undo")
    assert client.texts(".notice-error")[0].startswith("The upload cannot be undone")


def test_others_do_not_find_it(client: Any, make: Make, sign_in: SignIn, lab: Any) -> None:
    upload = make.upload(lab)
    other = make.organisation(kind="institute", slug="other")
    sign_in(client, make.user(other))
    assert client.get(f"/en/workspace/other/technologies/uploads/{upload.id}").status_code == 404
    assert client.get("/en/workspace/lab/technologies/uploads").status_code == 403
