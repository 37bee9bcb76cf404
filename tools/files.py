from __future__ import annotations

from pydantic import Field

from ..sandboxes.files import edit, read_text, write_text
from .base import Arguments, Tool, Workbench
from .paths import file_path, folder_prefix, writable

_SHOWN = 60_000  # characters of a file


class ReadFile(Arguments):
    """Arguments of `read_file`."""

    path: str


async def read_file(bench: Workbench, args: ReadFile) -> str:
    """Read a file of the project."""
    text = await read_text(bench.sandbox, file_path(args.path))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}\n[{len(text) - _SHOWN} more characters]"


class WriteFile(Arguments):
    """Arguments of `write_file`."""

    path: str
    content: str


async def write_file(bench: Workbench, args: WriteFile) -> str:
    """Create a file, or replace it as a whole. Give the complete content: never leave parts out."""
    path = writable(bench, args.path)
    size = await write_text(bench.sandbox, path, args.content)
    return f"wrote {path} ({size} bytes)"


class EditFile(Arguments):
    """Arguments of `edit_file`."""

    path: str
    old: str = Field(min_length=1)
    new: str


async def edit_file(bench: Workbench, args: EditFile) -> str:
    """Replace `old` by `new` in a file. `old` must occur exactly once, whitespace included."""
    path = writable(bench, args.path)
    await edit(bench.sandbox, path, args.old, args.new)
    return f"edited {path}"


class ListFiles(Arguments):
    """Arguments of `list_files`."""

    path: str = "."


async def list_files(bench: Workbench, args: ListFiles) -> str:
    """List the project's files, or those of one folder."""
    prefix = folder_prefix(args.path)
    paths = sorted(path for path in await bench.sandbox.snapshot() if path.startswith(prefix))
    return "\n".join(paths) if paths else "no files"


READ_FILE = Tool("read_file", ReadFile, read_file)
WRITE_FILE = Tool("write_file", WriteFile, write_file, changes_files=True)
EDIT_FILE = Tool("edit_file", EditFile, edit_file, changes_files=True)
LIST_FILES = Tool("list_files", ListFiles, list_files)
