"""Attacks on the host's file operations: what stands in the workspace is hostile, and may change at any moment."""

from __future__ import annotations

import asyncio
import math
from textwrap import dedent

import pytest

from slipway.sandboxes import Command, ExecResult, FileContent, Sandbox, SandboxRefusal

pytestmark = pytest.mark.asyncio(loop_scope="module")

RACES = 500
"""How often a race is run; each operation of the agent must be right however it ends."""


async def python(sandbox: Sandbox, program: str, timeout: float = 60.0) -> ExecResult:
    return await sandbox.exec(Command(("python3", "-c", dedent(program)), timeout=timeout))


async def works(sandbox: Sandbox) -> bool:
    return (await sandbox.exec(Command(("echo", "still here")))).stdout.text == "still here\n"


async def refusal(sandbox: Sandbox, path: str) -> str:
    with pytest.raises(SandboxRefusal) as refused:
        await sandbox.read(path)
    return refused.value.code


async def test_a_full_workspace_is_an_error_of_the_writer(sandbox: Sandbox) -> None:
    """
    item = "disk and inode fill"
    tries = "a workspace without a free byte, to which the host then writes"
    safe = "the host's write is refused as a whole; room that is made can be used"
    """
    result = await sandbox.exec(Command(("dd", "if=/dev/zero", "of=big", "bs=1M", "count=200"), timeout=60))
    assert (result.exit_code, "No space left" in result.stderr.text) == (1, True)
    with pytest.raises(SandboxRefusal) as refused:
        await sandbox.write({"more": FileContent(bytes(1 << 20)), "small": FileContent(b"x")})
    assert refused.value.code == "no_space"
    await sandbox.remove(["big"])
    await sandbox.write({"more": FileContent(b"fits")})
    assert list(await sandbox.snapshot()) == ["more"]


async def test_sparse_giants_do_not_stop_a_snapshot(sandbox: Sandbox) -> None:
    """
    item = "sparse giants"
    tries = "a file that says that it has a gigabyte, for the host to read, to digest, to copy"
    safe = "too large for each; the sandbox goes on"
    """
    assert (await sandbox.exec(Command(("truncate", "-s", "1G", "sparse")))).ok
    assert await refusal(sandbox, "sparse") == "too_large"
    with pytest.raises(SandboxRefusal) as refused:
        await sandbox.snapshot()
    assert refused.value.code == "too_large"
    assert await works(sandbox)


async def test_deep_folders_do_not_stop_a_snapshot(sandbox: Sandbox) -> None:
    """
    item = "3,000 nested directories"
    tries = "folders deeper than any path, for the host to list, to digest, to copy"
    safe = "what no version can hold is left out; the sandbox goes on"
    """
    deep = "import os\nfor _ in range(1900):\n    os.mkdir('d'); os.chdir('d')\nopen('file', 'w').close()"
    assert (await python(sandbox, deep)).ok
    assert await sandbox.snapshot() == {}
    await (await sandbox.fork()).close()
    assert await works(sandbox)


@pytest.mark.parametrize("link", ["../outside", "/tmp/outside", "/etc/passwd", "/proc/1/environ", "loop", "missing"])
async def test_links_lead_nowhere(sandbox: Sandbox, link: str) -> None:
    """
    item = "links and swaps under read and write"
    tries = "links out of the workspace, into /proc, to themselves: as file, as folder, under read, write, remove"
    safe = "refused; nothing is written at the other end"
    """
    make = f"echo secret > /tmp/outside; mkdir /tmp/folder; ln -s {link} loop; ln -s /tmp/folder folder"
    assert (await sandbox.exec(Command.shell(make))).ok
    assert await refusal(sandbox, "loop") == "outside_workspace"
    assert await refusal(sandbox, "folder/x") == "outside_workspace"
    with pytest.raises(SandboxRefusal):
        await sandbox.write({"folder/x": FileContent(b"written")})
    with pytest.raises(SandboxRefusal):
        await sandbox.exec(Command(("pwd",), cwd="folder"))
    await sandbox.write({"loop": FileContent(b"a file now")})
    await sandbox.remove(["folder"])
    seen = await sandbox.exec(Command.shell("cat loop; test -L loop || echo; cat /tmp/outside; ls /tmp/folder"))
    assert seen.stdout.text == "a file now\nsecret\n"
    assert list(await sandbox.snapshot()) == ["loop"]


