"""A web worker never imports torch, and nothing heavy is imported before the first question."""

import subprocess
import sys
from pathlib import Path

HEAVY = ("torch", "sentence_transformers", "transformers", "faiss", "onnxruntime", "tokenizers", "scipy", "sklearn")


def loaded_after(root: Path, code: str, tmp_path: Path) -> set[str]:
    """The heavy modules in memory after `code`, run in a new process."""
    tail = f"\nimport sys; print('|' + ' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    environment = {
        "PATH": "/usr/bin:/bin",
        "APP_ENV": "test",
        "SECRET_KEY": "x" * 32,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'lazy.sqlite3'}",
    }
    done = subprocess.run(
        [sys.executable, "-c", code + tail], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    return set(done.stdout.rpartition("|")[2].split())


def test_starting_the_site_imports_nothing_heavy(root: Path, tmp_path: Path) -> None:
    assert loaded_after(root, "import wsgi", tmp_path) == set()


def test_answering_a_question_imports_neither_torch_nor_scipy(root: Path, tmp_path: Path) -> None:
    code = """
import wsgi
from network.extensions import alembic, db
with wsgi.app.app_context():
    alembic.upgrade()
answer = wsgi.app.test_client().post("/api/v1/suggestions", json={"text": "cần phòng thí nghiệm đo cảm biến"})
assert answer.status_code == 200, answer.text
"""
    assert loaded_after(root, code, tmp_path) & {"torch", "sentence_transformers", "transformers", "sklearn"} == set()
