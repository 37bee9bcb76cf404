"""A repository is somebody else's program: reading it and adding to it must run nothing, and change nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slipway.config import UsageError
from slipway.graphs.sources import open_repository, read_source

Lay = Callable[[Path, Mapping[str, bytes]], None]
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def plant(root: Path, mark: Path) -> None:
    """Let everything that git can be made to run by a repository leave `mark` behind."""
    program = root / ".git/evil"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {mark}\ncat 2>/dev/null\n')
    program.chmod(0o755)
    for hook in ("reference-transaction", "post-index-change", "post-checkout", "pre-commit", "post-commit",
                 "fsmonitor-watchman", "pre-auto-gc", "commit-msg", "prepare-commit-msg", "update"):  # fmt: skip
        (root / f".git/hooks/{hook}").write_text(program.read_text())
        (root / f".git/hooks/{hook}").chmod(0o755)
    with (root / ".git/config").open("a") as config:
        config.write(f"""
[core]
    fsmonitor = {program}
    hooksPath = {root}/.git/hooks
    pager = {program}
    editor = {program}
    sshCommand = {program}
    gitProxy = {program}
    alternateRefsCommand = {program}
    attributesFile = {root}/.git/attributes
    partialClone = origin
[filter "evil"]
    clean = {program}
    smudge = {program}
    process = {program}
    required = true
[diff "evil"]
    textconv = {program}
    command = {program}
[diff]
    external = {program}
[gpg]
    program = {program}
[commit]
    gpgSign = true
[remote "origin"]
    url = ext::{program}
    promisor = true
    uploadpack = {program}
[protocol "ext"]
    allow = always
[protocol]
    allow = always
[credential]
    helper = !{program}
[alias]
    ls-files = !{program}
