"""Every setting of the site, with its help text. Only `Settings.from_env` reads the environment.

No secret has a default outside development: production refuses to start without SECRET_KEY and DATABASE_URL.
"""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


SWITCHES = dict.fromkeys(("1", "yes", "true", "on"), True) | dict.fromkeys(("0", "no", "false", "off"), False)


class SettingsError(RuntimeError):
    """A setting is missing or wrong; the message says which and what to do."""


def _setting(default: Any, help: str) -> Any:
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Settings:
    app_env: str = _setting("development", "development, test or production")
    secret_key: str = _setting("", "Signs sessions and forms; at least 32 characters in production")
    database_url: str = _setting("", "SQLAlchemy address; SQLite in instance/ when empty in development")
    encoder: str = _setting("", "Model folder or name for sentence-transformers; the project's own encoder when empty")
    index_folder: str = _setting("", "Folder of the index that all processes share; instance/index when empty")
    reply_days: int = _setting(10, "Days the other side has to answer an expression of interest")
    remind_days: int = _setting(3, "Days before that deadline on which a reminder is sent")
    confirm_days: int = _setting(14, "Days the other side has to confirm an outcome, or to object to an agreement")
    upload_folder: str = _setting("", "Folder of the files that people send; instance/uploads when empty")
    mail_from: str = _setting("", "Sender of mails; mails stay in the outbox when MAIL_HOST is empty")
    mail_host: str = _setting("", "SMTP host")
    mail_port: int = _setting(25, "SMTP port")
    mail_security: str = _setting("none", "How the connection is protected: none, starttls or tls")
    mail_user: str = _setting("", "Name to sign in with at the mail server; no sign-in when empty")
    mail_password: str = _setting("", "Password for it")
    site_url: str = _setting("http://127.0.0.1:8000", "Public address of the site, for links in mails")
    proxies: int = _setting(0, "Number of trusted reverse proxies in front of the site")
    rate_limits: bool = _setting(True, "Whether sign-in, sign-up and API are limited per address")

    @property
    def production(self) -> bool:
        return self.app_env == "production"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """The settings named in the environment by their names in capitals.

        Raises SettingsError when a value cannot be read or production lacks what it needs.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, object] = {}
        for spec in fields(cls):
            text = environ.get(spec.name.upper())
            if text is None or text == "":
                continue
            values[spec.name] = _read(spec.name, text, spec.default)
        return cls(**values).checked()  # type: ignore[arg-type]

    def checked(self) -> "Settings":
        if self.app_env not in ("development", "test", "production"):
            raise SettingsError(f"APP_ENV is '{self.app_env}': use development, test or production")
        if self.mail_security not in ("none", "starttls", "tls"):
            raise SettingsError(f"MAIL_SECURITY is '{self.mail_security}': use none, starttls or tls")
        if self.mail_user and self.mail_security == "none":
            raise SettingsError("MAIL_USER needs MAIL_SECURITY starttls or tls: a password never travels in the open")
        changes: dict[str, object] = {}
        if not self.index_folder and self.app_env != "test":
            changes["index_folder"] = str(ROOT / "instance" / "index")
        if self.production:
            if len(self.secret_key) < 32:
                raise SettingsError("production needs SECRET_KEY of at least 32 characters")
            if not self.database_url:
                raise SettingsError("production needs DATABASE_URL, for example postgresql+psycopg://user@host/network")
        else:
            if not self.secret_key:
                changes["secret_key"] = _development_key()
            if not self.database_url:
                changes["database_url"] = f"sqlite:///{ROOT / 'instance' / 'network.sqlite3'}"
        return Settings(**{**self.__dict__, **changes})


def _read(name: str, text: str, default: object) -> object:
    if isinstance(default, bool):
        if text.lower() not in SWITCHES:
            raise SettingsError(f"{name.upper()} must be yes or no, not '{text}'")
        return SWITCHES[text.lower()]
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError:
            raise SettingsError(f"{name.upper()} must be a whole number, not '{text}'") from None
    return text


def _development_key() -> str:
    """A key kept in instance/, so that a restart of the development server does not sign everybody out."""
    path = ROOT / "instance" / "development.key"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(secrets.token_hex(32))
    return path.read_text()


def reference() -> str:
    """docs/settings.md."""
    rows = [
        f"| `{spec.name.upper()}` | {f'`{spec.default}`' if spec.default != '' else '–'} | {spec.metadata['help']} |"
        for spec in fields(Settings)
    ]
    head = "# Settings\n\nRead from the environment, by their names in capitals. This page is written by\n"
    return "\n".join(
        [head + "`python network/settings.py reference`.\n", "| name | default | meaning |", "|---|---|---|", *rows, ""]
    )


def main() -> int:
    """`python network/settings.py` says whether the site could start with this environment. Needs no package."""
    if sys.argv[1:] == ["reference"]:
        sys.stdout.write(reference())
        return 0
    try:
        Settings.from_env()
    except SettingsError as error:
        sys.stderr.write(f"✗ {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
