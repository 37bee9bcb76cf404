"""One suite for every kind of sandbox: what passes with the fake must mean the same as with a real one."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest

from slipway.sandboxes import Command, Entry, ExecResult, FileContent, Output, Sandbox, SandboxGone, SandboxRefusal
from slipway.state.records import FileRef

OUTSIDE = ["../x", "/etc/passwd", "a/../../b", "..", "/workspace/a"]


def said(text: str) -> Output:
    return Output(text.encode(), len(text))


def timeless(result: ExecResult) -> ExecResult:
    assert 0 <= result.seconds < 20
    return replace(result, seconds=0.0)


async def run(sandbox: Sandbox, *argv: str) -> ExecResult:
    return timeless(await sandbox.exec(Command(argv)))


async def refused(sandbox: Sandbox, path: str) -> str:
    with pytest.raises(SandboxRefusal) as refusal:
        await sandbox.read(path)
    assert str(refusal.value)
    return refusal.value.code


def ref(data: bytes, executable: bool = False) -> FileRef:
    return FileRef(hashlib.sha256(data).hexdigest(), executable)


# --- commands ---------------------------------------------------------------------------------------------------------


async def test_a_command_returns_its_streams_and_status(sandbox: Sandbox) -> None:
    assert await run(sandbox, "echo", "hello") == ExecResult(0, said("hello\n"), said(""), 0.0)
    assert await run(sandbox, "false") == ExecResult(1, said(""), said(""), 0.0)


async def test_a_script_runs_in_a_shell(sandbox: Sandbox) -> None:
    result = await sandbox.exec(Command.shell("exit 7"))
    assert (result.exit_code, result.ok) == (7, False)


async def test_a_program_that_is_not_there_is_a_result_not_an_error(sandbox: Sandbox) -> None:
    """A model has to see it as it would in a shell."""
    text = "cannot run 'no-such-program': No such file or directory\n"
    assert await run(sandbox, "no-such-program") == ExecResult(127, said(""), said(text), 0.0)


async def test_stdin_reaches_the_command_and_ends(sandbox: Sandbox) -> None:
    data = bytes(range(256)) * 300
    result = await sandbox.exec(Command(("cat",), stdin=data))
    assert result.stdout == Output(data[:32768] + data[-32768:], len(data))
    assert (await sandbox.exec(Command(("cat",)))).stdout == said("")


async def test_the_environment_is_the_base_and_what_is_given(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the host's environment may reach generated code: it holds keys."""
    monkeypatch.setenv("SLIPWAY_TEST_SECRET", "hunter2")
    lines = (await sandbox.exec(Command(("printenv",), env={"GIVEN": "a=b c"}))).stdout.text.splitlines()
    found = dict(line.split("=", 1) for line in lines)
    assert found.pop("PATH").endswith("/usr/bin:/bin")
    assert found == {"HOME": "/home/slipway", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "GIVEN": "a=b c"}


async def test_a_command_runs_in_its_folder(sandbox: Sandbox) -> None:
    await sandbox.write({"a/b/c.txt": FileContent(b"deep")})
    assert (await run(sandbox, "pwd")).stdout == said("/workspace\n")
    assert (await sandbox.exec(Command(("pwd",), cwd="a/b"))).stdout == said("/workspace/a/b\n")
    assert (await sandbox.exec(Command(("cat", "c.txt"), cwd="a/b"))).stdout == said("deep")


@pytest.mark.parametrize(
    ("cwd", "code"), [("none", "file_not_found"), ("file", "bad_request"), ("..", "outside_workspace")]
)
async def test_a_folder_that_cannot_be_entered_is_refused(sandbox: Sandbox, cwd: str, code: str) -> None:
    await sandbox.write({"file": FileContent(b"")})
    with pytest.raises(SandboxRefusal) as refusal:
        await sandbox.exec(Command(("true",), cwd=cwd))
    assert refusal.value.code == code


