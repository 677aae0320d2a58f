"""The command line, run as people run it."""

import dataclasses
import json
import smtplib
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from matching import store
from matching.worker import waiting_count
from models import Organisation, OutboxMail, User
from models.base import utc_now
from models.jobs import Job
from models.types import Provenance
from network import duties
from tests.factories import Make

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    def _run(*words: str) -> Result:
        result = app.test_cli_runner().invoke(args=list(words))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return _run


@pytest.fixture
def settings(app: Flask) -> Any:
    """Changes settings of the site for one test."""
    before = app.config["SETTINGS"]

    def change(**values: Any) -> None:
        app.config["SETTINGS"] = dataclasses.replace(before, **values)

    yield change
    app.config["SETTINGS"] = before


def test_suggestions_as_a_table_and_as_json(run: Run, make: Make, index: Callable[[], None]) -> None:
    lab = make.organisation("Sao Khue Institute", "institute", provenance=Provenance.ILLUSTRATIVE)
    make.offer(lab, "Salt spray tests")
    index()
    shown = run("matching", "suggest", "--text", "salt spray tests", "--language", "en", "--limit", "1").output
    assert "Salt spray tests  [offer, Sao Khue Institute]" in shown
    body = json.loads(run("matching", "suggest", "--text", "salt spray tests", "--json").output)
    first = body["suggestions"][0]
    assert (first["title"], first["kind"], first["illustrative"]) == ("Salt spray tests (vi)", "offer", True)
    assert sorted(body) == ["degraded", "suggestions", "threshold"]
    assert run("matching", "suggest", "--text", "a", "--limit", "51").exit_code == 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A BEIR folder of two questions."""
    documents = [("d1", "salt spray tests"), ("d2", "bakery ovens"), ("d3", "violin lessons")]
    rows = [json.dumps({"_id": id_, "title": "", "text": text}) for id_, text in documents]
    (tmp_path / "corpus.jsonl").write_text("\n".join(rows))
    questions = [("q1", "tests with salt spray"), ("q2", "an oven for a bakery")]
    (tmp_path / "queries.jsonl").write_text("\n".join(json.dumps({"_id": i, "text": t}) for i, t in questions))
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\n")
    return tmp_path


@pytest.mark.parametrize("leg", ["dense", "lexical", "hybrid"])
def test_a_leg_is_measured(run: Run, folder: Path, leg: str) -> None:
    report = json.loads(run("matching", "evaluate", str(folder), "--leg", leg, "--split", "test", "--json").output)
    assert (report["leg"], report["queries"], report["ndcg_at_10"]) == (leg, 2, 1.0)
    assert report["encoder"] == (None if leg == "lexical" else "hashing-256")
    assert "ndcg_at_10     1.0" in run("matching", "evaluate", str(folder), "--leg", leg).output


def test_a_folder_of_another_form_is_refused_with_what_is_missing(run: Run, folder: Path) -> None:
    result = run("matching", "evaluate", str(folder), "--split", "dev")
    assert result.exit_code == 1
    assert "dev.tsv is missing" in result.output


def test_texts_are_encoded_line_by_line(run: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "texts.txt", tmp_path / "vectors.npy"
    source.write_text("ươm tạo\n\nsalt spray\n", encoding="utf-8")
    assert run("matching", "encode", str(source), "--out", str(target)).exit_code == 0
    vectors = np.load(target)
    assert (vectors.shape, vectors.dtype) == ((3, 256), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1])
    source.write_text("")
    assert run("matching", "encode", str(source), "--out", str(target)).exit_code == 0
    assert np.load(target).shape == (0, 256)


def test_the_worker_does_what_waits_and_the_check_agrees(run: Run, session: Session, make: Make) -> None:
    offer = make.offer(make.organisation(kind="institute"), "Salt spray tests")
    session.commit()
    missing = run("matching", "verify")
    assert missing.exit_code == 1
    assert f"offer:{offer.id} is missing in the row" in missing.output
    assert "entries looked at, 0 jobs wait." in run("matching", "work").output
    agreed = run("matching", "verify")
    assert (agreed.exit_code, agreed.output) == (0, "2 entries, no differences.\n")


def test_an_encoder_that_cannot_be_loaded_is_said(run: Run, app: Flask, settings: Any) -> None:
    from matching.engine import Engine

    app.extensions["matching"] = Engine("no/such/model")
    settings(encoder="no/such/model")
    assert run("matching", "work").exit_code == 1
    assert run("matching", "verify").exit_code == 1


def test_the_starter_registry_is_loaded_once(
    run: Run, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    (tmp_path / "fields.tsv").write_text("code\tname_en\tname_vi\n2\tEngineering\tKỹ thuật\n", encoding="utf-8")
    (tmp_path / "some").mkdir()
    record = {"key": "x-a", "kind": "startup", "name_vi": "Muối", "provenance": "illustrative"}
    (tmp_path / "some" / "organisations.jsonl").write_text(json.dumps(record))
    monkeypatch.setattr("network.services.starter.load.__kwdefaults__", _with_folder(tmp_path))
    assert "1 entries added." in run("starter", "load").output
    assert "0 entries added." in run("starter", "load").output
    assert make.count(Organisation) == make.count(Job) == 1


def _with_folder(folder: Path) -> dict[str, Any]:
    from network.services import starter

    return {**(starter.load.__kwdefaults__ or {}), "folder": folder}


def test_demonstration_accounts_are_listed_and_never_made_in_production(run: Run, settings: Any, make: Make) -> None:
    lines = run("starter", "accounts").output.splitlines()
    assert len(lines) == make.count(User) == 6
    assert lines[-1].split()[:2] == ["coordinator", "coordinator@demo.example"]
    settings(app_env="production")
    assert run("starter", "accounts").exit_code == 1
    assert make.count(User) == 6


@pytest.fixture
def letter(session: Session) -> OutboxMail:
    """A mail to a Vietnamese reader and one to an English reader; the second is returned."""
    for language in ("vi", "en"):
        mail = OutboxMail(
            to=f"{language}@example.org",
            language=language,
            template="organisation_waiting",
            context={"organisation": "Muối & Co"},
        )
        session.add(mail)
    session.commit()
    return mail


def test_without_a_mail_server_mails_are_printed_and_stay(
    run: Run, session: Session, settings: Any, letter: OutboxMail
) -> None:
    settings(site_url="https://network.example")
    shown = run("mail", "send").output
    assert "To: en@example.org" in shown
    assert "2 mails wait" in shown
    session.refresh(letter)
    assert (letter.sent_at, letter.attempts) == (None, 0)
    settings(app_env="production")
    assert run("mail", "send").exit_code == 1


class Server:
    """Takes the place of smtplib.SMTP and keeps what it is given."""

    sent: list[EmailMessage] = []

    def __init__(self, host: str, port: int, timeout: int) -> None:
        if host == "refused.example":
            raise ConnectionRefusedError("refused")

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def send_message(self, message: EmailMessage) -> None:
        Server.sent.append(message)


def test_mails_leave_in_the_language_of_their_reader(
    run: Run, session: Session, settings: Any, letter: OutboxMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtplib, "SMTP", Server)
    monkeypatch.setattr(Server, "sent", [])
    settings(mail_host="mail.example", mail_from="network@example.org", site_url="https://network.example/")
    assert run("mail", "send").output == "2 sent, 0 failed.\n"
    english = Server.sent[1]
    assert (english["To"], english["From"]) == ("en@example.org", "network@example.org")
    assert english["Subject"] == "Waiting for verification: Muối & Co"
    assert "https://network.example/en/coordination" in english.get_content()
    assert "https://network.example/vi/coordination" in Server.sent[0].get_content()
    session.refresh(letter)
    assert letter.sent_at is not None
    assert run("mail", "send").output == "0 sent, 0 failed.\n"


def test_a_password_travels_only_after_the_connection_is_closed_to_others(
    run: Run, settings: Any, letter: OutboxMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    class Guarded(Server):
        def starttls(self, context: object) -> None:
            steps.append("starttls")

        def login(self, user: str, password: str) -> None:
            steps.append(f"login {user} {password}")

        def send_message(self, message: EmailMessage) -> None:
            steps.append("mail")

    monkeypatch.setattr(smtplib, "SMTP", Guarded)
    settings(mail_host="mail.example", mail_security="starttls", mail_user="network", mail_password="ba-vi")
    assert run("mail", "send").output == "2 sent, 0 failed.\n"
    assert steps == ["starttls", "login network ba-vi", "mail"] * 2


def test_a_mail_that_fails_is_tried_again(
    run: Run, session: Session, settings: Any, letter: OutboxMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtplib, "SMTP", Server)
    settings(mail_host="refused.example")
    assert run("mail", "send").output == "0 sent, 2 failed.\n"
    session.refresh(letter)
    assert (letter.sent_at, letter.attempts, letter.error) == (None, 1, "ConnectionRefusedError: refused")


@pytest.mark.parametrize(("code", "for_good"), [(550, True), (450, False)])
def test_an_address_that_the_server_refuses_for_good_is_not_tried_again(
    run: Run,
    session: Session,
    settings: Any,
    letter: OutboxMail,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    for_good: bool,
) -> None:
    class Refusing(Server):
        def send_message(self, message: EmailMessage) -> None:
            raise smtplib.SMTPRecipientsRefused({message["To"]: (code, b"no such user")})

    monkeypatch.setattr(smtplib, "SMTP", Refusing)
    settings(mail_host="mail.example")
    assert run("mail", "send").output == "0 sent, 2 failed.\n"
    session.refresh(letter)
    assert (letter.failed_at is not None, letter.next_try_at is None) == (for_good, for_good)


def test_every_mail_that_use_cases_post_can_be_rendered(root: Path) -> None:
    import re

    posted = set()
    for file in (root / "network" / "services").glob("*.py"):
        posted |= set(re.findall(r"post(?:_to_organisation)?\([^\"]*\"([a-z_]+)\"", file.read_text(encoding="utf-8")))
    assert posted
    for template in posted:
        lines = (root / "templates" / "email" / f"{template}.txt").read_text(encoding="utf-8").splitlines()
        assert (lines[0].startswith("Subject: "), lines[1]) == (True, "")


def test_deadlines_remind_once_and_then_pass_on(run: Run, session: Session, make: Make) -> None:
    need = make.need(make.organisation())
    lab = make.organisation(kind="institute")
    make.user(lab)
    make.coordinator()
    make.interest(need, lab, sent_at=utc_now() - timedelta(days=9), reply_by=utc_now() + timedelta(days=1))
    other = make.organisation(kind="centre")
    make.interest(need, other, sent_at=utc_now() - timedelta(days=20), reply_by=utc_now() - timedelta(days=10))
    session.commit()
    assert run("deadlines").output == "1 reminded, 1 passed on to the coordinators.\n"
    assert run("deadlines").output == "0 reminded, 0 passed on to the coordinators.\n"
    assert make.count(OutboxMail) == 2
    subjects = [line for line in run("mail", "send").output.splitlines() if line.startswith("Subject: ")]
    assert len(set(subjects)) == 2


def test_one_round_of_the_worker_does_what_waits(
    run: Run, session: Session, make: Make, settings: Any, letter: OutboxMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtplib, "SMTP", Server)
    monkeypatch.setattr(Server, "sent", [])
    settings(mail_host="mail.example")
    make.offer(make.organisation(kind="centre"))
    session.commit()
    assert run("worker", "--once").output == ""
    assert (waiting_count(session), len(Server.sent)) == (0, 2)


def test_a_duty_that_fails_does_not_keep_the_others(
    run: Run, session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("no room on the disk")

    done: list[str] = []
    monkeypatch.setattr(duties, "DUTIES", (broken, lambda: done.append("mail") or ""))
    assert run("worker", "--once").exit_code == 0
    assert done == ["mail"]


def test_another_encoder_is_filled_switched_to_and_left_again(run: Run, session: Session, make: Make) -> None:
    make.offer(make.organisation(kind="centre"), "Salt spray tests")
    session.commit()
    assert "2 entries embedded; hashing-256 has them all." in run("matching", "reembed").output
    assert "0 entries embedded" in run("matching", "reembed", "--encoder", "hashing").output
    assert "there was no switch" in run("matching", "switch", "--back").output
    assert "hashing-256 serves." in run("matching", "switch").output
    assert "there was no switch" in run("matching", "switch", "--back").output
    store.serve(session, "", "hashing")
    session.commit()
    assert "hashing-256 serves." in run("matching", "switch", "--back").output
    refused = run("matching", "switch", "--encoder", "no/such/folder/at/all")
    assert (refused.exit_code, "no sentence-transformers model" in refused.output) == (1, True)


def test_the_first_coordinator_is_appointed_from_the_command_line(run: Run, session: Session, make: Make) -> None:
    person = make.user()
    session.commit()
    assert "coordinates." in run("coordinator", person.email.upper()).output
    session.refresh(person)
    assert person.coordinates
    refused = run("coordinator", "nobody@example.org")
    assert (refused.exit_code, "sign up on the site first" in refused.output) == (1, True)


def test_every_command_says_what_it_does(run: Run) -> None:
    commands = (("matching", "suggest"), ("matching", "work"), ("starter", "load"), ("mail", "send"), ("deadlines",))
    for words in (*commands, ("worker",)):
        assert "Usage:" in run(*words, "--help").output
