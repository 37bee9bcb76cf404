"""Two sandboxes at once: what one uses up is not what the other needs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from textwrap import dedent
from typing import Any

import pytest

from slipway.sandboxes import Command, Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")

USE_UP: Mapping[str, str] = {
    "inotify instances": """
        while libc.inotify_init() >= 0:
            pass
    """,
    "queued signals": """
        import signal
        limit = resource.getrlimit(resource.RLIMIT_SIGPENDING)[0]
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
        value = (ctypes.c_int * 32)(signal.SIGRTMIN, 0, -1)
        for _ in range(limit + 10):
            if libc.syscall(NUMBER, os.getpid(), signal.SIGRTMIN, ctypes.byref(value)) < 0:
                break
    """,
    "pages of pipes": """
        pipes = []
        while len(pipes) < 200:
            pipes.append(os.pipe())
            try:
                fcntl.fcntl(pipes[-1][1], 1031, 1 << 20)
            except OSError:
                break
    """,
    "descriptors in flight": """
        import array, socket
        payload = array.array('i', [0] * 250).tobytes()
        pairs = []
        try:
            while len(pairs) < 500:
                pairs.append(socket.socketpair())
                pairs[-1][0].setblocking(False)
                try:
                    while True:
                        pairs[-1][0].sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, payload)])
                except BlockingIOError:
                    pass
        except OSError:
            pass
    """,
    "terminals": """
        held = []
        try:
            while len(held) < 3800:
                held.append(os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY))
        except OSError:
            pass
    """,
    "processes": """
        try:
            while True:
                if os.fork() == 0:
                    time.sleep(600)
        except OSError:
            pass
    """,
}
NEED: Mapping[str, str] = {
    "inotify instances": "assert libc.inotify_init() >= 0",
    "queued signals": """
        timer = ctypes.c_int()
        assert libc.timer_create(1, None, ctypes.byref(timer)) == 0
    """,
    "pages of pipes": "fcntl.fcntl(os.pipe()[1], 1031, 1 << 20)",
    "descriptors in flight": """
        import array, socket
        one, other = socket.socketpair()
        one.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0] * 200).tobytes())])
    """,
    "terminals": "os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY)",
    "processes": "assert os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)[1] == 0",
}
START = """
import ctypes, fcntl, os, platform, resource, time
libc = ctypes.CDLL(None, use_errno=True)
NUMBER = 129 if platform.machine() == 'x86_64' else 138
"""
CAP = {"processes": "processes", "terminals": "terminals"}
"""Table -> the name in `Caps.enforced` that says that a sandbox has its own; `user_tables` for the rest."""


@pytest.mark.parametrize("table", USE_UP)
async def test_what_one_uses_up_the_other_has(
    request: pytest.FixtureRequest, target: Any, own_sandbox: Sandbox, table: str
) -> None:
    """
    item = "another sandbox"
    tries = "tables of the kernel for a user or for the machine: inotify, signals, pipes, terminals, processes"
    safe = "the other sandbox has its own"
    """
    greedy = START + dedent(USE_UP[table]) + "\nprint('used up', flush=True)\ntime.sleep(600)"
    other = await target.open()
    try:
        async with await own_sandbox.start(Command(("python3", "-c", greedy), timeout=math.inf)) as process:
            assert (await anext(aiter(process))).data == b"used up\n"
            needed = await other.exec(Command(("python3", "-c", START + dedent(NEED[table]))))
        if CAP.get(table, "user_tables") in other.caps.enforced:
            assert needed.ok, needed.stderr.text
        else:
            assert not needed.ok
    finally:
        await other.close()
