from __future__ import annotations

import re

from pydantic import Field

from ..sandboxes import FileContent
from ..state.text import encodable
from .base import Arguments, Tool, ToolRefusal, Workbench
from .paths import file_path, folder_prefix, writable

_SHOWN = 60_000  # characters of a file


class ReadFile(Arguments):
    """Arguments of `read_file`."""

    path: str


async def read_file(bench: Workbench, args: ReadFile) -> str:
    """Read a file of the project."""
    data = await bench.sandbox.read(file_path(args.path))
    text = _decoded(args.path, data)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}\n[{len(text) - _SHOWN} more characters]"


class WriteFile(Arguments):
    """Arguments of `write_file`."""

    path: str
    content: str


async def write_file(bench: Workbench, args: WriteFile) -> str:
    """Create a file, or replace it as a whole. Give the complete content: never leave parts out."""
    path = writable(bench, args.path)
    data = encodable(args.content).encode()
    await bench.sandbox.write({path: FileContent(data, await _executable(bench, path))})
    return f"wrote {path} ({len(data)} bytes)"


class EditFile(Arguments):
    """Arguments of `edit_file`."""

    path: str
    old: str = Field(min_length=1)
    new: str


async def edit_file(bench: Workbench, args: EditFile) -> str:
    """Replace `old` by `new` in a file. `old` must occur exactly once, whitespace included."""
    path = writable(bench, args.path)
    text = _decoded(path, await bench.sandbox.read(path))
    count = len(re.findall(f"(?={re.escape(args.old)})", text))  # overlapping ones are ambiguous, too
    if count != 1:
        hint = "read the file and copy the text exactly" if count == 0 else "give more lines around it"
        raise ToolRefusal(f"`old` occurs {count} times in {path}, not once; {hint}")
    edited = text.replace(args.old, encodable(args.new)).encode()
    await bench.sandbox.write({path: FileContent(edited, await _executable(bench, path))})
    return f"edited {path}"


class ListFiles(Arguments):
    """Arguments of `list_files`."""

    path: str = "."


async def list_files(bench: Workbench, args: ListFiles) -> str:
    """List the project's files, or those of one folder."""
    prefix = folder_prefix(args.path)
    paths = sorted(path for path in await bench.sandbox.snapshot() if path.startswith(prefix))
    return "\n".join(paths) if paths else "no files"


async def _executable(bench: Workbench, path: str) -> bool:
    known = (await bench.sandbox.snapshot()).get(path)
    return known is not None and known.executable


def _decoded(path: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ToolRefusal(f"{path} is not a text file") from error


READ_FILE = Tool("read_file", ReadFile, read_file)
WRITE_FILE = Tool("write_file", WriteFile, write_file, changes_files=True)
EDIT_FILE = Tool("edit_file", EditFile, edit_file, changes_files=True)
LIST_FILES = Tool("list_files", ListFiles, list_files)
