"""A person's project gets in whole and unchanged, and what was made of it gets out as a branch."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from redis.asyncio import Redis

from slipway.config import Settings, UsageError
from slipway.config.lineup import ROLES, Lineup, RoleConfig
from slipway.graphs.branching import make_branch
from slipway.graphs.importing import Imported, import_project
from slipway.graphs.records import new_record
from slipway.state import (
    Change,
    FileRef,
    Outcome,
    OverQuota,
    ProjectStore,
    RunStore,
    StateConflict,
    hold,
    open_state,
)
from slipway.state.keys import PREFIX

Made = Mapping[str, bytes | None]
LINEUP = Lineup(name="test", roles={role: RoleConfig(model="scripted:tally") for role in ROLES})


def git(folder: Path, *words: str) -> str:
    settings = ("user.name=A", "user.email=a@b.c", "init.defaultBranch=main")
    command = ["git", *(word for each in settings for word in ("-c", each)), *words]
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nonexistent"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True).stdout


def lay(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    async with open_state(settings) as client:
        yield client


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A git repository with a commit, something uncommitted, something ignored, and a secret that is tracked."""
    root = tmp_path / "My App"
    lay(root, {"app.py": b"old\n", "run": b"#!\n", "web/x.js": b"x\n", "keys.pem": b"k\n", ".gitignore": b"*.log\n",
               "by-run": b"b\n", ".gitattributes": b"*.txt text eol=crlf\n", "crlf.txt": b"a\r\nb\r\n",
               "removed": b"r\n"})  # fmt: skip
    (root / "run").chmod(0o755)
    (root / "link").symlink_to("app.py")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    (root / "removed").unlink()
    lay(root, {"app.py": b"edited\n", "new.py": b"new\n", "a.log": b"", "keys.pem": b"k2\n"})
    return root


async def made_by_run(redis: Redis, project: str, made: Made, run: str = "r") -> None:
    """A run on `project` that changed these files."""
    record = await new_record(redis, "Add a list of things\nin words", lineup=LINEUP, run=run, project=project)
    projects = ProjectStore(redis)
    async with hold(redis, run=run, project=project) as fence:
        await projects.branch(project, run, record.base)
        before = await projects.manifest(project, record.base)
        contents = [data for data in made.values() if data is not None]
        digests = iter(await projects.put_blobs(project, fence, contents))
        new = {path: None if data is None else FileRef(next(digests)) for path, data in made.items()}
        changes = {path: Change(before.get(path), ref) for path, ref in new.items()}
        version = (await projects.publish(project, fence, step="s", attempt=0, changes=changes)).version
        await projects.advance_head(project, fence, expected=record.base, version=version)
    await RunStore(redis).finish(run, Outcome(run=run, project=project, status="delivered", version=version))


async def test_a_repository_is_imported_with_its_commit(redis: Redis, settings: Settings, app: Path) -> None:
    commit = git(app, "rev-parse", "HEAD").strip()
    found = await import_project(redis, app, project=None, settings=settings)
    assert found == Imported(
        project="my-app",
        version=await ProjectStore(redis).head("my-app"),
        before=None,
        files=9,
        left_out={
            ".git/": "version control",
            "a.log": "ignored by .gitignore",
            "keys.pem": "its name is that of a file with secrets",
        },
        commit=commit,
        uncommitted=3,
    )
    assert await ProjectStore(redis).files("my-app", found.version) == {
        ".gitattributes": (b"*.txt text eol=crlf\n", False),
        ".gitignore": (b"*.log\n", False),
        "app.py": (b"edited\n", False),
        "by-run": (b"b\n", False),
        "crlf.txt": (b"a\r\nb\r\n", False),
        "link": (b"edited\n", False),
        "new.py": (b"new\n", False),
        "run": (b"#!\n", True),
        "web/x.js": (b"x\n", False),
    }
    lasting = [key async for key in redis.scan_iter(f"{PREFIX}*import-*") if await redis.ttl(key) < 0]
    assert lasting == []
    assert (await import_project(redis, app, project=None, settings=settings)).project == "my-app-2"


async def test_imported_again_it_is_the_next_version(redis: Redis, settings: Settings, app: Path) -> None:
    first = await import_project(redis, app, project="p", settings=settings)
    assert (await import_project(redis, app, project="p", settings=settings)).before == first.version
    assert [move.version for move in await ProjectStore(redis).history("p")][1:] == [first.version]
    (app / "new.py").unlink()
    again = await import_project(redis, app, project="p", settings=settings)
    assert (again.before, again.files, again.uncommitted) == (first.version, first.files - 1, 2)
    assert "new.py" not in await ProjectStore(redis).manifest("p", again.version)


async def test_two_imports_at_once_do_not_hide_each_other(redis: Redis, settings: Settings, tmp_path: Path) -> None:
    """The head that an import began with is compared when it moves: whoever comes late is told, and nothing is lost."""
    for number in range(5):
        lay(tmp_path / str(number), {"a": b"%d" % number})
    importing = (import_project(redis, tmp_path / str(n), project="p", settings=settings) for n in range(5))
    ended = await asyncio.gather(*importing, return_exceptions=True)
    done = [each for each in ended if isinstance(each, Imported)]
    late = [each for each in ended if not isinstance(each, Imported)]
    assert done and all(isinstance(each, StateConflict) and each.paths == ("the head of p",) for each in late)
    moves = [move.version for move in await ProjectStore(redis).history("p")][1:]
    assert sorted(moves) == sorted(each.version for each in done)


