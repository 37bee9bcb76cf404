"""What is done with the files of a sandbox, over the few things that every sandbox can do.

Paths are relative to the workspace. What a model can correct is a `SandboxRefusal`, with a message for it.
"""

from __future__ import annotations

import asyncio
import json
import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from ..state.text import encodable
from .base import IGNORED, Command, Entry, ExecResult, FileContent, Output, SandboxError, SandboxRefusal
from .nearest import nearest
from .patterns import Pattern

_SECONDS = 20.0
"""For a search."""
_WIDTH = 300
"""Characters of a line that matches."""
_COUNTED = 1000
"""Occurrences that are counted."""
_PATIENCE = 1000
"""Entries that are looked at before others get a turn."""
_ROW: TypeAdapter[tuple[str, int, str]] = TypeAdapter(tuple[str, int, str])

_SEARCH = """
import json, re, sys
request = json.load(sys.stdin)
wanted = request["pattern"]
found = (lambda line: wanted in line) if request["literal"] else re.compile(wanted).search
total = 0
for path in request["paths"]:
    rows = []
    try:
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                line = line.decode().rstrip("\\r\\n")
                if found(line):
                    rows.append((path, number, line[: request["width"]]))
    except (OSError, UnicodeDecodeError):
        continue
    for row in rows[: max(0, request["most"] - total)]:
        sys.stdout.buffer.write(json.dumps(row, ensure_ascii=False).encode() + b"\\n")
    total += len(rows)
sys.stdout.buffer.write(b"%d\\n" % total)
"""


class Files(Protocol):
    """The part of a `Sandbox` that is needed here."""

    async def exec(self, command: Command) -> ExecResult:
        """See `Sandbox`."""
        ...

    async def read(self, path: str) -> bytes:
        """See `Sandbox`."""
        ...

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """See `Sandbox`."""
        ...

    async def stat(self, path: str) -> Entry:
        """See `Sandbox`."""
        ...

    async def entries(self, path: str = ".", *, deep: bool = False) -> Sequence[Entry]:
        """See `Sandbox`."""
        ...


class NotOnce(SandboxRefusal):
    """The text to be replaced does not occur exactly once."""

    def __init__(self, path: str, count: int, hint: str) -> None:
        many = f"{count} or more" if count == _COUNTED else count
        super().__init__("bad_request", f"`old` occurs {many} times in {path}, not once; {hint}")
        self.count = count
        """How often it occurs."""
        self.hint = hint
        """What to do about it."""


@dataclass(frozen=True)
class Match:
    """A line that matches."""

    path: str
    line: int
    """Its number, from 1."""
    text: str
    """What it says, of a long line the beginning; untrusted, as it stands in the file."""


@dataclass(frozen=True)
class Matches:
    """What a search found, by path and line."""

    found: tuple[Match, ...]
    total: int
    """Lines that match in all; more than `len(found)` where not all are told."""


async def read_text(sandbox: Files, path: str) -> str:
    """The text of a UTF-8 file. Refusals: those of `read`, and `not_a_file` for one that is not text."""
    try:
        return (await sandbox.read(path)).decode()
    except UnicodeDecodeError:
        raise SandboxRefusal("not_a_file", f"{path} is not a text file") from None


async def write_text(sandbox: Files, path: str, text: str) -> int:
    """Create a file, or replace it as a whole; one that is executable stays so. Returns the number of bytes."""
    data = encodable(text).encode()
    await put(sandbox, path, data)
    return len(data)


async def put(sandbox: Files, path: str, data: bytes) -> None:
    """As `write_text`, with bytes."""
    await sandbox.write({path: FileContent(data, await _executable(sandbox, path))})


async def edit(sandbox: Files, path: str, old: str, new: str, *, everywhere: bool = False) -> int:
    """Replace `old` by `new` in a text file, and return how often.

    `old` must occur exactly once, or at least once where `everywhere` says so, white space included; where the file's
    lines end in CRLF, those of `old` and `new` may end in LF. The file is replaced atomically and stays executable.
    Refusals: those of `read_text`; `NotOnce` where `old` does not occur, with the nearest lines, and where it occurs
    more than once, with the count.
    """
    text = await read_text(sandbox, path)
    if "\r\n" in text and old not in text and "\r" not in old:
        old, new = old.replace("\n", "\r\n"), new.replace("\r\n", "\n").replace("\n", "\r\n")
    count = _count(text, old)
    if not count:
        raise NotOnce(path, 0, f"read the file and copy the text exactly{nearest(text, old)}")
    if count > 1 and not everywhere:
        raise NotOnce(path, count, "give more lines around it")
    made = text.count(old)
    await write_text(sandbox, path, text.replace(old, new))
    return made


