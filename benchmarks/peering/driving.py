"""Drives a peer: a process in its own environment does one job after the other, shut into a folder.

bubblewrap gives it a process namespace, so that nothing of it outlives it, and a file system that it cannot change but
for its own folder. The network is the machine's: it has to reach the simulated developer.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from slipway.config.task import Files, Task
from slipway.sandboxes import IGNORED
from slipway.sandboxes.bubblewrap.programs import find_programs

from .base import DEEP, MINI, Left
from .installing import Environments

_DRIVERS = Path(__file__).parent / "drivers"
_PROGRAMS = {MINI: "mini_swe_agent.py", DEEP: "deep_agents.py"}
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
_LINE = 1 << 20
_TOLD = 2000
"""Characters of what a process that died said."""


@dataclass(frozen=True)
class Bounds:
    """What a system may take for one request."""

    calls: int
    """Model calls."""
    seconds: float
    """Wall time."""


class Peer:
    """A peer, a `Team`: a process that does one request after the other, started when it is first asked."""

    def __init__(self, name: str, environments: Environments, folder: Path, bounds: Bounds) -> None:
        """Of the machine it can change `folder` alone, where its projects are."""
        self.name = name
        self._environments = environments
        self._folder = folder
        self._bounds = bounds
        self._process: asyncio.subprocess.Process | None = None

    @asynccontextmanager
    async def at_work(self, task: Task, base_url: str, model: str) -> AsyncGenerator[PeerDesk]:
        """On one project at a time."""
        tools = await asyncio.to_thread(self._environments.tools, task.pack)
        project = self._folder / "project"
        await asyncio.to_thread(laid_out, project, task.start)
        job = {"folder": str(project), "base_url": base_url, "model": model, "calls": self._bounds.calls}
        yield PeerDesk(self, project, job | {"path": f"{tools}:{_SYSTEM_PATH}"})

    async def ended(self, job: Mapping[str, object]) -> tuple[str, str]:
        """How `job` ended, and what was said then; a process that dies or takes too long is an end, too."""
        try:
            return await asyncio.wait_for(self._answer(job), self._bounds.seconds)
        except TimeoutError:
            await self.close()
            return "timeout", f"it took more than {self._bounds.seconds:g} s"

    async def close(self) -> None:
        """End the process, and with it all that it started."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _answer(self, job: Mapping[str, object]) -> tuple[str, str]:
        if self._process is None:
            self._process = await self._started()
        process = self._process
        assert process.stdin and process.stdout, "both are pipes"
        process.stdin.write(json.dumps(job).encode() + b"\n")
        line = await process.stdout.readline()
        if not line:
            await self.close()
            return "died", self._errors().read_text(errors="replace")[-_TOLD:]
        ended = json.loads(line)
        return ended["stopped"], ended["said"]

    async def _started(self) -> asyncio.subprocess.Process:
        python = await asyncio.to_thread(self._environments.peer, self.name)
        program = _DRIVERS / _PROGRAMS[self.name]
        with self._errors().open("wb") as errors:
            return await asyncio.create_subprocess_exec(
                *shut_into(self._folder, self._environments.folder), str(python), str(program),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
                env=_variables(self._folder), limit=_LINE,
            )  # fmt: skip

    def _errors(self) -> Path:
        return self._folder / "stderr.txt"


class PeerDesk:
    """A peer at work on one project."""

    def __init__(self, peer: Peer, project: Path, job: Mapping[str, object]) -> None:
        self._peer = peer
        self._project = project
        self._job = job

    async def ask(self, request: str) -> Left:
        """Have `request` worked on, to its end; the files are left in the project's folder."""
        stopped, said = await self._peer.ended({**self._job, "request": request})
        return Left(stopped, said, await asyncio.to_thread(files_in, self._project))


def shut_into(folder: Path, *readable: Path) -> list[str]:
    """The words before a command that may change `folder` alone, and read `readable` wherever they are.

    SandboxUnavailable where there is no bubblewrap.
    """
    seen = [Path(sys.prefix), _DRIVERS, *readable]
    shown = [word for path in seen if path.exists() for word in ("--ro-bind", str(path), str(path))]
    return [
        str(find_programs()[0].path), "--ro-bind", "/", "/", "--dev", "/dev", "--tmpfs", "/tmp", *shown,
        "--bind", str(folder), str(folder), "--unshare-pid", "--unshare-ipc", "--proc", "/proc", "--die-with-parent",
        "--new-session", "--chdir", str(folder), "--",
    ]  # fmt: skip


def _variables(folder: Path) -> dict[str, str]:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {
        "HOME": str(home),
        "PATH": _SYSTEM_PATH,
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "MSWEA_SILENT_STARTUP": "1",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # it would be fetched else
    }


def laid_out(project: Path, files: Files) -> None:
    """Make `project` anew, with `files` in it."""
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    for path, data in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_bytes(data)


def files_in(project: Path) -> dict[str, bytes]:
    """The files of a project; links, and what tools keep beside them, are none."""
    found: dict[str, bytes] = {}
    for path in sorted(project.rglob("*")):
        place = path.relative_to(project)
        if path.is_file() and not path.is_symlink() and not IGNORED.intersection(place.parts):
            found[place.as_posix()] = path.read_bytes()
    return found
