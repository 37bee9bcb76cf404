"""Runs mypy in the sandbox, over all files at once. Sent as text: it may import only what is sent with it.

The project's settings are not read. A comment that keeps mypy from saying anything at all is taken out first; one that
names what it hides is left.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .telling import Failed, Place, place, python, run_tool, scratch

_HIDES_ALL = re.compile(r"#\s*(type:\s*ignore(?!\s*\[)|mypy:)")
_IMPORTS_SRC = re.compile(rb"^\s*(from|import)\s+src\b", re.MULTILINE)
_OPTIONS = (
    "--config-file=", f"--cache-dir={os.devnull}", "--output=json", "--no-error-summary", "--hide-error-context",
    "--ignore-missing-imports", "--check-untyped-defs", "--allow-redefinition", "--local-partial-types",
    "--explicit-package-bases", "--namespace-packages",
)  # fmt: skip


def scan(asked: Mapping[str, Any]) -> list[Place]:
    """What mypy says of the files; the grade is `error`, `note`, or `stopped` where it looked no further."""
    files: list[str] = asked["files"]
    starred = {path for path in files if _prepared(Path(path))}
    with scratch() as folder:
        command = [*python(asked["tools"], "mypy"), *_OPTIONS, *_plugins(asked, folder)]
        command += ["--python-executable", _interpreter(folder, asked["packages"]), f"@{_listed(folder, files)}"]
        roots = os.pathsep.join(_roots(files))
        said, status = run_tool(command, folder, (0, 1, 2), PYTHONPATH=asked["tools"], MYPYPATH=roots)
    return list(_places(said, starred, stopped=status == 2))


def _prepared(path: Path) -> bool:
    """Take out of a file the comments that hide everything; whether the file imports all names of a module."""
    data = path.read_bytes()
    if b"type:" in data or b"mypy:" in data:
        path.write_bytes(_outspoken(data))
    return re.search(rb"^\s*from\s+\S+\s+import\s*\(?\s*\*", data, re.MULTILINE) is not None


def _outspoken(data: bytes) -> bytes:
    """`data` with a harmless word in each such comment, every line and column as it was."""
    try:
        tokens = [t for t in tokenize.tokenize(io.BytesIO(data).readline) if t.type == tokenize.COMMENT]
    except (tokenize.TokenError, SyntaxError, ValueError):
        return data  # another check's finding
    lines = data.splitlines(keepends=True)
    for token in tokens:
        if _HIDES_ALL.match(token.string):
            row = token.start[0] - 1
            head, _, tail = lines[row].rpartition(token.string.encode())
            lines[row] = head + token.string.replace(":", "-", 1).encode() + tail
    return b"".join(lines)


def _plugins(asked: Mapping[str, Any], folder: Path) -> list[str]:
    """What makes mypy know of models what pydantic knows, where the project uses it."""
    if not Path(asked["packages"], "pydantic").is_dir():
        return []
    settings = folder / "mypy.ini"
    settings.write_text("[mypy]\nplugins = pydantic.mypy\n", encoding="utf-8")
    return [f"--config-file={settings}"]


def _interpreter(folder: Path, packages: str) -> str:
    """A Python whose packages are the project's, and not the tools'."""
    program = folder / "python"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={packages} exec {sys.executable} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def _listed(folder: Path, files: Sequence[str]) -> Path:
    listed = folder / "files.txt"
    listed.write_text("".join(f"{Path(path).absolute()}\n" for path in files), encoding="utf-8")
    return listed


def _roots(files: Sequence[str]) -> Iterator[str]:
    """The folders that modules are imported from: `src` too, unless it is imported by that name."""
    is_root = any(path.startswith("src/") for path in files) and "src/__init__.py" not in files
    if is_root and not any(_IMPORTS_SRC.search(Path(path).read_bytes()) for path in files):
        yield str(Path("src").absolute())
    yield str(Path.cwd())


def _places(said: bytes, starred: set[str], *, stopped: bool) -> Iterator[Place]:
    here = f"{Path.cwd()}/"
    for line in said.decode("utf-8", "replace").splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            raise Failed(f"mypy says: {line[:300]}") from None
        path = told["file"].removeprefix(here)
        if not Path(path).is_file() or path.startswith("/"):
            raise Failed(f"mypy says of {told['file']}: {told['message'][:300]}")
        rule = told["code"] or "misc"
        grade = "note" if told["severity"] != "error" or (rule == "name-defined" and path in starred) else "error"
        yield place(path, max(told["line"], 1), rule, "stopped" if stopped else grade, told["message"])
