"""Many technologies from one spreadsheet: looked through, agreed to, carried out, undone."""

import io
import string
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from models import AuditEvent, Exhibit, Organisation, Technology, TechnologyUpload, TechnologyVersion, User
from models.errors import Conflict, Invalid, NotFound, NotPermitted
from models.states import UPLOAD
from models.technologies import Owner, PriceBasis
from models.technology_history import UploadState
from models.types import (
    IpStatus,
    IpType,
    MembershipRole,
    OrganisationKind,
    ProfileState,
    Provenance,
    SupplyState,
    TransferForm,
    Visibility,
)
from network import technology_sheet
from network.services import spreadsheets, technology_uploads, upload_plans, versions
from network.services.spreadsheets import Row, Sheet
from network.services.technology_rows import COLUMNS, EMPTY, PLAIN_LONGEST, Vocabulary, overlay
from network.services.upload_plans import Action, Plan
from tests.factories import Make
from tests.statements import statements_of

FIELDS = {"205": "205", "ky thuat vat lieu": "205", "materials": "205", "304": "304"}


@pytest.fixture(scope="module")
def site(_app: Flask) -> Flask:
    return _app


@pytest.fixture
def words(app: Flask) -> Vocabulary:
    with app.app_context():
        return technology_sheet.vocabulary(FIELDS)


@pytest.fixture
def institute(make: Make) -> Any:
    make.field("205"), make.field("304")
    return make.organisation("Lab", "institute")


def sheet_of(*rows: Mapping[str, str]) -> Sheet:
    letters = {column: spreadsheets.letter(n) for n, column in enumerate(COLUMNS)}
    return Sheet(letters, (), tuple(Row(n, row) for n, row in enumerate(rows, start=2)))


def new(title: str = "Màng lọc", **cells: str) -> dict[str, str]:
    return {"title_vi": title, "summary_vi": f"{title} cho làng nghề", **cells}


def kept(session: Session, actor: User, institute: Organisation, *rows: Mapping[str, str], now: datetime) -> Any:
    upload = technology_uploads.keep_sheet(session, actor, institute, "list.xlsx", sheet_of(*rows), now=now)
    session.flush()
    return upload


def troubles(plan: Plan) -> list[tuple[str, str, str]]:
    return [(t.address, t.problem.code, t.problem.word) for row in plan.rows for t in row.troubles]


def test_from_a_file_to_drafts_and_back(
    session: Session, make: Make, institute: Any, words: Vocabulary, now: datetime
) -> None:
    lan = make.user(institute)
    there = make.technology(institute, "Sensor", trl=4, reference="CN-7")
    upload = kept(
        session,
        lan,
        institute,
        new(trl="6", fields="Kỹ thuật vật liệu; 304", owners="Trường A 60%; B 40%", transfer_form="licence"),
        {"reference": "CN-7", "trl": "TRL 5", "evidence_en": "Two years in a sewer"},
        {"number": str(there.id + 999), "trl": "3"},
        {"title_vi": "Không mô tả", "trl": "10"},
        now=now,
    )
    plan = technology_uploads.report(session, upload, words)
    assert [row.action for row in plan.rows] == [Action.CREATE, Action.UPDATE, Action.REFUSE, Action.REFUSE]
    assert plan.rows[1].changes == ("trl", "evidence")
    assert troubles(plan) == [("A4", "unknown_number", str(there.id + 999)), ("H5", "not_a_level", "10")]
    assert make.count(Technology) == 1

    later = now + timedelta(days=1)
    technology_uploads.carry_out(session, lan, upload, words, plan.fingerprint, publish=False, now=later)
    session.flush()
    made = session.scalars(sa.select(Technology).where(Technology.id != there.id)).one()
    assert (made.state, made.trl, made.transfer_form) == (SupplyState.DRAFT, 6, TransferForm.LICENCE)
    assert (there.trl, there.evidence.en, there.title.en) == (5, "Two years in a sewer", "Sensor")
    assert (upload.state, upload.applied_at, upload.sheet) == (UploadState.APPLIED, later, {})
    assert make.count(TechnologyVersion) == 2  # as it stood, as it is now

    technology_uploads.undo(session, lan, upload, now=later)
    session.flush()
    assert make.count(Technology) == 1
    assert (there.trl, there.evidence.en) == (4, None)
    assert upload.state is UploadState.UNDONE
    actions = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [a for a in actions if a.startswith("upload")] == ["upload.check", "upload.apply", "upload.undo"]


