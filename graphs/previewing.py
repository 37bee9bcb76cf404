from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ..config import Settings, UsageError
from ..sandboxes import Command, Dependencies, FileContent, Sandbox
from ..sandboxes.previews import Preview, preview
from ..sandboxes.services import Probe, Service, serve
from ..state import Outcome, ProjectStore, RunStore, open_state
from .resources import one_sandbox

PORT = 8000
"""The port that a program is told, in `PORT`; any other that it listens on does, too."""


@dataclass(frozen=True)
class Shown:
    """What a run built, as it runs and answers."""

    outcome: Outcome
    command: str
    service: Service
    preview: Preview


@asynccontextmanager
async def previewing(
    run: str, settings: Settings, *, command: str | None = None, port: int = 0, probe: Probe | None = None
) -> AsyncGenerator[Shown]:
    """Run what `run` built and show it on a loopback port of this machine (`port`; 0: any free one), until left.

    `command`: a shell command in the place of the plan's own. `probe` says when it is ready; by default it has to
    answer HTTP on a port that it opens. What `requirements.txt` and `package.json` ask for is installed first, as far
    as the package gate lets it in (DependenciesRefused). UsageError where there is nothing to start; SandboxRefusal
    `not_ready` where it does not answer; OSError where the port is taken.
    """
    async with open_state(settings) as redis:
        outcome = await RunStore(redis).outcome(run)
        if outcome is None or outcome.version is None:
            raise UsageError(f"run {run!r} has no files yet; `slipway show {run}` says how it stands")
        command = command or outcome.commands.start
        if not command:
            raise UsageError(f"the plan of run {run!r} names no way to start it; give one with --command 'COMMAND'")
        files = await ProjectStore(redis).files(outcome.project, outcome.version)
    async with one_sandbox(settings, needed_by(files)) as sandbox:
        await sandbox.write({path: FileContent(data, executable) for path, (data, executable) in files.items()})
        service = await _served(sandbox, command, probe or Probe())
        async with service, await preview(service, port=port) as shown:
            yield Shown(outcome, command, service, shown)


def needed_by(files: Mapping[str, tuple[bytes, bool]]) -> Dependencies | None:
    """What the files at a project's root say that it depends on; None: on nothing."""
    python, package, lock = (
        files.get(name, (b"", False))[0].decode(errors="replace")
        for name in ("requirements.txt", "package.json", "package-lock.json")
    )
    needed = Dependencies(python, package if '"dependencies"' in package else "", lock)
    return needed or None


async def _served(sandbox: Sandbox, command: str, probe: Probe) -> Service:
    environment = {"PORT": str(probe.port or PORT), "HOST": "127.0.0.1", "PYTHONUNBUFFERED": "1"}
    return await serve(sandbox, Command(("/bin/sh", "-c", command), env=environment), probe)
