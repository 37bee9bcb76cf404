from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from ..sandboxes import SandboxRefusal
from ..sandboxes.files import read_text, write_text
from .base import Arguments, Tool, Workbench
from .edits import Replacement, apply, refuse_gaps
from .parsing import broken
from .paths import file_path, folder_prefix, writable
from .placeholders import left_out

_PYTHON = (".py", ".pyi")
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
    if left_out(args.content):
        refuse_gaps("`content`", args.content, await _existing(bench, path))
    size = await write_text(bench.sandbox, path, args.content)
    return f"wrote {path} ({size} bytes)"


class Edit(Arguments):
    """One of several edits."""

    old: str = Field(min_length=1)
    new: str


def _required_elsewhere(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class EditFile(Arguments):
    """Arguments of `edit_file`: one edit, or several."""

    path: str
    old: str = Field(default="", min_length=1, json_schema_extra=_required_elsewhere)
    new: str = Field(default="", json_schema_extra=_required_elsewhere)
    edits: list[Edit] = Field(default_factory=list[Edit], min_length=1)

    @model_validator(mode="after")
    def _one_or_several(self) -> EditFile:
        given = {"old", "new", "edits"} & self.model_fields_set
        if given not in ({"old", "new"}, {"edits"}):
            raise ValueError("give `old` and `new`, or `edits`")
        return self

    @property
    def replacements(self) -> list[Replacement]:
        """What is to be done, in order."""
        return [Replacement(edit.old, edit.new) for edit in self.edits] or [Replacement(self.old, self.new)]


async def edit_file(bench: Workbench, args: EditFile) -> str:
    """Replace `old` by `new` in a file, or make several `edits`, all or none. `old` must be meant for one place only:
    copy it exactly, with as many lines around it as it takes."""
    path = writable(bench, args.path)
    before = await read_text(bench.sandbox, path)
    edited = apply(path, before, args.replacements)
    await write_text(bench.sandbox, path, edited.text)
    told = [f"edited {path}", *edited.remarks]
    if path.endswith(_PYTHON) and (fault := await broken(bench.sandbox, before, edited.text)):
        told.append(f"the file was valid Python before, and is not now: {fault}; repair that")
    return "; ".join(told)


async def _existing(bench: Workbench, path: str) -> str:
    try:
        return await read_text(bench.sandbox, path)
    except SandboxRefusal:
        return ""


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
