"""What is taken as a file: name and content must agree, macros stay outside, and nobody chooses where it is kept."""

import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from models.base import utc_now
from models.errors import Invalid
from network.services.files import MOST_BYTES, NAME_LENGTH, FileStore, clean_name, examine

PDF = b"%PDF-1.7\n..."
PNG = b"\x89PNG\r\n\x1a\n..."
JPG = b"\xff\xd8\xff\xe0..."


def office(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name in ("[Content_Types].xml", *names):
            package.writestr(name, "<xml/>")
    return file.getvalue()


DOCX, XLSX, PPTX = (office(main) for main in ("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PDF", PDF, "application/pdf"),
        ("a.png", PNG, "image/png"),
        ("a.jpg", JPG, "image/jpeg"),
        ("a.jpeg", JPG, "image/jpeg"),
        ("Báo cáo.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.pptx", PPTX, "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ],
)
def test_what_is_on_the_list_is_taken_as_what_it_is(name: str, content: bytes, kind: str) -> None:
    upload = examine(name, content)
    assert (upload.name, upload.media_type, upload.content) == (name, kind, content)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "file_type"),
        ("a.html", b"<script>", "file_type"),
        ("a.svg", b"<svg/>", "file_type"),
        ("a.docm", DOCX, "file_type"),
        ("a.zip", DOCX, "file_type"),
        ("pdf", PDF, "file_type"),
        ("", PDF, "file_type"),
        ("a.pdf.exe", PDF, "file_type"),
        ("a.pdf", b"", "file_empty"),
        ("a.pdf", b"MZ\x90", "file_content"),
        ("a.pdf", PNG, "file_content"),
        ("a.png", b"<script>", "file_content"),
        ("a.docx", XLSX, "file_content"),
        ("a.docx", b"PK\x03\x04 no archive", "file_content"),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin"), "file_content"),
        ("a.xlsx", office("xl/workbook.xml", "xl/VBAPROJECT.BIN"), "file_content"),
        ("a.docx", office(), "file_content"),
        ("a.pdf", PDF + b"." * MOST_BYTES, "file_large"),
    ],
)
def test_everything_else_is_refused_with_the_reason(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        examine(name, content)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\An\\báo cáo.pdf", "báo cáo.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("x" * 300 + ".pdf", "x" * (NAME_LENGTH - 4) + ".pdf"),
    ],
)
def test_names_cannot_steer_anything(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_files_lie_under_names_of_our_own_and_cannot_be_run(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "uploads")
    first, second = (store.keep(examine("a.pdf", PDF)) for _ in range(2))
    assert first != second
    assert store.path(first).read_bytes() == PDF
    assert not os.access(store.path(first), os.X_OK)
    for name in ("../secret", "a.pdf", "", first.upper() + "x"):
        with pytest.raises(ValueError):
            store.path(name)


def test_what_nobody_names_is_swept_after_a_while_and_nothing_else(tmp_path: Path) -> None:
    store, now = FileStore(tmp_path), utc_now()
    named, left, fresh = (store.keep(examine("a.pdf", PDF)) for _ in range(3))
    (tmp_path / "README").write_text("not ours")
    for name in (named, left):
        old = (now - timedelta(days=3)).timestamp()
        os.utime(store.path(name), (old, old))
    assert store.sweep({named}, before=now - timedelta(days=1)) == 1
    assert {path.name for path in tmp_path.iterdir()} == {named, fresh, "README"}
    assert FileStore(tmp_path / "none").sweep((), before=now) == 0