REFUSED: list[tuple[dict[str, str], str, str]] = [
    ({"title_vi": "Tên"}, "E2", "summary_missing"),
    ({"summary_vi": "Mô tả"}, "C2", "title_missing"),
    ({"title_vi": "Tên", "summary_en": "English"}, "E2", "languages_apart"),
    (new(trl="5.5"), "H2", "not_a_level"),
    (new(fields="Alchemy"), "G2", "unknown_field"),
    (new(ip_type="secret sauce"), "M2", "unknown_word"),
    (new(ip_territory="Vietnam"), "P2", "unknown_territory"),
    (new(owners="A 130%"), "Q2", "not_a_share"),
    (new(owners="A 50%; B 40%"), "Q2", "shares_short"),
    (new(price_low="a lot"), "U2", "not_an_amount"),
    (new(price_low="5 triệu"), "T2", "price_without_basis"),
    (new(price_basis="yearly"), "U2", "price_missing"),
    (new(price_basis="yearly", price_low="6", price_high="5"), "V2", "price_order"),
    (new(title="x" * 201), "C2", "too_long"),
    (new(reference="x" * 61), "B2", "too_long"),
    (new(summary_en="Ask lan@lab.vn"), "F2", "contact_data"),
    (new(ip_type="none", ip_number="1-2019-03456"), "M2", "protection_contradicts"),
    (new(number="abc"), "A2", "unknown_number"),
]


@pytest.mark.parametrize(("cells", "address", "code"), REFUSED, ids=lambda v: v if isinstance(v, str) else "")
def test_each_refusal_names_its_cell(
    session: Session, institute: Any, words: Vocabulary, cells: dict[str, str], address: str, code: str
) -> None:
    plan = upload_plans.plan(session, institute, sheet_of(cells), words)
    assert [(a, c) for a, c, _word in troubles(plan)] == [(address, code)]
    assert not plan.does_something


def test_every_problem_of_a_row_is_told_at_once(session: Session, institute: Any, words: Vocabulary) -> None:
    plan = upload_plans.plan(session, institute, sheet_of(new(trl="x", owners="A 130%", price_low="?")), words)
    assert [address for address, _code, _word in troubles(plan)] == ["H2", "Q2", "U2"]


def test_rows_do_not_get_into_each_others_way(session: Session, make: Make, institute: Any, words: Vocabulary) -> None:
    there = make.technology(institute, "Sensor", reference="CN-7")
    make.technology(institute, "Gone", state=SupplyState.WITHDRAWN)
    theirs = make.technology(make.organisation(kind="institute"), "Theirs", reference="X-1")
    rows = (
        {"number": str(there.id), "trl": "5"},
        {"reference": "CN-7", "trl": "6"},
        new("SENSOR", title_en="sensor"),
        new("Bơm", reference="CN-9"),
        new("Van", reference="CN-9"),
        new("bom"),
        {"number": str(theirs.id), "trl": "9"},
        new("Gone", title_en="Gone", reference="X-1"),
    )
    plan = upload_plans.plan(session, institute, sheet_of(*rows), words)
    assert [row.action for row in plan.rows] == [
        Action.UPDATE,
        Action.REFUSE,
        Action.REFUSE,
        Action.CREATE,
        Action.REFUSE,
        Action.REFUSE,
        Action.REFUSE,
        Action.CREATE,
    ]
    assert [code for _address, code, _word in troubles(plan)] == [
        "row_twice",
        "title_there",
        "reference_taken",
        "title_twice",
        "unknown_number",
    ]


def test_an_empty_cell_leaves_and_a_hyphen_empties(
    session: Session, make: Make, institute: Any, words: Vocabulary
) -> None:
    there = make.technology(institute, "Sensor", trl=4, ip_number="1-001", transfer_form=TransferForm.SERVICE)
    there.owners = (Owner("A"),)
    row = {"number": str(there.id), "trl": "-", "owners": "-", "transfer_form": "-", "title_vi": "-"}
    [planned] = upload_plans.plan(session, institute, sheet_of(row), words).rows
    assert planned.changes == ("title", "trl", "owners", "transfer_forms")
    assert planned.content["ip_number"] == "1-001"
    assert planned.content["title"] == [None, "Sensor"]
    assert planned.content["transfer_forms"] == []


