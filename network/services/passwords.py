"""Passwords: how they are kept, and which are too weak."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.errors import Invalid

MIN_PASSWORD = 10
_COMMON = """
    1234567890 12345678910 123456789a 123456789q 0123456789 0987654321 1111111111 0000000000 1q2w3e4r5t qwertyuiop
    qwerty12345 qwerty123456 password12 password123 password1234 passw0rd123 matkhau123 matkhau1234 matkhau12345
    iloveyou123 abcdefghij abc1234567 abcd123456 abcdef123456 asdfghjkl1 zxcvbnm123 hanoi12345 hanoi123456
    vietnam123 vietnam1234 vietnam12345 anhyeuem123 emyeuanh123 admin12345 admin123456 administrator welcome123
    letmein123 changeme123 innovation doimoisangtao
"""
COMMON_PASSWORDS = frozenset(_COMMON.split())

_hasher = PasswordHasher()


def hash_password(text: str) -> str:
    return _hasher.hash(_one_spelling(text))


def verify_password(password_hash: str, text: str) -> bool:
    try:
        return _hasher.verify(password_hash, _one_spelling(text))
    except (VerificationError, InvalidHashError):
        return False


def is_dated(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than those in use now."""
    return _hasher.check_needs_rehash(password_hash)


def _one_spelling(text: str) -> str:
    """Vietnamese letters reach us composed from some keyboards and decomposed from others."""
    return unicodedata.normalize("NFKC", text)


def check_password(password: str, email: str) -> None:
    """Raises Invalid: 'weak_password' when short or common, 'password_has_email' when made from the address."""
    lowered = password.lower()
    if len(password) < MIN_PASSWORD or lowered in COMMON_PASSWORDS or len(set(lowered)) < 4:
        raise Invalid("weak_password")
    local = email.strip().lower().partition("@")[0]
    if len(local) >= 4 and local in lowered:
        raise Invalid("password_has_email")
