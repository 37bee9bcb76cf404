from __future__ import annotations

import json
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict

from pydantic import TypeAdapter, ValidationError

from ...sandboxes import Command, Sandbox, SandboxRefusal
from ..base import NotRun
from ..sent import program
from .base import Ran, Session

_SUPERVISOR = program(__file__, "supervisor.py")
_PLUGINS = {name: program(__file__, f"{name}.py") for name in ("reporter", "tracing")}
_RAN = TypeAdapter(list[Ran])
_NO_PYTEST = 69
"""How the supervisor ends then: before any session, so that nothing of the project can have brought it about."""
_GRACE = 15.0
"""Seconds that the supervisor may take beside its sessions."""


class SessionsLost(Exception):
    """There is no report: the process that keeps it was ended, or could not start. The message says how it ended."""

    def __init__(self, exit_code: int, output: str) -> None:
        super().__init__(f"the tests' supervisor ended with {exit_code}: {output[-300:]}")
        self.exit_code = exit_code
        self.output = output


async def run_sessions(sandbox: Sandbox, sessions: Sequence[Session], seconds: float) -> list[Ran]:
    """Run `sessions` one after another in `sandbox`, for at most `seconds`; those that did not start are left out.

    Between two sessions the workspace is put back, and what was running is ended. After the last one it may be changed.
    Raises SessionsLost, and NotRun where the sandbox has no pytest.
    """
    report = f".cache/slipway_{secrets.token_hex(8)}.json"
    request = {
        "plugins": {f"slipway_{name}_{secrets.token_hex(4)}": text for name, text in _PLUGINS.items()},
        "report": report,
        "seconds": seconds,
        "sessions": [asdict(session) for session in sessions],
    }
    # -P: no file of the project is imported in the place of a module of the standard library.
    command = Command(
        ("python", "-P", "-c", _SUPERVISOR), stdin=json.dumps(request).encode("ascii"), timeout=seconds + _GRACE
    )
    result = await sandbox.exec(command)
    if result.exit_code == _NO_PYTEST:
        raise NotRun("pytest is not in the sandbox; its toolchain has it")
    try:
        return _RAN.validate_json(await sandbox.read(report))
    except (SandboxRefusal, ValidationError):
        raise SessionsLost(result.exit_code, result.stdout.text + result.stderr.text) from None


@asynccontextmanager
async def forked(sandbox: Sandbox) -> AsyncGenerator[Sandbox]:
    """A fork of `sandbox`, closed at the end."""
    fork = await sandbox.fork()
    try:
        yield fork
    finally:
        await fork.close()
