from __future__ import annotations

import asyncio
from collections.abc import Mapping

from ..config import Settings
from ..config.packing import find_pack
from ..config.task import Acceptance, Files
from ..sandboxes import Command, ExecResult, FileContent, Sandbox
from ..state import Outcome, ProjectStore, open_state
from .kits import needed
from .resources import one_sandbox

_PROGRAM = "acceptance.py"


async def accept(outcome: Outcome, program: str, settings: Settings) -> ExecResult:
    """Run a hidden acceptance check, a Python program that the agents never saw, on a copy of an outcome's files.

    What the outcome's pack provides is there.
    """
    files = await files_of(outcome, settings)
    pack = await asyncio.to_thread(find_pack, outcome.pack) if outcome.pack else None
    async with one_sandbox(settings, needed(pack)) as sandbox:
        return await accept_files(sandbox, files, {_PROGRAM: program.encode()}, Acceptance(timeout=120))


async def files_of(outcome: Outcome, settings: Settings) -> dict[str, FileContent]:
    """The files that a run left."""
    assert outcome.version is not None, "an outcome with files has a version"
    async with open_state(settings) as redis:
        files = await ProjectStore(redis).files(outcome.project, outcome.version)
    return {path: FileContent(data, executable) for path, (data, executable) in files.items()}


async def accept_files(
    sandbox: Sandbox, files: Mapping[str, FileContent], hidden: Files, check: Acceptance
) -> ExecResult:
    """Run a hidden `check` on `files`, with those that are `hidden` laid over them, in `sandbox`, which is empty.

    What the files may use, such as what their pack provides, is there already. Accepted: the result is `ok`.
    """
    await sandbox.write({**files, **{path: FileContent(data) for path, data in hidden.items()}})
    return await sandbox.exec(Command(check.command, timeout=check.timeout))
