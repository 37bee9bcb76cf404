"""What a run changed must reach a person's own checkout exactly, and a hostile file must not reach their terminal."""

from __future__ import annotations

import errno
import json
import os
import pty
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis

from slipway.config import Settings
from slipway.config.lineup import ROLES, Lineup, RoleConfig
from slipway.state import EMPTY_VERSION, Change, Fence, FileRef, ProjectStore, RunRecord, RunStore, hold, open_state
from slipway.state.export import export
from slipway.state.projects.patches import patches

Slipway = Callable[..., subprocess.CompletedProcess[str]]
Files = dict[str, tuple[bytes, bool]]

BASE: Files = {
    "changed.py": (b"".join(b"line %d\n" % number for number in range(40)), False),
    "run.sh": (b"echo\n", False),
    "both": (b"old\n", True),
    "removed": (b"a\nb", False),
    "removed empty": (b"", False),
    "no end": (b"x\ny", False),
    "end": (b"x\n", False),
    "swap": (b"file\n", False),
    "old dir/z": (b"z\n", False),
    "latin": (b"gr\xfc\xdfe\r\nb\r\n", False),
    "data.bin": (bytes(range(256)), False),
}
NEW: Files = {
    "changed.py": (BASE["changed.py"][0].replace(b"line 3\n", b"").replace(b"line 30\n", b"line 30\nmore\n"), False),
    "run.sh": (b"echo\n", True),
    "both": (b"new\n", False),
    "added": (b"1\n2\n", False),
    "tool": (b"#!/bin/sh\n", True),
    "empty": (b"", False),
    "no end": (b"x\nz", False),
    "end": (b"x", False),
    "swap/a": (b"now a folder\n", False),
    "old dir": (b"now a file\n", False),
    "latin": (b"gr\xfc\xdfe\r\nc\r\n", False),
    'we"ird/na me \u00e4\U0001f600': (b"odd\n", False),
    "-dash": (b"-- a/x\n++ b/y\n", False),
    "a b/c d": (b"space\n", False),
    "data.bin": (b"\0" * 300 + bytes(range(200)), False),
    "new.bin": (random.Random(1).randbytes(5000) + b"\0", True),
}


def tree(folder: Path) -> Files:
    files = [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts]
    return {str(p.relative_to(folder)): (p.read_bytes(), bool(p.stat().st_mode & 0o100)) for p in files}