def test_one_list_out_and_in_again_changes_nothing(
    app: Flask, session: Session, make: Make, institute: Any, words: Vocabulary
) -> None:
    make.technology(institute, "=SUM(A1)", reference="-1", fields=[make.field("205")])
    whole = make.technology(institute, "Sensor", trl=4, ip_type=IpType.PATENT, ip_status=IpStatus.GRANTED)
    whole.owners, whole.transfer_forms = (Owner("A", 3333), Owner("B")), (TransferForm.SPIN_OFF, TransferForm.LICENCE)
    whole.price_basis, whole.price_low, whole.visibility = PriceBasis.YEARLY, 1_500_000_000, Visibility.MEMBERS
    session.flush()
    with app.app_context():
        contents = [(t.id, versions.content_of(t)) for t in session.scalars(upload_plans.owned(institute.id))]
        data = technology_sheet.template([("205", "Vật liệu", "Materials")], contents)
        sheet = spreadsheets.read(data, technology_sheet.headings(), {technology_sheet.DATA})
    plan = upload_plans.plan(session, institute, sheet, words)
    assert [(row.action, row.troubles) for row in plan.rows] == [(Action.UNCHANGED, ())] * 2


cleanly = (
    st.text(string.ascii_letters + "àđừ 0123", min_size=1, max_size=20).map(lambda t: " ".join(t.split())).filter(bool)
)
either = st.tuples(st.none() | cleanly, st.none() | cleanly).map(list)
owning = st.lists(st.tuples(cleanly, st.none() | st.integers(1, 10000)).map(list), max_size=3)
contents = st.fixed_dictionaries(
    {
        "title": either,
        "summary": either,
        "fields": st.sets(st.sampled_from(["205", "304"])).map(sorted),
        "trl": st.none() | st.integers(1, 9),
        "evidence": either,
        "ready_for": either,
        "ip_type": st.none() | st.sampled_from([w.value for w in IpType]),
        "ip_number": st.none() | cleanly,
        "ip_status": st.none() | st.sampled_from([w.value for w in IpStatus]),
        "ip_territory": st.none() | st.sampled_from(["VN", "VN, WO"]),
        "owners": owning,
        "transfer_forms": st.lists(st.sampled_from([w.value for w in TransferForm]), max_size=3, unique=True),
        "price_basis": st.none() | st.sampled_from([w.value for w in PriceBasis]),
        "price_low": st.none() | st.integers(0, 10**12),
        "price_high": st.none() | st.integers(0, 10**12),
        "price_note": either,
        "pictures": st.just([]),
        "details": either,
        "confidential": either,
        "visibility": st.sampled_from([w.value for w in Visibility]),
        "reference": st.none() | cleanly,
    }
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(contents, min_size=1, max_size=3))
def test_whatever_a_technology_says_comes_through_a_file_unharmed(site: Flask, said: list[dict[str, Any]]) -> None:
    with site.app_context():
        words = technology_sheet.vocabulary(FIELDS)
        data = technology_sheet.template([], enumerate(said, start=1))
        sheet = spreadsheets.read(data, technology_sheet.headings(), {technology_sheet.DATA})
    assert [row.cells["number"] for row in sheet.rows] == [str(n) for n in range(1, len(said) + 1)]
    for row, content in zip(sheet.rows, said, strict=True):
        read, problems = overlay(EMPTY, row.cells, words)
        assert problems == []
        forms = content["transfer_forms"]
        others = [form.value for form in TransferForm if form.value in forms[1:]]
        assert read == {**content, "transfer_forms": [*forms[:1], *others]}


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(min_size=1, max_size=30), max_size=8))
def test_no_cell_can_break_the_reading_of_its_row(site: Flask, cells: dict[str, str]) -> None:
    with site.app_context():
        words = technology_sheet.vocabulary(FIELDS)
    read, problems = overlay(EMPTY, cells, words)
    assert set(read) == set(EMPTY)
    assert {p.column for p in problems} <= set(cells)
    versions.values_of(read)


