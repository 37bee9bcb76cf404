"""What generated code may try, by accident or not. Each attack has one safe outcome, and the sandbox goes on working.

Holes of the host are probed with `os.access`, never with a write: a write that got through would hit this machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from slipway.sandboxes import Command, ExecResult, FileContent, Sandbox, SandboxGone, SandboxRefusal

Find = Callable[[str], list[int]]


async def python(sandbox: Sandbox, program: str, timeout: float = 10.0, **env: str) -> ExecResult:
    return await sandbox.exec(Command(("python3", "-c", dedent(program)), timeout=timeout, env=env))


async def seen(sandbox: Sandbox, program: str) -> Any:
    """What a program of the sandbox prints, as JSON."""
    result = await python(sandbox, program)
    assert result.ok, result.stderr.text
    return json.loads(result.stdout.data)


async def works(sandbox: Sandbox) -> bool:
    return (await sandbox.exec(Command(("echo", "still here")))).stdout.text == "still here\n"


async def numbers(sandbox: Sandbox) -> list[int]:
    """The processes that a command of the sandbox sees, its own left out."""
    found = await seen(sandbox, "import os, json; print(json.dumps([n for n in os.listdir('/proc') if n.isdigit()]))")
    return sorted(map(int, found))[:-1]


def lives(pid: int) -> bool:
    """Whether a process of this machine runs; a dead one that nobody has collected does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


# --- too much of something --------------------------------------------------------------------------------------------


async def test_a_fork_bomb_ends_with_its_command(bubblewrap: Sandbox) -> None:
    bomb = """
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
    """
    result = await python(bubblewrap, bomb, timeout=1.0)
    assert result.timed_out or "processes" in result.stderr.text
    assert result.seconds < 8
    assert await numbers(bubblewrap) == [1]


async def test_processes_have_a_number_that_cannot_be_exceeded(bubblewrap: Sandbox) -> None:
    count = await python(
        bubblewrap,
        """
        import os, time
        made = 0
        try:
            while made < 1000:
                if os.fork() == 0:
                    time.sleep(60)
                made += 1
        except OSError as error:
            print(error.errno)
        print(made)
        """,
    )
    assert count.stdout.text == "11\n63\n"


async def test_a_memory_bomb_of_one_process_is_stopped(bubblewrap: Sandbox) -> None:
    result = await python(bubblewrap, "b = []\nwhile True: b.append(bytearray(b'x' * (8 << 20)))")
    assert (result.exit_code, "256 MiB of memory" in result.stderr.text) in ((137, True), (1, False))
    assert await works(bubblewrap)


async def test_a_memory_bomb_of_many_processes_is_stopped(bubblewrap: Sandbox) -> None:
    bomb = """
        import os, time
        for _ in range(20):
            if os.fork() == 0:
                held = bytearray(os.urandom(1 << 20) * 30)
                time.sleep(60)
        time.sleep(60)
    """
    result = await python(bubblewrap, bomb)
    assert (result.exit_code, result.timed_out) == (137, False)
    assert result.stderr.text == "\nthe sandbox ended this command: it used more than 256 MiB of memory\n"
    assert await works(bubblewrap)


async def test_shared_pages_are_counted_once(bubblewrap: Sandbox) -> None:
    """Forked test workers share what their parent loaded; counting it again would kill honest programs."""
    honest = """
        import os, time
        held = bytearray(os.urandom(1 << 20) * 60)
        children = [os.fork() for _ in range(1)]
        for _ in range(9):
            if children[-1] != 0:
                children.append(os.fork())
        time.sleep(0.4)
    """
    result = await python(bubblewrap, honest)
    assert (result.exit_code, result.stderr.text) == (0, "")


async def test_shared_memory_counts_after_its_process_is_gone(bubblewrap: Sandbox) -> None:
    bomb = """
        import ctypes, os, time
        libc = ctypes.CDLL(None)
        libc.shmat.restype = ctypes.c_void_p
        for _ in range(10):
            if os.fork() == 0:
                at = libc.shmat(libc.shmget(0, 50 << 20, 0o1600), None, 0)
                ctypes.memset(at, 1, 50 << 20)
                os._exit(0)
            os.wait()
        time.sleep(60)
    """
    result = await python(bubblewrap, bomb)
    assert (result.exit_code, result.timed_out) == (137, False)


