"""A university at work in both languages: a list from a spreadsheet, one technology made whole, offered to a need,
followed to a licence that both sides confirm, and confirmed again after a quarter."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from models import AuditEvent, ExpressionOfInterest, OutboxMail, Outcome, Technology, User
from models.base import utc_now
from models.outcomes import OutcomeKind, OutcomeState
from models.texts import Bilingual
from models.types import InterestState, SupplyState
from network import duties
from network.services.technology_rows import COLUMNS
from tests.factories import Make
from tests.services.test_pictures import picture

SignIn = Callable[[FlaskClient, User], FlaskClient]

WORDS = {
    "vi": {
        "step": "Đã xác nhận chuyển giao",
        "offer": "Gửi đề nghị ngay",
        "evidence": "Chạy sáu tháng ở làng nghề",
        "stale": "Quá một quý chưa xác nhận",
        "secret": "Công thức lớp phủ",
    },
    "en": {
        "step": "Transfer confirmed",
        "offer": "Offer it now",
        "evidence": "Six months in a craft village",
        "stale": "Not confirmed for a quarter",
        "secret": "Recipe of the coating",
    },
}
ROWS = (
    {"reference": "CN-1", "title_vi": "Màng lọc nước thải làng nghề", "summary_vi": "Giữ muối và phẩm màu", "trl": 6},
    {"reference": "CN-2", "title_vi": "Cảm biến độ đục", "summary_vi": "Đo liên tục, tự làm sạch", "trl": "cao"},
    {"reference": "CN-3", "title_vi": "Bơm tiết kiệm điện", "summary_vi": "Giảm một nửa điện năng", "trl": 5},
)


def filled_in(template: bytes) -> tuple[io.BytesIO, str]:
    """The template of the site as somebody fills it in: headings stay where they are."""
    book, file = load_workbook(io.BytesIO(template)), io.BytesIO()
    for n, row in enumerate(ROWS, start=2):
        for column, value in row.items():
            book.worksheets[0].cell(n, COLUMNS.index(column) + 1, value)
    book.save(file)
    return io.BytesIO(file.getvalue()), "danh-muc.xlsx"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_from_a_spreadsheet_to_a_confirmed_licence(
    app: Flask, session: Session, make: Make, sign_in: SignIn, index: Callable[[], None], lang: str
) -> None:
    words = WORDS[lang]
    institute = make.organisation("Institute of Water", "institute", slug="water")
    village = make.organisation("Craft village cooperative", "enterprise", slug="village")
    need = make.need(village, Bilingual("Màng lọc nước thải làng nghề dệt", "A membrane for waste water of weavers"))
    lan, hoa = make.user(institute, name="Lan", language=lang), make.user(village, language=lang)
    session.commit()
    desk: Any = sign_in(app.test_client(), lan)
    office: Any = sign_in(app.test_client(), hoa)
    base = f"/{lang}/workspace/water/technologies"

    # The template is filled in and sent: one row is refused with its cell, two are created, nothing before the yes.
    template = desk.get(f"{base}/uploads/template.xlsx").data
    desk.submit(f"{base}/uploads", file=filled_in(template))
    assert [cell.split()[0] for cell in desk.texts(".troubles li")] == ["H3"]
    assert make.count(Technology) == 0
    form = desk.page.select_one("form[action$=apply]")
    agreed = form.select_one("input[name=fingerprint]")["value"]
    desk.submit(form["action"], fingerprint=agreed, publish="later")
    membrane, pump = session.scalars(sa.select(Technology).order_by(Technology.id))
    assert [t.state for t in (membrane, pump)] == [SupplyState.DRAFT] * 2

    # One is made whole: evidence, owners, a confidential part, a picture in both languages. Then it is published.
    here = f"{base}/{membrane.id}"
    desk.get(f"{here}/edit")
    sent = {
        "title_vi": ROWS[0]["title_vi"],
        "title_en": "A membrane for waste water of craft villages",
        "summary_vi": ROWS[0]["summary_vi"],
        "summary_en": "Holds back salt and dyes",
        "reference": "CN-1",
        "trl": "6",
        "evidence_vi": WORDS["vi"]["evidence"],
        "evidence_en": WORDS["en"]["evidence"],
        "owner_1": "Viện Nước",
        "share_1": "100",
        "transfer_form": "licence",
        "price_basis": "yearly",
        "price_low": "200 triệu",
        "confidential_vi": WORDS["vi"]["secret"],
        "confidential_en": WORDS["en"]["secret"],
        "visibility": "public",
    }
    desk.submit(f"{here}/edit", **sent)
    seen = {"alt_vi": "Mô-đun màng", "alt_en": "A membrane module"}
    desk.submit(f"{here}/pictures", file=(io.BytesIO(picture("JPEG")), "x.jpg"), **seen)
    desk.submit(f"{here}/publish", back="desk")
    index()

    # The need it could serve is there with its reasons; one click offers it.
    desk.get(f"{here}/needs")
    assert need.title.pick(lang)[0] in " ".join(desk.texts(".suggestion h3"))
    assert words["offer"] in desk.texts(".suggestion button")
    desk.submit(f"{here}/needs/{need.id}/offer")
    interest = session.scalars(sa.select(ExpressionOfInterest)).one()

    # The cooperative reads the technology, but the confidential part only once it has said yes.
    office.get(f"/{lang}/technologies/{membrane.id}")
    assert words["evidence"] in office.page.get_text()
    assert words["secret"] not in office.page.get_text()
    office.submit(f"/{lang}/workspace/village/interests/{interest.id}/accept", reply="Thứ Ba. Tuesday.")
    office.get(f"/{lang}/technologies/{membrane.id}")
    assert words["secret"] in office.page.get_text()

    # Both sides confirm a licence; the pipeline says so.
    session.refresh(interest)
    interest.state = InterestState.CONFIRMED
    session.add(
        Outcome(
            interest_id=interest.id,
            organisation_id=institute.id,
            kind=OutcomeKind.LICENCE,
            happened_on=date(2026, 11, 20),
            evidence="HĐ 12",
            proposed_at=utc_now(),
            confirm_by=utc_now(),
            state=OutcomeState.CONFIRMED,
            settled_at=utc_now(),
        )
    )
    session.commit()
    desk.get(f"{base}/pipeline?step=confirmed")
    assert desk.texts("tbody th") == [membrane.title.pick(lang)[0]]
    assert words["step"] in desk.texts("tbody .tag")

    # After a quarter nobody has looked at it: a mail comes, later the page says so, and one click makes it right.
    session.refresh(membrane)
    membrane.confirmed_at = utc_now() - timedelta(days=95)
    session.commit()
    with app.app_context():
        duties.watch_listings()
    mail = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "technologies_due")).one()
    assert (mail.to, mail.language) == (lan.email, lang)
    session.refresh(membrane)
    membrane.reminded_at = utc_now() - timedelta(days=14)
    session.commit()
    with app.app_context():
        assert duties.watch_listings in duties.DUTIES
        duties.watch_listings()
    office.get(f"/{lang}/technologies/{membrane.id}")
    assert words["stale"] in office.texts(".page-head .tag")
    desk.get(f"{base}/due")
    desk.submit(f"{base}/due", technology=[box["value"] for box in desk.page.select("input[name=technology]")])
    office.get(f"/{lang}/technologies/{membrane.id}")
    assert words["stale"] not in office.texts(".page-head .tag")

    # The upload cannot be undone any more, and says by what; the trail names every step.
    session.expire_all()
    desk.submit(form["action"].replace("apply", "undo"))
    assert membrane.title.pick(lang)[0] in desk.texts(".aside li")
    trail = set(session.scalars(sa.select(AuditEvent.action)))
    assert {
        "upload.check",
        "upload.apply",
        "technology.pictures",
        "technology.published",
        "technology.confirm",
    } <= trail
