"""Programs of ours that run on the Node.js of a sandbox, with tools from the layer `NODE`.

A program is sent as text with what it is asked, so that neither is on a command line; it loads its tools by their
place, and writes its answer into a file whose name nobody else knows. Whatever the project prints is no answer.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ...sandboxes import NODE, Command, ExecResult, Sandbox, SandboxRefusal
from ...state.records import Finding, Manifest, Severity
from ..base import Found, NotRun, Subject
from ..findings import finding, worst
from ..sent import program

SCRIPTS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts")
PAGES = (".html", ".htm")
_START = program(__file__, "start.cjs")
_NO_TOOLS, _NO_PROGRAM = 69, 127  # sysexits.h; what a shell says of a program that is not there
_FOUND = TypeAdapter(list[tuple[str, str | None, int | None, str, str, Severity]])


@dataclass(frozen=True)
class Told:
    """How a program ended."""

    answer: bytes | None
    """None where it gave none."""
    result: ExecResult

    @property
    def how(self) -> str:
        """How it ended."""
        return "did not end in time" if self.result.timed_out else f"ended with {self.result.exit_code}"

    @property
    def said(self) -> str:
        """The last of what it printed."""
        return (self.result.stderr.text.strip() or self.result.stdout.text.strip())[-1500:]


async def run_program(sandbox: Sandbox, text: str, asked: Mapping[str, Any], seconds: float) -> Told:
    """Run `text` with what is `asked`. NotRun where the sandbox has no Node.js, or not our tools."""
    answer = f".cache/slipway_{secrets.token_hex(8)}.json"
    said = json.dumps({**asked, "tools": NODE.place, "noTools": _NO_TOOLS, "answer": answer})
    source = f"const asked = JSON.parse({json.dumps(said)});\n{_START}\n{text}"
    result = await sandbox.exec(Command(("node", "-"), stdin=source.encode(), timeout=seconds))
    if result.exit_code == _NO_PROGRAM:
        raise NotRun(
            "the sandbox has no Node.js: install nodejs and npm on this machine, or for Docker make the image with "
            "`python -m slipway.sandboxes.images --node` and name it in sandbox.image"
        )
    if result.exit_code == _NO_TOOLS:
        raise NotRun(f"the sandbox lacks the tools for Node.js ({NODE.holds}): open it with the toolset {NODE.name!r}")
    try:
        return Told(await sandbox.read(answer), result)
    except SandboxRefusal:
        return Told(None, result)


async def inspected(
    check: str, text: str, subject: Subject, asked: Mapping[str, Any], hints: Mapping[str, str], seconds: float
) -> Found:
    """What `check` finds, whose program reads files; nothing of the project is executed. Raises NotRun."""
    told = await run_program(subject.sandbox, text, asked, seconds)
    return Found(worst([_finding(check, each, hints) for each in _read(told)]))


def files_of(manifest: Manifest, endings: tuple[str, ...]) -> list[str]:
    """The files of `manifest` with one of `endings`, sorted."""
    return sorted(path for path in manifest if path.endswith(endings))


def _read(told: Told) -> list[tuple[str, str | None, int | None, str, str, Severity]]:
    try:
        return _FOUND.validate_json(told.answer or b"")
    except ValidationError:
        raise NotRun(f"its program {told.how}: {told.said[-300:]}") from None


def _finding(
    check: str, told: tuple[str, str | None, int | None, str, str, Severity], hints: Mapping[str, str]
) -> Finding:
    path, rule, line, message, source, severity = told
    hint = hints.get(rule or "", "")
    return finding(check, message, rule=rule, file=path, line=line, detail=source, severity=severity, hint=hint)