async def test_a_late_command_is_killed_and_says_so(sandbox: Sandbox) -> None:
    result = await sandbox.exec(Command(("sleep", "30"), timeout=0.3))
    assert 0.2 < result.seconds < 20
    assert timeless(result) == ExecResult(124, said(""), said(""), 0.0, timed_out=True)
    assert (await run(sandbox, "true")).ok


async def test_long_output_keeps_its_head_and_tail_and_tells_its_size(sandbox: Sandbox) -> None:
    await sandbox.write({"long": FileContent(b"head" + bytes(1_000_000) + b"tail")})
    out = (await run(sandbox, "cat", "long")).stdout
    assert out == Output(b"head" + bytes(65528) + b"tail", 1_000_008)
    assert (await run(sandbox, "head", "-c", "70000", "/dev/zero")).stdout == Output(bytes(65536), 70000)


@pytest.mark.parametrize(
    "command",
    [
        Command(()),
        Command(("",)),
        Command(("echo", "a\0b")),
        Command(("echo", "\udc80")),
        Command(("true",), timeout=0),
        Command(("true",), timeout=float("inf")),
        Command(("true",), env={"A=B": "c"}),
        Command(("true",), env={"A": "\0"}),
    ],
)
async def test_an_impossible_command_is_refused(sandbox: Sandbox, command: Command) -> None:
    with pytest.raises(SandboxRefusal) as refusal:
        await sandbox.exec(command)
    assert refusal.value.code == "bad_request"
    assert (await run(sandbox, "true")).ok


# --- files ------------------------------------------------------------------------------------------------------------


async def test_bytes_come_back_as_they_went_in(sandbox: Sandbox) -> None:
    files = {
        "a.bin": bytes(range(256)),
        "empty": b"",
        "deep/er/ü ñ.txt": b"x\r\n",
        "big": b"0123456789abcdef" * 200_000,
    }
    await sandbox.write({path: FileContent(data) for path, data in files.items()})
    assert {path: await sandbox.read(path) for path in files} == files


async def test_a_command_sees_what_was_written_and_leaves_what_can_be_read(sandbox: Sandbox) -> None:
    await sandbox.write({"a.txt": FileContent(b"hi")})
    assert (await run(sandbox, "cp", "a.txt", "b.txt")).ok
    assert await sandbox.read("b.txt") == b"hi"


async def test_many_files_in_one_go(sandbox: Sandbox) -> None:
    files = {f"d{n % 7}/f{n}.txt": FileContent(str(n).encode()) for n in range(1500)}
    await sandbox.write(files)
    assert await sandbox.snapshot() == {path: ref(content.data) for path, content in files.items()}


async def test_writing_replaces_a_file_whole(sandbox: Sandbox) -> None:
    await sandbox.write({"a": FileContent(b"first and long", executable=True)})
    await sandbox.write({"a": FileContent(b"second")})
    assert await sandbox.read("a") == b"second"
    assert await sandbox.snapshot() == {"a": ref(b"second")}


async def test_what_cannot_be_read_is_refused_by_its_kind(sandbox: Sandbox) -> None:
    await sandbox.write({"folder/file": FileContent(b"")})
    codes = {path: await refused(sandbox, path) for path in ("none", "none/none", "folder", ".", "a\0b", "x" * 1001)}
    assert codes == {
        "none": "file_not_found",
        "none/none": "file_not_found",
        "folder": "is_directory",
        ".": "is_directory",
        "a\0b": "bad_request",
        "x" * 1001: "bad_request",
    }


@pytest.mark.parametrize("path", OUTSIDE)
async def test_no_path_leads_out(sandbox: Sandbox, path: str) -> None:
    assert await refused(sandbox, path) == "outside_workspace"
    for call in (sandbox.write({path: FileContent(b"")}), sandbox.remove([path])):
        with pytest.raises(SandboxRefusal) as refusal:
            await call
        assert refusal.value.code == "outside_workspace"
    assert await sandbox.snapshot() == {}


