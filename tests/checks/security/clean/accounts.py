"""Accounts with passwords."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field

PASSWORD_MIN_LENGTH = 10
TOKEN_HEADER = "X-Auth-Token"
MESSAGES = {"password": "The password is too short", "token": "expired"}


@dataclass
class Account:
    name: str
    salt: bytes = field(default_factory=lambda: os.urandom(16))
    digest: bytes = b""

    def set_password(self, password: str) -> None:
        if len(password) < PASSWORD_MIN_LENGTH:
            raise ValueError(MESSAGES["password"])
        self.digest = _digest(password, self.salt)

    def accepts(self, password: str) -> bool:
        return hmac.compare_digest(self.digest, _digest(password, self.salt))


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