def test_what_was_agreed_to_is_what_is_done(
    session: Session, make: Make, institute: Any, words: Vocabulary, now: datetime
) -> None:
    lan = make.user(institute)
    upload = kept(session, lan, institute, new(), now=now)
    agreed = technology_uploads.report(session, upload, words).fingerprint
    make.technology(institute, "Màng lọc")  # meanwhile a colleague lists the same
    with pytest.raises(Conflict, match="upload_changed"):
        technology_uploads.carry_out(session, lan, upload, words, agreed, publish=False, now=now)
    now_refused = technology_uploads.report(session, upload, words).fingerprint
    with pytest.raises(Invalid, match="upload_does_nothing"):
        technology_uploads.carry_out(session, lan, upload, words, now_refused, publish=False, now=now)
    assert (upload.state, make.count(Technology)) == (UploadState.CHECKED, 1)


def carried_out(
    session: Session, make: Make, institute: Any, words: Vocabulary, now: datetime, *rows: Mapping[str, str], **how: Any
) -> tuple[User, TechnologyUpload]:
    lan = make.user(institute)
    upload = kept(session, lan, institute, *rows, now=now)
    agreed = technology_uploads.report(session, upload, words).fingerprint
    technology_uploads.carry_out(session, lan, upload, words, agreed, publish=how.get("publish", False), now=now)
    session.flush()
    return lan, upload


def test_published_at_once_if_wanted_and_undone_all_the_same(
    session: Session, make: Make, institute: Any, words: Vocabulary, now: datetime
) -> None:
    lan, upload = carried_out(session, make, institute, words, now, new(), new("Bơm"), publish=True)
    states = session.scalars(sa.select(Technology.state)).all()
    assert states == [SupplyState.PUBLISHED] * 2
    technology_uploads.undo(session, lan, upload, now=now)
    assert make.count(Technology) == make.count(TechnologyVersion) == 0


def test_an_undone_change_gives_the_origin_back(
    session: Session, make: Make, institute: Any, words: Vocabulary, now: datetime
) -> None:
    source = {"provenance": Provenance.PUBLIC_SOURCE, "uncertain": True}
    there = make.technology(institute, "Sensor", reference="CN-7", **source)
    lan, upload = carried_out(session, make, institute, words, now, {"reference": "CN-7", "trl": "5"})
    assert (there.provenance, there.uncertain) == (Provenance.SELF_DECLARED, False)
    technology_uploads.undo(session, lan, upload, now=now)
    assert (there.provenance, there.uncertain, there.trl) == (Provenance.PUBLIC_SOURCE, True, None)


@pytest.mark.parametrize("what", ["changed", "published", "asked about", "exhibited", "gone"])
def test_nothing_is_undone_when_something_was_built_on_it(
    session: Session, make: Make, institute: Any, words: Vocabulary, now: datetime, what: str
) -> None:
    lan, upload = carried_out(session, make, institute, words, now, new(), new("Bơm"))
    first = session.scalars(sa.select(Technology).order_by(Technology.id)).first()
    assert first is not None
    match what:
        case "changed":
            first.trl = 9
        case "published":
            first.state = SupplyState.PUBLISHED
        case "asked about":
            make.interest(make.need(make.organisation()), institute, technology=first)
        case "exhibited":
            make.stand(make.organisation(kind="centre")).exhibits = [Exhibit(position=1, technology=first)]
        case _:
            session.delete(first)
    session.flush()
    assert technology_uploads.in_the_way(session, upload) == [None if what == "gone" else first]
    with pytest.raises(Conflict, match="upload_built_on"):
        technology_uploads.undo(session, lan, upload, now=now)
    assert make.count(Technology) == (1 if what == "gone" else 2)


ACTS: dict[str, UploadState] = {
    "carry_out": UploadState.APPLIED,
    "undo": UploadState.UNDONE,
    "discard": UploadState.DISCARDED,
}


