"""Two changes of one text, joined by lines (Khanna, Kunal and Pierce, "A formal investigation of diff3", 2007)."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

_MOST_LINES = 10_000
"""Longer texts are not joined: comparing them takes too long."""


def merge_text(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """`base` with both changes; None where they touch the same lines or each other, or one is no text, or too long."""
    if any(b"\0" in text for text in (base, ours, theirs)):
        return None
    before, mine, other = (text.splitlines(keepends=True) for text in (base, ours, theirs))
    if max(len(before), len(mine), len(other)) > _MOST_LINES:
        return None
    merged: list[bytes] = []
    at, at_mine, at_other = 0, 0, 0
    for start, start_mine, start_other, length in _common(before, mine, other):
        piece = _piece(before[at:start], mine[at_mine:start_mine], other[at_other:start_other])
        if piece is None:
            return None
        merged += piece + before[start : start + length]
        at, at_mine, at_other = start + length, start_mine + length, start_other + length
    return b"".join(merged)


def _piece(before: list[bytes], mine: list[bytes], other: list[bytes]) -> list[bytes] | None:
    if mine in (before, other):
        return other
    return mine if other == before else None


def _common(before: list[bytes], mine: list[bytes], other: list[bytes]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches that all three have: their places and length, in order; the last one is empty, at the ends."""
    ours = SequenceMatcher(None, before, mine).get_matching_blocks()[:-1]
    theirs = SequenceMatcher(None, before, other).get_matching_blocks()[:-1]
    i = j = 0
    while i < len(ours) and j < len(theirs):
        a, b = ours[i], theirs[j]
        start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if start < end:
            yield start, a.b + start - a.a, b.b + start - b.a, end - start
        if a.a + a.size < b.a + b.size:
            i += 1
        else:
            j += 1
    yield len(before), len(mine), len(other), 0
