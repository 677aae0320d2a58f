"""Whether this process can work: the database, the index and the encoder. Public, for load balancers and people."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app
from sqlalchemy.exc import SQLAlchemyError

from network.auth import Access, requires
from network.extensions import db, engine

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@requires(Access.PUBLIC)
def healthz() -> tuple[dict[str, Any], int]:
    """503 when the database fails; 'degraded' also when the encoder does and words alone are compared."""
    dialect = db.engine.dialect.name
    try:
        db.session.execute(sa.text("SELECT 1"))
        state = asdict(engine().health(db.session))
    except SQLAlchemyError as error:
        current_app.logger.error("the database does not answer: %s", error)
        return {"status": "degraded", "database": {"ok": False, "dialect": dialect}}, 503
    body = {
        "status": "degraded" if state["degraded"] else "ok",
        "database": {"ok": True, "dialect": dialect},
        "index": {name: state[name] for name in ("size", "head", "applied")} | {"model": state["encoder"]},
        "encoder": {"name": state["encoder"], "loaded": state["loaded"]},
    }
    return body, 200
