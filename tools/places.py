"""Where a text that a model means stands in a file.

Models copy a place with small differences: other line ends, spaces at the ends of lines, all of it indented more or
less, typographic quotes, newlines written as `\\n`. A place that differs in such ways is taken only where it is the
only one that is meant under all of them together: a refusal costs a turn, a wrong place costs what worked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

from ..state.text import visible

_COUNTED = 1000
"""Places that are looked for."""
_ALIKE = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
}
_KEYBOARD = re.compile(r"[\t\n -~]*")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True)
class Place:
    """A part of a text, and what is to stand there instead."""

    start: int
    end: int
    new: str
    line: int
    """The number of the line, from 1, in which what was looked for begins."""
    but_for: str = ""
    """How it differs from what was looked for; empty where it does not."""

    def put(self, text: str) -> str:
        """`text`, changed."""
        return text[: self.start] + self.new + text[self.end :]


def places(text: str, old: str, new: str) -> list[Place]:
    """Every place of `text` that `old` may mean, with what `new` means there; exact ones only, where there are any."""
    ending = ending_of(text)
    if ending is not None:
        old, new = _ended(old, ending), _ended(new, ending)
    exact = [Place(at, at + len(old), new, line_of(text, at)) for at in occurrences(text, old)]
    return exact or list(_near(text, old, new))


def occurrences(text: str, old: str) -> list[int]:
    """Where `old` begins in `text`, overlapping ones included, for these are ambiguous, too; the first 1,000."""
    found: list[int] = []
    at = text.find(old) if old else -1
    while at >= 0 and len(found) < _COUNTED:
        found.append(at)
        at = text.find(old, at + 1)
    return found


def ending_of(text: str) -> str | None:
    """What every line of `text` ends in; None where they differ."""
    every, crlf = text.count("\n"), text.count("\r\n")
    return "\n" if not crlf else "\r\n" if crlf == every else None


def line_of(text: str, at: int) -> int:
    """The number of the line, from 1, in which the character `at` of `text` stands."""
    return text.count("\n", 0, at) + 1


def plain(text: str) -> str:
    """`text` with typographic characters as those on a keyboard, without what cannot be seen."""
    return _Plain.of(text).text


def _near(text: str, old: str, new: str) -> Iterator[Place]:
    ways = [way(text, *reading) for reading in _readings(old, new) for way in (_by_characters, _by_lines)]
    taken: set[int] = set()
    for found in map(list, ways):
        yield from (place for place in found if place.line not in taken)  # one way's place is another's, too
        taken |= {place.line for place in found}


def _readings(old: str, new: str) -> Iterator[tuple[str, str, str]]:
    """`old` and `new` as they are, and as they were meant if they were escaped once too often."""
    yield old, new, ""
    meant = _unescaped(old)
    if "\n" not in old and meant != old:
        yield meant, new if "\n" in new else _unescaped(new), "escapes"


def _unescaped(text: str) -> str:
    out: list[str] = []
    chars = iter(text)
    for char in chars:
        after = next(chars, "") if char == "\\" else ""
        out.append(_ESCAPES.get(after, char + after) if after else char)
    return "".join(out)


def _ended(text: str, ending: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", ending)


@dataclass(frozen=True)
class _Plain:
    """A text in plain characters, and where each of them came from."""

    text: str
    origin: Sequence[int]

    @classmethod
    def of(cls, text: str) -> _Plain:
        if _KEYBOARD.fullmatch(text):
            return cls(text, range(len(text)))
        table = {char: _ALIKE.get(char, char if visible(char) else "") for char in set(text)}
        kept = [(at, table[char]) for at, char in enumerate(text) if table[char]]
        return cls("".join(char for _, char in kept), [at for at, _ in kept])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the plain characters from `start` to `end`, at least one, came from."""
        return self.origin[start], self.origin[end - 1] + 1


