"""The story of the site in both languages: a need is described, suggestions come, one side asks, the other answers."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import AuditEvent, ExpressionOfInterest, Need, OutboxMail, User
from models.texts import Bilingual
from models.types import InterestState, NeedState, OfferKind
from tests.factories import Make

SignIn = Callable[[FlaskClient, User], FlaskClient]

WORDS = {
    "vi": {
        "summary": "Cần phòng thí nghiệm đo độ bền cảm biến mực nước trong cống",
        "title": "Đo độ bền cảm biến mực nước",
        "send": "Gửi đề nghị kết nối",
    },
    "en": {
        "summary": "We need a laboratory that measures how long water level sensors last in sewers",
        "title": "Endurance of water level sensors",
        "send": "Send an expression of interest",
    },
}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_from_a_need_to_an_answer(
    client: Any, session: Session, make: Make, sign_in: SignIn, index: Callable[[], None], lang: str
) -> None:
    words = WORDS[lang]
    startup = make.organisation("Sensor Startup", "startup")
    centre = make.organisation("Green Centre", "centre", network_member=True, reply_days=5)
    offer = make.offer(
        centre,
        Bilingual(
            "Phòng thí nghiệm đo độ bền cảm biến mực nước trong cống",
            "A laboratory that measures how long water level sensors last in sewers",
        ),
    )
    founder, manager = make.user(startup, language=lang), make.user(centre, language=lang)
    index()

    # Without an account: the question on the first page finds the offer.
    assert client.get(f"/{lang}/", query_string={"q": words["summary"]}).status_code == 200
    assert any(offer.title.pick(lang)[0] in text for text in client.texts("main h3 a"))

    # The founder describes the need, and sees the offer before anybody else reads the need.
    sign_in(client, founder)
    base = f"/{lang}/workspace/{startup.slug}"
    sent = {f"title_{lang}": words["title"], f"summary_{lang}": words["summary"], "visibility": "public"}
    client.submit(f"{base}/needs/new", **sent, kinds=OfferKind.TESTING.value)
    need = session.scalars(sa.select(Need)).one()
    assert (need.state, client.texts("h1")) == (NeedState.DRAFT, [words["title"]])
    assert any(offer.title.pick(lang)[0] in text for text in client.texts("main h3 a"))

    # Published, it can be asked about.
    client.submit(f"{base}/needs/{need.id}/publish")
    assert words["send"] in " ".join(client.texts("main a"))
    client.get(f"{base}/interests/new", query_string={"need": need.id, "offer": offer.id})
    client.submit(f"{base}/interests/new", need=need.id, offer=offer.id, message="Xin hẹn một buổi. May we talk?")
    session.expire_all()
    interest = session.scalars(sa.select(ExpressionOfInterest)).one()
    assert (interest.state, interest.to_organisation_id) == (InterestState.SENT, centre.id)
    assert interest.reply_by is not None
    assert interest.sent_at is not None
    assert (interest.reply_by - interest.sent_at).days == 5

    # The manager finds it waiting, accepts, and the founder reads the answer.
    sign_in(client, manager)
    desk = f"/{lang}/workspace/{centre.slug}"
    client.get(f"{desk}/interests")
    assert any(words["title"] in text for text in client.texts("main h3 a"))
    client.submit(f"{desk}/interests/{interest.id}/accept", reply="Thứ Ba, 9 giờ. Tuesday at nine.")
    sign_in(client, founder)
    client.get(f"{base}/interests/{interest.id}")
    assert "Thứ Ba, 9 giờ. Tuesday at nine." in client.texts(".prose")

    session.expire_all()
    trail = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [action for action in trail if action.startswith("interest.")] == ["interest.send", "interest.accept"]
    mails = session.execute(sa.select(OutboxMail.to, OutboxMail.template).order_by(OutboxMail.id)).all()
    assert mails == [(manager.email, "interest_received"), (founder.email, "interest_answered")]


def test_a_decline_needs_a_reason_and_the_reason_comes_back(
    client: Any, session: Session, make: Make, sign_in: SignIn
) -> None:
    startup, centre = make.organisation(), make.organisation(kind="centre")
    interest = make.interest(make.need(startup, "Space for ten people"), centre)
    founder, manager = make.user(startup), make.user(centre)
    sign_in(client, manager)
    address = f"/en/workspace/{centre.slug}/interests/{interest.id}/decline"
    assert client.submit(address, reply="Sorry").status_code == 422
    assert client.texts("textarea[name=reply]") == ["Sorry"]
    client.submit(address, reason="no_capacity", reply="Try again in May.")
    sign_in(client, founder)
    client.get(f"/en/workspace/{startup.slug}/interests/{interest.id}")
    assert "Reason for declining: No capacity now" in client.texts("main p")


def test_nobody_else_reads_what_two_sides_write(client: Any, make: Make, sign_in: SignIn) -> None:
    startup, centre, stranger = make.organisation(), make.organisation(kind="centre"), make.organisation()
    interest = make.interest(make.need(startup), centre)
    sign_in(client, make.user(stranger))
    assert client.get(f"/en/workspace/{stranger.slug}/interests/{interest.id}").status_code == 404
    assert client.get(f"/en/workspace/{centre.slug}/interests/{interest.id}").status_code == 403