async def test_what_cannot_be_imported_leaves_nothing_behind(redis: Redis, settings: Settings, tmp_path: Path) -> None:
    small = settings.model_copy(update={"limits": settings.limits.model_copy(update={"project_mb": 1})})
    (tmp_path / "full").mkdir()
    (tmp_path / "full/a").write_bytes(os.urandom(600_000))
    (tmp_path / "full/b").write_bytes(os.urandom(600_000))
    (tmp_path / "empty").mkdir()
    lay(tmp_path / "only", {".env": b"x"})
    lay(tmp_path / "bare", {"HEAD": b"", "objects/x": b"", "refs/x": b""})
    for name, said in (
        ("empty", "holds no files of a project: it is empty"),
        ("only", r"1 entries were left out, such as \.env \(its name is that of a file with secrets\)"),
        ("bare", "is a bare git repository; clone it, and import the clone"),
        ("none", "is not a directory; name the one that holds the project"),
        ("full/a", "is not a directory"),
        ("x" * 300, "cannot be read: .*File name too long"),
    ):
        with pytest.raises(UsageError, match=said):
            await import_project(redis, tmp_path / name, project=None, settings=settings)
    with pytest.raises(UsageError, match="'No Good' is no project name"):
        await import_project(redis, tmp_path / "full", project="No Good", settings=settings)
    with pytest.raises(OverQuota, match=r"raise limits\.project_mb"):
        await import_project(redis, tmp_path / "full", project="p", settings=small)
    assert await ProjectStore(redis).names() == []


async def test_a_branch_holds_what_the_run_changed_and_nothing_else(
    redis: Redis, settings: Settings, app: Path
) -> None:
    """Uncommitted changes come as a commit of their own; what was left out, links and line ends stay as they were."""
    found = await import_project(redis, app, project="p", settings=settings)
    await made_by_run(redis, "p", {"things.py": b"t\n", "by-run": None, ".envrc": b"evil", "run": b"#!2\n"})
    status = git(app, "status", "--porcelain=v2")
    made = await make_branch(redis, "r", app)
    assert (made.name, made.base, made.paths) == ("slipway/r", found.commit, ("by-run", "run", "things.py"))
    assert list(made.left_out) == [".envrc"]
    assert git(app, "status", "--porcelain=v2") == status
    assert git(app, "log", "--format=%s", "--name-status", "slipway/r") == (
        "Add a list of things\n\nD\tby-run\nM\trun\nA\tthings.py\n"
        "What was not committed when Slipway imported the work tree\n\nM\tapp.py\nA\tnew.py\nD\tremoved\n"
        "first\n\nA\t.gitattributes\nA\t.gitignore\nA\tapp.py\nA\tby-run\nA\tcrlf.txt\nA\tkeys.pem\nA\tlink\nA\tremoved\nA\trun\n"
        "A\tweb/x.js\n"
    )
    assert git(app, "log", "-1", "--format=%b", "slipway/r").split() [-4:] == [
        "Slipway-Run:", "r", "Slipway-Status:", "delivered",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="there is a branch 'slipway/r' already"):
        await make_branch(redis, "r", app)
    again = await make_branch(redis, "r", app, name="again", also=[".envrc"])
    assert again.paths == (".envrc", "by-run", "run", "things.py") and not again.left_out
    assert again.uncommitted == made.uncommitted


async def test_several_runs_in_a_row_make_one_branch(redis: Redis, settings: Settings, app: Path) -> None:
    """A later run builds on the head of the earlier one: its branch begins with the same import, and holds both."""
    git(app, "stash", "-q", "-u")
    found = await import_project(redis, app, project="p", settings=settings)
    await made_by_run(redis, "p", {"one": b"1"}, "r1")
    await made_by_run(redis, "p", {"two": b"2"}, "r2")
    made = await make_branch(redis, "r2", app)
    assert (made.base, made.uncommitted, made.paths) == (found.commit, None, ("one", "two"))
    assert git(app, "rev-parse", "slipway/r2^").strip() == found.commit
    lay(app, {"app.py": b"third\n"})
    git(app, "commit", "-qam", "second")
    later = await import_project(redis, app, project="p", settings=settings)
    await made_by_run(redis, "p", {"three": b"3"}, "r3")
    made = await make_branch(redis, "r3", app)
    assert (made.base, made.paths) == (later.commit, ("three",)) and later.commit != found.commit
    assert (await make_branch(redis, "r2", app, name="old")).base == found.commit


async def test_why_there_is_no_branch(redis: Redis, settings: Settings, app: Path, tmp_path: Path) -> None:
    lay(tmp_path / "plain", {"a": b"a"})
    await import_project(redis, tmp_path / "plain", project="plain", settings=settings)
    await import_project(redis, app, project="p", settings=settings)
    await made_by_run(redis, "plain", {"b": b"b"}, "on-plain")
    await made_by_run(redis, "p", {".envrc": b"x"}, "only-hazards")
    await made_by_run(redis, "p", {"b": b"b"}, "good")
    await new_record(redis, "x", lineup=LINEUP, run="fresh", project="p")
    lay(tmp_path / "other", {"a": b"a"})
    git(tmp_path / "other", "init", "-q")
    for run, folder, said in (
        (
            "on-plain",
            app,
            "was not imported from a git commit, so a branch has nothing to begin with; get",
        ),
        ("only-hazards", app, "the run changed no file that would go on a branch"),
        ("fresh", app, "has no files yet; go on with it: slipway resume fresh"),
        (
            "good",
            tmp_path / "other",
            "does not have commit [0-9a-f]{40}, which was imported from '.*My App'; name",
        ),
        ("good", tmp_path / "plain", "is not the root of a git work tree; name the folder that holds .git"),
        ("good", tmp_path / "none", "is not the root of a git work tree"),
    ):
        with pytest.raises(UsageError, match=said):
            await make_branch(redis, run, folder)
