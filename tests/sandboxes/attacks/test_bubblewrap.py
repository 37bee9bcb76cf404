"""What only bubblewrap's sandboxes can be asked: their stages, their kernel uid, what of the machine they show."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from slipway.sandboxes import Command, Sandbox, SandboxGone

from ...clocks import within

Find = Callable[[str], list[int]]


async def seen(sandbox: Sandbox, program: str) -> Any:
    """What a program of the sandbox prints, as JSON."""
    result = await sandbox.exec(Command(("python3", "-c", dedent(program))))
    assert result.ok, result.stderr.text
    return json.loads(result.stdout.data)


def lives(pid: int) -> bool:
    """Whether a process of this machine runs; a dead one that nobody has collected does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


OPENER = """
import asyncio, os, random, signal, sys, time
from slipway.sandboxes import Limits
from slipway.sandboxes.bubblewrap import open_bubblewrap
from slipway.sandboxes.bubblewrap.programs import find_programs

async def one(limits):
    while True:
        await (await open_bubblewrap(limits)).close()

async def many():
    await asyncio.gather(*[one(Limits(workspace_bytes=int(sys.argv[1]))) for _ in range(4)])

find_programs()
moments = random.Random(20)
for _ in range(40):
    child = os.fork()
    if child == 0:
        asyncio.run(many())
    time.sleep(moments.uniform(0, 0.15))
    os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


async def test_a_framework_that_is_killed_while_it_opens_sandboxes_leaves_nothing(
    bubblewrap: Sandbox, left: Find
) -> None:
    """
    item = "framework killed"
    tries = "SIGKILL of a framework at 40 random moments while it opens four sandboxes at once"
    safe = "no stage of any is left after two seconds"
    """
    # bubblewrap's child waited for ever for a parent that had died at the wrong moment: 37 left by 100 kills.
    size = str((1 << 30) + os.getpid())
    opener = await asyncio.create_subprocess_exec(sys.executable, "-c", OPENER, size, stdout=subprocess.PIPE)
    said, _ = await opener.communicate()
    assert said.split() == [b"-9"] * 40
    stages = f'"workspace_bytes": {size}'
    assert await within(2.0, lambda: not left(stages)), left(stages)


FORKING = """
import asyncio, os, signal, sys, time
from slipway.sandboxes import Limits
from slipway.sandboxes.bubblewrap import open_bubblewrap