async def test_a_full_workspace_is_an_error_of_the_writer(bubblewrap: Sandbox) -> None:
    result = await bubblewrap.exec(Command(("dd", "if=/dev/zero", "of=big", "bs=1M", "count=200"), timeout=20))
    assert (result.exit_code, "No space left" in result.stderr.text) == (1, True)
    with pytest.raises(SandboxRefusal) as refusal:
        await bubblewrap.write({"more": FileContent(bytes(1 << 20))})
    assert refusal.value.code == "no_space"
    await bubblewrap.remove(["big"])
    await bubblewrap.write({"more": FileContent(b"fits")})
    assert list(await bubblewrap.snapshot()) == ["more"]


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm", "/home/slipway"])
async def test_no_other_place_takes_more_than_its_size(bubblewrap: Sandbox, place: str) -> None:
    script = f"head -c 1G /dev/zero > {place}/big; stat -c %s {place}/big"
    result = await bubblewrap.exec(Command.shell(script, timeout=20))
    assert int(result.stdout.text) <= 128 << 20


async def test_only_four_places_are_writable(bubblewrap: Sandbox) -> None:
    """`/dev/pts` holds the terminals that the kernel makes; nothing else can be put there."""
    walk = """
        import os, json
        found = []
        for folder, folders, _ in os.walk('/'):
            if folder == '/proc':
                folders.clear()
            if os.access(folder, os.W_OK):
                found.append(folder)
        print(json.dumps(sorted(found)))
    """
    assert await seen(bubblewrap, walk) == ["/dev/pts", "/dev/shm", "/home/slipway", "/tmp", "/workspace"]


async def test_too_many_files_end_the_command(bubblewrap: Sandbox) -> None:
    result = await python(bubblewrap, "n = 0\nwhile True:\n    open(f'f{n}', 'w').close(); n += 1")
    assert result.exit_code == 137
    assert result.stderr.text == "\nthe sandbox ended this command: it made more than 2000 files in /workspace\n"
    await bubblewrap.exec(Command.shell("rm -f f*0 f*1 f*2 f*3 f*4; rm -f f*"))
    assert await bubblewrap.snapshot() == {}


async def test_endless_output_is_kept_short(bubblewrap: Sandbox) -> None:
    result = await python(bubblewrap, "import sys; sys.stdout.write('x' * 100_000_000)", timeout=30)
    assert (result.exit_code, result.stdout.size, len(result.stdout.data)) == (0, 100_000_000, 65536)


async def test_sparse_giants_and_deep_folders_do_not_stop_a_snapshot(bubblewrap: Sandbox) -> None:
    deep = "import os\nfor _ in range(3000):\n    os.mkdir('d'); os.chdir('d')\nopen('file', 'w').close()"
    assert (await python(bubblewrap, deep)).ok
    assert await bubblewrap.snapshot() == {}
    await (await bubblewrap.fork()).close()
    assert (await bubblewrap.exec(Command(("truncate", "-s", "1G", "sparse")))).ok
    with pytest.raises(SandboxRefusal) as refusal:
        await bubblewrap.snapshot()
    assert refusal.value.code == "too_large"
    assert await works(bubblewrap)


async def test_rlimits_hold_and_cannot_be_raised(bubblewrap: Sandbox) -> None:
    ask = """
        import json, resource as r
        names = ['CORE', 'FSIZE', 'NOFILE', 'NPROC', 'DATA', 'MEMLOCK', 'MSGQUEUE']
        print(json.dumps({name: r.getrlimit(getattr(r, 'RLIMIT_' + name)) for name in names}))
    """
    limits = {"CORE": 0, "FSIZE": 1 << 30, "NOFILE": 4096, "NPROC": 65, "DATA": 512 << 20, "MEMLOCK": 0, "MSGQUEUE": 0}
    assert await seen(bubblewrap, ask) == {name: [value, value] for name, value in limits.items()}


# --- outliving the command --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("timeout", [0.7, 10.0], ids=["past its timeout", "past its parent"])
async def test_nothing_outlives_its_command(bubblewrap: Sandbox, timeout: float, left: Find) -> None:
    stay = """
        import os, signal, sys, time
        for number in range(1, 32):
            if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD):
                signal.signal(number, signal.SIG_IGN)
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.execvp('sleep', ['sleep', '86399.25'])
        time.sleep(float(os.environ['STAY']))
    """
    result = await python(bubblewrap, stay, timeout=timeout, STAY="30" if timeout < 1 else "0.3")
    assert result.timed_out == (timeout < 1)
    assert result.seconds < 5
    assert left("86399.25") == []
    assert await numbers(bubblewrap) == [1]


async def test_a_descriptor_left_open_does_not_hold_the_result_back(bubblewrap: Sandbox) -> None:
    result = await bubblewrap.exec(Command.shell("echo started; sleep 60 & exit 3", timeout=20))
    assert (result.exit_code, result.stdout.text, result.seconds < 5) == (3, "started\n", True)


