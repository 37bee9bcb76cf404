"""What deepagents asks of a sandbox, as it words it: absolute paths, results that hold an error, no exceptions.

deepagents 0.7 changed what four of these promise, under the same names (`write` replaces a file that is there, `glob`
returns absolute paths of files only and matches names at any depth, `grep` takes a bound, `read` tells its window) and
added `delete`. Which of the two is installed is seen by that.
"""

from __future__ import annotations

import base64
import dataclasses
import io
import itertools
import posixpath
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from deepagents.backends import protocol
from deepagents.backends.protocol import (
    EditResult,
    ExecuteResponse,
    FileData,
    FileDownloadResponse,
    FileInfo,
    FileUploadResponse,
    GlobResult,
    GrepResult,
    LsResult,
    ReadResult,
    WriteResult,
)

from .. import files
from ..base import WORKSPACE, Command, Entry, Sandbox, SandboxRefusal
from ..files import Files
from ..patterns import Pattern, alternatives
from ..requests import PATH_LIMIT, passable
from .elsewhere import Elsewhere
from .turns import Turns

NEWER = hasattr(protocol, "DeleteResult")
"""Whether deepagents 0.7 or newer is installed."""

_LONGEST = 3600.0
"""Seconds of a command that is asked to run without a limit."""
_MATCHES = 10_000
_BYTES = 500 * 1024
"""Of one read."""
_CUT = "\n\n[The rest was left out; continue with a larger offset or a smaller limit.]"
_MEDIA = frozenset({
    ".png", ".jpeg", ".jpg", ".webp", ".gif", ".heic", ".heif", ".mp4", ".mpeg", ".mov", ".avi", ".flv", ".mpg",
    ".webm", ".wmv", ".3gpp", ".wav", ".mp3", ".aiff", ".aac", ".ogg", ".flac", ".pdf", ".ppt", ".pptx",
})  # fmt: skip
"""Suffixes of files that deepagents gives to a model as they are, and not as text."""
_CODES = {
    "file_not_found": "file_not_found",
    "is_directory": "is_directory",
    "outside_workspace": "permission_denied",
    "permission_denied": "permission_denied",
    "not_a_file": "invalid_path",
    "bad_request": "invalid_path",
}

T = TypeVar("T")


