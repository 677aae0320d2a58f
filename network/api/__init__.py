"""The JSON interface, version 1, and the health check."""

from flask import Flask

from network.api import health, suggestions


def init_app(app: Flask) -> None:
    app.register_blueprint(health.blueprint)
    app.register_blueprint(suggestions.blueprint, url_prefix="/api/v1")
