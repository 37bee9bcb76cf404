"""Sandboxes in containers: exactly as tight as they say, refused otherwise, and gone with whoever opened them."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from slipway.sandboxes import (
    Command,
    ExecResult,
    FileContent,
    Limits,
    Sandbox,
    SandboxGone,
    SandboxUnavailable,
)
from slipway.sandboxes.docker import Engine, connect, find_image, listed, open_docker, remove
from slipway.sandboxes.docker.profile import memory_bytes
from slipway.sandboxes.images import Recipe

from ...clocks import pause, until, within

pytestmark = pytest.mark.usefixtures("tidy")

LIMITS = Limits(memory_bytes=256 << 20, processes=64, workspace_bytes=32 << 20, workspace_files=2000)
NAMES = {
    "network", "filesystem", "uid", "processes", "memory", "cpu", "disk", "inodes", "file_size", "seccomp", "pids",
    "nothing_left", "own_files",
}  # fmt: skip


async def python(sandbox: Sandbox, program: str) -> ExecResult:
    return await sandbox.exec(Command(("python3", "-c", dedent(program)), timeout=20))


async def inspected(engine: Engine, run: str) -> dict[str, Any]:
    [one] = [left for left in await listed(engine) if left.run == run]
    return await engine.ask(engine.api.inspect_container, one.id)


async def nothing_left(engine: Engine) -> bool:
    return await listed(engine) == []


# --- as tight as it says ----------------------------------------------------------------------------------------------


async def test_caps_name_what_is_enforced(docker: Sandbox) -> None:
    assert (docker.caps.backend, set(docker.caps.enforced)) == ("docker", NAMES)
    assert "kernel" not in docker.caps.enforced  # runc shares the machine's
    await docker.close()


async def test_the_engine_runs_what_was_asked_for(engine: Engine) -> None:
    """An Engine drops what it does not know without a word, so what it keeps is looked at."""
    sandbox = await open_docker(engine, LIMITS, labels={"slipway.run": "r-1", "team": "blue"})
    found = await inspected(engine, "r-1")
    host = found["HostConfig"]
    image = await find_image(engine)
    assert (found["Image"], found["Mounts"], host["Binds"], host["PortBindings"]) == (image.id, [], None, None)
    assert found["Config"]["Labels"] == {**found["Config"]["Labels"], "slipway": "sandbox", "team": "blue"}
    held = {
        name: host[name] for name in ("Memory", "MemorySwap", "PidsLimit", "NanoCpus", "CapDrop", "NetworkMode", "Init")
    }
    assert held == {
        "Memory": memory_bytes(LIMITS), "MemorySwap": memory_bytes(LIMITS), "PidsLimit": 65, "NanoCpus": 10**9,
        "CapDrop": ["ALL"], "NetworkMode": "none", "Init": False,
    }  # fmt: skip
    assert (host["ReadonlyRootfs"], host["Privileged"], host["AutoRemove"], host["IpcMode"]) == (
        True, False, True, "private",
    )  # fmt: skip
    assert [option.split("=")[0] for option in host["SecurityOpt"]] == ["no-new-privileges", "seccomp"]
    await sandbox.close()


async def test_nothing_of_the_machine_shows(docker: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the environment of this process, nor the kernel's command line, nor the names of its networks."""
    result = await python(
        docker,
        """
        import json, os, pathlib
        read = lambda path: pathlib.Path(path).read_text()
        print(json.dumps({
            "agent": sorted(line.split("=")[0] for line in os.popen("env").read().split()),
            "cmdline": read("/proc/cmdline"), "sys": os.listdir("/sys"),
            "resolv": read("/etc/resolv.conf").split(), "name": os.uname().nodename,
        }))
        """,
    )
    seen = json.loads(result.stdout.data)
    names = seen.pop("agent")
    assert not [name for name in names if name not in {"HOME", "LANG", "PATH", "PWD", "PYTHONDONTWRITEBYTECODE"}]
    assert seen == {"cmdline": "", "sys": [], "resolv": ["nameserver", "127.0.0.1"], "name": "sandbox"}
    await docker.close()


async def test_both_loopbacks_work_and_nothing_else(docker: Sandbox) -> None:
    """Development servers listen on ::1, which an Engine without a network switches off."""
    result = await python(
        docker,
        """
        import socket
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "localhost")):
            server = socket.create_server((host, 0), family=family)
            socket.create_connection(server.getsockname()[:2]).close()
        try:
            socket.create_connection(("192.0.2.1", 80), timeout=2)
        except OSError as error:
            print(error.strerror)
        """,
    )
    assert (result.stdout.text, result.stderr.text) == ("Network is unreachable\n", "")
    await docker.close()


async def test_only_four_places_are_writable(docker: Sandbox) -> None:
    walk = """
        import os
        for folder, folders, _ in os.walk('/'):
            if folder == '/proc':
                folders.clear()
            if os.access(folder, os.W_OK):
                print(folder)
    """
    assert sorted((await python(docker, walk)).stdout.text.split()) == [
        "/dev/shm",
        "/home/slipway",
        "/tmp",
        "/workspace",
    ]
    await docker.close()