async def test_closing_is_prompt_even_while_a_command_runs(bubblewrap: Sandbox, left: Find) -> None:
    running = asyncio.create_task(bubblewrap.exec(Command(("sleep", "86398.25"))))
    while not left("86398.25"):
        await asyncio.sleep(0.01)
    began = time.monotonic()
    await bubblewrap.close()
    assert time.monotonic() - began < 0.5
    assert left("86398.25") == []
    with pytest.raises(SandboxGone):
        await running


async def test_a_cancelled_command_takes_the_sandbox_along(bubblewrap: Sandbox, left: Find) -> None:
    """Nobody knows what a command that was given up has done to the workspace."""
    running = asyncio.create_task(bubblewrap.exec(Command(("sleep", "86397.25"))))
    while not left("86397.25"):
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    with pytest.raises(SandboxGone):
        await bubblewrap.exec(Command(("true",)))
    await bubblewrap.close()
    assert left("86397.25") == []


FRAMEWORK = """
import asyncio, sys
from pathlib import Path
from slipway.sandboxes import Command, open_sandbox

async def main():
    sandbox = await open_sandbox(cache_dir=Path(sys.argv[1]), toolchain=False)
    await sandbox.exec(Command(("sh", "-c", "setsid sleep 86396.25 & sleep 86396.25")))

asyncio.run(main())
"""


async def test_a_killed_framework_leaves_nothing(bubblewrap: Sandbox, tmp_path: Path, left: Find) -> None:
    framework = subprocess.Popen([sys.executable, "-c", FRAMEWORK, str(tmp_path)])
    while len(left(" 86396.25")) < 3:
        assert framework.poll() is None
        await asyncio.sleep(0.02)
    framework.kill()
    framework.wait()
    deadline = time.monotonic() + 1.0
    while left("86396.25") and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    assert left("86396.25") == []


OPENER = """
import asyncio, os, random, signal, sys, time
from slipway.sandboxes import Limits
from slipway.sandboxes.bubblewrap import open_bubblewrap
from slipway.sandboxes.bubblewrap.programs import find_programs

async def one(limits):
    while True:
        await (await open_bubblewrap(limits, None)).close()

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
    """bubblewrap's child waited for ever for a parent that had died at the wrong moment: 37 left by 100 kills."""
    size = str((1 << 30) + os.getpid())
    opener = await asyncio.create_subprocess_exec(sys.executable, "-c", OPENER, size, stdout=subprocess.PIPE)
    said, _ = await opener.communicate()
    assert said.split() == [b"-9"] * 40
    deadline = time.monotonic() + 2.0
    stages = f'"workspace_bytes": {size}'
    while left(stages) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    assert left(stages) == []


FORKING = """
import asyncio, os, signal, sys, time
from slipway.sandboxes import Limits
from slipway.sandboxes.bubblewrap import open_bubblewrap

async def main():
    sandbox = await open_bubblewrap(Limits(workspace_bytes=int(sys.argv[1])), None)
    worker = os.fork()
    if worker == 0:
        time.sleep(60)
    print(worker, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_process_forked_from_a_killed_framework_keeps_no_sandbox(bubblewrap: Sandbox, left: Find) -> None:
    """A pool's workers outlive it, with copies of its ends of the pipes."""
    size = str((2 << 30) + os.getpid())
    with subprocess.Popen([sys.executable, "-c", FORKING, size], stdout=subprocess.PIPE, text=True) as framework:
        assert framework.stdout is not None
        worker = int(framework.stdout.readline())
        framework.wait()
    deadline = time.monotonic() + 1.0
    stages = f'"workspace_bytes": {size}'
    while left(stages) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    found, alive = left(stages), lives(worker)
    os.kill(worker, signal.SIGKILL)
    assert (found, alive) == ([], True)


