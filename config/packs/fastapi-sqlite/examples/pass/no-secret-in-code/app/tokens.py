"""The token of another service."""

import os
from enum import StrEnum

TOKEN_VARIABLE = "OTHER_TOKEN"


class Kind(StrEnum):
    TOKEN = "token"
    PASSWORD = "password"


def other_token(token: str = "") -> str:
    return token or os.environ.get(TOKEN_VARIABLE, "")