async def test_no_link_is_followed(sandbox: Sandbox) -> None:
    """A link to a folder of the machine must not turn a write of ours into a write there."""
    await sandbox.write({"inside/file": FileContent(b"kept")})
    for target, name in (("/etc/passwd", "passwd"), ("/tmp", "out"), ("inside", "in")):
        assert (await run(sandbox, "ln", "-s", target, name)).ok
    assert [await refused(sandbox, path) for path in ("passwd", "out/x", "in/file")] == ["outside_workspace"] * 3
    for call in (
        sandbox.write({"out/x": FileContent(b"")}),
        sandbox.remove(["in/file"]),
        sandbox.exec(Command(("true",), cwd="out")),
    ):
        with pytest.raises(SandboxRefusal) as refusal:
            await call
        assert refusal.value.code == "outside_workspace"
    assert await sandbox.snapshot() == {"inside/file": ref(b"kept")}


async def test_a_link_is_replaced_and_removed_as_itself(sandbox: Sandbox) -> None:
    await sandbox.write({"target": FileContent(b"kept")})
    await run(sandbox, "ln", "-s", "target", "one")
    await run(sandbox, "ln", "-s", "target", "two")
    await sandbox.write({"one": FileContent(b"new")})
    await sandbox.remove(["two"])
    assert await sandbox.snapshot() == {"target": ref(b"kept"), "one": ref(b"new")}


async def test_a_write_that_cannot_be_changes_nothing(sandbox: Sandbox) -> None:
    await sandbox.write({"file": FileContent(b"old"), "folder/x": FileContent(b"")})
    for files, code in (
        ({"file": FileContent(b"new"), "folder": FileContent(b"")}, "is_directory"),
        ({"file": FileContent(b"new"), "file/x": FileContent(b"")}, "bad_request"),
        ({"file": FileContent(b"new"), "big": FileContent(bytes(40 << 20))}, "no_space"),
    ):
        with pytest.raises(SandboxRefusal) as refusal:
            await sandbox.write(files)
        assert refusal.value.code == code
    assert await sandbox.snapshot() == {"file": ref(b"old"), "folder/x": ref(b"")}


async def test_a_batch_knows_the_folders_that_it_makes_itself(sandbox: Sandbox) -> None:
    """A batch of many files looks at a folder once; what it puts there since must not be forgotten."""
    many = {f"f{n}": FileContent(b"") for n in range(30)}
    for files in (
        {**many, "d/x": FileContent(b""), "d": FileContent(b"")},
        {**many, "d": FileContent(b""), "d/x": FileContent(b"")},
    ):
        with pytest.raises(SandboxRefusal):
            await sandbox.write(files)
        assert await sandbox.snapshot() == {}
        await sandbox.exec(Command(("rmdir", "d")))
    await sandbox.write({"folder/x": FileContent(b"")})
    with pytest.raises(SandboxRefusal) as refusal:
        await sandbox.write({**many, "folder": FileContent(b"")})
    assert (refusal.value.code, list(await sandbox.snapshot())) == ("is_directory", ["folder/x"])


async def test_a_file_that_is_too_large_for_a_frame_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxRefusal) as refusal:
        await sandbox.write({"big": FileContent(bytes((64 << 20) + 1))})
    assert refusal.value.code in ("too_large", "no_space")


async def test_many_files_are_read_in_one_go_each_on_its_own(sandbox: Sandbox) -> None:
    files = {f"d/{n}": FileContent(str(n).encode()) for n in range(300)} | {"big": FileContent(bytes(9 << 20))}
    await sandbox.write(files)
    found = await sandbox.read_many([*files, "none", "d", "../x"])
    assert {path: data for path, data in found.items() if isinstance(data, bytes)} == {
        path: content.data for path, content in files.items()
    }
    refusals = {path: data.code for path, data in found.items() if isinstance(data, SandboxRefusal)}
    assert refusals == {"none": "file_not_found", "d": "is_directory", "../x": "outside_workspace"}
    assert list(found) == [*files, "none", "d", "../x"]
    assert await sandbox.read_many([]) == {}