async def test_every_stage_dies_with_its_parent(bubblewrap: Sandbox, agents: Callable[[], list[int]]) -> None:
    """The second line, where a process forked from the framework still holds the agent's channel open."""
    [agent] = agents()
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    [outermost] = [pid for pid in map(int, children) if b"--unshare-pid" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(outermost, signal.SIGKILL)
    deadline = time.monotonic() + 1.0
    while lives(agent) and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    assert not lives(agent)
    with pytest.raises(SandboxGone):
        await bubblewrap.exec(Command(("true",)))


# --- seeing and reaching what is not its own --------------------------------------------------------------------------


async def test_the_kernel_knows_it_by_a_uid_that_is_not_root(
    bubblewrap: Sandbox, agents: Callable[[], list[int]]
) -> None:
    """As root without a drop, `/proc/sys` of this machine was writable from inside."""
    [agent] = agents()
    lines = dict(line.split(":\t", 1) for line in Path(f"/proc/{agent}/status").read_text().splitlines())
    uids, gids = lines["Uid"].split(), lines["Gid"].split()
    assert "0" not in uids + gids
    assert (os.geteuid() == 0) == (uids[0] != str(os.geteuid()))
    none = "0000000000000000"
    assert [lines[name] for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")] == [none] * 4 + ["1"]


async def test_two_sandboxes_of_root_have_two_uids(bubblewrap: Sandbox, agents: Callable[[], list[int]]) -> None:
    if os.geteuid() != 0:
        pytest.skip("an ordinary user has one uid")
    fork = await bubblewrap.fork()
    owners = {Path(f"/proc/{agent}/status").read_text().split("Uid:\t")[1].split("\t")[0] for agent in agents()}
    await fork.close()
    assert len(owners) == 2


async def test_nothing_of_proc_is_writable(bubblewrap: Sandbox) -> None:
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


async def test_no_set_uid_program_helps(bubblewrap: Sandbox) -> None:
    """They are there with the machine's /usr, but the mounts and the process say that they mean nothing."""
    options = "import json\nprint(json.dumps([l.split()[3] for l in open('/proc/mounts')]))"
    mounts = await seen(bubblewrap, options)
    assert [mount for mount in mounts if "nosuid" not in mount.split(",")] == []


async def test_there_is_no_way_to_a_network(bubblewrap: Sandbox) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    hidden = socket.socket(socket.AF_UNIX)
    hidden.bind("\0slipway-test-abstract")
    hidden.listen()
    reach = f"""
        import json, socket
        def attempt(family, address):
            with socket.socket(family, socket.SOCK_STREAM) as s:
                s.settimeout(2)
                try:
                    s.connect(address)
                except OSError as error:
                    return error.errno
        routes = open('/proc/net/route').read().splitlines()[1:]
        print(json.dumps([
            attempt(socket.AF_INET, ('1.1.1.1', 80)),
            attempt(socket.AF_INET, ('169.254.169.254', 80)),
            attempt(socket.AF_INET, ('127.0.0.1', {listener.getsockname()[1]})),
            attempt(socket.AF_UNIX, '\\0slipway-test-abstract'),
            routes,
        ]))
    """
    with listener, hidden:
        assert await seen(bubblewrap, reach) == [101, 101, 111, 111, []]


async def test_loopback_works(bubblewrap: Sandbox) -> None:
    """Tests of web applications need it."""
    serve = """
        import socket
        for family, host in ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')):
            server = socket.create_server((host, 0), family=family)
            client = socket.create_connection(server.getsockname()[:2])
            server.accept()
            print(host, socket.gethostbyname('localhost'))
    """
    assert (await python(bubblewrap, serve)).stdout.text == "127.0.0.1 127.0.0.1\n::1 127.0.0.1\n"


# --- the agent --------------------------------------------------------------------------------------------------------


async def test_the_agent_cannot_be_signalled(bubblewrap: Sandbox) -> None:
    attack = "import os, signal\nfor n in signal.valid_signals():\n    os.kill(1, n)\nprint('sent')"
    assert (await python(bubblewrap, attack)).stdout.text == "sent\n"
    assert await works(bubblewrap)


async def test_the_agent_cannot_be_traced_or_read(bubblewrap: Sandbox) -> None:
    attack = """
        import ctypes, json, os
        libc = ctypes.CDLL(None, use_errno=True)
        def attempt(action):
            try:
                return str(action())
            except OSError as error:
                return error.errno
        print(json.dumps([
            *[attempt(lambda: open(f'/proc/1/{n}', 'rb').read()) for n in ('mem', 'environ', 'maps', 'auxv', 'io')],
            *[attempt(lambda: os.listdir(f'/proc/1/{name}')) for name in ('fd', 'fdinfo', 'map_files')],
            *[attempt(lambda: os.open(f'/proc/1/fd/{n}', os.O_RDWR)) for n in range(8)],
            *[(libc.ptrace(request, 1, 0, 0), ctypes.get_errno()) for request in (16, 0x4206)],
        ]))
    """
    found = await seen(bubblewrap, attack)
    assert found[:8] == [13] * 8
    assert set(found[8:16]) == {13}
    assert found[16:] == [[-1, 1], [-1, 1]]


async def test_frames_cannot_be_forged(bubblewrap: Sandbox) -> None:
    """A command that held the agent's channel could answer for it: forged results of tests, forged files."""
    forge = """
        import json, os, struct
        reply = {'id': 1, 'exit': 0, 'out': [0, 0], 'err': [0, 0], 'seconds': 0.0, 'timed_out': False}
        header = json.dumps(reply).encode()
        frame = struct.pack('>II', len(header), 0) + header
        print(sorted(os.listdir('/proc/self/fd')), flush=True)
        for fd in range(256):
            try:
                os.write(fd, frame)
            except OSError:
                pass
        os._exit(9)
    """
    result = await python(bubblewrap, forge)
    assert result.exit_code == 9
    assert result.stdout.text.startswith("['0', '1', '2', '3']\n")  # 3 is the listing itself
    assert await works(bubblewrap)


async def test_a_command_that_eats_its_stdin_slowly_or_not_at_all(bubblewrap: Sandbox) -> None:
    flood = bytes(5_000_000)
    assert (await bubblewrap.exec(Command(("true",), stdin=flood))).ok
    counted = await bubblewrap.exec(Command(("wc", "-c"), stdin=flood))
    assert counted.stdout.text == "5000000\n"


async def test_pipes_sockets_and_devices_are_no_files(bubblewrap: Sandbox) -> None:
    make = "import os, socket\nos.mkfifo('pipe'); socket.socket(socket.AF_UNIX).bind('socket')"
    assert (await python(bubblewrap, make)).ok
    for name in ("pipe", "socket"):
        with pytest.raises(SandboxRefusal) as refusal:
            await bubblewrap.read(name)
        assert refusal.value.code == "not_a_file"
    assert await bubblewrap.snapshot() == {}
    await (await bubblewrap.fork()).close()


async def test_evil_names_stay_out_of_a_snapshot(bubblewrap: Sandbox) -> None:
    names = [b"good.txt", b"\xff\xfe", b"new\nline", b"esc\x1b[0m", b"back\\slash", b"-rf", "bidi\u202e".encode()]
    await bubblewrap.exec(Command.shell("; ".join(f"printf x > \"$(printf '{_octal(name)}')\"" for name in names)))
    assert sorted(await bubblewrap.snapshot()) == ["-rf", "good.txt"]
    fork = await bubblewrap.fork()
    count = await fork.exec(Command.shell("ls -1b | wc -l"))
    await fork.close()
    assert count.stdout.text == f"{len(names)}\n"


def _octal(name: bytes) -> str:
    return "".join(f"\\{byte:03o}" for byte in name)


async def test_a_change_without_a_new_time_is_seen(bubblewrap: Sandbox) -> None:
    """On a tmpfs, writing through a mapping that was read first touches no time stamp; tests are locked by digest."""
    await bubblewrap.write({"test_locked.py": FileContent(b"assert 1 == 2")})
    before = await bubblewrap.snapshot()
    change = """
        import mmap, os
        status = os.stat('test_locked.py')
        with open('test_locked.py', 'r+b') as file, mmap.mmap(file.fileno(), 0) as view:
            view[0]
            view[12:13] = b'1'
        changed = os.stat('test_locked.py')
        print((status.st_mtime_ns, status.st_ctime_ns) == (changed.st_mtime_ns, changed.st_ctime_ns))
    """
    assert (await python(bubblewrap, change)).ok
    assert await bubblewrap.read("test_locked.py") == b"assert 1 == 1"
    assert await bubblewrap.snapshot() != before


async def test_closed_folders_close_nothing_for_us(bubblewrap: Sandbox) -> None:
    script = "mkdir a b c; echo x > a/x; echo x > b/x; echo x > c/x; echo y > y; chmod 000 a; chmod 400 b; chmod 000 ."
    assert (await bubblewrap.exec(Command.shell(script))).ok
    assert sorted(await bubblewrap.snapshot()) == ["c/x", "y"]
    assert await bubblewrap.read("y") == b"y\n"
    fork = await bubblewrap.fork()
    assert sorted(await fork.snapshot()) == ["c/x", "y"]
    await fork.close()


async def test_what_it_prints_cannot_steer_a_terminal(bubblewrap: Sandbox) -> None:
    result = await bubblewrap.exec(Command(("printf", r"\033]0;owned\007\033[2Jplain\302\233")))
    assert result.stdout.text == "]0;owned[2Jplain"


async def test_start_up_files_planted_in_the_workspace_do_not_reach_the_agent(bubblewrap: Sandbox) -> None:
    """The agent is isolated Python: neither the folder nor the home that a command can write to is on its path."""
    planted = FileContent(b"import os; os._exit(1)")
    await bubblewrap.write({"hashlib.py": planted, "json.py": planted, "sitecustomize.py": planted})
    assert len(await bubblewrap.snapshot()) == 3
    assert await works(bubblewrap)
