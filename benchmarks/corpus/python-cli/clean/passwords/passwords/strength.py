"""How hard a password is to guess."""

from __future__ import annotations

import math


def bits(choices: int, count: int) -> float:
    """The entropy of `count` picks among `choices`."""
    return count * math.log2(choices)


def verdict(entropy: float) -> str:
    """What that means."""
    if entropy < 50:
        return "weak"
    return "good" if entropy < 80 else "strong"