SWAP = """
    import os, sys
    os.makedirs('real'); open('real/f', 'w').write('inside')
    os.makedirs('/tmp/out'); open('/tmp/out/f', 'w').write('OUTSIDE'); open('/tmp/secret', 'w').write('OUTSIDE')
    os.symlink('/tmp/out', 'link'); os.symlink('/tmp/secret', 'filelink'); open('plain', 'w').write('inside')
    os.mkfifo('pipe'); os.rename('real', 'd'); os.rename('plain', 'x')
    print('ready', flush=True)
    libc = __import__('ctypes').CDLL(None)
    swap = lambda a, b: libc.renameat2(-100, a, -100, b, 2)
    while True:
        swap(b'd', b'link'); swap(b'x', b'filelink'); swap(b'd', b'link'); swap(b'x', b'pipe')
        swap(b'x', b'pipe'); swap(b'x', b'filelink'); swap(b'x', b'd'); swap(b'x', b'd')
"""


async def test_files_that_are_swapped_while_the_host_reads_and_writes(sandbox: Sandbox) -> None:
    """
    item = "links and swaps under read and write"
    tries = "files, folders, links and pipes that change places while the host reads, writes and lists 500 times"
    safe = "each operation is refused or concerns the workspace; nothing outside is read or written, and nothing hangs"
    """
    outcomes: set[str] = set()
    async with await sandbox.start(Command(("python3", "-c", dedent(SWAP)), timeout=math.inf)) as swapper:
        assert (await anext(aiter(swapper))).data == b"ready\n"
        for number in range(RACES):
            for path in ("d/f", "x"):
                try:
                    outcomes.add((await sandbox.read(path)).decode())
                except SandboxRefusal as refused:
                    outcomes.add(refused.code)
            try:
                await sandbox.write({f"d/w{number % 20}": FileContent(b"written"), "x2": FileContent(b"y")})
                await sandbox.remove([f"d/w{number % 20}"])
                if number % 50 == 0:
                    await sandbox.snapshot()
                    await sandbox.entries(deep=True)
            except SandboxRefusal as refused:
                outcomes.add(refused.code)
    seen = await sandbox.exec(Command.shell("cat /tmp/out/f /tmp/secret; ls /tmp/out"))
    assert seen.stdout.text == "OUTSIDEOUTSIDEf\n"
    assert "OUTSIDE" not in outcomes
    known = {"", "inside", "file_not_found", "is_directory", "not_a_file", "outside_workspace", "bad_request"}
    assert outcomes <= known
    assert {"inside", "outside_workspace"} <= outcomes


GROW = """
    import os
    os.mkfifo('pipe')
    report = os.open('pipe', os.O_RDWR | os.O_NONBLOCK)
    print('ready', flush=True)
    while True:
        try:
            os.write(report, bytes(4096))
        except BlockingIOError:
            pass
        with open('growing', 'ab') as file:
            file.write(bytes(4096))
        if os.stat('growing').st_size > 8 << 20:
            os.truncate('growing', 0)
        for name in ('a', 'b', 'c'):
            os.makedirs(name, exist_ok=True)
            os.rmdir(name)
"""


async def test_files_that_grow_and_vanish_while_the_host_looks(sandbox: Sandbox) -> None:
    """
    item = "links and swaps under read and write"
    tries = "a file that grows and shrinks, a pipe that always has more, folders that come and go, while the host looks"
    safe = "every look comes to an end"
    """
    async with await sandbox.start(Command(("python3", "-c", dedent(GROW)), timeout=math.inf)) as grower:
        assert (await anext(aiter(grower))).data == b"ready\n"
        async with asyncio.timeout(120):
            for _ in range(50):
                for look in (sandbox.snapshot, sandbox.entries, lambda: sandbox.read("growing")):
                    try:
                        await look()
                    except SandboxRefusal as refused:
                        assert refused.code in ("file_not_found", "bad_request")
            assert await refusal(sandbox, "pipe") == "not_a_file"