async def glob(sandbox: Files, pattern: str, path: str = ".", *, hidden: bool = True) -> list[Entry]:
    """Everything below the folder `path` whose path from there fits `pattern`, sorted by path; see `Pattern`.

    Names that are never part of a version (`IGNORED`) are left out; nothing is found in a folder that is not there.
    Refusals: `bad_request` for what is no pattern or leads out of `path`.
    """
    base, rest = _fixed(pattern, path)
    matches = Pattern(rest, hidden=hidden).matches
    try:
        listed = await sandbox.entries(base, deep=rest == "**" or "/" in rest)
    except SandboxRefusal as refusal:
        if refusal.code == "file_not_found":
            return []
        raise
    return await chosen([entry for entry in listed if _versioned(entry)], base, matches)


async def grep(
    sandbox: Files, pattern: str, path: str = ".", *, glob: str | None = None, literal: bool = False, most: int = 100
) -> Matches:
    """The lines that match a regular expression (Python's), or that hold `pattern` where it is `literal`.

    Searched are the UTF-8 files below the folder `path`, or the file `path`, without what is never part of a version.
    `glob` chooses among them: by name, or where it has a slash by the path from `path`. At most `most` lines come back.
    The pattern is untrusted and may not end, so it is matched by a command in the sandbox, against a clock.
    Refusals: `busy`; `bad_request` for a pattern that is none or takes too long.
    """
    paths = await _searched(sandbox, path, glob)
    request = {"pattern": pattern, "paths": paths, "literal": literal, "most": most, "width": _WIDTH}
    stdin = json.dumps(request).encode()
    result = await sandbox.exec(Command(("python", "-I", "-S", "-c", _SEARCH), stdin=stdin, timeout=_SECONDS))
    if not result.ok:
        why = "took too long" if result.timed_out else result.stderr.text.strip().rpartition("\n")[2]
        raise SandboxRefusal("bad_request", f"the pattern {pattern!r} cannot be searched for: {why}")
    return _matches(result.stdout)


async def chosen(listed: Sequence[Entry], base: str, fits: Callable[[str], bool]) -> list[Entry]:
    """Those of `listed` whose path from the folder `base` fits; others get a turn meanwhile: there may be very many."""
    found: list[Entry] = []
    for start in range(0, len(listed), _PATIENCE):
        found += [entry for entry in listed[start : start + _PATIENCE] if fits(_from(base, entry.path))]
        await asyncio.sleep(0)
    return found


async def _searched(sandbox: Files, path: str, glob: str | None) -> list[str]:
    there = await sandbox.stat(path) if posixpath.normpath(path) != "." else None
    if there is not None and there.kind != "folder":
        return [there.path]
    listed = [entry for entry in await sandbox.entries(path, deep=True) if entry.kind == "file"]
    if glob is not None:
        fits, named = Pattern(glob).matches, "/" not in glob
        listed = await chosen(listed, path, lambda found: fits(posixpath.basename(found) if named else found))
    return [entry.path for entry in listed]


def _fixed(pattern: str, path: str) -> tuple[str, str]:
    """The folder in which everything lies that fits, and the pattern from there."""
    if pattern.startswith("/") or ".." in pattern.split("/"):
        raise SandboxRefusal("bad_request", f"{pattern!r} leads out of {path!r}; give a pattern relative to it")
    base, rest = path, pattern.rstrip("/")
    while "/" in rest and not set("*?[") & set(rest.partition("/")[0]):
        first, _, rest = rest.partition("/")
        base = posixpath.join(base, first)
    return posixpath.normpath(base), rest


def _from(base: str, path: str) -> str:
    """`path`, which lies below `base`, from there."""
    base = posixpath.normpath(base)
    return path if base == "." else path[len(base) :].lstrip("/")


def _versioned(entry: Entry) -> bool:
    return not IGNORED.intersection(entry.path.split("/"))


def _count(text: str, old: str) -> int:
    """How often `old` occurs, those included that overlap, which are ambiguous, too; at most `_COUNTED`."""
    if not old:
        raise SandboxRefusal("bad_request", "`old` is empty; give the text to be replaced")
    count, at = 0, text.find(old)
    while at >= 0 and count < _COUNTED:
        count, at = count + 1, text.find(old, at + 1)
    return count


async def _executable(sandbox: Files, path: str) -> bool:
    try:
        there = await sandbox.stat(path)
    except SandboxRefusal as refusal:
        if refusal.code == "file_not_found":
            return False
        raise
    return there.kind == "file" and there.executable


def _matches(output: Output) -> Matches:
    # Where the middle was dropped, the lines of the head are told, and the last line of the tail.
    whole = len(output.data) == output.size
    head = output.data if whole else output.data[: len(output.data) - len(output.data) // 2]
    try:
        rows = [_ROW.validate_json(row) for row in head.split(b"\n")[: -2 if whole else -1]]
        return Matches(tuple(Match(*row) for row in rows), int(output.data.rstrip().rpartition(b"\n")[2]))
    except (ValidationError, ValueError) as error:
        raise SandboxError("the search in the sandbox gave an answer that does not fit") from error