async def test_a_listing_tells_what_there_is(sandbox: Sandbox) -> None:
    await sandbox.write({
        "a.py": FileContent(b"12345"),
        "run": FileContent(b"", executable=True),
        "pkg/b.py": FileContent(b"1"),
        "pkg/sub/c.py": FileContent(b""),
        "node_modules/m/x.js": FileContent(b""),
    })  # fmt: skip
    await run(sandbox, "ln", "-s", "a.py", "link")

    def told(entries: Sequence[Entry]) -> list[tuple[str, str, int, bool]]:
        return [(entry.path, entry.kind, entry.size, entry.executable) for entry in entries]

    file, run_it, link = ("a.py", "file", 5, False), ("run", "file", 0, True), ("link", "link", 0, False)
    folders = [(name, "folder", 0, False) for name in ("node_modules", "pkg")]
    assert told(await sandbox.entries()) == sorted([file, run_it, link, *folders])
    assert told(await sandbox.entries("pkg")) == [("pkg/b.py", "file", 1, False), ("pkg/sub", "folder", 0, False)]
    assert [entry.path for entry in await sandbox.entries(deep=True)] == [
        "a.py", "link", "pkg", "pkg/b.py", "pkg/sub", "pkg/sub/c.py", "run",
    ]  # fmt: skip
    assert told([await sandbox.stat(path) for path in ("a.py", "run", "link", "pkg", ".")]) == [
        file, run_it, link, folders[1], (".", "folder", 0, False),
    ]  # fmt: skip


async def test_what_cannot_be_listed_is_refused(sandbox: Sandbox) -> None:
    await sandbox.write({"file": FileContent(b""), "d/x": FileContent(b"")})
    await run(sandbox, "ln", "-s", "d", "link")
    codes: dict[str, str] = {}
    for path in ("none", "file", "link", "../x"):
        with pytest.raises(SandboxRefusal) as refusal:
            await sandbox.entries(path)
        codes[path] = refusal.value.code
    assert codes == {
        "none": "file_not_found", "file": "bad_request", "link": "outside_workspace", "../x": "outside_workspace",
    }  # fmt: skip
    with pytest.raises(SandboxRefusal) as refusal:
        await sandbox.stat("none")
    assert refusal.value.code == "file_not_found"


async def test_health_counts_what_is_used(sandbox: Sandbox) -> None:
    await sandbox.write({"big": FileContent(bytes(3 << 20))})
    health = await sandbox.health()
    assert (health.processes, health.memory_bytes) == (0, 0)
    assert 3 << 20 <= health.workspace_bytes < 4 << 20
    assert 1 <= health.workspace_files < 10


async def test_a_command_may_keep_less_output(sandbox: Sandbox) -> None:
    result = await sandbox.exec(Command(("head", "-c", "1000", "/dev/zero"), output_bytes=10))
    assert result.stdout == Output(bytes(10), 1000)
    with pytest.raises(SandboxRefusal):
        await sandbox.exec(Command(("true",), output_bytes=0))


async def test_removing_takes_empty_folders_along(sandbox: Sandbox) -> None:
    await sandbox.write({"a/b/c": FileContent(b""), "a/d": FileContent(b"")})
    await sandbox.remove(["a/b/c", "a/none", "none/none", "none"])
    assert await refused(sandbox, "a/b") == "file_not_found"
    assert await sandbox.snapshot() == {"a/d": ref(b"")}
    with pytest.raises(SandboxRefusal) as refusal:
        await sandbox.remove(["a"])
    assert refusal.value.code == "is_directory"


# --- versions and forks -----------------------------------------------------------------------------------------------


async def test_a_snapshot_is_every_file_that_a_version_may_hold(sandbox: Sandbox) -> None:
    await sandbox.write({
        "app.py": FileContent(b"print()"),
        "run.sh": FileContent(b"#!/bin/sh\n", executable=True),
        "pkg/__init__.py": FileContent(b""),
        ".github/workflows/ci.yaml": FileContent(b"on: push"),
        ".git/config": FileContent(b"[core]"),
        "pkg/__pycache__/x.pyc": FileContent(b"x"),
        "web/node_modules/left/pad.js": FileContent(b"x"),
        ".coverage": FileContent(b"x"),
        "back\\slash": FileContent(b"x"),
        "line\nbreak": FileContent(b"x"),
    })  # fmt: skip
    assert await sandbox.snapshot() == {
        "app.py": ref(b"print()"),
        "run.sh": ref(b"#!/bin/sh\n", executable=True),
        "pkg/__init__.py": ref(b""),
        ".github/workflows/ci.yaml": ref(b"on: push"),
    }