""")
    (root / ".git/attributes").write_text("* filter=evil diff=evil\n")
    (root / ".gitattributes").write_text("* filter=evil diff=evil\n")


@pytest.fixture
def root(tmp_path: Path, git: Any, lay: Lay) -> Path:
    """A repository with one commit, two uncommitted changes, and traps."""
    root = tmp_path / "repo"
    lay(root, {"a.py": b"a\n", "b.py": b"b\n", "gone.py": b"g\n", "d/x": b"x\n", "tool": b"#!\n", ".env": b"K=1\n"})
    (root / "link").symlink_to("a.py")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    (root / "b.py").write_bytes(b"b2\n")
    (root / "new.py").write_bytes(b"n\n")
    (root / ".env").write_bytes(b"K=2\n")
    (root / "gone.py").unlink()
    (root / "tool").chmod(0o755)
    for name in ("a.py", "link"):  # as if they were changed
        os.utime(root / name, (1, 1), follow_symlinks=False)
    plant(root, tmp_path / "mark")
    return root


def state(root: Path) -> dict[str, bytes]:
    """All that must stay as it is: the work tree, and the git directory without objects and refs."""
    files = [path for path in root.rglob("*") if path.is_file()]
    names = {path: str(path.relative_to(root)) for path in files}
    kept = [path for path in files if not names[path].startswith((".git/objects", ".git/refs", ".git/logs"))]
    return {names[path]: path.read_bytes() for path in kept}


def test_nothing_that_it_names_is_run_or_touched(root: Path, tmp_path: Path, git: Any) -> None:
    before = state(root)
    with open_repository(root) as repository:
        head = repository.head()
        assert head
        files = read_source(root, repository.tracked(), repository.exclude()).files
        assert repository.uncommitted(head, files) == [".gitattributes", "b.py", "gone.py", "new.py", "tool"]
        made = repository.commit(head, {"a.py": (b"a2\n", True), "d/x": None, "d": (b"now a file", False)}, "m\n", WHEN)
        assert made and not repository.commit(head, {"a.py": (b"a\n", False), "none": None}, "m\n", WHEN)
        assert (
            repository.commit(head, {"a.py": (b"a2\n", True), "d/x": None, "d": (b"now a file", False)}, "m\n", WHEN)
            == made
        )
        repository.make_branch("slipway/r", made, WHEN)
        with pytest.raises(UsageError, match=r"there is a branch 'slipway/r' already; remove it, or give another"):
            repository.make_branch("slipway/r", head, WHEN)
        with pytest.raises(UsageError, match=r"git update-ref failed in .*cannot lock ref"):
            repository.make_branch("slipway/r/x", head, WHEN)
        for name in ("a..b", "-x", "", "x.lock", "a b"):
            with pytest.raises(UsageError, match="is no name for a branch"):
                repository.check_branch(name)
        assert repository.has_commit(head) and not repository.has_commit("0" * 40)
    assert not (tmp_path / "mark").exists()
    assert state(root) == before
    (root / ".git/config").write_text("[core]\n\trepositoryformatversion = 0\n")  # without the traps, for the test
    assert git(root, "ls-tree", "-r", "slipway/r").split("\n")[:-1] == [
        f"100644 blob {git(root, 'rev-parse', 'HEAD:.env').strip()}\t.env",
        f"100755 blob {git(root, 'rev-parse', 'slipway/r:a.py').strip()}\ta.py",
        f"100644 blob {git(root, 'rev-parse', 'HEAD:b.py').strip()}\tb.py",
        f"100644 blob {git(root, 'rev-parse', 'slipway/r:d').strip()}\td",
        f"100644 blob {git(root, 'rev-parse', 'HEAD:gone.py').strip()}\tgone.py",
        f"120000 blob {git(root, 'rev-parse', 'HEAD:link').strip()}\tlink",
        f"100644 blob {git(root, 'rev-parse', 'HEAD:tool').strip()}\ttool",
    ]
    assert git(root, "show", "slipway/r:a.py") == "a2\n"
    assert (
        git(root, "log", "-1", "--format=%an <%ae> %at %s", "slipway/r") == "Slipway <slipway@localhost> 1767323045 m\n"
    )
    git(root, "fsck", "--strict")


def test_a_repository_without_commits_has_no_head(tmp_path: Path, git: Any) -> None:
    git(tmp_path, "init", "-q")
    with open_repository(tmp_path) as repository:
        assert (repository.head(), repository.tracked()) == (None, {})


def test_what_a_sparse_checkout_left_out_was_not_removed(tmp_path: Path, git: Any, lay: Lay) -> None:
    lay(tmp_path, {"a": b"a", "b": b"b"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "first")
    git(tmp_path, "update-index", "--skip-worktree", "b")
    (tmp_path / "b").unlink()
    with open_repository(tmp_path) as repository:
        assert repository.uncommitted(repository.head() or "", {"a": (b"a", False)}) == []


def test_worktrees_and_other_hashes_are_read(tmp_path: Path, git: Any, lay: Lay) -> None:
    """A linked work tree has its index elsewhere; its `.git` is a file."""
    lay(tmp_path / "r", {"a": b"a"})
    git(tmp_path / "r", "init", "-q", "--object-format=sha256")
    git(tmp_path / "r", "add", "-A")
    git(tmp_path / "r", "commit", "-qm", "first")
    git(tmp_path / "r", "worktree", "add", "-q", "../w")
    with open_repository(tmp_path / "w") as repository:
        head = repository.head()
        assert head and len(head) == 64 and list(repository.tracked()) == ["a"]
        made = repository.commit(head, {"b": (b"b", False)}, "m\n", WHEN)
        assert made
        repository.make_branch("x", made, WHEN)
    assert git(tmp_path / "r", "show", "x:b") == "b"


def test_a_folder_in_a_repository_is_not_its_root(tmp_path: Path, git: Any) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "sub").mkdir()
    with pytest.raises(UsageError, match="is not the root of a git work tree"), open_repository(tmp_path / "sub"):
        pass
