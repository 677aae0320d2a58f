"""The site. `create_app(settings)` builds it; it reads no environment and touches no network."""

from datetime import timedelta
from pathlib import Path

from flask import Flask, Request, request
from werkzeug.middleware.proxy_fix import ProxyFix

from network.settings import ROOT, Settings


def create_app(settings: Settings) -> Flask:
    """The whole site for these settings. Encoder and index are not loaded here but on the first question to them."""
    settings = settings.checked()
    app = Flask(__name__, static_folder="static", template_folder=str(ROOT / "templates"))
    app.config.update(
        SETTINGS=settings,
        TESTING=settings.app_env == "test",
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_ENGINES={"default": settings.database_url},
        ALEMBIC={"script_location": str(ROOT / "models" / "migrations")},
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_TRANSLATION_DIRECTORIES=str(Path(__file__).parent / "translations"),
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        RATELIMIT_ENABLED=settings.rate_limits,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=settings.production,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.production,
        TEMPLATES_AUTO_RELOAD=settings.app_env == "development",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    _prepare_database(settings.database_url)
    _bind(app, settings)
    return app


def _prepare_database(url: str) -> None:
    if url.startswith("sqlite:///") and ":memory:" not in url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


def _bind(app: Flask, settings: Settings) -> None:
    from matching.engine import Engine
    from models.base import open_sqlite
    from network import (
        advice,
        api,
        assets,
        auth,
        charts,
        cli,
        compression,
        crawlers,
        errors,
        explanations,
        formatting,
        headers,
        i18n,
        linking,
        marks,
        pages,
        sitemaps,
        stopping,
        trail,
        uploads,
    )
    from network.extensions import alembic, babel, csrf, db, limiter

    db.init_app(app)
    with app.app_context():
        open_sqlite(db.engine)
    alembic.init_app(app)
    babel.init_app(app, locale_selector=i18n.language)
    uploads.init_app(app)  # sets how large a request may be, before anything reads its form
    csrf.init_app(app)
    limiter.init_app(app)
    app.extensions["matching"] = Engine(
        settings.encoder or None, Path(settings.index_folder) if settings.index_folder else None
    )
    app.before_request(_take_write_lock)
    parts = (
        compression,
        i18n,
        formatting,
        explanations,
        advice,
        stopping,
        trail,
        assets,
        marks,
        charts,
        linking,
        auth,
        headers,
        errors,
        pages,
        sitemaps,
        crawlers,
        api,
        cli,
    )
    for part in parts:
        part.init_app(app)


def _take_write_lock() -> None:
    """A request that may write opens its transaction as a writing one (see models.base.open_sqlite)."""
    from network.extensions import db

    if _may_write(request):
        db.session.connection(execution_options={"writes": True})


def _may_write(request: Request) -> bool:
    return request.method not in ("GET", "HEAD", "OPTIONS") and not request.path.startswith("/api/")


__all__ = ["create_app"]