async def main():
    sandbox = await open_bubblewrap(Limits(workspace_bytes=int(sys.argv[1])))
    worker = os.fork()
    if worker == 0:
        time.sleep(60)
    print(worker, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_process_forked_from_a_killed_framework_keeps_no_sandbox(bubblewrap: Sandbox, left: Find) -> None:
    """
    item = "framework killed"
    tries = "SIGKILL of a framework whose forked workers hold copies of its ends of the pipes"
    safe = "the sandbox ends with the framework; the worker lives"
    """
    # A pool's workers outlive it, with copies of its ends of the pipes.
    size = str((2 << 30) + os.getpid())
    with subprocess.Popen([sys.executable, "-c", FORKING, size], stdout=subprocess.PIPE, text=True) as framework:
        assert framework.stdout is not None
        worker = int(framework.stdout.readline())
        framework.wait()
    stages = f'"workspace_bytes": {size}'
    gone, alive = await within(1.0, lambda: not left(stages)), lives(worker)
    os.kill(worker, signal.SIGKILL)
    assert (gone, alive) == (True, True), left(stages)


async def test_every_stage_dies_with_its_parent(bubblewrap: Sandbox, agents: Callable[[], list[int]]) -> None:
    """
    item = "framework killed"
    tries = "SIGKILL of the outermost stage alone"
    safe = "the agent ends within a second, and the caller is told"
    """
    # The second line, where a process forked from the framework still holds the agent's channel open.
    [agent] = agents()
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    [outermost] = [pid for pid in map(int, children) if b"--unshare-pid" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(outermost, signal.SIGKILL)
    assert await within(1.0, lambda: not lives(agent))
    with pytest.raises(SandboxGone):
        await bubblewrap.exec(Command(("true",)))


async def test_the_kernel_knows_it_by_a_uid_that_is_not_root(
    bubblewrap: Sandbox, agents: Callable[[], list[int]]
) -> None:
    """
    item = "set-uid"
    tries = "the uid, the groups and the capabilities by which the kernel knows it"
    safe = "not root, none of the caller's where it is root, no capability"
    """
    # As root without a drop, `/proc/sys` of this machine was writable from inside.
    [agent] = agents()
    lines = dict(line.split(":\t", 1) for line in Path(f"/proc/{agent}/status").read_text().splitlines())
    uids, gids = lines["Uid"].split(), lines["Gid"].split()
    assert "0" not in uids + gids
    assert (os.geteuid() == 0) == (uids[0] != str(os.geteuid()))
    none = "0000000000000000"
    assert [lines[name] for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")] == [none] * 4 + ["1"]


async def test_two_sandboxes_of_root_have_two_uids(bubblewrap: Sandbox, agents: Callable[[], list[int]]) -> None:
    """
    item = "another sandbox"
    tries = "two sandboxes of root"
    safe = "two kernel uids"
    """
    if os.geteuid() != 0:
        pytest.skip("an ordinary user has one uid")
    fork = await bubblewrap.fork()
    owners = {Path(f"/proc/{agent}/status").read_text().split("Uid:\t")[1].split("\t")[0] for agent in agents()}
    await fork.close()
    assert len(owners) == 2


async def test_nothing_of_proc_is_writable(bubblewrap: Sandbox) -> None:
    """
    item = "/proc and /sys writes"
    tries = "every file of /proc that is not another process's"
    safe = "none may be written"
    """
    walk = """
        import os, json
        found = []
        for folder, folders, files in os.walk('/proc'):
            if folder == '/proc':
                folders[:] = ['sys', 'self', 'fs', 'irq', 'bus', 'tty', 'acpi', 'driver', 'scsi', '1']
            folders[:] = [name for name in folders if name not in ('task', 'fd', 'root', 'cwd', 'map_files', 'fdinfo')]
            found += [p for p in (os.path.join(folder, name) for name in files)
                      if not os.path.islink(p) and os.access(p, os.W_OK)]
        print(json.dumps(found))
    """
    assert await seen(bubblewrap, walk) == []


async def test_the_machine_is_out_of_sight(
    bubblewrap: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    item = "host files"
    tries = "secrets in the environment and in a file, the root folder, homes, users, host name, control folders"
    safe = "the parts that were bound, and names of its own"
    """
    monkeypatch.setenv("SLIPWAY_TEST_SECRET", "hunter2")
    (tmp_path / "secret").write_text("hunter2")
    look = f"""
        import json, os, pwd, socket
        environments = [open('/proc/self/environ').read()]
        try:
            environments.append(open('/proc/1/environ').read())
        except PermissionError:
            pass
        print(json.dumps({{
            'secret': 'hunter2' in ''.join(environments),
            'file': os.path.exists({str(tmp_path / "secret")!r}),
            'package': os.path.exists({__file__!r}),
            'root': sorted(os.listdir('/')),
            'homes': os.listdir('/home'),
            'home': os.listdir('/home/slipway'),
            'users': [user.pw_name for user in pwd.getpwall()],
            'host': socket.gethostname(),
            'processes': len([n for n in os.listdir('/proc') if n.isdigit()]),
            'control': [p for p in ('/run', '/var/run', '/var/lib', '/sys') if os.path.exists(p)],
            'me': [os.getuid(), os.getgid()],
        }}))
    """
    found = await seen(bubblewrap, look)
    usual = {"bin", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "opt", "proc", "sbin", "tmp", "usr", "var"}
    own = {"workspace", Path(sys.base_prefix).parts[1]}
    assert set(found.pop("root")) <= usual | own
    assert found == {
        "secret": False,
        "file": False,
        "package": False,
        "homes": ["slipway"],
        "home": [],
        "users": ["root", "slipway", "nobody"],
        "host": "sandbox",
        "processes": 2,
        "control": [],
        "me": [10001, 10001],
    }
