from __future__ import annotations

import asyncio
import json
from collections.abc import Collection

from pydantic import TypeAdapter, ValidationError

from ..config.pack import Language, Pack
from ..sandboxes import ANALYSIS, BASICS, Command, SandboxRefusal
from ..state.records import Finding, Manifest, Severity
from .base import Found, NotRun, Subject
from .declared import Declared, declares, dependency_findings, known_modules, read_declared
from .findings import finding, worst
from .layout import layout_findings
from .security.semgrep import broken
from .sent import program

_PROGRAM = program(__file__, "inspecting.py")
_SECONDS = 60.0
_MOST = 100
"""Findings that are told of the layout, and of what is declared: a report that nobody reads to its end is no help."""
_ANSWER = TypeAdapter(list[tuple[str, str, int, str, str]] | str)
_ENDINGS: dict[Language, tuple[str, ...]] = {
    "python": (".py", ".pyi"),
    "javascript": (".js", ".mjs", ".cjs", ".jsx"),
    "typescript": (".ts", ".mts", ".cts"),
    "tsx": (".tsx",),
    "html": (".html", ".htm", ".xhtml"),
    "css": (".css",),
}
"""What ast-grep takes for which language."""
_READ = tuple(ending for endings in _ENDINGS.values() for ending in endings)
_HINTS = {
    "import-undeclared": "declare it where the pack allows it, or do without it",
    "suppressed": "remove the comment, and do what the rule says",
    "unread": "make it smaller, or plain UTF-8 text",
}


class Conventions:
    """The project follows a pack: its layout, its dependencies, its rules, whichever tool reads them.

    An error is a finding that fails the check; what a rule of severity `warning` finds is told in a result that passed.
    """

    name = "conventions"
    blocking = True
    seconds = 120.0

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self.needs = (BASICS, ANALYSIS) if pack.semgrep else (BASICS,)
        self._severities: dict[str, Severity] = {rule.id: rule.severity for rule in pack.rules}
        self._hints = {**_HINTS, **{rule.id: rule.note for rule in pack.rules}}
        self._flows = tuple(rule.rule for rule in pack.semgrep)

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All of them: the layout is of every file. The pack's digest belongs to the ground of what is kept."""
        return manifest

    async def run(self, subject: Subject) -> Found:
        """Compare the manifest and the files that name dependencies, and have the others read in the sandbox."""
        paths = sorted(subject.manifest)
        try:
            placed = list(layout_findings(self.name, self._pack.layout, paths))
        except SandboxRefusal as error:
            raise NotRun(f"the layout of the pack {self._pack.name}: {error}") from error
        declared, unreadable = read_declared(await _texts(subject, [path for path in paths if declares(path)]))
        depends = dependency_findings(self.name, self._pack, declared, unreadable)
        inspected, flows = await asyncio.gather(self._inspected(subject, declared), self.flows(subject))
        return Found([*placed[:_MOST], *depends[:_MOST], *inspected, *flows])

    async def flows(self, subject: Subject) -> list[Finding]:
        """What semgrep finds, where the pack has rules for it. Raises NotRun."""
        return worst(await broken(self.name, self._flows, subject, _SECONDS)) if self._flows else []

    async def _inspected(self, subject: Subject, declared: list[Declared]) -> list[Finding]:
        """What the sandbox finds in the files' text."""
        asked = {
            "files": sorted(path for path in subject.manifest if path.endswith(_READ)),
            "rules": {f"{rule.id}.yml": rule.text for rule in self._pack.rules},
            "advice": sorted(rule for rule, severity in self._severities.items() if severity == "warning"),
            "python": known_modules(self._pack, "python", declared),
            "node": known_modules(self._pack, "node", declared),
        }
        # -I and -S: no file of the project is imported in the place of a module of the standard library.
        argv = ("python", "-I", "-S", "-c", _PROGRAM)
        result = await subject.sandbox.exec(Command(argv, stdin=json.dumps(asked).encode(), timeout=_SECONDS))
        try:
            answer = _ANSWER.validate_json(result.stdout.data)
        except ValidationError as error:
            how = f"did not end within {_SECONDS:g} s" if result.timed_out else f"ended with {result.exit_code}"
            raise NotRun(f"its program {how}: {result.stderr.text[-300:]}") from error
        if isinstance(answer, str):
            raise NotRun(answer)
        return [self._finding(*each) for each in answer]

    def _finding(self, path: str, rule: str, line: int, message: str, source: str) -> Finding:
        severity: Severity = self._severities.get(rule, "error")
        hint = self._hints.get(rule, "")
        return finding(self.name, message, rule=rule, file=path, line=line, detail=source, severity=severity, hint=hint)


async def _texts(subject: Subject, paths: list[str]) -> dict[str, bytes]:
    texts: dict[str, bytes] = {}
    for path, read in (await subject.sandbox.read_many(paths)).items():
        if isinstance(read, SandboxRefusal):
            raise NotRun(f"{path} cannot be read: {read}")
        texts[path] = read
    return texts
