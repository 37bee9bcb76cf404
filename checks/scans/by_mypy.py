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

from .telling import Failed, Place, place, python, run_tool, said, scratch

_HIDES_ALL = re.compile(r"#\s*(type:\s*ignore(?!\s*\[)|mypy:)")
_IMPORTS_SRC = re.compile(rb"^\s*(from|import)\s+src\b", re.MULTILINE)
_STAR = re.compile(rb"^\s*from\s+\S+\s+import\s*\(?\s*\*", re.MULTILINE)
_OPTIONS = (
    "--config-file=", f"--cache-dir={os.devnull}", "--output=json", "--no-error-summary", "--hide-error-context",
    "--ignore-missing-imports", "--check-untyped-defs", "--allow-redefinition", "--local-partial-types",
    "--explicit-package-bases", "--namespace-packages",
)  # fmt: skip

_Told = tuple[str, int, str, str, str]
"""Path, line, code, grade, message."""


def scan(asked: Mapping[str, Any]) -> list[Place]:
    """What mypy says of the files; the grade is `error`, `note`, or `stopped` where it looked no further."""
    written = {path: Path(path).read_bytes() for path in asked["files"]}
    try:
        for path, data in written.items():
            if b"type:" in data or b"mypy:" in data:
                Path(path).write_bytes(_outspoken(data))
        places = list(_in_rounds(asked, list(written)))
    finally:
        for path, data in written.items():
            Path(path).write_bytes(data)
    starred = {path for path, data in written.items() if _STAR.search(data)}
    return [
        place(path, line, rule, "note" if rule == "name-defined" and path in starred else grade, message)
        for path, line, rule, grade, message in places
    ]


def _in_rounds(asked: Mapping[str, Any], files: list[str]) -> Iterator[_Told]:
    """What mypy says of all files: those that it would not take together with others in a round of their own."""
    while files:
        told, stopped, files = _told_of_most(asked, files)
        yield from _read(told, stopped=stopped)


def _told_of_most(asked: Mapping[str, Any], files: list[str]) -> tuple[list[dict[str, Any]], bool, list[str]]:
    """What mypy says, whether it stopped, and which of `files` it would not take: two can have one module's name."""
    passed_over: list[str] = []
    while True:
        told, stopped = _told(asked, files, asked["packages"])
        if not stopped:
            return told, False, passed_over
        if told[0]["message"].startswith("Duplicate module named") and (path := _path(told[0])) in files:
            files.remove(path)
            passed_over.append(path)
        elif any(_path(each) is None for each in told):
            # A dependency's types stopped it: better without any.
            return (*_told(asked, files, None), passed_over)
        else:
            return told, True, passed_over


def _told(asked: Mapping[str, Any], files: Sequence[str], packages: str | None) -> tuple[list[dict[str, Any]], bool]:
    """What mypy says, with the types of what is in `packages`, and whether it stopped."""
    with scratch() as folder:
        command = [*python(asked["tools"], "mypy"), *_OPTIONS]
        if packages is None:
            command.append("--no-site-packages")
        else:
            command += [*_plugins(packages, folder), "--python-executable", _interpreter(folder, packages)]
        roots = os.pathsep.join(_roots(files))
        command.append(f"@{_listed(folder, files)}")
        done = run_tool(command, folder, (0, 1, 2), PYTHONPATH=asked["tools"], MYPYPATH=roots)
    try:
        told = [json.loads(line) for line in done.stdout.decode("utf-8", "replace").splitlines()]
    except ValueError:
        told = []
    if done.returncode and not told:
        raise Failed(f"it ended with {done.returncode}: {said(done)}")
    return told, done.returncode == 2


def _outspoken(data: bytes) -> bytes:
    """`data` with a harmless word in each such comment, every line and column as it was."""
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(data).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return data  # another check's finding
    encoding, lines = tokens[0].string, io.BytesIO(data).readlines()
    for token in tokens:
        if token.type == tokenize.COMMENT and _HIDES_ALL.match(token.string):
            row, comment = token.start[0] - 1, token.string.encode(encoding)
            at = lines[row].rindex(comment)
            lines[row] = lines[row][:at] + comment.replace(b":", b"-", 1) + lines[row][at + len(comment) :]
    return b"".join(lines)


def _plugins(packages: str, folder: Path) -> list[str]:
    """What makes mypy know of models what pydantic knows, where the project uses it."""
    if not Path(packages, "pydantic").is_dir():
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
    inside = {path.split("/")[1] for path in files if path.startswith("src/")}
    is_root = inside and not inside & {"__init__.py", *(path.split("/")[0] for path in files)}
    if is_root and not any(_IMPORTS_SRC.search(Path(path).read_bytes()) for path in files):
        yield str(Path("src").absolute())
    yield str(Path.cwd())


def _path(told: Mapping[str, Any]) -> str | None:
    """The file of the project that it is about; None where it is of another."""
    path = told["file"].removeprefix(f"{Path.cwd()}/")
    return path if not path.startswith("/") and Path(path).is_file() else None


def _read(told: Sequence[Mapping[str, Any]], *, stopped: bool) -> Iterator[_Told]:
    for each in told:
        path, message = _path(each), each["message"]
        if path is None:
            raise Failed(f"mypy says of {each['file']}: {message[:300]}")
        grade = "stopped" if stopped else "error" if each["severity"] == "error" else "note"
        yield path, max(each["line"], 1), each["code"] or "misc", grade, message
