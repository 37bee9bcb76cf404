"""A version is what the next step builds on and what a person gets: nothing may be missing, added, or set off by it."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from slipway.sandboxes import Command, FileContent, Sandbox, SandboxRefusal
from slipway.sandboxes.versions import Changes, Exported, compare, diff, export, restore
from slipway.state import FileRef

FILES = {
    "a.py": FileContent(b"a"),
    "run.sh": FileContent(b"#!/bin/sh\n", executable=True),
    "src/b.py": FileContent(b"b"),
    "src/deep/c.py": FileContent(b"c"),
}


def refs(files: dict[str, FileContent]) -> dict[str, FileRef]:
    return {path: FileRef(hashlib.sha256(file.data).hexdigest(), file.executable) for path, file in files.items()}


def shell(script: str) -> Command:
    return Command.shell(script)


async def test_what_changed_since_a_version(sandbox: Sandbox) -> None:
    await sandbox.write(FILES)
    base = await sandbox.snapshot()
    assert await diff(sandbox, base) == Changes()
    await sandbox.write({"a.py": FileContent(b"other"), "run.sh": FileContent(b"#!/bin/sh\n"), "new": FileContent(b"")})
    await sandbox.remove(["src/b.py"])
    assert await diff(sandbox, base) == Changes(added=("new",), changed=("a.py", "run.sh"), removed=("src/b.py",))
    assert compare({}, base) == Changes(added=tuple(sorted(FILES)))


async def test_going_back_moves_only_what_differs(sandbox: Sandbox) -> None:
    await sandbox.write({
        **FILES,
        "a.py": FileContent(b"changed"),
        "src/more.py": FileContent(b""),
        "src/__pycache__/b.pyc": FileContent(b"kept"),
    })  # fmt: skip
    before = {path: (await sandbox.stat(path)).modified for path in FILES}
    changes = await restore(sandbox, {**FILES, "new/d.py": FileContent(b"d")})
    assert changes == Changes(added=("new/d.py",), changed=("a.py",), removed=("src/more.py",))
    assert await sandbox.snapshot() == refs({**FILES, "new/d.py": FileContent(b"d")})
    assert await sandbox.read("src/__pycache__/b.pyc") == b"kept"
    assert [path for path in ("run.sh", "src/b.py") if (await sandbox.stat(path)).modified != before[path]] == []
    assert await restore(sandbox, {}) == Changes(removed=("a.py", "new/d.py", "run.sh", "src/b.py", "src/deep/c.py"))
    assert await sandbox.snapshot() == {}


async def test_files_and_folders_that_change_places(sandbox: Sandbox) -> None:
    await sandbox.write({"swap": FileContent(b""), "other/x": FileContent(b"")})
    wanted = {"swap/x": FileContent(b"1"), "other": FileContent(b"2")}
    await restore(sandbox, wanted)
    assert await sandbox.snapshot() == refs(wanted)


async def test_whatever_stands_in_the_way_is_removed(real: Sandbox) -> None:
    """Commands leave links, pipes, empty folders and build output where a version has files, or the other way round."""
    script = """
        mkdir -p folder/empty/deep cached/__pycache__ && touch cached/__pycache__/x
        ln -s /etc linked && ln -s nowhere broken && mkfifo pipe pipe2 && mkdir -p 'a b' && chmod 0 'a b'
        ln -s /tmp kept
    """
    assert (await real.exec(shell(script))).ok
    names = ["folder", "cached", "linked/x", "broken/y", "pipe", "pipe2/z", "a b", "-rf"]
    wanted = {name: FileContent(name.encode()) for name in names}
    await restore(real, wanted)
    assert await real.snapshot() == refs(wanted)
    assert (await real.stat("kept")).kind == "link"
    assert (await real.exec(shell("ls /etc/x /tmp/x"))).exit_code != 0


@pytest.mark.parametrize("path", [".git/hooks/pre-commit", "../x", "a\nb", "/a"])
async def test_what_no_version_may_hold_is_not_restored(sandbox: Sandbox, path: str) -> None:
    await sandbox.write(FILES)
    with pytest.raises(SandboxRefusal) as refusal:
        await restore(sandbox, {path: FileContent(b"x")})
    assert refusal.value.code == "bad_request"
    assert await sandbox.snapshot() == refs(FILES)


async def test_an_export_is_the_version(sandbox: Sandbox, tmp_path: Path) -> None:
    await sandbox.write({**FILES, "__pycache__/x": FileContent(b"")})
    into = tmp_path / "new" / "here"
    assert await export(sandbox, into) == Exported(tuple(sorted(FILES)), {})
    written = {str(path.relative_to(into)): path for path in into.rglob("*") if path.is_file()}
    assert {name: (path.read_bytes(), path.stat().st_mode & 0o7777) for name, path in written.items()} == {
        name: (file.data, 0o755 if file.executable else 0o644) for name, file in FILES.items()
    }


async def test_an_export_sets_nothing_off_and_leads_nowhere(real: Sandbox, tmp_path: Path) -> None:
    """A plain `git status` in what was exported must not run a program that the model planted."""
    planted = (
        f"[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = touch {tmp_path}/ran"
    )
    script = f"""
        ln -s /etc/passwd link; ln -s / root; mkfifo pipe; touch a.py; touch setuid && chmod 6755 setuid
        mkdir -p .vscode bare/objects bare/refs .git && echo x > .vscode/tasks.json && echo x > .envrc
        touch bare/objects/x bare/refs/x && echo 'ref: refs/heads/main' > bare/HEAD && printf '{planted}' > bare/config
        cp bare/config .git/config
    """
    assert (await real.exec(shell(script))).ok
    into = tmp_path / "into"
    exported = await export(real, into)
    assert exported.written == ("a.py", "bare/config", "bare/objects/x", "bare/refs/x", "setuid")
    assert sorted(exported.left_out) == [".envrc", ".vscode/tasks.json", "bare/HEAD", "link", "pipe", "root"]
    assert (into / "setuid").stat().st_mode & 0o7777 == 0o755
    assert not [path for path in into.rglob("*") if path.is_symlink() or not (path.is_file() or path.is_dir())]
    subprocess.run(["git", "status"], cwd=into / "bare", capture_output=True, check=False)
    assert not (tmp_path / "ran").exists()


async def test_what_is_asked_for_by_name_is_exported(sandbox: Sandbox, tmp_path: Path) -> None:
    files = {path: FileContent(b"x") for path in (".envrc", ".vscode/tasks.json", "a")}
    await sandbox.write(files)
    exported = await export(sandbox, tmp_path / "into", also=[".vscode"])
    assert (exported.written, list(exported.left_out)) == ((".vscode/tasks.json", "a"), [".envrc"])


async def test_an_export_adds_to_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    """The folder may be somebody's."""
    (tmp_path / "diary").write_text("dear")
    await sandbox.write(FILES)
    with pytest.raises(OSError, match="'diary', which is not of this run"):
        await export(sandbox, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["diary"]