class Operations:
    """The methods of a deepagents backend, over one sandbox, in the loop of that sandbox."""

    def __init__(self, sandbox: Sandbox, timeout: float) -> None:
        self._workspace = Turns(sandbox)
        self._elsewhere = Elsewhere(self._workspace)
        self._timeout = timeout

    async def execute(self, command: str, timeout: int | None) -> ExecuteResponse:
        """Run a shell command, its errors among its output; exit code 124 where it took too long."""
        seconds = self._timeout if timeout is None else timeout or _LONGEST
        argv = ("/bin/sh", "-c", 'exec /bin/sh -c "$1" 2>&1', "sh", command)
        try:
            result = await self._workspace.exec(Command(argv, timeout=seconds))
        except SandboxRefusal as refusal:
            return ExecuteResponse(str(refusal), 126)
        late = f"\n[ended after {seconds:g} s: it took too long]" if result.timed_out else ""
        truncated = result.stdout.size > len(result.stdout.data)
        return ExecuteResponse(result.stdout.text + late, result.exit_code, truncated)

    async def ls(self, path: str) -> LsResult:
        """What a folder holds."""
        try:
            tree, place = self._place(path)
            return LsResult(entries=[_info(entry) for entry in await tree.entries(place)])
        except SandboxRefusal as refusal:
            return LsResult(error=f"Path '{path}': {_why(refusal)}")

    async def read(self, path: str, offset: int, limit: int) -> ReadResult:
        """Some lines of a text file, or a small binary file as it is."""
        try:
            tree, place = self._place(path)
            data = await tree.read(place)
        except SandboxRefusal as refusal:
            return ReadResult(error=f"File '{path}': {_why(refusal)}")
        text = None if posixpath.splitext(path)[1].lower() in _MEDIA else _text(data)
        if text is not None:
            return _window(text, max(offset, 0), max(limit, 0))
        if len(data) > _BYTES:
            return ReadResult(error=f"File '{path}': Binary file exceeds maximum preview size of {_BYTES} bytes")
        return ReadResult(file_data=FileData(content=base64.b64encode(data).decode(), encoding="base64"))

    async def write(self, path: str, content: str) -> WriteResult:
        """Create a text file. One that is there is an error before 0.7, and replaced from then on."""
        try:
            tree, place = self._place(path)
            if not NEWER and await _is_there(tree, place):
                return WriteResult(error=f"Error: File already exists: '{path}'")
            await files.write_text(tree, place, content)
        except SandboxRefusal as refusal:
            return WriteResult(error=f"Failed to write file '{path}': {_why(refusal)}")
        return WriteResult(path=path)

    async def edit(self, path: str, old: str, new: str, everywhere: bool) -> EditResult:
        """Replace a text in a file."""
        try:
            tree, place = self._place(path)
            return EditResult(path=path, occurrences=await files.edit(tree, place, old, new, everywhere=everywhere))
        except files.NotOnce as refusal:
            if refusal.count:
                error = (
                    f"String '{old}' appears multiple times ({refusal.count}); use replace_all=True, or {refusal.hint}"
                )
            else:
                error = f"String not found in file: '{old}'; {refusal.hint}"
            return EditResult(error=f"Error: {error}")
        except SandboxRefusal as refusal:
            told = "not found" if refusal.code == "file_not_found" else _why(refusal)
            return EditResult(error=f"Error: File '{path}' {told}")

    async def grep(self, pattern: str, path: str | None, glob: str | None, most: int | None) -> GrepResult:
        """The lines that hold a text."""
        bound = _MATCHES if most is None else max(most, 0)
        try:
            tree, place = self._place(path or WORKSPACE)
            said = await files.grep(tree, pattern, place, glob=glob, literal=True, most=bound)
        except SandboxRefusal as refusal:
            return GrepResult(error=f"Path '{path or WORKSPACE}': {_why(refusal)}")
        result = GrepResult(matches=[{"path": _absolute(m.path), "line": m.line, "text": m.text} for m in said.found])
        if said.total <= len(said.found):
            return result
        if NEWER:
            return _made(GrepResult, matches=result.matches, truncated=True)
        return GrepResult(error=f"{said.total} lines match, too many to tell; narrow the path, the glob or the pattern")

    async def glob(self, pattern: str, path: str | None) -> GlobResult:
        """The files whose path fits; before 0.7 relative to `path`, and folders, too."""
        try:
            tree, place = self._place(path or WORKSPACE)
            if NEWER:
                found = [_info(entry) for entry in await _fitting(tree, pattern, place)]
            else:
                listed = await files.glob(tree, pattern, place, hidden=False)
                found = [_info(entry, below=posixpath.normpath(path or WORKSPACE)) for entry in listed]
        except SandboxRefusal as refusal:
            return GlobResult(error=f"Path '{path or WORKSPACE}': {_why(refusal)}")
        return GlobResult(matches=found)

    async def delete(self, path: str) -> Any:
        """Remove a file, or a folder with all that is in it. NotImplementedError before 0.7."""
        if not NEWER:
            raise NotImplementedError("deepagents has no `delete` before 0.7")
        result: Callable[..., Any] = protocol.DeleteResult  # pyright: ignore[reportAttributeAccessIssue]
        try:
            tree, place = self._place(path)
            await tree.stat(place)
        except SandboxRefusal as refusal:
            told = "not found" if refusal.code == "file_not_found" else _why(refusal)
            return result(error=f"Error: '{path}' {told}")
        done = await self._workspace.exec(Command(("rm", "-rf", "--", posixpath.normpath(path))))
        return result(path=path) if done.ok else result(error=f"Error deleting '{path}': {done.stderr.text.strip()}")

    async def upload(self, given: list[tuple[str, bytes]]) -> list[FileUploadResponse]:
        """Write files, each for itself."""
        return [FileUploadResponse(path, await self._uploaded(path, data)) for path, data in given]

    async def download(self, paths: list[str]) -> list[FileDownloadResponse]:
        """Read files, each for itself."""
        return [await self._downloaded(path) for path in paths]

    async def _uploaded(self, path: str, data: bytes) -> str | None:
        try:
            await files.put(*self._place(path), data)
        except SandboxRefusal as refusal:
            return _code(refusal)
        return None

    async def _downloaded(self, path: str) -> FileDownloadResponse:
        try:
            tree, place = self._place(path)
            return FileDownloadResponse(path, await tree.read(place))
        except SandboxRefusal as refusal:
            return FileDownloadResponse(path, error=_code(refusal))

    def _place(self, path: str) -> tuple[Files, str]:
        """Where an absolute path is found, and under which name: the workspace's own operations can do more."""
        plain = posixpath.normpath(path).replace("//", "/")
        if not path.startswith("/") or len(path) > PATH_LIMIT or not passable(path):
            raise SandboxRefusal("bad_request", f"{path[:80]!r} is not a path; give an absolute one")
        if plain == WORKSPACE or plain.startswith(f"{WORKSPACE}/"):
            return self._workspace, plain[len(WORKSPACE) + 1 :] or "."
        return self._elsewhere, plain


