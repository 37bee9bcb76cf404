from __future__ import annotations

import json
import posixpath
from collections.abc import Collection

from pydantic import TypeAdapter, ValidationError

from ..sandboxes import BASICS, Command
from ..state.records import Finding, Manifest
from .base import Found, NotRun, Subject, python_files
from .findings import finding
from .sent import program
from .tests import is_testing

_PROGRAM = """
import contextlib, importlib, io, json, os, sys, traceback
sys.path[:0] = [".", "src"]
here, found = os.getcwd() + os.sep, []
for path, name in json.load(sys.stdin):
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            importlib.import_module(name)
    except BaseException as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(here)]
        place = frames[-1] if frames else None
        where = place.filename[len(here):] if place else path
        found.append([path, where, place.lineno if place else None, f"{type(error).__name__}: {error}"])
sys.__stdout__.write("\\n" + json.dumps(found))
sys.__stdout__.flush()
os._exit(0)
"""

_BORROWING = program(__file__, "borrowing.py")
_FOUND = TypeAdapter(list[tuple[str, str, int | None, str]])
_BORROWED = TypeAdapter(list[tuple[str, int, str]])
_SECONDS = 30.0
_HINT = "move what the program needs to where its code is, and let the tests import it from there"


class Imports:
    """Every module of some files can be imported: what they name exists, and nothing runs away on the way.

    Without any files named it is about all modules of the project's packages, but those of tests; and no file that is
    no test imports one that is there for tests, which is judged by other rules.
    """

    name = "imports"
    blocking = True
    needs = (BASICS,)
    seconds = 60.0

    def __init__(self, files: Collection[str] | None = None) -> None:
        self._files = files

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All of them where one of its files is there: what is imported may read any."""
        return manifest if any(map(module, self._of(manifest))) or self._apart(manifest) else ()

    def _apart(self, manifest: Manifest) -> tuple[list[str], list[str]] | None:
        """What is no test, and what is there for tests; None where there are not both, or others were named."""
        files = python_files(manifest)
        tests = [path for path in files if is_testing(path)]
        others = [path for path in files if not is_testing(path)]
        return (others, tests) if tests and others and self._files is None else None

    def _of(self, manifest: Manifest) -> list[str]:
        if self._files is not None:
            return [path for path in python_files(manifest) if path in self._files]
        packages = {posixpath.dirname(path) for path in manifest if posixpath.basename(path) == "__init__.py"}
        return [path for path in python_files(manifest) if posixpath.dirname(path) in packages and not is_testing(path)]

    async def run(self, subject: Subject) -> Found:
        """Import each module, in one process; what an import starts ends with it."""
        modules = [(path, name) for path in self._of(subject.manifest) if (name := module(path))]
        borrowed = await self._borrowed(subject)
        return Found([*borrowed, *(await self._broken(subject, modules) if modules else ())])

    async def _borrowed(self, subject: Subject) -> list[Finding]:
        apart = self._apart(subject.manifest)
        if apart is None:
            return []
        # -I and -S: no file of the project is imported in the place of a module of the standard library.
        asked = json.dumps({"files": apart[0], "tests": apart[1]}).encode()
        command = Command(("python", "-I", "-S", "-c", _BORROWING), stdin=asked, timeout=_SECONDS)
        result = await subject.sandbox.exec(command)
        try:
            found = _BORROWED.validate_json(result.stdout.data)
        except ValidationError:
            raise NotRun(f"its program ended with {result.exit_code}: {result.stderr.text[-300:]}") from None
        message = "imports {}, which is there for tests and judged by other rules"
        return [
            finding(self.name, message.format(test), rule="borrowed", file=path, line=line, hint=_HINT)
            for path, line, test in found
        ]

    async def _broken(self, subject: Subject, modules: list[tuple[str, str]]) -> list[Finding]:
        command = Command(("python", "-c", _PROGRAM), stdin=json.dumps(modules).encode(), timeout=_SECONDS)
        result = await subject.sandbox.exec(command)
        try:
            found = _FOUND.validate_json(result.stdout.data.rpartition(b"\n")[2])
        except ValidationError:
            why = f"did not end within {_SECONDS:g} s" if result.timed_out else f"ended with {result.exit_code}"
            return [finding(self.name, f"importing {modules[0][0]} and what follows {why}", file=modules[0][0])]
        return [finding(self.name, message, rule=path, file=where, line=line) for path, where, line, message in found]


def module(path: str) -> str | None:
    """The name by which the Python file `path` is imported from the project's root; None where it is a program."""
    parts = path.removeprefix("src/").removesuffix(".py").split("/")
    if parts[-1] in ("__main__", "setup", "conftest") or not all(part.isidentifier() for part in parts):
        return None
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or None
