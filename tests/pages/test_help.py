"""Help: every question on its page, and found by its words."""

from typing import Any

import pytest

from network.guides import GUIDES


@pytest.mark.parametrize("guide", [guide.key for guide in GUIDES])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_guide_can_be_read_in_both_languages(client: Any, guide: str, language: str) -> None:
    assert client.get(f"/{language}/help/{guide}").status_code == 200
    assert len(client.texts(".guide-topic h2")) == len(next(g for g in GUIDES if g.key == guide).topics)


def test_questions_are_found_with_or_without_diacritics(client: Any) -> None:
    client.get("/vi/help?q=tu choi")
    assert client.texts(".guide-list ul a") == ["Bị từ chối thì làm gì tiếp?", "Nhận lời hoặc từ chối thế nào?"]
    assert client.texts("[role=status]") == ["2 câu hỏi · Xem tất cả"]
    client.get("/en/help?q=publish need")
    assert client.texts(".guide-list ul a") == ["How do I publish a need?"]
    address, _, anchor = client.page.select_one(".guide-list ul a")["href"].partition("#")
    client.get(address)
    assert client.page.find(id=anchor).get_text() == "How do I publish a need?"


def test_nothing_found_leads_on(client: Any) -> None:
    client.get("/en/help?q=zzz")
    assert client.texts(".empty h2") == ["No question holds these words"]
    assert client.get("/en/help/nobody").status_code == 404