async def _is_there(tree: Files, place: str) -> bool:
    try:
        await tree.stat(place)
    except SandboxRefusal as refusal:
        if refusal.code == "file_not_found":
            return False
        raise
    return True


async def _fitting(tree: Files, pattern: str, place: str) -> list[Entry]:
    """The files that deepagents 0.7 means by a pattern: without a slash a name at any depth, else a path."""
    if ".." in pattern.split("/"):
        raise SandboxRefusal("bad_request", f"{pattern!r} leads out of the folder; give a pattern relative to it")
    tests: list[Callable[[str], bool]] = []
    for each in alternatives(pattern):
        fits = Pattern(each, hidden=False).matches
        tests.append(fits if "/" in each else lambda path, fits=fits: fits(posixpath.basename(path)))
    listed = [entry for entry in await tree.entries(place, deep=True) if entry.kind == "file"]
    return await files.chosen(listed, place, lambda path: any(fits(path) for fits in tests))


def _text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _window(text: str, offset: int, limit: int) -> ReadResult:
    """The lines from `offset` on, at most `limit` and at most `_BYTES`."""
    lines = [line.removesuffix("\n") for line in io.StringIO(text, newline=None)]
    if not limit or not lines:
        return _made(ReadResult, file_data=FileData(content="", encoding="utf-8"), no_lines_requested=not limit)
    if offset >= len(lines):
        return ReadResult(error=f"Line offset {offset} exceeds file length ({len(lines)} lines)")
    wanted = lines[offset : offset + limit]
    sizes = itertools.accumulate(len(line.encode()) + 1 for line in wanted)
    count = max(1, sum(size <= _BYTES for size in sizes))
    content = "\n".join(wanted[:count])
    whole = len(content) <= _BYTES
    end = offset + count
    return _made(
        ReadResult,
        file_data=FileData(
            content=content[:_BYTES] + (_CUT if not whole or (count < len(wanted) and not NEWER) else ""),
            encoding="utf-8",
        ),
        total_lines=len(lines),
        start_line=offset + 1,
        end_line=end,
        next_offset=end if end < len(lines) else None,
    )


def _made(kind: type[T], **given: Any) -> T:
    """A result of deepagents, without the fields that the one installed does not know."""
    known = {field.name for field in dataclasses.fields(cast(Any, kind))}
    return kind(**{name: value for name, value in given.items() if name in known})


def _info(entry: Entry, below: str = "") -> FileInfo:
    path = _absolute(entry.path)
    return FileInfo(
        path=posixpath.relpath(path, below) if below else path,
        is_dir=entry.kind == "folder",
        size=entry.size,
        modified_at=datetime.fromtimestamp(entry.modified, UTC).isoformat(),
    )


def _absolute(path: str) -> str:
    return posixpath.join(WORKSPACE, path)


def _code(refusal: SandboxRefusal) -> str:
    """The protocol's word for what is wrong with a path, or the reason where it has none."""
    return _CODES.get(refusal.code, str(refusal))


def _why(refusal: SandboxRefusal) -> str:
    """The same for a model, which can do more with a reason than with `invalid_path`."""
    code = _code(refusal)
    return str(refusal) if code == "invalid_path" else code
