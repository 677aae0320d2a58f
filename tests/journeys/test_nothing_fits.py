"""A question that nothing answers: it becomes a need, somebody is won for it, and the alert comes."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Match, Need, Offer, OutboxMail, SavedSearch
from models.base import utc_now
from models.types import MatchSide, NeedState, Visibility
from network import duties, mail
from network.i18n import speaking
from network.services import news
from tests.factories import PASSWORD, Make

SignIn = Callable[..., FlaskClient]

WORDS = {
    "vi": {
        "question": "đàn vĩ cầm cho trẻ em vùng cao",
        "nothing": "Chưa có gì thật sự phù hợp",
        "offer": "Đàn vĩ cầm cho trẻ em vùng cao",
        "apart": "Lò bánh mì",
        "alert": "Mới cho tìm kiếm đã lưu “Đàn”:",
        "help": "Hỗ trợ mới cho nhu cầu của bạn:",
    },
    "en": {
        "question": "violins for children in the mountains",
        "nothing": "Nothing fits well yet",
        "offer": "Violins for children in the mountains",
        "apart": "Bakery ovens",
        "alert": "New for your saved search “Đàn”:",
        "help": "New help for your needs:",
    },
}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_from_a_question_that_nothing_answers_to_the_alert(
    app: Flask, client: Any, session: Session, make: Make, sign_in: SignIn, index: Callable[[], None], lang: str
) -> None:
    words, base = WORDS[lang], f"/{lang}"
    lab = make.organisation("Xuong Nhac", "institute")
    manager, expert = make.user(lab, language=lang), make.organisation("Quay Hang", "partner")
    make.offer(expert, words["apart"])
    hidden = make.offer(lab, words["offer"], visibility=Visibility.MEMBERS)
    index()

    # A visitor is told that nothing fits, and learns nothing of what is for members only.
    client.get(f"{base}/", query_string={"q": words["question"]})
    assert client.texts("#nothing-title") == [words["nothing"]]
    assert f"/offers/{hidden.id}" not in client.page.decode()
    client.get(f"{base}/why-not", query_string={"q": words["question"], "name": words["apart"]})
    assert client.texts(".losses h3") != []

    # The text goes along through joining, into the form of a need, which is published.
    client.submit(f"{base}/question", q=words["question"], then="need")
    values = {"organisation_kind": "startup", "organisation_name": "Tieng To", "consent": "y", "name": "Minh"}
    client.submit(
        f"{base}/sign-up", email="minh@example.org", password=PASSWORD, next=f"{base}/question/need", **values
    )
    assert client.texts(f"#summary_{lang}") == [words["question"]]
    form = client.page.select_one("form.form")["action"]
    sent = {f"title_{lang}": words["question"], f"summary_{lang}": words["question"], "visibility": "public"}
    client.submit(form, **sent)
    need = session.scalars(sa.select(Need)).one()
    client.submit(f"{base}/workspace/tieng-to/needs/{need.id}/publish")
    session.refresh(need)
    assert need.state is NeedState.PUBLISHED

    # The same question is saved as well, to be told of what comes.
    client.submit(f"{base}/question", q=words["question"], then="alert")
    client.submit(
        f"{base}/saved-searches/new", text=words["question"], name="Đàn", subjects=["offer"], frequency="daily"
    )
    search = session.scalars(sa.select(SavedSearch)).one()
    with app.app_context():
        assert duties.watch_saved_searches().startswith("0 ")

    # The other side hears of the need in one line, and publishes an offer for everybody.
    morning = utc_now() + timedelta(hours=1)
    with app.app_context():
        for person in news.due(session, now=morning):
            news.send_news(session, person, now=morning)
    session.commit()
    letter = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "news")).one()
    assert (letter.to, letter.context["number"]) == (manager.email, 1)
    sign_in(client, manager)
    desk = f"{base}/workspace/{lab.slug}/offers"
    fresh = {
        f"title_{lang}": words["offer"],
        f"summary_{lang}": words["offer"],
        "kind": "training",
        "visibility": "public",
    }
    client.submit(f"{desk}/new", **fresh)
    number = session.scalars(sa.select(sa.func.max(Offer.id))).one()
    client.submit(f"{desk}/{number}/publish")

    # The worker finds it: on the page of the saved search, beside the need, and in one mail the next morning.
    with app.app_context():
        duties.follow_index()
        assert duties.watch_saved_searches() == "1 entries found for saved searches"
    client.submit("/vi/sign-out")
    client.submit(f"{base}/sign-in", email="minh@example.org", password=PASSWORD)
    client.get(f"{base}/saved-searches/{search.id}")
    assert client.page.select_one("main .entries h3 a")["href"] == f"{base}/offers/{number}"
    suggested = session.scalars(sa.select(Match.offer_id).where(Match.side == MatchSide.ASKER)).all()
    assert number in suggested
    morning += timedelta(days=8)
    for _ in range(2):  # the second round has nothing more to tell
        for person in news.due(session, now=morning):
            news.send_news(session, person, now=morning)
    session.commit()
    to_minh = sa.select(OutboxMail).where(OutboxMail.template == "news", OutboxMail.to == "minh@example.org")
    letter = session.scalars(to_minh).one()
    with app.app_context(), speaking(lang):
        text = mail.render(app, letter).get_content()
    assert words["alert"] in text
    assert words["help"] in text
    assert f"{words['offer']} (" in text
    assert text.count(f"/{lang}/offers/{number}") == 1

    # One click, without signing in, and there are no more of them.
    stop = re.search(rf"http://\S+(/{lang}/saved-searches/stop/\S+)", text)
    assert stop is not None
    visitor = app.test_client()
    visitor.get(stop.group(1))
    visitor.submit(stop.group(1))
    session.refresh(search)
    assert search.frequency == "off"