async def test_pipes_sockets_and_devices_are_no_files(sandbox: Sandbox) -> None:
    """
    item = "FIFOs and devices as files"
    tries = "a pipe that nobody writes to, a socket, links to devices, where the host expects a file"
    safe = "said at once to be no file; left out of versions and copies"
    """
    make = """
        import os, socket
        os.mkfifo('pipe'); socket.socket(socket.AF_UNIX).bind('socket')
        os.symlink('/dev/zero', 'zero'); os.symlink('/dev/tty', 'tty'); os.symlink('/proc/self/fd/0', 'stdin')
    """
    assert (await python(sandbox, make)).ok
    assert [await refusal(sandbox, name) for name in ("pipe", "socket")] == ["not_a_file"] * 2
    assert [await refusal(sandbox, name) for name in ("zero", "tty", "stdin")] == ["outside_workspace"] * 3
    assert await sandbox.snapshot() == {}
    fork = await sandbox.fork()
    assert await fork.snapshot() == {}
    await fork.close()
    await sandbox.write({"pipe": FileContent(b"a file now")})
    assert await sandbox.read("pipe") == b"a file now"


async def test_evil_names_stay_out_of_a_snapshot(sandbox: Sandbox) -> None:
    """
    item = "evil names"
    tries = "names with lines, escapes, backslashes, bidirectional text; names like options; long ones; `...`"
    safe = "a version holds none that no version may hold; a copy holds them all"
    """
    names = [
        b"good.txt",
        b"new\nline",
        b"esc\x1b[0m",
        b"back\\slash",
        b"-rf",
        b"bidi\xe2\x80\xae",
        b"...",
        b"~",
        b"x" * 255,
    ]
    await make_files(sandbox, names)
    assert sorted(await sandbox.snapshot()) == ["-rf", "...", "good.txt", "x" * 255, "~"]
    assert await count_in_fork(sandbox) == len(names)


async def test_names_that_are_not_utf_8(sandbox: Sandbox) -> None:
    """
    item = "non-UTF-8"
    tries = "names that are no text in any encoding that counts here, and halves of surrogate pairs, encoded"
    safe = "left out of a version, kept in a copy; the listing arrives"
    """
    names = [b"good.txt", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"a\xffb"]
    await make_files(sandbox, names)
    assert sorted(await sandbox.snapshot()) == ["good.txt"]
    assert await count_in_fork(sandbox) == len(names)
    assert "good.txt" in [entry.path for entry in await sandbox.entries()]


async def make_files(sandbox: Sandbox, names: list[bytes]) -> None:
    assert (await python(sandbox, f"for name in {names!r}:\n    open(name, 'w').close()")).ok


async def count_in_fork(sandbox: Sandbox) -> int:
    fork = await sandbox.fork()
    counted = await fork.exec(Command(("python3", "-c", "import os; print(len(os.listdir(b'.')))")))
    await fork.close()
    return int(counted.stdout.text)


async def test_a_change_without_a_new_time_is_seen(sandbox: Sandbox) -> None:
    """
    item = "forged test results"
    tries = "a locked test changed through a mapping, which on a tmpfs touches no time stamp"
    safe = "its digest is another one"
    """
    await sandbox.write({"test_locked.py": FileContent(b"assert 1 == 2")})
    before = await sandbox.snapshot()
    change = """
        import mmap, os
        status = os.stat('test_locked.py')
        with open('test_locked.py', 'r+b') as file, mmap.mmap(file.fileno(), 0) as view:
            view[0]
            view[12:13] = b'1'
        os.utime('test_locked.py', ns=(status.st_atime_ns, status.st_mtime_ns))
    """
    assert (await python(sandbox, change)).ok
    assert await sandbox.read("test_locked.py") == b"assert 1 == 1"
    assert await sandbox.snapshot() != before


async def test_closed_folders_close_nothing_for_us(sandbox: Sandbox) -> None:
    """
    item = "links and swaps under read and write"
    tries = "folders and files that their owner closed to everybody, the workspace among them"
    safe = "the workspace opens again; what else is closed is left out"
    """
    script = "mkdir a b c; echo x > a/x; echo x > b/x; echo x > c/x; echo y > y; chmod 000 a; chmod 400 b; chmod 000 ."
    assert (await sandbox.exec(Command.shell(script))).ok
    assert sorted(await sandbox.snapshot()) == ["c/x", "y"]
    assert await sandbox.read("y") == b"y\n"
    fork = await sandbox.fork()
    assert sorted(await fork.snapshot()) == ["c/x", "y"]
    await fork.close()


