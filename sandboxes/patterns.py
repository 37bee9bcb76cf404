"""Patterns for paths: `*`, `?`, `[...]` and `**`, matched in time linear in the path.

A pattern comes from a model and the paths from its programs, so neither may cost more than it is long: all places in
the pattern that are reached are moved on together, as the bits of one number, a character at a time (shift-and,
R. Baeza-Yates and G. Gonnet, "A new approach to text searching", 1992, with the loops of G. Navarro and M. Raffinot).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from .base import SandboxRefusal

PATTERN_LIMIT = 1000
"""Characters in a pattern."""
_ALTERNATIVES = 100
_HIDDEN = "^."  # the dot that begins a hidden name, which only a dot in the pattern may take

_Takes = Callable[[str], bool]


class Pattern:
    """A pattern for relative paths.

    `*` stands for any characters of a name, `?` for one, `[a-z]` for one of a set and `[!a-z]` for one that is not in
    it; a `**` that is a whole segment stands for any folders, at the end for anything below. Letters are compared
    exactly. Unless `hidden`, what begins a name with a dot is matched only by a segment that begins with a dot.
    """

    def __init__(self, text: str, *, hidden: bool = True) -> None:
        """SandboxRefusal `bad_request` where `text` is no pattern."""
        if not text or len(text) > PATTERN_LIMIT:
            raise SandboxRefusal("bad_request", f"{text[:80]!r} is not a pattern; give 1 to {PATTERN_LIMIT} characters")
        self._hidden = hidden
        self._takes: list[_Takes] = []  # the place that is left by each character
        self._stays: list[_Takes | None] = [None]  # the characters that leave each place where it is
        self._skips = 0  # the places from which one that is two further on is reached for nothing
        segments = _segments(text)
        for number, segment in enumerate(segments, 1):
            self._add(segment, last=number == len(segments))
        self._steps: dict[str, tuple[int, int]] = {}

    def matches(self, path: str) -> bool:
        """Whether all of `path` fits."""
        places, first = self._reach(1), True
        for character in path:
            symbol = _HIDDEN if first and character == "." and not self._hidden else character
            if symbol not in self._steps:
                self._steps[symbol] = self._step(symbol)
            moving, staying = self._steps[symbol]
            places = self._reach((places & moving) << 1 | places & staying)
            if not places:
                return False
            first = character == "/"
        return bool(places >> len(self._takes) & 1)

    def _reach(self, places: int) -> int:
        return places | (places & self._skips) << 2

    def _step(self, symbol: str) -> tuple[int, int]:
        moving = sum(1 << place for place, takes in enumerate(self._takes) if takes(symbol))
        staying = sum(1 << place for place, takes in enumerate(self._stays) if takes is not None and takes(symbol))
        return moving, staying

    def _add(self, segment: str, *, last: bool) -> None:
        if segment == "**":
            self._add_folders(last)
            return
        for takes in _names(segment):
            if takes is None:
                self._stays[-1] = _in_name
            else:
                self._one(takes)
        if not last:
            self._one("/".__eq__)

    def _add_folders(self, last: bool) -> None:
        if not last:
            self._skips |= 1 << len(self._takes)
        self._one(_in_name)
        self._stays[-1] = _anything
        if not last:
            self._one("/".__eq__)

    def _one(self, takes: _Takes) -> None:
        self._takes.append(takes)
        self._stays.append(None)


def alternatives(text: str) -> list[str]:
    """The patterns that one with `{a,b}` stands for; groups may be nested. SandboxRefusal where there are many."""
    done: list[str] = []
    left = [text]
    while left:
        if len(done) + len(left) > _ALTERNATIVES:
            raise SandboxRefusal(
                "bad_request", f"{text[:80]!r} has too many alternatives; give {_ALTERNATIVES} at most"
            )
        pattern = left.pop(0)
        group = _group(pattern)
        if group is None:
            done.append(pattern)
            continue
        start, commas, end = group
        parts = [pattern[at + 1 : to] for at, to in pairwise([start, *commas, end])]
        left = [f"{pattern[:start]}{part}{pattern[end + 1 :]}" for part in parts] + left
    return done


def _group(pattern: str) -> tuple[int, list[int], int] | None:
    """Where the first group with alternatives begins, has its commas and ends."""
    opened: list[tuple[int, list[int]]] = []
    best: tuple[int, list[int], int] | None = None
    for at, character in enumerate(pattern):
        if character == "{":
            opened.append((at, []))
        elif character == "," and opened:
            opened[-1][1].append(at)
        elif character == "}" and opened:
            start, commas = opened.pop()
            if commas and (best is None or start < best[0]):
                best = (start, commas, at)
    return best


def _segments(text: str) -> list[str]:
    """The segments of a pattern; of several `**` in a row one is enough."""
    segments = [segment for segment in text.split("/") if segment not in ("", ".")]
    return [each for each, before in zip(segments, ["", *segments], strict=False) if (each, before) != ("**", "**")]


def _names(segment: str) -> list[_Takes | None]:
    """What each part of a segment takes: one character, or with None any number of them."""
    parts: list[_Takes | None] = []
    at = 0
    while at < len(segment):
        character = segment[at]
        end = segment.find("]", at + 2 + segment.startswith(("[!", "[^"), at)) if character == "[" else -1
        if end > 0:
            parts.append(_member(segment[at + 1 : end]))
            at = end
        elif character == "*":
            parts.append(None)
        else:
            parts.append(_in_name if character == "?" else _exactly(character, begins=at == 0))
        at += 1
    return parts


def _member(text: str) -> _Takes:
    """One character of the set `text`, as it stands between brackets."""
    negative = text[0] in "!^"
    members = text[negative:]
    ranges: list[tuple[str, str]] = []
    at = 0
    while at < len(members):
        end = at + 2 if members[at + 1 : at + 2] == "-" and at + 2 < len(members) else at
        ranges.append((members[at], members[end]))
        at = end + 1

    def takes(symbol: str) -> bool:
        return _in_name(symbol) and any(low <= symbol <= high for low, high in ranges) != negative

    return takes


def _exactly(character: str, *, begins: bool) -> _Takes:
    return frozenset({".", _HIDDEN}).__contains__ if begins and character == "." else character.__eq__


def _in_name(symbol: str) -> bool:
    return symbol not in ("/", _HIDDEN)


def _anything(symbol: str) -> bool:
    return symbol != _HIDDEN
