"""A patch from one version's files to another's, in the format of git: `git apply` and `patch -p1` take it."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

Files = Mapping[str, tuple[bytes, bool]]
"""Path -> bytes, and whether the file is executable."""

_CONTEXT = 3
_MOST_LINES = 20_000
"""Longer changes are shown whole, old and new: comparing them takes too long."""


@dataclass(frozen=True)
class FilePatch:
    """What became of one file; None stands for no file."""

    path: str
    old: tuple[bytes, bool] | None
    new: tuple[bytes, bool] | None

    @property
    def kind(self) -> str:
        """`added`, `removed`, `changed`, or `mode` where only the executable bit changed."""
        if self.old is None:
            return "added"
        if self.new is None:
            return "removed"
        return "mode" if self.old[0] == self.new[0] else "changed"

    @property
    def binary(self) -> bool:
        """Whether it cannot be shown as lines."""
        return any(side is not None and b"\0" in side[0] for side in (self.old, self.new))

    def counts(self) -> tuple[int, int]:
        """Lines added and removed; none for binary files."""
        added = removed = 0
        for hunk in () if self.binary else self._hunks():
            added += sum(line.startswith(b"+") for line in hunk[1:])
            removed += sum(line.startswith(b"-") for line in hunk[1:])
        return added, removed

    def added(self) -> frozenset[int]:
        """The numbers of the lines that are new, from 1; none for binary files."""
        if self.binary:
            return frozenset()
        groups = _groups(*self._sides())
        new = [range(start, end) for group in groups for tag, _, _, start, end in group if tag != "equal"]
        return frozenset(number + 1 for numbers in new for number in numbers)

    def lines(self, *, binary: bool) -> Iterator[bytes]:
        """The patch, each line with its end. `binary`: contents that are no text are in it too, not only named."""
        a, b = _name("a", self.path), _name("b", self.path)
        yield b"diff --git %s %s\n" % (a, b)
        yield from self._modes()
        old, new = (side[0] if side else b"" for side in (self.old, self.new))
        if self.kind == "mode":
            return
        yield b"index %s..%s\n" % (_object(self.old), _object(self.new))
        a, b = (a if self.old else b"/dev/null"), (b if self.new else b"/dev/null")
        if not self.binary:
            hunks = self._hunks()
            if hunks:
                yield b"--- %s%s\n" % (a, _tab(a))
                yield b"+++ %s%s\n" % (b, _tab(b))
            for hunk in hunks:
                yield from hunk
        elif binary:
            yield b"GIT binary patch\n"
            yield from _literal(new)
            yield from _literal(old)
        else:
            yield b"Binary files %s and %s differ\n" % (a, b)

    def _modes(self) -> Iterator[bytes]:
        if self.old is None and self.new is not None:
            yield b"new file mode %s\n" % _mode(self.new)
        elif self.new is None and self.old is not None:
            yield b"deleted file mode %s\n" % _mode(self.old)
        elif self.old and self.new and self.old[1] != self.new[1]:
            yield b"old mode %s\nnew mode %s\n" % (_mode(self.old), _mode(self.new))

    def _sides(self) -> tuple[list[bytes], list[bytes]]:
        return _split(self.old[0]) if self.old else [], _split(self.new[0]) if self.new else []

    def _hunks(self) -> list[list[bytes]]:
        old, new = self._sides()
        return [_hunk(group, old, new) for group in _groups(old, new)]


def patches(old: Files, new: Files) -> list[FilePatch]:
    """What leads from `old` to `new`, sorted by path. Files go before folders of their name come."""
    changed = [path for path in sorted(old.keys() | new.keys()) if old.get(path) != new.get(path)]
    found = [FilePatch(path, old.get(path), new.get(path)) for path in changed]
    return sorted(found, key=lambda patch: patch.new is not None)


def _name(side: str, path: str) -> bytes:
    text = f"{side}/{path}"
    return '"{}"'.format(text.replace('"', '\\"')).encode() if '"' in text else text.encode()


def _tab(name: bytes) -> bytes:
    return b"\t" if b" " in name and not name.startswith(b'"') else b""


def _mode(side: tuple[bytes, bool]) -> bytes:
    return b"100755" if side[1] else b"100644"


def _object(side: tuple[bytes, bool] | None) -> bytes:
    """The id that git gives the content."""
    if side is None:
        return b"0" * 40
    data = side[0]
    return hashlib.sha1(b"blob %d\0%s" % (len(data), data), usedforsecurity=False).hexdigest().encode()


def _split(data: bytes) -> list[bytes]:
    """Lines with their ends, which are line feeds only, as git sees it."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


Group = list[tuple[str, int, int, int, int]]


def _groups(old: list[bytes], new: list[bytes]) -> list[Group]:
    """The changes with context, as `SequenceMatcher.get_grouped_opcodes` gives them."""
    if len(old) + len(new) > _MOST_LINES:
        return [[("replace", 0, len(old), 0, len(new))]] if old != new else []
    return [list(group) for group in SequenceMatcher(None, old, new).get_grouped_opcodes(_CONTEXT)]


def _hunk(group: Group, old: list[bytes], new: list[bytes]) -> list[bytes]:
    first, last = group[0], group[-1]
    lines = [b"@@ -%s +%s @@\n" % (_range(first[1], last[2]), _range(first[3], last[4]))]
    for tag, start, end, new_start, new_end in group:
        if tag == "equal":
            lines += [_line(b" ", line) for line in old[start:end]]
        else:
            lines += [_line(b"-", line) for line in old[start:end]]
            lines += [_line(b"+", line) for line in new[new_start:new_end]]
    return lines


def _range(start: int, end: int) -> bytes:
    length = end - start
    return b"%d,%d" % (start if length == 0 else start + 1, length)


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + b"\n\\ No newline at end of file\n"


def _literal(data: bytes) -> Iterator[bytes]:
    yield b"literal %d\n" % len(data)
    packed = zlib.compress(data)
    for start in range(0, len(packed), 52):
        piece = packed[start : start + 52]
        size = len(piece) + (64 if len(piece) <= 26 else 70)  # A-Z are 1-26, a-z are 27-52
        yield b"%c%s\n" % (size, base64.b85encode(piece, pad=True))
    yield b"\n"
