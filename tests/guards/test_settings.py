"""Production does not start without its secrets, and says what is missing."""

import os
import subprocess
from pathlib import Path

import pytest

from network.settings import Settings, SettingsError, reference

KEY = "k" * 32


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"APP_ENV": "production", "DATABASE_URL": "sqlite:///x"}, "SECRET_KEY"),
        ({"APP_ENV": "production", "DATABASE_URL": "sqlite:///x", "SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"APP_ENV": "production", "SECRET_KEY": KEY}, "DATABASE_URL"),
        ({"APP_ENV": "live"}, "APP_ENV"),
        ({"REPLY_DAYS": "soon"}, "REPLY_DAYS"),
        ({"RATE_LIMITS": "perhaps"}, "RATE_LIMITS"),
        ({"MAIL_SECURITY": "ssl"}, "MAIL_SECURITY"),
        ({"MAIL_USER": "network"}, "MAIL_SECURITY"),
    ],
)
def test_refuses_and_names_the_setting(environment: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.from_env(environment)


def test_reads_what_is_set() -> None:
    settings = Settings.from_env(
        {
            "APP_ENV": "production",
            "SECRET_KEY": KEY,
            "DATABASE_URL": "sqlite:///x",
            "REPLY_DAYS": "7",
            "RATE_LIMITS": "no",
        }
    )
    assert (settings.production, settings.reply_days, settings.rate_limits) == (True, 7, False)


def test_the_server_script_refuses_before_it_installs_anything(root: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "APP_ENV": "production"}
    done = subprocess.run(["bash", root / "script" / "server"], env=environment, capture_output=True, text=True)
    assert (done.returncode, "SECRET_KEY" in done.stderr) == (2, True)


def test_the_reference_page_is_written_from_the_settings(root: Path) -> None:
    assert (root / "docs" / "settings.md").read_text(encoding="utf-8") == reference()
