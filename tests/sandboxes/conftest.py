from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from slipway.sandboxes import FakeSandbox, Limits, Sandbox, SandboxUnavailable, open_sandbox
from slipway.sandboxes.docker import Engine, connect, open_docker

LIMITS = Limits(memory_bytes=256 << 20, processes=64, workspace_bytes=32 << 20, workspace_files=2000)


async def opened(cache_dir: Path, limits: Limits = LIMITS) -> Sandbox:
    try:
        return await open_sandbox(cache_dir=cache_dir, limits=limits, tools=())
    except SandboxUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture
async def bubblewrap(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A real sandbox, small, without the toolchain."""
    sandbox = await opened(tmp_path)
    yield sandbox
    await sandbox.close()


@pytest.fixture(params=["bubblewrap", "docker", "fake"])
async def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sandbox]:
    """Each kind of sandbox in turn."""
    async with of_kind(request, tmp_path) as made:
        yield made


@asynccontextmanager
async def of_kind(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Sandbox]:
    """The kind that is the parameter of the fixture which asks."""
    engine = await connect(request.getfixturevalue("docker_host")) if request.param == "docker" else None
    if engine is not None:
        made: Sandbox = await open_docker(engine, LIMITS)
    else:
        made = FakeSandbox(limits=LIMITS) if request.param == "fake" else await opened(tmp_path)
    yield made
    await made.close()
    if engine is not None:
        await engine.close()


@pytest.fixture
def agents() -> Callable[[], list[int]]:
    """Finds the agents of this process's sandboxes, by the numbers that the host has for them."""
    return lambda: [pid for pid in descendants(os.getpid()) if is_agent(pid)]


@pytest.fixture
def left() -> Callable[[str], list[int]]:
    """Finds the live processes of this machine whose command line holds a word."""

    def find(word: str) -> list[int]:
        return [pid for pid in pids() if word in command_line(pid) and status(pid).get("State", "Z")[0] not in "ZX"]

    return find


def is_agent(pid: int) -> bool:
    first = len(status(pid).get("NSpid", "").split()) > 1 and status(pid)["NSpid"].split()[-1] == "1"
    return first and '"root": "/workspace"' in command_line(pid)


def pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and int(path.name) != os.getpid()]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def status(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def descendants(pid: int) -> list[int]:
    parents = {child: int(status(child).get("PPid", "0")) for child in pids()}
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found[1:]


@pytest.fixture(params=["bubblewrap", "docker"])
async def real(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sandbox]:
    """Each kind of sandbox that runs programs."""
    async with of_kind(request, tmp_path) as made:
        yield made


@pytest.fixture
async def docker(engine: Engine) -> AsyncIterator[Sandbox]:
    """A real sandbox, small, in a container."""
    sandbox = await open_docker(engine, LIMITS)
    yield sandbox
    await sandbox.close()
