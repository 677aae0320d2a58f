"""Who may open what: one table of all routes, tried with every role. A route missing here fails."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.types import MembershipRole, ProfileState
from network.auth import Access, access_of
from network.links import sign_invitation
from tests.factories import Make

PUBLIC, SIGNED_IN, MEMBER = Access.PUBLIC, Access.SIGNED_IN, Access.MEMBER
MANAGER, COORDINATOR = Access.MANAGER, Access.COORDINATOR

TABLE: dict[Access, set[str]] = {
    PUBLIC: {
        "accounts_recovery.confirm_email",
        "accounts_recovery.confirm_email_now",
        "accounts_recovery.forgotten",
        "accounts_recovery.forgotten_post",
        "accounts_recovery.new_password",
        "accounts_recovery.new_password_post",
        "accounts_recovery.sent",
        "accounts.sign_in",
        "accounts.sign_in_post",
        "accounts.sign_out",
        "accounts.sign_up",
        "accounts.sign_up_post",
        "actions.detail",
        "actions.index",
        "challenges.detail",
        "challenges.index",
        "contact.index",
        "contact.send",
        "contact.sent",
        "design.index",
        "directory.index",
        "directory.profile",
        "events.calendar",
        "events.detail",
        "events.feed",
        "events.index",
        "explorer.index",
        "figures.co_investment",
        "figures.download",
        "figures.funnel",
        "figures.index",
        "figures.topic",
        "health.healthz",
        "help.guide",
        "help.index",
        "home.about",
        "home.index",
        "home.suggestions",
        "information.accessibility",
        "information.privacy",
        "information.sitemap",
        "installed.manifest",
        "installed.offline",
        "invitations.decline",
        "invitations.decline_now",
        "invitations.detail",
        "invitations.join",
        "needs.detail",
        "needs.index",
        "notifications.unsubscribe",
        "notifications.unsubscribe_now",
        "offers.detail",
        "offers.index",
        "programmes.detail",
        "programmes.index",
        "questions.carry",
        "robots",
        "root",
        "saved_searches.stop",
        "saved_searches.stop_now",
        "search.index",
        "search.suggest",
        "service_worker",
        "showcase.index",
        "showcase.stand",
        "sitemap",
        "sitemap_part",
        "suggestions.ask",
        "technologies.detail",
        "technologies.index",
        "technologies.picture",
        "why_not.index",
    },
    SIGNED_IN: {
        "accounts.erase",
        "accounts.erase_post",
        "accounts.export",
        "accounts.index",
        "accounts.password",
        "accounts.password_post",
        "accounts.update",
        "accounts_recovery.email",
        "accounts_recovery.email_post",
        "claims.new",
        "claims.send",
        "claims.withdraw",
        "claims.withdraw_now",
        "directory.document",
        "events.give_up",
        "events.mine",
        "events.register",
        "events.registration",
        "invitations.accept",
        "notifications.choose",
        "notifications.follow",
        "notifications.index",
        "notifications.read",
        "notifications.read_all",
        "notifications.settings",
        "questions.need",
        "saved_searches.create",
        "saved_searches.delete",
        "saved_searches.detail",
        "saved_searches.index",
        "saved_searches.new",
        "saved_searches.news",
        "saved_searches.update",
        "workspace.index",
    },
    MEMBER: {
        "answers.detail",
        "answers.index",
        "comparison.index",
        "connections.file",
        "connections.index",
        "connections.start",
        "connections.write",
        "documents.file",
        "documents.index",
        "interests.detail",
        "interests.index",
        "matches.index",
        "people.index",
        "people.leave",
        "people.leave_now",
        "technology_desk.detail",
        "technology_desk.due",
        "technology_desk.pipeline",
        "technology_desk.versions",
        "technology_pictures.add",
        "technology_pictures.describe",
        "technology_pictures.first",
        "technology_pictures.index",
        "technology_pictures.remove",
        "timeline.index",
        "workspace.overview",
        "workspace.profile",
        "workspace_challenges.create",
        "workspace_challenges.delete",
        "workspace_challenges.detail",
        "workspace_challenges.edit",
        "workspace_challenges.index",
        "workspace_challenges.new",
        "workspace_challenges.update",
        "workspace_events.index",
        "workspace_needs.create",
        "workspace_needs.delete",
        "workspace_needs.delete_now",
        "workspace_needs.detail",
        "workspace_needs.edit",
        "workspace_needs.index",
        "workspace_needs.new",
        "workspace_needs.update",
        "workspace_needs.why_not",
        "workspace_offers.create",
        "workspace_offers.edit",
        "workspace_offers.index",
        "workspace_offers.needs",
        "workspace_offers.new",
        "workspace_offers.update",
        "workspace_stand.index",
        "workspace_technologies.create",
        "workspace_technologies.edit",
        "workspace_technologies.index",
        "workspace_technologies.needs",
        "workspace_technologies.new",
        "workspace_technologies.update",
    },
    MANAGER: {
        "agreements.new",
        "agreements.object_now",
        "agreements.object_to",
        "agreements.record",
        "agreements.take_back",
        "agreements.take_back_now",
        "answers.accept",
        "answers.decline",
        "answers.new",
        "answers.send",
        "answers.shortlist",
        "answers.withdraw",
        "connections.end",
        "connections.end_now",
        "documents.add",
        "documents.delete",
        "documents.delete_now",
        "documents.describe",
        "documents.edit",
        "documents.new",
        "documents.replace",
        "documents.replace_now",
        "interests.accept",
        "interests.accept_now",
        "interests.decline",
        "interests.decline_now",
        "interests.new",
        "interests.send",
        "interests.withdraw",
        "interests.withdraw_now",
        "matches.dismiss",
        "matches.restore",
        "matches.shortlist",
        "outcomes.annul",
        "outcomes.annul_now",
        "outcomes.confirm",
        "outcomes.confirm_now",
        "outcomes.correct",
        "outcomes.correct_now",
        "outcomes.dispute",
        "outcomes.dispute_now",
        "outcomes.new",
        "outcomes.propose",
        "outcomes.publication",
        "outcomes.withdraw",
        "outcomes.withdraw_now",
        "people.change_role",
        "people.invite",
        "people.new",
        "people.remove",
        "people.remove_now",
        "people.resend",
        "people.revoke",
        "people.revoke_now",
        "people.role",
        "technology_desk.confirm",
        "technology_desk.confirm_due",
        "technology_uploads.carry_out",
        "technology_uploads.check",
        "technology_uploads.detail",
        "technology_uploads.discard",
        "technology_uploads.index",
        "technology_uploads.ours",
        "technology_uploads.template",
        "technology_uploads.undo",
        "workspace.update_profile",
        "workspace_challenges.close",
        "workspace_challenges.close_now",
        "workspace_challenges.publish",
        "workspace_challenges.unpublish",
        "workspace_events.cancel",
        "workspace_events.cancel_now",
        "workspace_events.create",
        "workspace_events.delete",
        "workspace_events.edit",
        "workspace_events.new",
        "workspace_events.people",
        "workspace_events.publish",
        "workspace_events.update",
        "workspace_needs.close",
        "workspace_needs.close_now",
        "workspace_needs.publish",
        "workspace_needs.unpublish",
        "workspace_offers.publish",
        "workspace_offers.unpublish",
        "workspace_offers.withdraw",
        "workspace_stand.close",
        "workspace_stand.describe",
        "workspace_stand.move",
        "workspace_stand.put",
        "workspace_stand.remove",
        "workspace_stand.save",
        "workspace_technologies.offer",
        "workspace_technologies.publish",
        "workspace_technologies.unpublish",
        "workspace_technologies.withdraw",
    },
    COORDINATOR: {
        "coordination.index",
        "coordination.invite",
        "coordination.invite_now",
        "coordination.organisation",
        "coordination.organisations",
        "coordination.reinstate",
        "coordination.suspend",
        "coordination.unverify",
        "coordination.verify",
        "coordination_actions.add_milestone",
        "coordination_actions.add_output",
        "coordination_actions.count",
        "coordination_actions.create",
        "coordination_actions.detail",
        "coordination_actions.drop",
        "coordination_actions.edit",
        "coordination_actions.escalate",
        "coordination_actions.finish",
        "coordination_actions.index",
        "coordination_actions.milestone_done",
        "coordination_actions.new",
        "coordination_actions.pass_on",
        "coordination_actions.pay",
        "coordination_actions.promise",
        "coordination_actions.settle",
        "coordination_actions.start",
        "coordination_actions.take_back",
        "coordination_actions.update",
        "coordination_claims.accept",
        "coordination_claims.detail",
        "coordination_claims.refuse",
        "coordination_mails.again",
        "coordination_mails.give_up",
        "coordination_mails.index",
        "coordination_outcomes.download",
        "coordination_outcomes.index",
    },
}

ROLES: dict[str, set[Access]] = {
    "nobody": {PUBLIC},
    "outsider": {PUBLIC, SIGNED_IN},
    "member": {PUBLIC, SIGNED_IN, MEMBER},
    "manager": {PUBLIC, SIGNED_IN, MEMBER, MANAGER},
    "coordinator": {PUBLIC, SIGNED_IN, COORDINATOR},
}


def endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static")}


def test_every_route_stands_in_the_table_with_the_access_it_declares(app: Flask) -> None:
    expected = {endpoint: access for access, names in TABLE.items() for endpoint in names}
    assert {endpoint: access_of(app, endpoint) for endpoint in endpoints(app)} == expected


def test_addresses_are_kebab_case(app: Flask) -> None:
    fixed = [part for rule in app.url_map.iter_rules() for part in rule.rule.split("/") if part and "<" not in part]
    assert [part for part in fixed if part != part.lower() or "_" in part] == []


@pytest.fixture
def entries(app: Flask, make: Make) -> dict[str, Any]:
    """One organisation of each kind with an entry of each sort, for the addresses."""
    from datetime import date

    from models import Contribution, Match
    from models.actions import CapitalSource
    from models.types import MatchSide, MatchState

    action = make.action(
        contributions=[Contribution(source=CapitalSource.FUND, promised_vnd=1, as_of=date(2026, 1, 1))]
    )
    startup, institute = make.organisation("Seeker", "startup"), make.organisation("Giver", "institute")
    need, offer, technology = make.need(startup), make.offer(institute), make.technology(institute)
    picture = make.picture(technology)
    interest = make.interest(need, institute)
    match = Match(
        need=need,
        organisation=institute,
        offer=offer,
        side=MatchSide.SUPPLIER,
        state=MatchState.SUGGESTED,
        score=0.5,
        policy="test",
    )
    make.session.add(match)
    invitation, secret = make.invitation(startup)
    with app.app_context():
        token = sign_invitation(invitation.id, secret)
    event = make.event(startup)
    challenge = make.challenge(startup)
    answer = make.answer(challenge, institute)
    agreement = make.agreement(interest, startup)
    outcome = make.outcome(interest, startup)
    file = make.attachment(interest, outcome_id=outcome.id)
    make.session.flush()
    return {
        "agreement_id": agreement.id,
        "outcome_id": outcome.id,
        "file_id": file.id,
        "document_id": make.document(startup).id,
        "event_id": event.id,
        "challenge_id": challenge.id,
        "answer_id": answer.id,
        "startup": startup,
        "institute": institute,
        "need_id": need.id,
        "offer_id": offer.id,
        "technology_id": technology.id,
        "picture_id": picture.id,
        "digest": picture.digest,
        "upload_id": make.upload(institute).id,
        "programme_id": make.programme().id,
        "interest_id": interest.id,
        "match_id": match.id,
        "membership_id": make.user(startup).memberships[0].id,
        "invitation_id": invitation.id,
        "token": token,
        "action_id": action.id,
        "milestone_id": action.milestones[0].id,
        "exhibit_id": 1,
        "output_id": action.outputs[0].id,
        "contribution_id": action.contributions[0].id,
        "search_id": 1,
        "key": "everybody",
        "name": "figures",
        "part": "pages",
        "number": 1,
        "group": "rank",
        "claim_id": make.claim(make.organisation(state=ProfileState.UNCLAIMED)).id,
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_the_table_says_and_nothing_else(
    app: Flask, client: FlaskClient, make: Make, entries: dict[str, Any], sign_in: Any, role: str
) -> None:
    users = {
        "outsider": lambda owner: make.user(make.organisation()),
        "member": lambda owner: make.user(owner, membership=MembershipRole.MEMBER),
        "manager": lambda owner: make.user(owner),
        "coordinator": lambda owner: make.coordinator(),
        "notification_id": 1,
        "mail_id": 1,
    }
    wrong = []
    for owner in (entries["startup"], entries["institute"]):
        if role != "nobody":
            sign_in(client, users[role](owner))
        for rule in app.url_map.iter_rules():
            if rule.endpoint.endswith("static") or rule.endpoint in ("accounts.sign_out", "accounts.erase_now"):
                continue
            values = {"lang": "en", **entries, "slug": owner.slug}
            methods = [m for m in ("GET", "POST") if m in (rule.methods or ())]
            with app.test_request_context():
                _, address = rule.build({k: values[k] for k in rule.arguments}, append_unknown=False)
            for method in methods:
                answer = client.open(address, method=method)
                refused = answer.status_code == 403 or "/sign-in" in answer.headers.get("Location", "")
                allowed = access_of(app, rule.endpoint) in ROLES[role]
                if answer.status_code >= 500 or (refused and allowed) or (not refused and not allowed):
                    wrong.append(f"{role} {method} {address}: {answer.status_code}")
            make.session.expire_all()
    assert wrong == []
