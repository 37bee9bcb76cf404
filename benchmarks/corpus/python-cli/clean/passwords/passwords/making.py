"""Makes passwords."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence

LETTERS = string.ascii_letters + string.digits
SIGNS = "-_.+*=!?"


def random_password(length: int, signs: bool = False) -> str:
    """`length` characters, of each kind at least one. ValueError where they do not fit."""
    kinds = [string.ascii_lowercase, string.ascii_uppercase, string.digits, *([SIGNS] if signs else [])]
    if length < len(kinds):
        raise ValueError(f"{length} characters are too few; take at least {len(kinds)}")
    alphabet = "".join(kinds)
    while True:
        password = "".join(secrets.choice(alphabet) for _ in range(length))
        if all(any(character in kind for character in password) for kind in kinds):
            return password


def phrase(words: Sequence[str], count: int) -> str:
    """`count` of `words`, joined by `-`. ValueError where there are too few to choose from."""
    if len(set(words)) < 100:
        raise ValueError("the list has fewer than 100 words, which is too easy to guess")
    return "-".join(secrets.choice(words) for _ in range(count))