@pytest.mark.parametrize(("place", "files"), [("/workspace", 2000), ("/tmp", 10_000), ("/dev/shm", 10_000)])
async def test_the_kernel_counts_files(docker: Sandbox, place: str, files: int) -> None:
    program = f"""
        made = 0
        try:
            while made < 20_000:
                open(f'{place}/f{{made}}', 'w').close(); made += 1
        except OSError as error:
            print(error.errno, made)
    """
    result = await python(docker, program)
    said = result.stdout.text.split()
    assert not said or (said[0], files - 20 < int(said[1]) <= files) == ("28", True)
    assert said or "files" in result.stderr.text  # the watchdog may be first
    await docker.close()


# --- memory -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bomb",
    [
        "b = []\nwhile True: b.append(bytearray(b'x' * (8 << 20)))",
        """
        import os, time
        for _ in range(20):
            if os.fork() == 0:
                held = bytearray(os.urandom(1 << 20) * 30)
                time.sleep(60)
        time.sleep(60)
        """,
        """
        import os
        for place in ("/workspace", "/tmp", "/home/slipway", "/dev/shm"):
            try:
                with open(place + "/big", "wb") as file:
                    while True: file.write(bytes(1 << 20))
            except OSError:
                pass
        held = []
        while True: held.append(bytearray(b'x' * (8 << 20)))
        """,
    ],
    ids=["one process", "many", "files first"],
)
async def test_a_memory_bomb_ends_its_command_with_a_word(docker: Sandbox, bomb: str) -> None:
    """As in every other sandbox: the agent's watchdog is before the kernel, which would say nothing."""
    result = await python(docker, bomb)
    assert (result.exit_code, "256 MiB of memory" in result.stderr.text) in ((137, True), (1, False))
    assert (await python(docker, "print('still here')")).stdout.text == "still here\n"
    await docker.close()


async def test_what_the_kernel_ended_is_told_apart(engine: Engine) -> None:
    sandbox = await open_docker(engine, LIMITS, labels={"slipway.run": "r-oom"})
    found = await inspected(engine, "r-oom")
    # Less than its files may take, so that the agent is the largest process when the kernel looks for one.
    await engine.ask(engine.api.update_container, found["Id"], mem_limit=100 << 20, memswap_limit=100 << 20)
    with pytest.raises(SandboxGone, match="the sandbox ended: it used all the memory that the kernel gives it"):
        await sandbox.exec(Command(("dd", "if=/dev/zero", "of=/tmp/big", "bs=1M", "count=120")))
    await sandbox.close()


async def test_a_killed_container_says_so(engine: Engine) -> None:
    sandbox = await open_docker(engine, LIMITS, labels={"slipway.run": "r-kill"})
    working = asyncio.create_task(sandbox.exec(Command(("sleep", "60"))))
    await asyncio.sleep(0.1)
    found = await inspected(engine, "r-kill")
    await engine.ask(engine.api.kill, found["Id"])
    with pytest.raises(SandboxGone, match="the sandbox ended: its first process ended with status 137"):
        await working
    with pytest.raises(SandboxGone):
        await sandbox.read("a")
    await sandbox.close()


# --- refused ----------------------------------------------------------------------------------------------------------


async def test_a_missing_image_is_refused_with_the_command_that_makes_it(engine: Engine) -> None:
    with pytest.raises(SandboxUnavailable, match=r"has no image 'none:none'; make it with `python -m slipway\.sandb"):
        await open_docker(engine, LIMITS, image="none:none")


async def test_more_processors_than_there_are_is_no_limit(engine: Engine) -> None:
    """The Engine would refuse it; what fits one machine's settings has to open on another."""
    sandbox = await open_docker(engine, replace(LIMITS, cpus=4096.0))
    assert sandbox.caps.enforced["cpu"] == f"the cgroup, as much as {engine.facts.processors} processors do"
    await sandbox.close()


async def test_an_image_is_used_by_its_digest(engine: Engine) -> None:
    image = await find_image(engine)
    sandbox = await open_docker(engine, LIMITS, image=image.id)
    assert (await sandbox.exec(Command(("true",)))).ok
    await sandbox.close()


async def test_an_image_with_volumes_is_refused(engine: Engine) -> None:
    """Each is a writable folder on the machine's disk."""
    made = await engine.ask(engine.api.create_container_from_config, {"Image": Recipe().name, "Cmd": ["true"]})
    conf = {"Volumes": {"/data": {}}}
    await engine.ask(engine.api.commit, made["Id"], repository="slipway-test-volumes", conf=conf)
    await remove(engine, made["Id"])
    with pytest.raises(SandboxUnavailable, match=r"declares volumes \(/data\)"):
        await open_docker(engine, LIMITS, image="slipway-test-volumes")


async def test_an_image_without_python_is_refused_with_the_engines_words(engine: Engine) -> None:
    await engine.ask(engine.api.import_image_from_data, bytes(10240), repository="slipway-test-empty")
    with pytest.raises(SandboxUnavailable, match=r'"python3": executable file not found'):
        await open_docker(engine, LIMITS, image="slipway-test-empty")


