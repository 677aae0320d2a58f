"""The link in a mail that ends mails about one saved search, for whoever holds it. Templates use `stop_address`."""

from flask import Flask, current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="stop")


def sign_stop(search_id: int) -> str:
    """Names nothing but a number and stays valid: whoever forwards the mail hands over the right to stop it."""
    return str(_signer().dumps(search_id))


def read_stop(token: str) -> int | None:
    """The saved search, or None for what this site has not signed."""
    try:
        return int(_signer().loads(token))
    except (BadSignature, ValueError, TypeError):
        return None


def stop_address(search_id: int) -> str:
    return url_for("saved_searches.stop", token=sign_stop(search_id), _external=True)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(stop_address=stop_address)
