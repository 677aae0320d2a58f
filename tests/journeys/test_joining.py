"""Joining in both languages: a profile is handed over, its manager invites a colleague, who comes by the mail."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import OutboxMail
from models.types import ProfileState, Provenance
from network import mail
from tests.factories import PASSWORD, Make

ACCOUNT = {"name": "Minh", "password": "sông-hồng-mùa-thu", "consent": "y"}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_from_an_unclaimed_profile_to_two_people_at_work(app: Flask, session: Session, make: Make, lang: str) -> None:
    firm = make.organisation(
        "Firm", "enterprise", slug="firm", state=ProfileState.UNCLAIMED, provenance=Provenance.PUBLIC_SOURCE
    )
    lan = make.user(name="Lan", email="lan@firm.vn", language=lang)
    coordinator = make.user(role=make.coordinator().role, language=lang)
    session.commit()
    lan_s, desk, minh_s = (app.test_client() for _ in range(3))
    people: tuple[tuple[Any, Any], ...] = ((lan_s, lan), (desk, coordinator))
    for browser, person in people:
        browser.submit(f"/{lang}/sign-in", email=person.email, password=PASSWORD)

    lan_s.submit(f"/{lang}/directory/firm/claim", reason="Tôi là trưởng phòng đối ngoại của công ty.")
    desk.get(_link(app, session, "claim_waiting", coordinator.email))
    desk.submit(desk.page.select_one("main form")["action"])
    lan_s.get(_link(app, session, "claim_accepted", "lan@firm.vn"))
    assert [a.get_text(strip=True) for a in lan_s.page.select(".subnav a[aria-current]")]

    invite = {"name": "Minh", "email": "minh@firm.vn", "role": "member", "language": lang}
    lan_s.submit(f"/{lang}/workspace/firm/people/invite", **invite)
    address = _link(app, session, "invitation", "minh@firm.vn")
    minh_s.get(address)
    minh_s.submit(f"{address}/join", **ACCOUNT)
    assert minh_s.get(f"/{lang}/workspace/firm").status_code == 200
    lan_s.get(f"/{lang}/notifications")  # who has come is mailed once a day
    lan_s.get(lan_s.page.select_one(".notices a")["href"], follow_redirects=True)
    assert [a.get_text(strip=True) for a in lan_s.page.select(".subnav a[aria-current]")]
    session.refresh(firm)
    assert firm.state is ProfileState.CLAIMED


def _link(app: Flask, session: Session, template: str, to: str) -> str:
    """The path of the address in the mail, as its reader sees it."""
    letter = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == template, OutboxMail.to == to)).one()
    rendered = mail.render(app, letter)
    assert rendered["Subject"]
    path = re.findall(r"https?://[^/\s]+(/\S+)", rendered.get_content())[0]
    assert path.startswith(f"/{letter.language}/")
    return str(path)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_mail_about_joining_reads_in_both_languages(app: Flask, session: Session, lang: str) -> None:
    context: dict[str, Any] = {
        "name": "Lan",
        "person": "Lan",
        "inviter": "Chi",
        "organisation": {"vi": "Công ty", "en": "Firm"},
        "slug": "firm",
        "expires_on": "2026-12-08",
        "invitation_id": 1,
        "secret": "x",
        "claim_id": 1,
        "reason": "No.",
    }
    names = ("invitation", "invitation_accepted", "invitation_declined", "membership_role", "membership_removed")
    for name in (*names, "member_left", "claim_waiting", "claim_accepted", "claim_refused", "claim_overtaken"):
        for role in ("member", "manager"):
            letter = OutboxMail(to="a@b.vn", language=lang, template=name, context={**context, "role": role})
            message = mail.render(app, letter)
            assert context["organisation"][lang] in message["Subject"] + message.get_content()
            assert "\n\n\n" not in message.get_content()
            assert len(message.get_content().strip()) > 40
