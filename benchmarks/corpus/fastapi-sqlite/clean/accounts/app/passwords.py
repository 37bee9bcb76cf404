"""How passwords are kept."""

from __future__ import annotations

import hashlib
import secrets


def hashed(password: str, salt: bytes) -> bytes:
    """What is kept in the place of a password (scrypt, RFC 7914)."""
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


def new_salt() -> bytes:
    """Another one for each account."""
    return secrets.token_bytes(16)


def digest(token: str) -> str:
    """What is kept in the place of a token, which is long enough not to need a salt."""
    return hashlib.sha256(token.encode()).hexdigest()
