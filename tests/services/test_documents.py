"""Documents: who puts them up, what is kept, what the trail says, and when the file itself goes."""

import os
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models import AuditEvent, Document, DocumentVersion
from models.documents import DocumentKind, DocumentLevel
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.types import InterestState, MembershipRole, ProfileState
from network import duties
from network.queries import documents as queries
from network.services import documents
from network.services.files import FileStore, Upload, examine
from tests.factories import NOW, Make
from tests.statements import statements_of

PDF = b"%PDF-1.7 a deck"


def upload(name: str = "deck.pdf", content: bytes = PDF) -> Upload:
    return examine(name, content)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "uploads")


def test_a_document_from_its_first_file_to_its_end(session: Session, make: Make, store: FileStore) -> None:
    startup = make.organisation()
    manager = make.user(startup, name="Lan")
    kind, level = DocumentKind.PITCH_DECK, DocumentLevel.SIDES
    made = documents.add_document(
        session, manager, startup, kind, "  Our \n deck ", level, upload(), store=store, now=NOW
    )
    documents.replace_file(session, manager, made, upload("deck 2.pdf", PDF + b"!"), store=store, now=NOW)
    documents.describe_document(session, manager, made, DocumentKind.OTHER, "", DocumentLevel.MEMBERS, now=NOW)
    row = queries.own_document(session, manager, startup.id, made.id)
    assert (row.title, row.kind, row.level) == ("deck 2.pdf", DocumentKind.OTHER, DocumentLevel.MEMBERS)
    assert [(f.number, f.name, f.size, f.person) for f in (row.file, *row.earlier)] == [
        (2, "deck 2.pdf", 16, "Lan"),
        (1, "deck.pdf", 15, "Lan"),
    ]
    assert sorted(path.read_bytes() for path in store.folder.iterdir()) == [PDF, PDF + b"!"]
    documents.delete_document(session, manager, made, now=NOW)
    session.flush()
    assert (make.count(Document), make.count(DocumentVersion)) == (0, 0)
    trail = session.query(AuditEvent).where(AuditEvent.action.startswith("document.")).order_by(AuditEvent.id)
    assert [(e.action, e.organisation_id, e.data) for e in trail] == [
        ("document.add", startup.id, {"kind": "pitch_deck", "level": "sides"}),
        ("document.replace", startup.id, {"kind": "pitch_deck", "level": "sides"}),
        ("document.describe", startup.id, {"kind": "other", "level": "members"}),
        ("document.delete", startup.id, {"kind": "other", "level": "members"}),
    ]


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"kind": None}, "document_kind_missing"),
        ({"level": None}, "document_level_missing"),
        ({"file": None}, "file_missing"),
    ],
)
def test_what_is_missing_is_said(
    session: Session, make: Make, store: FileStore, missing: dict[str, None], code: str
) -> None:
    startup = make.organisation()
    values = {"kind": DocumentKind.OTHER, "title": "", "level": DocumentLevel.OWN, "file": upload(), **missing}
    with pytest.raises(Invalid) as refused:
        documents.add_document(session, make.user(startup), startup, **values, store=store, now=NOW)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert not store.folder.exists()


def test_managers_write_members_others_and_the_suspended_do_not(session: Session, make: Make, store: FileStore) -> None:
    startup = make.organisation()
    made = make.document(startup)
    suspended = make.organisation(state=ProfileState.SUSPENDED)
    for actor, organisation in (
        (make.user(startup, membership=MembershipRole.MEMBER), startup),
        (make.user(make.organisation()), startup),
        (make.coordinator(), startup),
        (make.user(suspended), suspended),
    ):
        with pytest.raises(NotPermitted):
            documents.add_document(
                session,
                actor,
                organisation,
                DocumentKind.OTHER,
                "",
                DocumentLevel.OWN,
                upload(),
                store=store,
                now=NOW,
            )
        if organisation is startup:
            with pytest.raises(NotPermitted):
                documents.delete_document(session, actor, made, now=NOW)
            with pytest.raises(NotPermitted):
                documents.replace_file(session, actor, made, upload(), store=store, now=NOW)
    with pytest.raises(NotFound):
        documents.find_own(session, suspended, made.id)


def test_no_more_than_thirty(session: Session, make: Make, store: FileStore) -> None:
    startup = make.organisation()
    for _ in range(documents.MOST_DOCUMENTS):
        make.document(startup)
    with pytest.raises(Conflict) as refused:
        documents.add_document(
            session,
            make.user(startup),
            startup,
            DocumentKind.OTHER,
            "",
            DocumentLevel.OWN,
            upload(),
            store=store,
            now=NOW,
        )
    assert refused.value.code == "too_many_documents"


