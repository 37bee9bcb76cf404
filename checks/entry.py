from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from typing import NamedTuple, cast

from ..sandboxes import BASICS, Command, ExecResult, SandboxRefusal
from ..state.records import Finding, Manifest
from .base import Found, Subject, python_files
from .findings import finding

_SECONDS = 10.0
"""For one program; one that goes on by then has started."""
_MOST = 8
"""Programs that are started."""
_LIMIT = 4000
"""Characters of a traceback."""
_TRACEBACK = "Traceback (most recent call last)"
_PLACE = re.compile(r'File "/workspace/([^"]+)", line (\d+)')
_PYTHON = 'PYTHONPATH=".:src${PYTHONPATH:+:$PYTHONPATH}" exec python "$@"'
"""With the project's own modules, before those that the sandbox provides."""
_SCRIPT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
_LOAD = "import functools, importlib, sys; m, _, f = sys.argv[1].partition(':'); " + (
    "functools.reduce(getattr, f.split('.'), importlib.import_module(m)).__call__"
)


class EntryPoints:
    """Every program of the project starts: its packages' `__main__`, and the commands that `pyproject.toml` declares.

    A package is started with `--help`: whatever it makes of that, it ends in no traceback. A command's function has to
    be there.
    """

    name = "entry"
    blocking = True
    needs = (BASICS,)
    seconds = 120.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All files where there is a program: it may read any."""
        return manifest if _packages(manifest) or ("pyproject.toml" in manifest and python_files(manifest)) else ()

    async def run(self, subject: Subject) -> Found:
        """Start each program; those that go on are ended."""
        packages, (scripts, unread) = _packages(subject.manifest), await _scripts(subject)
        programs = [_Program(f"python -m {n} --help", file, ("-m", n, "--help")) for n, file in packages.items()]
        programs += [_Program(f"the command {n!r}", "pyproject.toml", ("-c", _LOAD, t)) for n, t in scripts.items()]
        findings = [*unread]
        for program in programs[:_MOST]:
            # Of one sandbox's commands, each ends when the next does.
            findings += _fell(program, await subject.sandbox.exec(program.command))
        return Found(findings)


class _Program(NamedTuple):
    said: str
    file: str
    arguments: tuple[str, ...]

    @property
    def command(self) -> Command:
        return Command(("sh", "-c", _PYTHON, "sh", *self.arguments), timeout=_SECONDS)


def _packages(manifest: Manifest) -> dict[str, str]:
    """The packages that can be started, with the file that is run."""
    found: dict[str, str] = {}
    for path in sorted(manifest):
        folder, _, name = path.removeprefix("src/").rpartition("/")
        if name == "__main__.py" and folder and all(part.isidentifier() for part in folder.split("/")):
            found[folder.replace("/", ".")] = path
    return found


async def _scripts(subject: Subject) -> tuple[dict[str, str], list[Finding]]:
    """The commands that `pyproject.toml` declares, and what cannot be read of it."""
    if "pyproject.toml" not in subject.manifest:
        return {}, []
    try:
        text = (await subject.sandbox.read("pyproject.toml")).decode("utf-8")
        declared = cast("object", tomllib.loads(text).get("project", {}))
    except (SandboxRefusal, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return {}, [finding(EntryPoints.name, f"pyproject.toml cannot be read: {error}", file="pyproject.toml")]
    table = cast("object", declared.get("scripts", {})) if isinstance(declared, dict) else {}
    scripts = cast("dict[str, object]", table) if isinstance(table, dict) else {}
    odd = [name for name, target in scripts.items() if not (isinstance(target, str) and _SCRIPT.fullmatch(target))]
    message = "the command {!r} names no function; write it as module:function"
    findings = [finding(EntryPoints.name, message.format(name), file="pyproject.toml") for name in odd]
    return {name: str(target) for name, target in scripts.items() if name not in odd}, findings


def _fell(program: _Program, result: ExecResult) -> list[Finding]:
    text = result.stderr.text
    if result.ok or result.timed_out or _TRACEBACK not in text:
        return []
    places = _PLACE.findall(text)
    path, line = places[-1] if places else (program.file, 0)
    message = f"{program.said} ends in {text.strip().splitlines()[-1]}"
    return [
        finding(EntryPoints.name, message, rule=program.file, file=path, line=int(line) or None, detail=text[-_LIMIT:])
    ]
