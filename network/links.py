"""Signed parts of addresses that leave by mail. Without the secret key of the site nobody can make one."""

from collections.abc import Iterable
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from models.notices import WITHOUT_CHOICE, NoticeKind


def _signer(salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=salt)


def _read(salt: str, token: str) -> Any:
    """What was signed, or None for what this site has not signed."""
    try:
        return _signer(salt).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None


def sign_invitation(invitation_id: int, secret: str) -> str:
    """The token in the address of an invitation."""
    return str(_signer("invitation").dumps([invitation_id, secret]))


def read_invitation(token: str) -> tuple[int, str] | None:
    """Number and secret of the invitation, or None for what this site has not signed."""
    read = _read("invitation", token)
    return (int(read[0]), str(read[1])) if read else None


def sign_unsubscribe(user_id: int, kinds: Iterable[NoticeKind]) -> str:
    """The token that turns mails of these kinds off, without signing in. It says nothing about the person."""
    return str(_signer("unsubscribe").dumps([user_id, [kind.value for kind in kinds]]))


def read_unsubscribe(token: str) -> tuple[int, tuple[NoticeKind, ...]] | None:
    """Whose mails of which kinds, or None for what this site has not signed or nobody may choose about."""
    read = _read("unsubscribe", token)
    if not read:
        return None
    kinds = tuple(NoticeKind(value) for value in read[1] if value in set(NoticeKind))
    return (int(read[0]), kinds) if kinds and not WITHOUT_CHOICE & set(kinds) else None
