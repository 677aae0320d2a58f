"""The Flask extensions and the process's one matching engine, made once and bound in create_app."""

from typing import TYPE_CHECKING, cast

from flask import current_app
from flask_alembic import Alembic
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect

from models import Base

if TYPE_CHECKING:
    from matching.engine import Engine

db = SQLAlchemy()
alembic = Alembic(metadatas=Base.metadata)
babel = Babel()
login = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://")


def engine() -> "Engine":
    """The matching engine of this process. Encoder and index are loaded on the first question to it."""
    return cast("Engine", current_app.extensions["matching"])
