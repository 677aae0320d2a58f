"""Signed parts of addresses that leave by mail. Without the secret key of the site nobody can make one."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="invitation")


def sign_invitation(invitation_id: int, secret: str) -> str:
    """The token in the address of an invitation."""
    return str(_signer().dumps([invitation_id, secret]))


def read_invitation(token: str) -> tuple[int, str] | None:
    """Number and secret of the invitation, or None for what this site has not signed."""
    try:
        invitation_id, secret = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(invitation_id), str(secret)