def _by_characters(text: str, old: str, new: str, read: str) -> Iterator[Place]:
    """Places that differ in typographic and invisible characters. What `old` and `new` share stays as it stands."""
    there, wanted, instead = _Plain.of(text), _Plain.of(old), _Plain.of(new)
    head = _shared(wanted.text, instead.text)
    tail = _shared(wanted.text[head:][::-1], instead.text[head:][::-1])
    change = new[slice(*instead.span(head, len(instead.text) - tail))] if len(instead.text) > head + tail else ""
    for at in occurrences(there.text, wanted.text):
        start, end = whole = there.span(at, at + len(wanted.text))
        first, last = at + head, at + len(wanted.text) - tail
        if last > first:
            start, end = there.span(first, last)
        elif first > at:  # something is added behind what stays
            start = end = there.span(at, first)[1]
        else:
            end = start
        typed = "" if text[slice(*whole)] == old else "typographic or invisible characters"
        yield Place(start, end, change, line_of(text, whole[0]), " and ".join(filter(None, (read, typed))))


def _by_lines(text: str, old: str, new: str, read: str) -> Iterator[Place]:
    """Whole lines that differ in the spaces at their ends and, all alike, in their indentation."""
    lines, wanted = _lines(text), _Block.of(old)
    instead = _Block.of(new) if wanted.closed else _Block(_Block.of(new + "\n").lines, closed=False)
    bodies, sought = [plain(line).strip() for line in lines], [plain(line).strip() for line in wanted.lines]
    if not any(sought):
        return
    starts = list(accumulate((len(line) for line in lines), initial=0))
    for at in range(len(lines) - len(sought) + 1):
        if bodies[at] != sought[0] or bodies[at : at + len(sought)] != sought:
            continue
        there = lines[at : at + len(sought)]
        shift = _shift(there, wanted.lines)
        stands = None if shift is None else _rewritten(there, wanted, instead, *shift)
        if stands is not None:
            moved = "indentation" if shift and any(shift) else "spaces at the ends of lines"
            differs = " and ".join(filter(None, (read, moved)))
            yield Place(starts[at], starts[at + len(sought)], stands, at + 1, differs)


def _lines(text: str) -> list[str]:
    # Not `splitlines`, for which form feeds and others end lines, too.
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


@dataclass(frozen=True)
class _Block:
    """Lines without their ends."""

    lines: Sequence[str]
    closed: bool
    """Whether the last of them is ended."""

    @classmethod
    def of(cls, text: str) -> _Block:
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        return cls(lines[:-1], closed=True) if not lines[-1] else cls(lines, closed=False)


def _shift(there: Sequence[str], wanted: Sequence[str]) -> tuple[str, str] | None:
    """What to add before each of the `wanted` lines, and what to remove, to have the indentation of those `there`."""
    pairs = [(_indent(a), _indent(b)) for a, b in zip(there, wanted, strict=True) if b.strip()]
    have, want = pairs[0]
    add = have[: len(have) - len(want)] if have.endswith(want) else ""
    remove = want[: len(want) - len(have)] if want.endswith(have) else ""
    fits = all(b.startswith(remove) and a == add + b[len(remove) :] for a, b in pairs)
    return (add, remove) if fits else None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _rewritten(there: Sequence[str], wanted: _Block, instead: _Block, add: str, remove: str) -> str | None:
    """The lines `there` with `instead` for `wanted`, indented likewise; those that both share stay as they stand.

    None where a line has not the indentation that is to be removed.
    """
    head = _shared(wanted.lines, instead.lines)
    tail = _shared(wanted.lines[head:][::-1], instead.lines[head:][::-1])
    change = instead.lines[head : len(instead.lines) - tail]
    if any(line.strip() and not line.startswith(remove) for line in change):
        return None
    ending = "\r\n" if there[0].endswith("\r\n") else "\n"
    moved = [f"{add}{line[len(remove) :]}{ending}" if line.strip() else f"{line}{ending}" for line in change]
    text = "".join([*there[:head], *moved, *there[len(there) - tail :]])
    joins = wanted.closed and not instead.closed
    return text.removesuffix(ending) if joins or not there[-1].endswith("\n") else text


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items two sequences have in common at their beginnings."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