async def test_a_runtime_that_the_engine_lacks_is_refused(engine: Engine) -> None:
    with pytest.raises(SandboxUnavailable, match=r"has no runtime 'kata-qemu' .* name it in the Engine's daemon\.json"):
        await open_docker(engine, LIMITS, runtime="kata-qemu")


async def test_a_runtime_must_be_what_its_name_says(engine: Engine) -> None:
    """`runsc` of this Engine is runc: taken at its word, it would pass for a kernel of its own."""
    with pytest.raises(SandboxUnavailable, match=r"the runtime 'runsc' of .* on the machine's own kernel"):
        await open_docker(engine, LIMITS, runtime="runsc")


async def test_a_runtime_with_a_kernel_of_its_own_is_passed_on(engine: Engine) -> None:
    """`kata` of this Engine tells another release of the kernel, all that can be seen of one from inside."""
    sandbox = await open_docker(engine, LIMITS, runtime="kata", labels={"slipway.run": "r-kata"})
    assert sandbox.caps.enforced["kernel"] == "a virtual machine of its own (kata)"
    fork = await sandbox.fork()
    assert fork.caps == sandbox.caps
    await fork.close()
    assert (await inspected(engine, "r-kata"))["HostConfig"]["Runtime"] == "kata"
    await sandbox.close()


# --- gone -------------------------------------------------------------------------------------------------------------


async def test_closing_leaves_no_container(engine: Engine, docker: Sandbox) -> None:
    fork = await docker.fork()
    assert len(await listed(engine)) == 2
    await asyncio.gather(fork.close(), docker.close())
    assert await listed(engine) == []


async def test_a_sandbox_that_is_cancelled_while_it_opens_leaves_nothing(engine: Engine) -> None:
    for delay in (0.0, 0.01, 0.03, 0.1, 0.2):
        opening = asyncio.create_task(open_docker(engine, LIMITS))
        await asyncio.sleep(delay)
        opening.cancel()
        with suppress(asyncio.CancelledError):
            await (await opening).close()
    await pause(0.5)  # what was on its way comes to be
    await until(lambda: nothing_left(engine))


FRAMEWORK = """
import asyncio, sys
from slipway.sandboxes import Command, Limits
from slipway.sandboxes.docker import connect, open_docker

async def main():
    engine = await connect(sys.argv[1])
    made = await asyncio.gather(*[open_docker(engine, Limits()) for _ in range(3)])
    print("open", flush=True)
    await asyncio.gather(*[one.exec(Command(("sh", "-c", "setsid sleep 60 & sleep 60"))) for one in made])

asyncio.run(main())
"""


@pytest.mark.parametrize("moment", [None, 0.6, 0.75, 0.9, 1.05])
async def test_a_killed_framework_leaves_nothing_that_runs(
    engine: Engine, docker_host: str, moment: float | None
) -> None:
    """Killed while it works, or at some moment of opening. A container that was made and not started is listed."""
    with subprocess.Popen([sys.executable, "-c", FRAMEWORK, docker_host], stdout=subprocess.PIPE) as framework:
        assert framework.stdout is not None
        await asyncio.to_thread(framework.stdout.readline) if moment is None else await asyncio.sleep(moment)
        framework.kill()
    await pause(0.5)  # what was on its way comes to be
    allowed = {"created"} if moment is not None else set[str]()

    async def ended() -> bool:
        return {left.state for left in await listed(engine)} <= allowed

    assert await within(2.0, ended), await listed(engine)
    for left in await listed(engine):
        await remove(engine, left.id)


# --- a good neighbour -------------------------------------------------------------------------------------------------


async def test_nothing_blocks_the_event_loop(engine: Engine, docker_host: str) -> None:
    """`langgraph dev` refuses blocking calls in async code."""
    blockbuster = pytest.importorskip("blockbuster")
    with blockbuster.blockbuster_ctx():
        own = await connect(docker_host)
        sandbox = await open_docker(own, LIMITS)
        await sandbox.write({"a": FileContent(b"x" * 300_000)})
        assert len(await sandbox.read("a")) == 300_000
        fork = await sandbox.fork()
        assert list(await fork.snapshot()) == ["a"]
        await fork.close()
        await sandbox.close()
        await own.close()


async def test_many_sandboxes_work_side_by_side(engine: Engine) -> None:
    made = await asyncio.gather(*[open_docker(engine, LIMITS) for _ in range(6)])
    await asyncio.gather(*[one.write({"me": FileContent(str(n).encode())}) for n, one in enumerate(made)])
    results = await asyncio.gather(*[one.exec(Command(("cat", "me"))) for one in made])
    await asyncio.gather(*[one.close() for one in made])
    assert [result.stdout.text for result in results] == [str(n) for n in range(6)]


async def test_no_descriptor_is_left(engine: Engine, docker_host: str) -> None:
    await (await open_docker(engine, LIMITS)).close()
    before = len(list(Path("/proc/self/fd").iterdir()))
    own = await connect(docker_host)
    for _ in range(3):
        await (await open_docker(own, LIMITS)).close()
    await own.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
