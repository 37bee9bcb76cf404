from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def draw(seed: int, *about: object) -> float:
    """A number from 0 to 1 that follows from `seed` and what it is about, and from nothing else."""
    text = "\0".join(map(str, (seed, *about)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def shuffled(seed: int, items: Iterable[T], *about: object) -> list[T]:
    """`items` in an order that follows from `seed` likewise; the items show as text what they are."""
    return sorted(items, key=lambda item: draw(seed, *about, item))


def pick(seed: int, items: Sequence[T], *about: object) -> T:
    """One of `items`, likewise."""
    return items[int(draw(seed, *about) * len(items))]
