from __future__ import annotations

import asyncio

from ..config import Settings
from ..config.packing import find_pack
from ..sandboxes import Command, ExecResult, FileContent
from ..state import Outcome, ProjectStore, open_state
from .kits import needed
from .resources import one_sandbox

_PROGRAM = "acceptance.py"


async def accept(outcome: Outcome, program: str, settings: Settings) -> ExecResult:
    """Run a hidden acceptance check, a Python program that the agents never saw, on a copy of an outcome's files.

    What the outcome's pack provides is there.
    """
    assert outcome.version is not None, "an outcome with files has a version"
    async with open_state(settings) as redis:
        files = await ProjectStore(redis).files(outcome.project, outcome.version)
    pack = await asyncio.to_thread(find_pack, outcome.pack) if outcome.pack else None
    async with one_sandbox(settings, needed(pack)) as sandbox:
        await sandbox.write({path: FileContent(data, executable) for path, (data, executable) in files.items()})
        await sandbox.write({_PROGRAM: FileContent(program.encode())})
        return await sandbox.exec(Command(("python", _PROGRAM), timeout=120))
