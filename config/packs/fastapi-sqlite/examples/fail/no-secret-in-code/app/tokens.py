"""The token of another service."""

import os


def other_token() -> str:
    return os.environ.get("OTHER_TOKEN", "letmein")