def test_who_reads_what(session: Session, make: Make) -> None:
    """Every reader and every document: the whole table."""
    owner = make.organisation("Owner")
    for level in DocumentLevel:
        make.document(owner, level.value, level.value, "old.pdf", "new.pdf")
    need = make.need(owner)
    sides = {}
    for state in InterestState:
        other = make.organisation(state.value, "centre", state=ProfileState.CLAIMED)
        values = {"decline_reason": "no_capacity"} if state is InterestState.DECLINED else {}
        make.interest(need, other, state=state, **values)
        sides[state.value] = make.user(other, membership=MembershipRole.MEMBER)
    verified = make.organisation(kind="institute")
    talking = make.organisation(kind="centre", state=ProfileState.CLAIMED)
    make.interest(need, talking, state=InterestState.IN_DISCUSSION)
    readers = {
        "nobody": None,
        "without organisation": make.user(),
        "unverified": make.user(make.organisation(state=ProfileState.CLAIMED)),
        "verified": make.user(verified),
        "coordinator": make.coordinator(),
        "own member": make.user(owner, membership=MembershipRole.MEMBER),
        "own manager": make.user(owner),
        "own reviewer": make.user(owner, membership=MembershipRole.REVIEWER),
        "reviewer of the other side": make.user(talking, membership=MembershipRole.REVIEWER),
        **sides,
    }
    session.flush()
    found = {
        name: sorted(row.title for row in queries.documents(session, reader, owner.id))
        for name, reader in readers.items()
    }
    members, both = ["members"], ["members", "sides"]
    assert found == {
        "nobody": [],
        "without organisation": [],
        "unverified": [],
        "verified": members,
        "coordinator": members,
        "own member": ["members", "own", "sides"],
        "own manager": ["members", "own", "sides"],
        "own reviewer": members,
        "reviewer of the other side": [],
        "draft": [],
        "sent": [],
        "accepted": both,
        "declined": [],
        "withdrawn": [],
        "expired": [],
        "in_discussion": both,
        "agreed": both,
        "outcome_proposed": both,
        "confirmed": both,
        "disputed": both,
        "ended": [],
    }
    own = queries.documents(session, readers["own member"], owner.id)
    assert [[f.name for f in row.earlier] for row in own] == [["old.pdf"]] * 3
    theirs = queries.documents(session, sides["accepted"], owner.id)
    assert [[f.name for f in row.earlier] for row in theirs] == [[], []]


def test_an_earlier_file_is_for_the_own_people(session: Session, make: Make) -> None:
    owner = make.organisation()
    made = make.document(owner, "Deck", "members", "old.pdf", "new.pdf")
    reader, own = make.user(make.organisation()), make.user(owner)
    assert queries.shared_file(session, reader, owner.slug, made.id).name == "new.pdf"
    assert queries.own_file(session, own, owner.id, made.id, 1).name == "old.pdf"
    for number in (1, 2):
        with pytest.raises(NotFound):
            queries.own_file(session, reader, owner.id, made.id, number)
    with pytest.raises(NotFound):
        queries.own_file(session, own, owner.id, made.id, 3)
    with pytest.raises(NotFound):
        queries.shared_file(session, reader, reader.memberships[0].organisation.slug, made.id)
    owner.state = ProfileState.SUSPENDED
    session.flush()
    with pytest.raises(NotFound):
        queries.shared_file(session, reader, owner.slug, made.id)


@pytest.mark.parametrize("number", [1, 25])
def test_the_list_takes_as_many_statements_however_long(session: Session, make: Make, number: int) -> None:
    owner = make.organisation()
    for n in range(number):
        make.document(owner, f"Deck {n}", "members", "old.pdf", "new.pdf")
    reader = make.user(make.organisation())
    reader_id, owner_id = reader.id, owner.id
    with statements_of(session) as sent:
        reader = session.get_one(type(reader), reader_id)
        assert len(queries.documents(session, reader, owner_id)) == number
    assert len(sent) == 6


def test_the_sweep_leaves_what_a_document_names(app, session: Session, make: Make) -> None:  # type: ignore[no-untyped-def]
    store: FileStore = app.extensions["uploads"]
    startup = make.organisation()
    manager = make.user(startup)
    made = documents.add_document(
        session, manager, startup, DocumentKind.OTHER, "", DocumentLevel.OWN, upload(), store=store, now=NOW
    )
    path = store.path(made.versions[0].stored)
    os.utime(path, (0, 0))
    session.commit()
    with app.app_context():
        duties.sweep_files()
    assert path.is_file()
    documents.delete_document(session, manager, made, now=NOW)
    session.commit()
    with app.app_context():
        assert duties.sweep_files() == "1 files removed"
    assert not path.exists()