async def test_a_snapshot_sees_every_change(sandbox: Sandbox) -> None:
    """Digests are remembered, so a change of the same size must not slip through."""
    for text in (b"one", b"two", b"six", b"ten"):
        await sandbox.write({"a": FileContent(text), "b": FileContent(b"same")})
        expected = {"a": ref(text), "b": ref(b"same")}
        assert [await sandbox.snapshot(), await sandbox.snapshot()] == [expected, expected]
    await sandbox.write({"c": FileContent(b"bye")})
    await run(sandbox, "cp", "c", "a")
    assert (await sandbox.snapshot())["a"] == ref(b"bye")


async def test_a_fork_holds_a_copy_and_goes_its_own_way(sandbox: Sandbox) -> None:
    files = {
        "a": FileContent(b"one"),
        "x/y": FileContent(b"exec", executable=True),
        "big": FileContent(bytes(9 << 20)),
        "node_modules/m": FileContent(b"kept"),
    }
    await sandbox.write(files)
    before = await sandbox.snapshot()
    fork = await sandbox.fork()
    try:
        assert await fork.snapshot() == before
        assert await fork.read("node_modules/m") == b"kept"
        await fork.write({"a": FileContent(b"two"), "new": FileContent(b"")})
        await sandbox.remove(["x/y"])
        assert await sandbox.snapshot() == {path: before[path] for path in ("a", "big")}
        assert await fork.snapshot() == {**before, "a": ref(b"two"), "new": ref(b"")}
    finally:
        await fork.close()
    assert await sandbox.read("a") == b"one"


async def test_what_is_read_page_by_page_does_not_mix(sandbox: Sandbox) -> None:
    """Checks fork the same sandbox at once, and each has to get all of it."""
    files = {f"a/{n}": FileContent(bytes([n]) * (3 << 20)) for n in range(6)}
    await sandbox.write(files)
    whole = await sandbox.snapshot()
    forks = await asyncio.gather(*[sandbox.fork() for _ in range(3)])
    told = await asyncio.gather(*[box.snapshot() for box in (*forks, sandbox, sandbox)])
    for fork in forks:
        await fork.close()
    assert told == [whole] * 5


async def test_writes_at_once_are_each_whole(sandbox: Sandbox) -> None:
    """A write that is refused must not take a part of another one with it."""
    await sandbox.write({"d/x": FileContent(b"")})
    big = {f"b{n}": FileContent(bytes(5 << 20)) for n in range(4)}
    done = await asyncio.gather(
        sandbox.write(big),
        *[sandbox.write({"d": FileContent(b"")}) for _ in range(5)],
        sandbox.write({"small": FileContent(b"1")}),
        return_exceptions=True,
    )
    assert [isinstance(one, SandboxRefusal) for one in done] == [False, *[True] * 5, False]
    assert list(await sandbox.snapshot()) == [*big, "d/x", "small"]


async def test_a_fork_outlives_its_source(sandbox: Sandbox) -> None:
    await sandbox.write({"a": FileContent(b"one")})
    fork = await sandbox.fork()
    await sandbox.close()
    second = await fork.fork()
    await fork.close()
    assert await second.read("a") == b"one"
    await second.close()


# --- the end ----------------------------------------------------------------------------------------------------------


async def test_closing_twice_is_harmless_and_afterwards_it_is_gone(sandbox: Sandbox) -> None:
    await sandbox.close()
    await sandbox.close()
    for call in (
        sandbox.exec(Command(("true",))),
        sandbox.read("a"),
        sandbox.write({"a": FileContent(b"")}),
        sandbox.remove(["a"]),
        sandbox.snapshot(),
        sandbox.fork(),
    ):
        with pytest.raises(SandboxGone):
            await call
