"""The thread: what is written reaches the other side and nobody else; talking begins by itself, ends with a reason."""

import pytest
import sqlalchemy as sa

from models import Attachment, ConnectionStep, Message, OutboxMail
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.threads import EndReason
from models.types import InterestState, MembershipRole, NeedState, ProfileState
from network.services import connections
from network.services.files import examine
from tests.factories import NOW
from tests.services.talks import SECRET, Talk

FILE = examine("plan.pdf", b"%PDF-1.7 plan")


def test_a_letter_reaches_the_managers_and_those_who_wrote_before(talk: Talk) -> None:
    engineer = talk.make.user(talk.institute, membership=MembershipRole.MEMBER, language="en")
    silent = talk.make.user(talk.institute, membership=MembershipRole.MEMBER)
    connections.write_message(*talk.by(engineer), talk.interest, "How large is the housing?", **talk.kept)
    message = connections.write_message(*talk.by(), talk.interest, f"  {SECRET} ", [FILE], **talk.kept)
    assert (message.text, message.organisation_id, message.author, message.at) == (
        SECRET,
        talk.startup.id,
        talk.ours,
        NOW,
    )
    assert talk.mails() == [
        (talk.ours.email, "message_received"),
        (talk.theirs.email, "message_received"),
        (engineer.email, "message_received"),
    ]
    assert silent.email not in str(talk.mails())
    languages = talk.session.scalars(sa.select(OutboxMail.language).order_by(OutboxMail.id)).all()
    assert languages == ["vi", "vi", "en"]
    assert talk.actions() == ["message.write", "message.write"]
    assert SECRET not in talk.told()


def test_files_are_kept_beside_the_letter(talk: Talk) -> None:
    message = connections.write_message(*talk.by(), talk.interest, "Here", [FILE, FILE], **talk.kept)
    talk.session.flush()
    files = talk.session.scalars(sa.select(Attachment).order_by(Attachment.id)).all()
    assert [(f.message_id, f.interest_id, f.name, f.size) for f in files] == [
        (message.id, talk.interest.id, "plan.pdf", len(FILE.content))
    ] * 2
    assert {talk.store.path(f.stored).read_bytes() for f in files} == {FILE.content}


def test_the_first_letter_begins_the_discussion(talk: Talk) -> None:
    talk.interest.state = InterestState.ACCEPTED
    connections.write_message(*talk.by(talk.theirs), talk.interest, "Tuesday?", **talk.kept)
    connections.write_message(*talk.by(), talk.interest, "Gladly.", **talk.kept)
    assert talk.interest.state is InterestState.IN_DISCUSSION
    assert talk.steps() == ["started"]


@pytest.mark.parametrize(("text", "files", "code"), [(" ", 1, "thread_message_missing"), ("x", 4, "too_many_files")])
def test_an_empty_letter_and_too_many_files_are_refused(talk: Talk, text: str, files: int, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        connections.write_message(*talk.by(), talk.interest, text, [FILE] * files, **talk.kept)
    assert talk.make.count(Message) == 0
    assert list(talk.store.folder.iterdir()) == []


def test_a_suspended_side_says_nothing(talk: Talk) -> None:
    talk.startup.state = ProfileState.SUSPENDED
    with pytest.raises(NotPermitted, match="suspended"):
        connections.write_message(*talk.by(), talk.interest, "Hello", **talk.kept)


def test_a_third_side_finds_nothing_and_nobody_speaks_for_another(talk: Talk) -> None:
    third = talk.make.organisation()
    stranger = talk.make.user(third)
    with pytest.raises(NotFound):
        connections.write_message(talk.session, stranger, third, talk.interest, "Hello", **talk.kept)
    with pytest.raises(NotPermitted):
        connections.write_message(talk.session, stranger, talk.startup, talk.interest, "Hello", **talk.kept)


def test_an_end_has_a_reason_that_the_other_side_reads(talk: Talk) -> None:
    for reason in (None, EndReason.NEED_MET):
        with pytest.raises(Invalid, match="end_reason_missing"):
            connections.end_without_result(*talk.by(), talk.interest, reason, "", now=NOW)
    connections.end_without_result(*talk.by(), talk.interest, EndReason.POSTPONED, f" {SECRET} ", now=NOW)
    step = talk.session.scalars(sa.select(ConnectionStep)).one()
    assert (talk.interest.state, step.reason, step.note) == (InterestState.ENDED, EndReason.POSTPONED, SECRET)
    assert talk.mails() == [(talk.theirs.email, "connection_ended")]
    assert SECRET not in talk.told()
    with pytest.raises(Conflict):
        connections.write_message(*talk.by(), talk.interest, "One more thing", **talk.kept)


def test_a_need_whose_only_agreement_ends_is_on_the_board_again(agreed: Talk) -> None:
    need = agreed.interest.need
    need.state = NeedState.MATCHED
    connections.end_without_result(*agreed.by(agreed.theirs), agreed.interest, EndReason.TERMS, "", now=NOW)
    assert need.state is NeedState.PUBLISHED
    assert agreed.actions() == ["need.unmatch", "interest.end"]


def test_what_was_written_is_never_changed(talk: Talk) -> None:
    message = connections.write_message(*talk.by(), talk.interest, "As agreed", **talk.kept)
    talk.session.flush()
    message.text = "Never said"
    with pytest.raises(Conflict, match="facts_stay"):
        talk.session.flush()
