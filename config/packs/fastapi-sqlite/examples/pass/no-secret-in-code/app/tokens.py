"""The token of another service."""

import os

TOKEN_VARIABLE = "OTHER_TOKEN"


def other_token(token: str = "") -> str:
    return token or os.environ.get(TOKEN_VARIABLE, "")