@pytest.mark.parametrize("role", ["manager", "member", "stranger", "coordinator"])
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", list(UploadState))
def test_every_act_in_every_state_by_every_role(
    session: Session,
    make: Make,
    institute: Any,
    words: Vocabulary,
    now: datetime,
    state: UploadState,
    act: str,
    role: str,
) -> None:
    upload = kept(session, make.user(institute), institute, new(), now=now)
    agreed = technology_uploads.report(session, upload, words).fingerprint
    upload.state, upload.applied_at = state, None if state in (UploadState.CHECKED, UploadState.DISCARDED) else now
    people: dict[str, Any] = {
        "manager": lambda: make.user(institute),
        "member": lambda: make.user(institute, membership=MembershipRole.MEMBER),
        "stranger": lambda: make.user(make.organisation(kind="institute")),
        "coordinator": make.coordinator,
    }
    actor = people[role]()

    def do() -> TechnologyUpload:
        if act == "carry_out":
            return technology_uploads.carry_out(session, actor, upload, words, agreed, publish=False, now=now)
        return getattr(technology_uploads, act)(session, actor, upload, now=now)  # type: ignore[no-any-return]

    if role != "manager":
        with pytest.raises(NotPermitted):
            do()
    elif ACTS[act] in UPLOAD[state]:
        assert do().state is ACTS[act]
    else:
        with pytest.raises(Conflict):
            do()


@pytest.mark.parametrize("kind", list(OrganisationKind))
def test_only_institutes_send_lists_of_technologies(
    session: Session, make: Make, now: datetime, kind: OrganisationKind
) -> None:
    organisation = make.organisation(kind=kind.value)
    if kind is OrganisationKind.INSTITUTE:
        assert kept(session, make.user(organisation), organisation, new(), now=now).sheet
        return
    with pytest.raises(NotFound):
        kept(session, make.user(organisation), organisation, new(), now=now)


def test_a_suspended_institute_sends_none_and_others_do_not_find_it(
    session: Session, make: Make, institute: Any, now: datetime
) -> None:
    upload = kept(session, make.user(institute), institute, new(), now=now)
    with pytest.raises(NotFound):
        technology_uploads.find_upload(session, make.organisation(kind="institute"), upload.id)
    suspended = make.organisation(kind="institute", state=ProfileState.SUSPENDED)
    with pytest.raises(NotPermitted, match="suspended"):
        kept(session, make.user(suspended), suspended, new(), now=now)


def test_what_waits_too_long_is_forgotten(session: Session, make: Make, institute: Any, now: datetime) -> None:
    lan = make.user(institute)
    old = kept(session, lan, institute, new(), now=now - timedelta(days=14))
    young = kept(session, lan, institute, new(), now=now - timedelta(days=13))
    assert technology_uploads.forget_old(session, now=now) == 1
    assert (old.state, old.sheet, young.state) == (UploadState.DISCARDED, {}, UploadState.CHECKED)


def test_a_report_takes_the_same_statements_however_long_it_is(
    session: Session, make: Make, institute: Any, words: Vocabulary
) -> None:
    def sent(rows: int) -> int:
        with statements_of(session) as statements:
            organisation = session.get_one(Organisation, institute_id)
            upload_plans.plan(session, organisation, sheet_of(*(new(f"T{n}") for n in range(rows))), words)
        return len(statements)

    institute_id = institute.id
    make.technology(institute, fields=[make.field("205")])
    few = sent(1)
    for n in range(5):
        make.technology(institute, f"Other {n}", fields=[make.field("304")])
    assert sent(100) == few == 6  # the organisation, its technologies, and four things beside them


def test_the_template_says_everything_in_both_languages(app: Flask) -> None:
    with app.app_context():
        data = technology_sheet.template([("205", "Vật liệu", "Materials")])
        assert set(technology_sheet.HEADINGS) == set(COLUMNS)
        assert set(PLAIN_LONGEST) <= set(COLUMNS)
        assert len(set(technology_sheet.headings().values())) == len(COLUMNS)
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == [technology_sheet.DATA, technology_sheet.EXPLAINED, technology_sheet.LISTS]
    headings = [cell.value for cell in book.worksheets[0][1]]
    assert len(headings) == len(COLUMNS)
    explained = {row[0].value: (row[1].value, row[2].value) for row in book.worksheets[1].iter_rows(min_row=5)}
    assert set(explained) == set(headings)
    assert all(vi and en for vi, en in explained.values())
    listed = {cell.value for row in book.worksheets[2].iter_rows(min_row=2) for cell in row}
    assert {"205", "Vật liệu", "Materials"} <= listed