def apply(folder: Path, base: Files, patch: bytes, *command: str) -> Files:
    export(base, folder)
    done = subprocess.run(command, cwd=folder, input=patch, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return tree(folder)


@pytest.mark.skipif(shutil.which("git") is None, reason="the reader of these patches is not there")
def test_git_apply_makes_exactly_the_new_files(tmp_path: Path) -> None:
    for name, old, new in (("there", BASE, NEW), ("back", NEW, BASE), ("first", {}, NEW), ("last", NEW, {})):
        patch = b"".join(line for each in patches(old, new) for line in each.lines(binary=True))
        assert apply(tmp_path / name, old, patch, "git", "apply", "--whitespace=nowarn", "-") == new


@pytest.mark.skipif(shutil.which("git") is None, reason="the reader of these patches is not there")
@pytest.mark.parametrize("seed", range(12))
def test_any_edit_of_lines_is_applied(tmp_path: Path, seed: int) -> None:
    choose = random.Random(seed)

    def text() -> bytes:
        lines = [
            choose.choice([b"a\n", b"b\n", b"\n", b"c\r\n", b"\xff\n", b"-- \n"]) for _ in range(choose.randint(0, 30))
        ]
        return b"".join(lines) + choose.choice([b"", b"end"])

    base: Files = {f"f{number}": (text(), False) for number in range(8)}
    new: Files = {f"f{number}": (text(), choose.random() < 0.2) for number in range(2, 10)}
    patch = b"".join(line for each in patches(base, new) for line in each.lines(binary=False))
    assert apply(tmp_path / "t", base, patch, "git", "apply", "--whitespace=nowarn", "-") == new


def test_a_patch_reads_like_that_of_git() -> None:
    old: Files = {"a": (b"1\n2\n3\n", False), "b": (b"x", False), "c.bin": (b"\0", False), "m": (b"", False)}
    new: Files = {"a": (b"1\n2\n4", False), "c.bin": (b"\1\0", False), "m": (b"", True), "n o": (b"new\n", True)}
    assert b"".join(line for patch in patches(old, new) for line in patch.lines(binary=False)).decode() == (
        "diff --git a/b b/b\n"
        "deleted file mode 100644\n"
        "index c1b0730e0133447badcfd47fd144e254807b06e1..0000000000000000000000000000000000000000\n"
        "--- a/b\n"
        "+++ /dev/null\n"
        "@@ -1,1 +0,0 @@\n"
        "-x\n"
        "\\ No newline at end of file\n"
        "diff --git a/a b/a\n"
        "index 01e79c32a8c99c557f0757da7cb6d65b3414466d..da8092b74bacc10499ab5cbeb101fa27f0302f31\n"
        "--- a/a\n"
        "+++ b/a\n"
        "@@ -1,3 +1,3 @@\n"
        " 1\n"
        " 2\n"
        "-3\n"
        "+4\n"
        "\\ No newline at end of file\n"
        "diff --git a/c.bin b/c.bin\n"
        "index f76dd238ade08917e6712764a16a22005a50573d..35a038769b15c0935bb3cd038f5cc1de7579f128\n"
        "Binary files a/c.bin and b/c.bin differ\n"
        "diff --git a/m b/m\n"
        "old mode 100644\n"
        "new mode 100755\n"
        "diff --git a/n o b/n o\n"
        "new file mode 100755\n"
        "index 0000000000000000000000000000000000000000..3e757656cf36eca53338e520d134963a44f793f8\n"
        "--- /dev/null\n"
        "+++ b/n o\t\n"
        "@@ -0,0 +1,1 @@\n"
        "+new\n"
    )


@pytest.fixture
async def run(settings: Settings) -> dict[str, str]:
    """A run `r` that changed BASE to NEW, while another delivered; the versions by name."""
    async with open_state(settings) as redis:
        projects = ProjectStore(redis)
        await projects.create("p")
        versions = {"base": await deliver(projects, redis, "first", EMPTY_VERSION, BASE)}
        lineup = Lineup(name="test", roles={role: RoleConfig(model="scripted:tally") for role in ROLES})
        record = RunRecord(
            id="r", project="p", request="x", lineup=lineup, base=versions["base"], created=datetime.now(UTC)
        )
        await RunStore(redis).create(record)
        async with hold(redis, run="r", project="p") as fence:
            versions["new"] = await publish(projects, fence, versions["base"], NEW)
        others = BASE | {"changed.py": (b"others\n", False), "theirs": (b"x\n", False)}
        versions["head"] = await deliver(projects, redis, "second", versions["base"], others)
    return versions


async def publish(projects: ProjectStore, fence: Fence, base: str, files: Files) -> str:
    await projects.branch("p", fence.run, base)
    held = await projects.manifest("p", base)
    digests = await projects.put_blobs("p", fence, [data for data, _ in files.values()])
    refs = {path: FileRef(d, x) for (path, (_, x)), d in zip(files.items(), digests, strict=True)}
    paths = held.keys() | refs.keys()
    changes = {path: Change(held.get(path), refs.get(path)) for path in paths if held.get(path) != refs.get(path)}
    return (await projects.publish("p", fence, step="s", attempt=0, changes=changes)).version


async def deliver(projects: ProjectStore, redis: Redis, run: str, base: str, files: Files) -> str:
    async with hold(redis, run=run, project="p") as fence:
        version = await publish(projects, fence, base, files)
        assert await projects.advance_head("p", fence, expected=base, version=version)
    return version


def test_the_printed_patch_is_applied_and_what_others_did_is_told(
    run: dict[str, str], environment: dict[str, str], slipway: Slipway, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "slipway", "diff", "r", "--binary"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stderr.decode() == (
        f"slipway: the project has moved on to {run['head']} since this run began\n"
        "  changed by both: changed.py\n"
        "  changed by others: theirs\n"
    )
    if shutil.which("git"):
        folder = tmp_path / "t"
        assert apply(folder, BASE, done.stdout, "git", "apply", "--whitespace=nowarn", "-") == NEW
    plain = slipway("diff", "r", "--from", run["base"], "--to", run["base"])
    assert (plain.returncode, plain.stdout, plain.stderr) == (0, "", "")


def test_how_much_changed(run: dict[str, str], slipway: Slipway) -> None:
    stat = slipway("diff", "r", "--stat").stdout.splitlines()
    assert stat[-1] == f" {len(patches(BASE, NEW))} files, +14 -9 lines"
    told = {line.split("|")[0].strip(): line.split("|")[1].strip() for line in stat[:-1]}
    assert (told["run.sh"], told["data.bin"], told["both"]) == ("mode    +0 -0", "changed binary", "changed +1 -1")
    said = json.loads(slipway("diff", "r", "--json").stdout)
    assert (said["run"], said["from"], said["to"]) == ("r", run["base"], run["new"])
    assert {"path": "tool", "kind": "added", "added": 1, "removed": 0, "binary": False, "executable": True} in said[
        "files"
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-run"], "slipway: no run 'no-such-run'; the newest are r\n"),
        (["r", "--to", "f00"], "slipway: project 'p' has no version 'f00'; the run began on {base} and is at {new}\n"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(
    run: dict[str, str], slipway: Slipway, arguments: list[str], said: str
) -> None:
    done = slipway("diff", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said.format(**run))


def read(terminal: int) -> bytes:
    """What comes next out of a terminal, in whatever pieces it comes; nothing where nobody writes to it any more."""
    try:
        return os.read(terminal, 10_000)
    except OSError as error:
        assert error.errno == errno.EIO
        return b""


async def test_a_terminal_gets_no_escapes(settings: Settings, environment: dict[str, str]) -> None:
    async with open_state(settings) as redis:
        projects = ProjectStore(redis)
        await projects.create("p")
        lineup = Lineup(name="test", roles={role: RoleConfig(model="scripted:tally") for role in ROLES})
        record = RunRecord(
            id="r", project="p", request="x", lineup=lineup, base=EMPTY_VERSION, created=datetime.now(UTC)
        )
        await RunStore(redis).create(record)
        async with hold(redis, run="r", project="p") as fence:
            await publish(projects, fence, EMPTY_VERSION, {"a": (b"\x1b]0;owned\x07\xff\n", False)})
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "slipway", "diff", "r"]
        done = subprocess.run(command, env=environment, stdout=theirs, stderr=subprocess.PIPE, check=False)
        os.close(theirs)
        shown = b"".join(iter(lambda: read(ours), b""))
        os.close(ours)
    assert (done.returncode, done.stderr) == (0, b"")
    assert shown.endswith("+]0;owned\ufffd\r\n".encode()) and b"\x1b" not in shown
