"""A fork copies nothing where the kernel lets it; a program in it must not notice, nor may one in its source.

All holds where forks are copies, too: an ordinary user's, or those of an old kernel.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from slipway.sandboxes import Command, FileContent, Limits, Sandbox, SandboxUnavailable
from slipway.sandboxes.bubblewrap import open_bubblewrap

LIMITS = Limits(memory_bytes=256 << 20, workspace_bytes=32 << 20, workspace_files=3000)

BEFORE = """
mkdir -p deep/er/est shut folder/below gone .hidden
echo one > folder/file; echo two > folder/below/file; echo shut > shut/file; echo gone > gone/file
echo plain > plain; echo linked > linked; ln linked other; ln -s folder/file link; ln -s nowhere broken
echo program > program; chmod 755 program; chmod 000 shut; chmod 400 plain; mkfifo pipe
"""
AFTER = """
import mmap, os, shutil
os.rename('folder', 'moved')
open('moved/file', 'a').write('more')
os.rename('moved/below', 'deep/er/below')
os.mkdir('folder'); open('folder/new', 'w').write('new')
shutil.rmtree('gone'); os.mkdir('gone')
open('other', 'a').write('through the other name')
os.link('program', 'deep/program'); os.chmod('program', 0o700)
os.chmod('shut', 0o755); os.unlink('shut/file')
os.chmod('plain', 0o600)
with open('plain', 'r+b') as file, mmap.mmap(file.fileno(), 0) as view:
    view[0:1] = b'P'
