"""Programs of ours that run on the Node.js of a sandbox, with tools from the layer `NODE`.

A program is sent as text with what it is asked, so that neither is on a command line; it loads its tools by their
place, and writes its answer into a file whose name nobody else knows. Whatever the project prints is no answer.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ...sandboxes import NODE, Command, ExecResult, Sandbox, SandboxRefusal
from ...state.records import CheckResult, Finding, Manifest, Severity
from ..base import NotRun, Subject
from ..findings import finding
from ..sent import program

SCRIPTS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts")
PAGES = (".html", ".htm")
_START = program(__file__, "start.cjs")
_NO_TOOLS, _NO_PROGRAM = 69, 127  # sysexits.h; what a shell says of a program that is not there
_MOST = 100
"""Findings that are told: a report that nobody reads to its end is no help."""
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
) -> CheckResult:
    """The result of `check`, whose program reads files; nothing of the project is executed."""
    started = time.perf_counter()
    try:
        told = await run_program(subject.sandbox, text, asked, seconds)
        found = _read(told)
    except NotRun as error:
        took = time.perf_counter() - started
        return CheckResult(check=check, status="not_run", reason=str(error), seconds=took)
    findings = tuple(_finding(check, each, hints) for each in found)
    return judged(check, findings, started)


def judged(check: str, findings: Sequence[Finding], started: float) -> CheckResult:
    """What `findings` mean: an error fails the check, a warning is only told."""
    status = "failed" if any(each.severity == "error" for each in findings) else "passed"
    kept = sorted(findings, key=lambda each: each.severity != "error")[:_MOST]
    return CheckResult(check=check, status=status, findings=tuple(kept), seconds=time.perf_counter() - started)


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