OVERLAY = """
    import os
    for name in ('a', 'b', 'c/d'):
        os.makedirs(name); open(f'{name}/file', 'w').write(name)
    values = {'opaque': b'y', 'redirect': b'/../../../etc', 'metacopy': b'', 'origin': b'x', 'whiteout': b'y'}
    for name, value in values.items():
        for attribute in (f'user.overlay.{name}', f'trusted.overlay.{name}'):
            for place in ('a', 'a/file', 'c', 'c/d'):
                try:
                    os.setxattr(place, attribute, value)
                except OSError:
                    pass
    for name in ('.wh.b', '.wh..wh..opq', '.wh..wh.plnk', 'work', '#1'):
        open(name, 'w').write('x')
"""


async def test_a_fork_is_a_copy_whatever_the_files_say(sandbox: Sandbox) -> None:
    """
    item = "links and swaps under read and write"
    tries = "attributes and names by which overlay file systems hide and redirect files, in what forks are made from"
    safe = "a fork, and a fork of that, hold the same files; what one changes the other does not see"
    """
    assert (await python(sandbox, OVERLAY)).ok
    before = await sandbox.snapshot()
    assert {"a/file", "b/file", "c/d/file"} <= before.keys()
    fork = await sandbox.fork()
    again = await fork.fork()
    await sandbox.write({"b/file": FileContent(b"changed")})
    await fork.remove(["a/file"])
    assert await again.snapshot() == before
    assert (await fork.snapshot()).keys() == before.keys() - {"a/file"}
    assert await sandbox.read("a/file") == b"a"
    await fork.close()
    await again.close()


async def test_start_up_files_planted_in_the_workspace_do_not_reach_the_agent(sandbox: Sandbox) -> None:
    """
    item = "planted start-up files"
    tries = "modules named like those that the agent has yet to import"
    safe = "the agent is isolated Python: neither the workspace nor the home is on its path"
    """
    planted = FileContent(b"import os; os._exit(1)")
    await sandbox.write({"hashlib.py": planted, "json.py": planted, "sitecustomize.py": planted})
    assert len(await sandbox.snapshot()) == 3
    await (await sandbox.fork()).close()
    assert await works(sandbox)


async def test_archives_are_unpacked_inside(sandbox: Sandbox) -> None:
    """
    item = "evil archives and bombs"
    tries = "archives with `..`, absolute names, links to step through, devices, set-uid files; 256 MiB in 256 kB"
    safe = "the host unpacks nothing; inside, the root is read-only, the disk has an end; reads follow no link"
    """
    make = """
        import io, os, stat, subprocess, tarfile, zipfile
        with tarfile.open('evil.tar', 'w') as tar:
            def add(name, kind=tarfile.REGTYPE, link='', data=b'evil', mode=0o6755):
                info = tarfile.TarInfo(name)
                info.type, info.linkname, info.mode, info.size = kind, link, mode, len(data)
                info.devmajor, info.devminor = 1, 1
                tar.addfile(info, io.BytesIO(data))
            add('../../usr/bin/evil'); add('/etc/evil'); add('out', tarfile.SYMTYPE, '/etc', b''); add('out/evil')
            add('hard', tarfile.LNKTYPE, '/etc/passwd', b''); add('device', tarfile.CHRTYPE, '', b''); add('setuid')
        with zipfile.ZipFile('evil.zip', 'w') as z:
            z.writestr('../../usr/bin/evil', 'evil'); z.writestr('/etc/evil', 'evil')
        with zipfile.ZipFile('bomb.zip', 'w', zipfile.ZIP_DEFLATED) as z:
            with z.open('bomb', 'w', force_zip64=True) as f:
                for _ in range(256): f.write(bytes(1 << 20))
        print(subprocess.run(['tar', '-xPf', 'evil.tar'], capture_output=True).returncode != 0)
        try:
            zipfile.ZipFile('bomb.zip').extractall()
        except OSError as error:
            print(error.errno)
        os.path.exists('bomb') and os.unlink('bomb')
        zipfile.ZipFile('evil.zip').extractall()
        print([p for p in ('/etc/evil', '/usr/bin/evil', 'device') if os.path.exists(p)])
    """
    result = await python(sandbox, make)
    assert (result.stdout.text, result.stderr.text) == ("True\n28\n[]\n", "")
    assert await refusal(sandbox, "out/passwd") == "outside_workspace"
    assert {path for path in await sandbox.snapshot() if "/" not in path} == {
        "bomb.zip",
        "evil.tar",
        "evil.zip",
        "setuid",
    }