os.unlink('link'); os.symlink('moved/file', 'link')
os.rename('deep/er/est', 'est'); os.rename('est', 'deep/er/est')
os.unlink('pipe'); open('pipe', 'w').write('a file now')
"""
LOOK = """
chmod 755 shut
find . -type p -o -printf '%P %y %m %l\\n' | sort
find . -type f | sort | xargs tail -n +1
"""
"""Without pipes, which a copy leaves out."""
NAMES = "find . -type f -printf '%P %n\\n' | sort"


async def said(sandbox: Sandbox, *argv: str) -> str:
    result = await sandbox.exec(Command(argv))
    assert result.ok, result.stderr.text
    return result.stdout.text


async def sh(sandbox: Sandbox, script: str) -> str:
    return await said(sandbox, "/bin/sh", "-c", script)


def overlaid(sandbox: Sandbox) -> bool:
    return sandbox.caps.offers["fork"].startswith("an overlay")


async def layers(sandbox: Sandbox) -> int:
    """How many layers lie below the workspace."""
    mounts = (await said(sandbox, "cat", "/proc/self/mountinfo")).splitlines()
    options = [line.split()[-1] for line in mounts if " /workspace " in line and " - overlay " in line]
    return options[-1].split("lowerdir=")[1].split(",")[0].count(":") + 1 if options else 0


@pytest.fixture
async def source() -> AsyncIterator[Sandbox]:
    try:
        sandbox = await open_bubblewrap(LIMITS)
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    yield sandbox
    await sandbox.close()


async def test_a_program_cannot_tell_a_fork_from_a_workspace(source: Sandbox) -> None:
    """Folders are renamed, links have several names, files are removed and made again: each is hard for an overlay."""
    plain = await open_bubblewrap(LIMITS)
    await sh(source, BEFORE)
    await sh(plain, BEFORE)
    first, second = await source.fork(), await source.fork()
    assert await sh(first, LOOK) == await sh(plain, LOOK)
    if overlaid(source):  # a copy parts the names of a file
        for sandbox in (plain, first):
            await said(sandbox, "python3", "-c", AFTER)
        assert await sh(first, LOOK + NAMES) == await sh(plain, LOOK + NAMES)
    third = await first.fork()
    assert await sh(third, LOOK) == await sh(plain, LOOK)
    for sandbox in (plain, third):
        await sh(sandbox, "rm -r deep; mv gone deep; echo again > plain")
    assert await sh(third, LOOK) == await sh(plain, LOOK)
    untouched = await sh(source, LOOK)
    assert untouched == await sh(second, LOOK)
    assert "more" not in untouched
    await asyncio.gather(*[sandbox.close() for sandbox in (plain, first, second, third)])


async def test_both_sides_go_on_on_their_own(source: Sandbox) -> None:
    await source.write({"a": FileContent(b"1"), "b/c": FileContent(b"2")})
    fork = await source.fork()
    await source.write({"a": FileContent(b"source")})
    await fork.remove(["b/c"])
    await fork.write({"a": FileContent(b"fork"), "d": FileContent(b"3")})
    assert (await source.read("a"), await source.read("b/c")) == (b"source", b"2")
    assert (await fork.read("a"), sorted(await fork.snapshot())) == (b"fork", ["a", "d"])
    await fork.close()


async def test_a_fork_outlives_its_source() -> None:
    source = await open_bubblewrap(LIMITS)
    await source.write({"folder/file": FileContent(b"kept")})
    fork = await source.fork()
    again = await fork.fork()
    await source.close()
    await fork.close()
    await asyncio.sleep(0.1)
    assert await again.read("folder/file") == b"kept"
    await again.write({"folder/file": FileContent(b"changed")})
    assert (await said(again, "cat", "folder/file")) == "changed"
    await again.close()


async def test_an_unchanged_source_gets_no_new_layer(source: Sandbox) -> None:
    """A warm base that is forked for every task would have ever more of them."""
    await source.write({"a": FileContent(b"1")})
    forks = [await source.fork() for _ in range(3)]
    again = await forks[0].fork()
    assert [await layers(sandbox) for sandbox in (source, *forks, again)] == [int(overlaid(source))] * 5
    await asyncio.gather(*[sandbox.close() for sandbox in (*forks, again)])


async def test_a_source_that_changes_between_forks_can_be_forked_for_ever(source: Sandbox) -> None:
    """Each such fork is one more layer, until it is a copy."""
    depths: list[int] = []
    for number in range(20):
        await source.write({f"file{number}": FileContent(b"x"), "newest": FileContent(str(number).encode())})
        fork = await source.fork()
        depths.append(await layers(fork))
        assert len(await fork.snapshot()) == number + 2
        assert await fork.read("newest") == str(number).encode()
        await fork.close()
    assert depths == ([*range(1, 17), 0, 0, 0, 0] if overlaid(source) else [0] * 20)


async def test_a_fork_has_no_more_room_than_its_source_had(source: Sandbox) -> None:
    await said(source, "dd", "if=/dev/zero", "of=ten", "bs=1M", "count=10", "status=none")
    fork = await source.fork()
    assert await layers(fork) == int(overlaid(source))
    filled = await fork.exec(Command.shell("dd if=/dev/zero of=rest bs=1M count=40; stat -c %s rest"))
    assert int(filled.stdout.text) == 22 << 20
    await sh(fork, "rm rest")
    script = "import itertools\nfor n in itertools.count(): open(f'f{n}', 'w').close()"
    await fork.exec(Command(("python3", "-c", script)))
    assert len(await fork.snapshot()) <= LIMITS.workspace_files
    await fork.close()


async def test_a_fork_that_could_not_be_rewritten_is_a_copy(source: Sandbox) -> None:
    """What lies below cannot be freed: with more than half of the room there, its files could not all be changed."""
    await said(source, "dd", "if=/dev/zero", "of=big", "bs=1M", "count=20", "status=none")
    fork = await source.fork()
    assert await layers(fork) == 0
    await said(fork, "dd", "if=/dev/zero", "of=big", "bs=1M", "count=30", "status=none")
    await fork.close()


async def test_requests_of_others_wait_while_a_workspace_is_forked(source: Sandbox) -> None:
    await source.write({"a": FileContent(b"1")})
    reads = [source.read("a") for _ in range(50)]
    fork, *found = await asyncio.gather(source.fork(), *reads)
    assert found == [b"1"] * 50
    assert await fork.read("a") == b"1"
    await fork.close()


async def test_a_fork_that_is_cancelled_leaves_its_source_whole(source: Sandbox) -> None:
    await source.write({"a": FileContent(b"1")})
    for delay in (0.0, 0.01, 0.03, 0.05, 0.06, 0.07):
        forking = asyncio.create_task(source.fork())
        await asyncio.sleep(delay)
        forking.cancel()
        ended = (await asyncio.gather(forking, return_exceptions=True))[0]
        if not isinstance(ended, BaseException):
            await ended.close()
    await source.write({"b": FileContent(b"2")})
    assert sorted(await source.snapshot()) == ["a", "b"]


async def test_nothing_of_a_fork_is_left_mounted(source: Sandbox, keeper: int | None) -> None:
    if keeper is None:
        return  # an ordinary user's sandboxes are mounted in themselves
    mounts = Path(f"/proc/{keeper}/mountinfo")
    before = len(mounts.read_text().splitlines())
    one = await open_bubblewrap(LIMITS)
    await one.write({"a": FileContent(b"1")})
    two = await one.fork()
    await two.write({"b": FileContent(b"2")})
    three = await two.fork()
    assert await layers(three) == 2 or not overlaid(one)
    await asyncio.gather(one.close(), two.close(), three.close())
    assert len(mounts.read_text().splitlines()) == before
